//! Completed settings become a [`Config`], unless they contradict each other.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::folders::lies_within;
use super::parse::{File, in_order};
use super::settings::{
    CapsuleDetails, CapsuleTable, FrontMatterTable, GemtextTable, GopherListener, HostedSettings,
    LimitsTable, PagesTable, Settings,
};
use super::table::{Definition, Field, Origin, Setting, Table, View};
use super::values::{
    Address, FolderPath, Icon, InnerPath, LanguageTag, LoopbackAddress, Network, Pattern, WebAddress,
};
use super::{Capsule, Config, Gemini, Gopher, Hosting, Listen, Log, Overrides, Private, Privileges};
use crate::capsule::PrivateArea;
use crate::host::HostName;
use crate::identity::KeyStore;
use crate::markup::markdown::MarkdownOptions;
use crate::problem::{Problem, Problems};
use crate::render::gemtext::GemtextOptions;
use crate::server::{Limits, Proxies};
use crate::site::PageOptions;

/// Returns the configuration that `overrides` (flags before environment), `file` and defaults result in.
///
/// `base` is the folder that relative paths in the file start from; `state` is the default folder of the keys.
///
/// # Errors
///
/// Every invalid value and every contradiction.
pub fn resolve(
    overrides: &Overrides,
    file: Option<&File>,
    base: &Path,
    state: &Path,
) -> Result<Config, Problems> {
    let File { settings, invalid: mut problems } = file.cloned().unwrap_or_default();
    let settings = settings.complete(overrides, base, state, &mut problems);
    let config = config(settings, &mut problems);
    Problems::refuse(in_order(problems))?;
    Ok(config)
}

impl Config {
    /// Returns the configuration of the hosted capsule `host`, whose folder is `content`: this one, with the settings
    /// of its `capsule.toml`, which are given as name and text of the file.
    ///
    /// # Errors
    ///
    /// Every mistake in these settings.
    pub fn hosted(
        &self,
        host: &str,
        content: &Path,
        settings: Option<(&str, &str)>,
    ) -> Result<Self, Problems> {
        let host = HostName::from_folder_name(host)
            .ok_or_else(|| Problems::usage(Problem::error(format!("`{host}` is not a host name"))))?;
        let settings = match settings {
            Some((name, text)) => HostedSettings::parse(name, text)?,
            None => HostedSettings::default(),
        };
        let mut problems = Vec::new();
        let key_store = KeyStore::Managed { folder: self.certs.clone() };
        let capsule = capsule(&settings.details, vec![host], content, key_store, &mut problems);
        Problems::refuse(in_order(problems))?;
        let presentation = settings.presentation;
        let own = Some(front_matter(&presentation.front_matter)).filter(|own| !own.is_empty());
        Ok(Self {
            capsules: vec![capsule],
            hosting: Hosting { folder: None, memory: self.hosting.memory },
            front_matter: own.unwrap_or_else(|| self.front_matter.clone()),
            markdown: markdown(&presentation.pages, self.markdown),
            pages: pages(&presentation.pages, &self.pages),
            gemtext: gemtext(&presentation.gemtext, &self.gemtext),
            ..self.clone()
        })
    }
}

/// Returns the configuration of completed `settings`; contradictions are added to `problems`.
fn config(settings: Settings, problems: &mut Vec<Problem>) -> Config {
    if settings.capsule.is_empty() && settings.capsules.value.is_none() {
        problems.push(Problem::error("there is nothing to serve").hint(
            "name a folder of essays, as in `lamplit serve ~/essays`, or write a `[[capsule]]` into config.toml; \
             `capsules` names a folder with one capsule for each host",
        ));
    }
    let presentation = &settings.presentation;
    let config = Config {
        capsules: capsules(&settings, problems),
        hosting: Hosting {
            folder: settings.capsules.value.clone(),
            memory: settings.limits.memory.0 * 1_000_000,
        },
        certs: settings.certs.value.clone().unwrap_or_default(),
        ephemeral_keys: *settings.ephemeral_keys,
        gemini: Gemini {
            listen: listen(&settings.gemini.listen),
            port: settings.gemini.port.map(|port| port.0),
            check_port: *settings.gemini.check_port,
            versions: *settings.gemini.min_tls,
        },
        limits: limits(&settings.limits),
        log: Log {
            file: settings.log.file.value.clone(),
            addresses: *settings.log.addresses,
            format: *settings.log.format,
        },
        metrics: settings.metrics.listen.iter().map(|LoopbackAddress(address)| *address).collect(),
        privileges: Privileges {
            sandbox: *settings.privileges.sandbox,
            user: settings.privileges.user.value.clone(),
        },
        proxies: Proxies::new(settings.proxy.from.iter().map(|Network(network)| *network).collect()),
        front_matter: front_matter(&presentation.front_matter),
        markdown: markdown(&presentation.pages, MarkdownOptions::STANDARD),
        pages: pages(&presentation.pages, &PageOptions::standard()),
        gemtext: gemtext(&presentation.gemtext, &GemtextOptions::standard()),
        settings: Arc::new(settings),
    };
    check_keys(&config, problems);
    check_log(&config, problems);
    check_addresses(&config, problems);
    config
}

