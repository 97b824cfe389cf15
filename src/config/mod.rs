//! Configuration: what the person running Lamplit wrote, and what it comes to.
//!
//! A setting is taken from the flag, else from the environment (`LAMPLIT_…`), else from the file, else
//! from its default. [`File`] is exactly what `config.toml` may say; [`Overrides`] is what flags and
//! environment may say; [`resolve()`] turns both into a [`Config`], the only thing the program reads.
//! Every mistake is reported at once, with its line and a hint; nothing is used unless all of it is good.

mod complete;
mod folders;
mod overrides;
mod parse;
mod reference;
mod resolve;
mod settings;
mod show;
mod table;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::capsule::{CapsulePath, PrivateArea};
use crate::host::{Fingerprint, GEMINI_PORT, GOPHER_PORT, HostName};
use crate::identity::KeyStore;
use crate::markup::markdown::MarkdownOptions;
use crate::privileges::SandboxMode;
use crate::render::gemtext::GemtextOptions;
use crate::server::access_log::{LogAddresses, LogFormat};
use crate::server::tls::TlsVersions;
use crate::server::{Limits, Proxies};
use crate::site::{Authority, PageOptions, SiteOptions};

use settings::Settings;

pub use folders::state_folder;
pub use overrides::Overrides;
pub use parse::File;
pub use reference::{commented_file, reference};
pub use resolve::resolve;

/// Everything the program needs to know, complete and valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What is published; the first also answers readers who name no host. None only where others are hosted.
    pub capsules: Vec<Capsule>,
    /// What is published besides, once somebody asks for it.
    pub hosting: Hosting,
    /// The folder of the keys that Lamplit makes.
    pub certs: PathBuf,
    /// Whether one may be made where it does not last.
    pub ephemeral_keys: bool,
    /// Where Gemini is served.
    pub gemini: Gemini,
    /// How much readers may take up.
    pub limits: Limits,
    /// What is logged of each connection.
    pub log: Log,
    /// Where metrics are shown, on loopback only; nowhere if there are none.
    pub metrics: Vec<SocketAddr>,
    /// What the process keeps and gives up.
    pub privileges: Privileges,
    /// Who may say whose connection it passes on.
    pub proxies: Proxies,
    /// Pairs of a usual key of essays and the key that this archive uses for it.
    pub front_matter: Vec<(String, String)>,
    /// How Markdown is read.
    pub markdown: MarkdownOptions,
    /// What stands around the words of essays.
    pub pages: PageOptions,
    /// How gemtext is written.
    pub gemtext: GemtextOptions,
    /// The settings that these values come from.
    settings: Arc<Settings>,
}

impl Config {
    /// How the pages of `capsule` are made, with the ports that readers are told. Where none is configured these
    /// are the usual ones: only bound sockets know better.
    pub fn site_options(&self, capsule: &Capsule) -> SiteOptions {
        let mut options = SiteOptions::standard(&capsule.hosts[0]);
        options.gemini.port = self.gemini.port.unwrap_or(GEMINI_PORT);
        options.gopher = capsule.gopher.as_ref().map(|gopher| {
            let port = gopher.port.unwrap_or(GOPHER_PORT);
            Authority { host: gopher.hostname.to_string(), port }
        });
        options.language = capsule.language.clone().unwrap_or_default();
        options.author.clone_from(&capsule.author);
        options.web.clone_from(&capsule.web);
        options.icon.clone_from(&capsule.icon);
        options.gone.clone_from(&capsule.gone);
        options.markdown = self.markdown;
        options.pages = self.pages.clone();
        options.gemtext = self.gemtext.clone();
        if let Some(gopher) = &capsule.gopher {
            options.plain.width = gopher.width;
        }
        options
    }
}

/// Capsules that are found by the names of their folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosting {
    /// Where each folder that is named like a host is its capsule.
    pub folder: Option<PathBuf>,
    /// What the process may take in memory with those that are loaded, in bytes.
    pub memory: u64,
}

