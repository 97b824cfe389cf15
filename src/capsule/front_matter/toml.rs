//! TOML heads.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::{Broken, MAX_DEPTH, Node, Value};

/// Reads `text`, a whole TOML document.
pub(super) fn read(text: &str) -> Result<Node<'_>, Broken> {
    match DeTable::parse(text) {
        Ok(table) => {
            let range = table.span();
            Ok(Node { value: map(table.into_inner(), 0), range })
        }
        Err(error) => Err(broken(&error)),
    }
}

fn node(value: Spanned<DeValue<'_>>, depth: usize) -> Node<'_> {
    let range = value.span();
    let value = match value.into_inner() {
        _ if depth > MAX_DEPTH => Value::Nothing,
        DeValue::String(text) => Value::Scalar(text),
        DeValue::Integer(number) => Value::Scalar(Cow::Owned(number.as_str().to_owned())),
        DeValue::Float(number) => Value::Scalar(Cow::Owned(number.as_str().to_owned())),
        DeValue::Boolean(truth) => Value::Scalar(Cow::Borrowed(if truth { "true" } else { "false" })),
        DeValue::Datetime(date) => Value::Scalar(Cow::Owned(date.to_string())),
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| node(item, depth + 1)).collect()),
        DeValue::Table(table) => map(table, depth),
    };
    Node { value, range }
}

fn map(table: DeTable<'_>, depth: usize) -> Value<'_> {
    Value::Map(table.into_iter().map(|(key, value)| (key.into_inner(), node(value, depth + 1))).collect())
}

fn broken(error: &Error) -> Broken {
    Broken {
        what: error.message().trim_end().replace('\n', ", "),
        hint: "in TOML text stands in quotes: `title = \"One\"`",
        range: error.span().unwrap_or(0..0),
    }
}
