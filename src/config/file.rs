//! [`File`]: exactly what `config.toml` may say.

use std::sync::Arc;
use std::time::Duration;

use toml::de::DeTable;

use super::reader::{At, Reader, Source};
use super::{LogAddresses, LogFormat};
use crate::problem::Problem;
use crate::render::gemtext::{Emphasis, LinkMarkers, LinkPlacement};
use crate::server::tls::Versions;
use crate::site::MetaLine;

/// What a configuration file says. Nothing is filled in yet, and values are not yet checked against each
/// other; every one of them knows where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// The name of the file, for messages.
    pub(super) name: Arc<str>,
    /// Its text, for carets.
    pub(super) text: String,
    pub(super) certs: Option<At<String>>,
    pub(super) capsules: Vec<CapsuleTable>,
    pub(super) gemini: GeminiTable,
    pub(super) gopher: GopherTable,
    pub(super) limits: LimitsTable,
    pub(super) log: LogTable,
    /// `[front_matter]`: pairs of usual key and own key.
    pub(super) front_matter: Vec<(String, String)>,
    pub(super) pages: PagesTable,
    pub(super) gemtext: GemtextTable,
}

/// The keys of essays that `[front_matter]` may rename.
const FRONT_MATTER_KEYS: &[&str] = &[
    "title",
    "date",
    "publishdate",
    "updated",
    "expirydate",
    "draft",
    "published",
    "tags",
    "description",
    "summary",
    "slug",
    "aliases",
    "author",
    "language",
    "image",
    "image_alt",
    "series",
    "series_order",
    "translationkey",
    "license",
    "gemini",
    "gopher",
    "id",
];

/// `[[capsule]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CapsuleTable {
    pub(super) place: std::ops::Range<usize>,
    pub(super) hostname: Option<At<String>>,
    pub(super) aliases: Vec<At<String>>,
    pub(super) content: Option<At<String>>,
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    pub(super) language: Option<String>,
    pub(super) web: Option<At<String>>,
    pub(super) icon: Option<At<String>>,
    pub(super) ignore: Vec<At<String>>,
    pub(super) gone: Vec<At<String>>,
    pub(super) certificate: Option<At<String>>,
    pub(super) key: Option<At<String>>,
    pub(super) gopher: Option<HoleTable>,
    pub(super) private: Vec<PrivateTable>,
}

/// `[[capsule.private]]`: a folder that only some readers get.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PrivateTable {
    pub(super) place: std::ops::Range<usize>,
    pub(super) path: Option<At<String>>,
    pub(super) fingerprints: Vec<At<String>>,
    pub(super) drafts: Option<bool>,
}

/// `[capsule.gopher]`: the Gopher hole of one capsule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HoleTable {
    pub(super) listen: Option<Vec<At<String>>>,
    pub(super) hostname: Option<At<String>>,
    pub(super) port: Option<u16>,
    pub(super) tls: Option<bool>,
}

/// `[gemini]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GeminiTable {
    pub(super) listen: Option<Vec<At<String>>>,
    pub(super) port: Option<u16>,
    pub(super) check_port: Option<bool>,
    pub(super) min_tls: Option<Versions>,
}

/// `[gopher]`: the hole of the first capsule, and what holds for all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GopherTable {
    pub(super) enabled: Option<bool>,
    pub(super) hole: HoleTable,
    pub(super) width: Option<usize>,
}

/// `[limits]`; times in seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LimitsTable {
    pub(super) connections: Option<usize>,
    pub(super) per_address: Option<usize>,
    pub(super) handshake: Option<Duration>,
    pub(super) request: Option<Duration>,
    pub(super) write: Option<Duration>,
    pub(super) linger: Option<Duration>,
    pub(super) grace: Option<Duration>,
}

/// `[log]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LogTable {
    pub(super) addresses: Option<LogAddresses>,
    pub(super) format: Option<LogFormat>,
}

/// `[pages]`: what readers of both forms see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PagesTable {
    pub(super) meta: Option<MetaLine>,
    pub(super) back_label: Option<String>,
    pub(super) mentions_label: Option<String>,
    pub(super) shift_headings: Option<bool>,
    pub(super) smart: Option<bool>,
}

/// `[gemtext]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GemtextTable {
    pub(super) emphasis: Option<Emphasis>,
    pub(super) links: Option<LinkPlacement>,
    pub(super) link_markers: Option<LinkMarkers>,
}

