//! A [`Config`] as a file that would give it.

use toml::{Table, Value};

use super::{Config, Gopher, Listen, LogAddresses, LogFormat, Private, Privileges};
use crate::identity::KeyStore;
use crate::privileges::SandboxMode;
use crate::render::gemtext::{Emphasis, GemtextOptions, LinkMarkers, LinkPlacement};
use crate::server::Limits;
use crate::server::tls::TlsVersions;
use crate::site::MetaLine;

impl Config {
    /// The configuration as TOML: what [`File`](super::File) reads, with every setting spelled out.
    pub fn to_toml(&self) -> String {
        self.to_table().to_string()
    }

    /// The same as a value, for other forms.
    pub fn to_table(&self) -> Table {
        let mut root = Table::new();
        root.insert("certs".into(), text(self.certs.to_string_lossy()));
        let hosted = self.hosting.folder.as_ref().map(|folder| text(folder.to_string_lossy()));
        optional(&mut root, "capsules", hosted);
        root.insert("ephemeral_keys".into(), self.ephemeral_keys.into());
        let capsules = self.capsules.iter().enumerate().map(|(index, written)| capsule(written, index == 0));
        root.insert("capsule".into(), Value::Array(capsules.collect()));

        let mut gemini = Table::new();
        gemini.insert("listen".into(), addresses(&self.gemini.listen));
        optional(&mut gemini, "port", self.gemini.port.map(|port| i64::from(port).into()));
        gemini.insert("check_port".into(), self.gemini.check_port.into());
        let min_tls = match self.gemini.versions {
            TlsVersions::From12 => "1.2",
            TlsVersions::Only13 => "1.3",
        };
        gemini.insert("min_tls".into(), text(min_tls));
        root.insert("gemini".into(), gemini.into());

        let first = self.capsules.first().and_then(|capsule| capsule.gopher.as_ref());
        let mut gopher = first.map(hole).unwrap_or_default();
        gopher.insert("enabled".into(), first.is_some().into());
        optional(&mut gopher, "width", first.map(|gopher| number(gopher.width)));
        root.insert("gopher".into(), gopher.into());
        let mut limits = limits(&self.limits);
        limits.insert("memory".into(), number(self.hosting.memory / 1_000_000));
        root.insert("limits".into(), limits.into());

        let mut log = Table::new();
        optional(&mut log, "file", self.log.file.as_ref().map(|file| text(file.to_string_lossy())));
        let addresses = match self.log.addresses {
            LogAddresses::Off => "off",
            LogAddresses::Hashed => "hashed",
            LogAddresses::Full => "full",
        };
        let format = match self.log.format {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        };
        log.insert("addresses".into(), text(addresses));
        log.insert("format".into(), text(format));
        root.insert("log".into(), log.into());

        let metrics = self.metrics.iter().map(|address| text(address.to_string())).collect();
        root.insert(
            "metrics".into(),
            Table::from_iter([("listen".to_owned(), Value::Array(metrics))]).into(),
        );
        root.insert("privileges".into(), privileges(&self.privileges).into());
        let proxies = self.proxies.networks().iter().map(|network| text(network.to_string())).collect();
        root.insert("proxy".into(), Table::from_iter([("from".to_owned(), Value::Array(proxies))]).into());
        root.insert("pages".into(), pages(self).into());
        root.insert("gemtext".into(), gemtext(&self.gemtext).into());
        let own = self.front_matter.iter().map(|(usual, own)| (usual.clone(), text(own)));
        root.insert("front_matter".into(), own.collect::<Table>().into());
        root
    }
}

/// A capsule; the hole of the first one is shown as `[gopher]`.
fn capsule(capsule: &super::Capsule, first: bool) -> Value {
    let mut table = Table::new();
    if let Some((hostname, aliases)) = capsule.hosts.split_first() {
        table.insert("hostname".into(), text(hostname));
        table.insert("aliases".into(), Value::Array(aliases.iter().map(text).collect()));
    }
    table.insert("content".into(), text(capsule.content.to_string_lossy()));
    table.insert("swapped".into(), capsule.swapped.into());
    for (key, value) in [
        ("title", &capsule.title),
        ("author", &capsule.author),
        ("language", &capsule.language),
        ("web", &capsule.web),
        ("icon", &capsule.icon),
    ] {
        optional(&mut table, key, value.as_ref().map(text));
    }
    if let KeyStore::External { certificate, key } = &capsule.key_store {
        table.insert("certificate".into(), text(certificate.to_string_lossy()));
        table.insert("key".into(), text(key.to_string_lossy()));
    }
    let own = capsule.gopher.as_ref().filter(|_| !first);
    optional(&mut table, "gopher", own.map(|gopher| hole(gopher).into()));
    table.insert("ignore".into(), Value::Array(capsule.ignore.iter().map(text).collect()));
    table.insert("gone".into(), Value::Array(capsule.gone.iter().map(|path| text(path.as_str())).collect()));
    table.insert("private".into(), Value::Array(capsule.private.iter().map(private).collect()));
    table.into()
}

fn hole(gopher: &Gopher) -> Table {
    let mut table = Table::new();
    table.insert("listen".into(), addresses(&gopher.listen));
    table.insert("hostname".into(), text(&gopher.hostname));
    optional(&mut table, "port", gopher.port.map(|port| i64::from(port).into()));
    table.insert("tls".into(), gopher.tls.into());
    table
}

