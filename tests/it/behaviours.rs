//! Behaviours required by specifications, clients and past faults, by number. Each number must appear in a test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use testkit::files_below;

/// Number and what it stands for. P: Gemini requests. T: TLS and certificates. G: Gopher. C: connections.
const BEHAVIOURS: &[(&str, &str)] = &[
    ("P1", "a request may be cut into packets anywhere; it ends at its first CRLF"),
    ("P2", "a URI of 1024 bytes is served, one of 1025 is refused"),
    ("P3", "a refusal arrives, however much the client still sends"),
    ("P4", "one status line for each request; a fault of ours is 40, never silence"),
    ("P5", "bytes that no URL may hold are 59"),
    ("P6", "user names, fragments, bad escapes and relative references are 59"),
    ("P7", "an empty path is the root, without a redirect"),
    ("P8", "scheme and host compare without case, without a trailing dot, in punycode"),
    ("P9", "the port in a URL is compared with the one that readers see"),
    ("P10", "other hosts and schemes are 53; addresses of this machine are served"),
    ("P11", "names match by whole labels"),
    ("P12", "IPv6 literals, and listeners for both families side by side"),
    ("P13", "escapes are decoded once, by segment; nothing climbs"),
    ("P14", "paths compare by whole segments"),
    ("P15", "links stay within the folder; what was opened is checked"),
    ("P16", "only regular files are opened, and nothing waits for others"),
    ("P17", "hidden names are 51; what is gone is 52"),
    ("P18", "a folder without its slash is one 31, with its query"),
    ("P19", "a file with a slash behind it is 51"),
    ("P20", "links are encoded, labels hold no controls"),
    ("P21", "what follows a status fits 1024 bytes"),
    ("P22", "languages and character sets are named for text only"),
    ("P23", "odd names are 51; a query does not hide a file"),
    ("P24", "an upload is refused cleanly"),
    ("P25", "no page of ours leads to a redirect"),
    ("P26", "names that differ only in the normal form of Unicode are one"),
    ("T1", "TLS 1.2 and 1.3, good suites only, the server's order; 1.3 alone if wanted"),
    ("T2", "close_notify after every whole reply, and after none that broke"),
    ("T3", "nobody waits for the other's close_notify without a deadline"),
    ("T4", "a first byte that is no handshake gets nothing"),
    ("T5", "every later connection resumes; nothing is said before the end of a handshake"),
    ("T6", "a request without CRLF gets no answer and an end"),
    ("T7", "what a certificate of ours is like, and that it comes into being whole"),
    ("T8", "damage stops the start; pairs of the owner's own are taken"),
    ("T9", "renewal keeps the key"),
    ("T10", "the handshake chooses the certificate, the URL the capsule"),
    ("T11", "client certificates where something is private only; 60, 61, 62"),
    ("T12", "changed certificates are taken up and nobody is dropped"),
    ("G1", "the root menu, with four fields a line and a dot at the end"),
    ("G2", "text: CRLF, no final dot, a space before a first dot, no line too wide"),
    ("G3", "selectors in all the forms clients send"),
    ("G4", "a search with a TAB or with a question mark"),
    ("G5", "enough Gopher+ for the UMN client"),
    ("G6", "an HTTP request is told where to go"),
    ("G7", "URL: pages for some schemes only, escaped"),
    ("G8", "an error is a whole menu of one line and echoes nothing"),
    ("G9", "our selectors are plain; no line of a menu reads as gemtext"),
    ("G10", "TLS on the Gopher port where it is switched on"),
    ("G11", "caps.txt and robots.txt"),
    ("G12", "host and port of menus are settings; one that nobody can reach is warned of"),
    ("G13", "the same essays as over Gemini, and as soon"),
    ("G14", "binary files as they are; gemtext beside text"),
    ("G15", "a transfer that did not finish is reset, never closed as if whole"),
    ("C1", "deadlines and caps; progress is what the client acknowledged"),
    ("C2", "running out of descriptors is survived, without spinning and with one line"),
    ("C3", "an address that the system will not tell harms nobody"),
    ("C4", "files go out in pieces, and a reader who takes nothing is kept one of them"),
    ("C5", "one log line for each connection, with nothing in it that was not asked for"),
    ("C6", "a server that is asked to stop finishes what runs and ends with 0, also as process 1"),
    ("C9", "the same bytes on every day"),
    ("C10", "the content folder is only ever read"),
    ("C11", "where a file really lies decides whether it is private, ignored or hidden"),
    ("C12", "what hides keeps its force if it vanishes for a moment; unfinished files are not published"),
    ("C13", "what a source costs is bounded by its size, and is no other reader's wait"),
    ("C14", "signals are harmless from the start to the end"),
];

#[test]
fn every_behaviour_is_named_by_a_test() {
    let named = names_in_tests();
    let missing: Vec<String> = (BEHAVIOURS.iter())
        .filter(|(number, _)| !named.contains(*number))
        .map(|(number, what)| format!("{number}: {what}"))
        .collect();
    assert_eq!(missing, [""; 0]);
}

/// Returns every word like `P7` in the tests of this crate.
fn names_in_tests() -> BTreeSet<String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names = BTreeSet::new();
    for file in files_below(&home.join("tests/it"), "rs") {
        if !file.ends_with("behaviours.rs") {
            names.extend(names_in(&fs::read_to_string(file).expect("a source file")));
        }
    }
    for file in files_below(&home.join("src"), "rs") {
        let text = fs::read_to_string(&file).expect("a source file");
        let tests = if file.ends_with("tests.rs") { 0 } else { text.find("#[cfg(test)]").unwrap_or(text.len()) };
        names.extend(names_in(&text[tests..]));
    }
    names
}

fn names_in(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let is_name = |word: &&str| {
        let (letter, number) = word.split_at(word.len().min(1));
        "PTGC".contains(letter) && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    words.filter(is_name).map(str::to_owned)
}
