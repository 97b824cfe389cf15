//! The tables against the pure protocols, and protocols that are broken on purpose, which the tables must notice.

use bytes::Bytes;
use lamplit::protocol::{Answer, Body, Class, Fault, Peer, Protocol};
use lamplit::site::{Medium, Sites};

use super::{Case, fixture, gemini, gopher};

/// Sizes of the chunks in which requests arrive.
const CHUNKS: [usize; 6] = [1, 2, 3, 7, 1024, usize::MAX];

/// Returns the whole reply to `request` if it arrives in chunks of this size; `None` if more bytes are expected.
pub(super) fn reply(protocol: &dyn Protocol, sites: &Sites, request: &[u8], chunk: usize) -> Option<Vec<u8>> {
    let mut end = 0;
    while end < request.len() {
        end = end.saturating_add(chunk).min(request.len());
        if let Some(length) = protocol.scan(&request[..end]) {
            return Some(bytes(protocol.answer(&request[..length], &Peer::default(), sites)));
        }
    }
    None
}

/// Returns an answer as it is sent.
fn bytes(answer: Answer) -> Vec<u8> {
    let body = match answer.body {
        Body::Bytes(bytes) => bytes.to_vec(),
        Body::File(file) => fixture::attachment(&file.relative).to_vec(),
    };
    [answer.head.to_vec(), body].concat()
}

/// Returns the faults of `protocol`.
fn faults(protocol: &dyn Protocol, cases: &[Case]) -> Vec<String> {
    let sites = fixture::sites();
    let mut faults = Vec::new();
    for case in cases {
        for chunk in CHUNKS {
            match reply(protocol, &sites, &case.request, chunk) {
                Some(reply) => faults.extend(case.fault(&reply)),
                None => faults.push(format!("{} {}: no reply", case.row, case.request.escape_ascii())),
            }
        }
    }
    faults.dedup();
    faults
}

#[test]
fn request_in_chunks_of_any_size_gets_its_reply() {
    let faults = [faults(&fixture::gemini(), &gemini::table()), faults(&fixture::gopher(), &gopher::table())];
    assert_eq!(faults.concat(), [""; 0]); // P1, G3
}

/// Returns the length of the request that `protocol` finds when `bytes` arrive in chunks of this size.
fn scanned(protocol: &dyn Protocol, bytes: &[u8], chunk: usize) -> Option<usize> {
    let ends = (1..).map(|n| n * chunk).take_while(|&end| end < bytes.len()).chain([bytes.len()]);
    ends.map(|end| protocol.scan(&bytes[..end])).find_map(|length| length)
}

#[test]
fn end_of_request_is_found_in_chunks_of_any_size() {
    let (gemini, gopher) = (fixture::gemini(), fixture::gopher());
    let of = |start: &str, length: usize, end: &str| format!("{start}{}{end}", "a".repeat(length));
    let rows: &[(&dyn Protocol, String, Option<usize>)] = &[
        (&gemini, "gemini://a/\r\n".into(), Some(13)),
        (&gemini, "gemini://a/\r\nmore\r\n".into(), Some(13)),
        (&gemini, "\r\n".into(), Some(2)),
        (&gemini, "gemini://a/\n".into(), None),
        (&gemini, "gemini://a/\r".into(), None),
        (&gemini, "a\nb\rc\r\n".into(), Some(7)),
        (&gemini, String::new(), None),
        (&gemini, of("", 1024, "\r\nrest"), Some(1026)),
        (&gemini, of("", 1025, "\r\nrest"), Some(1026)),
        (&gemini, of("", 5000, ""), Some(1026)),
        (&gopher, "/a\r\n".into(), Some(4)),
        (&gopher, "/a\nmore\n".into(), Some(3)),
        (&gopher, "/a\r".into(), None),
        (&gopher, String::new(), None),
        (&gopher, of("", 1023, ""), None),
        (&gopher, of("", 1024, ""), Some(1024)),
        (&gopher, of("", 3000, ""), Some(1024)),
        (&gopher, of("/search\t", 2000, "\n"), Some(2009)),
        (&gopher, of("/search?", 2000, "\n"), Some(2009)),
        (&gopher, of("/search\t", 5000, ""), Some(4096)),
    ];
    for (protocol, bytes, expected) in rows {
        for chunk in 1..=bytes.len().max(1) {
            let found = scanned(*protocol, bytes.as_bytes(), chunk);
            assert_eq!(found, *expected, "{} in chunks of {chunk}", protocol.name());
        }
    }
}

