//! [`File`]: exactly what `config.toml` may say.

mod capsule;
mod hosted;
mod pages;
mod service;

use std::sync::Arc;

use toml::de::DeTable;

use super::reader::{Asked, At, Reader, Source};
use crate::problem::Problems;

pub(super) use capsule::{CapsuleTable, HoleTable, PrivateTable};
pub(super) use pages::{GemtextTable, PagesTable};
pub(super) use service::{
    GeminiTable, GopherTable, LimitsTable, LogTable, MetricsTable, PrivilegesTable, ProxyTable,
};

/// What a configuration file says. Nothing is filled in yet, and values are not yet checked against each
/// other; every one of them knows where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// The name of the file, for messages.
    pub(super) name: Arc<str>,
    /// Its text, for carets.
    pub(super) text: String,
    pub(super) certs: Option<At<String>>,
    /// `capsules`: the folder of hosted capsules.
    pub(super) hosted: Option<At<String>>,
    pub(super) ephemeral_keys: Option<bool>,
    pub(super) capsules: Vec<CapsuleTable>,
    pub(super) gemini: GeminiTable,
    pub(super) gopher: GopherTable,
    pub(super) limits: LimitsTable,
    pub(super) log: LogTable,
    pub(super) metrics: MetricsTable,
    pub(super) privileges: PrivilegesTable,
    pub(super) proxy: ProxyTable,
    /// `[front_matter]`: pairs of usual key and own key.
    pub(super) front_matter: Vec<(String, String)>,
    pub(super) pages: PagesTable,
    pub(super) gemtext: GemtextTable,
}

impl File {
    /// Whether it names a user for the process.
    pub fn names_a_user(&self) -> bool {
        self.privileges.user.is_some()
    }

    /// Reads the text of a configuration file; `name` is what its owner calls it.
    ///
    /// # Errors
    ///
    /// Every unknown key and every value of a wrong kind, all at once; or the place where it stops being
    /// TOML.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        Self::parse_as(read, name, text)
    }

    /// Reads the text of the settings of a hosted capsule, which are a part of what a configuration may say: about
    /// one capsule, and how its pages look.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`], and keys that are for whoever runs the server.
    pub(super) fn parse_hosted(name: &str, text: &str) -> Result<Self, Problems> {
        Self::parse_as(hosted::read, name, text)
    }

    fn parse_as(
        read: fn(&DeTable<'_>, &mut Source<'_>) -> Self,
        name: &str,
        text: &str,
    ) -> Result<Self, Problems> {
        let mut source = Source::new(name, text);
        let file = match DeTable::parse(text) {
            Ok(root) => read(root.get_ref(), &mut source),
            Err(error) => {
                let what = format!("this is not TOML: {}", error.message().trim().replace('\n', ", "));
                source.error(error.span().unwrap_or(0..0), what, None);
                Self::default()
            }
        };
        Problems::refuse(source.problems)?;
        Ok(file)
    }
}

/// The keys that a file may say, in the tables that `text` has.
pub(super) fn asked(text: &str) -> Vec<Asked> {
    let mut source = Source::new("", text);
    if let Ok(root) = DeTable::parse(text) {
        read(root.get_ref(), &mut source);
    }
    source.asked
}

fn read(root: &DeTable<'_>, source: &mut Source<'_>) -> File {
    let mut reader = Reader::new(root, "");
    let file = File {
        certs: reader.string(source, "certs"),
        hosted: reader.string(source, "capsules"),
        ephemeral_keys: reader.boolean(source, "ephemeral_keys"),
        capsules: reader
            .tables(source, "capsule")
            .into_iter()
            .map(|(table, place)| capsule::capsule(table, place, source))
            .collect(),
        gemini: table(&mut reader, source, "gemini", service::gemini),
        gopher: table(&mut reader, source, "gopher", service::gopher),
        limits: table(&mut reader, source, "limits", service::limits),
        log: table(&mut reader, source, "log", service::log),
        metrics: table(&mut reader, source, "metrics", service::metrics),
        privileges: table(&mut reader, source, "privileges", service::privileges),
        proxy: table(&mut reader, source, "proxy", service::proxy),
        ..looks(&mut reader, source)
    };
    reader.finish(source);
    file
}

/// What a file says of how essays are read and pages look.
fn looks(reader: &mut Reader<'_, '_>, source: &mut Source<'_>) -> File {
    File {
        name: source.name.clone(),
        text: source.text.to_owned(),
        front_matter: table(reader, source, "front_matter", pages::front_matter),
        pages: table(reader, source, "pages", pages::pages),
        gemtext: table(reader, source, "gemtext", pages::gemtext),
        ..File::default()
    }
}

/// The table `key` as `read` reads it; without it, what it says by saying nothing.
fn table<T: Default>(
    reader: &mut Reader<'_, '_>,
    source: &mut Source<'_>,
    key: &'static str,
    read: fn(&DeTable<'_>, &mut Source<'_>) -> T,
) -> T {
    reader.table(source, key).map(|table| read(table, source)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Limits;

    fn check(text: &str, expected: &[&str]) {
        let problems =
            File::parse("config.toml", text).map_or_else(|problems| problems.to_vec(), |_| Vec::new());
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
               ^^^^^\nhint: the keys here are `file`, `addresses`, `format`"],
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
            memory: Some(64),
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
