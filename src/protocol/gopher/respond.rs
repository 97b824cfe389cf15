//! The response: what a selector means, tried from the literal to the lenient.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use percent_encoding::percent_decode_str;

use super::Gopher;
use super::selector::Request;
use crate::capsule::{CapsulePath, PathError};
use crate::protocol::{Answer, Body, Class, Fault, Outcome, Peer};
use crate::render::menu::{self, Menu};
use crate::render::xml::push_escaped;
use crate::site::{Authority, Lookup, Medium, Site, Sites};

/// Redirects that are followed inside the capsule, because Gopher has none. The limit ends circles of aliases.
const MAX_MOVES: usize = 4;

/// The schemes that a [URL page](url_page) links to; others could run code in a browser.
const URL_SCHEMES: [&str; 4] = ["http", "https", "gemini", "mailto"];

const NOT_FOUND: &str = "There is nothing at this selector";

/// Answers a request.
pub(super) fn respond(request: &Request<'_>, peer: &Peer, sites: &Sites, gopher: &Gopher) -> Answer {
    match request {
        Request::Item { selector, words } => match served_site(peer, sites, gopher) {
            Some(site) => item(site, selector, words.as_deref(), gopher),
            None => failure(Class::NotFound, NOT_FOUND, selector),
        },
        Request::Attributes => text(
            Class::Served,
            "attributes",
            menu::attributes(&gopher.advertised.host, gopher.advertised.port),
            "",
        ),
        Request::Url(url) => match url_page(url) {
            Some(page) => text(Class::Served, "html", page, "URL:"),
            None => failure(Class::Refused, "Links of that kind are not followed here", "URL:"),
        },
        Request::Http => text(Class::Refused, "http", http(gopher), ""),
        Request::Malformed => failure(Class::Refused, "That is not a selector", ""),
    }
}

/// Answers a request, or returns `None` if a page has to be rendered, searched for, or looked for under other spellings of
/// the selector.
pub(super) fn respond_now(
    request: &Request<'_>,
    peer: &Peer,
    sites: &Sites,
    gopher: &Gopher,
) -> Option<Answer> {
    let (Request::Item { selector, .. }, Some(site)) = (request, served_site(peer, sites, gopher)) else {
        return Some(respond(request, peer, sites, gopher));
    };
    let found = site.lookup_ready(&CapsulePath::from_decoded(selector).ok()?, Medium::Gopher)?;
    Some(answer_with(found, selector, "", site, gopher))
}

/// Returns the site that the client named in the TLS handshake, else the configured one.
fn served_site<'s>(peer: &Peer, sites: &'s Sites, gopher: &Gopher) -> Option<&'s Arc<Site>> {
    let by_name = peer.server_name.as_deref().and_then(|name| sites.by_host(name));
    by_name.or_else(|| gopher.capsule.as_deref().map_or_else(|| sites.first(), |name| sites.by_host(name)))
}

/// Returns the answer to a request that the server cannot answer.
pub(super) fn fault(fault: Fault, request: &Request<'_>) -> Answer {
    let selector = if let Request::Item { selector, .. } = request { &**selector } else { "" };
    match fault {
        Fault::Missing => failure(Class::NotFound, NOT_FOUND, selector),
        Fault::Internal => failure(Class::Failed, "Something broke here; please try again later", selector),
        Fault::Busy => {
            let text = "Your address has too many connections open here; please try again in half a minute";
            failure(Class::Refused, text, selector)
        }
    }
}

fn item(site: &Arc<Site>, selector: &str, words: Option<&str>, gopher: &Gopher) -> Answer {
    let (mut lookup, mut resource) = find(site, selector);
    let mut typed = words.map_or(Cow::Borrowed(""), Cow::Borrowed);
    if lookup == Lookup::Missing
        && let Some((named, query)) = selector.split_once('?')
    {
        (lookup, resource) = find(site, named);
        if typed.is_empty() {
            typed = percent_decode_str(query).decode_utf8_lossy();
        }
    }
    answer_with(lookup, resource, &typed, site, gopher)
}

/// Returns the answer for what stands at `resource`; a search is for the words `typed`.
fn answer_with(lookup: Lookup, resource: &str, typed: &str, site: &Arc<Site>, gopher: &Gopher) -> Answer {
    let mut answer = match lookup {
        Lookup::Search(page) => {
            let page = site.results(typed, page, Medium::Gopher);
            page_answer(page.item_type, page.bytes, resource)
        }
        Lookup::Page(page) => page_answer(page.item_type, page.bytes, resource),
        Lookup::File(file, _) => answer(Class::Served, "file", Body::File(file), resource),
        Lookup::Withdrawn => failure(Class::NotFound, "What stood here has been withdrawn", resource),
        // `Moved` is left after too many redirects.
        Lookup::Moved(_) | Lookup::Missing if is_caps(resource) => {
            text(Class::Served, "text", caps(gopher), resource)
        }
        Lookup::Moved(_) | Lookup::Missing => failure(Class::NotFound, NOT_FOUND, resource),
    };
    answer.outcome.host = Some(Arc::clone(site.host()));
    answer
}

