//! Completes the settings of a file by flags, environment and defaults, and checks them against each other.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::input::{File, Overrides};
use super::settings::{CapsuleDetails, CapsuleTable, GopherListener, HostedSettings, Settings};
use super::table::{Origin, Setting};
use super::values::{FolderPath, LanguageTag, Text, WebAddress};
use super::{Capsule, Config, Listen};
use crate::capsule::PrivateArea;
use crate::generator::{self, Fact, Recognised};
use crate::host::{GEMINI_PORT, GOPHER_PORT, HostName};
use crate::identity::KeyStore;
use crate::problem::{Problem, Problems};
use crate::server::Limits;

/// Returns the configuration: each setting from `overrides`, else from `file`, else its default.
///
/// Paths in the file are relative to `base`; `state` is the default key folder. The error lists every mistake.
pub fn resolve(overrides: &Overrides, file: Option<&File>, base: &Path, state: &Path) -> Result<Config, Problems> {
    let File { mut settings, invalid: mut problems } = file.cloned().unwrap_or_default();
    settings.resolve_paths(base);
    settings.override_with(overrides, &mut problems);
    settings.certs.value.get_or_insert_with(|| state.to_owned());
    settings.complete_addresses(&mut problems);
    if settings.capsule.is_empty() && settings.capsules.value.is_none() {
        problems.push(Problem::error("there is nothing to serve").hint(
            "name a folder of essays, as in `lamplit serve ~/essays`, or write a `[[capsule]]` into config.toml; \
             `capsules` names a folder with one capsule for each host",
        ));
    }
    let config = build_config(settings, true, &mut problems);
    check_folders(&config, &mut problems);
    check_addresses(&config, &mut problems);
    Problems::refuse(problems)?;
    Ok(config)
}

impl Config {
    /// Returns the configuration of the hosted capsule `host`, whose folder is `content`: this one, with the settings
    /// of its `capsule.toml`, which are given as name and text of the file. The error lists every mistake in them.
    pub fn hosted(&self, host: &HostName, content: &Path, file: Option<(&str, &str)>) -> Result<Self, Problems> {
        let mut settings = Settings::clone(&self.settings);
        let mut details = CapsuleDetails::default();
        if let Some((name, text)) = file {
            let own = HostedSettings::parse(name, text, &settings.presentation)?;
            (details, settings.presentation) = (own.details, own.presentation);
        }
        let capsule = CapsuleTable {
            hostname: Some(host.clone()).into(),
            content: Some(content.to_owned()).into(),
            details,
            ..CapsuleTable::default()
        };
        settings.capsules = Setting::default();
        settings.capsule = vec![capsule.into()];
        settings.gopher.enabled.value = false;
        let mut problems = Vec::new();
        let config = build_config(settings, false, &mut problems);
        Problems::refuse(problems)?;
        Ok(config)
    }
}

/// Builds the configuration from completed `settings`, and adds contradictions to `problems`. With `above`, site
/// generators are also recognised by files in the folders above the content folders.
fn build_config(mut settings: Settings, above: bool, problems: &mut Vec<Problem>) -> Config {
    let certs = settings.certs.value.clone().unwrap_or_default();
    let capsules = capsules(&mut settings, &certs, above, problems);
    let limits = &settings.limits;
    Config {
        file: None,
        capsules,
        certs,
        drafts: false,
        limits: Limits {
            connections: limits.connections.0,
            files: limits.connections.0,
            per_address: limits.per_address.0,
            handshake: limits.handshake.duration(),
            request: limits.request.duration(),
            write_stall: limits.write.duration(),
            linger: limits.linger.duration(),
            grace: limits.grace.duration(),
        },
        settings: Arc::new(settings),
    }
}