/// A page of search results repeats the words, so its length shows where they were cut.
#[test]
fn overlong_gopher_query_is_cut() {
    let longest = reply(&fixture::gopher(), &fixture::sites(), &[b"/search\t", &[b'x'; 4088][..]].concat(), 1);
    let too_long = reply(&fixture::gopher(), &fixture::sites(), &[b"/search\t", &[b'x'; 5000][..]].concat(), 1);
    assert!(longest.is_some() && longest == too_long); // G4
}

#[test]
fn gemini_reply_is_one_status_line_and_an_optional_body() {
    let (gemini, sites) = (fixture::gemini(), fixture::sites());
    for case in gemini::table() {
        let reply = reply(&gemini, &sites, &case.request, usize::MAX).expect("a reply");
        let end = reply.windows(2).position(|two| two == b"\r\n").expect("a line end");
        let head = String::from_utf8(reply[..end].to_vec()).expect("UTF-8");
        let (status, meta) = head.split_once(' ').expect("a space");
        assert!(["10", "20", "31", "51", "52", "53", "59"].contains(&status), "{head}"); // P4
        assert!((1..=1024).contains(&meta.len()) && !meta.contains(char::is_control), "{head}"); // P21
        assert_eq!(status == "20", reply.len() > end + 2, "{head}"); // P4
        let text = meta.starts_with("text/");
        assert!(text || !(meta.contains("lang=") || meta.contains("charset=")), "{head}"); // P22
    }
}

/// P4: values of the author, such as a language, may reach the header.
#[test]
fn gemini_header_is_one_line_of_limited_length() {
    let long = "x".repeat(1024 - "text/gemini; lang=".len());
    let too_long = format!("{long}x");
    for (language, is_sent) in [
        ("en", true),
        (&long, true),
        (&too_long, false),
        ("a\r\n20 forged", false),
        ("\n", false),
        ("\u{1b}[2J", false),
        ("\u{85}", false),
    ] {
        let sites = Sites::new([(vec!["example.org".parse().expect("a host")], fixture::site_in(language))]);
        let answer = fixture::gemini().answer(b"gemini://example.org/\r\n", &Peer::default(), &sites);
        let (head, status, class) = if is_sent {
            (format!("20 text/gemini; lang={language}\r\n"), "20", Class::Served)
        } else {
            ("40 Something broke here; please try again later\r\n".to_owned(), "40", Class::Failed)
        };
        let outcome = answer.outcome;
        assert_eq!((answer.head, outcome.status, outcome.class), (head.into(), status, class), "{language:?}");
        assert_eq!(answer.body == Body::Bytes(Bytes::new()), !is_sent, "{language:?}");
    }
}

#[test]
fn query_is_left_out_of_the_log() {
    let (gemini, sites) = (fixture::gemini(), fixture::sites());
    for case in gemini::table() {
        let Some(length) = gemini.scan(&case.request) else { continue };
        let answer = gemini.answer(&case.request[..length], &Peer::default(), &sites);
        assert!(!answer.outcome.resource.contains("secret"), "{}", answer.outcome.resource); // C5
    }
}

#[test]
fn gopher_menu_is_whole_and_an_error_echoes_nothing() {
    let (gopher, sites) = (fixture::gopher(), fixture::sites());
    for case in gopher::table() {
        let reply = reply(&gopher, &sites, &case.request, usize::MAX).expect("a reply");
        if !(reply.starts_with(b"i") || reply.starts_with(b"3")) {
            continue;
        }
        let menu = String::from_utf8(reply).expect("UTF-8");
        let items = menu.strip_suffix(".\r\n").unwrap_or_else(|| panic!("{menu:?} has no end")); // G1
        let items: Vec<&str> = items.split_terminator("\r\n").collect();
        for item in &items {
            let fields: Vec<&str> = item.split('\t').collect();
            assert_eq!(fields.len(), 4, "{item:?}"); // G1
            assert!(!item.starts_with("i```") && !item.starts_with("i=>"), "{item}"); // G9
            let selector = fields[1].strip_prefix("URL:").unwrap_or(fields[1]);
            let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.:%?".contains(c);
            assert!(selector.chars().all(plain), "{item}"); // G9
        }
        let errors = items.iter().filter(|item| item.starts_with('3')).count();
        assert!(errors == 0 || items.len() == 1, "{menu}"); // G8
        assert!(!(errors == 1 && menu.contains("evil")), "{menu}"); // G8
    }
}

