//! YAML heads, read event by event.

use std::borrow::Cow;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::{Broken, MAX_DEPTH, MAX_NODES, Node, Value};

/// Reads the first document of `text`.
pub(super) fn read(text: &str) -> Result<Node<'_>, Broken> {
    let mut reader = Reader { text, ascii: text.is_ascii(), parser: Parser::new_from_str(text), nodes: 0 };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(Node { value: Value::Nothing, range: 0..0 }),
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            event => return reader.node(event, span, 0),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    ascii: bool,
    parser: Parser<'a, StrInput<'a>>,
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Broken> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.broken(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// The node that `event` starts. Recursion is bounded by [`MAX_DEPTH`].
    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node<'a>, Broken> {
        let range = self.range(span);
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(Broken {
                what: "it is nested too deeply or holds too many values".to_owned(),
                hint: "keep in the front matter only what describes the essay",
                range,
            });
        }
        let value = match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if is_null(&text) => Value::Nothing,
            Event::Scalar(text, ..) => Value::Scalar(text),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd | Event::StreamEnd, _) => break,
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                }
                Value::List(items)
            }
            Event::MappingStart(..) => {
                let mut entries = Vec::new();
                loop {
                    let key = match self.next()? {
                        (Event::MappingEnd | Event::StreamEnd, _) => break,
                        (event, span) => self.node(event, span, depth + 1)?,
                    };
                    let (event, span) = self.next()?;
                    let value = self.node(event, span, depth + 1)?;
                    let key = if let Value::Scalar(key) = key.value { key } else { Cow::Borrowed("") };
                    entries.push((key, value));
                }
                Value::Map(entries)
            }
            _ => Value::Nothing,
        };
        Ok(Node { value, range })
    }

    fn range(&self, span: Span) -> Range<usize> {
        self.byte(span.start.index())..self.byte(span.end.index())
    }

    /// The byte at which character number `index` starts.
    fn byte(&self, index: usize) -> usize {
        if self.ascii {
            return index;
        }
        self.text.char_indices().nth(index).map_or(self.text.len(), |(at, _)| at)
    }

    fn broken(&self, error: &ScanError) -> Broken {
        let at = self.byte(error.marker().index());
        let what = error.info().to_owned();
        let hint = if what.contains("mapping values") {
            "put quotes around a value that contains a colon: `title: \"One: two\"`"
        } else if self.text[at..].starts_with('\t') || self.text[..at].ends_with('\t') {
            "indent with spaces: YAML forbids tabs"
        } else {
            "put quotes around the value if it holds special characters"
        };
        Broken { what, hint, range: at..at + 1 }
    }
}

/// The null of the YAML core schema (YAML 1.2.2, section 10.3.2).
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}
