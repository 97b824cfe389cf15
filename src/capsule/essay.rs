//! [`Essay`]: one text with the metadata that its author gave it.

use std::cell::LazyCell;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use time::OffsetDateTime;

use super::encoding::decode;
use super::front_matter::{self, FrontMatter, HeadOptions, Metadata};
use super::language::{LanguageVariant, recognise};
use super::media::{GEMTEXT_PAGE, TEXT_PAGE, TextKind};
use super::placement::Place;
use super::source::SourceFile;
use super::visibility::{HiddenReason, Visibility};
use super::{CapsulePath, EssayDate, date};
use crate::markup::markdown::{self, MarkdownOptions};
use crate::markup::{Block, Code, Document, gemtext};
use crate::problem::{Problem, Topic, floor_char_boundary};

/// Words that an adult reads in a minute, for reading times.
const WORDS_PER_MINUTE: usize = 230;

/// Weights of a word, of a Chinese or Japanese character, and of a character of other scripts without spaces, such as
/// Thai: an adult reads some 460 and 800 of the latter two in a minute.
const WEIGHTS: [usize; 3] = [14, 7, 4];

/// Titles that generators give to any introduction: a heading in the text is preferred.
const NAMELESS: [&str; 4] = ["home", "homepage", "index", "welcome"];

/// How much of a body is searched for a paragraph before it is parsed to find any text in it, in bytes.
const OPENING: usize = 2_000;

/// What statements, definitions and scripts start with. They are left out, and may continue after a blank line, so that
/// what follows one of these signs may be a part of them.
const STATEMENTS: [&str; 4] = ["{", "%%", "export ", "<s"];

/// The length of a body, in bytes, up to which it may have no more than an underlined title if it starts with a word.
const MAX_EMPTY: usize = 200;

/// How an essay is read.
pub(super) struct ReadOptions<'a> {
    pub(super) head: HeadOptions<'a>,
    pub(super) markdown: &'a MarkdownOptions,
    /// Whether languages that nothing states are recognised.
    pub(super) recognises_languages: bool,
}

/// One text of a capsule; immutable. The introduction of a folder is an essay too, at the address of the folder.
#[derive(Debug, Clone)]
pub struct Essay {
    /// The file it was read from.
    pub source: Arc<SourceFile>,
    /// The markup it is written in.
    pub kind: TextKind,
    /// The address without extension; for an introduction that of its folder.
    pub base: CapsulePath,
    /// The title: from the front matter, else the heading that starts the text, else the file name.
    pub title: String,
    /// The date: from the front matter, else from the path.
    pub date: Option<EssayDate>,
    /// What the front matter says, with the language that the file name states.
    pub metadata: Metadata,
    /// About how many words the text has, markup included; characters of scripts without spaces count in part.
    words: usize,
    /// The words before the title of an essay that readers would not get yet, such as `[draft]`.
    pub mark: Option<Box<str>>,
    /// Whether there is anything but front matter and headings. An essay without text is unlisted.
    pub has_text: bool,
    /// The address and language by its file name, before a slug is applied.
    pub(super) place: Place,
    /// The bytes of the body within the file.
    body: Range<usize>,
    /// The other files that state metadata for it, the nearest first.
    pub beside: Vec<Arc<SourceFile>>,
    /// Problems for the author, reported again with every build that reuses the essay.
    pub(super) problems: Vec<Problem>,
}

