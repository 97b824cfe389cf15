//! The lines of links.
//!
//! A label must make sense without its sentence, so "here" is followed by the name of its destination. Each destination
//! has one line in its scope (a block, a section or a page).

use std::collections::{HashMap, HashSet};

use crate::render::text;

/// Labels that do not describe a destination, in the languages that the search knows.
const GENERIC: &str = "\
    aici|aqui|aquí|aquí mismo|article|burada|buradan|click|click here|denna|deze|docs|documentation|\
    dort|enlace|enllaç|essay|full article|hemen|her|here|hier|här|ici|itt|lien|link|link here|là|more|\
    ovde|page|paper|post|qui|quí|read more|see|see here|sinne|site|source|tady|that|the article|there|\
    these|this|this article|this blog|this blog post|this issue|this link|this one|this page|this post|\
    this repo|this video|those|tu|tutaj|tässä|tästä|täällä|via|voici|website|zde|εδώ|здесь|овде|тут|\
    այստեղ|כאן|هنا|यहाँ|இங்கே|ここ|こちら|此处|这里|這裡|여기";

/// The length in bytes beyond which a label is not generic, even if most of it is punctuation.
const MAX_GENERIC: usize = 16;

/// A link line.
#[derive(Debug)]
pub(super) struct LinkLine {
    pub(super) url: String,
    /// Plain words on one line; may be empty.
    pub(super) label: String,
    pub(super) title: String,
    pub(super) number: Option<usize>,
    /// Whether the label needs no hint, as for images.
    pub(super) settled: bool,
}

/// The link lines of one scope, without repetitions.
#[derive(Debug, Default)]
pub(super) struct Links {
    lines: Vec<LinkLine>,
    seen: HashSet<String>,
}

impl Links {
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Adds a line unless its destination has one.
    pub(super) fn add(&mut self, line: LinkLine) {
        if self.seen.insert(line.url.clone()) {
            self.lines.push(line);
        }
    }

    /// Adds a line whose label appears nowhere else on the page, unless there is one with its destination and label.
    pub(super) fn add_with_label(&mut self, line: LinkLine) {
        let first = self.seen.insert(line.url.clone());
        // A URL contains no space, so that no URL equals this key.
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
            out.push(' ');
            text::push_number(out, number);
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

    /// Appends what describes the destination: the title, or else the host. For one of several equal labels, the host
    /// may not be enough.
    fn write_hint(&self, out: &mut String, ambiguous: bool) {
        let host = text::url_host(&self.url).map(str::to_owned);
        let segment = text::last_segment(&self.url);
        let hint = match (self.title.is_empty(), ambiguous) {
            (false, _) => Some(self.title.clone()),
            (true, true) => segment.or(host),
            (true, false) => host.or(segment),
        };
        if let Some(hint) = hint.filter(|hint| *hint != self.label) {
            out.push_str(" (");
            out.push_str(&hint);
            out.push(')');
        }
    }
}

fn is_generic(label: &str) -> bool {
    if label.len() > MAX_GENERIC {
        return false;
    }
    let bare = label.trim_matches(|c: char| !c.is_alphanumeric());
    // A single number or arrow describes as little as "here"; a date or a version describes more.
    let is_meaningless = bare.len() <= 3 && !bare.chars().any(char::is_alphabetic);
    is_meaningless || GENERIC.split('|').any(|generic| generic.eq_ignore_ascii_case(bare))
}
