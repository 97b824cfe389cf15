//! Completed settings become a [`Config`], unless they contradict each other.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::diagnostics::in_order;
use super::parse::File;
use super::settings::{CapsuleDetails, CapsuleTable, GopherListener, HostedSettings, LimitsTable, Settings};
use super::table::{Origin, Setting};
use super::values::{FolderPath, LanguageTag, Seconds, Text, WebAddress};
use super::{Capsule, Config, Gopher, Overrides, Private};
use crate::capsule::PrivateArea;
use crate::generator::{self, Fact, Recognised};
use crate::host::HostName;
use crate::identity::KeyStore;
use crate::problem::{Problem, Problems};
use crate::server::Limits;

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
    if settings.capsule.is_empty() && settings.capsules.value.is_none() {
        problems.push(Problem::error("there is nothing to serve").hint(
            "name a folder of essays, as in `lamplit serve ~/essays`, or write a `[[capsule]]` into config.toml; \
             `capsules` names a folder with one capsule for each host",
        ));
    }
    let config = values(settings, true, &mut problems);
    check_keys(&config, &mut problems);
    check_log(&config, &mut problems);
    check_addresses(&config, &mut problems);
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
        host: &HostName,
        content: &Path,
        file: Option<(&str, &str)>,
    ) -> Result<Self, Problems> {
        let mut settings = Settings::clone(&self.settings);
        let (details, presentation) = match file {
            Some((name, text)) => HostedSettings::read(name, text, &settings.presentation)?,
            None => (CapsuleDetails::default(), settings.presentation),
        };
        let capsule = CapsuleTable {
            hostname: Setting::new(Some(host.clone()), Origin::Default),
            content: Setting::new(Some(content.to_owned()), Origin::Default),
            details,
            ..CapsuleTable::default()
        };
        settings.capsules = Setting::default();
        settings.capsule = vec![Setting::new(capsule, Origin::Default)];
        settings.gopher.enabled.value = false;
        settings.presentation = presentation;
        let mut problems = Vec::new();
        let config = values(settings, false, &mut problems);
        Problems::refuse(in_order(problems))?;
        Ok(config)
    }
}

/// Returns the values of completed `settings`; contradictions are added to `problems`.
///
/// With `above`, the folders above those of capsules may say something of them.
fn values(mut settings: Settings, above: bool, problems: &mut Vec<Problem>) -> Config {
    let recognised =
        settings.capsule.iter_mut().map(|capsule| recognise(&mut capsule.value, above)).collect();
    let LimitsTable { connections, per_address, handshake, request, write, linger, grace, .. } =
        &settings.limits;
    Config {
        capsules: capsules(&settings, recognised, problems),
        certs: settings.certs.value.clone().unwrap_or_default(),
        drafts: false,
        limits: Limits {
            connections: connections.0,
            files: connections.0,
            per_address: per_address.0,
            handshake: handshake.duration(),
            request: request.duration(),
            write_stall: write.duration(),
            linger: linger.duration(),
            grace: grace.duration(),
            ..Limits::STANDARD
        },
        front_matter: settings.presentation.front_matter.pairs(),
        settings: Arc::new(settings),
    }
}

/// Recognises the site generator of the content folder of a capsule, and sets what the capsule does not set itself.
fn recognise(capsule: &mut CapsuleTable, above: bool) -> Option<Recognised> {
    let content = capsule.content.as_deref().filter(|_| *capsule.details.recognise)?;
    let site = generator::recognise(content, above)?;
    let CapsuleDetails { title, author, language, web, .. } = &mut capsule.details;
    take(title, site.title.as_ref(), |text| Some(text.to_owned()));
    take(author, site.author.as_ref(), |text| Some(text.to_owned()));
    take(language, site.language.as_ref(), |tag| LanguageTag::parse(&tag.replace('_', "-")).ok());
    take(web, site.web.as_ref(), |url| WebAddress::parse(url).ok());
    Some(site)
}

/// Sets a setting that has no value to that of a site generator, if it is valid.
fn take<T>(setting: &mut Setting<Option<T>>, fact: Option<&Fact>, read: impl Fn(&str) -> Option<T>) {
    if let Some(Fact { value, file }) = fact.filter(|_| setting.is_default())
        && let Some(value) = read(value)
    {
        *setting = Setting::new(Some(value), Origin::Generator(file.clone()));
    }
}

