//! Flags, environment, file and defaults become a [`Config`].

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::file::{CapsuleTable, GemtextTable, LimitsTable, PagesTable};
use super::reader::At;
use super::{Capsule, Config, File, GEMINI_PORT, GOPHER_PORT, Gemini, Gopher, Listen, Log, Overrides};
use crate::capsule::CapsulePath;
use crate::disk;
use crate::markup::markdown::MarkdownOptions;
use crate::problem::Problem;
use crate::render::gemtext::GemtextOptions;
use crate::server::Limits;
use crate::site::PageOptions;

/// The width of Gopher text: what most of its authors wrap at, and what no server or client truncates.
const WIDTH: usize = 67;

/// The configuration that `overrides` (flags before environment) and `file` come to.
///
/// `base` is the folder that relative paths in the file start from; `state` is where keys are kept when
/// nobody says otherwise.
///
/// # Errors
///
/// Everything that is wrong, all at once.
pub fn resolve(
    overrides: &Overrides,
    file: Option<&File>,
    base: &Path,
    state: &Path,
) -> Result<Config, Vec<Problem>> {
    let nothing = File::default();
    let mut resolver = Resolver { file: file.unwrap_or(&nothing), base, problems: Vec::new() };
    let config = resolver.config(overrides, state);
    if resolver.problems.is_empty() { Ok(config) } else { Err(resolver.problems) }
}

struct Resolver<'f> {
    file: &'f File,
    base: &'f Path,
    problems: Vec<Problem>,
}

