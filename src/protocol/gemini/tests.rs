//! The request table: what arrives, and the status line it gets.

use super::{Gemini, Options};
use crate::protocol::{Body, Fault, Peer, Protocol, support};

fn gemini() -> Gemini {
    Gemini::new(Options { ports: vec![1965], check_port: true })
}

/// The header for a request line, without its line end.
fn ask(gemini: &Gemini, line: &[u8]) -> String {
    let answer = gemini.answer(line, &Peer::default(), &support::shelf());
    let head = String::from_utf8(answer.head.to_vec()).expect("UTF-8");
    assert!(head.len() <= 1024 + 5 && head.is_ascii(), "{head}"); // P21
    assert_eq!(answer.body != Body::Empty, head.starts_with('2'), "{head}");
    assert!(!answer.outcome.resource.contains("secret"), "queries are not logged");
    head.strip_suffix("\r\n").expect("a line end").to_owned()
}

fn check(rows: &[(&str, &str, &str)]) {
    for (behaviour, url, expected) in rows {
        let head = ask(&gemini(), format!("{url}\r\n").as_bytes());
        assert!(head.starts_with(expected), "{behaviour} {url:?}: {head}, not {expected}");
    }
}

#[test]
fn pages_and_redirects() {
    check(&[
        ("P7", "gemini://example.org", "20 text/gemini; lang=en"),
        ("P7", "gemini://example.org/", "20 text/gemini; lang=en"),
        ("P7", "gemini://example.org?secret", "20"),
        ("P8", "GEMINI://Example.ORG/", "20"),
        ("P8", "gemini://example.org./", "20"),
        ("P8", "gemini://EXAMPLE.org.:1965/", "20"),
        ("P8", "gemini://xn--bcher-kva.example/", "20"),
        ("P8", "gemini://XN--BCHER-KVA.example/", "20"),
        ("P8", "gemini://bücher.example/", "20"),
        ("P8", "gemini://BÜCHER.example./", "20"),
        ("P9", "gemini://example.org:/", "20"),
        ("P9", "gemini://example.org:1965/", "20"),
        ("P9", "gemini://example.org:01965/", "20"),
        ("P10", "gemini://127.0.0.1/", "20"),
        ("P10", "gemini://[::1]/", "20"),
        ("P10", "gemini://[0:0:0:0:0:0:0:1]:1965/", "20"),
        ("P10", "gemini://192.0.2.7/", "20"),
        ("P13", "gemini://example.org/films/../", "20"),
        ("P13", "gemini://example.org/./films/", "20"),
        ("P13", "gemini://example.org/films/the%20soft%20skin.gmi", "20"),
        ("P13", "gemini://example.org/%66ilms/", "20"),
        ("P13", "gemini://example.org/films/%2e%2e/", "20"),
        ("P13", "gemini://example.org/100%25.png", "20 image/png"),
        ("P18", "gemini://example.org/films", "31 /films/"),
        ("P18", "gemini://example.org/films?a=b%20c", "31 /films/?a=b%20c"),
        ("P18", "gemini://example.org/films?", "31 /films/?"),
        ("P18", "gemini://example.org/films/the%20soft%20skin", "31 /films/the%20soft%20skin.gmi"),
        ("P18", "gemini://example.org/%E6%9D%B1", "31 /%E6%9D%B1/"),
        ("P18", "gemini://example.org/東?東", "31 /%E6%9D%B1/?%E6%9D%B1"),
        ("P22", "gemini://example.org/cover.jpg", "20 image/jpeg"),
        ("P23", "gemini://example.org/cover.jpg?secret", "20 image/jpeg"),
        ("P23", "gemini://example.org/robots.txt?secret", "20 text/plain"),
    ]);
}

#[test]
fn the_search_asks_for_words_and_answers_them() {
    let long = |query: String| format!("gemini://example.org/search?{query}");
    let full = long("x".repeat(1024 - long(String::new()).len()));
    let escaped = long("%FF%00".repeat(160));
    let wide = long("\u{6771}".repeat(330));
    check(&[
        ("P2", "gemini://example.org/search", "10 Search Essays: "),
        ("P2", "gemini://example.org/search?", "10 Search Essays: "),
        ("P2", "gemini://example.org/search?secret%20lift", "20 text/gemini; lang=en"),
        ("P2", "gemini://example.org/search?%20", "20 text/gemini; lang=en"),
        ("P2", "gemini://example.org/search/2?secret", "20 text/gemini; lang=en"),
        ("P2", "gemini://example.org/search/2", "10 Search Essays: "),
        ("P18", "gemini://example.org/search/?lift", "31 /search?lift"),
        ("P2", &full, "20 text/gemini; lang=en"),
        ("P2", &escaped, "20 text/gemini; lang=en"),
        ("P2", &wide, "20 text/gemini; lang=en"),
    ]);
}

#[test]
fn what_is_not_here() {
    let long = format!("gemini://example.org/{}", "a".repeat(1003));
    let longer = format!("gemini://example.org/{}", "a".repeat(1004));
    assert_eq!(long.len(), 1024);
    check(&[
        ("P2", &long, "51 "),
        ("P2", &longer, "59 "),
        ("P13", "gemini://example.org/films%2f", "51 "),
        ("P13", "gemini://example.org/a%00", "51 "),
        ("P13", "gemini://example.org/a%0d%0ab", "51 "),
        ("P13", "gemini://example.org/%2566ilms/", "51 "),
        ("P14", "gemini://example.org/film", "51 "),
        ("P14", "gemini://example.org/filmsandmore", "51 "),
        ("P17", "gemini://example.org/.git/config", "51 "),
        ("P17", "gemini://example.org/%2egit/config", "51 "),
        ("P17", "gemini://example.org/.well-known/security.txt", "51 "),
        ("P17", "gemini://example.org/withdrawn.gmi", "52 "),
        ("P19", "gemini://example.org/cover.jpg/", "51 "),
        ("P23", "gemini://example.org/a%ff", "51 "),
        ("T10", "gemini://other.example/films/", "51 "),
    ]);
}