impl Essay {
    /// Reads the essay in `source`, which is placed at `place`, unless its encoding or front matter cannot be read.
    pub(super) fn read(
        source: &Arc<SourceFile>,
        kind: TextKind,
        place: &Place,
        read: &ReadOptions<'_>,
    ) -> Result<Self, Problem> {
        let file = source.path.as_relative();
        let whole = &*decode(file, source.text().into())?;
        let FrontMatter { mut metadata, body, mut problems } = match kind {
            TextKind::Text if !front_matter::has_fence(whole) => {
                let metadata = front_matter::inherited_only(&source.path, &read.head)?;
                FrontMatter { metadata, body: 0..whole.len(), problems: Vec::new() }
            }
            _ => front_matter::read(&source.path, whole, &read.head)?,
        };
        let suffix = place.suffix(&source.path).map(|tag| tag.replace('_', "-"));
        let mut base = place.base.clone();
        if let Some(slug) = metadata.slug.as_deref().filter(|slug| *slug != "/" && !base.is_folder()) {
            if let Some(slugged) = slugged(&base, slug, suffix.as_deref()) {
                base = slugged;
            } else {
                let what = format!("`{}` cannot be the last part of an address", slug.trim_matches('/'));
                let problem = Problem::warning(what).about(Topic::FrontMatter).in_file(file);
                problems.push(problem.hint("a slug is one name that does not start with a dot"));
            }
        }
        let named = || place.variant.as_ref().map(|variant| variant.language.clone());
        let recognised = || read.recognises_languages.then(|| recognise(&whole[body.clone()])).flatten();
        metadata.language = metadata.language.or_else(named).or_else(|| recognised().map(str::to_owned));
        let leads_elsewhere = metadata.redirect.as_ref().is_some_and(|to| to.contains("://"));
        let text = &whole[body.clone()];
        let document = LazyCell::new(|| document(text, kind, read.markdown));
        let is_text = |block: &Block<'_>| !matches!(block, Block::Heading { .. } | Block::Rule);
        let parsed = || document.blocks.iter().any(is_text);
        let has_text = leads_elsewhere || has_text(text, kind).unwrap_or_else(parsed);
        // A folder introduced by only a title stays in lists. Web servers show the page 404 for what they do not find.
        metadata.unlisted |= source.path.stem() == "404"
            || !has_text && !place.base.is_folder()
            || metadata.redirect.is_some() && !leads_elsewhere;
        let (path_date, name) = place.date_and_name(&source.path);
        let named = metadata.title.clone().filter(|title| !NAMELESS.contains(&&*title.to_ascii_lowercase()));
        let line = text.trim_start_matches(['\n', '\r']).lines().next().unwrap_or_default();
        let is_title = kind == TextKind::Markdown && line.starts_with("# ") && !line.contains(['[', '{', '<', '%']);
        let may_follow = kind == TextKind::Gemtext || place.base.is_folder();
        let is_first = || matches!(document.blocks.first(), Some(Block::Heading { level: 1, .. }));
        let first = || document.title().filter(|_| may_follow || is_first());
        // The text after such a line cannot change the heading.
        let heading = || if is_title { markdown::parse(line, read.markdown).title() } else { first() };
        let title = named.or_else(|| heading().filter(|words| !words.is_empty())).or(metadata.title.clone());
        // An address on the Web may have a date, as in `/2024/05/01/title/`.
        let date_in = |path: &String| date::in_path(&path.trim_matches('/').split('/').collect::<Vec<_>>()).0;
        let date = metadata.date.or(path_date).or_else(|| metadata.web_paths.iter().find_map(date_in));
        let date = date.map(|date| date.in_zone(read.head.time_zone));
        Ok(Self {
            source: Arc::clone(source),
            kind,
            base,
            title: title.unwrap_or_else(|| readable(name)),
            date,
            metadata,
            words: words(text),
            mark: None,
            has_text,
            place: place.clone(),
            beside: read.head.beside.iter().map(|inherited| Arc::clone(&inherited.file)).collect(),
            body,
            problems,
        })
    }

    /// Compares essays in the order of lists: newest first, undated last; on one date by series or weight, else title.
    pub(super) fn order(a: &Self, b: &Self) -> Ordering {
        fn place(essay: &Essay) -> (bool, Option<&String>, Option<i64>) {
            let order = essay.metadata.series_order;
            (order.is_none(), essay.metadata.series.as_ref().filter(|_| order.is_some()), order)
        }
        let by_place = || place(a).cmp(&place(b));
        let by_name = || (&a.title, &a.base).cmp(&(&b.title, &b.base));
        b.date.cmp(&a.date).then_with(by_place).then_with(by_name)
    }

    /// Returns the canonical address: with `.gmi`, with `.txt` for plain text, a folder for an introduction.
    pub fn address(&self) -> CapsulePath {
        match self.kind {
            _ if self.base.is_folder() => self.base.clone(),
            TextKind::Text => self.base.with_suffix(TEXT_PAGE),
            TextKind::Markdown | TextKind::Gemtext => self.base.with_suffix(GEMTEXT_PAGE),
        }
    }

