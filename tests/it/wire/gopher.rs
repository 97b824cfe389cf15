//! Requests over Gopher, and the beginning of the reply to each.

use super::Case;

/// Returns all cases, with the rows of [`crate::behaviours`].
pub(super) fn table() -> Vec<Case> {
    let lines = LINES.iter().map(|(row, line, reply)| Case::new(row, *line, reply));
    let raw = RAW.iter().map(|(row, request, reply)| Case::new(row, *request, reply));
    lines.chain(raw).chain(long()).collect()
}

const NOTHING: &str = "3There is nothing at this selector\tfake\t(NULL)\t0\r\n.\r\n";

/// Row, request, beginning of the reply.
const LINES: &[(&str, &str, &str)] = &[
    (
        "G1",
        "\r\n",
        "iEssays\tfake\t(NULL)\t0\r\ni\tfake\t(NULL)\t0\r\niBy lamplight.\tfake\t(NULL)\t0\r\ni\tfake\t(NULL)\t0\r\n02024-05-01 The Soft Skin\t/films/skin.txt\texample.org\t7070\r\n",
    ),
    ("G2", "/films/dots.txt\r\n", "Dots\r\n====\r\n\r\n1 min read\r\n\r\n .profile is hidden.\r\n"),
    ("G3", "\n", "iEssays\t"),
    ("G3", "/\r\n", "iEssays\t"),
    ("G3", "/\n", "iEssays\t"),
    ("G3", "/films/\r\n", "iFilms\t"),
    ("G3", "films/\r\n", "iFilms\t"),
    ("G3", "/films\r\n", "iFilms\t"),
    ("G3", "films/skin.txt\n", "The Soft Skin\r\n"),
    ("G3", "/films/../films/skin.txt\r\n", "The Soft Skin\r\n"),
    ("G3", "0/films/skin.txt\r\n", "The Soft Skin\r\n"),
    ("G3", "/0/films/skin.txt\r\n", "The Soft Skin\r\n"),
    ("G3", "1/\r\n", "iEssays\t"),
    ("G3", "1\r\n", "iEssays\t"),
    ("G3", "1/films/\r\n", "iFilms\t"),
    ("G3", "0/odd.txt\r\n", "a folder called 0\r\n"),
    ("G3", "/films/the soft skin.txt\r\n", "spaced\r\n"),
    ("G3", "/films/the%20soft%20skin.txt\r\n", "spaced\r\n"),
    ("G3", "/why?.txt\r\n", "a question\r\n"),
    ("G3", "a\r\r\n", "3That is not a selector\t"),
    ("G3", "a\0b\r\n", "3That is not a selector\t"),
    ("G3", "a\x1bb\r\n", "3That is not a selector\t"),
    ("G4", "/films/skin.txt\twords\r\n", "The Soft Skin\r\n"),
    ("G4", "/films/skin.txt\twords\t+\r\n", "The Soft Skin\r\n"),
    ("G4", "/search\tlift\r\n", "iSearch: lift\t"),
    ("G4", "search\tlift\r\n", "iSearch: lift\t"),
    ("G4", "7/search\tlift\n", "iSearch: lift\t"),
    ("G4", "/search\tlift\t+\r\n", "iSearch: lift\t"),
    ("G4", "/search?lift\r\n", "iSearch: lift\t"),
    ("G4", "/search?soft%20lift\r\n", "iSearch: soft lift\t"),
    ("G4", "/search/2?lift\r\n", "iSearch: lift\t"),
    ("G4", "/search?a b\r\n", "iSearch: a b\t"),
    ("G4", "/search\tsoft skin\r\n", "iSearch: soft skin\t"),
    ("G4", "/search\r\n", "iSearch\t"),
    ("G4", "/search\t\r\n", "iSearch\t"),
    ("G4", "/search\t$5\r\n", "iSearch: $5\t"),
    ("G4", "/search\tbarley\x1b[2J\r\n", "iSearch: barley [2J\t"),
    ("G5", "\t$\r\n", "+-1\r\n+INFO: 1example.org\t\texample.org\t7070\t+\r\n.\r\n"),
    ("G5", "/films/\t$\r\n", "+-1\r\n+INFO: 1"),
    ("G5", "\t$+VIEWS\r\n", "+-1\r\n+INFO: 1"),
    ("G5", "/films/skin.txt\t+\r\n", "The Soft Skin\r\n"),
    ("G5", "/films/skin.txt\t+text/plain\r\n", "The Soft Skin\r\n"),
    ("G5", "/films/skin.txt\t!\r\n", "The Soft Skin\r\n"),
    ("G6", "GET / HTTP/1.1\r\n", "HTTP/1.0 400 Bad Request\r\n"),
    ("G6", "GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: curl\r\n\r\n", "HTTP/1.0 400 Bad Request\r\n"),
    ("G6", "POST /x HTTP/1.0\n", "HTTP/1.0 400 Bad Request\r\n"),
    ("G6", "GET /\r\n", NOTHING),
    ("G7", "URL:https://a.example/\r\n", "<!DOCTYPE HTML"),
    ("G7", "URL:http://a.example/\r\n", "<!DOCTYPE HTML"),
    ("G7", "/URL:gemini://a.example/\r\n", "<!DOCTYPE HTML"),
    ("G7", "URL:mailto:lamp@example.org\r\n", "<!DOCTYPE HTML"),
    ("G7", "URL:javascript:alert(1)\r\n", "3Links of that kind are not followed here\t"),
    ("G7", "URL:data:text/html,x\r\n", "3Links of that kind are not followed here\t"),
    ("G7", "URL:gopher://a.example/\r\n", "3Links of that kind are not followed here\t"),
    ("G7", "URL:\r\n", "3Links of that kind are not followed here\t"),
    ("G8", "/nothing\r\n", NOTHING),
    ("G8", "/nothing/\r\n", NOTHING),
    ("G8", "/nothing <b>\r\n", NOTHING),
    ("G8", "/withdrawn.txt\r\n", "3What stood here has been withdrawn\tfake\t(NULL)\t0\r\n.\r\n"),
    ("G8", "/../etc/passwd\r\n", NOTHING),
    ("G8", "/%2e%2e/etc/passwd\r\n", NOTHING),
    ("G8", "/.git/config\r\n", NOTHING),
    ("G8", "/%2egit/config\r\n", NOTHING),
    ("G8", "/outside.jpg\r\n", NOTHING),
    ("G8", "/pipe.jpg\r\n", NOTHING),
    ("G8", "/cover.jpg/\r\n", NOTHING),
    ("G9", "/films/the_20soft_20skin.txt\r\n", "spaced\r\n"),
    (
        "G9",
        "/_E6_9D_B1/\r\n",
        "i東\tfake\t(NULL)\t0\r\ni\tfake\t(NULL)\t0\r\n0Barley\t/_E6_9D_B1/barley.txt\texample.org\t7070\r\n",
    ),
    (
        "G9",
        "/odd/\r\n",
        "iOdd\tfake\t(NULL)\t0\r\ni\tfake\t(NULL)\t0\r\n0a b c [2J=> d\t/odd/we_20ird_20_231_20_C3_BC.txt\texample.org\t7070\r\n",
    ),
    ("G11", "caps.txt\r\n", "CAPS\r\nCapsVersion=1\r\n"),
    ("G11", "/caps.txt\n", "CAPS\r\nCapsVersion=1\r\n"),
    ("G11", "robots.txt\r\n", "User-agent: *\r\n"),
    ("G11", "/robots.txt\r\n", "User-agent: *\r\n"),
    ("G13", "/films/hidden.txt\r\n", NOTHING),
    ("G14", "/films/skin.gmi\r\n", "# The Soft Skin\r\n"),
    ("G14", "/films/skin.md\r\n", "---\n"),
];

