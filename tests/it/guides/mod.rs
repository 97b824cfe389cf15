//! Checks of the documents: links lead to files, commands run word for word, configurations are accepted, and folders
//! of other programs are served as the guides for moving describe.

mod commands;
mod generators;
mod moving;
mod text;

use std::path::Path;

use lamplit::config::{File, Overrides, resolve};

use crate::support::{lamplit, run};

/// Returns the folder of the repository.
fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The guides are a capsule like any other, in which every link leads somewhere.
#[test]
fn guides_have_no_problems() {
    let said = run(lamplit().args(["check", "-v"]).arg(repository().join("docs")));
    assert_eq!(said, "no problems\n\npublished: 16 essays in 1 section, 6 attachments\n");
}

/// Readers of the series can go from its first guide to its last.
#[test]
fn guides_of_the_series_have_one_order() {
    let documents = text::documents();
    let place = |(name, text): &(String, String)| {
        let line = text.lines().find_map(|line| line.strip_prefix("series_order: "))?;
        Some((line.parse::<usize>().expect("a number"), name.clone()))
    };
    let mut places: Vec<(usize, String)> = documents.iter().filter_map(place).collect();
    places.sort();
    assert!(places.iter().map(|(number, _)| *number).eq(1..=places.len()), "{places:?}");
}

/// The reference in the guides equals the output of the program.
#[test]
fn configuration_reference_equals_the_output_of_the_program() {
    let file = repository().join("docs/configuration.md");
    let reference = run(lamplit().args(["config", "--reference"]));
    if std::env::var_os("LAMPLIT_BLESS").is_some() {
        std::fs::write(&file, &reference).expect("writable");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == reference, "`LAMPLIT_BLESS=1 cargo test reference` writes {} anew", file.display());
}

/// Links to files outside the guides.
#[test]
fn links_of_documents_lead_to_files() {
    for (name, document) in text::documents() {
        let folder = repository().join(&name);
        let folder = folder.parent().expect("a file lies in a folder");
        for link in text::links(&document) {
            let file = link.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains(':') {
                assert!(folder.join(file).exists(), "{name}: `{link}` leads to no file");
            }
        }
    }
}

/// Every configuration that is shown can be used as it is shown.
#[test]
fn configurations_in_documents_are_accepted() {
    let mut seen = 0;
    for (name, document) in text::documents() {
        for block in text::blocks(&document).filter(|block| block.language == "toml") {
            let parsed = File::parse(&name, &block.text);
            assert!(parsed.is_ok(), "{name}, line {}: {parsed:?}", block.line);
            seen += 1;
        }
    }
    assert!(seen >= 4, "{seen} configurations");
}

/// Every `capsule.toml` that is shown can be used as it is shown.
#[test]
fn capsule_settings_in_documents_are_accepted() {
    let nowhere = Path::new("/nowhere");
    let file = File::parse("config.toml", "capsules = \"capsules\"\n").expect("a configuration");
    let host = resolve(&Overrides::default(), Some(&file), nowhere, Path::new("/state")).expect("a configuration");
    let mut seen = 0;
    for (name, document) in text::documents() {
        for block in text::blocks(&document).filter(|block| block.language == "toml capsule") {
            let read = host.hosted(&"alice.example".parse().expect("a host"), nowhere, Some((&name, &block.text)));
            assert!(read.is_ok(), "{name}, line {}: {read:?}", block.line);
            seen += 1;
        }
    }
    assert!(seen > 0);
}
