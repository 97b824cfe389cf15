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

/// Extensions of files that are read as texts, MDX, Quarto and R Markdown as Markdown; all others are attachments.
const TEXT_KINDS: [(&str, TextKind); 10] = [
    (MARKDOWN_SOURCE, TextKind::Markdown),
    (GEMTEXT_PAGE, TextKind::Gemtext),
    ("markdown", TextKind::Markdown),
    ("mkd", TextKind::Markdown),
    ("mdown", TextKind::Markdown),
    ("mdx", TextKind::Markdown),
    ("qmd", TextKind::Markdown),
    ("rmd", TextKind::Markdown),
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
}

/// The types under which a file is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media {
    /// The media type, without parameters (RFC 6838).
    pub mime: &'static str,
    /// The Gopher item type (RFC 1436, section 3.8, and common use since).
    pub item_type: char,
}

/// The media types of files that are not read, by extension.
const TYPES: &str = "csv=text/csv html=text/html htm=text/html css=text/css js=text/javascript \
                     ics=text/calendar atom=application/atom+xml xml=application/xml json=application/json \
                     toml=application/toml yaml=application/yaml yml=application/yaml gif=image/gif \
                     png=image/png jpg=image/jpeg jpeg=image/jpeg webp=image/webp avif=image/avif \
                     svg=image/svg+xml bmp=image/bmp tif=image/tiff tiff=image/tiff ico=image/x-icon \
                     mp3=audio/mpeg ogg=audio/ogg oga=audio/ogg opus=audio/opus flac=audio/flac \
                     wav=audio/wav m4a=audio/mp4 mp4=video/mp4 m4v=video/mp4 webm=video/webm \
                     mkv=video/x-matroska mov=video/quicktime pdf=application/pdf epub=application/epub+zip \
                     gpub=application/gpub+zip zip=application/zip gz=application/gzip tgz=application/gzip \
                     bz2=application/x-bzip2 xz=application/x-xz zst=application/zstd tar=application/x-tar \
                     woff2=font/woff2 ttf=font/ttf otf=font/otf tsv=text/tab-separated-values vcf=text/vcard \
                     vtt=text/vtt rss=application/rss+xml gpx=application/gpx+xml \
                     m3u8=application/vnd.apple.mpegurl m3u=audio/x-mpegurl aac=audio/aac aiff=audio/aiff \
                     mid=audio/midi midi=audio/midi weba=audio/webm ogv=video/ogg avi=video/x-msvideo \
                     mpg=video/mpeg mpeg=video/mpeg heic=image/heic jxl=image/jxl \
                     mobi=application/x-mobipocket-ebook ps=application/postscript \
                     odt=application/vnd.oasis.opendocument.text 7z=application/x-7z-compressed \
                     woff=font/woff";

/// Extensions of plain texts that are not read as such: source code, configuration and texts in other markup.
const PLAIN: &str = "text log diff patch asc sig pub srt tex bib sty rst org adoc asciidoc textile mdown \
                     mdwn nfo me 1 ini conf cfg properties c h cc cpp cxx hpp m mm rs go py rb pl pm php \
                     java kt kts scala clj cljs cs fs swift d zig nim hs lhs ml mli elm ex exs erl lua r jl \
                     sh bash zsh fish ps1 bat awk sed vim el lisp scm rkt f f90 pas adb ads asm s v vhd sql \
                     graphql proto ts tsx jsx mjs cjs vue svelte scss sass less tcl gnuplot mk cmake gradle \
                     nix tf dot";

/// Names without an extension that plain texts have.
const PLAIN_NAMES: &str = "authors changelog changes contributors copying credits dockerfile gnumakefile \
                           history install justfile licence license maintainers makefile news notice \
                           rakefile readme thanks todo unlicense version";

/// Returns the types of the file at `path`, whose name may be in any case; unknown ones are raw bytes.
pub fn of(path: &CapsulePath) -> Media {
    let extension = path.extension();
    let is_in = |list: &str, word: &str| list.split(' ').any(|listed| listed.eq_ignore_ascii_case(word));
    let mut types = TYPES.split(' ').filter_map(|entry| entry.split_once('='));
    let mime = match TextKind::of(path) {
        Some(TextKind::Markdown) => "text/markdown",
        Some(TextKind::Gemtext) => "text/gemini",
        Some(TextKind::Text) => "text/plain",
        None if is_in(PLAIN, extension) || is_in(PLAIN_NAMES, path.name()) => "text/plain",
        None => types
            .find(|(listed, _)| listed.eq_ignore_ascii_case(extension))
            .map_or("application/octet-stream", |(_, mime)| mime),
    };
    Media { mime, item_type: item_type(mime) }
}

fn item_type(mime: &str) -> char {
    match mime.split_once('/').unwrap_or_default() {
        ("text", "html") => 'h',
        ("text", "calendar") => 'c',
        ("image", "gif") => 'g',
        ("image", _) => 'I',
        ("audio", _) | ("application", "vnd.apple.mpegurl") => 's',
        ("video", _) => ';',
        ("application", "pdf") => 'd',
        ("application", "zip") => '5',
        ("text", _)
        | ("application", "atom+xml" | "rss+xml" | "gpx+xml" | "xml" | "json" | "toml" | "yaml") => '0',
        _ => '9',
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

/// Returns the path without extension of the text whose metadata the file at `path` states: `a.meta` beside `a.md`
/// (Nikola), `a.11tydata.json` (Eleventy, also for the folder `a` that it lies in), `index.yml` beside `index.md`, and
/// `_metadata.yml` for its folder (Quarto).
pub fn described_by(path: &CapsulePath) -> Option<CapsulePath> {
    let (name, folder) = (path.name(), path.parent());
    if matches!(name, "_metadata.yml" | "_metadata.yaml") {
        return folder.join(folder.name()).ok();
    }
    let stem = [".meta", ".11tydata.json"].iter().find_map(|end| name.strip_suffix(end));
    let stem = stem.or_else(|| matches!(name, "index.yml" | "index.yaml").then_some("index"))?;
    path.parent().join(stem).ok().filter(|_| !stem.is_empty())
}
