//! [`Reader`]: takes a TOML table apart key by key, noticing everything that is wrong with it.
//!
//! The keys that are asked for are the keys that are allowed: the list in an error message cannot drift
//! from the code that reads them.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Problem, SourceText};

/// A file being read, with the problems found so far.
pub(super) struct Source<'s> {
    pub(super) name: Arc<str>,
    pub(super) text: &'s str,
    pub(super) problems: Vec<Problem>,
    /// Every key that was asked for, whether or not it is there.
    pub(super) asked: Vec<Asked>,
}

/// A key that a file may say.
pub(super) struct Asked {
    /// The table it stands in, as in `[gopher]`; empty for the file itself.
    pub(super) table: &'static str,
    pub(super) name: &'static str,
    /// What its value must be, in words.
    pub(super) accepts: String,
    /// Values that it may have, as they are written, if there are only a few, or the least and the greatest.
    pub(super) values: Vec<String>,
    /// Whether it is the name of a table or of several.
    pub(super) is_table: bool,
}

impl<'s> Source<'s> {
    pub(super) fn new(name: &str, text: &'s str) -> Self {
        Self { name: name.into(), text, problems: Vec::new(), asked: Vec::new() }
    }
}

impl Source<'_> {
    pub(super) fn error(&mut self, span: Range<usize>, what: impl Into<String>, hint: Option<String>) {
        let mut problem = Problem::error(what).at(SourceText::new(self.name.clone(), self.text).place(span));
        problem.hint = hint;
        self.problems.push(problem);
    }
}

/// A value together with where it stands.
pub(super) type At<T> = (T, Range<usize>);

/// One table being taken apart.
pub(super) struct Reader<'t, 'a> {
    table: &'t DeTable<'a>,
    /// The name of the table for messages, as in `[gopher]`; empty for the file itself.
    name: &'static str,
    asked: Vec<&'static str>,
    refused: Vec<&'static str>,
}

impl<'t, 'a> Reader<'t, 'a> {
    pub(super) fn new(table: &'t DeTable<'a>, name: &'static str) -> Self {
        Self { table, name, asked: Vec::new(), refused: Vec::new() }
    }

    fn get(
        &mut self,
        source: &mut Source<'_>,
        name: &'static str,
        accepts: &str,
        values: Vec<String>,
    ) -> Option<&'t Spanned<DeValue<'a>>> {
        let is_table = accepts.contains("table");
        source.asked.push(Asked { table: self.name, name, accepts: accepts.to_owned(), values, is_table });
        self.find(name)
    }

    fn find(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'a>>> {
        self.asked.push(key);
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// The whole name of a table within this one.
    fn inner(&self, key: &str) -> String {
        match self.name.trim_matches(['[', ']']) {
            "" => key.to_owned(),
            outer => format!("{outer}.{key}"),
        }
    }

    pub(super) fn string(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<At<String>> {
        let accepts = "a string in quotes";
        let value = self.get(source, key, accepts, Vec::new())?;
        match value.get_ref() {
            DeValue::String(text) => Some((text.to_string(), value.span())),
            _ => wrong(source, key, accepts, value),
        }
    }

    pub(super) fn boolean(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<bool> {
        let accepts = "`true` or `false`";
        let value = self.get(source, key, accepts, ["true", "false"].map(str::to_owned).to_vec())?;
        match value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => wrong(source, key, accepts, value),
        }
    }

    /// An integer within `range`.
    pub(super) fn integer(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        let (least, greatest) = (range.start(), range.end());
        let accepts = format!("a whole number from {least} to {greatest}");
        let value = self.get(source, key, &accepts, vec![least.to_string(), greatest.to_string()])?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number {
            Some(number) if range.contains(&number) => Some(number),
            _ => wrong(source, key, &accepts, value),
        }
    }

    /// One string or a list of them.
    pub(super) fn strings(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<Vec<At<String>>> {
        let accepts = "a string in quotes or a list of them";
        let value = self.get(source, key, accepts, Vec::new())?;
        let items: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut strings = Vec::with_capacity(items.len());
        for item in items {
            match item.get_ref() {
                DeValue::String(text) => strings.push((text.to_string(), item.span())),
                _ => {
                    wrong::<()>(source, key, accepts, item);
                }
            }
        }
        Some(strings)
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let names = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>();
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let accepts = format!("one of {}", quoted.join(", "));
        let value = self.get(source, key, &accepts, names)?;
        let chosen = match value.get_ref() {
            DeValue::String(text) => {
                choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice)
            }
            _ => None,
        };
        chosen.or_else(|| wrong(source, key, &accepts, value))
    }

    pub(super) fn table(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<&'t DeTable<'a>> {
        let accepts = format!("a table, written as `[{}]`", self.inner(key));
        let value = self.get(source, key, &accepts, Vec::new())?;
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => wrong(source, key, &accepts, value),
        }
    }

    /// The tables of `[[key]]`, each with its place.
    pub(super) fn tables(&mut self, source: &mut Source<'_>, key: &'static str) -> Vec<At<&'t DeTable<'a>>> {
        let accepts = format!("a list of tables, each written as `[[{}]]`", self.inner(key));
        let Some(value) = self.get(source, key, &accepts, Vec::new()) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            wrong::<()>(source, key, &accepts, value);
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| match item.get_ref() {
                DeValue::Table(table) => Some((table, item.span())),
                _ => wrong(source, key, &accepts, item),
            })
            .collect()
    }

    /// Reports those of `keys` that are there and were not asked for: they may be said elsewhere, by somebody else.
    pub(super) fn refuse(&mut self, source: &mut Source<'_>, keys: impl IntoIterator<Item = &'static str>) {
        for key in keys {
            if self.asked.contains(&key) || self.refused.contains(&key) {
                continue;
            }
            let Some((place, _)) = self.table.iter().find(|(name, _)| name.get_ref() == key) else {
                continue;
            };
            self.refused.push(key);
            let hint = "take it out; the rest of the file counts once all of it is good";
            let what = format!("`{key}` is for whoever runs the server to say");
            source.error(place.span(), what, Some(hint.to_owned()));
        }
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self, source: &mut Source<'_>) {
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) || self.refused.contains(&name) {
                continue;
            }
            let place = if self.name.is_empty() { String::new() } else { format!(" in `{}`", self.name) };
            let hint = nearest(name, &self.asked).map_or_else(
                || format!("the keys here are {}", list(&self.asked)),
                |nearest| format!("did you mean `{nearest}`?"),
            );
            source.error(key.span(), format!("unknown key `{name}`{place}"), Some(hint));
        }
    }
}

fn wrong<T>(source: &mut Source<'_>, key: &str, expected: &str, value: &Spanned<DeValue<'_>>) -> Option<T> {
    source.error(value.span(), format!("`{key}` must be {expected}"), None);
    None
}

/// The name most like `name`, if any is close enough to be what was meant.
pub(super) fn nearest<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    names
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name.to_lowercase(), candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
