//! What a site needs to know besides its capsule.

use crate::capsule::CapsulePath;
use crate::markup::markdown::MarkdownOptions;
use crate::render::gemtext::GemtextOptions;
use crate::render::plain::PlainOptions;

/// How the pages of a capsule are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteOptions {
    /// The address readers of Gemini ask, as advertised.
    pub gemini: Authority,
    /// The address readers of Gopher ask, as advertised; none if it is not served.
    pub gopher: Option<Authority>,
    /// The language of pages that do not state theirs (BCP 47); empty if unknown.
    pub language: String,
    /// Where the archive is on the Web, for links of its author's to pages that are only there.
    pub web: Option<String>,
    /// What stands around the words of essays.
    pub pages: PageOptions,
    /// Who writes the capsule, for feeds; else the author of its introduction.
    pub author: Option<String>,
    /// One emoji for `/favicon.txt`, where the author has no such file.
    pub icon: Option<String>,
    /// Addresses that are gone for good, in all their forms; a folder with everything below it.
    pub gone: Vec<CapsulePath>,
    /// Whether readers can search. A copy without a server behind it has nobody to ask.
    pub search: bool,
    /// The most bytes of finished pages that are kept for the next reader.
    pub cache_bytes: u64,
    /// How Markdown is read.
    pub markdown: MarkdownOptions,
    /// How gemtext is written.
    pub gemtext: GemtextOptions,
    /// How plain text is written.
    pub plain: PlainOptions,
}

/// What stands around the words of an essay, whatever it is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOptions {
    /// Where date, reading time and tags stand.
    pub meta: MetaLine,
    /// The label of the link that closes an essay.
    pub back_label: String,
    /// What stands above the essays that mention one; empty if they are not to be listed.
    pub mentions_label: String,
    /// Whether the headings of a body that uses `#` for its parts go one level down, so that the title is the
    /// only heading of level 1. Off by default: clients draw many titles without harm, and deeper headings
    /// than three do not exist in gemtext.
    pub shift_headings: bool,
}

/// Where the line with date, reading time and tags stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MetaLine {
    /// At the foot of gemtext, whose clients may draw the first line of text large; under the title of plain
    /// text, where nothing does.
    Footer,
    /// Under the title.
    Header,
    /// Nowhere.
    None,
}

impl PageOptions {
    /// What suits most archives.
    pub fn standard() -> Self {
        Self {
            meta: MetaLine::Footer,
            back_label: "← Back to all essays".to_owned(),
            mentions_label: "Essays that mention this".to_owned(),
            shift_headings: false,
        }
    }
}

/// A host and a port, as in a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The host name or address, as it stands alone: an IPv6 one without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Authority {
    /// `scheme://host`, with the port unless it is the `usual` one. In a URL an IPv6 address stands in brackets
    /// (RFC 3986, section 3.2.2).
    pub fn url(&self, scheme: &str, usual: u16) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == usual {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }
}

impl SiteOptions {
    /// What suits most archives, for a capsule at `host` and the usual ports.
    pub fn standard(host: &str) -> Self {
        Self {
            gemini: Authority { host: host.to_owned(), port: 1965 },
            gopher: Some(Authority { host: host.to_owned(), port: 70 }),
            language: String::new(),
            web: None,
            author: None,
            pages: PageOptions::standard(),
            icon: None,
            gone: Vec::new(),
            search: true,
            // Some two hundred essays: more would hardly save the processor anything, and every archive would soon fill it.
            cache_bytes: 2 << 20,
            markdown: MarkdownOptions::STANDARD,
            gemtext: GemtextOptions::standard(),
            plain: PlainOptions::standard(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_written_as_urls_want_it() {
        for (host, port, url) in [
            ("example.org", 70, "gopher://example.org"),
            ("example.org", 7070, "gopher://example.org:7070"),
            ("192.0.2.7", 70, "gopher://192.0.2.7"),
            ("2001:db8::7", 70, "gopher://[2001:db8::7]"),
            ("2001:db8::7", 7070, "gopher://[2001:db8::7]:7070"),
        ] {
            let authority = Authority { host: host.to_owned(), port };
            assert_eq!(authority.url("gopher", 70), url); // P12
        }
    }
}
