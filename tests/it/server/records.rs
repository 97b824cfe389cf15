//! What is recorded of each connection: the lines of the access log, and the metrics.

use std::sync::Arc;

use bytes::Bytes;
use lamplit::protocol::{Answer, Body, Class, Fault, Outcome, Peer, Protocol};
use lamplit::server::access_log::{LineStyle, LogAddresses, LogFormat, LogLine};
use lamplit::server::admission::ConnectionLimiter;
use lamplit::server::connection::serve_connection;
use lamplit::server::{ConnectionOutcome, Endpoint, Hosted, HostedFuture, Hosting, Limits, Metrics, Transport};
use lamplit::site::Sites;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::TcpStream;

use super::support::{CLIENT, Server, Words, context, context_with_log, serve_one};

/// Bytes of each reply.
const SENT: usize = 1234;

/// A protocol that gives every line an answer with this resource and host name.
struct Fixed {
    resource: &'static str,
    host: Option<&'static str>,
}

impl Protocol for Fixed {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn scan(&self, bytes: &[u8]) -> Option<usize> {
        Words.scan(bytes)
    }

    fn respond(&self, _: &[u8], _: &Peer, _: &Sites, _: bool) -> Result<Answer, usize> {
        let outcome = Outcome {
            class: Class::Served,
            status: "20",
            resource: self.resource.to_owned(),
            host: self.host.map(Into::into),
        };
        Ok(Answer { head: Bytes::new(), body: Body::Bytes(vec![b'x'; SENT].into()), outcome })
    }

    fn fault(&self, fault: Fault, request: &[u8]) -> Answer {
        Words.fault(fault, request)
    }
}

/// Hosts no capsule, but may host several, so that the log names them.
struct Empty;

impl Hosting for Empty {
    fn load<'a>(&'a self, _: &'a lamplit::host::HostName) -> HostedFuture<'a> {
        Box::pin(async { None::<Arc<Hosted>> })
    }
}

/// Returns the lines of connections with these requests, given as resource and host name; without a resource, the client
/// leaves before its request is complete.
async fn written(
    format: LogFormat,
    addresses: LogAddresses,
    requests: &[(Option<&'static str>, Option<&'static str>)],
) -> Vec<String> {
    let (mut context, log) = context_with_log(Limits::STANDARD, None, LineStyle::new(format, addresses));
    context.hosting = Some(Arc::new(Empty));
    for (resource, host) in requests {
        let (ours, mut theirs) = duplex(2 * SENT);
        let request: &[u8] = if resource.is_some() { b"/\n" } else { b"/" };
        theirs.write_all(request).await.expect("room");
        theirs.shutdown().await.expect("open");
        let protocol = Arc::new(Fixed { resource: resource.unwrap_or_default(), host: *host });
        let endpoint = Endpoint { protocol, transport: Transport::Plain };
        let client = ConnectionLimiter::new(1, 1).admit(CLIENT, false).await.expect("a slot");
        serve_connection(ours, client, &endpoint, &context).await;
    }
    drop(context);
    let lines = log.lines();
    assert_eq!(lines.len(), requests.len(), "one line each");
    assert!(lines.iter().all(|line| line.is_ascii()), "{lines:?}");
    lines
}

/// Returns a line with its time replaced by `TIME`, after a check of its form, and its milliseconds by `MS`.
fn masked(line: &str) -> String {
    let (start, before_ms) = if line.starts_with('{') { (9, ",\"ms\":") } else { (0, " 1234 ") };
    let (time, rest) = line[start..].split_at("2023-11-14T22:13:20.123Z".len());
    let form: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(form, "0000-00-00T00:00:00.000Z", "{line}");
    let Some((before, after)) = rest.split_once(before_ms) else {
        let (before, after) = rest.split_once(" 0 ").expect("no bytes sent");
        return format!("TIME{before} 0 MS{}", after.trim_start_matches(|c: char| c.is_ascii_digit()));
    };
    let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{}TIME{before}{before_ms}MS{after}", &line[..start])
}

