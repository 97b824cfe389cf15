//! [`Lines`]: a gemtext page written line by line (indexes, sections, navigation).
//!
//! Each method writes a line of its type for any title or name: labels get no line breaks or control characters, text
//! cannot become a link or a fence, and there are never two blank lines in a row.

use super::gemtext::{needs_guard, push_preformatted};
use super::text;

/// A gemtext page under construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    out: String,
    blank: bool,
}

impl Lines {
    /// Writes a heading of level 1 to 3, between blank lines.
    pub fn heading(&mut self, level: u8, text: &str) -> &mut Self {
        self.blank().line(&"### "[3 - usize::from(level.clamp(1, 3))..], text).blank()
    }

    /// Writes a line of text, unless it is empty.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let line = text::one_line(text);
        if line.is_empty() { self } else { self.line(if needs_guard(&line) { " " } else { "" }, &line) }
    }

    /// Writes a link line with the percent-encoded `url`; the label may be empty.
    pub fn link(&mut self, url: &str, label: &str) -> &mut Self {
        self.line(&format!("=> {} ", text::encode_url(url)), label)
    }

    /// Writes a list item.
    pub fn item(&mut self, text: &str) -> &mut Self {
        self.line("* ", text)
    }

    /// Writes preformatted text with an alternative text.
    pub fn preformatted(&mut self, alt: &str, text: &str) -> &mut Self {
        self.start();
        push_preformatted(&mut self.out, alt, text);
        self
    }

    /// Writes finished gemtext, such as the rendered body of an essay, between blank lines.
    pub fn gemtext(&mut self, finished: &str) -> &mut Self {
        let finished = finished.trim_matches('\n');
        if !finished.is_empty() {
            self.blank().start();
            self.out.extend([finished.trim_end(), "\n"]);
            self.blank();
        }
        self
    }

    /// Separates the next line by a blank line, unless it is the first.
    pub fn blank(&mut self) -> &mut Self {
        self.blank = true;
        self
    }

    /// Returns the page.
    pub fn finish(self) -> String {
        self.out
    }

    fn start(&mut self) {
        if std::mem::take(&mut self.blank) && !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    /// Writes `text` on one line after `mark`, which gives the line its type.
    fn line(&mut self, mark: &str, text: &str) -> &mut Self {
        self.start();
        self.out.extend([mark, &*text::one_line(text)]);
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
        self
    }
}
