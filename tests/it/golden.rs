//! Pages as readers get them: each `tests/golden/NAME.md` with the expected `NAME.gmi` and `NAME.txt` beside
//! it, to be opened in a client. `LAMPLIT_BLESS=1 cargo test golden` rewrites the expected ones; read them
//! before you commit them.

use std::fs;
use std::path::{Path, PathBuf};

use lamplit::markup::markdown::{self, MarkdownOptions};
use lamplit::markup::{Link, LinkKind};
use lamplit::render::gemtext::{self, GemtextOptions};
use lamplit::render::plain::{self, PlainOptions};
use lamplit::render::{Resolve, Target};

use testkit::classifier::assert_well_formed;

/// Sources become pages with this extension; wiki links find `known` only; fragments have no place.
struct Links(&'static str);

impl Resolve for Links {
    fn link(&self, link: &Link<'_>) -> Target {
        let destination = &*link.destination;
        match link.kind {
            LinkKind::Wiki | LinkKind::WikiLabelled if destination == "known" => {
                Target::Url(format!("known.{}", self.0))
            }
            LinkKind::Wiki | LinkKind::WikiLabelled => Target::Unknown,
            _ if destination.starts_with('#') => Target::Nowhere,
            _ => match destination.strip_suffix(".md") {
                Some(stem) if !destination.contains(':') => Target::Url(format!("{stem}.{}", self.0)),
                _ => Target::Url(destination.to_owned()),
            },
        }
    }

    fn image(&self, source: &str) -> Target {
        Target::Url(source.to_owned())
    }
}

#[test]
fn converted_sources_equal_their_goldens() {
    let mut failures = Vec::new();
    for path in sources() {
        let source = fs::read_to_string(&path).expect("a golden source");
        let document = markdown::parse(&source, &MarkdownOptions::STANDARD);
        let gemtext = gemtext::render(&document, &GemtextOptions::default(), &Links("gmi"));
        let text = plain::render(&document, &PlainOptions::default(), &Links("txt"));
        for (extension, page) in [("gmi", gemtext), ("txt", text)] {
            let expected = path.with_extension(extension);
            if std::env::var_os("LAMPLIT_BLESS").is_some() {
                fs::write(&expected, &page).expect("a writable folder");
            } else if fs::read_to_string(&expected).ok().as_deref() != Some(&page) {
                failures.push(format!("{} differs; now it is:\n{page}", expected.display()));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn pages_have_the_form_that_clients_expect() {
    for path in sources() {
        let source = fs::read_to_string(&path).expect("a golden source");
        let document = markdown::parse(&source, &MarkdownOptions::STANDARD);
        let gemtext = gemtext::render(&document, &GemtextOptions::default(), &Links("gmi"));
        assert_well_formed(&gemtext);
        let text = plain::render(&document, &PlainOptions::default(), &Links("txt"));
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{}", path.display());
    }
}

fn sources() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of goldens")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    paths
}