/// One capsule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capsule {
    /// Its host name and then its aliases: lower case, in punycode, without trailing dots; at least one.
    pub hosts: Vec<HostName>,
    /// The folder of its essays.
    pub content: PathBuf,
    /// Whether deployments put another folder in its place.
    pub swapped: bool,
    /// Its title; none means that the folder says it.
    pub title: Option<String>,
    /// Who writes it, for feeds.
    pub author: Option<String>,
    /// The language of essays that do not say theirs, as a BCP 47 tag.
    pub language: Option<String>,
    /// Where its key and certificate are kept.
    pub key_store: KeyStore,
    /// Where it is served over Gopher; none if it is not.
    pub gopher: Option<Gopher>,
    /// Where the same archive is on the Web, for links to pages that are only there.
    pub web: Option<String>,
    /// The one emoji of `/favicon.txt`.
    pub icon: Option<String>,
    /// What of the folder is not for readers, as patterns of gitignore.
    pub ignore: Vec<String>,
    /// Addresses of what was withdrawn.
    pub gone: Vec<CapsulePath>,
    /// What of the folder is not for everybody.
    pub private: Vec<Private>,
}

/// A private area, and who reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Private {
    /// The area.
    pub area: PrivateArea,
    /// Its readers, by their certificates or the keys in them.
    pub readers: Vec<Fingerprint>,
}

impl Capsule {
    /// The private areas, whoever reads them.
    pub fn private_areas(&self) -> Vec<PrivateArea> {
        self.private.iter().map(|private| private.area.clone()).collect()
    }

    /// The names a certificate for it is made for: a capsule on this machine is also reached by its address.
    pub fn certified_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.hosts.iter().map(ToString::to_string).collect();
        if names.iter().any(|name| name == "localhost") {
            names.extend(["127.0.0.1", "::1"].map(str::to_owned));
        }
        names
    }
}

/// Where Gemini is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gemini {
    /// Addresses to listen on.
    pub listen: Listen,
    /// The port in readers' URLs, where it differs from the bound one (behind a port forward).
    pub port: Option<u16>,
    /// Whether a URL with another port is refused.
    pub check_port: bool,
    /// The versions of TLS that are spoken.
    pub versions: TlsVersions,
}

impl Gemini {
    /// The port that readers are told, as far as the configuration knows it.
    pub fn told_port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.listen.port(GEMINI_PORT))
    }
}

/// Where a capsule is served over Gopher. A Gopher request names no host, so each capsule has listeners of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gopher {
    /// Addresses to listen on.
    pub listen: Listen,
    /// The host name in menus.
    pub hostname: HostName,
    /// The port in menus, where it differs from the bound one.
    pub port: Option<u16>,
    /// Whether TLS is spoken on the same port with those who begin with it.
    pub tls: bool,
    /// The width of text in columns, 40 to 200.
    pub width: usize,
}

impl Gopher {
    /// The port that menus name, as far as the configuration knows it.
    pub fn told_port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.listen.port(GOPHER_PORT))
    }
}

/// Addresses to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// The addresses; port 0 lets the system choose.
    pub addresses: Vec<SocketAddr>,
    /// Whether nobody asked for exactly these: then one of them may fail (a machine without IPv6), and
    /// Gopher may move to [`GOPHER_FALLBACK_PORT`](crate::host::GOPHER_FALLBACK_PORT).
    pub is_default: bool,
}

impl Listen {
    /// The port of the first address; the `usual` one if there is none.
    fn port(&self, usual: u16) -> u16 {
        self.addresses.first().map_or(usual, SocketAddr::port)
    }
}

/// What is logged of each connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Into which file; none for standard error.
    pub file: Option<PathBuf>,
    /// How much of readers' addresses.
    pub addresses: LogAddresses,
    /// In which form.
    pub format: LogFormat,
}

/// What the process keeps and gives up of what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Privileges {
    /// How much depends on the sandbox.
    pub sandbox: SandboxMode,
    /// Who the process becomes when root has started it; none means that it stays who it is.
    pub user: Option<String>,
}
