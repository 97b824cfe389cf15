//! The lines of links.
//!
//! A label must make sense without its sentence, so "here" is followed by the name of its destination. Each destination
//! has one line in its scope (a block, a section or a page), and no two destinations of a page have one label.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::render::text;
use crate::render::words::Words;

/// Labels that do not describe a destination, in all languages.
static GENERIC: LazyLock<HashSet<&str>> = LazyLock::new(|| Words::everywhere("generic").collect());

/// The length in bytes beyond which a label is not generic, even if most of it is punctuation.
const MAX_GENERIC: usize = 48;

/// The length in bytes beyond which a number or a hash tells nothing of a destination.
const MAX_NUMBER: usize = 8;

/// A link line.
#[derive(Debug)]
pub(super) struct LinkLine {
    pub(super) url: String,
    /// Plain words on one line; may be empty.
    pub(super) label: String,
    pub(super) title: String,
    pub(super) number: Option<usize>,
    pub(super) role: Role,
}

/// What the line of a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// To follow a link of a sentence, which has the label too.
    Sentence,
    /// To stand for a link whose label appears nowhere else.
    Alone,
    /// To show a picture.
    Image,
}

/// The link lines of one scope, without repetitions.
#[derive(Debug, Default)]
pub(super) struct Links {
    lines: Vec<LinkLine>,
    seen: HashSet<String>,
}

/// The link lines that a page has so far.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The destination of each label.
    labels: HashMap<String, String>,
    /// The destinations with a line after the block before this one, and after this one.
    before: HashSet<String>,
    here: HashSet<String>,
    /// How many destinations share a label that only numbers tell apart.
    repeated: HashMap<String, usize>,
}

impl Written {
    pub(super) fn next_block(&mut self) {
        self.before = std::mem::take(&mut self.here);
    }
}

impl Links {
    /// Adds a line unless its destination has one, or, where the label appears nowhere else, one with that label.
    pub(super) fn add(&mut self, line: LinkLine) {
        let is_first = self.seen.insert(line.url.clone());
        // A URL contains no space, so that no URL equals this key.
        let is_new = !line.label.is_empty() && self.seen.insert(format!("{} {}", line.url, line.label));
        if is_first || is_new && line.role != Role::Sentence {
            self.lines.push(line);
        }
    }

    /// Takes out the links of sentences whose destination has a line after the block before.
    pub(super) fn drop_repeated(&mut self, written: &Written) {
        let is_repeated = |line: &LinkLine| {
            line.role == Role::Sentence && line.number.is_none() && written.before.contains(&line.url)
        };
        self.lines.retain(|line| !is_repeated(line));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn write(&self, out: &mut String, written: &mut Written, words: &Words) {
        let mut uses: HashMap<&str, usize> = HashMap::new();
        if self.lines.len() > 1 {
            for line in self.lines.iter().filter(|line| line.role != Role::Image) {
                *uses.entry(&line.label).or_default() += 1;
            }
        }
        for line in &self.lines {
            line.write(out, uses.get(&*line.label).is_some_and(|&uses| uses > 1), written, words);
        }
    }
}

impl LinkLine {
    fn write(&self, out: &mut String, ambiguous: bool, written: &mut Written, words: &Words) {
        out.extend(["=> ", &*self.url]);
        if let Some(number) = self.number {
            out.push(' ');
            text::push_number(out, number);
        }
        if !self.label.is_empty() {
            // The word in brackets helps in clients that draw no icon.
            let mark = if self.role == Role::Image { words.get("image") } else { "" };
            let label = self.unique_label(ambiguous, mark, written);
            out.extend([" ", &*label]);
            written.labels.insert(label, self.url.clone());
        }
        out.push('\n');
        written.here.insert(self.url.clone());
    }

    /// Returns the label with what tells it from the labels of other destinations, and `mark` in brackets.
    fn unique_label(&self, ambiguous: bool, mark: &str, written: &mut Written) -> String {
        let marked =
            |label: &str| if mark.is_empty() { label.to_owned() } else { format!("{label} [{mark}]") };
        let fits = |label: &String| written.labels.get(label).is_none_or(|url| *url == self.url);
        let is_generic = self.role != Role::Image && is_generic(&self.label);
        let plain = (!is_generic && (!ambiguous || self.role == Role::Image)).then(|| self.label.clone());
        let hints = std::iter::once_with(|| self.hints(!is_generic || ambiguous)).flatten().flatten();
        let hinted = hints.filter(|hint| *hint != self.label).map(|hint| format!("{} ({hint})", self.label));
        let labels = plain.into_iter().chain(hinted).chain([self.label.clone()]);
        if let Some(label) = labels.map(|label| marked(&label)).find(fits) {
            return label;
        }
        let used = written.repeated.entry(self.label.clone()).or_insert(1);
        let mut numbered = std::iter::repeat_with(|| {
            *used += 1;
            marked(&format!("{} {used}", self.label))
        });
        numbered.find(fits).unwrap_or_default()
    }

    /// Returns what describes the destination, best first: the title, or else the host. If the label is `specific` or one
    /// of several equal ones, the host may not be enough.
    fn hints(&self, specific: bool) -> [Option<String>; 4] {
        let title = Some(self.title.clone()).filter(|title| !title.is_empty());
        let stem = text::file_stem(&self.url);
        if self.role == Role::Image {
            return [title, stem, None, None];
        }
        let host = text::url_host(&self.url).map(str::to_owned);
        let is_telling = |segment: &String| segment.len() <= MAX_NUMBER || stem.is_some() || host.is_none();
        let segment = text::last_segment(&self.url).filter(is_telling);
        let place = self.url.split_once("://").map(|(_, place)| place.to_owned());
        if specific { [title, segment, host, place] } else { [title, host, segment, place] }
    }
}

fn is_generic(label: &str) -> bool {
    if label.len() > MAX_GENERIC {
        return false;
    }
    let bare = label.trim_matches(|c: char| !c.is_alphanumeric());
    // A single number or arrow describes as little as "here"; a date or a version describes more.
    let is_meaningless = bare.len() <= 3 && !bare.chars().any(char::is_alphabetic);
    is_meaningless || GENERIC.contains(&*bare.to_lowercase())
}
