//! A small capsule for the request tables.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::capsule::{BuildOptions, CapsulePath, Content, FileRef, Keys, SourceFile, build};
use crate::site::{Shelf, Site, SiteOptions};

/// A shelf with `example.org`, `xn--bcher-kva.example` and `192.0.2.7` on one capsule, and an empty one as
/// `other.example`.
pub(crate) fn shelf() -> Shelf {
    let hosts = ["example.org", "xn--bcher-kva.example", "192.0.2.7"].map(str::to_owned).to_vec();
    let full = site(&[
        ("/index.md", "# Essays"),
        ("/films/_index.md", "# Films"),
        ("/films/skin.md", "# The Soft Skin\n\nThe lift."),
        ("/films/the soft skin.md", "# spaced\n\nThe lift."),
        ("/why?.md", "# a question\n\nThe lift."),
        ("/0/odd.md", "# a folder called 0\n\nThe lift."),
        ("/東/barley.md", "# Barley\n\nAutumn."),
        ("/cover.jpg", ""),
        ("/100%.png", ""),
    ]);
    Shelf::new([(hosts, full), (vec!["other.example".to_owned()], site(&[]))])
}

fn site(files: &[(&str, &str)]) -> Arc<Site> {
    let mut options = SiteOptions::standard("example.org");
    options.language = "en".to_owned();
    options.gone = ["/withdrawn.gmi", "/withdrawn.txt"].map(path).to_vec();
    let mut sources: Vec<Arc<SourceFile>> = files.iter().map(|(name, text)| source(name, text)).collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let build_options = BuildOptions {
        now: time::OffsetDateTime::UNIX_EPOCH,
        title: None,
        name: "essays".to_owned(),
        keys: Keys::new([]),
        markdown: options.markdown,
    };
    let (capsule, problems) = build(&sources, &build_options, None);
    assert!(problems.is_empty(), "{problems:?}");
    Arc::new(Site::new(Arc::new(capsule), &options, None))
}

fn source(name: &str, text: &str) -> Arc<SourceFile> {
    let path = path(name);
    let content = if path.extension() == "md" {
        Content::Text(text.as_bytes().to_vec().into())
    } else {
        let relative = PathBuf::from(name.trim_start_matches('/'));
        Content::File(FileRef { root: Arc::from(Path::new("/srv/essays")), relative, length: 5 })
    };
    Arc::new(SourceFile { path, content })
}

fn path(name: &str) -> CapsulePath {
    CapsulePath::from_decoded(name).expect("a name")
}
