//! [`Essay`]: one text with what its author says about it.

use std::ops::Range;
use std::sync::Arc;

use super::front_matter::{self, FrontMatterKeys, Metadata, Reading};
use super::language::LanguageVariant;
use super::placement::{Place, Placement};
use super::{CapsulePath, EssayDate, SourceFile, date};
use crate::markup::markdown::{self, MarkdownOptions};
use crate::markup::{Document, front_matter as head, gemtext};
use crate::problem::{Problem, Topic};

/// Words that an adult reads in a minute, for reading times.
const WORDS_PER_MINUTE: usize = 230;

/// The language a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// Markdown, with front matter.
    Markdown,
    /// Gemtext, with front matter.
    Gemtext,
    /// Plain text, handed out as it is.
    Text,
}

impl TextKind {
    /// What the extension of `path` says; none for anything but text.
    pub fn of(path: &CapsulePath) -> Option<Self> {
        match path.extension().to_ascii_lowercase().as_str() {
            "md" | "markdown" | "mkd" => Some(Self::Markdown),
            "gmi" | "gemini" => Some(Self::Gemtext),
            "txt" => Some(Self::Text),
            _ => None,
        }
    }

    /// The extension of the canonical address.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown | Self::Gemtext => "gmi",
            Self::Text => "txt",
        }
    }
}

/// One text of a capsule, made when its file was read and never changed. The introduction of a folder is one
/// too, at the address of the folder.
#[derive(Debug, Clone)]
pub struct Essay {
    /// The file it was made from.
    pub source: Arc<SourceFile>,
    /// The language it is written in.
    pub kind: TextKind,
    /// Its address without extension; for an introduction that of its folder.
    pub base: CapsulePath,
    /// Its title: by its front matter, else its first heading of level 1, else its file name.
    pub title: String,
    /// The day it bears: by its front matter, else its path.
    pub date: Option<EssayDate>,
    /// What its front matter says, with the language that its file name states.
    pub metadata: Metadata,
    /// Its language and what it translates, where its file name says so.
    pub variant: Option<Box<LanguageVariant>>,
    /// About how many words it has, markup included.
    pub words: usize,
    /// Its body within the file.
    body: Range<usize>,
    /// What its author should know; reported again with every build that reuses it.
    pub(super) problems: Vec<Problem>,
}

impl Essay {
    /// Reads `source`, which stands at `place`.
    pub(super) fn read(
        source: &Arc<SourceFile>,
        kind: TextKind,
        place: &Place,
        keys: &FrontMatterKeys,
        options: &MarkdownOptions,
    ) -> Result<Self, Problem> {
        let file = source.path.as_str().trim_start_matches('/');
        let bytes = source.text();
        let whole = str::from_utf8(&bytes).map_err(|error| not_utf8(file, &bytes, error.valid_up_to()))?;
        let split = head::split(whole);
        let mut metadata = Metadata::default();
        let mut problems = Vec::new();
        let mut body = split.body_range;
        if kind == TextKind::Text {
            body = 0..whole.len();
        } else if let Some(head) = &split.head {
            match front_matter::read(head, file, whole, keys) {
                Reading::Metadata(said, odd) => {
                    metadata = *said;
                    problems = odd;
                }
                Reading::Prose => body = 0..whole.len(),
                Reading::Broken(problem) => return Err(problem),
            }
        }
        let variant = place.variant.clone();
        let tag = variant.as_ref().map(|variant| variant.language.as_str());
        let (base, strays) = slugged(&place.base, metadata.slug.as_deref(), tag, file);
        problems.extend(strays);
        metadata.language = metadata.language.or_else(|| tag.map(str::to_owned));
        let (path_date, name) = dated_name(&source.path, &base, tag);
        let title = metadata
            .title
            .clone()
            .or_else(|| heading(&whole[body.clone()], kind, options))
            .unwrap_or_else(|| readable(name));
        let date = metadata.date.or(path_date).or_else(|| metadata.web_paths.iter().find_map(|p| date_of(p)));
        let words = words(&whole.as_bytes()[body.clone()]);
        Ok(Self {
            source: Arc::clone(source),
            kind,
            base,
            title,
            date,
            metadata,
            variant,
            words,
            body,
            problems,
        })
    }

    /// The order of lists: newest first, undated ones last and by title.
    pub(super) fn order(a: &Self, b: &Self) -> std::cmp::Ordering {
        b.date.cmp(&a.date).then_with(|| a.title.cmp(&b.title)).then_with(|| a.base.cmp(&b.base))
    }

    /// Its canonical address: with `.gmi`, `.txt` for plain text, a folder for an introduction.
    pub fn address(&self) -> CapsulePath {
        if self.base.is_folder() { self.base.clone() } else { self.base.with_suffix(self.kind.extension()) }
    }

    /// The same essay at another address.
    pub(super) fn placed_at(&self, base: CapsulePath) -> Self {
        Self { base, ..self.clone() }
    }

    /// Its words, unpacked: ask once for each use.
    pub fn text(&self) -> EssayText {
        let whole = String::from_utf8(self.source.text().into()).unwrap_or_default();
        EssayText { whole, kind: self.kind, body: self.body.clone() }
    }

    /// How long it takes to read, in minutes, at least one.
    pub fn minutes(&self) -> usize {
        self.words.div_ceil(WORDS_PER_MINUTE).max(1)
    }
}

/// The words of an essay, unpacked.
#[derive(Debug, Clone)]
pub struct EssayText {
    whole: String,
    kind: TextKind,
    body: Range<usize>,
}

