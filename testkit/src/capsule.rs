//! Capsules made of strings: `capsule(&[("/a.md", "# A")])`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lamplit::capsule::{
    Audience, BuildOptions, Capsule, CapsulePath, Content, FileRef, FrontMatterKeys, SourceFile, TextKind, build, media,
};
use lamplit::markup::markdown::MarkdownOptions;
use lamplit::site::{Site, SiteOptions};
use time::OffsetDateTime;

/// The time at which capsules are built: 15 June 2025, in seconds since 1970.
pub const NOW: i64 = 1_750_000_000;

/// Returns the path of a file or page.
///
/// # Panics
///
/// If `name` cannot be one.
pub fn path(name: &str) -> CapsulePath {
    CapsulePath::from_decoded(name).expect("a name")
}

/// Returns a file of the content folder. A file that is no text by its extension is an attachment that cannot be opened.
pub fn source(name: &str, content: impl AsRef<[u8]>) -> Arc<SourceFile> {
    let (path, bytes) = (path(name), content.as_ref());
    let content = if TextKind::of(&path).is_some() || media::described_by(&path).is_some() {
        Content::Text(bytes.to_vec().into())
    } else {
        let (root, relative) = (Arc::from(Path::new("/nowhere")), PathBuf::from(name));
        Content::File(FileRef { root, relative, length: bytes.len() as u64 })
    };
    Arc::new(SourceFile { path, target: None, content })
}

/// Returns the files of a content folder, in the order in which they are read. Essays without text get a sentence, as they
/// would be in no list otherwise.
pub fn sources<N: AsRef<str>, C: AsRef<[u8]>>(files: &[(N, C)]) -> Vec<Arc<SourceFile>> {
    let source = |(name, content): &(N, C)| {
        let (name, content) = (name.as_ref(), content.as_ref());
        if lacks_text(name, content) { source(name, [content, b"\n\nText.\n"].concat()) } else { source(name, content) }
    };
    let mut sources: Vec<_> = files.iter().map(source).collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// Returns whether the essay `name` is but front matter and headings.
fn lacks_text(name: &str, content: &[u8]) -> bool {
    let path = path(name);
    let names: &[&str] = if path.parent() == CapsulePath::root() {
        &["index", "_index", "readme", "header", "footer"]
    } else {
        &["_index", "readme"]
    };
    let is_introduction = names.iter().any(|name| path.stem().to_lowercase().starts_with(name));
    let Ok(text) = std::str::from_utf8(content) else { return false };
    let mut body = text;
    for fence in ["---", "+++"] {
        if let Some(rest) = text.strip_prefix(fence) {
            let Some((_, rest)) = rest.split_once(&format!("\n{fence}")) else { return false };
            body = rest;
        }
    }
    let is_markup = matches!(TextKind::of(&path), Some(TextKind::Markdown | TextKind::Gemtext));
    is_markup && !is_introduction && body.lines().all(|line| line.trim().is_empty() || line.starts_with("# "))
}

/// As [`sources`], with the files of `previous` for those that did not change, as a watched folder is read.
pub fn sources_after<N: AsRef<str>, C: AsRef<[u8]>>(previous: &Capsule, files: &[(N, C)]) -> Vec<Arc<SourceFile>> {
    let mut sources = sources(files);
    for source in &mut sources {
        let introduction = || previous.sections.get(&source.path.parent())?.introduction.as_ref();
        let known = previous.essay(&source.path.without_extension()).or_else(introduction);
        if let Some(known) = known.filter(|known| known.source.text() == source.text()) {
            *source = Arc::clone(&known.source);
        }
    }
    sources
}

/// Returns how a capsule called "Essays" is built at `now`, in seconds since 1970.
///
/// # Panics
///
/// If `now` is no time.
pub fn build_options(now: i64) -> BuildOptions {
    BuildOptions {
        audience: Audience::Public,
        now: OffsetDateTime::from_unix_timestamp(now).expect("a time"),
        title: None,
        name: "Essays".to_owned(),
        keys: FrontMatterKeys::default(),
        private: Vec::new(),
        rules: lamplit::capsule::Rules::default(),
        drafts: false,
        markdown: MarkdownOptions::STANDARD,
        language: None,
    }
}

/// Returns a capsule of `files`, built at [`NOW`].
///
/// # Panics
///
/// If there are problems in the files.
pub fn capsule<N: AsRef<str>, C: AsRef<[u8]>>(files: &[(N, C)]) -> Arc<Capsule> {
    capsule_of(&sources(files), &build_options(NOW))
}

/// Returns a capsule of the files that were read.
///
/// # Panics
///
/// If there are problems in the files.
pub fn capsule_of(sources: &[Arc<SourceFile>], options: &BuildOptions) -> Arc<Capsule> {
    let (capsule, problems) = build(sources, options, None);
    assert!(problems.is_empty(), "{problems:?}");
    Arc::new(capsule)
}

/// Returns the options of a site at `example.org` in English.
pub fn site_options() -> SiteOptions {
    SiteOptions { language: "en".to_owned(), ..SiteOptions::standard(&"example.org".parse().expect("a host")) }
}

/// Returns the site of a capsule of `files`, with [`site_options`].
///
/// # Panics
///
/// If there are problems in the files.
pub fn site<N: AsRef<str>, C: AsRef<[u8]>>(files: &[(N, C)]) -> Site {
    Site::new(capsule(files), &site_options(), None)
}