/// Returns the valid capsules of `settings`. Settings that a capsule leaves out are set to those of its site generator.
fn capsules(settings: &mut Settings, certs: &Path, above: bool, problems: &mut Vec<Problem>) -> Vec<Capsule> {
    let mut capsules = Vec::new();
    let mut taken = HashSet::new();
    for (index, Setting { value: table, origin }) in settings.capsule.iter_mut().enumerate() {
        let site = recognise(table, above);
        // Exports are not read.
        let site_problems = site.iter().filter(|site| site.converter.is_empty()).flat_map(|site| site.problems.clone());
        problems.extend(site_problems);
        let hosts = table.hosts();
        for host in hosts.iter().filter(|host| !taken.insert((*host).clone())) {
            problems.push(origin.error(format!("`{host}` is the name of another capsule already")));
        }
        let Some(content) = table.content.value.clone() else {
            problems.push(origin.error("this capsule has no folder: the key `content` is missing"));
            continue;
        };
        let gopher = &settings.gopher;
        let listener = if index == 0 { Some(&gopher.listener) } else { table.gopher.as_ref() };
        let inner = site.as_ref().filter(|site| site.folder == content && !site.content.is_empty());
        let capsule = Capsule {
            hosts,
            content: inner.map_or(content.clone(), |site| content.join(&site.content)),
            key_store: key_store(table, certs, problems),
            gopher: listener.filter(|_| *gopher.enabled).cloned(),
            private: private(&table.details, problems),
            settings: table.clone(),
            site,
        };
        // An invalid host name is reported already.
        capsules.extend(Some(capsule).filter(|capsule| !capsule.hosts.is_empty()));
    }
    capsules
}

/// Recognises the site generator of a capsule, and takes from its files the settings that the capsule leaves out.
fn recognise(capsule: &mut CapsuleTable, above: bool) -> Option<Recognised> {
    let content = capsule.content.as_deref().filter(|_| *capsule.details.recognise)?;
    let site = generator::recognise(content, above)?;
    let CapsuleDetails { title, author, language, web, time_zone, .. } = &mut capsule.details;
    fill(title, site.fact("title"), |text| Some(text.to_owned()));
    fill(author, site.fact("author"), |text| Some(text.to_owned()));
    fill(language, site.fact("language"), |tag| LanguageTag::parse(&tag.replace('_', "-")).ok());
    fill(web, site.fact("web"), |url| WebAddress::parse(url).ok());
    fill(time_zone, site.fact("time_zone"), |zone| TimeZone::parse(zone).ok());
    Some(site)
}

/// Sets a setting that was not given to the value in the files of a site generator, if that is valid.
fn fill<T>(setting: &mut Setting<Option<T>>, fact: Option<&Fact>, read: impl Fn(&str) -> Option<T>) {
    if let Some(Fact { value, file }) = fact.filter(|_| setting.is_default())
        && let Some(value) = read(value)
    {
        *setting = Setting { value: Some(value), origin: Origin::Named(file.clone()) };
    }
}

/// Returns where the key and certificate of a capsule are kept.
fn key_store(table: &CapsuleTable, certs: &Path, problems: &mut Vec<Problem>) -> KeyStore {
    if let Some(certificate) = &table.certificate.value {
        // One file may contain both.
        let key = table.key.as_ref().unwrap_or(certificate);
        return KeyStore::External { certificate: certificate.clone(), key: key.clone() };
    }
    if table.key.is_some() {
        let hint = "name the file of the certificate too, or import both with `lamplit cert import`";
        problems.push(table.key.origin.error("there is a `key` without a `certificate`").hint(hint));
    }
    KeyStore::Managed { folder: certs.to_owned() }
}

fn private(details: &CapsuleDetails, problems: &mut Vec<Problem>) -> Vec<PrivateArea> {
    let mut areas: Vec<PrivateArea> = Vec::new();
    for Setting { value: table, origin } in &details.private {
        let Some(FolderPath(path)) = table.path.value.clone() else {
            // An invalid path is reported already.
            if table.path.is_default() {
                problems.push(origin.error("this private area has no `path`"));
            }
            continue;
        };
        if areas.iter().any(|other| other.path == path) {
            problems.push(origin.error(format!("`{path}` is private already")));
        }
        areas.push(PrivateArea { path, drafts: *table.drafts, readers: table.fingerprints.value.clone() });
    }
    areas
}

