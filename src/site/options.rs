//! The options of a site, and the media it is read in.

use crate::capsule::{CapsulePath, Essay};
use crate::host::{GEMINI_PORT, GOPHER_PORT, HostName};
use crate::markup::markdown::MarkdownOptions;
use crate::render::gemtext::GemtextOptions;
use crate::render::plain::{self, PlainOptions};
use crate::render::words::Words;
use crate::search::IndexOptions;

/// A form in which a capsule is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Medium {
    /// Gemtext with link lines; text with LF line ends.
    Gemini,
    /// Menus and wrapped text, with CRLF line ends.
    Gopher,
}

impl Medium {
    /// All media.
    pub const ALL: [Self; 2] = [Self::Gemini, Self::Gopher];

    pub(super) fn serves(self, essay: &Essay) -> bool {
        match self {
            Self::Gemini => !essay.metadata.not_over_gemini,
            Self::Gopher => !essay.metadata.not_over_gopher,
        }
    }

    pub(super) fn with_line_ends(self, text: String) -> String {
        if self == Self::Gopher { plain::for_gopher(&text) } else { text }
    }
}

/// How the pages of a capsule are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteOptions {
    /// The private area whose readers the site is for, and within which alone it answers; `None` for the public site.
    pub private_area: Option<CapsulePath>,
    /// The advertised address of the Gemini server.
    pub gemini: Authority,
    /// The advertised address of the Gopher server; `None` if the capsule is not served over Gopher.
    pub gopher: Option<Authority>,
    /// The language of pages that do not state theirs (BCP 47); empty if unknown.
    pub language: String,
    /// The address of the archive on the Web, for links to pages that exist only there.
    pub web: Option<String>,
    /// The place of date, reading time and tags.
    pub meta: MetaLine,
    /// Whether the headings of a body with sections of level 1 move one level down. Off by default: gemtext has three.
    pub shift_headings: bool,
    /// Our own words on pages. Without words for `mentions`, essays do not list the essays that mention them.
    pub words: Words,
    /// The author of the capsule for feeds; by default the author of its introduction.
    pub author: Option<String>,
    /// One emoji for `/favicon.txt`, unless the author has such a file.
    pub icon: Option<String>,
    /// Withdrawn addresses: essays in all their forms, folders with everything below them.
    pub gone: Vec<CapsulePath>,
    /// Addresses without a page of their own, each with the one that it leads to.
    pub redirects: Vec<(CapsulePath, CapsulePath)>,
    /// Whether readers can search; static copies cannot answer queries.
    pub search: bool,
    /// Limit of the cache of rendered pages, in bytes.
    pub cache_bytes: u64,
    /// How Markdown is read.
    pub markdown: MarkdownOptions,
    /// How gemtext is written.
    pub gemtext: GemtextOptions,
    /// How plain text is written.
    pub plain: PlainOptions,
}

/// The place of the line with date, reading time and tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MetaLine {
    /// Below the body of gemtext, whose clients may enlarge the first line of text; under the title of plain text.
    Footer,
    /// Under the title.
    Header,
    /// Nowhere.
    None,
}

/// A host and a port, as in a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The host name or address.
    pub host: HostName,
    /// The port.
    pub port: u16,
}

impl Authority {
    /// Returns `scheme://host`, with the port unless it is `default_port`; IPv6 in brackets (RFC 3986, section 3.2.2).
    pub fn url(&self, scheme: &str, default_port: u16) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.to_string() };
        let port = if self.port == default_port { String::new() } else { format!(":{}", self.port) };
        format!("{scheme}://{host}{port}")
    }
}

impl SiteOptions {
    /// Returns the options that suit most archives, for a capsule at `host` and the default ports.
    pub fn standard(host: &HostName) -> Self {
        Self {
            private_area: None,
            gemini: Authority { host: host.clone(), port: GEMINI_PORT },
            gopher: Some(Authority { host: host.clone(), port: GOPHER_PORT }),
            language: String::new(),
            web: None,
            author: None,
            meta: MetaLine::Footer,
            shift_headings: false,
            words: Words::default(),
            icon: None,
            gone: Vec::new(),
            redirects: Vec::new(),
            search: true,
            // Some two hundred essays; a larger cache saves hardly any processor time, and archives soon fill it.
            cache_bytes: 2 << 20,
            markdown: MarkdownOptions::STANDARD,
            gemtext: GemtextOptions::default(),
            plain: PlainOptions::default(),
        }
    }

    /// Returns the URL of the resource at `path` over Gemini.
    pub fn gemini_url(&self, path: &CapsulePath) -> String {
        format!("{}{}", self.gemini.url("gemini", GEMINI_PORT), path.to_url())
    }

    /// Returns how the search index reads the essays.
    pub fn index_options(&self) -> IndexOptions {
        IndexOptions { language: self.language.clone(), markdown: self.markdown }
    }
}
