//! The reference of all settings and the commented file: both come from the definitions of the settings.

use std::path::Path;

use lamplit::config::{Overrides, commented_file, reference, resolve};
use lamplit::server::Limits;

use super::{config, mistakes};

/// Returns the commented file of the sample capsule, which is `config.toml` in the repository.
fn sample() -> String {
    let given = [
        ("", "certs", "\"certs\""),
        ("[[capsule]]", "hostname", "\"localhost\""),
        ("[[capsule]]", "content", "\"capsule\""),
        ("[[capsule]]", "language", "\"en\""),
        ("[gopher]", "listen", "[\"127.0.0.1:7070\", \"[::1]:7070\"]"),
    ];
    commented_file(
        "Lamplit serves the sample capsule with this file: `cargo run --release` in this folder.",
        &given.map(|(table, key, value)| (table, key, value.to_owned())),
    )
}

#[test]
fn sample_configuration_is_the_commented_file() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.toml");
    if std::env::var_os("LAMPLIT_BLESS").is_some() {
        std::fs::write(&file, sample()).expect("writable");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == sample(), "`LAMPLIT_BLESS=1 cargo test sample_configuration` writes {}", file.display());
}

/// Returns every setting that the commented file shows: the header of its table, its key, and the line that sets it.
fn shown() -> Vec<(String, String, String)> {
    let mut table = String::new();
    let mut shown = Vec::new();
    for line in sample().lines() {
        if line.starts_with('[') {
            line.clone_into(&mut table);
        }
        let setting = line.strip_prefix("# ").unwrap_or(line);
        let Some((key, _)) = setting.split_once(" = ") else { continue };
        if key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            shown.push((table.clone(), key.to_owned(), setting.to_owned()));
        }
    }
    shown
}

#[test]
fn every_shown_setting_is_accepted_and_no_similar_one() {
    let reference = reference();
    let shown = shown();
    assert!(shown.len() > 40, "{}", shown.len());
    for (table, key, line) in shown {
        assert!(reference.contains(&format!("`{key}`")), "`{key}` of `{table}` is missing");
        let capsule = if table == "[[capsule]]" { "" } else { "[[capsule]]\ncontent = \"e\"\n" };
        let file = |line: &str| match table.as_str() {
            "" => format!("{line}\n{capsule}"),
            _ => format!("{capsule}{table}\n{line}\n"),
        };
        let wrong = mistakes(&file(&line.replacen(&key, &format!("{key}q"), 1)));
        assert!(wrong[0].starts_with(&format!("unknown key `{key}q`")), "{table} {line}: {wrong:?}");
    }
}

#[test]
fn all_shown_settings_together_are_accepted_and_limits_are_the_standard_ones() {
    let lines = sample();
    let lines = lines.lines().map(|line| {
        let setting = line.strip_prefix("# ").filter(|line| {
            let key = line.split_once(" = ").map(|(key, _)| key);
            key.is_some_and(|key| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        });
        setting.unwrap_or(line)
    });
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    let everything = config(&text);
    assert_eq!(everything.limits, Limits::STANDARD);
    assert_eq!(everything.capsules[0].private.len(), 1);
    assert_eq!(everything.settings.metrics.listen.len(), 1);
}

#[test]
fn commented_file_results_in_the_defaults() {
    let given = [("[[capsule]]", "content", "\"/e\"".to_owned())];
    let text = commented_file("A test.", &given);
    assert!(text.lines().filter(|line| line.starts_with("# ")).count() > 40, "{text}");
    let flags = Overrides { content: Some(("/e".into(), "DIR")), ..Overrides::default() };
    let defaults = resolve(&flags, None, Path::new(""), Path::new("/state/certs")).expect("no mistakes");
    assert_eq!(config(&text), defaults);
}

#[test]
fn every_setting_of_the_configuration_is_in_the_reference() {
    let reference = reference();
    let table = config("capsules = \"h\"\n[[capsule]]\ncontent = \"e\"\n").to_table();
    for (name, value) in &table {
        let inner = match value {
            toml::Value::Table(table) => Some(table),
            toml::Value::Array(tables) => tables[0].as_table(),
            _ => None,
        };
        let keys = inner.map_or_else(|| vec![name], |table| table.keys().collect());
        for key in keys {
            assert!(reference.contains(&format!("`{key}`")), "`{key}` of `{name}` is missing");
        }
    }
}

#[test]
fn settings_that_wait_for_a_restart_are_marked() {
    let reference = reference();
    for (line, expected) in [
        ("`min_tls = \"1.2\"` (", false),
        ("`check_port = true` (", true),
        ("`width = 67` (", false),
        ("`linger = 1` (", true),
        ("`swapped = true` (", true),
        ("`title = \"Essays by lamplight\"` (", false),
        ("`smart = false` (", false),
        ("`file = \"/var/log/lamplit/access.log\"` (", true),
        ("`gopher = { listen = [\"0.0.0.0:7071\", \"[::]:7071\"] }` (", true),
    ] {
        let found = reference.lines().find(|said| said.starts_with(line));
        let found = found.unwrap_or_else(|| panic!("{line} in:\n{reference}"));
        assert_eq!(found.contains("waits for a restart"), expected, "{found}");
    }
}