impl Resolver<'_> {
    fn config(&mut self, overrides: &Overrides, state: &Path) -> Config {
        let capsules = self.capsules(overrides);
        let first =
            capsules.first().map_or_else(|| "localhost".to_owned(), |capsule| capsule.hosts[0].clone());
        let local = capsules.iter().flat_map(|capsule| &capsule.hosts).all(|host| is_local(host));
        let file = self.file;
        let certs = overrides
            .certs
            .clone()
            .or_else(|| file.certs.as_ref().map(|(certs, _)| self.base.join(certs)))
            .unwrap_or_else(|| state.to_owned());
        for capsule in &capsules {
            if lies_within(&certs, &capsule.content) {
                self.problems.push(
                    Problem::error(format!(
                        "the keys would lie in `{}`, inside the content folder",
                        certs.display()
                    ))
                    .hint("choose another folder with `--certs DIR` or the key `certs`"),
                );
            }
        }
        Config {
            gemini: Gemini {
                listen: self.listen(&overrides.gemini, file.gemini.listen.as_ref(), GEMINI_PORT, local),
                port: file.gemini.port,
            },
            gopher: self.gopher(overrides, first, local),
            limits: limits(&file.limits),
            log: Log {
                addresses: file.log.addresses.unwrap_or_default(),
                format: file.log.format.unwrap_or_default(),
            },
            front_matter: file.front_matter.clone(),
            markdown: markdown(&file.pages),
            pages: pages(&file.pages),
            gemtext: gemtext(&file.gemtext),
            capsules,
            certs,
        }
    }

    fn gopher(&mut self, overrides: &Overrides, first: String, local: bool) -> Option<Gopher> {
        let table = &self.file.gopher;
        let off = match overrides.gopher.as_slice() {
            [] => table.enabled == Some(false),
            [only] => only == "off",
            _ => false,
        };
        if off {
            return None;
        }
        let hostname = match &table.hostname {
            Some((name, place)) => self.host(name, Some(place.clone())).unwrap_or_default(),
            None => first,
        };
        Some(Gopher {
            listen: self.listen(&overrides.gopher, table.listen.as_ref(), GOPHER_PORT, local),
            hostname,
            port: table.port,
            width: table.width.unwrap_or(WIDTH),
        })
    }

    fn capsules(&mut self, overrides: &Overrides) -> Vec<Capsule> {
        // A folder named on the command line is served alone: the file's capsules are other ones.
        if let Some(content) = &overrides.content {
            let name = overrides.hostname.as_deref().unwrap_or("localhost");
            let hosts = self.host(name, None).into_iter().collect::<Vec<_>>();
            let template = self.file.capsules.first().filter(|_| self.file.capsules.len() == 1);
            return (!hosts.is_empty())
                .then(|| Capsule {
                    hosts,
                    content: content.clone(),
                    title: None,
                    author: template.and_then(|capsule| capsule.author.clone()),
                    language: template.and_then(|capsule| capsule.language.clone()),
                    web: None,
                    icon: None,
                    ignore: Vec::new(),
                    gone: Vec::new(),
                })
                .into_iter()
                .collect();
        }
        let file = self.file;
        if file.capsules.is_empty() {
            self.problems.push(Problem::error("there is nothing to serve").hint(
                "name a folder of essays, as in `lamplit serve ~/essays`, or write a `[[capsule]]` into \
                 config.toml",
            ));
        }
        let mut capsules: Vec<Capsule> = Vec::new();
        let mut owners: HashMap<String, usize> = HashMap::new();
        for (index, table) in file.capsules.iter().enumerate() {
            let Some(capsule) = self.capsule(table, index, overrides) else { continue };
            for host in &capsule.hosts {
                if owners.insert(host.clone(), index).is_some_and(|owner| owner != index) {
                    self.error(
                        table.place.clone(),
                        format!("`{host}` is the name of another capsule already"),
                    );
                }
            }
            capsules.push(capsule);
        }
        capsules
    }

    fn capsule(&mut self, table: &CapsuleTable, index: usize, overrides: &Overrides) -> Option<Capsule> {
        let override_name = overrides.hostname.as_ref().filter(|_| index == 0);
        let name = match (override_name, &table.hostname) {
            (Some(name), _) => self.host(name, None),
            (None, Some((name, place))) => self.host(name, Some(place.clone())),
            (None, None) => Some("localhost".to_owned()),
        };
        let mut hosts: Vec<String> = name.into_iter().collect();
        for (alias, place) in &table.aliases {
            if let Some(alias) = self.host(alias, Some(place.clone()))
                && !hosts.contains(&alias)
            {
                hosts.push(alias);
            }
        }
        let Some((content, _)) = &table.content else {
            self.error(
                table.place.clone(),
                "this capsule has no folder: the key `content` is missing".into(),
            );
            return None;
        };
        let (web, icon) = (self.web(table), self.icon(table));
        let ignore = self.good(&table.ignore, |pattern| match disk::pattern_error(pattern) {
            Some(why) => Err(format!("this is no pattern: {why}")),
            None => Ok(pattern.to_owned()),
        });
        let gone = self.good(&table.gone, |address| match CapsulePath::from_url(address) {
            Ok(path) if address.starts_with('/') && address != "/" => Ok(path),
            _ => Err(format!("`{address}` is not an address in the capsule, as in `/films/old.gmi`")),
        });
        (!hosts.is_empty()).then(|| Capsule {
            hosts,
            content: self.base.join(content),
            title: table.title.clone(),
            author: table.author.clone(),
            language: table.language.clone(),
            web,
            icon,
            ignore,
            gone,
        })
    }

    /// What the good ones of `values` come to; the others are errors at their place.
    fn good<T>(&mut self, values: &[At<String>], read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let mut good = Vec::with_capacity(values.len());
        for (value, place) in values {
            match read(value) {
                Ok(value) => good.push(value),
                Err(what) => self.error(place.clone(), what),
            }
        }
        good
    }

    /// The address of the archive on the Web.
    fn web(&mut self, table: &CapsuleTable) -> Option<String> {
        let (web, place) = table.web.as_ref()?;
        if web.contains("://") && url::Url::parse(web).is_ok_and(|url| url.has_host()) {
            return Some(web.clone());
        }
        self.error(
            place.clone(),
            format!("`{web}` is not an address on the Web, as in `https://example.org`"),
        );
        None
    }

    /// The icon: one emoji, in code points at most as many as a family takes.
    fn icon(&mut self, table: &CapsuleTable) -> Option<String> {
        let (icon, place) = table.icon.as_ref()?;
        let one = (1..=8).contains(&icon.chars().count())
            && !icon.chars().any(|c| c.is_ascii() || c.is_whitespace() || c.is_control());
        if one {
            return Some(icon.clone());
        }
        self.error(place.clone(), format!("`{icon}` is not an icon: it is one emoji"));
        None
    }

    /// A host name in the form it is compared in.
    fn host(&mut self, name: &str, place: Option<Range<usize>>) -> Option<String> {
        let bare = name.trim_end_matches('.').trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Some(address.to_string());
        }
        if let Ok(url::Host::Domain(host)) = url::Host::parse(bare) {
            return Some(host.to_ascii_lowercase());
        }
        let what = format!("`{name}` is not a host name");
        match place {
            Some(place) => self.error(place, what),
            None => self.problems.push(Problem::error(what).hint("write it as in `example.org`")),
        }
        None
    }

    fn listen(
        &mut self,
        strong: &[String],
        weak: Option<&Vec<(String, Range<usize>)>>,
        port: u16,
        local: bool,
    ) -> Listen {
        let mut addresses = Vec::new();
        if !strong.is_empty() {
            for text in strong {
                match address(text) {
                    Some(address) => addresses.push(address),
                    None => self.problems.push(not_an_address(text)),
                }
            }
        } else if let Some(weak) = weak {
            for (text, place) in weak {
                match address(text) {
                    Some(address) => addresses.push(address),
                    None => self.problems.push(not_an_address(text).at(
                        self.file.name.clone(),
                        &self.file.text,
                        place.clone(),
                    )),
                }
            }
        } else {
            let (v4, v6) = if local {
                (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST)
            } else {
                (Ipv4Addr::UNSPECIFIED, Ipv6Addr::UNSPECIFIED)
            };
            let addresses = vec![SocketAddr::from((v4, port)), SocketAddr::from((v6, port))];
            return Listen { addresses, is_default: true };
        }
        Listen { addresses, is_default: false }
    }

    fn error(&mut self, place: Range<usize>, what: String) {
        self.problems.push(Problem::error(what).at(self.file.name.clone(), &self.file.text, place));
    }
}

