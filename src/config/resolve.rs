//! Flags, environment, file and defaults become a [`Config`].

mod capsules;
mod content;
mod folders;
mod gopher;
mod host;
mod hosted;
mod listen;
mod options;
mod private;
mod proxy;

#[cfg(test)]
mod support;

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::{Capsule, Config, File, Gemini, Log, Overrides, Privileges};
use crate::host::GEMINI_PORT;
use crate::identity::KeyStore;
use crate::markup::markdown::MarkdownOptions;
use crate::problem::{Place, Problem, Problems, SourceText};
use crate::render::gemtext::GemtextOptions;
use crate::server::tls::TlsVersions;
use crate::site::PageOptions;

pub use folders::state_folder;

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
) -> Result<Config, Problems> {
    let nothing = File::default();
    let mut resolver = Resolver { file: file.unwrap_or(&nothing), base, problems: Vec::new() };
    let config = resolver.config(overrides, state);
    Problems::refuse(resolver.problems)?;
    Ok(config)
}

struct Resolver<'f> {
    file: &'f File,
    base: &'f Path,
    problems: Vec<Problem>,
}

impl Resolver<'_> {
    fn config(&mut self, overrides: &Overrides, state: &Path) -> Config {
        let file = self.file;
        let certs = overrides
            .certs
            .clone()
            .or_else(|| file.certs.as_ref().map(|(certs, _)| self.base.join(certs)))
            .unwrap_or_else(|| state.to_owned());
        let mut tabled = self.capsules(overrides, &certs);
        let hosting = self.hosting(overrides);
        let nobody_else = hosting.folder.is_none();
        let local =
            nobody_else && tabled.iter().flat_map(|(capsule, _)| &capsule.hosts).all(|host| host.is_local());
        for (index, (capsule, table)) in tabled.iter_mut().enumerate() {
            capsule.gopher = self.gopher(capsule, *table, index == 0, overrides, local);
        }
        let capsules: Vec<Capsule> = tabled.into_iter().map(|(capsule, _)| capsule).collect();
        self.no_key_among_essays(&certs, &capsules, hosting.folder.as_deref());
        let gemini = Gemini {
            listen: self.listen(&overrides.gemini, file.gemini.listen.as_ref(), GEMINI_PORT, local),
            port: file.gemini.port,
            check_port: file.gemini.check_port.unwrap_or(true),
            versions: file.gemini.min_tls.unwrap_or(TlsVersions::From12),
        };
        self.every_address_once(&gemini, &capsules);
        let log_file = file.log.file.as_ref().map(|(path, place)| self.log_file(path, place, &capsules));
        Config {
            gemini,
            limits: options::limits(&file.limits),
            log: Log {
                file: log_file,
                addresses: file.log.addresses.unwrap_or_default(),
                format: file.log.format.unwrap_or_default(),
            },
            metrics: self.metrics(),
            privileges: Privileges {
                sandbox: file.privileges.sandbox.unwrap_or_default(),
                user: overrides.user.clone().or_else(|| file.privileges.user.clone()),
            },
            proxies: self.proxies(),
            front_matter: file.front_matter.clone(),
            markdown: options::markdown(&file.pages, MarkdownOptions::STANDARD),
            pages: options::pages(&file.pages, &PageOptions::standard()),
            gemtext: options::gemtext(&file.gemtext, &GemtextOptions::standard()),
            capsules,
            hosting,
            certs,
            ephemeral_keys: overrides.ephemeral_keys.or(file.ephemeral_keys).unwrap_or(false),
        }
    }

    fn place(&self, bytes: Range<usize>) -> Place {
        SourceText::new(self.file.name.clone(), &self.file.text).place(bytes)
    }

    /// Reports keys that would be published.
    fn no_key_among_essays(&mut self, certs: &Path, capsules: &[Capsule], hosted: Option<&Path>) {
        let own = capsules.iter().filter_map(|capsule| match &capsule.key_store {
            KeyStore::External { key, .. } => Some(key.as_path()),
            KeyStore::Managed { .. } => None,
        });
        for place in [certs].into_iter().chain(own) {
            let mut contents = capsules.iter().map(|capsule| capsule.content.as_path()).chain(hosted);
            if contents.any(|content| folders::lies_within(place, content)) {
                let what = format!("the keys would lie in `{}`, inside the content folder", place.display());
                self.problems.push(Problem::error(what).hint(
                    "choose another folder with `--certs DIR` or the key `certs`, and keep keys of your own elsewhere",
                ));
            }
        }
    }

    /// Where the log is written; reports one that would be published.
    fn log_file(&mut self, path: &str, place: &Range<usize>, capsules: &[Capsule]) -> PathBuf {
        let path = self.base.join(path);
        let folder = path.parent().unwrap_or(&path);
        if capsules.iter().any(|capsule| folders::lies_within(folder, &capsule.content)) {
            let what = "the log would lie inside the content folder, and be published";
            self.error(place.clone(), what.to_owned());
        }
        path
    }

    fn error(&mut self, place: Range<usize>, what: String) {
        self.problems.push(Problem::error(what).at(self.place(place)));
    }
}

#[cfg(test)]
mod tests {
    use super::support::{FILE, overrides, resolved};
    use super::*;

    #[test]
    fn flag_before_environment_before_file_before_default() {
        let flag = Overrides {
            hostname: Some("flag.example".into()),
            gemini: vec!["10.1.0.1:1".into()],
            gopher: vec!["10.1.0.2:2".into()],
            certs: Some("/flag".into()),
            ephemeral_keys: Some(true),
            content: None,
            user: Some("flag".into()),
        };
        let environment = overrides(&[
            ("LAMPLIT_HOSTNAME", "environment.example"),
            ("LAMPLIT_GEMINI", "10.2.0.1:1"),
            ("LAMPLIT_GOPHER", "10.2.0.2:2"),
            ("LAMPLIT_CERTS", "/environment"),
            ("LAMPLIT_USER", "environment"),
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
            assert_eq!(
                config.capsules[0].gopher.clone().expect("on").listen.addresses[0].to_string(),
                gopher
            );
            assert_eq!(config.certs, Path::new(certs));
            assert_eq!(config.capsules[0].key_store, KeyStore::Managed { folder: certs.into() });
        }
    }

    #[test]
    fn keys_that_do_not_last_are_made_on_request_only() {
        for (value, file, expected) in [
            ("", "", false),
            ("", "ephemeral_keys = true\n", true),
            ("yes", "", true),
            ("1", "ephemeral_keys = false\n", true),
            ("no", "ephemeral_keys = true\n", false),
        ] {
            let layers = overrides(&[("LAMPLIT_EPHEMERAL_KEYS", value)]);
            let config = resolved(&layers, &format!("{file}{FILE}")).expect("a configuration");
            assert_eq!(config.ephemeral_keys, expected, "{value:?} {file:?}");
        }
    }

    #[test]
    fn a_folder_is_enough() {
        let layers = Overrides { content: Some("/home/me/essays".into()), ..Overrides::default() };
        let config = resolve(&layers, None, Path::new("."), Path::new("/state")).expect("a configuration");
        assert_eq!(config.capsules[0].hosts, ["localhost"]);
        let gopher = config.capsules[0].gopher.clone().expect("on");
        assert_eq!((gopher.hostname.as_str(), gopher.width), ("localhost", 67));
        for listen in [config.gemini.listen, gopher.listen] {
            assert!(listen.is_default && listen.addresses.iter().all(|address| address.ip().is_loopback()));
            assert_eq!(listen.addresses.len(), 2);
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
}
