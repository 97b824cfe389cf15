//! A [`Config`] as a file that would give it.

use toml::{Table, Value};

use super::{Config, Listen, LogAddresses, LogFormat};
use crate::render::gemtext::{Emphasis, GemtextOptions, LinkMarkers, LinkPlacement};
use crate::server::Limits;
use crate::site::MetaLine;

impl Config {
    /// The configuration as TOML: what [`File`](super::File) reads, with every setting spelled out.
    pub fn to_toml(&self) -> String {
        let mut root = Table::new();
        root.insert("certs".into(), text(self.certs.to_string_lossy()));
        root.insert("capsule".into(), Value::Array(self.capsules.iter().map(capsule).collect()));

        let mut gemini = Table::new();
        gemini.insert("listen".into(), addresses(&self.gemini.listen));
        optional(&mut gemini, "port", self.gemini.port.map(|port| i64::from(port).into()));
        root.insert("gemini".into(), gemini.into());

        let mut gopher = Table::new();
        gopher.insert("enabled".into(), self.gopher.is_some().into());
        if let Some(on) = &self.gopher {
            gopher.insert("listen".into(), addresses(&on.listen));
            gopher.insert("hostname".into(), text(&on.hostname));
            optional(&mut gopher, "port", on.port.map(|port| i64::from(port).into()));
            gopher.insert("width".into(), number(on.width));
        }
        root.insert("gopher".into(), gopher.into());
        root.insert("limits".into(), limits(&self.limits).into());

        let mut log = Table::new();
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

        root.insert("pages".into(), pages(self).into());
        root.insert("gemtext".into(), gemtext(&self.gemtext).into());
        let own = self.front_matter.iter().map(|(usual, own)| (usual.clone(), text(own)));
        root.insert("front_matter".into(), own.collect::<Table>().into());
        root.to_string()
    }
}

fn capsule(capsule: &super::Capsule) -> Value {
    let mut table = Table::new();
    if let Some((hostname, aliases)) = capsule.hosts.split_first() {
        table.insert("hostname".into(), text(hostname));
        table.insert("aliases".into(), Value::Array(aliases.iter().map(text).collect()));
    }
    table.insert("content".into(), text(capsule.content.to_string_lossy()));
    for (key, value) in [
        ("title", &capsule.title),
        ("author", &capsule.author),
        ("language", &capsule.language),
        ("web", &capsule.web),
        ("icon", &capsule.icon),
    ] {
        optional(&mut table, key, value.as_ref().map(text));
    }
    table.insert("ignore".into(), Value::Array(capsule.ignore.iter().map(text).collect()));
    table.insert("gone".into(), Value::Array(capsule.gone.iter().map(|path| text(path.as_str())).collect()));
    table.into()
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
            content = \"essays \\\"quoted\\\"\"\ntitle = \"Lamps\"\nauthor = \"Ada\"\nlanguage = \"en\"\n\
            [[capsule]]\nhostname = \"c.example\"\ncontent = \"/c\"\n[gemini]\nlisten = \"127.0.0.1:1\"\nport = 2\n\
            [gopher]\nlisten = [\"[::1]:70\"]\nhostname = \"g.example\"\nport = 7\nwidth = 60\n[limits]\nwrite = 5\n\
            [log]\naddresses = \"hashed\"\nformat = \"json\"\n[pages]\nmeta = \"header\"\n\
            back_label = \"Home\"\nshift_headings = true\nsmart = true\n[gemtext]\nemphasis = \"markers\"\n\
            links = \"end\"\nlink_markers = \"number\"\n[front_matter]\ndate = \"when\"\n";
        let off =
            "[[capsule]]\ncontent = \"/c\"\n[gemini]\nlisten = \"127.0.0.1:1\"\n[gopher]\nenabled = false\n";
        for written in [every_setting, off] {
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
