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

/// Extensions of files that are read as texts, in lower case; all other files are attachments.
const TEXT_KINDS: [(&str, TextKind); 6] = [
    (MARKDOWN_SOURCE, TextKind::Markdown),
    (GEMTEXT_PAGE, TextKind::Gemtext),
    ("markdown", TextKind::Markdown),
    ("mkd", TextKind::Markdown),
    ("gemini", TextKind::Gemtext),
    (TEXT_PAGE, TextKind::Text),
];

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
    /// Returns the kind that the extension of `path` stands for, or `None` for an attachment.
    pub fn of(path: &CapsulePath) -> Option<Self> {
        Self::of_extension(path.extension())
    }

    /// Returns the kind that `extension` (without its dot, in any case) stands for.
    pub(super) fn of_extension(extension: &str) -> Option<Self> {
        let mut kinds = TEXT_KINDS.iter();
        kinds.find(|(known, _)| extension.eq_ignore_ascii_case(known)).map(|(_, kind)| *kind)
    }

    /// Returns the extensions of texts with markup: all but plain text.
    pub(super) fn markup_extensions() -> impl Iterator<Item = &'static str> {
        TEXT_KINDS.into_iter().filter(|(_, kind)| *kind != Self::Text).map(|(extension, _)| extension)
    }

    /// Returns the extension of the canonical address of an essay of this kind.
    pub(super) fn page_extension(self) -> &'static str {
        match self {
            Self::Markdown | Self::Gemtext => GEMTEXT_PAGE,
            Self::Text => TEXT_PAGE,
        }
    }

    fn media(self) -> Media {
        match self {
            Self::Markdown => media("text/markdown", '0'),
            Self::Gemtext => media("text/gemini", '0'),
            Self::Text => media("text/plain", '0'),
        }
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

const fn media(mime: &'static str, item_type: char) -> Media {
    Media { mime, item_type }
}

/// Returns the types of files with `extension` (without its dot, in any case); unknown ones are raw bytes.
pub fn of_extension(extension: &str) -> Media {
    if let Some(kind) = TextKind::of_extension(extension) {
        return kind.media();
    }
    match extension.to_ascii_lowercase().as_str() {
        "text" | "log" => media("text/plain", '0'),
        "csv" => media("text/csv", '0'),
        "html" | "htm" => media("text/html", 'h'),
        "css" => media("text/css", '0'),
        "js" => media("text/javascript", '0'),
        "ics" => media("text/calendar", 'c'),
        "atom" => media("application/atom+xml", '0'),
        "xml" => media("application/xml", '0'),
        "json" => media("application/json", '0'),
        "toml" => media("application/toml", '0'),
        "yaml" | "yml" => media("application/yaml", '0'),
        "gif" => media("image/gif", 'g'),
        "png" => media("image/png", 'I'),
        "jpg" | "jpeg" => media("image/jpeg", 'I'),
        "webp" => media("image/webp", 'I'),
        "avif" => media("image/avif", 'I'),
        "svg" => media("image/svg+xml", 'I'),
        "bmp" => media("image/bmp", 'I'),
        "tif" | "tiff" => media("image/tiff", 'I'),
        "ico" => media("image/x-icon", 'I'),
        "mp3" => media("audio/mpeg", 's'),
        "ogg" | "oga" => media("audio/ogg", 's'),
        "opus" => media("audio/opus", 's'),
        "flac" => media("audio/flac", 's'),
        "wav" => media("audio/wav", 's'),
        "m4a" => media("audio/mp4", 's'),
        "mp4" | "m4v" => media("video/mp4", ';'),
        "webm" => media("video/webm", ';'),
        "mkv" => media("video/x-matroska", ';'),
        "mov" => media("video/quicktime", ';'),
        "pdf" => media("application/pdf", 'd'),
        "epub" => media("application/epub+zip", '9'),
        "gpub" => media("application/gpub+zip", '9'),
        "zip" => media("application/zip", '5'),
        "gz" | "tgz" => media("application/gzip", '9'),
        "bz2" => media("application/x-bzip2", '9'),
        "xz" => media("application/x-xz", '9'),
        "zst" => media("application/zstd", '9'),
        "tar" => media("application/x-tar", '9'),
        "woff2" => media("font/woff2", '9'),
        "ttf" => media("font/ttf", '9'),
        "otf" => media("font/otf", '9'),
        _ => media("application/octet-stream", '9'),
    }
}

/// Returns the media type of a plain text. Clients assume UTF-8, so a charset is added where a byte order mark states
/// another one; encodings without a mark cannot be told apart.
pub fn of_plain_text(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => "text/plain; charset=utf-32",
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "text/plain; charset=utf-16",
        _ => "text/plain",
    }
}
