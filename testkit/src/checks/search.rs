//! What holds for every search, for any query and any essay: see [`crate::checks`].

use std::sync::{Arc, OnceLock};

use lamplit::capsule::build;
use lamplit::markup::markdown::MarkdownOptions;
use lamplit::protocol::gemini::Gemini;
use lamplit::protocol::gopher::Gopher;
use lamplit::protocol::{Body, Class, Peer, Protocol};
use lamplit::search::{Excerpt, Index, IndexOptions, Query};
use lamplit::site::{Site, Sites};

use super::LATER;
use crate::capsule::{build_options, capsule_of, site_options, sources};
use crate::classifier::{Line, assert_well_formed, classify};

/// The longest query that is asked: as long as a request over Gemini may be.
const LONGEST: usize = 1024;

/// Before the first zero byte a query, behind it an essay.
pub(super) fn search(bytes: &[u8]) {
    let (query, essay) = match bytes.iter().position(|&byte| byte == 0) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, bytes),
    };
    let query = &query[..query.len().min(LONGEST)];
    asked_over_gopher(query);
    asked_over_gemini(query);
    looked_for_in(query, &String::from_utf8_lossy(essay));
}

/// As words behind a TAB, and behind a question mark, raw and percent-encoded.
fn asked_over_gopher(query: &[u8]) {
    let gopher = Gopher {
        capsule: None,
        advertised: lamplit::site::Authority { host: "example.org".parse().expect("a host"), port: 70 },
        gemini_url: "gemini://example.org/".to_owned(),
        tls: false,
    };
    let raw: Vec<u8> = query.iter().copied().filter(|byte| !b"\r\n\t".contains(byte)).collect();
    if raw == b"$" || raw.starts_with(b"$+") {
        // What the UMN client says to every menu.
        return;
    }
    for request in [
        [b"/search\t", &*raw, b"\r\n"].concat(),
        [b"/search?", &*raw, b"\n"].concat(),
        format!("/search/2?{}\r\n", encoded(query)).into_bytes(),
    ] {
        if request.ends_with(b"HTTP/1.0\r\n") || request.ends_with(b"HTTP/1.1\n") {
            continue;
        }
        let Some(length) = gopher.scan(&request) else { panic!("no end") };
        let answer = gopher.answer(&request[..length], &Peer::default(), sites());
        assert_eq!((answer.outcome.class, answer.outcome.status), (Class::Served, "menu"));
        let Body::Bytes(menu) = answer.body else { panic!("no menu") };
        check_menu(std::str::from_utf8(&menu).expect("UTF-8"));
    }
}

fn asked_over_gemini(query: &[u8]) {
    let gemini = Gemini { ports: vec![1965], check_port: true };
    let mut url = format!("gemini://example.org/search?{}", encoded(query));
    while url.len() > LONGEST || url.ends_with('%') || url[..url.len() - 1].ends_with('%') {
        url.pop();
    }
    let request = format!("{url}\r\n");
    let answer = gemini.answer(request.as_bytes(), &Peer::default(), sites());
    let head = std::str::from_utf8(&answer.head).expect("UTF-8");
    match answer.body {
        Body::Bytes(page) if !page.is_empty() => {
            assert_eq!(head, "20 text/gemini; lang=en\r\n");
            check_page(std::str::from_utf8(&page).expect("UTF-8"));
        }
        _ => assert!(head.starts_with("10 ") && query.is_empty(), "{head}"),
    }
    assert_eq!(answer.outcome.resource, "/search", "nothing of a query is for the log");
}

fn check_menu(menu: &str) {
    let items = menu.strip_suffix(".\r\n").expect("an end");
    for item in items.split_terminator("\r\n") {
        let fields: Vec<&str> = item.split('\t').collect();
        assert_eq!(fields.len(), 4, "{item:?}");
        assert!(!item.replace('\t', "").contains(char::is_control), "{item:?}");
        assert!(matches!(item.chars().next(), Some('0' | '1' | '7' | 'i')), "{item:?}");
        assert!(!fields[1].contains("hidden") || fields[1].contains('?'), "{item:?}");
        assert!(fields[1].len() <= 1024, "{item:?}");
    }
    assert!(items.contains("\r\n7Search again\t/search\texample.org\t70\r\n"), "{menu}");
}

