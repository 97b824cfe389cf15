//! [`Inventory`]: which files of a content folder are published, and why others are not.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::capsule::{CapsuleSnapshot, count};
use crate::capsule::{Essay, EssayDate, HiddenReason, Visibility, draft_names, stated_visibility, usual_key};
use crate::disk::{Exclusion, FolderContents, ToolFile};
use crate::site::PrivateSite;

/// The most files of one kind that are named; the others are counted.
const MAX_NAMES: usize = 3;

/// What was published from a content folder, in numbers, and the files that readers do not get, or find in no list.
#[derive(Debug)]
pub struct Inventory {
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

impl Inventory {
    /// Returns the inventory of `contents`, from which `snapshot` was built at the time `now`.
    pub fn of(snapshot: &CapsuleSnapshot, contents: &FolderContents, now: OffsetDateTime) -> Self {
        let left_out = |(file, exclusion): &(String, Exclusion)| {
            let is_unread = matches!(exclusion, Exclusion::Name(ToolFile::Unread(_)));
            let kind = if is_unread { "unread" } else { "ignored" };
            Withheld { kind, file: file.clone(), line: None, why: exclusion.to_string() }
        };
        let mut withheld: Vec<Withheld> = contents.left_out.iter().map(left_out).collect();
        let capsule = snapshot.site.capsule();
        withheld.extend(capsule.read.values().filter_map(|essay| held_back(essay, now)));
        for PrivateSite { area, site, .. } in &snapshot.site.private_sites {
            let inside = site.capsule().read.values().filter(|essay| essay.source.path.is_within(&area.path));
            withheld.extend(inside.map(|essay| match held_back(essay, now) {
                Some(withheld) if !area.drafts || withheld.kind == "unlisted" => withheld,
                _ => Withheld {
                    kind: "private",
                    file: essay.source.path.as_relative().to_owned(),
                    line: None,
                    why: format!("in the private folder `{}`", area.path),
                },
            }));
        }
        withheld.sort_unstable();
        let mut published = count(capsule.essays().len(), "essay", "essays");
        let sections = capsule.sections.len().saturating_sub(1);
        let attachments = capsule.files.len() + capsule.texts.len();
        if sections > 0 {
            published += &format!(" in {}", count(sections, "section", "sections"));
        }
        if attachments > 0 {
            published += &format!(", {}", count(attachments, "attachment", "attachments"));
        }
        Self { recognised: snapshot.recognised.clone(), published, withheld }
    }

    /// Returns the inventory as lines: the numbers, each essay that is hidden or says that it is unlisted, and the rest.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.recognised.iter().map(|site| format!("recognised: {site}")).collect();
        lines.push(format!("published: {}", self.published));
        let is_stated = |file: &&Withheld| file.kind == "hidden" || file.kind == "unlisted" && file.line.is_some();
        for kind in ["hidden", "unlisted"] {
            lines.extend(self.withheld.iter().filter(is_stated).filter(|file| file.kind == kind).map(|file| {
                let line = file.line.map(|line| format!(":{line}")).unwrap_or_default();
                format!("{kind}: {}{line}: {}", file.file, file.why)
            }));
        }
        let mut groups: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for file in self.withheld.iter().filter(|file| !is_stated(file)) {
            groups.entry((file.kind, &file.why)).or_default().push(&file.file);
        }
        lines.extend(groups.into_iter().map(|((kind, why), files)| {
            let mut names = files[..files.len().min(MAX_NAMES)].join(", ");
            if files.len() > MAX_NAMES {
                names = format!("{} files ({names}, …)", files.len());
            }
            format!("{kind}: {names}: {why}")
        }));
        lines
    }
}

