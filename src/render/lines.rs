//! [`Lines`]: gemtext that the program writes itself (indexes, sections, navigation), line by line.
//!
//! Whatever titles and names come in, each call yields a line of the type it is named for: labels hold no
//! line break and no control character, text cannot turn into a link or a fence, and there are never two
//! blank lines in a row.

use super::address;
use super::gemtext::push_guarded;

/// A gemtext page under construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    out: String,
    blank: bool,
}

impl Lines {
    /// An empty page.
    pub fn new() -> Self {
        Self::default()
    }

    /// A heading of level 1 to 3, with a blank line before and after it.
    pub fn heading(&mut self, level: u8, text: &str) -> &mut Self {
        self.blank();
        self.start();
        for _ in 0..level.clamp(1, 3) {
            self.out.push('#');
        }
        self.out.push(' ');
        push_one_line(&mut self.out, text);
        self.end();
        self.blank()
    }

    /// A line of text; an empty one is not written.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let mut line = String::with_capacity(text.len());
        push_one_line(&mut line, text);
        if !line.is_empty() {
            self.start();
            push_guarded(&mut self.out, &line);
            self.end();
        }
        self
    }

    /// A link line; `url` is percent-encoded where it must be, an empty `label` is left out.
    pub fn link(&mut self, url: &str, label: &str) -> &mut Self {
        self.start();
        self.out.push_str("=> ");
        address::push_encoded(&mut self.out, url);
        self.out.push(' ');
        push_one_line(&mut self.out, label);
        self.end();
        self
    }

    /// A list item.
    pub fn item(&mut self, text: &str) -> &mut Self {
        self.start();
        self.out.push_str("* ");
        push_one_line(&mut self.out, text);
        self.end();
        self
    }

    /// Preformatted text with its description for readers who cannot see it.
    pub fn preformatted(&mut self, alt: &str, text: &str) -> &mut Self {
        self.start();
        self.out.push_str("```");
        push_one_line(&mut self.out, alt);
        self.end();
        super::gemtext::push_code(&mut self.out, text);
        self.out.push_str("```\n");
        self
    }

    /// Finished gemtext, such as the rendered body of an essay, set apart by blank lines.
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

    /// A blank line before whatever follows; none at the start or the end of the page, and never two.
    pub fn blank(&mut self) -> &mut Self {
        self.blank = true;
        self
    }

    /// The page: its lines, each with a line end.
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

/// Appends `text` with every run of white space and control characters as one space.
pub(crate) fn push_one_line(out: &mut String, text: &str) {
    let start = out.len();
    for word in
        text.split(|c: char| c.is_control() || c.is_ascii_whitespace()).filter(|word| !word.is_empty())
    {
        if out.len() > start {
            out.push(' ');
        }
        out.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(build: impl Fn(&mut Lines) -> &mut Lines, expected: &str) {
        let mut lines = Lines::new();
        build(&mut lines);
        assert_eq!(lines.finish(), expected);
    }

    #[test]
    fn lines_keep_their_type_whatever_they_say() {
        check(|page| page.text("=> x").text("").text("# y"), " => x\n # y\n");
        check(|page| page.text("a\r\nb\tc\u{1b}[0m"), "a b c [0m\n");
        check(|page| page.link("/a b.gmi", "one\ntwo"), "=> /a%20b.gmi one two\n");
        check(|page| page.link("/a", ""), "=> /a\n");
        check(|page| page.item("x"), "* x\n");
        check(|page| page.heading(9, "x\ny"), "### x y\n");
        check(|page| page.preformatted("a\nb", "x\n```\ny"), "```a b\nx\n ```\ny\n```\n");
    }

    #[test]
    fn blank_lines_are_single_and_only_between() {
        check(
            |page| page.blank().heading(1, "T").blank().blank().text("x").gemtext("\ny\n\n").blank(),
            "# T\n\nx\n\ny\n",
        );
        check(|page| page.text("x").gemtext("\n"), "x\n");
    }
}
