//! Gemini: a URL over TLS, answered by a status line and a body (protocol specification 0.24.1).
//!
//! [`request`] parses the request line. What is found at its path, or the refusal of the request, is a [`Reply`].

mod request;

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::{Answer, Body, Class, Credential, Fault, Outcome, Peer, Protocol, Validity, end_of_request};
use crate::capsule::CapsulePath;
use crate::host::HostName;
use crate::site::{Lookup, Medium, PrivateSite, RenderedPage, Site, Sites};
use request::Request;

/// The longest text after the status in bytes: a former limit of the specification, which all clients accept.
const MAX_META: usize = 1024;

/// Characters to encode in a query that is sent back: those that a client should have encoded.
const QUERY: &AsciiSet = &CONTROLS.add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`');

/// Seconds for which a client with too many connections should wait.
const WAIT: &str = "30";

const NOT_FOUND: &str = "There is nothing at this address";
const FAILED: &str = "Something broke here; please try again later";

/// The Gemini protocol.
#[derive(Debug, Clone)]
pub struct Gemini {
    /// The ports that a URL may name. With port forwarding, they differ from the bound port.
    pub ports: Vec<u16>,
    /// Whether a URL with another port is refused with status 53. Off where the outside port is unknown.
    pub check_port: bool,
}

/// The digits of a status ("Responses"), and the class of its outcome.
#[derive(Debug, Clone, Copy)]
struct Status(&'static str, Class);

/// The statuses that are sent. The specification forbids statuses that it does not define.
impl Status {
    const INPUT: Self = Self("10", Class::Served);
    const SUCCESS: Self = Self("20", Class::Served);
    const PERMANENT_REDIRECT: Self = Self("31", Class::Redirected);
    const TEMPORARY_FAILURE: Self = Self("40", Class::Failed);
    const SLOW_DOWN: Self = Self("44", Class::Refused);
    const NOT_FOUND: Self = Self("51", Class::NotFound);
    const GONE: Self = Self("52", Class::NotFound);
    const PROXY_REQUEST_REFUSED: Self = Self("53", Class::Refused);
    const BAD_REQUEST: Self = Self("59", Class::Refused);
    const CERTIFICATE_REQUIRED: Self = Self("60", Class::Refused);
    const CERTIFICATE_NOT_AUTHORISED: Self = Self("61", Class::Refused);
    const CERTIFICATE_NOT_VALID: Self = Self("62", Class::Refused);
}

/// The status, the text after it, and the body of an answer.
type Reply = (Status, Cow<'static, str>, Body);

impl Protocol for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn scan(&self, bytes: &[u8]) -> Option<usize> {
        end_of_request(bytes, b"\r\n", request::MAX_URI + 2)
    }

    fn host(&self, request: &[u8]) -> Option<HostName> {
        request::host(request)
    }

    fn respond(&self, line: &[u8], peer: &Peer, sites: &Sites, quick: bool) -> Result<Answer, usize> {
        let request = match request::read(line, self, sites) {
            Ok(request) => request,
            Err((status, meta)) => return Ok(answer(text_only(status, meta), request::unparsed(line), None)),
        };
        let reply = match admit(&request, peer) {
            Ok((site, path)) if quick => reply(site.lookup_ready(path, Medium::Gemini)?, site, &request),
            Ok((site, path)) => reply(site.lookup(path, Medium::Gemini), site, &request),
            Err(refusal) => refusal,
        };
        Ok(answer(reply, request.raw_path.to_owned(), Some(&request.site.host)))
    }

    fn fault(&self, fault: Fault, request: &[u8]) -> Answer {
        let (status, meta) = match fault {
            Fault::Missing => (Status::NOT_FOUND, NOT_FOUND),
            Fault::Internal => (Status::TEMPORARY_FAILURE, FAILED),
            Fault::Busy => (Status::SLOW_DOWN, WAIT),
        };
        answer(text_only(status, meta), request::resource(request), None)
    }
}

fn text_only(status: Status, text: impl Into<Cow<'static, str>>) -> Reply {
    (status, text.into(), Body::Bytes(Bytes::new()))
}

/// Returns the path, and the site that answers: that of a private area if the client may read it, else the public one.
/// Fails with status 51 if no resource can have the path; in private areas with 60 to 62 ("Client certificates").
fn admit<'a>(request: &'a Request<'_>, peer: &Peer) -> Result<(&'a Site, &'a CapsulePath), Reply> {
    let path = request.path.as_ref().ok_or_else(|| text_only(Status::NOT_FOUND, NOT_FOUND))?;
    let Some(PrivateSite { area, site }) = request.site.private_area(path) else { return Ok((request.site, path)) };
    let Some(Credential { certificate: id, public_key, validity }) = peer.credential else {
        let how = request.site.access_url();
        let text = format!("This is private: come with an identity (a client certificate). How: {how}");
        return Err(text_only(Status::CERTIFICATE_REQUIRED, text));
    };
    let invalid = |why| text_only(Status::CERTIFICATE_NOT_VALID, format!("Your certificate {why}"));
    let is_reader = || area.readers.iter().any(|reader| [id, public_key].contains(reader));
    Err(match validity {
        Validity::Valid if is_reader() => return Ok((site, path)),
        Validity::Valid => {
            let text = "You are not on the list. To get in, send the author this fingerprint: SHA256:";
            text_only(Status::CERTIFICATE_NOT_AUTHORISED, format!("{text}{id}"))
        }
        Validity::NotYet => invalid("is not valid yet: look at the clock of the machine that made it"),
        Validity::Expired => invalid("has expired: make a new one, and send its fingerprint to the author"),
    })
}

fn reply(found: Lookup, site: &Site, request: &Request<'_>) -> Reply {
    let page = |page: RenderedPage| (Status::SUCCESS, page.media_type.to_string().into(), Body::Bytes(page.bytes));
    match found {
        Lookup::Page(found) => page(found),
        Lookup::Search(_) if request.query.is_none_or(str::is_empty) => text_only(Status::INPUT, site.search_prompt()),
        Lookup::Search(number) => {
            let typed = percent_decode_str(request.query.unwrap_or_default()).decode_utf8_lossy();
            page(site.results(&typed, number, Medium::Gemini))
        }
        Lookup::File(file, media) => (Status::SUCCESS, media.mime.into(), Body::File(file)),
        Lookup::Moved(target) => {
            let query = request.query.map(|query| format!("?{}", utf8_percent_encode(query, QUERY)));
            let url = target.to_url() + &query.unwrap_or_default();
            let fits = url.len() <= MAX_META;
            if fits { text_only(Status::PERMANENT_REDIRECT, url) } else { text_only(Status::NOT_FOUND, NOT_FOUND) }
        }
        Lookup::Withdrawn => text_only(Status::GONE, "What stood here has been withdrawn"),
        Lookup::Missing => {
            let nearest = request.path.as_ref().and_then(|path| site.nearest(path));
            let text = nearest.map(|near| format!("{NOT_FOUND}; the nearest is {}", near.to_url()));
            let text = text.filter(|text| text.len() <= MAX_META);
            text_only(Status::NOT_FOUND, text.map_or(NOT_FOUND.into(), Cow::from))
        }
    }
}

/// Builds the answer: a failure if the text is too long for a header or has control characters.
fn answer((status, meta, body): Reply, resource: String, host: Option<&Arc<str>>) -> Answer {
    if meta.len() > MAX_META || meta.contains(char::is_control) {
        return answer(text_only(Status::TEMPORARY_FAILURE, FAILED), resource, host);
    }
    let Status(status, class) = status;
    let head = [status, " ", &*meta, "\r\n"].concat().into();
    Answer { head, body, outcome: Outcome { class, status, resource, host: host.cloned() } }
}