#[tokio::test]
async fn lines_have_the_documented_form() {
    let (text, json) = (LogFormat::Text, LogFormat::Json);
    for (format, addresses, resource, host, expected) in [
        (text, LogAddresses::Full, Some("/a"), None, "TIME gemini 192.0.2.1 20 served /a 1234 MSms whole"),
        (text, LogAddresses::Full, None, None, "TIME gemini 192.0.2.1 - - - 0 MSms unfinished"),
        (
            text,
            LogAddresses::Off,
            Some("/a"),
            Some("a.example"),
            "TIME gemini - 20 served /a 1234 MSms whole a.example",
        ),
        (
            json,
            LogAddresses::Full,
            Some("/a"),
            None,
            "{\"time\":\"TIME\",\"protocol\":\"gemini\",\"address\":\"192.0.2.1\",\"status\":\"20\",\
             \"outcome\":\"served\",\"resource\":\"/a\",\"sent\":1234,\"ms\":MS,\"ending\":\"whole\"}",
        ),
        (
            json,
            LogAddresses::Off,
            Some("/a"),
            Some("a.example"),
            "{\"time\":\"TIME\",\"protocol\":\"gemini\",\"address\":null,\"status\":\"20\",\
             \"outcome\":\"served\",\"resource\":\"/a\",\"sent\":1234,\"ms\":MS,\"ending\":\"whole\",\
             \"host\":\"a.example\"}",
        ),
    ] {
        let lines = written(format, addresses, &[(resource, host)]).await;
        assert_eq!(masked(&lines[0]), expected);
    }
}

#[tokio::test]
async fn client_bytes_cannot_forge_fields_or_lines() {
    let resources = ["/a\r\n2023 forged", "\u{1b}[2J", "a b", "\"}", "\\", "東", "\u{1f4a1}", "\u{7f}", ""];
    let requests = resources.map(|resource| (Some(resource), None));
    for line in written(LogFormat::Text, LogAddresses::Off, &requests).await {
        assert_eq!(line.split(' ').count(), 9, "{line}");
    }
    written(LogFormat::Json, LogAddresses::Off, &requests).await;
}

#[tokio::test]
async fn addresses_are_hashed_with_a_salt_of_each_run() {
    let mut hashed = Vec::new();
    for _ in 0..2 {
        let request = (Some("/"), None);
        let lines = written(LogFormat::Text, LogAddresses::Hashed, &[request, request]).await;
        let addresses: Vec<&str> = lines.iter().filter_map(|line| line.split(' ').nth(2)).collect();
        assert_eq!((addresses[0], addresses[0].len()), (addresses[1], 16), "{lines:?}");
        hashed.push(addresses[0].to_owned());
    }
    assert_ne!(hashed[0], hashed[1]);
}

#[tokio::test]
async fn written_lines_are_read_back() {
    let resources = ["/a", "", "-", "/a b\r\n", "\"}", "\\u{61}", "{\"time\":", "東", "\u{1f4a1}", "/ends}", "\"\""];
    // Host names that look like other words of a line.
    let hosts = [None, Some("a.example"), Some("whole"), Some("5ms"), Some("2001:db8::7"), Some("-")];
    let resources = || resources.map(Some).into_iter().chain([None]);
    let requests: Vec<_> =
        hosts.into_iter().flat_map(|host| resources().map(move |resource| (resource, host))).collect();
    for format in [LogFormat::Text, LogFormat::Json] {
        let lines = written(format, LogAddresses::Full, &requests).await;
        for (line, (resource, host)) in lines.iter().zip(&requests) {
            let read = LogLine::read(line).unwrap_or_else(|| panic!("{line}"));
            let collected = format!("Nov 24 08:30:00 host lamplit[7]: {line}\n");
            assert_eq!(LogLine::read(&collected).as_ref(), Some(&read), "{collected}");
            let day = read.time.date().to_string();
            assert!(line.trim_start_matches("{\"time\":\"").starts_with(&day), "{line}");
            assert!(read.ms < 60_000, "{line}");
            let (sent, ending) = match resource {
                Some(_) => (SENT as u64, ConnectionOutcome::Whole),
                None => (0, ConnectionOutcome::Unfinished),
            };
            let expected = LogLine {
                time: read.time,
                protocol: "gemini".into(),
                address: Some("192.0.2.1".into()),
                status: resource.map(|_| "20".into()),
                outcome: resource.map(|_| Class::Served),
                // In text, two quotes and an empty resource are written alike.
                resource: resource
                    .map(|name| if format == LogFormat::Text && name == "\"\"" { "" } else { name }.into()),
                sent,
                ms: read.ms,
                ending,
                host: host.filter(|_| resource.is_some()).map(Into::into),
            };
            assert_eq!(read, expected, "{line}");
        }
    }
}

