//! What link lines say.
//!
//! A label that made sense in its sentence must make sense alone on its line, so "here" gets the name of
//! the place it leads to. One destination has one line in its scope (a block, a section, a page).

use std::collections::{HashMap, HashSet};

use crate::render::address;

/// Labels that say nothing about where a link leads.
const GENERIC: &[&str] = &[
    "article",
    "click",
    "click here",
    "essay",
    "full article",
    "here",
    "link",
    "more",
    "page",
    "paper",
    "post",
    "read more",
    "see",
    "see here",
    "site",
    "source",
    "that",
    "the article",
    "there",
    "these",
    "this",
    "this article",
    "this link",
    "this one",
    "this page",
    "this post",
    "those",
    "via",
    "website",
];

/// A link line to be.
#[derive(Debug)]
pub(super) struct LinkLine {
    pub(super) url: String,
    /// One line of plain words, perhaps none.
    pub(super) label: String,
    pub(super) title: String,
    pub(super) number: Option<usize>,
    /// Whether the label is final: those of pictures are.
    pub(super) settled: bool,
}

/// Link lines of one scope, each destination once; where the labels stand nowhere else, each label too.
#[derive(Debug, Default)]
pub(super) struct Links {
    lines: Vec<LinkLine>,
    seen: HashSet<String>,
}

impl Links {
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn add(&mut self, line: LinkLine) {
        if self.seen.insert(line.url.clone()) {
            self.lines.push(line);
        }
    }

    /// Adds a line whose label is its only place on the page: another label is not a repetition.
    pub(super) fn add_with_label(&mut self, line: LinkLine) {
        let first = self.seen.insert(line.url.clone());
        // No URL has a space in it, so none is mistaken for this.
        let other = !line.label.is_empty() && self.seen.insert(format!("{} {}", line.url, line.label));
        if first || other {
            self.lines.push(line);
        }
    }

    pub(super) fn write(&self, out: &mut String) {
        let mut uses: HashMap<&str, usize> = HashMap::new();
        if self.lines.len() > 1 {
            for line in &self.lines {
                *uses.entry(&line.label).or_default() += 1;
            }
        }
        for line in &self.lines {
            line.write(out, uses.get(&*line.label).is_some_and(|&uses| uses > 1));
        }
    }
}

impl LinkLine {
    pub(super) fn write(&self, out: &mut String, ambiguous: bool) {
        out.push_str("=> ");
        out.push_str(&self.url);
        if let Some(number) = self.number {
            out.push_str(" [");
            out.push_str(&number.to_string());
            out.push(']');
        }
        if !self.label.is_empty() {
            out.push(' ');
            out.push_str(&self.label);
            if !self.settled && (ambiguous || is_generic(&self.label)) {
                self.write_hint(out, ambiguous);
            }
        }
        out.push('\n');
    }

    /// Says where the link leads, because its label does not. The title says it best; a host is enough for
    /// a generic label, but not for one of several that look alike.
    fn write_hint(&self, out: &mut String, ambiguous: bool) {
        let host = address::host(&self.url).map(str::to_owned);
        let part = address::last_part(&self.url);
        let hint = match (self.title.is_empty(), ambiguous) {
            (false, _) => Some(self.title.clone()),
            (true, true) => part.or(host),
            (true, false) => host.or(part),
        };
        if let Some(hint) = hint.filter(|hint| *hint != self.label) {
            out.push_str(" (");
            out.push_str(&hint);
            out.push(')');
        }
    }
}

fn is_generic(label: &str) -> bool {
    if label.len() <= 16 {
        let bare = label.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
        // A lone number or arrow says as little as "here"; a date or a version says something.
        let mute = bare.len() <= 3 && !bare.chars().any(char::is_alphabetic);
        return mute || GENERIC.binary_search(&&*bare).is_ok();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generic_labels_are_found() {
        assert!(GENERIC.is_sorted(), "they are searched by halving");
        for (label, expected) in [
            ("here", true),
            ("Here.", true),
            ("\u{201c}this\u{201d}", true),
            ("→", true),
            ("[1]", true),
            ("2024-05-01", false),
            ("1984", false),
            ("hereafter", false),
            ("東京", false),
        ] {
            assert_eq!(is_generic(label), expected, "{label}");
        }
    }
}
