//! [`Node`]: the values of front matter in any format.

use std::borrow::Cow;
use std::ops::Range;

use crate::markup::collapsed;
use crate::markup::markdown::decode;
use crate::problem::printable;

/// A value, and its bytes within the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node<'a> {
    pub(super) value: Value<'a>,
    pub(super) range: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A null, or a value that is nested too deeply.
    Nothing,
    /// A string, number, truth value or date, as it is written.
    Scalar(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Map(Entries<'a>),
}

/// The keys of a mapping with their values, in the order of the file.
pub(super) type Entries<'a> = Vec<(Cow<'a, str>, Node<'a>)>;

impl Node<'_> {
    /// Returns a scalar as it is written, without blanks around it.
    pub(super) fn scalar(&self) -> Option<&str> {
        if let Value::Scalar(text) = &self.value { Some(text.trim()) } else { None }
    }

    /// Returns the printable words of a scalar on one line, or `None` if there are none.
    pub(super) fn text(&self) -> Option<String> {
        Some(collapsed(&printable(&decode(self.scalar()?)))).filter(|line| !line.is_empty())
    }

    /// Returns the texts of a scalar, of a list, or of maps under one of `names`.
    pub(super) fn texts(&self, names: &[&str]) -> Vec<String> {
        match &self.value {
            Value::Scalar(_) => self.text().into_iter().collect(),
            Value::List(items) => items.iter().flat_map(|item| item.texts(names)).collect(),
            Value::Map(entries) => {
                let named = entries.iter().filter(|(key, _)| names.contains(&key.to_lowercase().as_str()));
                named.filter_map(|(_, node)| node.text()).collect()
            }
            Value::Nothing => Vec::new(),
        }
    }
}

/// Returns `entries` as owned values, which borrow nothing from a head.
pub(super) fn owned(entries: Entries<'_>) -> Entries<'static> {
    fn node(borrowed: Node<'_>) -> Node<'static> {
        let value = match borrowed.value {
            Value::Nothing => Value::Nothing,
            Value::Scalar(text) => Value::Scalar(text.into_owned().into()),
            Value::List(items) => Value::List(items.into_iter().map(node).collect()),
            Value::Map(entries) => Value::Map(owned(entries)),
        };
        Node { value, range: borrowed.range }
    }
    entries.into_iter().map(|(key, borrowed)| (key.into_owned().into(), node(borrowed))).collect()
}