#[test]
fn what_is_for_somebody_else() {
    check(&[
        ("P9", "gemini://example.org:1966/", "53 "),
        ("P9", "gemini://example.org:0/", "53 "),
        ("P10", "gemini://elsewhere.example/", "53 "),
        ("P10", "gemini://sub.example.org/", "53 "),
        ("P10", "gemini://badexample.org/", "53 "),
        ("P10", "gemini://example.org.evil.example/", "53 "),
        ("P10", "gemini://192.0.2.8/", "53 "),
        ("P10", "gemini://[2001:db8::1]/", "53 "),
        ("P10", "gemini://0x7f.1/", "53 "),
        ("P10", "https://example.org/", "53 "),
        ("P10", "gopher://example.org/1/", "53 "),
        ("P10", "mailto:lamp@example.org", "53 "),
        ("P10", "about:blank", "53 "),
        ("P24", "titan://example.org/a.gmi;size=5;mime=text/gemini", "53 "),
    ]);
    let anywhere = Gemini::new(Options { ports: vec![1965], check_port: false });
    assert!(ask(&anywhere, b"gemini://example.org:7000/\r\n").starts_with("20")); // P9
    let forwarded = Gemini::new(Options { ports: vec![300, 1965], check_port: true });
    assert!(ask(&forwarded, b"gemini://example.org:300/\r\n").starts_with("20")); // P9
}

#[test]
fn what_is_no_request() {
    check(&[
        ("P5", "", "59 "),
        ("P5", " gemini://example.org/", "59 "),
        ("P5", "gemini://example.org/ ", "59 "),
        ("P5", "gemini://example.org/a b", "59 "),
        ("P5", "gemini://example.org/a\tb", "59 "),
        ("P5", "gemini://example.org/a\nb", "59 "),
        ("P5", "gemini://example.org/a\rb", "59 "),
        ("P5", "gemini://example.org/\n", "59 "),
        ("P5", "gemini://example.org/\0", "59 "),
        ("P5", "gemini://example.org/\u{1b}[2J", "59 "),
        ("P5", "gemini://example.org/\u{7f}", "59 "),
        ("P5", "gemini://example.org/\u{85}", "59 "),
        ("P5", "gemini://example.org/\u{3000}", "59 "),
        ("P5", "\u{feff}gemini://example.org/", "59 "),
        ("P6", "gemini://@example.org/", "59 "),
        ("P6", "gemini://me@example.org/", "59 "),
        ("P6", "gemini://me:pw@example.org/", "59 "),
        ("P6", "gemini://example.org/#part", "59 "),
        ("P6", "gemini://example.org/#", "59 "),
        ("P6", "gemini://example.org#part", "59 "),
        ("P6", "gemini://example.org/%", "59 "),
        ("P6", "gemini://example.org/%2", "59 "),
        ("P6", "gemini://example.org/%zz", "59 "),
        ("P6", "gemini://example.org/?%g0", "59 "),
        ("P6", "/films/", "59 "),
        ("P6", "films", "59 "),
        ("P6", "//example.org/", "59 "),
        ("P6", "example.org/", "59 "),
        ("P6", "example.org:1965/", "53 "),
        ("P6", "://example.org/", "59 "),
        ("P6", "1gemini://example.org/", "59 "),
        ("P6", "gemini:/films/", "59 "),
        ("P6", "gemini:", "59 "),
        ("P6", "gemini://", "59 "),
        ("P6", "gemini:///films/", "59 "),
        ("P6", "gemini://:1965/", "59 "),
        ("P9", "gemini://example.org:x/", "59 "),
        ("P9", "gemini://example.org:+1965/", "59 "),
        ("P9", "gemini://example.org:65536/", "59 "),
        ("P9", "gemini://example.org:1965:1965/", "59 "),
        ("P12", "gemini://[::1/", "59 "),
        ("P12", "gemini://[::1]x/", "59 "),
        ("P12", "gemini://[localhost]/", "59 "),
        ("P12", "gemini://::1/", "59 "),
        ("P13", "gemini://example.org/../", "59 "),
        ("P13", "gemini://example.org/%2e%2e/", "59 "),
        ("P13", "gemini://example.org/films/../../etc/passwd", "59 "),
        ("P13", "gemini://example.org/..%2f", "51 "),
    ]);
    for line in [&b"gemini://example.org/\xff\r\n"[..], &[0xff; 1026], b"GET / HTTP/1.1\r\n", b"\r\n"] {
        assert!(ask(&gemini(), line).starts_with("59 "), "{}", line.escape_ascii());
    }
}

#[test]
fn a_redirect_that_would_be_too_long_is_not_sent() {
    let query = "\"".repeat(900);
    check(&[("P21", &format!("gemini://example.org/films?{query}"), "51 ")]);
}

#[test]
fn faults_have_words_too() {
    for (fault, expected) in [(Fault::Missing, "51 "), (Fault::Internal, "40 ")] {
        assert!(gemini().fault(fault).head.starts_with(expected.as_bytes())); // P4
    }
}
