//! The selector table: what arrives, and how the reply begins.

use super::{Gopher, Options};
use crate::protocol::{Body, Class, Fault, Peer, Protocol, Scan, support};

fn gopher() -> Gopher {
    Gopher::new(Options {
        host: "example.org".to_owned(),
        port: 7070,
        gemini_url: Some("gemini://example.org/".to_owned()),
    })
}

/// The reply to a line and how it was classed; files by their name.
fn ask(line: &[u8]) -> (String, Class) {
    let answer = gopher().answer(line, &Peer::default(), &support::shelf());
    assert!(answer.head.is_empty());
    let text = match answer.body {
        Body::Bytes(bytes) => String::from_utf8(bytes.to_vec()).expect("UTF-8"),
        Body::File(file) => format!("file {}", file.relative.display()),
        Body::Empty => String::new(),
    };
    (text, answer.outcome.class)
}

fn check(rows: &[(&str, &str, &str)]) {
    for (behaviour, line, expected) in rows {
        let (text, _) = ask(line.as_bytes());
        assert!(text.starts_with(expected), "{behaviour} {line:?}: {text:?}, not {expected:?}");
    }
}

#[test]
fn selectors_mean_what_they_may_mean() {
    check(&[
        ("G3", "\r\n", "iEssays"),
        ("G3", "\n", "iEssays"),
        ("G3", "/\r\n", "iEssays"),
        ("G3", "/\n", "iEssays"),
        ("G3", "/films/\r\n", "iFilms"),
        ("G3", "films/\r\n", "iFilms"),
        ("G3", "/films\r\n", "iFilms"),
        ("G3", "films/skin.txt\n", "The Soft Skin"),
        ("G3", "/films/../films/skin.txt\r\n", "The Soft Skin"),
        ("G3", "0/films/skin.txt\r\n", "The Soft Skin"),
        ("G3", "/0/films/skin.txt\r\n", "The Soft Skin"),
        ("G3", "1/\r\n", "iEssays"),
        ("G3", "1\r\n", "iEssays"),
        ("G3", "1/films/\r\n", "iFilms"),
        ("G3", "0/odd.txt\r\n", "a folder called 0"),
        ("G3", "/films/the soft skin.txt\r\n", "spaced"),
        ("G3", "/films/the%20soft%20skin.txt\r\n", "spaced"),
        ("G3", "/why?.txt\r\n", "a question"),
        ("G4", "/films/skin.txt\twords\r\n", "The Soft Skin"),
        ("G4", "/search\tlift\r\n", "iSearch: lift\t"),
        ("G4", "search\tlift\r\n", "iSearch: lift\t"),
        ("G4", "7/search\tlift\r\n", "iSearch: lift\t"),
        ("G4", "/search\tlift\t+\r\n", "iSearch: lift\t"),
        ("G4", "/search?lift\r\n", "iSearch: lift\t"),
        ("G4", "/search?soft%20lift\r\n", "iSearch: soft lift\t"),
        ("G4", "/search/2?lift\r\n", "iSearch: lift\t"),
        ("G4", "/search\r\n", "iSearch\t"),
        ("G4", "/search\t$5\r\n", "iSearch: $5\t"),
        ("G5", "\t$\r\n", "+-1\r\n+INFO: 1example.org\t\texample.org\t7070\t+\r\n.\r\n"),
        ("G5", "/films/skin.txt\t+\r\n", "The Soft Skin"),
        ("G5", "/films/skin.txt\t!\r\n", "The Soft Skin"),
        ("G6", "GET / HTTP/1.1\r\n", "HTTP/1.0 400 "),
        ("G7", "URL:https://a.example/\r\n", "<!DOCTYPE HTML"),
        ("G7", "/URL:gemini://a.example/\r\n", "<!DOCTYPE HTML"),
        ("G7", "URL:mailto:lamp@example.org\r\n", "<!DOCTYPE HTML"),
        ("G7", "URL:javascript:alert(1)\r\n", "3"),
        ("G7", "URL:data:text/html,x\r\n", "3"),
        ("G7", "URL:\r\n", "3"),
        ("G8", "/nothing\r\n", "3There is nothing at this selector\t"),
        ("G8", "/withdrawn.txt\r\n", "3"),
        ("G8", "/../etc/passwd\r\n", "3"),
        ("G8", "/.git/config\r\n", "3"),
        ("G8", "/%2egit/config\r\n", "3"),
        ("G11", "caps.txt\r\n", "CAPS\r\nCapsVersion=1\r\n"),
        ("G11", "/caps.txt\n", "CAPS\r\n"),
        ("G14", "/cover.jpg\r\n", "file cover.jpg"),
    ]);
}

#[test]
fn any_bytes_are_a_query() {
    let (low, high): (Vec<u8>, Vec<u8>) = ((0..128).collect(), (128..=255).collect());
    let clean = |bytes: &[u8]| bytes.iter().copied().filter(|b| !b"\t\r\n".contains(b)).collect::<Vec<u8>>();
    for words in
        [clean(&low), high, vec![b'a'; 1024], vec![0xff; 1024], b"%".repeat(1024), b"%41".repeat(341)]
    {
        for line in [[b"/search\t", &*words, b"\r\n"].concat(), [b"/search?", &*words, b"\n"].concat()] {
            let Scan::Complete(length) = gopher().scan(&line) else { panic!("a line") };
            let (menu, class) = ask(&line[..length]);
            assert_eq!(class, Class::Served, "{}", words.escape_ascii());
            assert!(menu.starts_with("iSearch") && menu.ends_with("\r\n.\r\n"), "{menu}");
            assert!(menu.contains("7Search again\t/search\t"), "{menu}");
        }
    }
}

#[test]
fn an_error_is_a_whole_menu_and_echoes_nothing() {
    for line in [&b"/evil<x>\r\n"[..], b"/evil\x07\r\n", b"/evil\xff\r\n", &[b'e'; 1024], b"URL:evil:x\r\n"] {
        let (menu, class) = ask(line);
        assert!(matches!(class, Class::NotFound | Class::Refused));
        let (item, end) = menu.split_once("\r\n").expect("a line");
        assert!(item.starts_with('3') && item.split('\t').count() == 4, "{menu}");
        assert_eq!(end, ".\r\n");
        assert!(!menu.contains("evil")); // G8
    }
}

#[test]
fn a_link_out_is_escaped() {
    let (page, _) = ask(b"URL:https://a.example/?a=1&b=\"><script>x</script>'\r\n");
    assert!(
        page.contains("https://a.example/?a=1&amp;b=&quot;&gt;&lt;script&gt;") && !page.contains("<script")
    );
}

#[test]
fn a_browser_is_told_where_to_go() {
    let (text, _) = ask(b"GET /films/ HTTP/1.1\r\n");
    assert!(text.contains("gopher://example.org:7070/") && text.contains("gemini://example.org/"));
}

#[test]
fn faults_are_menus_too() {
    for fault in [Fault::Missing, Fault::Internal] {
        let Body::Bytes(menu) = gopher().fault(fault).body else { panic!("a menu") };
        assert!(menu.starts_with(b"3") && menu.ends_with(b"\r\n.\r\n"));
    }
}
