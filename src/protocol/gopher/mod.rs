//! Gopher: a selector, answered by a menu, a text or a file (RFC 1436 and the conventions of clients since).
//!
//! The request line is a selector, perhaps a TAB and more (sections 2 and 3.6). A selector is looked up literally, then
//! more leniently: clients change them.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use super::{Answer, Body, Class, Fault, Outcome, Peer, Protocol, end_of_request};
use crate::capsule::{CapsulePath, PathError};
use crate::host::HostName;
use crate::render::menu::{self, ItemType, Menu};
use crate::site::{Authority, Lookup, Medium, RenderedPage, Site, Sites};

/// The longest selector in bytes. The specification says 255, which addresses made from long titles exceed.
const MAX_SELECTOR: usize = 1024;

/// The longest request with a query, in bytes: a thousand characters of any script.
const MAX_REQUEST: usize = 4096;

/// The schemes that a [URL page](url_page) links to; others could run code in a browser.
const URL_SCHEMES: [&str; 4] = ["http", "https", "gemini", "mailto"];

const NOT_FOUND: &str = "There is nothing at this selector";
const BUSY: &str = "Your address has too many connections open here; please try again in half a minute";

/// The Gopher protocol of one capsule.
#[derive(Debug, Clone)]
pub struct Gopher {
    /// The host name of the capsule to serve, because a selector names no host; `None` for the first capsule.
    pub capsule: Option<HostName>,
    /// The host name and port in menus. With port forwarding, the port differs from the bound one.
    pub advertised: Authority,
    /// Whether the port also accepts TLS.
    pub tls: bool,
    /// The Gemini address of the capsule, for the answer to web browsers.
    pub gemini_url: String,
}

/// A request, as far as its first line tells.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Request<'a> {
    /// The item of a selector, or a search.
    Item {
        /// The line up to its first TAB.
        selector: Cow<'a, str>,
        /// The text after the TAB, which is the query of a search.
        words: Option<Cow<'a, str>>,
    },
    /// Gopher+ attributes of a menu (`TAB $`), the first request of the UMN client.
    Attributes,
    /// A page that links to this URL (the convention "Links to URL").
    Url(&'a str),
    Http,
    /// Too long, not UTF-8, or with control characters.
    Malformed,
}

impl Protocol for Gopher {
    fn name(&self) -> &'static str {
        "gopher"
    }

    fn scan(&self, bytes: &[u8]) -> Option<usize> {
        end_of_request(bytes, b"\n", longest(bytes))
    }

    fn respond(&self, request: &[u8], peer: &Peer, sites: &Sites, quick: bool) -> Result<Answer, usize> {
        Ok(match read(request) {
            Request::Item { selector, words } => match self.served_site(peer, sites) {
                // Quickly, only the literal selector is looked up, not its other readings.
                Some(site) if quick => {
                    let path = CapsulePath::from_decoded(&selector).map_err(|_| 0_usize)?;
                    self.answer_with(site.lookup_ready(&path, Medium::Gopher)?, &selector, "", site)
                }
                Some(site) => self.item(site, &selector, words),
                None => failure(Class::NotFound, NOT_FOUND, &selector),
            },
            Request::Attributes => {
                let Authority { host, port } = &self.advertised;
                answer(Class::Served, "attributes", menu::attributes(host, *port), "")
            }
            Request::Url(url) => match url_page(url) {
                Some(page) => answer(Class::Served, "html", page, "URL:"),
                None => failure(Class::Refused, "Links of that kind are not followed here", "URL:"),
            },
            Request::Http => answer(Class::Refused, "http", self.reply_to_browser(), ""),
            Request::Malformed => failure(Class::Refused, "That is not a selector", ""),
        })
    }

    fn fault(&self, fault: Fault, request: &[u8]) -> Answer {
        let (class, text) = match fault {
            Fault::Missing => (Class::NotFound, NOT_FOUND),
            Fault::Internal => (Class::Failed, "Something broke here; please try again later"),
            Fault::Busy => (Class::Refused, BUSY),
        };
        let request = read(request);
        failure(class, text, if let Request::Item { selector, .. } = &request { selector } else { "" })
    }
}