/// Returns the numbers of `left_out` files by cause, such as `2 not read: Org (a.org), 1 configuration file`.
pub fn left_out_counts(left_out: &[(String, Exclusion)]) -> String {
    // The number and the first of the files of each kind; `None` stands for all patterns.
    let mut groups: BTreeMap<Option<ToolFile>, (usize, &str)> = BTreeMap::new();
    for (file, exclusion) in left_out {
        let kind = if let Exclusion::Name(kind) = exclusion { Some(*kind) } else { None };
        groups.entry(kind).or_insert((0, file)).0 += 1;
    }
    let part = |(kind, (number, first)): (Option<ToolFile>, (usize, &str))| match kind {
        None => format!("{number} ignored by patterns"),
        Some(ToolFile::Unread(markup)) => format!("{number} not read: {markup} ({first})"),
        Some(kind) => count(number, kind.nouns().0, kind.nouns().1),
    };
    groups.into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Returns why and by which line `essay` is hidden or unlisted at `now`, or `None` if it is neither.
pub fn held_back(essay: &Essay, now: OffsetDateTime) -> Option<Withheld> {
    let visibility = essay.visibility(now);
    let (what, keys) = match visibility {
        Visibility::Public => return None,
        Visibility::Unlisted if !essay.has_text => ("in no list, but at its address: it has no text", ""),
        Visibility::Unlisted => ("in no list, but at its address", ""),
        Visibility::Hidden(HiddenReason::Draft) => ("a draft", ""),
        Visibility::Hidden(HiddenReason::Unpublished) => ("not published", "tags"),
        Visibility::Hidden(HiddenReason::Future) => ("dated in the future", "date publishdate published created"),
        Visibility::Hidden(HiddenReason::Expired) => ("expired", "expirydate"),
    };
    let kind = if visibility == Visibility::Unlisted { "unlisted" } else { "hidden" };
    let path = &essay.source.path;
    let is_stated = essay.has_text || visibility != Visibility::Unlisted;
    let named = draft_names(path).find(|_| visibility == Visibility::Hidden(HiddenReason::Draft));
    let (line, rule) = match (deciding_line(essay, keys, now).filter(|_| is_stated), named) {
        (Some((None, line, text)), _) => (Some(line), format!(" (`{text}`)")),
        (Some((Some(file), _, text)), _) => (None, format!(" (`{text}` in `{file}`)")),
        (None, Some(".draft")) => (None, " (by its name)".to_owned()),
        (None, Some(folder)) => (None, format!(" (it lies in `{folder}`)")),
        (None, None) => {
            let stating = essay.beside.first().filter(|_| kind == "hidden");
            (None, stating.map(|file| format!(" (in `{}`)", file.path.as_relative())).unwrap_or_default())
        }
    };
    Some(Withheld { kind, file: path.as_relative().to_owned(), line, why: format!("{what}{rule}") })
}

/// Returns the line that decides the visibility of `essay`: the first that states it, else the first with a meaning of
/// `keys`. If it is not in the front matter, its file comes first, then the number of the line and its text.
fn deciding_line<'e>(essay: &'e Essay, keys: &str, now: OffsetDateTime) -> Option<(Option<&'e str>, u32, String)> {
    let visibility = essay.visibility(now);
    let text = essay.text();
    let is_frame = |c: char| c.is_whitespace() || "\"'}:-.()".contains(c);
    let rank = |line: &str| {
        let (key, value) = line.split_once([':', '=']).unwrap_or((line, ""));
        let key = key.trim_matches(is_frame).to_lowercase();
        // A list of passwords or rights begins on the next line.
        let value = value.rsplit("=>").next().unwrap_or(value).trim_matches(is_frame);
        let value = if value.is_empty() { "restricted" } else { value };
        let holds = stated_visibility(&key, value) == Some(visibility);
        let usual = usual_key(&key).map(|(usual, _)| usual);
        let is_among = keys.split(' ').any(|other| usual == Some(other));
        // Of several dates, one in the future decides, or the one that has passed.
        let is_future = EssayDate::parse(value).map(|date| date.instant() > now);
        let decides = holds || is_future == Some(visibility == Visibility::Hidden(HiddenReason::Future));
        (holds || is_among).then_some(!decides)
    };
    let first = |file: Option<&'e str>, text: &str| {
        let lines = (1..).zip(text.lines());
        // In programs, several keys may share a line.
        let rank = |line: &str| line.split(['{', ',', ';']).filter_map(rank).min();
        let ranked = lines.filter_map(|(number, line)| Some((rank(line)?, file, number, line.trim().to_owned())));
        ranked.min_by_key(|(rank, ..)| *rank)
    };
    let own = first(None, &text.whole[..text.body_range.start]);
    let files = essay.beside.iter().map(|file| (file.path.as_relative(), file.text()));
    let others = files.filter_map(|(path, text)| first(Some(path), &String::from_utf8_lossy(&text)));
    let (_, file, number, line) = own.into_iter().chain(others).min_by_key(|(rank, ..)| *rank)?;
    Some((file, number, line))
}
