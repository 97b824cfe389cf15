//! The settings of a file together with those of flags and environment, and the defaults that depend on others.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use super::settings::{CapsuleDetails, CapsuleTable, GopherListener, Settings};
use super::table::{Origin, Setting};
use super::values::Text;
use super::{Listen, Overrides};
use crate::host::{GEMINI_PORT, GOPHER_PORT, HostName};
use crate::problem::Problem;

impl Settings {
    /// Returns these settings, which a file gives, completed by flags, environment and defaults, and with absolute
    /// paths. Invalid flags and variables are added to `problems`.
    ///
    /// `base` is the folder that relative paths in the file start from; `state` is the default folder of the keys.
    pub(super) fn complete(
        mut self,
        overrides: &Overrides,
        base: &Path,
        state: &Path,
        problems: &mut Vec<Problem>,
    ) -> Self {
        self.resolve_paths(base);
        self.replace_capsules(overrides);
        if let Some(own) = self.capsule.first_mut().and_then(|first| first.value.gopher.take()) {
            self.gopher.listener = own.or(self.gopher.listener);
        }
        self.apply(overrides, problems);
        self.certs.value.get_or_insert_with(|| state.to_owned());
        for capsule in self.capsule.iter_mut().filter(|capsule| capsule.hostname.is_default()) {
            capsule.value.hostname.value = Some(HostName::localhost());
        }
        let local = self.capsules.value.is_none()
            && self.capsule.iter().flat_map(|capsule| capsule.hosts()).all(|host| host.is_local());
        set_default_listen(&mut self.gemini.listen, GEMINI_PORT, local);
        self.complete_gopher(local, problems);
        self
    }

    /// Makes paths of the file start at `base`.
    fn resolve_paths(&mut self, base: &Path) {
        let capsules = self.capsule.iter_mut().flat_map(|capsule| {
            let CapsuleTable { content, certificate, key, .. } = &mut capsule.value;
            [content, certificate, key]
        });
        let paths = [&mut self.certs, &mut self.capsules, &mut self.log.file].into_iter().chain(capsules);
        for path in paths {
            path.value = path.value.take().map(|path| base.join(path));
        }
    }

    /// Replaces the capsules of the file by the folder of essays that `overrides` names, if it names one. The only
    /// capsule of a file gives it its author, language and private areas.
    fn replace_capsules(&mut self, overrides: &Overrides) {
        let content = |layer: &Overrides| layer.content.clone();
        let Some((content, origin)) = overrides.get(content, "DIR", "LAMPLIT_CONTENT") else { return };
        let details = match &mut self.capsule[..] {
            [only] => {
                let CapsuleDetails { author, language, private, .. } =
                    std::mem::take(&mut only.value.details);
                CapsuleDetails { author, language, private, ..CapsuleDetails::default() }
            }
            _ => CapsuleDetails::default(),
        };
        let content = Setting::new(Some(content), origin);
        let capsule = CapsuleTable { content, details, ..CapsuleTable::default() };
        self.capsule = vec![Setting::new(capsule, Origin::Default)];
        self.capsules = Setting::default();
    }

    /// Replaces settings by those that `overrides` gives.
    fn apply(&mut self, overrides: &Overrides, problems: &mut Vec<Problem>) {
        let certs = overrides.get(|layer| layer.certs.clone(), "--certs", "LAMPLIT_CERTS");
        replace(&mut self.certs, certs, Some);
        let user = overrides.get(|layer| layer.user.clone(), "--user", "LAMPLIT_USER");
        replace(&mut self.privileges.user, user, Some);
        let ephemeral =
            overrides.get(|layer| layer.ephemeral_keys, "--ephemeral-keys", "LAMPLIT_EPHEMERAL_KEYS");
        replace(&mut self.ephemeral_keys, ephemeral, |is_allowed| is_allowed);
        if let Some(first) = self.capsule.first_mut() {
            let name = overrides.get(|layer| layer.hostname.as_deref(), "--hostname", "LAMPLIT_HOSTNAME");
            replace(&mut first.value.hostname, name, |name| valid(name, problems));
        }
        let gemini = overrides.get(|layer| given(&layer.gemini), "--gemini", "LAMPLIT_GEMINI");
        let mut addresses =
            |texts: &[String]| texts.iter().filter_map(|text| valid(text, problems)).collect::<Vec<_>>();
        replace(&mut self.gemini.listen, gemini, &mut addresses);
        let gopher = overrides.get(|layer| given(&layer.gopher), "--gopher", "LAMPLIT_GOPHER");
        replace(&mut self.gopher.enabled, gopher.clone(), |texts| texts != ["off"]);
        replace(&mut self.gopher.listener.listen, gopher.filter(|(texts, _)| *texts != ["off"]), addresses);
    }

    /// Gives every capsule that is served over Gopher its addresses and host name: the first one in `[gopher]`.
    fn complete_gopher(&mut self, local: bool, problems: &mut Vec<Problem>) {
        let is_enabled = *self.gopher.enabled;
        for (index, Setting { value: capsule, origin }) in self.capsule.iter_mut().enumerate() {
            let host = capsule.hosts().first().cloned();
            let listener = match &mut capsule.gopher {
                _ if index == 0 => &mut self.gopher.listener,
                Some(own) => own,
                None => continue,
            };
            if is_enabled && listener.listen.is_default() && index > 0 {
                let problem = Problem::error("this capsule has no addresses for Gopher").hint(
                    "write them as in `gopher = { listen = [\"0.0.0.0:7071\"] }`; the first capsule has port 70",
                );
                problems.push(Problem { place: origin.place(), ..problem });
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
    pub(super) fn hosts(&self) -> Vec<HostName> {
        let mut hosts = Vec::new();
        for host in self.hostname.iter().chain(self.aliases.iter()) {
            if !hosts.contains(host) {
                hosts.push(host.clone());
            }
        }
        hosts
    }
}

impl GopherListener {
    /// Returns these settings, completed by those of `weaker`.
    fn or(self, weaker: Self) -> Self {
        Self {
            listen: self.listen.or(weaker.listen),
            hostname: self.hostname.or(weaker.hostname),
            port: self.port.or(weaker.port),
            tls: self.tls.or(weaker.tls),
        }
    }
}

fn given(list: &[String]) -> Option<&[String]> {
    (!list.is_empty()).then_some(list)
}

/// Replaces a setting by what `value` makes of `given`, if that was given.
fn replace<T, U>(setting: &mut Setting<T>, given: Option<(U, Origin)>, value: impl FnOnce(U) -> T) {
    if let Some((given, origin)) = given {
        *setting = Setting::new(value(given), origin);
    }
}

/// Reads `text`; a mistake is added to `problems`.
fn valid<T: Text>(text: &str, problems: &mut Vec<Problem>) -> Option<T> {
    T::parse(text).map_err(|problem| problems.push(problem)).ok()
}

/// Sets addresses that were not given to `port` on every interface, or on loopback only.
fn set_default_listen(listen: &mut Listen, port: u16, local: bool) {
    if !listen.is_default() {
        return;
    }
    let (v4, v6) = if local {
        (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST)
    } else {
        (Ipv4Addr::UNSPECIFIED, Ipv6Addr::UNSPECIFIED)
    };
    listen.value = vec![SocketAddr::from((v4, port)), SocketAddr::from((v6, port))];
}
