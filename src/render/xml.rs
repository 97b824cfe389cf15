//! [`Xml`]: a document written element by element, well formed whatever the words in it say.
//!
//! Feeds need no more of XML than elements, attributes and text, so this writes no more. Words are put on one
//! line on their way in, and characters that no XML document may hold are left out.

use super::lines::push_one_line;

/// An XML document under construction, one element a line (XML 1.0, fifth edition).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Xml {
    out: String,
    /// The elements that are open, outermost first.
    open: Vec<&'static str>,
}

impl Xml {
    /// A document whose outermost element is `name`.
    pub fn new(name: &'static str, attributes: &[(&str, &str)]) -> Self {
        let out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        let mut xml = Self { out, open: Vec::new() };
        xml.open(name, attributes);
        xml
    }

    /// Opens an element for others to stand in.
    pub fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) -> &mut Self {
        self.tag(name, attributes);
        self.out.push_str(">\n");
        self.open.push(name);
        self
    }

    /// Closes the element opened last.
    pub fn close(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.end(name);
        }
        self
    }

    /// An element that holds `text`.
    pub fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.tag(name, &[]);
        self.out.push('>');
        push_escaped(&mut self.out, text);
        self.end(name);
        self
    }

    /// An element that says everything by its attributes.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.tag(name, attributes);
        self.out.push_str("/>\n");
        self
    }

    /// The document, with every element closed.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.extend([" ", name, "=\""]);
            push_escaped(&mut self.out, value);
            self.out.push('"');
        }
    }

    fn end(&mut self, name: &str) {
        self.out.extend(["</", name, ">\n"]);
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.out.push_str("  ");
        }
    }
}

/// Appends `text` on one line, with what would be markup in text or in an attribute as references (section 2.4)
/// and without what is no character of XML (section 2.2).
pub fn push_escaped(out: &mut String, text: &str) {
    let mut line = String::with_capacity(text.len());
    push_one_line(&mut line, text);
    for c in line.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_never_become_markup() {
        for (words, expected) in [
            ("a < b && c > \"d\" 'e'", "a &lt; b &amp;&amp; c &gt; &quot;d&quot; 'e'"),
            ("]]>", "]]&gt;"),
            ("&amp;", "&amp;amp;"),
            ("one\r\ntwo\tthree\u{0}\u{1b}[0m", "one two three [0m"),
            ("東京\u{fffe}物語\u{ffff}", "東京物語"),
            ("", ""),
        ] {
            let mut xml = Xml::new("x", &[("y", words)]);
            xml.text("z", words);
            assert_eq!(
                xml.finish(),
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<x y=\"{expected}\">\n  <z>{expected}</z>\n</x>\n"
                )
            );
        }
    }

    #[test]
    fn every_element_is_closed_in_its_place() {
        let mut xml = Xml::new("a", &[]);
        xml.open("b", &[]).empty("c", &[("d", "e")]).close().open("f", &[]).text("g", "h");
        assert_eq!(
            xml.finish(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <a>\n  <b>\n    <c d=\"e\"/>\n  </b>\n  <f>\n    <g>h</g>\n  </f>\n</a>\n"
        );
    }
}
