//! The metrics of the real program, as a collector on the same machine gets them.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use lamplit::protocol::metrics::MetricsPage;
use lamplit::protocol::{Body, Peer, Protocol};
use lamplit::site::Sites;

use crate::support::{Server, configured, eventually, scratch_folder};

const PATIENCE: Duration = Duration::from_secs(20);

/// Returns the address of the metrics in the messages of `server`.
fn address(server: &Server) -> SocketAddr {
    let named = |said: &String| {
        let (_, after) = said.split_once("http://")?;
        after.split_once("/metrics").and_then(|(address, _)| address.parse().ok())
    };
    eventually(PATIENCE, || server.said(), |said| named(said).is_some());
    named(&server.said()).expect("it was there")
}

fn get(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("a whole reply");
    reply
}

#[test]
fn metrics_count_requests_and_publications() {
    let folder = scratch_folder();
    fs::write(folder.path().join("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    let config = configured(&format!(
        "[[capsule]]\ncontent = \"{}\"\n[metrics]\nlisten = \"127.0.0.1:0\"\n",
        folder.path().display()
    ));
    let server = Server::from_command(config.serve());
    let address = address(&server);
    let page = || get(address, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let first = page();
    assert!(first.starts_with("HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text"), "{first}");
    assert!(first.contains("lamplit_essays{hostname=\"localhost\"} 1\n"), "{first}");
    assert!(first.contains("lamplit_certificate_expiry_timestamp_seconds{hostname=\"localhost\"} "), "{first}");

    server.ask_gemini("/owls.gmi");
    server.ask_gemini("/nowhere.gmi");
    server.ask_gopher("/owls.txt");
    let has = |page: &String, lines: &[&str]| lines.iter().all(|line| page.lines().any(|shown| shown == *line));
    eventually(PATIENCE, page, |page| {
        has(
            page,
            &[
                "lamplit_requests_total{protocol=\"gemini\",outcome=\"served\"} 1",
                "lamplit_requests_total{protocol=\"gemini\",outcome=\"not-found\"} 1",
                "lamplit_requests_total{protocol=\"gopher\",outcome=\"served\"} 1",
                "lamplit_duration_seconds_count{protocol=\"gemini\"} 2",
                "lamplit_open_connections 0",
            ],
        )
    });
    fs::write(folder.path().join("lamps.md"), "---\nslug: .b\n---\n# Lamps\n\nText.\n").expect("writable");
    eventually(PATIENCE, page, |page| {
        page.contains("lamplit_essays{hostname=\"localhost\"} 2\n")
            && page.contains("lamplit_problems{hostname=\"localhost\"} 1\n")
    });

    // Other requests are refused, and readers are still served.
    assert!(get(address, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
    assert!(get(address, "gemini://localhost/\r\n\r\n").starts_with("HTTP/1.1 400 "));
    assert_eq!(get(address, "\u{16}\u{3}\u{1}not a request\r\n\r\n"), "");
    assert!(server.ask_gemini("/owls.gmi").body.contains("They call."));
    assert!(!server.said().contains(" /metrics"), "{}", server.said());
}

fn reply_to(request: &str) -> String {
    let metrics = MetricsPage(Arc::new(|| "lamps 1\n".to_owned()));
    let Some(length) = metrics.scan(request.as_bytes()) else { return String::new() };
    let sites = Sites::new([]);
    let answer = metrics.answer(&request.as_bytes()[..length], &Peer::default(), &sites);
    let Body::Bytes(body) = answer.body else { panic!("no body") };
    String::from_utf8([answer.head, body].concat()).expect("UTF-8")
}

#[test]
fn only_a_get_request_for_the_page_is_served() {
    for (request, expected) in [
        ("GET /metrics HTTP/1.1\r\nHost: localhost:9965\r\nAccept: */*\r\n\r\n", "HTTP/1.1 200 OK\r\n"),
        ("GET /metrics?a=b HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n"),
        ("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n"),
        ("POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed\r\n"),
        ("GET /metrics\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"),
        ("gemini://localhost/\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"),
        ("GET /metrics HTTP/1.1 and more\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"),
        ("GET /metrics HTTP/1.1\r\nHost: localhost\r\n", ""),
        (&"a".repeat(8 * 1024), "HTTP/1.1 400 Bad Request\r\n"),
    ] {
        let reply = reply_to(request);
        assert!(reply.starts_with(expected) && reply.is_empty() == expected.is_empty(), "{request:?}: {reply}");
        assert_eq!(reply.ends_with("\r\n\r\nlamps 1\n"), expected.contains("200"), "{request:?}: {reply}");
    }
}