#[test]
fn redirect_that_would_be_too_long_is_not_sent() {
    let request = format!("gemini://example.org/films?{}\r\n", "\"".repeat(900));
    let reply = reply(&fixture::gemini(), &fixture::sites(), request.as_bytes(), usize::MAX);
    assert!(reply.expect("a reply").starts_with(b"51 ")); // P21
}

#[test]
fn port_in_a_url_is_compared_with_the_advertised_one() {
    use lamplit::protocol::gemini::Gemini;
    let ask = |gemini: Gemini, port: u16| {
        let request = format!("gemini://example.org:{port}/\r\n");
        reply(&gemini, &fixture::sites(), request.as_bytes(), usize::MAX).expect("a reply")
    };
    let forwarded = || Gemini { ports: vec![300, 1965], check_port: true };
    assert!(ask(forwarded(), 300).starts_with(b"20 ")); // P9
    assert!(ask(forwarded(), 301).starts_with(b"53 ")); // P9
    assert!(ask(Gemini { ports: vec![1965], check_port: false }, 7000).starts_with(b"20 ")); // P9
}

#[test]
fn faults_have_replies() {
    for (fault, gemini) in [(Fault::Missing, "51 "), (Fault::Internal, "40 "), (Fault::Busy, "44 30\r\n")] {
        let answer = fixture::gemini().fault(fault, b"gemini://example.org/films/?secret\r\n");
        assert!(answer.head.starts_with(gemini.as_bytes())); // P4, P21
        assert_eq!(answer.outcome.resource, "/films/");
        let answer = fixture::gopher().fault(fault, b"/films/\tsecret\r\n");
        assert_eq!(answer.outcome.resource, "/films/");
        let menu = bytes(answer);
        assert!(menu.starts_with(b"3") && menu.ends_with(b"\r\n.\r\n")); // G8
        assert!(!menu.windows(6).any(|bytes| bytes == b"films/"));
    }
}

/// A page that is not in the cache must not be made on a network thread, where others would wait for it.
#[test]
fn answer_takes_time_unless_its_page_is_cached() {
    let (gemini, gopher, sites) = (fixture::gemini(), fixture::gopher(), fixture::sites());
    let rows: [(&dyn Protocol, &str, bool, bool); 14] = [
        (&gemini, "gemini://example.org/films/skin.gmi\r\n", true, false),
        (&gemini, "gemini://example.org/films/\r\n", true, false),
        (&gemini, "gemini://example.org/atom.xml\r\n", true, false),
        (&gemini, "gemini://example.org/search?lift\r\n", true, true),
        (&gemini, "gemini://example.org/cover.jpg\r\n", false, false),
        (&gemini, "gemini://example.org/robots.txt\r\n", false, false),
        (&gemini, "gemini://elsewhere.example/\r\n", false, false),
        (&gemini, "gemini://example.org/../\r\n", false, false),
        (&gopher, "/films/skin.txt\r\n", true, false),
        (&gopher, "\r\n", true, false),
        (&gopher, "/search\tlift\r\n", true, true),
        (&gopher, "/cover.jpg\r\n", false, false),
        (&gopher, "GET / HTTP/1.1\r\n", false, false),
        (&gopher, "URL:https://example.org/\r\n", false, false),
    ];
    for (protocol, request, first, second) in rows {
        let (request, peer) = (request.as_bytes(), Peer::default());
        assert_eq!(protocol.respond(request, &peer, &sites, true).is_err(), first, "{}", request.escape_ascii());
        let answer = protocol.answer(request, &peer, &sites);
        let now = protocol.respond(request, &peer, &sites, true);
        assert_eq!(now.ok(), (!second).then_some(answer), "{}", request.escape_ascii());
    }
}

