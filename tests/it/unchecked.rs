//! Every setting and every key of front matter with values that would break out of a line: what goes over a wire, into the
//! log or to a terminal is checked.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use lamplit::capsule::build;
use lamplit::config::{Config, File, Overrides, resolve};
use lamplit::problem::Problem;
use lamplit::protocol::gemini::Gemini;
use lamplit::protocol::gopher::Gopher;
use lamplit::protocol::{Answer, Body, Peer, Protocol};
use lamplit::publish::{CapsuleSnapshot, PublishOptions};
use lamplit::server::access_log::{LineStyle, LogAddresses, LogFormat, LogLine};
use lamplit::server::{Limits, Transport};
use lamplit::site::{Authority, Medium, Site, SiteOptions, Sites};
use quick_xml::Reader;
use quick_xml::events::Event;
use testkit::capsule::{NOW, build_options, sources};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::server::support::{context_with_log, serve_one};
use crate::support::scratch_folder;

/// Returns what is put into each value, by name.
fn hostile() -> Vec<(&'static str, String)> {
    let line = "2026-01-01T00:00:00.000Z gemini - 20 served /forged.gmi 1 0ms whole";
    vec![
        ("CR", "owl\rtail".to_owned()),
        ("LF", "owl\ntail".to_owned()),
        ("a header", "owl\r\n20 text/html\r\n".to_owned()),
        ("a line of the log", format!("owl\n{line}\n")),
        ("the end of a menu", "owl\r\n.\r\n".to_owned()),
        ("a tab", "owl\ttail\texample.org\t70".to_owned()),
        ("ESC", "owl\u{1b}[2J\u{1b}]0;x\u{7}".to_owned()),
        ("NUL", "owl\0tail".to_owned()),
        ("C1", "owl\u{9b}2J\u{85}tail".to_owned()),
        ("bidi controls", "owl\u{202e}liat\u{2066}\u{2069}\u{202c}".to_owned()),
        ("line separators", "owl\u{2028}tail\u{2029}".to_owned()),
        ("quotes and brackets", "owl\"; charset=utf-16 <b> ]]> -- & ' => /x".to_owned()),
        ("3,000 bytes", "owl".repeat(1_000)),
        ("3,000 bytes of other letters", "\u{6771}".repeat(1_000)),
    ]
}

