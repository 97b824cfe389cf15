//! What the capsule has at an address, as a status line and a body ("Responses").

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::request::{Refusal, Request};
use super::{Status, entrance};
use crate::capsule::CapsulePath;
use crate::protocol::{Answer, Body, Class, Fault, Outcome, Peer};
use crate::site::{Lookup, Medium};

/// The longest text after the status that every client reads; the specification once set this limit.
const MAX_META: usize = 1024;

/// What is encoded in a query that we hand back: only what a reader should not have sent raw.
const QUERY: &AsciiSet = &CONTROLS.add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`');

const NOT_FOUND: &str = "There is nothing at this address";

/// The answer to a request that is for a capsule of ours.
pub(super) fn respond(request: &Request<'_>, peer: &Peer) -> Answer {
    let resource = if request.raw_path.is_empty() { "/" } else { request.raw_path };
    let (status, meta, body) = decide(request, peer);
    reply(status, &meta, body, resource.to_owned(), Some(request.site.host()))
}

/// The answer to anything else.
pub(super) fn refuse(refusal: Refusal, line: &[u8]) -> Answer {
    let (status, meta) = refusal.status();
    let asked = line.strip_suffix(b"\r\n").unwrap_or(line);
    let asked = asked.split(|&byte| byte == b'?').next().unwrap_or_default();
    reply(status, meta, Body::Empty, String::from_utf8_lossy(asked).into_owned(), None)
}

/// The answer when the shell could not carry out what was decided.
pub(super) fn fault(fault: Fault) -> Answer {
    let (status, meta) = match fault {
        Fault::Missing => (Status::NotFound, NOT_FOUND),
        Fault::Internal => (Status::TemporaryFailure, "Something broke here; please try again later"),
    };
    reply(status, meta, Body::Empty, String::new(), None)
}

fn decide<'a>(request: &Request<'a>, peer: &Peer) -> (Status, Cow<'a, str>, Body) {
    let Some(path) = &request.path else {
        return (Status::NotFound, NOT_FOUND.into(), Body::Empty);
    };
    let site = match entrance::enter(request, peer) {
        Ok(site) => site,
        Err((status, meta)) => return (status, meta.into(), Body::Empty),
    };
    match site.lookup(path, Medium::Gemini) {
        Lookup::Page(page) => (Status::Success, page.media_type.to_string().into(), Body::Bytes(page.bytes)),
        Lookup::Search(page) => match request.query.filter(|query| !query.is_empty()) {
            Some(query) => {
                let typed = percent_decode_str(query).decode_utf8_lossy();
                let page = site.results(&typed, page, Medium::Gemini);
                (Status::Success, page.media_type.to_string().into(), Body::Bytes(page.bytes))
            }
            None => (Status::Input, site.search_prompt().into(), Body::Empty),
        },
        Lookup::File(file, media) => (Status::Success, media.mime.into(), Body::File(file)),
        Lookup::Moved(target) => match redirect(&target, request.query) {
            Some(url) => (Status::PermanentRedirect, url.into(), Body::Empty),
            None => (Status::NotFound, NOT_FOUND.into(), Body::Empty),
        },
        Lookup::Withdrawn => (Status::Gone, "What stood here has been withdrawn".into(), Body::Empty),
        Lookup::Missing => (Status::NotFound, NOT_FOUND.into(), Body::Empty),
    }
}

/// The address of `target`, with the query of the request: a reader who is sent from a folder without its
/// slash loses nothing. None if no client would read one so long.
fn redirect(target: &CapsulePath, query: Option<&str>) -> Option<String> {
    let mut url = target.to_url();
    if let Some(query) = query {
        url.push('?');
        url.extend(utf8_percent_encode(query, QUERY));
    }
    (url.len() <= MAX_META).then_some(url)
}

fn reply(status: Status, meta: &str, body: Body, resource: String, host: Option<&Arc<str>>) -> Answer {
    debug_assert!(meta.len() <= MAX_META && !meta.contains(char::is_control), "a header line: {meta:?}");
    let mut head = Vec::with_capacity(meta.len() + 5);
    for part in [status.code(), " ", meta, "\r\n"] {
        head.extend_from_slice(part.as_bytes());
    }
    let outcome = Outcome { class: class(status), status: status.code(), resource, host: host.cloned() };
    Answer { head: Bytes::from(head), body, outcome }
}

fn class(status: Status) -> Class {
    match status {
        Status::Success | Status::Input => Class::Served,
        Status::PermanentRedirect => Class::Redirected,
        Status::TemporaryFailure => Class::Failed,
        Status::NotFound | Status::Gone => Class::NotFound,
        Status::ProxyRequestRefused
        | Status::BadRequest
        | Status::CertificateRequired
        | Status::CertificateNotAuthorised
        | Status::CertificateNotValid => Class::Refused,
    }
}
