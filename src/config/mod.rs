//! Configuration: what the operator has set, and what the server does with it.
//!
//! [`File::parse`] reads `config.toml` into the structs of `settings`, which define each setting once: key, type,
//! default, explanation, and whether a change waits for a restart. [`resolve()`] adds flags, environment
//! ([`Overrides`]) and defaults, checks all against each other, and makes a [`Config`]. Flags override the environment,
//! which overrides the file. A configuration is valid as a whole or refused with all its mistakes.
//!
//! `lamplit config`, the reference and the commented file of `lamplit init` are printed from the same definitions.

mod input;
mod print;
mod resolve;
mod settings;
mod table;
mod values;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::capsule::PrivateArea;
use crate::generator::Recognised;
use crate::host::{GEMINI_PORT, GOPHER_PORT, HostName};
use crate::identity::KeyStore;
use crate::server::Limits;
use crate::site::{Authority, SiteOptions};

use settings::{CapsuleTable, Presentation, Settings};

pub use input::{File, Overrides, state_folder};
pub use print::{commented_file, reference};
pub use resolve::resolve;

/// Addresses to listen on; port 0 lets the system choose. If they are the default ones, binding one of them may fail (a
/// machine without IPv6), and Gopher may move to [`GOPHER_FALLBACK_PORT`](crate::host::GOPHER_FALLBACK_PORT).
pub type Listen = table::Setting<Vec<SocketAddr>>;

/// How a capsule is served over Gopher. A Gopher request names no host, so each capsule has listeners of its own.
pub type Gopher = settings::GopherListener;

/// A complete and valid configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file that it was read from, if there is one.
    pub file: Option<PathBuf>,
    /// The capsules; the first one also answers requests without a host name. Empty only if others are hosted.
    pub capsules: Vec<Capsule>,
    /// The folder of the keys that Lamplit generates.
    pub certs: PathBuf,
    /// Limits on what clients can use.
    pub limits: Limits,
    /// Whether drafts and essays with a future date are shown, marked as such, for their author.
    pub drafts: bool,
    /// All settings, completed. Those that need no conversion are read here only.
    pub settings: Arc<Settings>,
}

impl Config {
    /// Returns the folder of the capsules that are loaded on first request, if there is one.
    pub fn hosting_folder(&self) -> Option<&Path> {
        self.settings.capsules.as_deref()
    }

    /// Returns the Gemini port in published URLs if it is configured, as with port forwarding.
    pub fn gemini_port(&self) -> Option<u16> {
        self.settings.gemini.port.map(|port| port.0)
    }

    /// Returns how the pages of `capsule` are made; ports that are not configured are the default ones.
    pub fn site_options(&self, capsule: &Capsule) -> SiteOptions {
        let mut options = SiteOptions::standard(&capsule.hosts[0]);
        options.gemini.port = self.gemini_port().unwrap_or(GEMINI_PORT);
        options.gopher = None;
        if let Some(Gopher { hostname, port, .. }) = &capsule.gopher {
            let host = hostname.as_ref().unwrap_or(&capsule.hosts[0]).clone();
            options.gopher = Some(Authority { host, port: port.map_or(GOPHER_PORT, |port| port.0) });
            options.plain.width = self.settings.gopher.width.0;
        }
        let details = &capsule.settings.details;
        options.language = details.language.value.clone().map(|tag| tag.0).unwrap_or_default();
        options.author.clone_from(&details.author);
        options.web = details.web.value.clone().map(|address| address.0);
        options.icon = details.icon.value.clone().map(|icon| icon.0);
        options.gone = details.gone.iter().map(|path| path.0.clone()).collect();
        let Presentation { pages, gemtext, words, redirects, .. } = &self.settings.presentation;
        options.redirects = redirects.0.iter().map(|(old, new)| (old.clone(), new.value.clone())).collect();
        options.redirects.extend(capsule.site.iter().flat_map(|site| site.redirects.clone()));
        options.markdown.smart_punctuation = *pages.smart;
        options.markdown.line_breaks = *pages.line_breaks;
        (options.meta, options.shift_headings) = (*pages.meta, *pages.shift_headings);
        let labels = [("back", &pages.back_label.value), ("mentions", &pages.mentions_label.value)];
        let labels = labels.into_iter().filter_map(|(key, own)| Some((key.to_owned(), own.clone()?)));
        options.words = options.words.with_own(words.pairs().into_iter().chain(labels));
        options.gemtext.emphasis = *gemtext.emphasis;
        options.gemtext.links = *gemtext.links;
        options.gemtext.link_markers = *gemtext.link_markers;
        options
    }
}

/// A capsule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capsule {
    /// The host name, then the aliases; never empty.
    pub hosts: Vec<HostName>,
    /// The folder of the essays. In the folder of a site generator, it is the content folder of that.
    pub content: PathBuf,
    /// Where the key and certificate are kept.
    pub key_store: KeyStore,
    /// How the capsule is served over Gopher, or `None` if it is not.
    pub gopher: Option<Gopher>,
    /// The folders for some readers only.
    pub private: Vec<PrivateArea>,
    /// All its settings, completed. Those that need no conversion are read here only.
    pub settings: CapsuleTable,
    /// What the files of a site generator say of it, if there are any.
    pub site: Option<Recognised>,
}

impl Capsule {
    /// Returns the names for its certificate. A capsule called `localhost` is also requested by loopback address.
    pub fn certified_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.hosts.iter().map(ToString::to_string).collect();
        if names.iter().any(|name| name == "localhost") {
            names.extend(["127.0.0.1", "::1"].map(str::to_owned));
        }
        names
    }
}
