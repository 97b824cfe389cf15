//! The lines of links.
//!
//! A label must make sense without its sentence, so "here" is followed by the name of its destination. Each destination
//! has one line in its scope (a block, a section or a page), and no two destinations of a page have one label.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use crate::render::text;
use crate::render::words::Words;

/// Labels that do not describe a destination, in all languages.
static GENERIC: LazyLock<HashSet<&str, RandomState>> = LazyLock::new(|| Words::everywhere("generic").collect());

/// The length in bytes beyond which a label is not generic, even if most of it is punctuation.
const MAX_GENERIC: usize = 48;

/// The length in bytes beyond which a number or a hash does not describe a destination.
const MAX_NUMBER: usize = 8;

pub(super) struct LinkLine<'p> {
    pub(super) url: Cow<'p, str>,
    /// Plain words on one line; may be empty.
    pub(super) label: String,
    pub(super) title: Cow<'p, str>,
    pub(super) number: Option<usize>,
    pub(super) role: Role,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// To follow a link of a sentence, which has the label too.
    Sentence,
    /// To stand for a link whose label appears nowhere else.
    Alone,
    /// To show a picture.
    Image,
}

/// The link lines that a page has so far.
#[derive(Default)]
pub(super) struct Written<'p> {
    labels: HashMap<String, Cow<'p, str>, RandomState>,
    /// The destinations with a line after the block before this one, and after this one.
    pub(super) before: HashSet<Cow<'p, str>, RandomState>,
    pub(super) here: HashSet<Cow<'p, str>, RandomState>,
    /// How many destinations share a label that only numbers tell apart.
    repeated: HashMap<String, usize>,
}

/// Keeps one line for each destination, and one for each label of it that appears nowhere else.
fn drop_equal<'p>(lines: &mut Vec<LinkLine<'p>>) {
    let mut seen: HashSet<(Cow<'_, str>, String), RandomState> = HashSet::default();
    let mut is_kept = |line: &LinkLine<'p>| {
        let is_first = seen.insert((line.url.clone(), String::new()));
        let is_new = !line.label.is_empty() && seen.insert((line.url.clone(), line.label.clone()));
        is_first || is_new && line.role != Role::Sentence
    };
    if lines.len() > 1 {
        lines.retain(|line| is_kept(line));
    }
}

/// Takes out the links of sentences whose destination has a line after the block before.
pub(super) fn drop_repeated(lines: &mut Vec<LinkLine<'_>>, written: &Written<'_>) {
    drop_equal(lines);
    let is_repeated = |line: &LinkLine<'_>| {
        line.role == Role::Sentence && line.number.is_none() && written.before.contains(&line.url)
    };
    lines.retain(|line| !is_repeated(line));
}

/// Writes the lines of one scope without repetitions.
pub(super) fn write<'p>(mut lines: Vec<LinkLine<'p>>, out: &mut String, written: &mut Written<'p>, words: &Words) {
    drop_equal(&mut lines);
    let mut uses: HashMap<&str, usize, RandomState> = HashMap::default();
    if lines.len() > 1 {
        for line in lines.iter().filter(|line| line.role != Role::Image) {
            *uses.entry(&line.label).or_default() += 1;
        }
    }
    for line in &lines {
        line.write(out, uses.get(&*line.label).is_some_and(|&uses| uses > 1), written, words);
    }
}

impl<'p> LinkLine<'p> {
    fn write(&self, out: &mut String, is_ambiguous: bool, written: &mut Written<'p>, words: &Words) {
        out.extend(["=> ", &*self.url]);
        if let Some(number) = self.number {
            out.push_str(&format!(" [{number}]"));
        }
        if !self.label.is_empty() {
            let label = self.unique_label(is_ambiguous, written, words);
            out.extend([" ", &*label]);
            written.labels.insert(label, self.url.clone());
        }
        out.push('\n');
        written.here.insert(self.url.clone());
    }

    /// Returns the label, unique to its destination, with a word in brackets for pictures: some clients draw no icon.
    fn unique_label(&self, is_ambiguous: bool, written: &mut Written<'p>, words: &Words) -> String {
        let is_image = self.role == Role::Image;
        let mark = if is_image { format!(" [{}]", words.get("image")) } else { String::new() };
        let with = |detail: &str| [&*self.label, detail, &*mark].concat();
        let fits = |label: &String| written.labels.get(label).is_none_or(|url| *url == self.url);
        let is_generic = !is_image && is_generic(&self.label);
        let plain = (is_image || !is_generic && !is_ambiguous).then(|| with(""));
        let hints = std::iter::once_with(|| self.hints(!is_generic || is_ambiguous)).flatten().flatten();
        let hinted = hints.filter(|hint| *hint != self.label).map(|hint| with(&format!(" ({hint})")));
        let last = std::iter::once_with(|| with(""));
        if let Some(label) = plain.into_iter().chain(hinted).chain(last).find(fits) {
            return label;
        }
        let used = written.repeated.entry(self.label.clone()).or_insert(1);
        let mut numbered = std::iter::repeat_with(|| {
            *used += 1;
            with(&format!(" {used}"))
        });
        numbered.find(fits).unwrap_or_default()
    }

    /// Returns what describes the destination, best first: the title, or else the host. If the label is `specific` or
    /// one of several equal ones, the host may not be enough.
    fn hints(&self, specific: bool) -> [Option<String>; 4] {
        let title = Some(self.title.clone().into_owned()).filter(|title| !title.is_empty());
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
    let bare = label.trim_matches(|c: char| !c.is_alphanumeric());
    // A single number or arrow describes as little as "here"; a date or a version describes more.
    let is_meaningless = bare.len() <= 3 && !bare.chars().any(char::is_alphabetic);
    label.len() <= MAX_GENERIC && (is_meaningless || GENERIC.contains(&*bare.to_lowercase()))
}
