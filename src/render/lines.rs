//! [`Lines`]: a gemtext page written line by line (indexes, sections, navigation).
//!
//! Each method writes a line of its type for any title or name: labels get no line breaks or control characters, text
//! cannot become a link or a fence, and there are never two blank lines in a row.

use super::gemtext::{push_code, push_guarded};
use super::text;

/// A gemtext page under construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    out: String,
    blank: bool,
}

impl Lines {
    /// Creates an empty page.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a heading of level 1 to 3, between blank lines.
    pub fn heading(&mut self, level: u8, text: &str) -> &mut Self {
        self.blank();
        self.start();
        for _ in 0..level.clamp(1, 3) {
            self.out.push('#');
        }
        self.out.push(' ');
        text::push_one_line(&mut self.out, text);
        self.end();
        self.blank()
    }

    /// Writes a line of text, unless it is empty.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let line = text::one_line(text);
        if !line.is_empty() {
            self.start();
            push_guarded(&mut self.out, &line);
            self.end();
        }
        self
    }

    /// Writes a link line with the percent-encoded `url`; the label may be empty.
    pub fn link(&mut self, url: &str, label: &str) -> &mut Self {
        self.start();
        self.out.push_str("=> ");
        self.out.push_str(&text::encode_url(url));
        self.out.push(' ');
        text::push_one_line(&mut self.out, label);
        self.end();
        self
    }

    /// Writes a list item.
    pub fn item(&mut self, text: &str) -> &mut Self {
        self.start();
        self.out.push_str("* ");
        text::push_one_line(&mut self.out, text);
        self.end();
        self
    }

    /// Writes preformatted text with an alternative text.
    pub fn preformatted(&mut self, alt: &str, text: &str) -> &mut Self {
        self.start();
        self.out.push_str("```");
        text::push_one_line(&mut self.out, alt);
        self.end();
        push_code(&mut self.out, text);
        self.out.push_str("```\n");
        self
    }

    /// Writes finished gemtext, such as the rendered body of an essay, between blank lines.
    pub fn gemtext(&mut self, finished: &str) -> &mut Self {
        let finished = finished.trim_matches('\n');
        if finished.is_empty() {
            return self;
        }
        self.blank();
        self.start();
        self.out.push_str(finished);
        self.end();
        self.blank()
    }

    /// Separates the next line by a blank line. There is none at the start or end of the page, and never two in a row.
    pub fn blank(&mut self) -> &mut Self {
        self.blank = true;
        self
    }

    /// Returns the page.
    pub fn finish(self) -> String {
        self.out
    }

    fn start(&mut self) {
        if self.blank && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.blank = false;
    }

    fn end(&mut self) {
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
    }
}