/// C13: the length decides which thread converts it.
#[test]
fn page_of_a_long_essay_is_told_by_its_length() {
    let sites = fixture::sites_of("long.md", &"A line of text.\n".repeat(20_000));
    let converted = |protocol: &dyn Protocol, request: &str| {
        protocol.respond(request.as_bytes(), &Peer::default(), &sites, true).err()
    };
    assert_eq!(converted(&fixture::gemini(), "gemini://example.org/long.gmi\r\n"), Some(320_000));
    assert_eq!(converted(&fixture::gemini(), "gemini://example.org/\r\n"), Some(0));
    assert_eq!(converted(&fixture::gopher(), "/long.txt\r\n"), Some(320_000));
    // What is on every page, and the introduction of a list, count too.
    for (name, request) in [("footer.md", "gemini://example.org/rain.gmi\r\n"), ("new/_index.md", "/new/\r\n")] {
        let sites = fixture::sites_of(name, &"A line of text.\n".repeat(20_000));
        let is_gemini = request.starts_with("gemini");
        let protocol: &dyn Protocol = if is_gemini { &fixture::gemini() } else { &fixture::gopher() };
        let read = protocol.respond(request.as_bytes(), &Peer::default(), &sites, true).err();
        assert!(read.is_some_and(|read| read >= 320_000), "{name}: {read:?}");
    }
}

#[test]
fn url_page_is_escaped() {
    let request = b"URL:https://a.example/?a=1&b=\"><script>x</script>'\r\n";
    let page = reply(&fixture::gopher(), &fixture::sites(), request, usize::MAX).expect("a page");
    let page = String::from_utf8(page).expect("UTF-8");
    let escaped = "https://a.example/?a=1&amp;b=&quot;&gt;&lt;script&gt;";
    assert!(page.contains(escaped) && !page.contains("<script"), "{page}"); // G7
}

#[test]
fn web_browser_gets_the_address() {
    let request = b"GET /films/ HTTP/1.1\r\n";
    let text = reply(&fixture::gopher(), &fixture::sites(), request, usize::MAX).expect("a text");
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(text.contains("gopher://example.org:7070/") && text.contains("gemini://example.org/"), "{text}"); // G6
}

/// A protocol with one function replaced by a broken one.
struct Broken<P> {
    whole: P,
    scan: fn(&P, &[u8]) -> Option<usize>,
    answer: fn(&P, &[u8], &Sites) -> Answer,
}

impl<P: Protocol> Protocol for Broken<P> {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn scan(&self, bytes: &[u8]) -> Option<usize> {
        (self.scan)(&self.whole, bytes)
    }

    fn respond(&self, request: &[u8], _: &Peer, sites: &Sites, _: bool) -> Result<Answer, usize> {
        Ok((self.answer)(&self.whole, request, sites))
    }

    fn fault(&self, fault: Fault, request: &[u8]) -> Answer {
        self.whole.fault(fault, request)
    }
}

fn scan<P: Protocol>(whole: &P, bytes: &[u8]) -> Option<usize> {
    whole.scan(bytes)
}

fn answer<P: Protocol>(whole: &P, request: &[u8], sites: &Sites) -> Answer {
    whole.answer(request, &Peer::default(), sites)
}

/// Ends a request at its first line feed, with or without a CR.
fn hasty<P: Protocol>(_: &P, bytes: &[u8]) -> Option<usize> {
    match bytes.iter().position(|&byte| byte == b'\n') {
        Some(at) => Some(at + 1),
        None if bytes.len() >= 1026 => Some(1026),
        None => None,
    }
}

/// Ends a request at the bytes received so far.
#[expect(clippy::unnecessary_wraps, reason = "it stands for `Protocol::scan`")]
fn impatient<P: Protocol>(_: &P, bytes: &[u8]) -> Option<usize> {
    Some(bytes.len())
}

/// Never ends a request.
fn deaf<P: Protocol>(_: &P, _: &[u8]) -> Option<usize> {
    None
}

/// Removes control characters from the request, as URL libraries do.
fn trimming<P: Protocol>(whole: &P, request: &[u8], sites: &Sites) -> Answer {
    let kept: Vec<u8> = request.iter().copied().filter(|byte| *byte > b' ').chain(*b"\r\n").collect();
    answer(whole, &kept, sites)
}