/// Returns the capsules of `settings`, without those that lack a valid host name or a folder.
fn capsules(
    settings: &Settings,
    recognised: Vec<Option<Recognised>>,
    problems: &mut Vec<Problem>,
) -> Vec<Capsule> {
    let mut capsules = Vec::new();
    let mut owners: HashMap<HostName, usize> = HashMap::new();
    for ((index, Setting { value: table, origin }), site) in
        settings.capsule.iter().enumerate().zip(recognised)
    {
        let hosts = table.hosts();
        for host in &hosts {
            if owners.insert(host.clone(), index).is_some_and(|owner| owner != index) {
                let what = format!("`{host}` is the name of another capsule already");
                problems.push(at(origin, Problem::error(what)));
            }
        }
        let Some(content) = table.content.value.clone() else {
            let what = "this capsule has no folder: the key `content` is missing";
            problems.push(at(origin, Problem::error(what)));
            continue;
        };
        let listener = if index == 0 { Some(&settings.gopher.listener) } else { table.gopher.as_ref() };
        let capsule = Capsule {
            hosts,
            content: site.as_ref().and_then(|site| site.content_folder(&content)).unwrap_or(content),
            swapped: *table.swapped,
            poll: table.poll.value.map(Seconds::duration),
            key_store: key_store(settings, table, problems),
            gopher: listener
                .filter(|_| *settings.gopher.enabled)
                .map(|listener| gopher(listener, settings.gopher.width.0)),
            private: private(&table.details, problems),
            details: table.details.clone(),
            site,
        };
        // An invalid host name is reported already.
        capsules.extend(Some(capsule).filter(|capsule| !capsule.hosts.is_empty()));
    }
    capsules
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
        listen: listener.listen.clone(),
        hostname: listener.hostname.value.clone().unwrap_or_else(HostName::localhost),
        port: listener.port.map(|port| port.0),
        tls: *listener.tls,
        width,
    }
}

/// Reports keys that would be published.
fn check_keys(config: &Config, problems: &mut Vec<Problem>) {
    let external = config.capsules.iter().filter_map(|capsule| match &capsule.key_store {
        KeyStore::External { key, .. } => Some(key),
        KeyStore::Managed { .. } => None,
    });
    for place in [&config.certs].into_iter().chain(external) {
        let content = config.capsules.iter().map(|capsule| capsule.content.as_path());
        let mut published = content.chain(config.hosting_folder());
        if published.any(|content| lies_within(place, content)) {
            let what = format!("the keys would lie in `{}`, inside the content folder", place.display());
            problems.push(Problem::error(what).hint(
                "choose another folder with `--certs DIR` or the key `certs`, and keep keys of your own elsewhere",
            ));
        }
    }
}

/// Returns whether `path` is `folder` or lies within it, after links and dots are resolved.
fn lies_within(path: &Path, folder: &Path) -> bool {
    // A folder that does not exist yet, or has an empty name (for commands that need none), is compared as written.
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (Ok(path), Ok(folder)) = (std::path::absolute(path), real(folder)) else { return false };
    path.ancestors().any(|above| above == folder || real(above).is_ok_and(|above| above == folder))
}

/// Reports a log that would be published.
fn check_log(config: &Config, problems: &mut Vec<Problem>) {
    let Some(file) = config.settings.log.file.as_deref() else { return };
    let folder = file.parent().unwrap_or(file);
    if config.capsules.iter().any(|capsule| lies_within(folder, &capsule.content)) {
        let what = "the log would lie inside the content folder, and be published";
        problems.push(at(&config.settings.log.file.origin, Problem::error(what)));
    }
}

/// Reports addresses that are listened on twice: two capsules cannot share a Gopher port.
fn check_addresses(config: &Config, problems: &mut Vec<Problem>) {
    let gopher = config.capsules.iter().filter_map(|capsule| capsule.gopher.as_ref());
    let listens = [&config.settings.gemini.listen].into_iter().chain(gopher.map(|gopher| &gopher.listen));
    let mut seen = HashSet::new();
    for address in listens.flat_map(|listen| listen.iter()) {
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