/// Looks a selector up literally, then [made plain](CapsulePath::from_selector), then percent-decoded, then without an item
/// type in front.
fn find<'a>(site: &Site, selector: &'a str) -> (Lookup, &'a str) {
    type Reading = fn(&str) -> Result<CapsulePath, PathError>;
    let rest = without_item_type(selector).unwrap_or(selector);
    let readings: [(&str, Reading); 5] = [
        (selector, CapsulePath::from_decoded),
        (selector, CapsulePath::from_selector),
        (selector, CapsulePath::from_url),
        (rest, CapsulePath::from_decoded),
        (rest, CapsulePath::from_selector),
    ];
    let mut found = readings.into_iter().map(|(text, read)| (follow(site, read(text).ok()), text));
    found.find(|(lookup, _)| *lookup != Lookup::Missing).unwrap_or((Lookup::Missing, selector))
}

/// Looks `path` up and follows redirects inside the capsule.
fn follow(site: &Site, path: Option<CapsulePath>) -> Lookup {
    let Some(mut path) = path else { return Lookup::Missing };
    for _ in 0..MAX_MOVES {
        match site.lookup(&path, Medium::Gopher) {
            Lookup::Moved(target) => path = target,
            found => return found,
        }
    }
    Lookup::Missing
}

/// Returns the selector without an item type that a client left in front of it, as in `0/essay.txt`.
fn without_item_type(selector: &str) -> Option<&str> {
    let rest = selector.strip_prefix('/').unwrap_or(selector);
    let rest = rest.strip_prefix(|c: char| c.is_ascii_alphanumeric())?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

fn is_caps(selector: &str) -> bool {
    selector.strip_prefix('/').unwrap_or(selector) == "caps.txt"
}

/// Returns `caps.txt`, which describes the server to clients. Its keys are customary, one of them misspelt.
fn caps(gopher: &Gopher) -> String {
    let tls =
        if gopher.tls { format!("ServerTLSPort={}\r\n", gopher.advertised.port) } else { String::new() };
    let caps = concat!(
        "CAPS\r\nCapsVersion=1\r\nExpireCapsAfter=3600\r\n\r\n",
        "PathDelimeter=/\r\nPathIdentity=.\r\nPathParent=..\r\nPathParentDouble=FALSE\r\n",
        "PathKeepPreDelimeter=FALSE\r\n\r\n",
        "ServerSoftware=Lamplit\r\nServerSoftwareVersion=",
        env!("CARGO_PKG_VERSION"),
        "\r\nServerDefaultEncoding=UTF-8\r\n"
    );
    format!("{caps}{tls}")
}

/// Returns the answer to a web browser.
fn http(gopher: &Gopher) -> String {
    let Gopher { advertised: Authority { host, port }, gemini_url, .. } = gopher;
    format!(
        "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n\
         This is not a web server. Read it over Gopher at gopher://{host}:{port}/\r\n\
         and over Gemini at {gemini_url}\r\n"
    )
}

/// Returns the page for a selector `URL:…`, which sends browsers to `url` (the convention "Links to URL" of 2002), or
/// `None` for other schemes than [`URL_SCHEMES`]. It is HTML 3.2 without external parts.
fn url_page(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    if !URL_SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let mut escaped = String::new();
    push_escaped(&mut escaped, url);
    Some(format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\r\n\
         <html><head><meta http-equiv=\"refresh\" content=\"5; url={escaped}\">\r\n\
         <title>A link out of Gopher</title></head>\r\n\
         <body><p>This link leads out of Gopher, to <a href=\"{escaped}\">{escaped}</a>.</p></body></html>\r\n"
    ))
}

fn page_answer(item_type: char, bytes: Bytes, resource: &str) -> Answer {
    let status = if item_type == '1' { "menu" } else { "text" };
    answer(Class::Served, status, Body::Bytes(bytes), resource)
}

fn failure(class: Class, why: &str, resource: &str) -> Answer {
    // An error line links nowhere, so its host and port do not matter.
    let menu = Menu::new("", 0).error(why).to_bytes();
    answer(class, "error", Body::Bytes(Bytes::from(menu)), resource)
}

fn text(class: Class, status: &'static str, text: String, resource: &str) -> Answer {
    answer(class, status, Body::Bytes(Bytes::from(text)), resource)
}

fn answer(class: Class, status: &'static str, body: Body, resource: &str) -> Answer {
    let resource = resource.split('?').next().filter(|named| !named.is_empty()).unwrap_or("/").to_owned();
    Answer { head: Bytes::new(), body, outcome: Outcome { class, status, resource, host: None } }
}