impl File {
    /// Reads the text of a configuration file; `name` is what its owner calls it.
    ///
    /// # Errors
    ///
    /// Every unknown key and every value of a wrong kind, all at once; or the place where it stops being
    /// TOML.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut source = Source { name: name.into(), text, problems: Vec::new() };
        let root = match DeTable::parse(text) {
            Ok(root) => root,
            Err(error) => {
                let what = format!("this is not TOML: {}", error.message().trim());
                source.error(error.span().unwrap_or(0..0), what, None);
                return Err(source.problems);
            }
        };
        let file = read(root.get_ref(), &mut source);
        if source.problems.is_empty() { Ok(file) } else { Err(source.problems) }
    }
}

fn read(root: &DeTable<'_>, source: &mut Source<'_>) -> File {
    let mut reader = Reader::new(root, "");
    let file = File {
        name: source.name.clone(),
        text: source.text.to_owned(),
        certs: reader.string(source, "certs"),
        capsules: reader
            .tables(source, "capsule")
            .into_iter()
            .map(|(table, place)| capsule(table, place, source))
            .collect(),
        gemini: reader.table(source, "gemini").map(|table| gemini(table, source)).unwrap_or_default(),
        gopher: reader.table(source, "gopher").map(|table| gopher(table, source)).unwrap_or_default(),
        limits: reader.table(source, "limits").map(|table| limits(table, source)).unwrap_or_default(),
        log: reader.table(source, "log").map(|table| log(table, source)).unwrap_or_default(),
        front_matter: reader
            .table(source, "front_matter")
            .map(|table| front_matter(table, source))
            .unwrap_or_default(),
        pages: reader.table(source, "pages").map(|table| pages(table, source)).unwrap_or_default(),
        gemtext: reader.table(source, "gemtext").map(|table| gemtext(table, source)).unwrap_or_default(),
    };
    reader.finish(source);
    file
}

fn capsule(table: &DeTable<'_>, place: std::ops::Range<usize>, source: &mut Source<'_>) -> CapsuleTable {
    let mut reader = Reader::new(table, "[[capsule]]");
    let capsule = CapsuleTable {
        place,
        hostname: reader.string(source, "hostname"),
        aliases: reader.strings(source, "aliases").unwrap_or_default(),
        content: reader.string(source, "content"),
        title: reader.string(source, "title").map(|(title, _)| title),
        author: reader.string(source, "author").map(|(author, _)| author),
        language: reader.string(source, "language").map(|(language, _)| language),
        certificate: reader.string(source, "certificate"),
        key: reader.string(source, "key"),
        gopher: reader.table(source, "gopher").map(|table| capsule_gopher(table, source)),
        web: reader.string(source, "web"),
        icon: reader.string(source, "icon"),
        ignore: reader.strings(source, "ignore").unwrap_or_default(),
        gone: reader.strings(source, "gone").unwrap_or_default(),
        private: reader
            .tables(source, "private")
            .into_iter()
            .map(|(table, place)| private(table, place, source))
            .collect(),
    };
    reader.finish(source);
    capsule
}

fn private(table: &DeTable<'_>, place: std::ops::Range<usize>, source: &mut Source<'_>) -> PrivateTable {
    let mut reader = Reader::new(table, "[[capsule.private]]");
    let private = PrivateTable {
        place,
        path: reader.string(source, "path"),
        fingerprints: reader.strings(source, "fingerprints").unwrap_or_default(),
        drafts: reader.boolean(source, "drafts"),
    };
    reader.finish(source);
    private
}

fn capsule_gopher(table: &DeTable<'_>, source: &mut Source<'_>) -> HoleTable {
    let mut reader = Reader::new(table, "[capsule.gopher]");
    let hole = hole(&mut reader, source);
    reader.finish(source);
    hole
}

fn hole(reader: &mut Reader<'_, '_>, source: &mut Source<'_>) -> HoleTable {
    HoleTable {
        listen: reader.strings(source, "listen"),
        hostname: reader.string(source, "hostname"),
        port: port(reader, source),
        tls: reader.boolean(source, "tls"),
    }
}

fn gemini(table: &DeTable<'_>, source: &mut Source<'_>) -> GeminiTable {
    let mut reader = Reader::new(table, "[gemini]");
    let versions = [("1.2", Versions::From12), ("1.3", Versions::Only13)];
    let gemini = GeminiTable {
        listen: reader.strings(source, "listen"),
        port: port(&mut reader, source),
        check_port: reader.boolean(source, "check_port"),
        min_tls: reader.choice(source, "min_tls", &versions),
    };
    reader.finish(source);
    gemini
}