/// The limits a file asks for, and the standard ones where it says nothing.
fn limits(table: &LimitsTable) -> Limits {
    let standard = Limits::STANDARD;
    Limits {
        connections: table.connections.unwrap_or(standard.connections),
        per_address: table.per_address.unwrap_or(standard.per_address),
        handshake: table.handshake.unwrap_or(standard.handshake),
        request: table.request.unwrap_or(standard.request),
        write_stall: table.write.unwrap_or(standard.write_stall),
        linger: table.linger.unwrap_or(standard.linger),
        grace: table.grace.unwrap_or(standard.grace),
        linger_bytes: standard.linger_bytes,
    }
}

/// How Markdown is read, by the standard where the file says nothing; likewise below.
fn markdown(table: &PagesTable) -> MarkdownOptions {
    let standard = MarkdownOptions::STANDARD;
    MarkdownOptions { smart_punctuation: table.smart.unwrap_or(standard.smart_punctuation), ..standard }
}

fn pages(table: &PagesTable) -> PageOptions {
    let standard = PageOptions::standard();
    PageOptions {
        meta: table.meta.unwrap_or(standard.meta),
        back_label: table.back_label.clone().unwrap_or(standard.back_label),
        shift_headings: table.shift_headings.unwrap_or(standard.shift_headings),
    }
}

fn gemtext(table: &GemtextTable) -> GemtextOptions {
    let standard = GemtextOptions::standard();
    GemtextOptions {
        emphasis: table.emphasis.unwrap_or(standard.emphasis),
        links: table.links.unwrap_or(standard.links),
        link_markers: table.link_markers.unwrap_or(standard.link_markers),
        ..standard
    }
}