/// Returns `value` in quotes, as YAML and TOML read it, with control characters escaped.
fn quoted(value: &str) -> String {
    let escaped = |c: char| match c {
        '\u{7f}'..='\u{9f}' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    serde_json::to_string(value).expect("text").chars().map(escaped).collect()
}

/// Fails if `text` has control characters other than those `allowed`, or reorders what follows.
fn assert_harmless(shown: &str, text: &str, allowed: &str) {
    let reorders = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let harmful = text.char_indices().find(|&(_, c)| (c.is_control() || reorders(c)) && !allowed.contains(c));
    if let Some((at, c)) = harmful {
        let start = text[..at].char_indices().rev().nth(60).map_or(0, |(start, _)| start);
        panic!("{shown}: {c:?} behind {:?}", &text[start..at]);
    }
}

fn gemini() -> Gemini {
    Gemini { ports: vec![1965], check_port: true }
}

fn gopher() -> Gopher {
    Gopher {
        capsule: None,
        advertised: Authority { host: "example.org".parse().expect("a host"), port: 70 },
        tls: false,
        gemini_url: "gemini://example.org/".to_owned(),
    }
}

/// Returns the texts that the protocol sends for `request`, if they are texts.
fn sent(protocol: &dyn Protocol, sites: &Sites, request: &str) -> (String, Option<String>) {
    let Answer { head, body, .. } = protocol.answer(request.as_bytes(), &Peer::default(), sites);
    let head = String::from_utf8(head.to_vec()).expect("UTF-8");
    let Body::Bytes(bytes) = body else { return (head, None) };
    let body = if bytes.is_empty() { None } else { String::from_utf8(bytes.to_vec()).ok() };
    (head, body)
}

/// Checks all that readers of `site` get over both protocols.
fn check_wires(shown: &str, site: Arc<Site>) {
    let addresses = |medium| {
        let moved = site.moved(medium).into_iter().map(|(from, _)| from);
        let gone = site.options().gone.iter().cloned();
        site.addresses(medium).into_iter().chain(moved).chain(gone).collect::<Vec<_>>()
    };
    let (over_gemini, over_gopher) = (addresses(Medium::Gemini), addresses(Medium::Gopher));
    assert!(over_gemini.len() > 3 && over_gopher.len() > 3, "{shown}: {over_gemini:?}");
    let sites = Sites::new([(vec!["example.org".parse().expect("a host")], site)]);
    for address in over_gemini {
        let (head, body) = sent(&gemini(), &sites, &format!("gemini://example.org{}\r\n", address.to_url()));
        let shown = format!("{shown}: {address} over Gemini");
        let header = head.strip_suffix("\r\n").unwrap_or_else(|| panic!("{shown}: {head:?}"));
        assert_harmless(&shown, header, "");
        assert!(header.len() <= 3 + 1024 && header.is_char_boundary(3), "{shown}: {header}");
        // The source of an essay is sent as it is.
        let Some(body) = body.filter(|_| address.extension() != "md") else { continue };
        assert_harmless(&shown, &body, "\n");
        assert!(!header.contains("charset=utf-16"), "{shown}: {header}");
        if address.name() == "atom.xml" {
            check_feed(&shown, &body);
        }
    }
    for address in over_gopher {
        let (_, body) = sent(&gopher(), &sites, &format!("{}\r\n", address.to_selector()));
        let shown = format!("{shown}: {address} over Gopher");
        let Some(body) = body.filter(|_| address.extension() != "md") else { continue };
        assert_harmless(&shown, &body, "\r\n\t");
        let Some(menu) = body.strip_suffix("\r\n.\r\n") else { continue };
        for item in menu.split("\r\n") {
            let fields: Vec<&str> = item.split('\t').collect();
            assert!(fields.len() == 4 && fields[3].parse::<u16>().is_ok(), "{shown}: {item:?}");
            assert_harmless(&shown, item, "\t");
        }
    }
}

/// Checks that a feed is XML, and what is in it once it is read.
fn check_feed(shown: &str, feed: &str) {
    let mut reader = Reader::from_str(feed);
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{shown}: {error}: {feed}")) {
            Event::Start(tag) => {
                depth += 1;
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{shown}: {error}: {feed}"));
                    let value = quick_xml::escape::unescape(&attribute.value).expect("known references");
                    assert_harmless(shown, &value, "");
                }
            }
            Event::End(_) => depth -= 1,
            Event::GeneralRef(reference) => {
                let c = reference.resolve_char_ref().expect("a reference");
                assert!(c.is_none_or(|c| !c.is_control()), "{shown}: {c:?}");
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{shown}: {feed}");
}

fn check_messages<'p>(shown: &str, problems: impl IntoIterator<Item = &'p Problem>) {
    for problem in problems {
        let message = problem.to_string();
        assert_harmless(shown, &message, "\n");
        // A value breaks no line of the message: its first line tells of one problem, and the log has no line of ours.
        assert!(message.starts_with("error: ") || message.starts_with("warning: "), "{shown}: {message}");
        assert!(!message.lines().any(|line| line.starts_with("2026-")), "{shown}: {message}");
    }
}

/// Keys of front matter, with each meaning and under each of a few names.
const KEYS: &str = "title date publishdate published updated expirydate tags tag categories description summary excerpt slug \
                    permalink url aliases alias redirect_from redirect_to author authors language lang image cover \
                    image_alt series series_order weight translationkey license id guid gemini gopher draft private \
                    hidden unlisted status visibility list headless unknown taxonomies extra params build";

#[test]
fn values_of_front_matter_are_checked_on_every_wire() {
    let mut options = SiteOptions::standard(&"example.org".parse().expect("a host"));
    options.gopher = Some(gopher().advertised);
    for (name, value) in hostile() {
        let forms = [value.clone(), format!("/{value}"), format!("https://example.com/{value}.html")];
        for key in KEYS.split(' ') {
            let mut written: Vec<String> = forms.iter().map(|form| quoted(form)).collect();
            let plain = quoted(&value);
            written.extend([format!("[{plain}, {plain}]"), format!("{{name: {plain}, tags: [{plain}]}}")]);
            for written in written {
                let date = if key == "date" { "" } else { "date: 2024-05-01\n" };
                let text = format!("---\n{date}{key}: {written}\n---\n\n# Owls\n\nThey call.\n");
                check_essay(&format!("{key}: {name}: {written:.60}"), &text, &options);
            }
            let text = format!("---\n{plain}: owl\n---\n\nThey call.\n");
            check_essay(&format!("a key: {name}"), &text, &options);
        }
    }
}