impl Gopher {
    /// Returns the site that the client named in the TLS handshake, else the configured one.
    fn served_site<'s>(&self, peer: &Peer, sites: &'s Sites) -> Option<&'s Arc<Site>> {
        let by_name = peer.server_name.as_deref().and_then(|name| sites.by_host(name));
        by_name.or_else(|| self.capsule.as_deref().map_or_else(|| sites.all.first(), |name| sites.by_host(name)))
    }

    fn item(&self, site: &Arc<Site>, selector: &str, words: Option<Cow<'_, str>>) -> Answer {
        let (mut lookup, mut resource) = find(site, selector);
        let mut typed = words.unwrap_or_default();
        if lookup == Lookup::Missing
            && let Some((named, query)) = selector.split_once('?')
        {
            (lookup, resource) = find(site, named);
            if typed.is_empty() {
                typed = percent_encoding::percent_decode_str(query).decode_utf8_lossy();
            }
        }
        self.answer_with(lookup, resource, &typed, site)
    }

    /// Returns the answer for what was `found` at `resource`. If that is a search, it searches for the words `typed`.
    fn answer_with(&self, found: Lookup, resource: &str, typed: &str, site: &Arc<Site>) -> Answer {
        let page = |page: RenderedPage| {
            let status = if page.item_type == '1' { "menu" } else { "text" };
            answer(Class::Served, status, page.bytes, resource)
        };
        let mut answer = match found {
            Lookup::Search(number) => page(site.results(typed, number, Medium::Gopher)),
            Lookup::Page(found) => page(found),
            Lookup::File(file, _) => Answer { body: Body::File(file), ..answer(Class::Served, "file", "", resource) },
            Lookup::Withdrawn => failure(Class::NotFound, "What stood here has been withdrawn", resource),
            // `follow` returns `Moved` after too many redirects.
            Lookup::Moved(_) | Lookup::Missing if matches!(resource, "caps.txt" | "/caps.txt") => {
                answer(Class::Served, "text", self.caps(), resource)
            }
            Lookup::Moved(_) | Lookup::Missing => failure(Class::NotFound, NOT_FOUND, resource),
        };
        answer.outcome.host = Some(Arc::clone(&site.host));
        answer
    }

    /// Returns `caps.txt`, which describes the server to clients. Its keys are those in use, one of which is misspelt.
    fn caps(&self) -> String {
        let port = self.advertised.port;
        let tls = if self.tls { format!("ServerTLSPort={port}\r\n") } else { String::new() };
        let version = env!("CARGO_PKG_VERSION");
        let caps = include_str!("caps.txt").replace('\n', "\r\n").replace("{version}", version);
        format!("{caps}{tls}")
    }

    /// Returns the answer to a web browser.
    fn reply_to_browser(&self) -> String {
        let Self { advertised: Authority { host, port }, gemini_url, .. } = self;
        format!(
            "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n\
             This is not a web server. Read it over Gopher at gopher://{host}:{port}/\r\n\
             and over Gemini at {gemini_url}\r\n"
        )
    }
}

/// Returns the length of the longest request that may begin with `bytes`.
fn longest(bytes: &[u8]) -> usize {
    let selector = &bytes[..bytes.len().min(MAX_SELECTOR)];
    if memchr::memchr2(b'\t', b'?', selector).is_some() { MAX_REQUEST } else { MAX_SELECTOR }
}

/// Parses a complete request. A query may be any bytes, and is cut if it is too long.
fn read(line: &[u8]) -> Request<'_> {
    let line = match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None if longest(line) == MAX_REQUEST => line,
        None => return Request::Malformed,
    };
    if str::from_utf8(line).is_ok_and(is_http) {
        return Request::Http;
    }
    let mut fields = line.split(|&byte| byte == b'\t');
    let selector = fields.next().unwrap_or_default();
    let words = fields.next().map(String::from_utf8_lossy);
    // `$` (perhaps with attributes), `+` (perhaps with a view) and `!` request Gopher+ forms, and get the plain form.
    if words.as_deref().is_some_and(|field| field == "$" || field.starts_with("$+")) {
        return Request::Attributes;
    }
    let named = selector.split(|&byte| byte == b'?').next().unwrap_or_default();
    if !str::from_utf8(named).is_ok_and(|named| !named.contains(char::is_control)) {
        return Request::Malformed;
    }
    let selector = String::from_utf8_lossy(selector);
    if let Cow::Borrowed(selector) = selector
        && let Some(url) = selector.strip_prefix('/').unwrap_or(selector).strip_prefix("URL:")
    {
        return Request::Url(url);
    }
    Request::Item { selector, words }
}

/// Returns whether a line is the first of an HTTP request (RFC 9112, section 3).
fn is_http(line: &str) -> bool {
    let mut parts = line.split(' ');
    let method = parts.next().unwrap_or_default();
    let version = parts.next_back().unwrap_or_default();
    !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()) && version.starts_with("HTTP/")
}

/// Looks a selector up literally, [made plain](CapsulePath::from_selector), percent-decoded, then without an item type.
fn find<'a>(site: &Site, selector: &'a str) -> (Lookup, &'a str) {
    type Reading = fn(&str) -> Result<CapsulePath, PathError>;
    // Clients leave an item type in front, as in `0/essay.txt`.
    let bare = selector.strip_prefix('/').unwrap_or(selector).strip_prefix(|c: char| c.is_ascii_alphanumeric());
    let rest = bare.filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(selector);
    let readings: [(&str, Reading); 5] = [
        (selector, CapsulePath::from_decoded),
        (selector, CapsulePath::from_selector),
        (selector, CapsulePath::from_url),
        (rest, CapsulePath::from_decoded),
        (rest, CapsulePath::from_selector),
    ];
    let look_up = |path: CapsulePath| site.follow(&path, Medium::Gopher);
    let mut found = readings.into_iter().map(|(text, read)| (read(text).map_or(Lookup::Missing, look_up), text));
    found.find(|(lookup, _)| *lookup != Lookup::Missing).unwrap_or((Lookup::Missing, selector))
}

/// Returns the page for a selector `URL:…`, which sends browsers to `url` (the convention "Links to URL" of 2002), or
/// `None` for other schemes than [`URL_SCHEMES`]. It is HTML 3.2 without external parts.
fn url_page(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    if !URL_SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let mut escaped = String::new();
    crate::render::xml::push_escaped(&mut escaped, url);
    Some(include_str!("url_page.html").replace('\n', "\r\n").replace("{url}", &escaped))
}

fn failure(class: Class, why: &str, resource: &str) -> Answer {
    // An error line links nowhere, so its host and port do not matter.
    let menu = Menu::new("", 0).item(ItemType::Error, why, "").to_bytes();
    answer(class, "error", menu, resource)
}

fn answer(class: Class, status: &'static str, body: impl Into<Bytes>, resource: &str) -> Answer {
    let body = Body::Bytes(body.into());
    let resource = resource.split('?').next().filter(|named| !named.is_empty()).unwrap_or("/").to_owned();
    Answer { head: Bytes::new(), body, outcome: Outcome { class, status, resource, host: None } }
}