/// Returns the capsules of `settings`, without those that lack a host name or folder.
fn capsules(settings: &Settings, problems: &mut Vec<Problem>) -> Vec<Capsule> {
    let mut capsules = Vec::new();
    let mut owners: HashMap<HostName, usize> = HashMap::new();
    for (index, Setting { value: table, origin }) in settings.capsule.iter().enumerate() {
        let hosts = table.hosts();
        for host in &hosts {
            if owners.insert(host.clone(), index).is_some_and(|owner| owner != index) {
                let what = format!("`{host}` is the name of another capsule already");
                problems.push(at(origin, Problem::error(what)));
            }
        }
        let Some(content) = table.content.value.as_deref() else {
            let what = "this capsule has no folder: the key `content` is missing";
            problems.push(at(origin, Problem::error(what)));
            continue;
        };
        let listener = if index == 0 { Some(&settings.gopher.listener) } else { table.gopher.as_ref() };
        let key_store = key_store(settings, table, problems);
        let capsule = capsule(&table.details, hosts, content, key_store, problems);
        if capsule.hosts.is_empty() {
            // Its name is not valid, which is reported already.
            continue;
        }
        capsules.push(Capsule {
            swapped: *table.swapped,
            gopher: listener
                .filter(|_| *settings.gopher.enabled)
                .map(|listener| gopher(listener, settings.gopher.width.0)),
            ..capsule
        });
    }
    capsules
}

/// Returns a capsule that is not served over Gopher.
fn capsule(
    details: &CapsuleDetails,
    hosts: Vec<HostName>,
    content: &Path,
    key_store: KeyStore,
    problems: &mut Vec<Problem>,
) -> Capsule {
    Capsule {
        hosts,
        content: content.to_owned(),
        swapped: false,
        title: details.title.value.clone(),
        author: details.author.value.clone(),
        language: details.language.value.clone().map(|LanguageTag(tag)| tag),
        key_store,
        gopher: None,
        web: details.web.value.clone().map(|WebAddress(address)| address),
        icon: details.icon.value.clone().map(|Icon(icon)| icon),
        ignore: details.ignore.iter().map(|Pattern(pattern)| pattern.clone()).collect(),
        gone: details.gone.iter().map(|InnerPath(path)| path.clone()).collect(),
        private: private(details, problems),
    }
}

/// Returns where the key and certificate of a capsule are kept.
fn key_store(settings: &Settings, table: &CapsuleTable, problems: &mut Vec<Problem>) -> KeyStore {
    match (&table.certificate.value, &table.key.value) {
        (Some(certificate), key) => {
            // One file may contain both.
            let key = key.as_ref().unwrap_or(certificate);
            return KeyStore::External { certificate: certificate.clone(), key: key.clone() };
        }
        (None, Some(_)) => problems.push(at(
            &table.key.origin,
            Problem::error("there is a `key` without a `certificate`")
                .hint("name the file of the certificate too, or import both with `lamplit cert import`"),
        )),
        (None, None) => {}
    }
    KeyStore::Managed { folder: settings.certs.value.clone().unwrap_or_default() }
}

fn private(details: &CapsuleDetails, problems: &mut Vec<Problem>) -> Vec<Private> {
    let mut areas: Vec<Private> = Vec::new();
    for Setting { value: table, origin } in &details.private {
        let Some(FolderPath(path)) = table.path.value.clone() else {
            // An invalid path is reported already.
            if table.path.is_default() {
                problems.push(at(origin, Problem::error("this private area has no `path`")));
            }
            continue;
        };
        if areas.iter().any(|other| other.area.path == path) {
            problems.push(at(origin, Problem::error(format!("`{path}` is private already"))));
        }
        let area = PrivateArea { path, drafts: *table.drafts };
        areas.push(Private { area, readers: table.fingerprints.value.clone() });
    }
    areas
}