fn check_essay(shown: &str, text: &str, options: &SiteOptions) {
    let files = [
        ("index.md", "# Home\n\n[Owls](/films/owls.md)\n"),
        ("films/owls.md", text),
        ("films/bats.md", "---\ndate: 2024-05-02\ntags: [a]\n---\n# Bats\n\n[[owls]]\n"),
    ];
    let (capsule, problems) = build(&sources(&files), &build_options(NOW), None);
    check_messages(shown, &problems);
    check_wires(shown, Arc::new(Site::new(Arc::new(capsule), options, None)));
}

/// Settings: the table, and the line in which `VALUE` stands for a value and `WORD` for the value without quotes.
const SETTINGS: &[(&str, &str)] = &[
    ("", "certs = VALUE"),
    ("", "capsules = VALUE"),
    ("", "VALUE = 1"),
    ("", "[VALUE]"),
    ("", "[[VALUE]]"),
    ("capsule", "hostname = VALUE"),
    ("capsule", "aliases = [VALUE]"),
    ("capsule", "title = VALUE"),
    ("capsule", "author = VALUE"),
    ("capsule", "language = VALUE"),
    ("capsule", "web = VALUE"),
    ("capsule", "web = \"https://example.com/WORD\""),
    ("capsule", "icon = VALUE"),
    ("capsule", "icon = \"\\u202e🦉\\u2066\""),
    ("capsule", "icon = \"\\u0085🦉\""),
    ("capsule", "ignore = [VALUE]"),
    ("capsule", "ignore = [\"[WORD\"]"),
    ("capsule", "gone = [VALUE]"),
    ("capsule", "gone = [\"/WORD\", \"/WORD.gmi\"]"),
    ("capsule", "private = [{ path = VALUE }]"),
    ("capsule", "private = [{ path = \"/WORD/\" }]"),
    ("capsule", "private = [{ path = \"/desk/\", fingerprints = [VALUE] }]"),
    ("capsule", "private = [{ VALUE = 1 }]"),
    ("capsule", "poll = VALUE"),
    ("capsule", "recognise = VALUE"),
    ("capsule", "swapped = VALUE"),
    ("capsule", "certificate = VALUE"),
    ("capsule", "key = VALUE"),
    ("capsule", "gopher = { listen = [VALUE] }"),
    ("capsule", "gopher = { listen = [\"127.0.0.1:70\"], hostname = VALUE }"),
    ("capsule", "VALUE = 1"),
    ("gemini", "listen = VALUE"),
    ("gemini", "min_tls = VALUE"),
    ("gopher", "width = VALUE"),
    ("gopher", "hostname = VALUE"),
    ("limits", "write = VALUE"),
    ("limits", "VALUE = 1"),
    ("log", "file = VALUE"),
    ("log", "format = VALUE"),
    ("metrics", "listen = VALUE"),
    ("proxy", "from = VALUE"),
    ("privileges", "user = VALUE"),
    ("pages", "meta = VALUE"),
    ("pages", "back_label = VALUE"),
    ("pages", "mentions_label = VALUE"),
    ("gemtext", "links = VALUE"),
    ("gemtext", "link_markers = VALUE"),
    ("front_matter", "date = VALUE"),
    ("front_matter", "VALUE = \"written\""),
    ("words", "archive = VALUE"),
    ("words", "found = VALUE"),
    ("words", "min_read = VALUE"),
    ("words", "tags = VALUE"),
    ("words", "VALUE = \"owl\""),
    ("redirects", "\"/old\" = VALUE"),
    ("redirects", "\"/old\" = \"/WORD\""),
    ("redirects", "VALUE = \"/\""),
    ("redirects", "\"/WORD\" = \"/owls.gmi\""),
];

