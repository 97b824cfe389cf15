//! [`Xml`]: a document of elements, attributes and text, as feeds need; and escaping for XML and HTML.

use super::text::one_line;

/// An XML document under construction, one element a line (XML 1.0, fifth edition).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Xml {
    out: String,
    /// The open elements, outermost first.
    open: Vec<&'static str>,
}

impl Xml {
    /// Creates a document with the root element `name`.
    pub fn new(name: &'static str, attributes: &[(&str, &str)]) -> Self {
        let out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        let mut xml = Self { out, open: Vec::new() };
        xml.open(name, attributes);
        xml
    }

    /// Opens an element that contains others.
    pub fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) -> &mut Self {
        self.tag(name, attributes, ">\n");
        self.open.push(name);
        self
    }

    /// Closes the element opened last.
    pub fn close(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.out.extend(["</", name, ">\n"]);
        }
        self
    }

    /// Writes an element that contains `text`.
    pub fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.tag(name, &[], ">");
        push_escaped(&mut self.out, text);
        self.out.extend(["</", name, ">\n"]);
        self
    }

    /// Writes an element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.tag(name, attributes, "/>\n");
        self
    }

    /// Closes all open elements and returns the document.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.indent();
        self.out.extend(["<", name]);
        for (name, value) in attributes {
            self.out.extend([" ", name, "=\""]);
            push_escaped(&mut self.out, value);
            self.out.push('"');
        }
        self.out.push_str(end);
    }

    fn indent(&mut self) {
        self.out.push_str(&"  ".repeat(self.open.len()));
    }
}

/// Appends `text` on one line, with references for markup (section 2.4) and without illegal characters (2.2).
pub fn push_escaped(out: &mut String, text: &str) {
    for c in one_line(text).chars() {
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