fn gopher(listener: &GopherListener, width: usize) -> Gopher {
    Gopher {
        listen: listen(&listener.listen),
        hostname: listener.hostname.value.clone().unwrap_or_else(HostName::localhost),
        port: listener.port.map(|port| port.0),
        tls: *listener.tls,
        width,
    }
}

fn listen(setting: &Setting<Option<Vec<Address>>>) -> Listen {
    let addresses = setting.iter().flatten().map(|Address(address)| *address).collect();
    Listen { addresses, is_default: setting.is_default() }
}

fn limits(table: &LimitsTable) -> Limits {
    Limits {
        connections: table.connections.0,
        files: table.connections.0,
        per_address: table.per_address.0,
        handshake: table.handshake.duration(),
        request: table.request.duration(),
        write_stall: table.write.duration(),
        linger: table.linger.duration(),
        grace: table.grace.duration(),
        linger_bytes: Limits::STANDARD.linger_bytes,
    }
}

/// Returns how Markdown is read: as `default` where the table gives nothing, like the functions below.
fn markdown(table: &PagesTable, default: MarkdownOptions) -> MarkdownOptions {
    MarkdownOptions { smart_punctuation: table.smart.given_or(&default.smart_punctuation), ..default }
}

fn pages(table: &PagesTable, default: &PageOptions) -> PageOptions {
    PageOptions {
        meta: table.meta.given_or(&default.meta),
        back_label: table.back_label.given_or(&default.back_label),
        mentions_label: table.mentions_label.given_or(&default.mentions_label),
        shift_headings: table.shift_headings.given_or(&default.shift_headings),
    }
}

fn gemtext(table: &GemtextTable, default: &GemtextOptions) -> GemtextOptions {
    GemtextOptions {
        emphasis: table.emphasis.given_or(&default.emphasis),
        links: table.links.given_or(&default.links),
        link_markers: table.link_markers.given_or(&default.link_markers),
        ..default.clone()
    }
}

/// Returns pairs of a usual key and the key that essays use instead.
fn front_matter(table: &FrontMatterTable) -> Vec<(String, String)> {
    let pair = |(definition, field): (Definition, &dyn Field)| match field.view() {
        View::Setting(Some(own), _) => Some((definition.name.to_owned(), own.as_str()?.to_owned())),
        _ => None,
    };
    table.fields().into_iter().filter_map(pair).collect()
}

/// Reports keys that would be published.
fn check_keys(config: &Config, problems: &mut Vec<Problem>) {
    let external = config.capsules.iter().filter_map(|capsule| match &capsule.key_store {
        KeyStore::External { key, .. } => Some(key),
        KeyStore::Managed { .. } => None,
    });
    let content = |capsule: &'_ Capsule| capsule.content.clone();
    let published: Vec<_> =
        config.capsules.iter().map(content).chain(config.hosting.folder.clone()).collect();
    for place in [&config.certs].into_iter().chain(external) {
        if published.iter().any(|content| lies_within(place, content)) {
            let what = format!("the keys would lie in `{}`, inside the content folder", place.display());
            problems.push(Problem::error(what).hint(
                "choose another folder with `--certs DIR` or the key `certs`, and keep keys of your own elsewhere",
            ));
        }
    }
}

/// Reports a log that would be published.
fn check_log(config: &Config, problems: &mut Vec<Problem>) {
    let Some(file) = &config.log.file else { return };
    let folder = file.parent().unwrap_or(file);
    if config.capsules.iter().any(|capsule| lies_within(folder, &capsule.content)) {
        let what = "the log would lie inside the content folder, and be published";
        problems.push(at(&config.settings.log.file.origin, Problem::error(what)));
    }
}

/// Reports addresses that are listened on twice: two capsules cannot share a Gopher port.
fn check_addresses(config: &Config, problems: &mut Vec<Problem>) {
    let gopher = config.capsules.iter().filter_map(|capsule| capsule.gopher.as_ref());
    let listens = [&config.gemini.listen].into_iter().chain(gopher.map(|gopher| &gopher.listen));
    let mut seen = HashSet::new();
    for address in listens.flat_map(|listen| &listen.addresses) {
        // The system chooses another port each time for port 0.
        if address.port() != 0 && !seen.insert(*address) {
            let what = format!("`{address}` would be listened on twice");
            problems.push(Problem::error(what).hint("give each listener an address or port of its own"));
        }
    }
}

fn at(origin: &Origin, problem: Problem) -> Problem {
    Problem { place: origin.place(), ..problem }
}
