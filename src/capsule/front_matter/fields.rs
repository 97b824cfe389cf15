//! [`Metadata`]: what an author says about an essay, whatever the keys for it were.

use std::ops::Deref;

use crate::capsule::EssayDate;

/// What an author says about an essay; what few of them say stands in [`ExtraMetadata`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent statements of the author")]
pub struct Metadata {
    /// The title.
    pub title: Option<String>,
    /// The day it bears.
    pub date: Option<EssayDate>,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether the author says that it is not published.
    pub unpublished: bool,
    /// Tags and categories, as written, each once.
    pub tags: Vec<String>,
    /// The language it is written in (BCP 47).
    pub language: Option<String>,
    /// Whether readers of Gemini get it.
    pub gemini: bool,
    /// Whether readers of Gopher get it.
    pub gopher: bool,
    /// The rest, where anything of it is said: most essays do without, and there are many of them.
    pub(super) rest: Option<Box<ExtraMetadata>>,
}

/// What few authors say about an essay. It is read as if it stood in [`Metadata`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraMetadata {
    /// The day it is to appear, where that is said apart from `date`.
    pub publish: Option<EssayDate>,
    /// The day it was last changed.
    pub updated: Option<EssayDate>,
    /// The day it is to vanish.
    pub expiry: Option<EssayDate>,
    /// A few words about it.
    pub summary: Option<String>,
    /// The last part of its address.
    pub slug: Option<String>,
    /// Where it stood on the Web: paths, perhaps without slashes around them.
    pub web_paths: Vec<String>,
    /// Where it used to stand.
    pub aliases: Vec<String>,
    /// Other titles it is known by, for wiki links and search.
    pub synonyms: Vec<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The picture at its head.
    pub cover: Option<Cover>,
    /// The series it belongs to.
    pub series: Option<String>,
    /// Its place in the series, counted as the author likes.
    pub series_order: Option<i64>,
    /// What it has in common with its translations, where their file names do not say it.
    pub translation: Option<String>,
    /// On what terms it may be used: words or an address.
    pub license: Option<String>,
    /// An identifier that survives a change of address.
    pub id: Option<String>,
}

/// The picture at the head of an essay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Its address as written.
    pub source: String,
    /// Words for it; may be empty.
    pub alt: String,
}

impl Default for Metadata {
    fn default() -> Self {
        Self {
            title: None,
            date: None,
            draft: false,
            unpublished: false,
            tags: Vec::new(),
            language: None,
            gemini: true,
            gopher: true,
            rest: None,
        }
    }
}

impl Deref for Metadata {
    type Target = ExtraMetadata;

    fn deref(&self) -> &ExtraMetadata {
        self.rest.as_deref().unwrap_or(&NOTHING)
    }
}

/// What stands for all that was not said.
pub(super) static NOTHING: ExtraMetadata = ExtraMetadata {
    publish: None,
    updated: None,
    expiry: None,
    summary: None,
    slug: None,
    web_paths: Vec::new(),
    aliases: Vec::new(),
    synonyms: Vec::new(),
    authors: Vec::new(),
    cover: None,
    series: None,
    series_order: None,
    translation: None,
    license: None,
    id: None,
};