/// Whether `path` is `folder` or below it, whatever links and dots their names contain.
fn lies_within(path: &Path, folder: &Path) -> bool {
    // A folder that is not there yet, or has no name (a command that needs none), is compared as it is written.
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (Ok(path), Ok(folder)) = (std::path::absolute(path), real(folder)) else { return false };
    path.ancestors().any(|above| above == folder || real(above).is_ok_and(|above| above == folder))
}

/// `ADDR:PORT`; `localhost` stands for 127.0.0.1.
fn address(text: &str) -> Option<SocketAddr> {
    text.parse().ok().or_else(|| {
        let port = text.strip_prefix("localhost:")?;
        Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?)))
    })
}

fn not_an_address(text: &str) -> Problem {
    Problem::error(format!("`{text}` is not an address with a port"))
        .hint("write it as in `0.0.0.0:1965` or `[::]:1965`")
}

/// Whether a host name means this machine and nothing else.
fn is_local(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Where keys are kept when nobody says otherwise: a state folder that outlives restarts, never a
/// temporary one. `variable` looks up an environment variable.
pub fn state_folder(variable: &dyn Fn(&str) -> Option<String>) -> PathBuf {
    let set = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    // systemd's `StateDirectory=` comes first; it may name several folders.
    let first = |paths: PathBuf| {
        paths.to_str().and_then(|paths| paths.split(':').next()).map(PathBuf::from).unwrap_or(paths)
    };
    set("STATE_DIRECTORY")
        .map(first)
        .or_else(|| set("XDG_STATE_HOME").map(|path| path.join("lamplit")))
        .or_else(|| set("HOME").map(|path| path.join(".local/state/lamplit")))
        .unwrap_or_else(|| PathBuf::from("/var/lib/lamplit"))
        .join("certs")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::gemtext::{Emphasis, LinkMarkers, LinkPlacement};
    use crate::site::MetaLine;

    fn overrides(pairs: &[(&str, &str)]) -> Overrides {
        let map: HashMap<&str, &str> = pairs.iter().copied().collect();
        Overrides::from_environment(&|name| map.get(name).map(|value| (*value).to_owned()))
    }

    fn resolved(overrides: &Overrides, text: &str) -> Result<Config, Vec<Problem>> {
        let file = File::parse("config.toml", text).expect("a file");
        resolve(overrides, Some(&file), Path::new("/etc/lamplit"), Path::new("/state/certs"))
    }

    const FILE: &str = "certs = \"keys\"\n[[capsule]]\nhostname = \"file.example\"\ncontent = \"essays\"\n\
                        [gemini]\nlisten = \"10.0.0.1:1\"\n[gopher]\nlisten = [\"10.0.0.2:2\"]\n";

    #[test]
    fn flag_before_environment_before_file_before_default() {
        let flag = Overrides {
            hostname: Some("flag.example".into()),
            gemini: vec!["10.1.0.1:1".into()],
            gopher: vec!["10.1.0.2:2".into()],
            certs: Some("/flag".into()),
            content: None,
        };
        let environment = overrides(&[
            ("LAMPLIT_HOSTNAME", "environment.example"),
            ("LAMPLIT_GEMINI", "10.2.0.1:1"),
            ("LAMPLIT_GOPHER", "10.2.0.2:2"),
            ("LAMPLIT_CERTS", "/environment"),
        ]);
        let default = "[[capsule]]\ncontent = \"essays\"\n";
        for (layers, text, host, gemini, gopher, certs) in [
            (flag.or(environment.clone()), FILE, "flag.example", "10.1.0.1:1", "10.1.0.2:2", "/flag"),
            (environment, FILE, "environment.example", "10.2.0.1:1", "10.2.0.2:2", "/environment"),
            (Overrides::default(), FILE, "file.example", "10.0.0.1:1", "10.0.0.2:2", "/etc/lamplit/keys"),
            (Overrides::default(), default, "localhost", "127.0.0.1:1965", "127.0.0.1:70", "/state/certs"),
        ] {
            let config = resolved(&layers, text).expect("a configuration");
            assert_eq!(config.capsules[0].hosts, [host]);
            assert_eq!(config.capsules[0].content, Path::new("/etc/lamplit/essays"));
            assert_eq!(config.gemini.listen.addresses[0].to_string(), gemini);
            assert_eq!(config.gopher.expect("on").listen.addresses[0].to_string(), gopher);
            assert_eq!(config.certs, Path::new(certs));
        }
    }

    #[test]
    fn a_folder_is_enough() {
        let layers = Overrides { content: Some("/home/me/essays".into()), ..Overrides::default() };
        let config = resolve(&layers, None, Path::new("."), Path::new("/state")).expect("a configuration");
        assert_eq!(config.capsules[0].hosts, ["localhost"]);
        let gopher = config.gopher.expect("on");
        assert_eq!((gopher.hostname.as_str(), gopher.width), ("localhost", 67));
        for listen in [config.gemini.listen, gopher.listen] {
            assert!(listen.is_default && listen.addresses.iter().all(|address| address.ip().is_loopback()));
            assert_eq!(listen.addresses.len(), 2);
        }
    }

    #[test]
    fn a_public_name_listens_publicly() {
        let config =
            resolved(&Overrides::default(), "[[capsule]]\nhostname = \"example.org\"\ncontent = \"e\"\n")
                .expect("a configuration");
        let shown: Vec<String> = config.gemini.listen.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["0.0.0.0:1965", "[::]:1965"]);
    }

    #[test]
    fn host_names_are_brought_into_the_form_they_are_compared_in() {
        for (name, host) in [
            ("Example.ORG", Some("example.org")),
            ("example.org.", Some("example.org")),
            ("müller.example", Some("xn--mller-kva.example")),
            ("[::1]", Some("::1")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("two words", None),
            ("", None),
        ] {
            let text = format!("[[capsule]]\nhostname = \"{name}\"\ncontent = \"e\"\n");
            let config = resolved(&Overrides::default(), &text);
            assert_eq!(
                config.as_ref().ok().map(|config| config.capsules[0].hosts[0].as_str()),
                host,
                "{name}"
            );
        }
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let text =
            "[[capsule]]\nhostname = \"a b\"\n[[capsule]]\ncontent = \"e\"\n[gemini]\nlisten = \"x\"\n";
        let problems = resolved(&Overrides::default(), text).expect_err("mistakes");
        let what: Vec<&str> = problems.iter().map(|problem| problem.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "`a b` is not a host name",
                "this capsule has no folder: the key `content` is missing",
                "`x` is not an address with a port",
            ]
        );
        let nothing = resolve(&Overrides::default(), None, Path::new("."), Path::new("/state"));
        assert!(nothing.expect_err("nothing to serve")[0].to_string().contains("hint: name a folder"));
    }

    #[test]
    fn limits_that_nobody_changes_are_the_standard_ones() {
        let text = format!("{FILE}[limits]\nper_address = 8\nrequest = 5\n");
        let config = resolved(&Overrides::default(), &text).expect("a configuration");
        let expected =
            Limits { per_address: 8, request: std::time::Duration::from_secs(5), ..Limits::STANDARD };
        assert_eq!(config.limits, expected);
        let problems = File::parse("config.toml", "[limits]\nrequest = 0\n").expect_err("refused");
        assert_eq!(problems[0].what, "`request` must be a whole number from 1 to 3600");
    }

    /// What one line of a file changes.
    type Change = fn(&mut Config);

    #[test]
    fn pages_are_made_as_the_file_says() {
        let standard = resolved(&Overrides::default(), FILE).expect("a configuration");
        assert_eq!(standard.markdown, MarkdownOptions::STANDARD);
        assert_eq!(standard.pages, PageOptions::standard());
        assert_eq!(standard.gemtext, GemtextOptions::standard());
        let rows: &[(&str, &str, Change)] = &[
            ("pages", "meta = \"footer\"", |config| config.pages.meta = MetaLine::Footer),
            ("pages", "meta = \"header\"", |config| config.pages.meta = MetaLine::Header),
            ("pages", "meta = \"none\"", |config| config.pages.meta = MetaLine::None),
            ("pages", "back_label = \"Home\"", |config| config.pages.back_label = "Home".to_owned()),
            ("pages", "shift_headings = true", |config| config.pages.shift_headings = true),
            ("pages", "smart = true", |config| config.markdown.smart_punctuation = true),
            ("gemtext", "emphasis = \"plain\"", |config| config.gemtext.emphasis = Emphasis::Plain),
            ("gemtext", "emphasis = \"markers\"", |config| config.gemtext.emphasis = Emphasis::Markers),
            ("gemtext", "links = \"block\"", |config| config.gemtext.links = LinkPlacement::Block),
            ("gemtext", "links = \"section\"", |config| config.gemtext.links = LinkPlacement::Section),
            ("gemtext", "links = \"end\"", |config| config.gemtext.links = LinkPlacement::End),
            ("gemtext", "links = \"off\"", |config| config.gemtext.links = LinkPlacement::Off),
            ("gemtext", "link_markers = \"none\"", |config| config.gemtext.link_markers = LinkMarkers::None),
            ("gemtext", "link_markers = \"number\"", |config| {
                config.gemtext.link_markers = LinkMarkers::Number;
            }),
        ];
        for (table, line, change) in rows {
            let mut expected = standard.clone();
            change(&mut expected);
            let config = resolved(&Overrides::default(), &format!("{FILE}[{table}]\n{line}\n"));
            assert_eq!(config.expect("a configuration"), expected, "{line}");
        }
        for (text, what) in [
            (
                "[gemtext]\nlinks = \"here\"\n",
                "`links` must be one of `\"block\"`, `\"section\"`, `\"end\"`, `\"off\"`",
            ),
            ("[gemtext]\nlink = \"end\"\n", "unknown key `link` in `[gemtext]`"),
            ("[pages]\nmeta = true\n", "`meta` must be one of `\"footer\"`, `\"header\"`, `\"none\"`"),
            ("[pages]\nemphasis = \"plain\"\n", "unknown key `emphasis` in `[pages]`"),
        ] {
            let problems = File::parse("config.toml", text).expect_err("refused");
            assert_eq!(problems[0].what, what);
        }
    }

    #[test]
    fn gopher_can_be_switched_off() {
        let off = overrides(&[("LAMPLIT_GOPHER", "off")]);
        assert_eq!(resolved(&off, FILE).expect("a configuration").gopher, None);
        let text = format!("{FILE}enabled = false\n");
        assert_eq!(resolved(&Overrides::default(), &text).expect("a configuration").gopher, None);
    }

    #[test]
    fn keys_never_lie_in_the_content_folder() {
        let text = "certs = \"essays/keys\"\n[[capsule]]\ncontent = \"essays\"\n";
        let problems = resolved(&Overrides::default(), text).expect_err("refused");
        assert!(problems[0].what.contains("inside the content folder"), "{problems:?}");

        let scratch = tempfile::tempdir().expect("a scratch folder");
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
            let (certs_shown, content_shown) = (certs.display(), content.display());
            assert_eq!(lies_within(&certs, &content), inside, "{certs_shown} in {content_shown}");
        }
    }

    #[test]
    fn keys_are_kept_where_restarts_find_them() {
        let folder = |pairs: &[(&str, &str)]| {
            let map: HashMap<String, String> =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            state_folder(&|name| map.get(name).cloned())
        };
        for (pairs, expected) in [
            (&[("STATE_DIRECTORY", "/var/lib/a:/b"), ("HOME", "/root")][..], "/var/lib/a/certs"),
            (&[("XDG_STATE_HOME", "/x"), ("HOME", "/home/me")], "/x/lamplit/certs"),
            (&[("XDG_STATE_HOME", "relative"), ("HOME", "/home/me")], "/home/me/.local/state/lamplit/certs"),
            (&[], "/var/lib/lamplit/certs"),
        ] {
            assert_eq!(folder(pairs), Path::new(expected));
        }
    }
}
