//! [`Xml`]: a document of elements, attributes and text, as feeds need; and escaping for XML and HTML.

/// An XML document under construction, one element a line (XML 1.0, fifth edition).
#[derive(Debug)]
pub struct Xml {
    out: String,
    /// The number of open elements.
    depth: usize,
}

impl Xml {
    /// Returns the document with the root element `name`, whose elements `content` writes.
    pub fn document(name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) -> String {
        let mut xml = Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), depth: 0 };
        xml.element(name, attributes, content);
        xml.out
    }

    /// Writes an element whose elements `content` writes.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) {
        self.tag(name, attributes, ">\n");
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.indent();
        self.out.extend(["</", name, ">\n"]);
    }

    /// Writes an element that contains `text`.
    pub fn text(&mut self, name: &str, text: &str) {
        self.tag(name, &[], ">");
        push_escaped(&mut self.out, text);
        self.out.extend(["</", name, ">\n"]);
    }

    /// Writes an element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, "/>\n");
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
        self.out.push_str(&"  ".repeat(self.depth));
    }
}

/// Appends `text` on one line, with references for markup (section 2.4) and without illegal characters (2.2).
pub fn push_escaped(out: &mut String, text: &str) {
    for c in super::text::one_line(text).chars() {
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