    /// Returns the language and the untranslated address, where the file name states a language.
    pub fn variant(&self) -> Option<&LanguageVariant> {
        self.place.variant.as_deref()
    }

    /// Returns the former addresses and those on the Web, as written, without URLs and patterns of Jekyll.
    pub fn former_addresses(&self) -> impl Iterator<Item = &String> {
        let written = self.metadata.aliases.iter().chain(&self.metadata.web_paths);
        written.filter(|written| !written.contains(':'))
    }

    pub(super) fn moved_to(&self, base: CapsulePath) -> Arc<Self> {
        Arc::new(Self { base, ..self.clone() })
    }

    /// Returns the essay as its author sees it although it is hidden for `reason`, with a mark before its title.
    pub(super) fn marked(&self, reason: HiddenReason) -> Self {
        let mark = match (reason, self.appears()) {
            (HiddenReason::Future, Some(day)) => format!("[from {}]", day.date()),
            (HiddenReason::Unpublished, _) => "[unpublished]".to_owned(),
            _ => "[draft]".to_owned(),
        };
        let title = format!("{mark} {}", self.title);
        let metadata = Metadata { unlisted: false, ..self.metadata.clone() };
        Self { title, metadata, mark: Some(mark.into()), ..self.clone() }
    }

    /// Returns whether readers may see the essay at `now`. A reason in the front matter counts before dates.
    pub fn visibility(&self, now: OffsetDateTime) -> Visibility {
        let expired = || self.disappears().is_some_and(|at| at <= now).then_some(HiddenReason::Expired);
        let future = || self.appears().is_some_and(|at| at > now).then_some(HiddenReason::Future);
        match self.metadata.hidden.or_else(expired).or_else(future) {
            Some(reason) => Visibility::Hidden(reason),
            None if self.metadata.unlisted => Visibility::Unlisted,
            None => Visibility::Public,
        }
    }

    /// Returns when readers may first see the essay, if it has a date.
    pub(super) fn appears(&self) -> Option<OffsetDateTime> {
        [self.date, self.metadata.publish].into_iter().flatten().map(|date| date.instant()).max()
    }

    pub(super) fn disappears(&self) -> Option<OffsetDateTime> {
        self.metadata.expiry.map(|date| date.instant())
    }

    /// Returns the text of the essay; each call decompresses it again.
    pub fn text(&self) -> EssayText {
        let mut whole = decode(self.source.path.as_relative(), self.source.text().into()).unwrap_or_default();
        let mut body_range = self.body.clone();
        // An essay that has moved to another site is a page with a link, as clients do not follow such a redirect.
        if let Some(url) = self.metadata.redirect.as_ref().filter(|to| to.contains("://")) {
            let is_gemtext = self.kind == TextKind::Gemtext;
            whole.push_str(&if is_gemtext { format!("\n=> {url}\n") } else { format!("\n\n<{url}>\n") });
            body_range.end = whole.len();
        }
        EssayText { whole, kind: self.kind, body_range }
    }

    /// Returns how long the essay takes to read, in minutes, at least one.
    pub fn minutes(&self) -> usize {
        self.words.div_ceil(WORDS_PER_MINUTE).max(1)
    }

    /// Returns about how many bytes of memory the essay takes without its text.
    pub(super) fn bytes(&self) -> usize {
        let lists = [&self.metadata.tags, &self.metadata.aliases, &self.metadata.web_paths];
        let words: usize = lists.into_iter().flatten().map(|word| word.len() + size_of::<String>()).sum();
        size_of::<Self>() + self.title.len() + self.source.path.as_str().len() + words
    }
}

/// The text of an essay, decompressed.
#[derive(Debug, Clone)]
pub struct EssayText {
    /// The whole file, front matter included.
    pub whole: String,
    kind: TextKind,
    /// The bytes of the text after the front matter. An offset in the document counts from the first of them.
    pub body_range: Range<usize>,
}

impl EssayText {
    /// Returns the text after the front matter.
    pub fn body(&self) -> &str {
        &self.whole[self.body_range.clone()]
    }

    /// Parses the body. Plain text is one preformatted block.
    pub fn document(&self, options: &MarkdownOptions) -> Document<'_> {
        document(self.body(), self.kind, options)
    }
}

