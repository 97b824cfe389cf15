//! The capsules of the tables, in memory and on disk.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use lamplit::capsule::build;
use lamplit::protocol::gemini::Gemini;
use lamplit::protocol::gopher::Gopher;
use lamplit::site::{Authority, Site, SiteOptions, Sites};
use testkit::capsule::{NOW, build_options, capsule_of, path, sources};

use crate::support::run;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 not much of a picture\r\n\x00\x01";

/// The files of the capsule at `example.org`.
const FILES: &[(&str, &[u8])] = &[
    ("index.md", b"# Essays\n\nBy lamplight.\n"),
    ("films/_index.md", b"# Films\n"),
    ("films/skin.md", b"---\ndate: 2024-05-01\n---\n# The Soft Skin\n\nThe lift.\n"),
    ("films/the soft skin.md", b"# spaced\n\nThe lift.\n"),
    ("films/dots.md", b"# Dots\n\n.profile is hidden.\n"),
    ("films/hidden.md", b"---\ndraft: true\n---\n# Not yet\n"),
    ("why?.md", b"# a question\n\nThe lift.\n"),
    ("0/odd.md", b"# a folder called 0\n\nThe lift.\n"),
    ("\u{6771}/barley.md", b"# Barley\n\nAutumn.\n"),
    (".well-known/lamp.txt", b"It burns.\n"),
    ("odd/we ird #1 \u{fc}.md", b"---\ntitle: \"a\\r\\nb\\tc\\e[2J=> d\"\n---\nOdd.\n"),
    ("cover.jpg", JPEG),
    ("inside.jpg", JPEG),
    ("100%.png", b"\x89PNG\r\n\x1a\n"),
];

/// The files of the capsule at `other.example`.
const OTHER: &[(&str, &[u8])] = &[("index.md", b"# Elsewhere\n")];

const HOSTS: [&str; 3] = ["example.org", "xn--bcher-kva.example", "192.0.2.7"];

/// The configuration of the program.
const CONFIG: &str = r#"
certs = "certs"
[[capsule]]
hostname = "example.org"
aliases = ["bücher.example", "192.0.2.7"]
content = "essays"
language = "en"
gone = ["/withdrawn.gmi"]
[[capsule]]
hostname = "other.example"
content = "other"
language = "en"
[gemini]
listen = ["127.0.0.1:0", "[::1]:0"]
port = 1965
[gopher]
listen = ["127.0.0.1:0", "[::1]:0"]
hostname = "example.org"
port = 7070
"#;

/// Returns both capsules.
pub(super) fn sites() -> Sites {
    let hosts = |hosts: &[&str]| hosts.iter().map(|host| host.parse().expect("a host")).collect();
    Sites::new([(hosts(&HOSTS), site("example.org", FILES)), (hosts(&["other.example"]), site("other.example", OTHER))])
}

/// Returns a capsule in this language, which need not be one.
pub(super) fn site_in(language: &str) -> Arc<Site> {
    let mut options = SiteOptions::standard(&"example.org".parse().expect("a host"));
    language.clone_into(&mut options.language);
    Arc::new(Site::new(capsule_of(&sources(OTHER), &build_options(NOW)), &options, None))
}

/// Returns a capsule of one file at `example.org`, whatever its problems.
pub(super) fn sites_of(name: &str, text: &str) -> Sites {
    let (capsule, _) = build(&sources(&[(name, text)]), &build_options(NOW), None);
    let mut options = SiteOptions::standard(&"example.org".parse().expect("a host"));
    options.gopher = Some(Authority { host: "example.org".parse().expect("a host"), port: 7070 });
    let site = Arc::new(Site::new(Arc::new(capsule), &options, None));
    Sites::new([(HOSTS.map(|host| host.parse().expect("a host")).to_vec(), site)])
}

/// Returns Gemini as configured.
pub(super) fn gemini() -> Gemini {
    Gemini { ports: vec![1965], check_port: true }
}

/// Returns Gopher as configured.
pub(super) fn gopher() -> Gopher {
    Gopher {
        capsule: None,
        advertised: lamplit::site::Authority { host: "example.org".parse().expect("a host"), port: 7070 },
        tls: false,
        gemini_url: "gemini://example.org/".to_owned(),
    }
}

/// Returns the content of an attachment.
pub(super) fn attachment(relative: &Path) -> &'static [u8] {
    let file = FILES.iter().find(|(name, _)| Path::new(name) == relative);
    file.unwrap_or_else(|| panic!("{} is no file", relative.display())).1
}

/// Writes the capsules and the configuration into `folder`, with further files that must not be served; returns the path
/// of the configuration.
pub(super) fn write(folder: &Path) -> PathBuf {
    let essays = folder.join("essays");
    for (content, files) in [("essays", FILES), ("other", OTHER)] {
        for (name, bytes) in files {
            let path = folder.join(content).join(name);
            fs::create_dir_all(path.parent().expect("below the folder")).expect("writable");
            fs::write(path, bytes).expect("writable");
        }
    }
    let outside = folder.join("outside");
    fs::create_dir_all(outside.join(".git")).expect("writable");
    fs::write(outside.join("lamp.jpg"), JPEG).expect("writable");
    fs::create_dir_all(essays.join(".git")).expect("writable");
    fs::write(essays.join(".git/config"), "secret").expect("writable");
    fs::write(essays.join("films/.hidden.jpg"), JPEG).expect("writable");
    fs::remove_file(essays.join("inside.jpg")).expect("just written");
    symlink("cover.jpg", essays.join("inside.jpg")).expect("writable");
    symlink(outside.join("lamp.jpg"), essays.join("outside.jpg")).expect("writable");
    symlink(&outside, essays.join("outside")).expect("writable");
    run(Command::new("mkfifo").args(["pipe.jpg", "pipe.gmi"]).current_dir(&essays));
    let config = folder.join("config.toml");
    fs::write(&config, CONFIG).expect("writable");
    config
}

fn site(host: &str, files: &[(&str, &'static [u8])]) -> Arc<Site> {
    let mut options = SiteOptions::standard(&host.parse().expect("a host"));
    options.gopher = Some(Authority { host: "example.org".parse().expect("a host"), port: 7070 });
    "en".clone_into(&mut options.language);
    if host == "example.org" {
        options.gone = vec![path("/withdrawn.gmi")];
    }
    let mut build_options = build_options(NOW);
    "essays".clone_into(&mut build_options.name);
    Arc::new(Site::new(capsule_of(&sources(files), &build_options), &options, None))
}