#[test]
fn other_lines_are_not_read() {
    for line in [
        "",
        "ready in 5 ms; Ctrl-C stops",
        "2023-11-14T22:13:20.123Z  INFO published owls.md in 3 ms",
        "2023-11-14T22:13:20.123Z gemini - 20 served /a 1234 5ms",
        "2023-11-14T22:13:20.123Z gemini - 20 served /a 1234 5ms elsewhere",
        "2023-11-14T22:13:20.123Z gemini - 20 eaten /a 1234 5ms whole",
        "2023-13-14T22:13:20.123Z gemini - 20 served /a 1234 5ms whole",
        "yesterday gemini - 20 served /a 1234 5ms whole",
        "2023-11-14T22:13:20.123Z gemini - 20 served \\u{110000} 1234 5ms whole",
        "{\"time\":\"2023-11-14T22:13:20.123Z\"}",
        "}",
        "192.0.2.1 - - [14/Nov/2023:22:13:20 +0000] \"GET / HTTP/1.1\" 200 5",
    ] {
        assert_eq!(LogLine::read(line), None, "{line}");
    }
    for ending in [
        "whole",
        "truncated",
        "silent",
        "other-protocol",
        "handshake-failed",
        "handshake-timeout",
        "unfinished",
        "request-timeout",
        "refused",
        "made-room",
        "unlisted-proxy",
        "no-proxy-header",
        "stopped",
        "broken",
    ] {
        let line = format!("2023-11-14T22:13:20.123Z gemini - - - - 0 5ms {ending}");
        assert_eq!(LogLine::read(&line).map(|read| read.ending.name()), Some(ending));
    }
}

#[tokio::test(start_paused = true)]
async fn metrics_show_every_counter() {
    let metrics = Metrics::default();
    let (mut counted, _log) = context(Limits::STANDARD, None);
    counted.metrics = Some(metrics.clone());
    for request in [&b"/\n"[..], b""] {
        let (ours, mut theirs) = duplex(2 * SENT);
        theirs.write_all(request).await.expect("room");
        let protocol = Fixed { resource: "/secret-name.gmi", host: None };
        serve_one(ours, protocol, Transport::Plain, &counted).await;
    }
    counted.limits.per_address = 0;
    let server = Server::start(counted.clone(), Transport::Plain);
    let mut refused = TcpStream::connect(server.address).await.expect("a listener");
    refused.write_all(b"page\n").await.expect("room");
    let _ = refused.read_to_end(&mut Vec::new()).await;
    drop(refused);
    assert!(server.stop().await.expect("no panic"));
    let (ours, _open) = duplex(1);
    let open = async { serve_one(ours, Words, Transport::Plain, &counted).await };
    metrics.lost_lines.inc_by(3);
    metrics.snapshots.inc();
    metrics.note("gone.example", 1, 0, 5);
    metrics.forget();
    metrics.note("a.example", 12, 2, 4_000_000_000);
    let text = tokio::select! {
        biased;
        () = open => unreachable!("the client is silent"),
        text = async { metrics.text() } => text,
    };
    for line in [
        "lamplit_requests_total{protocol=\"gemini\",outcome=\"served\"} 1",
        "lamplit_connections_total{protocol=\"gemini\",ending=\"whole\"} 1",
        "lamplit_connections_total{protocol=\"gemini\",ending=\"silent\"} 1",
        "lamplit_connections_total{protocol=\"words\",ending=\"refused\"} 1",
        "lamplit_sent_bytes_total{protocol=\"gemini\"} 1234",
        "lamplit_duration_seconds_bucket{le=\"60.0\",protocol=\"gemini\"} 2",
        "lamplit_duration_seconds_count{protocol=\"gemini\"} 2",
        "lamplit_open_connections 1",
        "lamplit_log_lines_lost_total 3",
        "lamplit_editions_total 1",
        "lamplit_essays{hostname=\"a.example\"} 12",
        "lamplit_problems{hostname=\"a.example\"} 2",
        "lamplit_certificate_expiry_timestamp_seconds{hostname=\"a.example\"} 4000000000",
        "# EOF",
    ] {
        assert!(text.lines().any(|shown| shown == line), "no `{line}` in\n{text}");
    }
    assert!(!text.contains("secret-name") && !text.contains("gone.example"), "{text}");
}
