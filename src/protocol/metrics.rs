//! The metrics page over HTTP: as much of RFC 9112 as a collector needs.

use std::sync::Arc;

use bytes::Bytes;

use super::{Answer, Body, Class, Fault, Outcome, Peer, Protocol, end_of_request};
use crate::site::Sites;

/// The longest request in bytes. Collectors send some 300.
const MAX_REQUEST: usize = 8 * 1024;

const PATH: &str = "/metrics";

/// HTTP with a single page, whose content the function returns.
pub struct MetricsPage(pub Arc<dyn Fn() -> String + Send + Sync>);

impl Protocol for MetricsPage {
    fn name(&self) -> &'static str {
        "metrics"
    }

    fn scan(&self, bytes: &[u8]) -> Option<usize> {
        end_of_request(bytes, b"\r\n\r\n", MAX_REQUEST)
    }

    fn respond(&self, request: &[u8], _: &Peer, _: &Sites, _: bool) -> Result<Answer, usize> {
        let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let words: Vec<&str> = std::str::from_utf8(line).unwrap_or_default().split(' ').collect();
        Ok(match *words {
            [method, target, version] if version.starts_with("HTTP/1.") => {
                match (method, target.split('?').next().unwrap_or_default()) {
                    ("GET", PATH) => reply("200 OK", Class::Served, PATH, Some((self.0)())),
                    ("GET", path) => reply("404 Not Found", Class::NotFound, path, None),
                    (_, path) => reply("405 Method Not Allowed", Class::Refused, path, None),
                }
            }
            _ => reply("400 Bad Request", Class::Refused, "", None),
        })
    }

    fn fault(&self, _: Fault, _: &[u8]) -> Answer {
        reply("500 Internal Server Error", Class::Failed, "", None)
    }
}

/// Returns the reply with the `metrics`, or with where they are.
fn reply(status: &'static str, class: Class, path: &str, metrics: Option<String>) -> Answer {
    let (kind, body) = match metrics {
        Some(metrics) => ("application/openmetrics-text; version=1.0.0; charset=utf-8", metrics),
        None => ("text/plain; charset=utf-8", format!("{status}; the metrics are at {PATH}\n")),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let outcome = Outcome { class, status: &status[..3], resource: path.to_owned(), host: None };
    Answer { head: Bytes::from(head), body: Body::Bytes(Bytes::from(body)), outcome }
}