#[test]
fn values_of_settings_are_checked_on_every_wire() {
    let folder = scratch_folder();
    let content = folder.path().join("essays");
    for (name, text) in [
        ("index.md", "# Home\n\n[Owls](owls.md)\n"),
        ("owls.md", "---\ndate: 2024-05-01\ntags: [night]\n---\n# Owls\n\nThey call.\n"),
        ("bats.md", "---\ndate: 2024-06-01\n---\n# Bats\n\n[Owls](owls.md)\n"),
        ("desk/letter.md", "# A letter\n"),
    ] {
        let path = content.join(name);
        fs::create_dir_all(path.parent().expect("below it")).expect("writable");
        fs::write(path, text).expect("writable");
    }
    for (name, value) in hostile() {
        let quoted = quoted(&value);
        let word = &quoted[1..quoted.len() - 1];
        for (table, line) in SETTINGS {
            let line = line.replace("VALUE", &quoted).replace("WORD", word);
            let capsule = format!("[[capsule]]\ncontent = {:?}\n", content.display().to_string());
            let text = match *table {
                "" => format!("{line}\n{capsule}"),
                "capsule" => format!("{capsule}{line}\n"),
                table => format!("{capsule}\n[{table}]\n{line}\n"),
            };
            check_config(&format!("[{table}] {name}: {line:.60}"), &text, folder.path(), &content);
            if ["capsule", "pages", "gemtext", "front_matter", "words", "redirects"].contains(table) {
                let header = if *table == "capsule" { String::new() } else { format!("[{table}]\n") };
                check_hosted(&format!("hosted [{table}] {name}: {line:.60}"), &format!("{header}{line}\n"), &content);
            }
        }
    }
}

/// Checks a configuration: that its mistakes are told, or what is served with it.
fn check_config(shown: &str, text: &str, root: &Path, content: &Path) {
    let resolved = File::parse("config.toml", text)
        .and_then(|file| resolve(&Overrides::default(), Some(&file), root, &root.join("certs")));
    match resolved {
        Ok(config) => {
            check_capsules(shown, &config, content);
        }
        Err(mistakes) => check_messages(shown, mistakes.list.iter()),
    }
}

/// The same for the settings of a hosted capsule.
fn check_hosted(shown: &str, text: &str, content: &Path) {
    let file = File::parse("config.toml", "capsules = \"hosted\"\n").expect("a file");
    let config = resolve(&Overrides::default(), Some(&file), content, content).expect("defaults");
    let host = "example.org".parse().expect("a host");
    match config.hosted(&host, content, Some(("capsule.toml", text))) {
        Ok(config) => check_capsules(shown, &config, content),
        Err(mistakes) => check_messages(shown, mistakes.list.iter()),
    }
}

fn check_capsules(shown: &str, config: &Config, content: &Path) {
    for capsule in config.capsules.iter().filter(|capsule| capsule.content == content) {
        let options = PublishOptions::new(config, capsule);
        let (snapshot, _) = CapsuleSnapshot::read(&options, OffsetDateTime::now_utc()).expect("readable");
        check_messages(shown, &snapshot.problems);
        check_wires(shown, snapshot.site);
    }
}

/// P21, C5: what clients ask for, and which capsule answers, is one line of the log in either form.
#[tokio::test(start_paused = true)]
async fn words_of_clients_forge_no_line_of_the_log() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let (context, log) = context_with_log(Limits::STANDARD, None, LineStyle::new(format, LogAddresses::Full));
        let mut asked = 0;
        for (_, value) in hostile() {
            let encoded = percent_encoding::percent_encode(value.as_bytes(), percent_encoding::NON_ALPHANUMERIC);
            let encoded = encoded.to_string();
            for request in [
                format!("gemini://example.org/{encoded:.900}\r\n"),
                format!("gemini://example.org/{value}\r\n"),
                format!("gemini://{value}/\r\n"),
                format!("gemini://example.org/?{value}\r\n"),
                format!("{value}\r\n"),
            ] {
                let (ours, mut theirs) = tokio::io::duplex(16 * 1024);
                theirs.write_all(request.as_bytes()).await.expect("room");
                serve_one(ours, gemini(), Transport::Plain, &context).await;
                let mut reply = String::new();
                theirs.read_to_string(&mut reply).await.expect("an end");
                let (header, rest) = reply.split_once("\r\n").expect("a header");
                assert_harmless(&request, header, "");
                assert_eq!(rest, "", "{request:?}");
                let (ours, mut theirs) = tokio::io::duplex(16 * 1024);
                theirs.write_all(request.trim_start_matches("gemini:/").as_bytes()).await.expect("room");
                serve_one(ours, gopher(), Transport::Plain, &context).await;
                let mut reply = String::new();
                theirs.read_to_string(&mut reply).await.expect("an end");
                assert_harmless(&request, &reply, "\r\n\t");
                asked += 2;
            }
        }
        drop(context);
        let lines = log.lines();
        assert_eq!(lines.len(), asked);
        for line in lines {
            assert!(line.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{line}");
            let read = LogLine::read(&line).unwrap_or_else(|| panic!("{line}"));
            assert_ne!(read.resource.as_deref(), Some("/forged.gmi"), "{line}");
        }
    }
}