fn gopher(table: &DeTable<'_>, source: &mut Source<'_>) -> GopherTable {
    let mut reader = Reader::new(table, "[gopher]");
    let gopher = GopherTable {
        enabled: reader.boolean(source, "enabled"),
        hole: hole(&mut reader, source),
        width: reader.integer(source, "width", 40..=200).and_then(|width| usize::try_from(width).ok()),
    };
    reader.finish(source);
    gopher
}

fn port(reader: &mut Reader<'_, '_>, source: &mut Source<'_>) -> Option<u16> {
    reader.integer(source, "port", 1..=65535).and_then(|port| u16::try_from(port).ok())
}

fn limits(table: &DeTable<'_>, source: &mut Source<'_>) -> LimitsTable {
    let mut reader = Reader::new(table, "[limits]");
    let limits = LimitsTable {
        connections: count(&mut reader, source, "connections"),
        per_address: count(&mut reader, source, "per_address"),
        handshake: seconds(&mut reader, source, "handshake"),
        request: seconds(&mut reader, source, "request"),
        write: seconds(&mut reader, source, "write"),
        linger: seconds(&mut reader, source, "linger"),
        grace: seconds(&mut reader, source, "grace"),
    };
    reader.finish(source);
    limits
}

/// A number of connections, up to what descriptors a system can give.
fn count(reader: &mut Reader<'_, '_>, source: &mut Source<'_>, key: &'static str) -> Option<usize> {
    reader.integer(source, key, 1..=1_000_000).and_then(|count| usize::try_from(count).ok())
}

/// A time, up to an hour: a deadline that never comes is none.
fn seconds(reader: &mut Reader<'_, '_>, source: &mut Source<'_>, key: &'static str) -> Option<Duration> {
    reader.integer(source, key, 1..=3_600).map(Duration::from_secs)
}

fn log(table: &DeTable<'_>, source: &mut Source<'_>) -> LogTable {
    let mut reader = Reader::new(table, "[log]");
    let addresses =
        [("off", LogAddresses::Off), ("hashed", LogAddresses::Hashed), ("full", LogAddresses::Full)];
    let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let log = LogTable {
        addresses: reader.choice(source, "addresses", &addresses),
        format: reader.choice(source, "format", &formats),
    };
    reader.finish(source);
    log
}

fn front_matter(table: &DeTable<'_>, source: &mut Source<'_>) -> Vec<(String, String)> {
    let mut reader = Reader::new(table, "[front_matter]");
    let keys = FRONT_MATTER_KEYS
        .iter()
        .filter_map(|usual| reader.string(source, usual).map(|(own, _)| ((*usual).to_owned(), own)))
        .collect();
    reader.finish(source);
    keys
}

fn pages(table: &DeTable<'_>, source: &mut Source<'_>) -> PagesTable {
    let mut reader = Reader::new(table, "[pages]");
    let places = [("footer", MetaLine::Footer), ("header", MetaLine::Header), ("none", MetaLine::None)];
    let pages = PagesTable {
        meta: reader.choice(source, "meta", &places),
        back_label: reader.string(source, "back_label").map(|(label, _)| label),
        mentions_label: reader.string(source, "mentions_label").map(|(label, _)| label),
        shift_headings: reader.boolean(source, "shift_headings"),
        smart: reader.boolean(source, "smart"),
    };
    reader.finish(source);
    pages
}

