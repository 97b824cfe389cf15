//! What holds for every request and every configuration, for any bytes.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use lamplit::config::{File, Overrides, resolve};
use lamplit::protocol::gemini::Gemini;
use lamplit::protocol::gopher::Gopher;
use lamplit::protocol::{Answer, Body, Peer, Protocol};
use lamplit::server::proxy_header::{Header, header};
use lamplit::site::{Authority, Site, SiteOptions, Sites};

use crate::capsule::capsule;

/// More bytes than any request may have (Gemini: 1,024 and a line end; Gopher: 1 KiB).
const LONGEST: usize = 2048;

/// One input of so many is searched for, by its length.
const SEARCHED: usize = 64;

static SITES: LazyLock<Sites> = LazyLock::new(|| {
    let capsule = capsule(&[
        ("/films/a skin.md", "---\ndate: 2024-05-01\ntags: [lift]\n---\n# The Soft Skin\n\nThe lift.\n"),
        ("/index.md", "# Essays\n\nBy lamplight.\n"),
        ("/why?.md", "# A question\n\nThe lift again.\n"),
    ]);
    let mut options = SiteOptions::standard(&"example.org".parse().expect("a host"));
    options.gopher = Some(Authority { host: "example.org".parse().expect("a host"), port: 70 });
    let site = Arc::new(Site::new(capsule, &options, None));
    Sites::new([(vec!["example.org".parse().expect("a host")], site)])
});

/// A request of Gemini gets one status line and, with 20 only, a body; the same however it was cut into packets.
pub(super) fn gemini_request(bytes: &[u8]) {
    let gemini = Gemini { ports: vec![1965], check_port: true };
    // Both the bytes themselves and a URL that is made of them: a fuzzer seldom gets past the host by luck.
    let url = [b"gemini://example.org/".as_slice(), bytes, b"\r\n"].concat();
    for request in [bytes, &url] {
        let Some(reply) = reply(&gemini, request) else { continue };
        let end = reply.windows(2).position(|two| two == b"\r\n").expect("a line end");
        let head = std::str::from_utf8(&reply[..end]).expect("UTF-8");
        let (status, meta) = head.split_once(' ').expect("a space");
        assert!(["10", "20", "31", "51", "52", "53", "59"].contains(&status), "{head}"); // P4
        assert!((1..=1024).contains(&meta.len()) && !meta.contains(char::is_control), "{head}"); // P21
        assert_eq!(status == "20", reply.len() > end + 2, "{head}");
    }
}

/// A selector of Gopher gets a whole menu, a text or a page; every line of a menu has its four fields.
pub(super) fn gopher_selector(bytes: &[u8]) {
    let gopher = Gopher {
        capsule: None,
        advertised: lamplit::site::Authority { host: "example.org".parse().expect("a host"), port: 70 },
        tls: false,
        gemini_url: "gemini://example.org/".to_owned(),
    };
    let line = [bytes, b"\r\n"].concat();
    // A search costs as much as a hundred other requests and has a target of its own, so it is seldom asked for here.
    let search = [b"/search\t".as_slice(), bytes, b"\r\n"].concat();
    let seldom = bytes.len().is_multiple_of(SEARCHED);
    let is_search = |request: &&[u8]| request.iter().any(|byte| b"\t?".contains(byte));
    for request in [bytes, &line, &search].into_iter().filter(|request| seldom || !is_search(request)) {
        let Some(reply) = reply(&gopher, request) else { continue };
        let Ok(text) = std::str::from_utf8(&reply) else { panic!("no UTF-8: {}", reply.escape_ascii()) };
        assert!(!text.contains(|c: char| c.is_control() && !"\t\r\n".contains(c)), "{text:?}");
        // An answer of Gopher+ ends like a menu and is none (G5).
        let Some(items) = text.strip_suffix("\r\n.\r\n").filter(|_| !text.starts_with("+-")) else {
            continue;
        };
        for item in items.split("\r\n") {
            assert_eq!(item.split('\t').count(), 4, "{item:?}"); // G1
            assert!(!item.contains(['\r', '\n']) && !item.starts_with("i```"), "{item:?}"); // G9
        }
    }
}

/// What follows the header of a proxy does not change where it ends, and no part of it is taken for the whole.
pub(super) fn proxy_header(bytes: &[u8]) {
    let v1 = [b"PROXY TCP4 ".as_slice(), bytes].concat();
    let v2 = [b"\r\n\r\n\x00\r\nQUIT\n\x21".as_slice(), bytes].concat();
    for sent in [bytes, &v1, &v2] {
        let read = header(sent);
        let more = [sent, b"\r\n"].concat();
        match read {
            Header::Whole { length, .. } => {
                assert!((15..=sent.len()).contains(&length), "{length}");
                assert_eq!(header(&sent[..length]), read, "what follows changes it");
                assert_eq!(header(&more), read, "what follows changes it");
                for cut in [0, 1, length / 2, length - 1] {
                    assert_eq!(header(&sent[..cut]), Header::Partial, "a part is taken for the whole");
                }
            }
            Header::No => assert_eq!(header(&more), Header::No, "a refusal is taken back"),
            // Version 2 says how long it is, in two bytes.
            Header::Partial => assert!(sent.len() < 16 + 65_536, "{} bytes are not enough", sent.len()),
        }
    }
}

/// A configuration is good or has problems; what it comes to is the same each time, and messages are fit to be printed
/// and no longer than what they are about asks for.
pub(super) fn configuration(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let read = || {
        let file = File::parse("config.toml", text)?;
        resolve(&Overrides::default(), Some(&file), Path::new("/base"), Path::new("/state"))
    };
    let config = read();
    assert_eq!(config, read(), "a second reading gives something else");
    for problem in config.err().iter().flat_map(|problems| &problems.list) {
        let message = problem.to_string();
        assert!(!message.contains(|c: char| c.is_control() && c != '\n'), "{message:?}");
        assert!(message.len() < bytes.len() * 4 + 2_000, "{} bytes of message", message.len());
    }
}

/// Returns the reply to what a client sends, which is the same whether it comes at once or in two packets; none if more
/// is waited for.
fn reply(protocol: &dyn Protocol, sent: &[u8]) -> Option<Vec<u8>> {
    let whole = protocol.scan(sent);
    assert!(whole.is_some() || sent.len() < LONGEST, "{} bytes are not enough", sent.len()); // C1
    let length = whole?;
    assert!(length <= sent.len());
    assert_eq!(protocol.scan(&sent[..length]), Some(length), "what follows changes where it ends"); // P1
    for cut in [length / 2, length - length.min(1)] {
        if let Some(early) = protocol.scan(&sent[..cut]) {
            assert_eq!(early, length, "a part is taken for the whole"); // P1
        }
    }
    let answer = || written(protocol.answer(&sent[..length], &Peer::default(), &SITES));
    let reply = answer();
    assert_eq!(reply, answer(), "a second answer is another one"); // C9
    Some(reply)
}

fn written(Answer { head, body, .. }: Answer) -> Vec<u8> {
    match body {
        Body::Bytes(bytes) => [head, bytes].concat(),
        Body::File(_) => panic!("there are no attachments here"),
    }
}