/// Reports keys and a log inside a content folder, which would be published.
fn check_folders(config: &Config, problems: &mut Vec<Problem>) {
    let content = || config.capsules.iter().map(|capsule| capsule.content.as_path());
    let external = config.capsules.iter().filter_map(|capsule| match &capsule.key_store {
        KeyStore::External { key, .. } => Some(key),
        KeyStore::Managed { .. } => None,
    });
    for place in [&config.certs].into_iter().chain(external) {
        if content().chain(config.hosting_folder()).any(|content| lies_within(place, content)) {
            let what = format!("the keys would lie in `{}`, inside the content folder", place.display());
            problems.push(Problem::error(what).hint(
                "choose another folder with `--certs DIR` or the key `certs`, and keep keys of your own elsewhere",
            ));
        }
    }
    let log = &config.settings.log.file;
    let folder = log.as_deref().map(|file| file.parent().unwrap_or(file));
    if folder.is_some_and(|folder| content().any(|content| lies_within(folder, content))) {
        problems.push(log.origin.error("the log would lie inside the content folder, and be published"));
    }
}

/// Returns whether `path` is `folder` or lies within it, with symbolic links and `..` resolved.
fn lies_within(path: &Path, folder: &Path) -> bool {
    // A folder that does not exist yet, or has an empty name (for commands that need none), is compared as written.
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (Ok(path), Ok(folder)) = (std::path::absolute(path), real(folder)) else { return false };
    path.ancestors().any(|above| above == folder || real(above).is_ok_and(|above| above == folder))
}

/// Reports addresses that are listened on twice: two capsules cannot share a Gopher port.
fn check_addresses(config: &Config, problems: &mut Vec<Problem>) {
    let gopher = config.capsules.iter().filter_map(|capsule| capsule.gopher.as_ref());
    let listens = [&config.settings.gemini.listen].into_iter().chain(gopher.map(|gopher| &gopher.listen));
    let mut seen = HashSet::new();
    for address in listens.flat_map(|listen| listen.iter()) {
        // For port 0, the system chooses a free port each time.
        if address.port() != 0 && !seen.insert(*address) {
            let what = format!("`{address}` would be listened on twice");
            problems.push(Problem::error(what).hint("give each listener an address or port of its own"));
        }
    }
}

impl Settings {
    /// Resolves relative paths in the file against `base`.
    fn resolve_paths(&mut self, base: &Path) {
        let capsules = self.capsule.iter_mut().flat_map(|capsule| {
            let CapsuleTable { content, certificate, key, .. } = &mut capsule.value;
            [content, certificate, key]
        });
        for path in [&mut self.certs, &mut self.capsules, &mut self.log.file].into_iter().chain(capsules) {
            path.value = path.value.take().map(|path| base.join(path));
        }
    }

    /// Replaces settings by those in `overrides`. Invalid ones are added to `problems`.
    fn override_with(&mut self, overrides: &Overrides, problems: &mut Vec<Problem>) {
        replace(&mut self.certs, overrides.certs.as_ref(), |certs| Some(certs.clone()));
        replace(&mut self.privileges.user, overrides.user.as_ref(), |user| Some(user.clone()));
        replace(&mut self.ephemeral_keys, overrides.ephemeral_keys.as_ref(), |is_allowed| *is_allowed);
        if overrides.content.is_some() {
            self.replace_capsules(overrides);
        }
        if let Some(first) = self.capsule.first_mut() {
            if let Some(GopherListener { listen, hostname, port, tls }) = first.value.gopher.take() {
                let listener = &mut self.gopher.listener;
                listener.listen.override_with(listen);
                listener.hostname.override_with(hostname);
                listener.port.override_with(port);
                listener.tls.override_with(tls);
            }
            replace(&mut first.value.hostname, overrides.hostname.as_ref(), |name| valid(name, problems));
        }
        let mut addresses = |texts: &Vec<String>| texts.iter().filter_map(|text| valid(text, problems)).collect();
        replace(&mut self.gemini.listen, overrides.gemini.as_ref(), &mut addresses);
        replace(&mut self.gopher.enabled, overrides.gopher.as_ref(), |texts| texts != &["off"]);
        if *self.gopher.enabled {
            replace(&mut self.gopher.listener.listen, overrides.gopher.as_ref(), addresses);
        }
    }