fn check_page(page: &str) {
    assert_well_formed(page);
    assert!(!page.contains(|c: char| c.is_control() && c != '\n'), "{page:?}");
    let lines = classify(page);
    assert!(matches!(&lines[0], Line::Heading { level: 1, text } if text.starts_with("Search")), "{page}");
    for line in &lines[1..] {
        match line {
            Line::Link { url, label } => {
                let path = url.split('?').next().unwrap_or_default();
                assert!(!path.contains("hidden") && !path.contains("over-gopher"), "{page}");
                assert!(path.len() < url.len() || !label.is_empty(), "{page}");
                assert!(url.len() <= 1000, "{page}");
                let date = label.get(..10).filter(|start| start.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
                assert_eq!(date, None, "a feed reader would take this for an entry:\n{page}");
            }
            Line::Heading { .. } => panic!("a second heading:\n{page}"),
            _ => {}
        }
    }
}

/// Any essay can be searched, and its title finds it.
fn looked_for_in(query: &[u8], essay: &str) {
    let options = IndexOptions { language: "en".to_owned(), markdown: MarkdownOptions::STANDARD };
    let files = [("/a.md", essay), ("/b.gmi", essay), ("/c.md", "# Something else\n\nA lamp.\n")];
    let capsule = build(&sources(&files), &build_options(LATER), None).0;
    let index = Index::of(&capsule, &options);
    let query = Query::read(&String::from_utf8_lossy(query));
    let found = index.search(&query, &|_| true, 0..10);
    assert!(found.pages.len() == found.total && found.total <= capsule.essays().len());
    for &number in &found.pages {
        let context = Excerpt::of(&capsule.essays()[number as usize], &found.marks, &options);
        assert!(context.text.chars().count() <= 200, "{}", context.text);
        assert!(!context.text.contains(char::is_control), "{:?}", context.text);
        let mut end = 0;
        for hit in &context.hits {
            assert!(hit.start >= end && context.text.get(hit.clone()).is_some(), "{hit:?} in {:?}", context.text);
            end = hit.end;
        }
    }
    let smaller = build(&sources(&files[..1]), &build_options(LATER), None).0;
    let kept_up = Index::of(&smaller, &options).updated(&capsule, &options);
    assert_eq!(kept_up.search(&query, &|_| true, 0..10), found, "an index that was kept up says something else");
    for (number, essay) in (0_u32..).zip(capsule.essays()).filter(|(_, essay)| essay.title.is_ascii()) {
        let title = Query::read(&format!("\"{}\"", essay.title.replace('"', " ")));
        if !title.is_empty() && !title.is_cut {
            let found = index.search(&title, &|_| true, 0..10);
            assert!(found.pages.contains(&number), "`{}` does not find itself", essay.title);
        }
    }
}

/// Returns a capsule with essays that some readers or all must not find.
fn sites() -> &'static Sites {
    static SITES: OnceLock<Sites> = OnceLock::new();
    SITES.get_or_init(|| {
        let essay = |head: &str| format!("---\n{head}\n---\nA lamp, the soft skin of a peach, 東京物語.\n");
        let mut files = vec![
            ("/hidden-draft.md".to_owned(), essay("draft: true")),
            ("/hidden-later.md".to_owned(), essay("date: 2999-01-01")),
            ("/over-gopher.md".to_owned(), essay("gemini: false")),
            ("/dated.md".to_owned(), essay("title: 2024-05-01 Lamp\ndate: 2024-05-01")),
        ];
        files.extend(
            (0..12).map(|n| (format!("/e{n}.md"), essay(&format!("date: 2020-01-{:02}\ntags: [Lamp]", n + 1)))),
        );
        let capsule = capsule_of(&sources(&files), &build_options(LATER));
        let site = Site::new(capsule, &site_options(), None);
        Sites::new([(vec!["example.org".parse().expect("a host")], Arc::new(site))])
    })
}

/// Returns every byte in its escape.
fn encoded(query: &[u8]) -> String {
    query.iter().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
}
