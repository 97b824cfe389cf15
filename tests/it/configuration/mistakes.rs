//! Mistakes in a configuration, and where they are shown.

use std::path::{Path, PathBuf};

use lamplit::config::{Config, Overrides, resolve};
use lamplit::problem::Problems;

use super::{config, mistakes, read};
use crate::support::scratch_folder;

fn check(text: &str, expected: &[&str]) {
    let problems = read(&Overrides::default(), text).map_or_else(|problems| problems.list, |_| Vec::new());
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn unknown_keys_are_named_with_line_caret_and_nearest_key() {
    for (text, expected) in [
        (
            "[[capsule]]\nhostnam = \"example.org\"\n",
            "error: unknown key `hostnam` in `[[capsule]]`\n  --> config.toml:2:1\n   |\n 2 | hostnam = \
             \"example.org\"\n   | ^^^^^^^\nhint: did you mean `hostname`?",
        ),
        (
            "[gopher]\nprot = 70\n",
            "error: unknown key `prot` in `[gopher]`\n  --> config.toml:2:1\n   |\n 2 | prot = 70\n   | \
             ^^^^\nhint: did you mean `port`?",
        ),
        (
            "[log]\nzebra = 1\n",
            "error: unknown key `zebra` in `[log]`\n  --> config.toml:2:1\n   |\n 2 | zebra = 1\n   | \
             ^^^^^\nhint: the keys here are `file`, `addresses`, `format`",
        ),
        (
            "title = \"Lamps\"\n",
            "error: `title` is a setting of a capsule\n  --> config.toml:1:1\n   |\n 1 | title = \"Lamps\"\n   | \
             ^^^^^\nhint: write it below a line `[[capsule]]`",
        ),
        (
            "[front_matter]\ndaet = \"when\"\n",
            "error: unknown key `daet` in `[front_matter]`\n  --> config.toml:2:1\n   |\n 2 | daet = \
             \"when\"\n   | ^^^^\nhint: did you mean `date`?",
        ),
    ] {
        check(text, &[expected]);
    }
}

#[test]
fn text_that_is_not_toml_is_shown_where_it_ends_to_be_it() {
    let problems = read(&Overrides::default(), "[gopher\nport = 70\n").expect_err("no TOML");
    let shown = problems.list[0].to_string();
    assert!(shown.contains("config.toml:1:") && shown.contains("not TOML"), "{shown}");
}

#[test]
fn all_mistakes_are_reported_together_in_the_order_of_the_file() {
    for (text, expected) in [
        (
            "capsle = 1\n[gopher]\nwidth = 3\nenabled = \"no\"\n[log]\nformat = \"xml\"\n",
            &[
                "unknown key `capsle`",
                "`width` must be a whole number from 40 to 200",
                "`enabled` must be `true` or `false`",
                "`format` must be one of `\"text\"`, `\"json\"`",
            ][..],
        ),
        (
            "[gemini]\nlisten = \"x\"\n[gopher]\ntitel = 1\n",
            &["`x` is not an address with a port", "unknown key `titel` in `[gopher]`"],
        ),
        (
            "[[capsule]]\nhostname = \"a b\"\n[[capsule]]\ncontent = \"e\"\n[gemini]\nlisten = \"x\"\n",
            &[
                "this capsule has no folder: the key `content` is missing",
                "`a b` is not a host name",
                "`x` is not an address with a port",
            ],
        ),
        (
            "[[capsule]]\ncontent = \"e\"\n[[capsule.private]]\nfingerprints = \"abc\"\n\
             [[capsule.private]]\npath = \"drafts\"\n[[capsule.private]]\npath = \"/a\"\n\
             [[capsule.private]]\npath = \"/a/\"\n",
            &[
                "this private area has no `path`",
                "`abc` is not a SHA-256 fingerprint",
                "`drafts` is not a folder of the capsule",
                "`/a/` is private already",
            ],
        ),
    ] {
        assert_eq!(mistakes(text), expected, "{text}");
    }
    let nothing = resolve(&Overrides::default(), None, Path::new("."), Path::new("/state"));
    assert!(nothing.expect_err("nothing to serve").list[0].to_string().contains("hint: name a folder"));
}

#[test]
fn values_of_a_wrong_type_or_range_are_refused() {
    for (text, expected) in [
        ("[limits]\nrequest = 0\n", "`request` must be a whole number from 1 to 3600"),
        ("[gemtext]\nlinks = \"here\"\n", "`links` must be one of `\"block\"`, `\"section\"`, `\"end\"`, `\"off\"`"),
        ("[gemtext]\nlink = \"end\"\n", "unknown key `link` in `[gemtext]`"),
        ("[pages]\nmeta = true\n", "`meta` must be one of `\"footer\"`, `\"header\"`, `\"none\"`"),
        ("[pages]\nemphasis = \"plain\"\n", "unknown key `emphasis` in `[pages]`"),
        ("gemini = 1\n", "`gemini` must be a table, written as `[gemini]`"),
        ("[capsule]\n", "`capsule` must be a list of tables, each written as `[[capsule]]`"),
        ("[[capsule]]\naliases = [1]\n", "`aliases` must be a string in quotes or a list of them"),
    ] {
        assert_eq!(mistakes(text), [expected], "{text}");
    }
}

#[test]
fn addresses_patterns_icons_and_languages_are_checked_where_they_stand() {
    let text = "[[capsule]]\ncontent = \"x\"\nweb = \"example.org\"\nicon = \"ab\"\nignore = [\"ok/\", \"a[\"]\n\
                gone = [\"/ok.gmi\", \"old.gmi\", \"/\"]\nlanguage = \"en\\r\\n\"\n";
    let problems = read(&Overrides::default(), text).expect_err("mistakes");
    let said: Vec<String> = problems.list.iter().map(ToString::to_string).collect();
    for (part, line) in [
        ("`example.org`", 3),
        ("`ab`", 4),
        ("`a[` is not a pattern", 5),
        ("`old.gmi`", 6),
        ("`/` is not", 6),
        ("is not a language tag", 7),
    ] {
        let place = format!("config.toml:{line}:");
        let found = said.iter().any(|said| said.contains(part) && said.contains(&place));
        assert!(found, "{part}: {said:?}");
    }
    assert_eq!(said.len(), 6, "{said:?}");
}

#[test]
fn language_is_a_language_tag() {
    let tag = |tag: &str| {
        let tag = toml::Value::from(tag);
        read(&Overrides::default(), &format!("[[capsule]]\ncontent = \"e\"\nlanguage = {tag}\n"))
    };
    for good in ["en", "pt-BR", "zh-Hant-TW", "sr-Latn", "de-1996", "tlh", "en-x-lamplit"] {
        assert_eq!(
            tag(good).expect(good).capsules[0].settings.details.language.as_ref().map(|tag| tag.0.as_str()),
            Some(good)
        );
    }
    for bad in [
        "",
        "e",
        "en us",
        "en;q=1",
        "en\r\nx",
        "en\u{1b}[0m",
        "en\0",
        "en_US",
        "-en",
        "en-",
        "é",
        "1996",
        "en-abcdefghi",
    ] {
        let problem = tag(bad).expect_err(bad).list[0].to_string();
        assert!(problem.contains("is not a language tag") && problem.contains("config.toml:3:12"), "{problem}");
    }
}

#[test]
fn contradictions_are_shown_where_they_stand() {
    for (text, what, place) in [
        ("[[capsule]]\ncontent = \"e\"\nkey = \"key.pem\"\n", "`key` without a `certificate`", "config.toml:3:7"),
        (
            "[[capsule]]\nhostname = \"a.example\"\naliases = [\"b.example\"]\ncontent = \"a\"\n\
             [[capsule]]\nhostname = \"B.example.\"\ncontent = \"b\"\n",
            "`b.example` is the name of another capsule already",
            "config.toml:5:",
        ),
        (
            "certs = \"essays/keys\"\n[[capsule]]\ncontent = \"essays\"\n",
            "/etc/lamplit/essays/keys`, inside the content folder",
            "",
        ),
        (
            "[[capsule]]\ncontent = \"essays\"\ncertificate = \"chain.pem\"\nkey = \"essays/key.pem\"\n",
            "essays/key.pem`, inside the content folder",
            "",
        ),
        ("capsules = \"h\"\ncerts = \"h/keys\"\n", "inside the content folder", ""),
        (
            "[[capsule]]\ncontent = \"e\"\n[gemini]\nlisten = \"127.0.0.1:70\"\n",
            "`127.0.0.1:70` would be listened on twice",
            "",
        ),
        (
            "[[capsule]]\ncontent = \"e\"\n[metrics]\nlisten = \"0.0.0.0:9965\"\n",
            "`0.0.0.0:9965` is not a loopback address",
            "config.toml:4:10",
        ),
        ("[[capsule]]\ncontent = \"e\"\n[metrics]\nlisten = \"9965\"\n", "is not an address", "config.toml:4:10"),
        (
            "[[capsule]]\ncontent = \"e\"\n[proxy]\nfrom = \"haproxy.example\"\n",
            "`haproxy.example` is not an address or a network",
            "config.toml:4:8",
        ),
        (
            "[[capsule]]\nhostname = \"a.example\"\ncontent = \"a\"\n[[capsule]]\nhostname = \"b.example\"\n\
             content = \"b\"\ngopher = { port = 70 }\n",
            "this capsule has no addresses for Gopher",
            "config.toml:4:",
        ),
    ] {
        let problems = read(&Overrides::default(), text).expect_err(text);
        assert_eq!(problems.list.len(), 1, "{text}: {problems}");
        let shown = problems.list[0].to_string();
        assert!(shown.contains(what) && shown.contains(place), "{text}: {shown}");
    }
}

/// Returns the result of a `capsule.toml` of this text on a server that hosts capsules.
fn hosted(settings: &str) -> Result<Config, Problems> {
    let folder = Path::new("/etc/lamplit/hosted/a.example");
    config("capsules = \"hosted\"\n").hosted(
        &"a.example".parse().expect("a host"),
        folder,
        Some(("capsule.toml", settings)),
    )
}

#[test]
fn settings_of_the_server_are_refused_in_the_file_of_a_hosted_capsule() {
    let text = "hostname = \"b.example\"\ncontent = \"/\"\n[limits]\nconnections = 1\n[gemini]\nlisten = \"x\"\n\
                titel = \"x\"\n";
    let problems = hosted(text).expect_err("refused");
    let said: Vec<String> = problems.list.iter().map(ToString::to_string).collect();
    for (key, line) in [("hostname", 1), ("content", 2), ("limits", 3), ("gemini", 5)] {
        let what =
            format!("error: `{key}` can only be set in the `config.toml` of the server\n  --> capsule.toml:{line}:");
        assert!(said.iter().any(|said| said.starts_with(&what)), "{key}: {said:?}");
    }
    assert_eq!(said.len(), 4, "{said:?}");
    for (text, what) in [
        ("titel = \"x\"\n", "unknown key `titel`"),
        ("icon = \"ab\"\n", "`ab` is not an icon"),
        ("language = \"two words\"\n", "`two words` is not a language tag"),
        ("[[private]]\n", "this private area has no `path`"),
        ("[[private]]\npaht = \"/\"\n", "unknown key `paht` in `[[private]]`"),
        ("title = 1\n", "`title` must be a string in quotes"),
    ] {
        assert_eq!(hosted(text).expect_err("refused").list[0].what, what);
    }
}

/// No key of `config.toml` is unknown in `capsule.toml`: it is either accepted or said to be for the server.
#[test]
fn every_key_outside_of_tables_is_known_in_the_file_of_a_hosted_capsule() {
    let table = config("capsules = \"h\"\n[[capsule]]\ncontent = \"e\"\n").to_table();
    let keys: Vec<&String> = table.keys().collect();
    assert!(keys.len() > 10, "{keys:?}");
    for key in keys {
        let said = hosted(&format!("{key} = 1\n")).expect_err("refused").list[0].what.clone();
        assert!(!said.starts_with("unknown key"), "{said}");
    }
}

#[test]
fn folder_of_the_keys_may_not_lie_in_the_content_through_links_or_dots() {
    let scratch = scratch_folder();
    let content = scratch.path().join("essays");
    std::fs::create_dir(&content).expect("writable");
    std::os::unix::fs::symlink(&content, scratch.path().join("link")).expect("writable");
    for (certs, content, inside) in [
        (content.join("not/there/yet"), content.clone(), true),
        (content.clone(), content.clone(), true),
        (scratch.path().join("link/keys"), content.clone(), true),
        (content.join("keys"), scratch.path().join("link"), true),
        (PathBuf::from("keys"), PathBuf::from("."), true),
        (scratch.path().join("essays-keys"), content.clone(), false),
        (scratch.path().join("keys"), content.clone(), false),
        (PathBuf::from("keys"), PathBuf::new(), false),
    ] {
        let overrides = Overrides {
            certs: Some((certs.clone(), "--certs")),
            content: Some((content.clone(), "DIR")),
            ..Overrides::default()
        };
        let result = resolve(&overrides, None, Path::new(""), Path::new("/state"));
        let (certs, content) = (certs.display(), content.display());
        match result.map_err(|problems| problems.list[0].what.clone()) {
            Ok(_) => assert!(!inside, "{certs} in {content}"),
            Err(what) => assert!(inside && what.contains("inside the content folder"), "{what}"),
        }
    }
}