    /// Replaces the capsules by the folder in `overrides`. A single one keeps its author, language and private areas.
    fn replace_capsules(&mut self, overrides: &Overrides) {
        let mut capsule = CapsuleTable::default();
        replace(&mut capsule.content, overrides.content.as_ref(), |content| Some(content.clone()));
        if let [only] = &mut self.capsule[..] {
            let CapsuleDetails { author, language, private, .. } = std::mem::take(&mut only.value.details);
            capsule.details = CapsuleDetails { author, language, private, ..CapsuleDetails::default() };
        }
        self.capsule = vec![capsule.into()];
        self.capsules = Setting::default();
    }

    /// Completes the host name of every capsule and its Gopher addresses, which are in `[gopher]` for the first one.
    fn complete_addresses(&mut self, problems: &mut Vec<Problem>) {
        for capsule in self.capsule.iter_mut().filter(|capsule| capsule.hostname.is_default()) {
            capsule.value.hostname.value = Some(HostName::localhost());
        }
        let local = self.capsules.value.is_none()
            && self.capsule.iter().flat_map(|capsule| capsule.hosts()).all(|host| host.is_local());
        set_default_listen(&mut self.gemini.listen, GEMINI_PORT, local);
        for (index, Setting { value: capsule, origin }) in self.capsule.iter_mut().enumerate() {
            let host = capsule.hosts().first().cloned();
            let own = capsule.gopher.as_mut();
            let listener = if index == 0 { Some(&mut self.gopher.listener) } else { own };
            let Some(listener) = listener else { continue };
            if *self.gopher.enabled && listener.listen.is_default() && index > 0 {
                problems.push(origin.error("this capsule has no addresses for Gopher").hint(
                    "write them as in `gopher = { listen = [\"0.0.0.0:7071\"] }`; the first capsule has port 70",
                ));
                continue;
            }
            if listener.hostname.is_default() {
                listener.hostname.value = host;
            }
            set_default_listen(&mut listener.listen, GOPHER_PORT, local);
        }
    }
}

impl CapsuleTable {
    /// Returns the host name and then the aliases, each once.
    fn hosts(&self) -> Vec<HostName> {
        let mut seen = HashSet::new();
        self.hostname.iter().chain(self.aliases.iter()).filter(|host| seen.insert(*host)).cloned().collect()
    }
}

/// Replaces a setting by a value `given` outside of the file, if there is one, converted by `value`.
fn replace<T, U>(setting: &mut Setting<T>, given: Option<&(U, &'static str)>, value: impl FnOnce(&U) -> T) {
    if let Some((given, name)) = given {
        *setting = Setting { value: value(given), origin: Origin::Named((*name).to_owned()) };
    }
}

/// Reads `text`; a mistake is added to `problems`.
fn valid<T: Text>(text: &str, problems: &mut Vec<Problem>) -> Option<T> {
    T::parse(text).map_err(|problem| problems.push(problem)).ok()
}

/// Sets addresses that were not given to `port` on every interface, or on loopback only.
fn set_default_listen(listen: &mut Listen, port: u16, local: bool) {
    let hosts: [IpAddr; 2] = if local {
        [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
    } else {
        [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()]
    };
    if listen.is_default() {
        listen.value = hosts.map(|host| SocketAddr::new(host, port)).to_vec();
    }
}