/// Requests or replies that are not text.
const RAW: &[(&str, &[u8], &[u8])] = &[
    ("G3", b"/100%.png\r\n", b"\x89PNG"),
    ("G14", b"/cover.jpg\r\n", b"\xff\xd8\xff"),
    ("G14", b"/inside.jpg\r\n", b"\xff\xd8\xff"),
    ("G3", b"a\xffb\r\n", b"3That is not a selector\t"),
    ("G3", b"\xc3\x28\n", b"3That is not a selector\t"),
    ("G3", b"/films/skin.txt\r\n/cover.jpg\r\n", b"The Soft Skin\r\n"),
    ("G4", b"/search\tlift\xff\r\n", "iSearch: lift\u{fffd}\t".as_bytes()),
    ("G4", b"/search\ta\xffb\x1bc\r\n", "iSearch: a\u{fffd}b c\t".as_bytes()),
    ("G4", b"/search?lift\xff\x00\r\n", "iSearch: lift\u{fffd}\t".as_bytes()),
    ("G8", b"/evil\x07\r\n", b"3That is not a selector\tfake\t(NULL)\t0\r\n.\r\n"),
];

/// Returns requests around the greatest length.
fn long() -> Vec<Case> {
    let of = |length: usize| "a".repeat(length);
    vec![
        Case::new("G3", of(1023) + "\n", NOTHING),
        Case::new("G3", of(1024) + "\n", "3That is not a selector\t"),
        Case::new("G3", of(1024), "3That is not a selector\t"),
        Case::new("G3", of(9000) + "\r\n", "3That is not a selector\t"),
        Case::new("G4", format!("/search\t{}\r\n", of(1024)), "iSearch: aaa"),
        Case::new("G4", format!("/search?{}\r\n", "%41".repeat(341)), "iSearch: AAA"),
        Case::new("G4", format!("/search\t{}\r\n", of(9000)), "iSearch: aaa"),
    ]
}
