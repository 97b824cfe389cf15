//! The response: what the capsule has at an address, as a status line and a body ("Responses").

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::Status;
use super::request::{self, Refusal, Request};
use crate::capsule::CapsulePath;
use crate::protocol::{Answer, Body, Credential, Fault, Outcome, Peer, Validity};
use crate::site::{Lookup, Medium, Site};

/// The longest text after the status in bytes: a former limit of the specification, which all clients accept.
const MAX_META: usize = 1024;

/// Characters to encode in a query that is sent back: those that a client should have encoded.
const QUERY: &AsciiSet = &CONTROLS.add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`');

const NOT_FOUND: &str = "There is nothing at this address";

/// Seconds for which a client with too many connections should wait.
const WAIT: &str = "30";

const FAILED: &str = "Something broke here; please try again later";

/// Answers a valid request.
pub(super) fn respond(request: &Request<'_>, peer: &Peer) -> Answer {
    match admit(request, peer) {
        Ok((site, path)) => answer_with(request, decide(site.lookup(path, Medium::Gemini), site, request)),
        Err(refusal) => answer_with(request, refusal),
    }
}

/// Answers a valid request, or returns `None` if a page has to be rendered or searched for.
pub(super) fn respond_now(request: &Request<'_>, peer: &Peer) -> Option<Answer> {
    Some(match admit(request, peer) {
        Ok((site, path)) => {
            answer_with(request, decide(site.lookup_ready(path, Medium::Gemini)?, site, request))
        }
        Err(refusal) => answer_with(request, refusal),
    })
}

/// Status, text behind it, and body of an answer.
type Decision<'a> = (Status, Cow<'a, str>, Body);

fn answer_with(request: &Request<'_>, (status, meta, body): Decision<'_>) -> Answer {
    let resource = if request.raw_path.is_empty() { "/" } else { request.raw_path };
    reply(status, &meta, body, resource.to_owned(), Some(request.site.host()))
}

/// Answers a refused request.
pub(super) fn refuse(refusal: Refusal, line: &[u8]) -> Answer {
    let Refusal(status, meta) = refusal;
    let asked = line.strip_suffix(b"\r\n").unwrap_or(line);
    let asked = asked.split(|&byte| byte == b'?').next().unwrap_or_default();
    reply(status, meta, Body::Empty, String::from_utf8_lossy(asked).into_owned(), None)
}

/// Returns the answer to a request that the server cannot answer.
pub(super) fn fault(fault: Fault, line: &[u8]) -> Answer {
    let (status, meta) = match fault {
        Fault::Missing => (Status::NotFound, NOT_FOUND),
        Fault::Internal => (Status::TemporaryFailure, FAILED),
        Fault::Busy => (Status::SlowDown, WAIT),
    };
    reply(status, meta, Body::Empty, request::resource(line), None)
}

fn decide<'a>(lookup: Lookup, site: &Site, request: &Request<'_>) -> Decision<'a> {
    match lookup {
        Lookup::Page(page) => (Status::Success, page.media_type.to_string().into(), Body::Bytes(page.bytes)),
        Lookup::Search(_) if request.query.is_none_or(str::is_empty) => {
            (Status::Input, site.search_prompt().into(), Body::Empty)
        }
        Lookup::Search(page) => {
            let typed = percent_decode_str(request.query.unwrap_or_default()).decode_utf8_lossy();
            let page = site.results(&typed, page, Medium::Gemini);
            (Status::Success, page.media_type.to_string().into(), Body::Bytes(page.bytes))
        }
        Lookup::File(file, media) => (Status::Success, media.mime.into(), Body::File(file)),
        Lookup::Moved(target) => match redirect(&target, request.query) {
            Some(url) => (Status::PermanentRedirect, url.into(), Body::Empty),
            None => (Status::NotFound, NOT_FOUND.into(), Body::Empty),
        },
        Lookup::Withdrawn => (Status::Gone, "What stood here has been withdrawn".into(), Body::Empty),
        Lookup::Missing => {
            let nearest = request.path.as_ref().and_then(|path| site.nearest(path));
            let text = nearest.map(|near| format!("{NOT_FOUND}; the nearest is {}", near.to_url()));
            (
                Status::NotFound,
                text.filter(|text| text.len() <= MAX_META).map_or(NOT_FOUND.into(), Cow::from),
                Body::Empty,
            )
        }
    }
}

/// Returns the path, and the site that answers: that of a private area if the client may read it, else the public one.
/// Fails with status 51 if no resource can have the path, and with 60, 61 or 62 ("Client certificates"). Outside of private
/// areas, certificates are not looked at.
fn admit<'a>(request: &'a Request<'_>, peer: &Peer) -> Result<(&'a Site, &'a CapsulePath), Decision<'a>> {
    let path = request.path.as_ref().ok_or((Status::NotFound, NOT_FOUND.into(), Body::Empty))?;
    let Some(area) = request.site.private_area(path) else { return Ok((request.site, path)) };
    let (status, text) = match peer.credential {
        None => {
            let how = request.site.access_url();
            let text = format!("This is private: come with an identity (a client certificate). How: {how}");
            (Status::CertificateRequired, text.into())
        }
        Some(Credential { certificate: id, public_key, validity: Validity::Valid }) => {
            if area.admits(&[id, public_key]) {
                return Ok((area.site(), path));
            }
            let text = "You are not on the list. To get in, send the author this fingerprint: SHA256:";
            (Status::CertificateNotAuthorised, format!("{text}{id}").into())
        }
        Some(Credential { validity: Validity::NotYet, .. }) => {
            let text = "Your certificate is not valid yet: look at the clock of the machine that made it";
            (Status::CertificateNotValid, text.into())
        }
        Some(Credential { validity: Validity::Expired, .. }) => {
            let text = "Your certificate has expired: make a new one, and send its fingerprint to the author";
            (Status::CertificateNotValid, text.into())
        }
    };
    Err((status, text, Body::Empty))
}

/// Returns the address of `target` with the query of the request; `None` if it is too long for clients.
fn redirect(target: &CapsulePath, query: Option<&str>) -> Option<String> {
    let mut url = target.to_url();
    if let Some(query) = query {
        url.push('?');
        url.extend(utf8_percent_encode(query, QUERY));
    }
    (url.len() <= MAX_META).then_some(url)
}

/// Builds the answer. A `meta` that is too long or has control characters becomes a failure instead of the header.
fn reply(status: Status, meta: &str, body: Body, resource: String, host: Option<&Arc<str>>) -> Answer {
    if meta.len() > MAX_META || meta.contains(char::is_control) {
        return reply(Status::TemporaryFailure, FAILED, Body::Empty, resource, host);
    }
    let mut head = Vec::with_capacity(meta.len() + 5);
    for part in [status.code(), " ", meta, "\r\n"] {
        head.extend_from_slice(part.as_bytes());
    }
    let outcome = Outcome { class: status.class(), status: status.code(), resource, host: host.cloned() };
    Answer { head: Bytes::from(head), body, outcome }
}
