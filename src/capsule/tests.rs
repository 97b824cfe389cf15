//! What becomes of the files of a folder, judged by their names and by each other.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use time::OffsetDateTime;

use super::*;
use crate::markup::markdown::MarkdownOptions;

fn options() -> BuildOptions {
    BuildOptions {
        now: OffsetDateTime::from_unix_timestamp(1_750_000_000).expect("a time"),
        title: None,
        name: "Essays".to_owned(),
        keys: FrontMatterKeys::default(),
        markdown: MarkdownOptions::STANDARD,
        private: Vec::new(),
    }
}

fn made(files: &[(&str, &str)]) -> (Capsule, Vec<String>) {
    let mut sources: Vec<_> = files
        .iter()
        .map(|(name, text)| {
            let path = CapsulePath::from_decoded(name).expect("a name");
            let content = if TextKind::of(&path).is_some() {
                Content::Text(text.as_bytes().to_vec().into())
            } else {
                let root = Arc::from(Path::new("/"));
                Content::File(FileRef { root, relative: PathBuf::from(name), length: 1 })
            };
            Arc::new(SourceFile { path, content })
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let (capsule, problems) = build(&sources, &options(), None);
    let said = problems.iter().map(|problem| {
        let place = problem.place.as_ref().map_or("", |place| &place.file);
        format!("{place}: {}", problem.what)
    });
    (capsule, said.collect())
}

/// Every essay as `address: title [language]`, in order.
fn essays(capsule: &Capsule) -> Vec<String> {
    let language =
        |essay: &Essay| essay.metadata.language.as_ref().map_or(String::new(), |tag| format!(" [{tag}]"));
    capsule
        .essays()
        .iter()
        .map(|essay| format!("{}: {}{}", essay.address(), essay.title, language(essay)))
        .collect()
}

fn introduced(capsule: &Capsule, folder: &str) -> Option<String> {
    let folder = CapsulePath::from_decoded(folder).expect("a name");
    let introduction = capsule.section(&folder)?.introduction.as_ref()?;
    Some(introduction.source.path.as_str().to_owned())
}

#[test]
fn a_folder_is_introduced_by_one_file_and_the_author_knows_which() {
    for (files, expected, shadowed) in [
        (&["a/_index.md", "a/index.md", "a/README.md", "a/x.md"][..], "/a/_index.md", 2),
        (&["a/index.md", "a/readme.md", "a/x.md"], "/a/index.md", 1),
        (&["a/README.md", "a/x.md"], "/a/README.md", 0),
        (&["a/b/_index.md", "a/b/c/x.md", "a/_index.md"], "/a/_index.md", 0),
    ] {
        let files: Vec<(&str, &str)> = files.iter().map(|name| (*name, "# T\n")).collect();
        let (capsule, problems) = made(&files);
        assert_eq!(introduced(&capsule, "/a/").as_deref(), Some(expected), "{files:?}");
        assert_eq!(problems.len(), shadowed, "{problems:?}");
        assert!(problems.iter().all(|problem| problem.contains(&expected[1..])), "{problems:?}");
    }
    // A draft introduces nothing and shadows nothing.
    let (capsule, problems) = made(&[("_index.md", "---\ndraft: true\n---\n"), ("README.md", "# R\n")]);
    assert_eq!((introduced(&capsule, "/").as_deref(), problems.len()), (Some("/README.md"), 0));
}

#[test]
fn an_index_alone_is_an_essay_with_its_pictures() {
    let (capsule, problems) = made(&[
        ("cat/index.md", "# Cat\n"),
        ("cat/cat.jpg", ""),
        ("dog/index.md", "# Dogs\n"),
        ("dog/rex.md", "# Rex\n"),
        ("deep/one/index.md", "# One\n"),
        ("deep/two/index.md", "# Two\n"),
    ]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        essays(&capsule),
        ["/cat.gmi: Cat", "/deep/one.gmi: One", "/dog/rex.gmi: Rex", "/deep/two.gmi: Two"]
    );
    assert_eq!(introduced(&capsule, "/dog/").as_deref(), Some("/dog/index.md"));
    assert!(capsule.file(&CapsulePath::from_decoded("/cat/cat.jpg").expect("a name")).is_some());
}

#[test]
fn a_file_name_states_a_language() {
    let (capsule, problems) = made(&[
        ("index.md", "# Lamps\n"),
        ("index.fr.md", "# Lampes\n"),
        ("skin.md", "---\ndate: 2024-05-01\nslug: soft\n---\n# Skin\n"),
        ("skin.fr.md", "---\ndate: 2024-05-01\nslug: soft\n---\nPeau\n"),
        ("only.fr.md", "Seul\n"),
        ("node.js.md", "# Node\n"),
        ("cat/index.md", "# Cat\n"),
        ("cat/index.fr.md", "# Chat\n"),
        ("cat/index.pt-BR.md", "# Gato\n"),
        ("cow/index.md", "# Cow\n"),
        ("cow/index.sv.md", "# Ko\n"),
        ("en/dusk.md", "---\ntranslationKey: dusk\nlang: en\n---\n# Dusk\n"),
        ("de/abend.md", "---\ntranslationKey: dusk\nlang: de\n---\n# Abend\n"),
    ]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        essays(&capsule),
        [
            "/soft.gmi: Skin",
            "/soft.fr.gmi: Skin [fr]",
            "/de/abend.gmi: Abend [de]",
            "/cat.gmi: Cat",
            "/cat.fr.gmi: Chat [fr]",
            "/cow.gmi: Cow",
            "/en/dusk.gmi: Dusk [en]",
            "/cat.pt-BR.gmi: Gato [pt-BR]",
            "/cow.sv.gmi: Ko [sv]",
            "/node.js.gmi: Node",
            "/only.fr.gmi: Only [fr]",
        ]
    );
    let translations = |base: &str| {
        let base = CapsulePath::from_decoded(base).expect("a name");
        let essay = capsule.essay(&base).expect("an essay");
        let all = capsule.translations(essay).map(|essay| essay.base.to_string());
        all.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(translations("/soft.fr"), "/soft /soft.fr");
    assert_eq!(translations("/cat"), "/cat /cat.fr /cat.pt-BR");
    assert_eq!(translations("/de/abend"), "/de/abend /en/dusk");
    assert_eq!(translations("/only.fr"), "");
    assert_eq!(introduced(&capsule, "/").as_deref(), Some("/index.md"));
    let french = CapsulePath::from_decoded("/languages/fr/").expect("a name");
    assert_eq!(capsule.introduction(&french).map(|text| text.title.as_str()), Some("Lampes"));
    assert!(capsule.section(&french).is_none());
}

#[test]
fn what_lies_beside_a_hidden_essay_is_hidden_with_it() {
    let (capsule, problems) = made(&[
        ("cat/index.md", "---\ndraft: true\n---\n# Cat\n"),
        ("cat/cat.jpg", ""),
        ("cat/more/cat.jpg", ""),
        ("cat/notes.txt", "n"),
        ("dog/index.md", "---\ndraft: true\n---\n# Dog\n"),
        ("dog/index.fr.md", "# Chien\n"),
        ("dog/dog.jpg", ""),
        ("blog/_drafts/x.md", "# X\n"),
        ("blog/_drafts/x.jpg", ""),
        ("blog/_drafts/notes.txt", "n"),
        ("blog/y.md", "---\ndraft: true\n---\n"),
        ("blog/y.jpg", ""),
    ]);
    assert_eq!(problems, [""; 0]);
    let mut files: Vec<&str> = capsule.files().map(|(path, _)| path.as_str()).collect();
    files.sort_unstable();
    assert_eq!((files, capsule.texts().count()), (vec!["/blog/y.jpg", "/dog/dog.jpg"], 0));
}

#[test]
fn snippets_are_no_essays() {
    let (capsule, problems) = made(&[
        ("header.txt", "*** Lamps ***\n"),
        ("Footer.md", "Bye\n"),
        ("footer.gmi", "=> mailto:a@example.org Mail\n"),
        ("films/footer.md", "# Footer, a film\n"),
    ]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(essays(&capsule), ["/films/footer.gmi: Footer, a film"]);
    assert_eq!(
        (capsule.snippets(PageSnippet::Header).count(), capsule.snippets(PageSnippet::Footer).count()),
        (1, 2)
    );
    assert_eq!(capsule.texts().count(), 0);
}