fn gemtext(table: &DeTable<'_>, source: &mut Source<'_>) -> GemtextTable {
    let mut reader = Reader::new(table, "[gemtext]");
    let emphasis = [("plain", Emphasis::Plain), ("markers", Emphasis::Markers)];
    let links = [
        ("block", LinkPlacement::Block),
        ("section", LinkPlacement::Section),
        ("end", LinkPlacement::End),
        ("off", LinkPlacement::Off),
    ];
    let markers = [("none", LinkMarkers::None), ("number", LinkMarkers::Number)];
    let gemtext = GemtextTable {
        emphasis: reader.choice(source, "emphasis", &emphasis),
        links: reader.choice(source, "links", &links),
        link_markers: reader.choice(source, "link_markers", &markers),
    };
    reader.finish(source);
    gemtext
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Limits;

    fn check(text: &str, expected: &[&str]) {
        let problems = File::parse("config.toml", text).map(|_| ()).err().unwrap_or_default();
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn an_empty_file_is_a_configuration() {
        check("", &[]);
        check("# nothing\n", &[]);
    }

    #[test]
    fn unknown_keys_are_named_with_line_caret_and_the_nearest_valid_one() {
        check(
            "[[capsule]]\nhostnam = \"example.org\"\n",
            &["error: unknown key `hostnam` in `[[capsule]]`\n  --> config.toml:2:1\n   |\n 2 | hostnam = \
               \"example.org\"\n   | ^^^^^^^\nhint: did you mean `hostname`?"],
        );
        check(
            "[gopher]\nprot = 70\n",
            &["error: unknown key `prot` in `[gopher]`\n  --> config.toml:2:1\n   |\n 2 | prot = 70\n   | \
               ^^^^\nhint: did you mean `port`?"],
        );
        check(
            "[log]\nzebra = 1\n",
            &["error: unknown key `zebra` in `[log]`\n  --> config.toml:2:1\n   |\n 2 | zebra = 1\n   | \
               ^^^^^\nhint: the keys here are `addresses`, `format`"],
        );
    }

    /// The `config.toml` of the repository is what people copy from: all it shows must be true.
    #[test]
    fn every_key_that_the_sample_shows_can_be_used() {
        let sample = include_str!("../../config.toml");
        check(sample, &[]);
        let shown: Vec<&str> = sample.lines().map(|line| uncommented(line).unwrap_or(line)).collect();
        assert!(shown.len() > 20 && shown != sample.lines().collect::<Vec<_>>());
        let shown = shown.join("\n");
        check(&shown, &[]);

        let file = File::parse("config.toml", &shown).expect("a configuration");
        let Limits { connections, per_address, handshake, request, write_stall, linger, grace, .. } =
            Limits::STANDARD;
        let standard = LimitsTable {
            connections: Some(connections),
            per_address: Some(per_address),
            handshake: Some(handshake),
            request: Some(request),
            write: Some(write_stall),
            linger: Some(linger),
            grace: Some(grace),
        };
        assert_eq!(file.limits, standard, "the sample shows the defaults");
    }

    /// `# key = value` without its comment sign.
    fn uncommented(line: &str) -> Option<&str> {
        let setting = line.strip_prefix("# ")?;
        let (key, _) = setting.split_once(" = ")?;
        key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then_some(setting)
    }

    #[test]
    fn essays_may_use_keys_of_their_own() {
        let text = "[front_matter]\ndate = \"published_at\"\n";
        let file = File::parse("config.toml", text).expect("a configuration");
        assert_eq!(file.front_matter, [("date".to_owned(), "published_at".to_owned())]);
        check(
            "[front_matter]\ndaet = \"when\"\n",
            &["error: unknown key `daet` in `[front_matter]`\n  --> config.toml:2:1\n   |\n 2 | daet = \
               \"when\"\n   | ^^^^\nhint: did you mean `date`?"],
        );
    }

    #[test]
    fn addresses_patterns_and_icons_are_checked_where_they_stand() {
        let text = "[[capsule]]\ncontent = \"x\"\nweb = \"example.org\"\nicon = \"ab\"\nignore = [\"ok/\", \"a[\"]\n\
                    gone = [\"/ok.gmi\", \"old.gmi\", \"/\"]\n";
        let file = File::parse("config.toml", text).expect("TOML");
        let base = std::path::Path::new("");
        let problems = super::super::resolve(&super::super::Overrides::default(), Some(&file), base, base);
        let said: Vec<String> = problems.expect_err("mistakes").iter().map(ToString::to_string).collect();
        for (part, line) in
            [("`example.org`", 3), ("`ab`", 4), ("no pattern", 5), ("`old.gmi`", 6), ("`/` is not", 6)]
        {
            let place = format!("config.toml:{line}:");
            let found = said.iter().any(|said| said.contains(part) && said.contains(&place));
            assert!(found, "{part}: {said:?}");
        }
        assert_eq!(said.len(), 5, "{said:?}");
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let text = "capsle = 1\n[gopher]\nwidth = 3\nenabled = \"no\"\n[log]\nformat = \"xml\"\n";
        let problems = File::parse("config.toml", text).expect_err("four mistakes");
        let what: Vec<&str> = problems.iter().map(|problem| problem.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "`enabled` must be `true` or `false`",
                "`width` must be a whole number from 40 to 200",
                "`format` must be one of `\"text\"`, `\"json\"`",
                "unknown key `capsle`",
            ]
        );
    }

    #[test]
    fn what_is_no_toml_is_shown_where_it_stops_being_it() {
        let problems = File::parse("config.toml", "[gopher\nport = 70\n").expect_err("no TOML");
        let shown = problems[0].to_string();
        assert!(shown.contains("config.toml:1:") && shown.contains("not TOML"), "{shown}");
    }
}
