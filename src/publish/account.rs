//! [`Account`]: which files of a content folder are published, and why others are not.

use std::collections::BTreeMap;
use std::fmt::Display;

use time::OffsetDateTime;

use super::capsule::CapsuleSnapshot;
use crate::capsule::{Essay, HiddenReason, Visibility, holds_back};
use crate::disk::{Exclusion, FolderContents, ToolFile};

/// The most files of one kind that are named; the others are counted.
const MAX_NAMES: usize = 3;

/// Keys of front matter that hide an essay, that date it, and that let it expire; separated by blanks.
const HIDING_KEYS: [&str; 3] = [
    "draft isdraft published publish status state visibility private hidden unlisted list render headless permalink",
    "publishdate pubdate publish_date pubdatetime date published publish",
    "expirydate unpublishdate",
];

/// Why an essay of which conversion leaves nothing is in no list.
const NO_TEXT: &str = "in no list, but at its address: it has no text";

/// The numbers of what was published from a content folder, and the files that readers do not get or not in lists.
#[derive(Debug)]
pub struct Account {
    /// The site generator that was recognised by its files, and what was taken from which of them.
    pub recognised: Option<String>,
    /// The numbers of what was published, such as `13 essays in 2 sections, 4 attachments`.
    pub published: String,
    /// The other files, sorted by kind and name.
    pub withheld: Vec<Withheld>,
}

/// A file that readers do not get, or that no list shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Withheld {
    /// `hidden`, `unlisted`, `private`, `unread` or `ignored`.
    pub kind: &'static str,
    /// The name of the file or folder, relative to the content folder.
    pub file: String,
    /// The line that decides, counted from 1.
    pub line: Option<u32>,
    /// Why, such as ``a draft (`draft: true`)``.
    pub why: String,
}

impl Withheld {
    fn new(kind: &'static str, file: &str, why: impl Into<String>) -> Self {
        Self { kind, file: file.to_owned(), line: None, why: why.into() }
    }
}

impl Account {
    /// Returns the account of `contents`, from which `snapshot` was built at the time `now`.
    pub fn of(snapshot: &CapsuleSnapshot, contents: &FolderContents, now: OffsetDateTime) -> Self {
        let mut withheld: Vec<Withheld> = contents.left_out.iter().map(left_out).collect();
        let capsule = snapshot.site.capsule();
        withheld.extend(capsule.all_read().filter_map(|essay| held_back(essay, now)));
        for (area, site) in &snapshot.areas {
            let inside = site.capsule().all_read().filter(|essay| essay.source.path.is_within(&area.path));
            withheld.extend(inside.map(|essay| match held_back(essay, now) {
                Some(withheld) if !area.drafts || withheld.kind == "unlisted" => withheld,
                _ => {
                    let why = format!("in the private folder `{}`", area.path);
                    Withheld::new("private", essay.source.path.as_relative(), why)
                }
            }));
        }
        withheld.sort_unstable();
        let mut published = count(capsule.essays().len(), "essay", "essays");
        let sections = capsule.sections().count().saturating_sub(1);
        let attachments = capsule.files().count() + capsule.texts().count();
        for (number, before, one, many) in
            [(sections, " in ", "section", "sections"), (attachments, ", ", "attachment", "attachments")]
        {
            if number > 0 {
                published += &format!("{before}{}", count(number, one, many));
            }
        }
        Self { recognised: snapshot.recognised.clone(), published, withheld }
    }

    /// Returns the account as lines of text: the numbers, each hidden essay, and the other files grouped by cause.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.recognised.iter().map(|site| format!("recognised: {site}")).collect();
        lines.push(format!("published: {}", self.published));
        for kind in ["hidden", "unlisted"] {
            lines.extend(self.withheld.iter().filter(|file| file.kind == kind).map(|file| {
                let line = file.line.map(|line| format!(":{line}")).unwrap_or_default();
                format!("{kind}: {}{line}: {}", file.file, file.why)
            }));
        }
        let others = self.withheld.iter().filter(|file| !matches!(file.kind, "hidden" | "unlisted"));
        let mut groups: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for file in others {
            groups.entry((file.kind, &file.why)).or_default().push(&file.file);
        }
        lines.extend(
            groups.into_iter().map(|((kind, why), files)| format!("{kind}: {}: {why}", names(&files))),
        );
        lines
    }
}