fn private(private: &Private) -> Value {
    let readers = private.readers.iter().map(|reader| text(format!("SHA256:{reader}")));
    Value::Table(Table::from_iter([
        ("path".to_owned(), text(private.area.path.to_url())),
        ("fingerprints".to_owned(), Value::Array(readers.collect())),
        ("drafts".to_owned(), private.area.drafts.into()),
    ]))
}

fn limits(limits: &Limits) -> Table {
    let counts = [("connections", limits.connections), ("per_address", limits.per_address)];
    let times = [
        ("handshake", limits.handshake),
        ("request", limits.request),
        ("write", limits.write_stall),
        ("linger", limits.linger),
        ("grace", limits.grace),
    ];
    let counts = counts.map(|(key, count)| (key.to_owned(), number(count)));
    let times = times.map(|(key, time)| (key.to_owned(), number(time.as_secs())));
    counts.into_iter().chain(times).collect()
}

fn privileges(privileges: &Privileges) -> Table {
    let sandbox = match privileges.sandbox {
        SandboxMode::BestEffort => "best-effort",
        SandboxMode::Require => "require",
        SandboxMode::Off => "off",
    };
    let mut table = Table::from_iter([("sandbox".to_owned(), text(sandbox))]);
    optional(&mut table, "user", privileges.user.as_ref().map(text));
    table
}

fn pages(config: &Config) -> Table {
    let meta = match config.pages.meta {
        MetaLine::Footer => "footer",
        MetaLine::Header => "header",
        MetaLine::None => "none",
    };
    Table::from_iter([
        ("meta".to_owned(), text(meta)),
        ("back_label".to_owned(), text(&config.pages.back_label)),
        ("mentions_label".to_owned(), text(&config.pages.mentions_label)),
        ("shift_headings".to_owned(), config.pages.shift_headings.into()),
        ("smart".to_owned(), config.markdown.smart_punctuation.into()),
    ])
}

fn gemtext(options: &GemtextOptions) -> Table {
    let emphasis = match options.emphasis {
        Emphasis::Plain => "plain",
        Emphasis::Markers => "markers",
    };
    let links = match options.links {
        LinkPlacement::Block => "block",
        LinkPlacement::Section => "section",
        LinkPlacement::End => "end",
        LinkPlacement::Off => "off",
    };
    let markers = match options.link_markers {
        LinkMarkers::None => "none",
        LinkMarkers::Number => "number",
    };
    let choices = [("emphasis", emphasis), ("links", links), ("link_markers", markers)];
    choices.into_iter().map(|(key, choice)| (key.to_owned(), text(choice))).collect()
}

fn addresses(listen: &Listen) -> Value {
    Value::Array(listen.addresses.iter().map(|address| text(address.to_string())).collect())
}

fn text(text: impl AsRef<str>) -> Value {
    Value::String(text.as_ref().to_owned())
}

fn number(number: impl TryInto<i64>) -> Value {
    Value::Integer(number.try_into().unwrap_or(i64::MAX))
}

fn optional(table: &mut Table, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        table.insert(key.into(), value);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{File, Overrides, resolve};

    #[test]
    fn what_is_shown_can_be_read_back() {
        let every_setting = "certs = \"keys\"\n[[capsule]]\nhostname = \"a.example\"\naliases = [\"b.example\"]\n\
            content = \"essays \\\"quoted\\\"\"\nswapped = true\ntitle = \"Lamps\"\nauthor = \"Ada\"\nlanguage = \"en\"\n\
            [[capsule.private]]\npath = \"/my%20desk/\"\ndrafts = true\n\
            fingerprints = [\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]\n\
            [[capsule]]\nhostname = \"c.example\"\ncontent = \"/c\"\ncertificate = \"/c.pem\"\nkey = \"/k.pem\"\n\
            gopher = { listen = \"[::1]:71\", port = 8 }\n\
            [gemini]\nlisten = \"127.0.0.1:1\"\nport = 2\ncheck_port = false\nmin_tls = \"1.3\"\n\
            [gopher]\nlisten = [\"[::1]:70\"]\nhostname = \"g.example\"\nport = 7\ntls = true\nwidth = 60\n[limits]\nwrite = 5\n\
            [log]\nfile = \"/log\"\naddresses = \"hashed\"\nformat = \"json\"\n[metrics]\nlisten = \"127.0.0.1:9965\"\n[privileges]\nsandbox = \"require\"\nuser = \"lamp\"\n[proxy]\nfrom = [\"10.0.0.1\", \"2001:db8::/32\"]\n[pages]\nmeta = \"header\"\n\
            back_label = \"Home\"\nshift_headings = true\nsmart = true\n[gemtext]\nemphasis = \"markers\"\n\
            links = \"end\"\nlink_markers = \"number\"\n[front_matter]\ndate = \"when\"\n";
        let off =
            "[[capsule]]\ncontent = \"/c\"\n[gemini]\nlisten = \"127.0.0.1:1\"\n[gopher]\nenabled = false\n";
        let hosting = "capsules = \"/hosted\"\n[gemini]\nlisten = \"127.0.0.1:1\"\n[limits]\nmemory = 128\n";
        for written in [every_setting, off, hosting] {
            let read = |text: &str| {
                let file = File::parse("config.toml", text).expect("a file");
                resolve(&Overrides::default(), Some(&file), Path::new("/etc"), Path::new("/state"))
                    .expect("a configuration")
            };
            let config = read(written);
            assert_eq!(read(&config.to_toml()), config, "{}", config.to_toml());
        }
    }
}