/// Percent-decodes the request before it is parsed.
fn decoding<P: Protocol>(whole: &P, request: &[u8], sites: &Sites) -> Answer {
    let text = String::from_utf8_lossy(request).replace("%2e", ".").replace("%2f", "/").replace("%2E", ".");
    answer(whole, text.as_bytes(), sites)
}

/// Leaves out the body.
fn empty<P: Protocol>(whole: &P, request: &[u8], sites: &Sites) -> Answer {
    Answer { head: bytes::Bytes::new(), ..answer(whole, request, sites) }
}

#[test]
fn table_fails_for_each_broken_protocol() {
    let gemini_rows = gemini::table();
    let gopher_rows = gopher::table();
    let gemini_faults = |scan, answer| faults(&Broken { whole: fixture::gemini(), scan, answer }, &gemini_rows);
    let gopher_faults = |scan, answer| faults(&Broken { whole: fixture::gopher(), scan, answer }, &gopher_rows);
    assert_eq!(gemini_faults(scan, answer), [""; 0], "nothing is broken yet");
    assert_eq!(gopher_faults(scan, answer), [""; 0], "nothing is broken yet");
    for (what, found) in [
        ("a hasty scan", gemini_faults(hasty, answer)),
        ("an impatient scan", gemini_faults(impatient, answer)),
        ("a deaf scan", gemini_faults(deaf, answer)),
        ("trimmed requests", gemini_faults(scan, trimming)),
        ("requests decoded too early", gemini_faults(scan, decoding)),
        ("no header", gemini_faults(scan, empty)),
        ("an impatient scan of selectors", gopher_faults(impatient, answer)),
        ("a deaf scan of selectors", gopher_faults(deaf, answer)),
        ("trimmed selectors", gopher_faults(scan, trimming)),
    ] {
        assert!(!found.is_empty(), "{what} was not noticed");
        println!("{what}: {} faults", found.len());
    }
}

/// P20, P21: what an author writes into any key reaches no header, menu, feed or log as more than one line of printable
/// text.
#[test]
fn values_of_authors_are_harmless_on_every_wire() {
    let long = "x".repeat(3_000);
    let values = [
        "a\\r\\n20 text/plain\\r\\nb",
        "a\\nb",
        "a\\tb\\tc\\t70",
        "\\e[2J\\e]0;title\\a",
        "a\\0b",
        "a\\u009bb\\u0085c",
        "a\\u202eb\\u2066c\\u2069",
        "a\\u2028b\\u2029c",
        "\\\"><b>&amp;",
        &long,
    ];
    let keys = "title description summary author authors lang language tags categories series license cover \
                cover_alt slug aliases updated location translationKey parent weight";
    let protocols: [(&dyn Protocol, Medium); 2] =
        [(&fixture::gemini(), Medium::Gemini), (&fixture::gopher(), Medium::Gopher)];
    let mut faults = Vec::new();
    for (key, value) in keys.split(' ').flat_map(|key| values.iter().map(move |value| (key, value))) {
        let text = format!("---\ndate: 2024-05-01\n{key}: \"{value}\"\n---\n# Lamp\n\nIt burns.\n");
        let sites = fixture::sites_of("films/lamp.md", &text);
        let site = sites.all.first().expect("a site");
        for (protocol, medium) in protocols {
            for path in site.addresses(medium) {
                let request = match medium {
                    Medium::Gemini => format!("gemini://example.org{}\r\n", path.to_url()),
                    Medium::Gopher => format!("{}\r\n", path.to_selector()),
                };
                let answer = protocol.answer(request.as_bytes(), &Peer::default(), &sites);
                let (head, body) = (answer.head.clone(), bytes(Answer { head: bytes::Bytes::new(), ..answer }));
                let body = String::from_utf8(body).expect("UTF-8");
                let is_line = head.is_empty() || head.ends_with(b"\r\n") && head.len() <= 1_029;
                let inner = head.strip_suffix(b"\r\n").unwrap_or_default();
                let is_clean = inner.iter().all(|byte| !byte.is_ascii_control());
                let odd = body.chars().find(|c| {
                    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
                        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                });
                if !is_line || !is_clean || odd.is_some() && path.extension() != "md" {
                    faults.push(format!("{} {key}: {value:.30}: {} {odd:?}", request.trim_end(), head.escape_ascii()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults, such as {:#?}", faults.len(), &faults[..faults.len().min(30)]);
}
