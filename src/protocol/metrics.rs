//! The metrics page over HTTP: as much of RFC 9112 as a collector needs.

use std::sync::Arc;

use bytes::Bytes;

use crate::protocol::{Answer, Body, Class, Fault, Outcome, Peer, Protocol, Scan};
use crate::site::Sites;

/// The longest request in bytes. Collectors send some 300.
const MAX_REQUEST: usize = 8 * 1024;

/// The path of the page.
const PATH: &str = "/metrics";

/// Returns the content of the page.
pub type Page = Arc<dyn Fn() -> String + Send + Sync>;

/// HTTP with a single page.
pub struct MetricsPage(pub Page);

impl Protocol for MetricsPage {
    fn name(&self) -> &'static str {
        "metrics"
    }

    fn scan(&self, bytes: &[u8]) -> Scan {
        match memchr::memmem::find(bytes, b"\r\n\r\n") {
            Some(end) => Scan::Complete(end + 4),
            None if bytes.len() >= MAX_REQUEST => Scan::Complete(bytes.len()),
            None => Scan::More,
        }
    }

    fn answer(&self, request: &[u8], _: &Peer, _: &Sites) -> Answer {
        let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let line = std::str::from_utf8(line).unwrap_or_default();
        let mut words = line.split(' ');
        let (method, target, version) = (words.next(), words.next(), words.next());
        if words.next().is_some() || !version.is_some_and(|version| version.starts_with("HTTP/1.")) {
            return plain("400", "400 Bad Request", Class::Refused, "");
        }
        let path = target.and_then(|target| target.split('?').next()).unwrap_or_default();
        match (method, path) {
            (Some("GET"), PATH) => reply("200", "200 OK", Class::Served, path, (self.0)()),
            (Some("GET"), _) => plain("404", "404 Not Found", Class::NotFound, path),
            _ => plain("405", "405 Method Not Allowed", Class::Refused, path),
        }
    }

    fn fault(&self, _: Fault, _: &[u8]) -> Answer {
        plain("500", "500 Internal Server Error", Class::Failed, "")
    }
}

fn plain(status: &'static str, line: &str, class: Class, path: &str) -> Answer {
    reply(status, line, class, path, format!("{line}; the metrics are at {PATH}\n"))
}

fn reply(status: &'static str, line: &str, class: Class, path: &str, body: String) -> Answer {
    let kind = match class {
        Class::Served => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    };
    let head = format!(
        "HTTP/1.1 {line}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    Answer {
        head: Bytes::from(head),
        body: Body::Bytes(Bytes::from(body)),
        outcome: Outcome { class, status, resource: path.to_owned(), host: None },
    }
}