impl EssayText {
    /// The whole file, front matter included.
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// What stands behind the front matter.
    pub fn body(&self) -> &str {
        &self.whole[self.body.clone()]
    }

    /// Where the body starts in the file, in bytes: what turns offsets of a document into those of a file.
    pub fn body_offset(&self) -> usize {
        self.body.start
    }

    /// The body as a document. Plain text is one preformatted block.
    pub fn document(&self, options: &MarkdownOptions) -> Document<'_> {
        document(self.body(), self.kind, options)
    }
}

fn document<'a>(body: &'a str, kind: TextKind, options: &MarkdownOptions) -> Document<'a> {
    match kind {
        TextKind::Markdown => markdown::parse(body, options),
        TextKind::Gemtext => gemtext::parse(body),
        TextKind::Text => Document {
            blocks: vec![crate::markup::Block::Code(crate::markup::Code {
                language: "".into(),
                text: body.replace("\r\n", "\n").trim_end_matches('\n').to_owned().into(),
            })],
            ..Document::default()
        },
    }
}

fn heading(body: &str, kind: TextKind, options: &MarkdownOptions) -> Option<String> {
    if kind == TextKind::Text {
        return None;
    }
    document(body, kind, options).title().filter(|words| !words.is_empty())
}

fn not_utf8(file: &str, bytes: &[u8], at: usize) -> Problem {
    Problem::error("the file is not UTF-8 text")
        .about(Topic::File)
        .at(file, &String::from_utf8_lossy(bytes), at..at + 1)
        .hint("save it with the encoding UTF-8")
}

/// The address with its last part replaced by the slug the author asks for; translations may share one.
fn slugged(
    base: &CapsulePath,
    slug: Option<&str>,
    tag: Option<&str>,
    file: &str,
) -> (CapsulePath, Option<Problem>) {
    let Some(slug) = slug.map(|slug| slug.trim_matches('/')).filter(|_| !base.is_folder()) else {
        return (base.clone(), None);
    };
    match base.join(slug) {
        Ok(address) if !slug.is_empty() && address.parent() == base.parent() => match tag {
            Some(tag) if address.extension() != tag => (address.with_suffix(tag), None),
            _ => (address, None),
        },
        _ => {
            let problem = Problem::warning(format!("`{slug}` cannot be the last part of an address"))
                .about(Topic::FrontMatter)
                .in_file(file)
                .hint("a slug is one name, without slashes, and does not start with a dot");
            (base.clone(), Some(problem))
        }
    }
}

/// The date in the path of the file, and its name without that date. `base` gives the name of a bundle,
/// whose file is called `index`.
fn dated_name<'a>(
    path: &'a CapsulePath,
    base: &'a CapsulePath,
    tag: Option<&str>,
) -> (Option<EssayDate>, &'a str) {
    let mut segments: Vec<&str> = path.segments().collect();
    let stem = match tag {
        Some(_) => path.stem().rsplit_once('.').map_or(path.stem(), |(bare, _)| bare),
        None => path.stem(),
    };
    if let Some(last) = segments.last_mut() {
        *last = stem;
    }
    let is_index = ["index", "_index", "readme"].iter().any(|name| stem.eq_ignore_ascii_case(name));
    if is_index {
        segments.pop();
    }
    let (date, name) = date::in_path(&segments);
    if base.is_folder() { (None, name) } else { (date, name) }
}

/// The date in an address on the Web, such as `/2024/05/01/title/`.
fn date_of(web_path: &str) -> Option<EssayDate> {
    let segments: Vec<&str> = web_path.split('/').filter(|segment| !segment.is_empty()).collect();
    date::in_path(&segments).0
}

/// `the-soft_skin` → `The soft skin`.
pub(super) fn readable(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => name.to_owned(),
    }
}

/// Runs of anything but ASCII white space. Counts markup along with words: good enough for a reading time, and
/// a hundred times cheaper than reading the markup.
fn words(body: &[u8]) -> usize {
    let Some((last, before)) = body.split_last() else { return 0 };
    let blank = |byte: &u8| u8::from(byte.is_ascii_whitespace());
    let ends = |(this, next): (&u8, &u8)| (1 - blank(this)) & blank(next);
    // So many at a time as a byte can count: without branches, vectors are made of that, five times as fast.
    let steps = before.chunks(255).zip(body[1..].chunks(255));
    let ended = steps.map(|(these, nexts)| usize::from(these.iter().zip(nexts).map(ends).sum::<u8>()));
    ended.sum::<usize>() + usize::from(1 - blank(last))
}

/// Where a text stands, if it is read at all.
pub(super) fn place_of(placement: &Placement) -> Option<&Place> {
    match placement {
        Placement::Essay(place)
        | Placement::Introduction(place, _)
        | Placement::LanguageIntroduction(place)
        | Placement::PageSnippet(place, _) => Some(place),
        Placement::Plain | Placement::Ignored => None,
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_what_stands_between_white_space() {
        let long = "one two\n".repeat(100);
        for text in ["", " ", "a", "a b", " a\t\tb\r\n\x0Cc ", "— *so*", "a\u{a0}b", &long] {
            // Wherever the steps in which they are counted begin and end.
            for start in (0..text.len()).filter(|&start| text.is_char_boundary(start)) {
                let text = &text[start..];
                assert_eq!(words(text.as_bytes()), text.split_ascii_whitespace().count(), "{text:?}");
            }
        }
    }
}
