//! Atom feeds, read by an independent XML parser.

use lamplit::capsule::CapsulePath;
use lamplit::site::{Lookup, Medium, Site};
use quick_xml::Reader;
use quick_xml::events::Event;
use testkit::capsule::{path, site};

/// Returns the media type and the text of a page; none if there is no page.
pub(crate) fn page(site: &Site, at: &str, medium: Medium) -> Option<(String, String)> {
    match site.lookup(&path(at), medium) {
        Lookup::Page(page) => {
            Some((page.media_type.to_string(), String::from_utf8(page.bytes.to_vec()).expect("UTF-8")))
        }
        _ => None,
    }
}

/// Returns the feed of a whole site, whose links must lead to pages of the medium.
pub(crate) fn checked_feed(site: &Site, medium: Medium) -> String {
    let (media_type, feed) = page(site, "/atom.xml", medium).expect("a feed");
    assert_eq!(media_type, "application/atom+xml");
    let found = read(&feed);
    assert!(found[0].starts_with("feed xmlns=http://www.w3.org/2005/Atom"), "{}", found[0]);
    let links = found.iter().filter(|line| line.starts_with("feed/entry/link"));
    let links: Vec<&str> = links.filter_map(|line| line.split_once("href=")?.1.strip_suffix(':')).collect();
    assert!(links.len() >= 10, "{links:?}");
    // A Gopher URL has the item type in front of the selector.
    let root = if medium == Medium::Gopher { "gopher://example.org/0" } else { "gemini://example.org" };
    for link in links {
        let local = link.strip_prefix(root).unwrap_or_else(|| panic!("{link}"));
        let at = CapsulePath::from_url(local).expect("an address");
        assert!(matches!(site.lookup(&at, medium), Lookup::Page(_)), "{link}");
    }
    feed
}

/// Returns what a reader finds in a feed, as `path/of/element attribute=value …: text` for every element that has any.
pub(crate) fn read(feed: &str) -> Vec<String> {
    let mut reader = Reader::from_str(feed);
    reader.config_mut().check_end_names = true;
    let (mut open, mut found) = (Vec::<String>::new(), Vec::<String>::new());
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Eof => break,
            Event::Start(tag) => {
                open.push(tag.name().as_ref().to_owned());
                found.push(format!("{}{}:", open.join("/"), attributes(&tag)));
            }
            Event::Empty(tag) => {
                found.push(format!("{}/{}{}:", open.join("/"), tag.name().as_ref(), attributes(&tag)));
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) if !text.trim().is_empty() => {
                found.last_mut().expect("inside").push_str(&text);
            }
            Event::GeneralRef(reference) => {
                let text = format!("&{};", &*reference);
                let text = quick_xml::escape::unescape(&text).expect("a known reference").into_owned();
                found.last_mut().expect("inside").push_str(&text);
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?} are never closed");
    found
}

fn attributes(tag: &quick_xml::events::BytesStart<'_>) -> String {
    let mut written = String::new();
    for attribute in tag.attributes() {
        let attribute = attribute.expect("an attribute");
        let value = quick_xml::escape::unescape(&attribute.value).expect("known references");
        written.extend([" ", attribute.key.as_ref(), "=", &*value]);
    }
    written
}

const FILMS: &[(&str, &str)] = &[
    ("index.md", "---\ntitle: Lamps & shelves\nauthor: Ada\n---\nHello.\n"),
    (
        "films/skin.md",
        "---\ntitle: The <Soft> Skin\ndate: 2024-05-01T21:00:00+01:00\nlastmod: 2024-06-01\ntags: [Cinema]\n\
         description: \"A lift & a hand\"\nauthor: Bo\nlang: fr\n---\nText.\n",
    ),
    ("films/jules.md", "---\ntitle: Jules\ndate: 2024-03-01\nid: urn:uuid:1234\n---\nText.\n"),
    ("only-gemini.md", "---\ntitle: Gemini\ndate: 2024-02-01\ngopher: false\nid: my 1\n---\nText.\n"),
    ("draft.md", "---\ntitle: Draft\ndate: 2024-02-02\ndraft: true\n---\nText.\n"),
    ("about.md", "# About\n"),
    ("notes/undated.md", "# Undated\n"),
];

