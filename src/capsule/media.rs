//! Media types, Gopher item types and kinds of text, by file name extension.

use super::CapsulePath;

/// Extension of the gemtext page of an essay.
pub const GEMTEXT_PAGE: &str = "gmi";

/// Extension of the plain-text page of an essay.
pub const TEXT_PAGE: &str = "txt";

/// Extension of the Markdown source of an essay.
pub const MARKDOWN_SOURCE: &str = "md";

/// Extensions of all the forms in which an essay can be served.
pub const ESSAY_FORMS: [&str; 3] = [GEMTEXT_PAGE, TEXT_PAGE, MARKDOWN_SOURCE];

/// Extensions of files that are read as texts; MDX, mdsvex, Quarto and R Markdown are Markdown. Others are attachments.
const TEXT_KINDS: [(&[&str], TextKind); 3] = [
    (&["md", "markdown", "mkd", "mdown", "mdx", "svx", "qmd", "rmd"], TextKind::Markdown),
    (&["gmi", "gemini"], TextKind::Gemtext),
    (&["txt"], TextKind::Text),
];

/// Ends of the names of files with metadata of a text (Nikola, Eleventy).
const DATA_FILES: [&str; 5] = [".meta", ".11tydata.json", ".11tydata.js", ".11tydata.cjs", ".11tydata.mjs"];

/// The name that stands for `.meta.yml` (Material for `MkDocs`), as paths have no hidden names.
pub const FOLDER_METADATA: &str = "_meta.yml";

/// Names of files with metadata of the texts in their folder (Quarto, Lume, Bridgetown).
const FOLDER_FILES: &str = "_metadata.yml _metadata.yaml _meta.yml _data.yml _data.yaml _data.json _data.ts _data.js \
                            _defaults.yml _defaults.yaml _defaults.json";

/// The markup of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// Markdown, with front matter.
    Markdown,
    /// Gemtext, with front matter.
    Gemtext,
    /// Plain text, served unchanged.
    Text,
}

impl TextKind {
    /// Returns whether the file at `path` is Markdown or gemtext.
    pub fn has_markup(path: &CapsulePath) -> bool {
        matches!(Self::of(path), Some(Self::Markdown | Self::Gemtext))
    }

    /// Returns the kind that the extension of `path`, in any case, stands for; `None` for an attachment.
    pub fn of(path: &CapsulePath) -> Option<Self> {
        let extension = path.extension();
        let is_among = |known: &[&str]| known.iter().any(|one| extension.eq_ignore_ascii_case(one));
        TEXT_KINDS.iter().find(|(known, _)| is_among(known)).map(|(_, kind)| *kind)
    }
}

/// The types under which a file is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media {
    /// The media type, without parameters (RFC 6838).
    pub mime: &'static str,
    /// The Gopher item type (RFC 1436, section 3.8, and common use since).
    pub item_type: char,
}

/// The media types of files that are not read, each with its Gopher item type, then the extensions and, after a slash,
/// whole names of its files. Plain texts among them are source code, configuration and texts in other markup.
const TYPES: &str = include_str!("media_types.txt");

/// Returns the types of the file at `path`, whose name may be in any case; unknown ones are raw bytes.
pub fn of(path: &CapsulePath) -> Media {
    let extension = path.extension();
    let is_listed = |listed: &str| match listed.strip_prefix('/') {
        Some(name) => name.eq_ignore_ascii_case(path.name()),
        None => listed.eq_ignore_ascii_case(extension),
    };
    let mut listed = TYPES.lines().filter(|line| line.split(' ').skip(2).any(is_listed));
    let types = match TextKind::of(path) {
        Some(TextKind::Markdown) => "text/markdown 0",
        Some(TextKind::Gemtext) => "text/gemini 0",
        Some(TextKind::Text) => "text/plain 0",
        None => listed.next().unwrap_or("application/octet-stream 9"),
    };
    let (mime, rest) = types.split_once(' ').unwrap_or((types, "9"));
    Media { mime, item_type: rest.chars().next().unwrap_or('9') }
}

/// Returns the media type of a plain text, with a charset if its byte order mark states another than UTF-8.
pub fn of_plain_text(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => "text/plain; charset=utf-32",
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "text/plain; charset=utf-16",
        _ => "text/plain",
    }
}

/// Returns what `path` states metadata for: the text `a`, without extension, for `a.meta` (Nikola), `a.11tydata.json`
/// (Eleventy) and `index.yml`; its folder for [`FOLDER_FILES`], `a/a[.11tydata].json` and `_meta.js` (Nextra).
pub fn described_by(path: &CapsulePath) -> Option<CapsulePath> {
    let (name, folder) = (path.name(), path.parent());
    if FOLDER_FILES.split(' ').any(|known| known == name) || name.starts_with("_meta.") && TextKind::of(path).is_none()
    {
        return Some(folder);
    }
    let stem = DATA_FILES.iter().find_map(|end| name.strip_suffix(end)).filter(|stem| !stem.is_empty());
    if let Some(stem) = stem.or(name.strip_suffix(".json"))
        && stem == folder.name()
    {
        return Some(folder);
    }
    let stem = stem.or_else(|| matches!(name, "index.yml" | "index.yaml").then_some("index"))?;
    folder.join(stem).ok()
}