/// Returns the numbers of `left_out` files by cause, such as `2 in Org not read (a.org), 1 configuration file`; empty if
/// there are none.
pub fn left_out_counts(left_out: &[(String, Exclusion)]) -> String {
    // `None` stands for all patterns.
    let mut groups: BTreeMap<Option<ToolFile>, Vec<&str>> = BTreeMap::new();
    for (file, exclusion) in left_out {
        let group = match exclusion {
            Exclusion::Name(kind) => Some(*kind),
            Exclusion::Pattern { .. } => None,
        };
        groups.entry(group).or_default().push(file);
    }
    let part = |(group, files): (Option<ToolFile>, Vec<&str>)| {
        let number = files.len();
        match group {
            None => format!("{number} ignored by patterns"),
            Some(ToolFile::Unread(markup)) => format!("{number} not read: {markup} ({})", files[0]),
            Some(kind) => {
                let (one, many) = kind.nouns();
                count(number, one, many)
            }
        }
    };
    groups.into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Returns why and by which line `essay` is hidden or unlisted at `now`, or `None` if it is neither.
pub fn held_back(essay: &Essay, now: OffsetDateTime) -> Option<Withheld> {
    let (kind, what, keys) = match essay.visibility(now) {
        Visibility::Public => return None,
        Visibility::Unlisted if !essay.has_text => ("unlisted", NO_TEXT, ""),
        Visibility::Unlisted => ("unlisted", "in no list, but at its address", HIDING_KEYS[0]),
        Visibility::Hidden(HiddenReason::Draft) => ("hidden", "a draft", HIDING_KEYS[0]),
        Visibility::Hidden(HiddenReason::Unpublished) => ("hidden", "not published", HIDING_KEYS[0]),
        Visibility::Hidden(HiddenReason::Future) => ("hidden", "dated in the future", HIDING_KEYS[1]),
        Visibility::Hidden(HiddenReason::Expired) => ("hidden", "expired", HIDING_KEYS[2]),
    };
    let path = &essay.source.path;
    let drafts = path.segments().rev().skip(1).any(|folder| folder == "_drafts");
    let rule = if drafts { None } else { deciding_line(essay, keys) };
    let (line, why) = match rule {
        Some((line, text)) => (Some(line), format!("{what} (`{text}`)")),
        None if drafts => (None, format!("{what} (it lies in `_drafts`)")),
        None => (None, what.to_owned()),
    };
    Some(Withheld { kind, file: path.as_relative().to_owned(), line, why })
}

/// Returns the first line of the front matter that holds the essay back, else the first one with one of `keys`: its
/// number, counted from 1, and its text.
fn deciding_line(essay: &Essay, keys: &str) -> Option<(u32, String)> {
    let text = essay.text();
    let head = &text.whole()[..text.body_offset()];
    let entry = |line: &str| {
        let (key, value) = line.split_once([':', '=']).unwrap_or((line, ""));
        let is_frame = |c: char| c.is_whitespace() || "\"'{,".contains(c);
        (key.trim_matches(is_frame).to_lowercase(), value.trim_matches(is_frame).to_owned())
    };
    let holds_back = |line: &str| {
        let (key, value) = entry(line);
        keys == HIDING_KEYS[0] && holds_back(&key, &value)
    };
    let has_key = |line: &str| keys.split(' ').any(|key| key == entry(line).0);
    let find = |is: &dyn Fn(&str) -> bool| (1..).zip(head.lines()).find(|(_, line)| is(line));
    let (number, line) = find(&holds_back).or_else(|| find(&has_key))?;
    Some((number, line.trim().to_owned()))
}

fn left_out((file, exclusion): &(String, Exclusion)) -> Withheld {
    let is_unread = matches!(exclusion, Exclusion::Name(ToolFile::Unread(_)));
    Withheld::new(if is_unread { "unread" } else { "ignored" }, file, exclusion.to_string())
}

/// Returns the names of `files`, or their number with the first names.
fn names(files: &[&str]) -> String {
    let named = files.iter().take(MAX_NAMES).copied().collect::<Vec<_>>().join(", ");
    if files.len() > MAX_NAMES { format!("{} files ({named}, …)", files.len()) } else { named }
}

/// Returns `1 essay` or `2 essays`.
pub fn count(number: impl Display, one: &str, many: &str) -> String {
    let number = number.to_string();
    let noun = if number == "1" { one } else { many };
    format!("{number} {noun}")
}