fn document<'a>(body: &'a str, kind: TextKind, options: &MarkdownOptions) -> Document<'a> {
    match kind {
        TextKind::Markdown => markdown::parse(body, options),
        TextKind::Gemtext => gemtext::parse(body),
        TextKind::Text => {
            let text = body.replace("\r\n", "\n").trim_end_matches('\n').to_owned().into();
            let code = Block::Code(Code { language: "".into(), text });
            Document { blocks: vec![code], ..Document::default() }
        }
    }
}

/// Returns whether `body` has anything but headings, or `None` if only parsing can tell.
fn has_text(body: &str, kind: TextKind) -> Option<bool> {
    let mut lines = body.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines.find(|line| kind == TextKind::Text || !line.starts_with('#')) else {
        return Some(false);
    };
    let opening = &body[..floor_char_boundary(body, OPENING)];
    let is_paragraph = |(at, _): (usize, &str)| {
        let (before, rest) = opening.split_at(at);
        let is_in_comment = before.rfind("<!--") > before.rfind("-->");
        rest.trim_start().starts_with(char::is_alphanumeric)
            && !is_in_comment
            && !STATEMENTS.iter().any(|start| before.contains(start))
    };
    let has_paragraph = || first.starts_with(char::is_alphanumeric) || opening.match_indices("\n\n").any(is_paragraph);
    (kind == TextKind::Text || body.len() > MAX_EMPTY && has_paragraph()).then_some(true)
}

/// Returns how many words an adult reads in the time that `text` takes.
fn words(text: &str) -> usize {
    let [word_weight, ideograph, letter] = WEIGHTS;
    let weight = |word: &str| {
        let dense = |c| match c {
            '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => ideograph,
            '\u{0e00}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => letter,
            _ => 0,
        };
        let dense = if word.is_ascii() { 0 } else { word.chars().map(dense).sum() };
        if dense == 0 { word_weight } else { dense }
    };
    // Bytes that start the characters of `WEIGHTS` in UTF-8: most texts only have those of dashes and quotes (0xE2).
    let may_be_dense = |byte: u8| byte >= 0xE0 && byte != 0xE2;
    if text.bytes().fold(0, |found, byte| found | u8::from(may_be_dense(byte))) > 0 {
        return text.split_ascii_whitespace().map(weight).sum::<usize>() / word_weight;
    }
    let Some((last, before)) = text.as_bytes().split_last() else { return 0 };
    let is_blank = |byte: &u8| u8::from(*byte <= b' ');
    let ends = |(this, next): (&u8, &u8)| (1 - is_blank(this)) & is_blank(next);
    // As many bytes at once as a byte can count: without branches, the compiler makes this five times as fast.
    let steps = before.chunks(255).zip(text.as_bytes()[1..].chunks(255));
    let ended = steps.map(|(these, nexts)| usize::from(these.iter().zip(nexts).map(ends).sum::<u8>()));
    ended.sum::<usize>() + usize::from(1 - is_blank(last))
}

/// Returns `base` with the last part `slug`, if that is a valid name, and the language `tag`: translations may share it.
fn slugged(base: &CapsulePath, slug: &str, tag: Option<&str>) -> Option<CapsulePath> {
    let slug = slug.trim_matches('/');
    let address = base.join(slug).ok().filter(|address| address.parent() == base.parent())?;
    match tag {
        _ if slug.is_empty() => None,
        Some(tag) if address.extension() != tag => Some(address.with_suffix(tag)),
        _ => Some(address),
    }
}

/// Turns a file name into a title: `the-soft_skin` into `The soft skin`. Hyphens stay in a name with capitals or
/// blanks, which its author wrote as a title, and in one without letters, which is a number or date.
pub(super) fn readable(name: &str) -> String {
    let is_title = name.contains([' ', '\u{a0}']) || name.chars().any(char::is_uppercase);
    let spaced = match name.chars().any(char::is_alphabetic) {
        true if is_title => name.replace('_', " "),
        true => name.replace(['-', '_'], " "),
        false => name.to_owned(),
    };
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut chars = words.chars();
    chars.next().map_or_else(|| name.to_owned(), |first| first.to_uppercase().chain(chars).collect())
}