#[test]
fn feed_entries_agree_with_their_essays() {
    let (media_type, feed) = page(&site(FILMS), "/atom.xml", Medium::Gemini).expect("a feed");
    assert_eq!(media_type, "application/atom+xml");
    assert_eq!(
        read(&feed),
        [
            "feed xmlns=http://www.w3.org/2005/Atom xml:lang=en:",
            "feed/id:gemini://example.org/",
            "feed/title:Lamps & shelves",
            "feed/updated:2024-06-01T00:00:00Z",
            "feed/author:",
            "feed/author/name:Ada",
            "feed/link rel=self type=application/atom+xml href=gemini://example.org/atom.xml:",
            "feed/link rel=alternate type=text/gemini href=gemini://example.org/:",
            "feed/entry xml:lang=fr:",
            "feed/entry/id:tag:example.org,2024-05-01:/films/skin",
            "feed/entry/title:The <Soft> Skin",
            "feed/entry/published:2024-05-01T21:00:00+01:00",
            "feed/entry/updated:2024-06-01T00:00:00Z",
            "feed/entry/author:",
            "feed/entry/author/name:Bo",
            "feed/entry/link rel=alternate type=text/gemini href=gemini://example.org/films/skin.gmi:",
            "feed/entry/category term=Cinema:",
            "feed/entry/summary:A lift & a hand",
            "feed/entry:",
            "feed/entry/id:urn:uuid:1234",
            "feed/entry/title:Jules",
            "feed/entry/published:2024-03-01T00:00:00Z",
            "feed/entry/updated:2024-03-01T00:00:00Z",
            "feed/entry/link rel=alternate type=text/gemini href=gemini://example.org/films/jules.gmi:",
            "feed/entry:",
            "feed/entry/id:tag:example.org,2024-02-01:my%201",
            "feed/entry/title:Gemini",
            "feed/entry/published:2024-02-01T00:00:00Z",
            "feed/entry/updated:2024-02-01T00:00:00Z",
            "feed/entry/link rel=alternate type=text/gemini href=gemini://example.org/only-gemini.gmi:",
        ]
    );
}

#[test]
fn feed_over_gopher_differs_in_its_addresses_only() {
    let (media_type, feed) = page(&site(FILMS), "/films/atom.xml", Medium::Gopher).expect("a feed");
    assert_eq!(media_type, "application/atom+xml");
    assert!(feed.lines().count() > 10 && feed.matches('\n').count() == feed.matches("\r\n").count());
    let found = read(&feed);
    let has = |line: &str| found.iter().any(|found| found == line);
    assert!(has("feed/id:gemini://example.org/films/"), "{found:?}");
    assert!(has("feed/title:Lamps & shelves: Films"), "{found:?}");
    assert!(has("feed/link rel=self type=application/atom+xml href=gopher://example.org/0/films/atom.xml:"));
    assert!(has("feed/link rel=alternate href=gopher://example.org/1/films/:"), "{found:?}");
    assert!(has("feed/entry/id:tag:example.org,2024-05-01:/films/skin"), "{found:?}");
    assert!(
        has("feed/entry/link rel=alternate type=text/plain href=gopher://example.org/0/films/skin.txt:"),
        "{found:?}"
    );
    assert!(!feed.contains("gemini://example.org/films/skin"), "{feed}");
    let (_, all) = page(&site(FILMS), "/atom.xml", Medium::Gopher).expect("a feed");
    assert!(!all.contains("only-gemini"), "{all}");
}

#[test]
fn list_with_dated_essays_has_a_feed() {
    let (films, bare) = (site(FILMS), site(&[("about.md", "# About\n")]));
    for (site, at, there) in [
        (&films, "/atom.xml", true),
        (&films, "/films/atom.xml", true),
        (&films, "/notes/atom.xml", false),
        (&films, "/nowhere/atom.xml", false),
        (&films, "/films/atom.xml/", false),
        (&bare, "/atom.xml", true),
    ] {
        for medium in [Medium::Gemini, Medium::Gopher] {
            assert_eq!(page(site, at, medium).is_some(), there, "{at}");
        }
    }
    let (_, feed) = page(&bare, "/atom.xml", Medium::Gemini).expect("a feed");
    let found = read(&feed);
    assert!(found.contains(&"feed/updated:1970-01-01T00:00:00Z".to_owned()), "{found:?}");
    assert!(found.contains(&"feed/author/name:Essays".to_owned()), "{found:?}");
}

#[test]
fn feed_contains_the_newest_fifty_essays() {
    let files: Vec<(String, String)> = (0..120)
        .map(|n| (format!("e{n}.md"), format!("---\ndate: 20{:02}-01-01\n---\n# Number {n}\n", n % 25)))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (_, feed) = page(&site(&files), "/atom.xml", Medium::Gemini).expect("a feed");
    let published: Vec<String> =
        read(&feed).into_iter().filter(|line| line.starts_with("feed/entry/published:")).collect();
    assert_eq!(published.len(), 50);
    assert!(published.is_sorted_by(|a, b| a >= b) && published[0].ends_with("2024-01-01T00:00:00Z"));
}
