//! Lookups in a site, and what a new snapshot reuses.

use std::sync::Arc;

use lamplit::capsule::{Capsule, build};
use lamplit::render::words::Words;
use lamplit::site::{Lookup, Medium, MetaLine, Site, SiteOptions};
use testkit::capsule::{NOW, build_options, path, site_options, sources, sources_after};

fn capsule(files: &[(&str, &str)], previous: Option<&Capsule>) -> Arc<Capsule> {
    let sources = previous.map_or_else(|| sources(files), |previous| sources_after(previous, files));
    let (capsule, problems) = build(&sources, &build_options(NOW), previous);
    assert!(problems.is_empty(), "{problems:?}");
    Arc::new(capsule)
}

fn site(files: &[(&str, &str)]) -> Site {
    Site::new(capsule(files, None), &options(), None)
}

fn options() -> SiteOptions {
    SiteOptions { web: Some("https://example.org/".to_owned()), gone: vec![path("/gone.gmi")], ..site_options() }
}

fn text(site: &Site, at: &str, medium: Medium) -> String {
    match site.lookup(&path(at), medium) {
        Lookup::Page(page) => String::from_utf8(page.bytes.to_vec()).expect("text"),
        other => panic!("{at}: {other:?}"),
    }
}

/// Formats a lookup in a word or two.
fn kind(site: &Site, at: &str, medium: Medium) -> String {
    match site.lookup(&path(at), medium) {
        Lookup::Page(page) => format!("{} {}", page.item_type, page.media_type),
        Lookup::File(_, media) => media.mime.to_owned(),
        Lookup::Moved(to) => format!("-> {to}"),
        Lookup::Search(page) => format!("search {page}"),
        Lookup::Withdrawn => "gone".to_owned(),
        Lookup::Missing => "missing".to_owned(),
    }
}

const FILMS: &[(&str, &str)] = &[
    ("index.md", "---\ntitle: By lamplight\n---\n# By lamplight\n\nEssays on *films*.\n"),
    ("about.md", "# About\n\nMe.\n"),
    (
        "films/2024-05-01-skin.md",
        "---\ntitle: The Soft Skin\ntags: [Cinema, Truffaut]\naliases: [/old/skin/, was/skin.html]\nlang: fr\ncover: x.png\n---\n\
         See [Jules](jules.md), [[Jules and Jim|the other]] and [the Web](/elsewhere).\n\n---\n\n\
         [← Back to all essays](/)\n",
    ),
    ("films/jules.md", "---\ndate: 2024-03-01\n---\n# Jules and Jim\n\nText.\n"),
    ("films/old.md", "---\ndate: 2024-01-01\ngopher: false\n---\n# Old\n"),
    ("films/x.png", ""),
    ("bundle/index.md", "---\ndate: 2024-02-01\n---\n![A cat](cat.jpg)\n"),
    ("bundle/cat.jpg", ""),
    ("note.gmi", "# Note\n\n=> films/jules.gmi Jules\n"),
    ("humans.txt", "Hello\n"),
];

#[test]
fn address_has_its_kind_of_answer() {
    let site = site(FILMS);
    for (at, gemini, gopher) in [
        ("/", "0 text/gemini; lang=en", "1 text/plain"),
        ("/films/", "0 text/gemini; lang=en", "1 text/plain"),
        ("/films", "-> /films/", "-> /films/"),
        ("/films/2024-05-01-skin.gmi", "0 text/gemini; lang=fr", "0 text/gemini; lang=fr"),
        ("/films/2024-05-01-skin.txt", "0 text/plain", "0 text/plain"),
        ("/films/2024-05-01-skin.md", "0 text/markdown", "0 text/markdown"),
        ("/films/2024-05-01-skin", "-> /films/2024-05-01-skin.gmi", "-> /films/2024-05-01-skin.txt"),
        ("/films/2024-05-01-skin.gmi/", "missing", "missing"),
        ("/films/skin", "-> /films/2024-05-01-skin.gmi", "-> /films/2024-05-01-skin.txt"),
        ("/2024/05/01/skin/", "-> /films/2024-05-01-skin.gmi", "-> /films/2024-05-01-skin.txt"),
        ("/2024/05/01/skin.html", "-> /films/2024-05-01-skin.gmi", "-> /films/2024-05-01-skin.txt"),
        ("/old/skin/", "-> /films/2024-05-01-skin.gmi", "-> /films/2024-05-01-skin.txt"),
        ("/old/skin", "-> /films/2024-05-01-skin.gmi", "-> /films/2024-05-01-skin.txt"),
        ("/was/skin", "-> /films/2024-05-01-skin.gmi", "-> /films/2024-05-01-skin.txt"),
        ("/films/was/skin.html", "-> /films/2024-05-01-skin.gmi", "-> /films/2024-05-01-skin.txt"),
        ("/films/old.gmi", "0 text/gemini; lang=en", "missing"),
        ("/films/x.png", "image/png", "image/png"),
        ("/films/x.png/", "missing", "missing"),
        ("/bundle/", "-> /bundle.gmi", "-> /bundle.txt"),
        ("/bundle/index.md", "-> /bundle.gmi", "-> /bundle.txt"),
        ("/bundle/cat.jpg", "image/jpeg", "image/jpeg"),
        ("/note.gmi", "0 text/gemini; lang=en", "0 text/gemini; lang=en"),
        ("/note.md", "-> /note.gmi", "-> /note.txt"),
        ("/humans.txt", "0 text/plain", "0 text/plain"),
        ("/robots.txt", "0 text/plain", "0 text/plain"),
        ("/favicon.txt", "missing", "missing"),
        ("/gone.gmi", "gone", "gone"),
        ("/search", "search 1", "search 1"),
        ("/search/", "-> /search", "-> /search"),
        ("/search/2", "search 2", "search 2"),
        ("/search/1", "missing", "missing"),
        ("/search/x", "missing", "missing"),
        ("/search.gmi", "missing", "missing"),
        ("/index.md", "-> /", "-> /"),
    ] {
        assert_eq!(kind(&site, at, Medium::Gemini), gemini, "{at}");
        assert_eq!(kind(&site, at, Medium::Gopher), gopher, "{at}");
    }
}

#[test]
fn list_page_is_a_feed_page() {
    let site = site(FILMS);
    assert_eq!(
        text(&site, "/", Medium::Gemini),
        "# By lamplight\n\nEssays on films.\n\n\
         => /films/2024-05-01-skin.gmi 2024-05-01 The Soft Skin\n\
         => /films/jules.gmi 2024-03-01 Jules and Jim\n\
         => /bundle.gmi 2024-02-01 Bundle\n\
         => /films/old.gmi 2024-01-01 Old\n\n\
         => /films/ Films\n=> /about.gmi About\n=> /note.gmi Note\n\n\
         => /tags/ Tags\n=> /search Search\n=> /atom.xml Atom feed\n"
    );
    assert_eq!(
        text(&site, "/films/", Medium::Gopher),
        "iFilms\tfake\t(NULL)\t0\r\ni\tfake\t(NULL)\t0\r\n\
         02024-05-01 The Soft Skin\t/films/2024-05-01-skin.txt\texample.org\t70\r\n\
         02024-03-01 Jules and Jim\t/films/jules.txt\texample.org\t70\r\ni\tfake\t(NULL)\t0\r\n\
         0Atom feed\t/films/atom.xml\texample.org\t70\r\n\
         1← Back to all essays\t/\texample.org\t70\r\n\
         7Search\t/search\texample.org\t70\r\n\
         hThe same over Gemini\tURL:gemini://example.org/films/\texample.org\t70\r\n.\r\n"
    );
}

#[test]
fn essay_page_has_metadata_and_links() {
    let site = site(FILMS);
    assert_eq!(
        text(&site, "/films/2024-05-01-skin.gmi", Medium::Gemini),
        "# The Soft Skin\n\nSee Jules, the other and the Web.\n\n=> /films/jules.gmi Jules\n\
         => https://example.org/elsewhere the Web\n\n=> /films/x.png The Soft Skin [image]\n\n---\n\
         2024-05-01 · 1 min de lecture\n=> /tags/cinema/ Mot-clé : Cinema\n=> /tags/truffaut/ Mot-clé : Truffaut\n\n\
         => /films/jules.gmi ← Plus ancien : Jules and Jim\n=> /films/ ↑ Rubrique : Films\n=> / ← Back to all essays\n"
    );
    let jules = text(&site, "/films/jules.gmi", Medium::Gemini);
    assert_eq!(jules.matches("Jules and Jim").count(), 1);
    assert!(
        jules.contains("=> /films/old.gmi ← Older: Old\n=> /films/2024-05-01-skin.gmi → Newer: The Soft Skin\n"),
        "{jules}"
    );
    let plain = text(&site, "/films/2024-05-01-skin.txt", Medium::Gopher);
    assert!(plain.starts_with("The Soft Skin\r\n=============\r\n\r\n2024-05-01 · 1 min"), "{plain}");
    assert!(plain.contains("gopher://example.org/0/films/jules.txt\r\n"), "{plain}");
    assert!(plain.ends_with("← Back to all essays\r\ngopher://example.org/1/\r\n"), "{plain}");
    let picture = text(&site, "/bundle.txt", Medium::Gopher);
    assert!(picture.contains("gopher://example.org/I/bundle/cat.jpg"), "{picture}");
}

#[test]
fn essay_page_follows_its_options() {
    let own = "---\ndate: 2024-05-01\ntags: [x]\n---\n# A\n\nText.\n";
    let given = "---\ntitle: A\ndate: 2024-05-01\n---\nText.\n\n# B\n\n## C\n";
    for (file, source, meta, shift_headings, gemtext, plain) in [
        (
            "a.md",
            own,
            MetaLine::Footer,
            true,
            "# A\n\nText.\n\n---\n2024-05-01 · 1 min read\n=> /tags/x/ Tag: x\n",
            "A\n=\n\n2024-05-01 · 1 min read · x\n\nText.\n",
        ),
        (
            "a.md",
            own,
            MetaLine::Header,
            true,
            "# A\n\n2024-05-01 · 1 min read\n\nText.\n\n---\n=> /tags/x/ Tag: x\n",
            "A\n=\n\n2024-05-01 · 1 min read · x\n\nText.\n",
        ),
        ("a.md", own, MetaLine::None, true, "# A\n\nText.\n\n---\n", "A\n=\n\nText.\n"),
        (
            "a.gmi",
            own,
            MetaLine::Header,
            false,
            "# A\n\n2024-05-01 · 1 min read\n\nText.\n\n---\n=> /tags/x/ Tag: x\n",
            "A\n=\n\n2024",
        ),
        (
            "a.md",
            given,
            MetaLine::Header,
            true,
            "# A\n\n2024-05-01 · 1 min read\n\nText.\n\n## B\n\n### C\n\n---\n",
            "A\n=",
        ),
        ("a.md", given, MetaLine::None, false, "# A\n\nText.\n\n# B\n\n## C\n\n---\n", "A\n=\n\nText.\n\n"),
    ] {
        let words = Words::default().with_own([("back".to_owned(), "Home".to_owned())]);
        let options = SiteOptions { meta, shift_headings, words, ..options() };
        let site = Site::new(capsule(&[(file, source)], None), &options, None);
        let page = text(&site, "/a.gmi", Medium::Gemini);
        let home = page.strip_prefix(gemtext).unwrap_or_else(|| panic!("{meta:?} {source}\n{page}"));
        assert_eq!(home, "\n=> / Home\n");
        let page = text(&site, "/a.txt", Medium::Gemini);
        assert!(page.starts_with(plain), "{meta:?} {source}\n{page}");
    }
}

#[test]
fn link_leads_to_a_served_address() {
    for (written, expected) in [
        ("jules.md", Some("/films/jules.gmi")),
        ("./jules.md#part", Some("/films/jules.gmi")),
        ("../films/jules", Some("/films/jules.gmi")),
        ("jules.gmi", Some("/films/jules.gmi")),
        ("/films/jules/", Some("/films/jules.gmi")),
        ("/films/jules.html", Some("/films/jules.gmi")),
        ("../jules/", Some("/films/jules.gmi")),
        ("@/films/jules.md", Some("/films/jules.gmi")),
        ("/2024/05/01/skin/", Some("/films/2024-05-01-skin.gmi")),
        ("skin", Some("/films/2024-05-01-skin.gmi")),
        ("../index.md", Some("/")),
        ("/films", Some("/films/")),
        ("x.png", Some("/films/x.png")),
        ("../bundle/index.md", Some("/bundle.gmi")),
        ("../bundle/", Some("/bundle.gmi")),
        ("/humans.txt", Some("/humans.txt")),
        ("nothing.md", None),
        ("../../../etc/passwd", None),
        ("https://example.net/", None),
        ("mailto:a@example.net", None),
    ] {
        let source = format!("[x]({written})\n");
        let files = [FILMS, &[("films/page.md", source.as_str())]].concat();
        let page = text(&site(&files), "/films/page.gmi", Medium::Gemini);
        let found = page.lines().find_map(|line| line.strip_prefix("=> ")?.strip_suffix(" x"));
        // A link to something else is shown as it is written.
        assert_eq!(found, Some(expected.unwrap_or(written)), "{written}");
    }
    let files = [FILMS, &[("films/page.md", "[[skin|x]]\n")]].concat();
    assert!(text(&site(&files), "/films/page.gmi", Medium::Gemini).contains("=> /films/2024-05-01-skin.gmi x\n"));
}

/// Returns those of `addresses` at which `second` has the very page of `first`.
fn reused<'a>(first: &Site, second: &Site, addresses: &[&'a str]) -> Vec<&'a str> {
    let bytes = |site: &Site, at: &str| match site.lookup(&path(at), Medium::Gemini) {
        Lookup::Page(page) => Some(page.bytes.as_ptr()),
        _ => None,
    };
    addresses.iter().copied().filter(|at| bytes(first, at) == bytes(second, at)).collect()
}

#[test]
fn unchanged_page_is_reused_by_the_next_snapshot() {
    const ADDRESSES: [&str; 3] = ["/", "/a.gmi", "/b.gmi"];
    let first = site(&[("a.md", "# A\n\nx"), ("b.md", "# B\n\nx")]);
    assert_eq!(reused(&first, &first, &ADDRESSES), ADDRESSES);
    for (files, expected) in [
        (&[("a.md", "# A\n\nx"), ("b.md", "# B\n\ny")][..], &["/", "/a.gmi"][..]),
        (&[("a.md", "# A\n\nx"), ("b.md", "# New\n\nx")], &[]),
        (&[("a.md", "# A\n\nx"), ("b.md", "# B\n\nx"), ("c.md", "")], &[]),
    ] {
        let second = Site::new(capsule(files, Some(first.capsule())), &options(), Some(&first));
        assert_eq!(reused(&first, &second, &ADDRESSES), expected, "{files:?}");
        let body = files[1].1.rsplit('\n').next().unwrap_or_default();
        assert!(text(&second, "/b.gmi", Medium::Gemini).contains(body), "{files:?}");
    }
}

#[test]
fn page_is_rendered_again_when_its_backlinks_change() {
    const ADDRESSES: [&str; 3] = ["/a.gmi", "/b.gmi", "/c.gmi"];
    let first = site(&[("a.md", "# A\n\nx"), ("b.md", "# B\n\nx"), ("c.md", "# C\n\n[a](a.md)")]);
    assert_eq!(reused(&first, &first, &ADDRESSES), ADDRESSES);
    for (b, c, kept, mentioned_by) in [
        ("x", "[a](a.md)", "/a.gmi /b.gmi /c.gmi", "C"),
        ("y", "[a](a.md)", "/a.gmi /c.gmi", "C"),
        ("[a](a.md)", "[a](a.md)", "/c.gmi", "B C"),
        ("x", "y", "/b.gmi", ""),
        ("x", "`[a](a.md)`", "/b.gmi", ""),
        ("x", "[b](b.md)", "", ""),
    ] {
        let files = [("a.md", "# A\n\nx"), ("b.md", &format!("# B\n\n{b}")), ("c.md", &format!("# C\n\n{c}"))];
        let second = Site::new(capsule(&files, Some(first.capsule())), &options(), Some(&first));
        assert_eq!(reused(&first, &second, &ADDRESSES).join(" "), kept, "{b} {c}");
        let page = text(&second, "/a.gmi", Medium::Gemini);
        let (_, below) = page.split_once("mention this\n").unwrap_or_default();
        let links = below.lines().take_while(|line| !line.is_empty());
        let titles: Vec<&str> = links.filter_map(|line| line.rsplit(' ').next()).collect();
        assert_eq!(titles.join(" "), mentioned_by, "{b} {c}");
    }
}

#[test]
fn feeds_and_tags_are_reused_unless_they_say_something_new() {
    let essay = |body: &str, tag: &str| format!("---\ndate: 2024-05-01\ntags: [{tag}]\n---\n# A\n\n{body}\n");
    let (index, other) = ("---\nauthor: Ada\n---\nHello.\n", "---\nauthor: Bo\n---\nHello.\n");
    let all = ["/archive/2024/", "/atom.xml", "/tags/cinema/"];
    let first = site(&[("a.md", &essay("x", "Cinema")), ("index.md", index)]);
    for (body, tag, index, expected) in [
        ("y", "Cinema", index, &all[..]),
        // A new introduction changes what the feed says of its author, and no list.
        ("x", "Cinema", other, &["/archive/2024/", "/tags/cinema/"]),
        ("x", "Films", index, &[]),
    ] {
        assert_eq!(reused(&first, &first, &all), all);
        let capsule = capsule(&[("a.md", &essay(body, tag)), ("index.md", index)], Some(first.capsule()));
        let second = Site::new(capsule, &options(), Some(&first));
        assert_eq!(reused(&first, &second, &all), expected, "{body} {tag} {index}");
    }
}

#[test]
fn feed_quotes_the_opening_of_an_essay() {
    let essay = |opening: &str| format!("---\ndate: 2024-05-01\n---\n# A\n\n{opening}\n\n<!--more-->\n\nRest.\n");
    let first = site(&[("a.md", &essay("One."))]);
    assert!(text(&first, "/atom.xml", Medium::Gemini).contains("<summary>One.</summary>"));
    let capsule = capsule(&[("a.md", &essay("Two."))], Some(first.capsule()));
    let second = Site::new(capsule, &options(), Some(&first));
    assert!(text(&second, "/atom.xml", Medium::Gemini).contains("<summary>Two.</summary>"));
}

#[test]
fn two_snapshots_of_one_folder_are_equal_byte_for_byte() {
    let (one, two) = (site(FILMS), site(FILMS));
    for at in ["/", "/films/", "/films/jules.gmi", "/films/jules.txt"] {
        for medium in [Medium::Gemini, Medium::Gopher] {
            assert_eq!(one.lookup(&path(at), medium), two.lookup(&path(at), medium));
        }
    }
}

#[test]
fn introduction_keeps_its_links_beside_those_of_the_page() {
    let site = site(&[
        ("/index.md", "# Essays\n\nBegin with [the lift](a.md), or [elsewhere](https://a.example/)."),
        ("/a.md", "---\ndate: 2024-05-01\n---\n# A\n\nText."),
    ]);
    let index = text(&site, "/", Medium::Gemini);
    assert!(
        index.contains("elsewhere.\n\n=> /a.gmi the lift\n=> https://a.example/ elsewhere\n\n=> /a.gmi 2024-05-01 A\n"),
        "{index}"
    );
    let menu = text(&site, "/", Medium::Gopher);
    assert!(menu.contains("iBegin with the lift [1], or elsewhere [2].\t"), "{menu}");
    assert!(menu.contains("\n0[1] gopher://example.org/0/a.txt\t/a.txt\texample.org\t70\r\n"), "{menu}");
    assert!(menu.contains("\nh[2] https://a.example/\tURL:https://a.example/\texample.org\t70\r\n"), "{menu}");
}

#[test]
fn withdrawn_address_covers_all_forms_of_a_text_and_all_of_a_folder() {
    let gone = ["/films/old.gmi", "/diary/", "/lamp.png"].map(path).to_vec();
    let options = SiteOptions { gone, ..options() };
    let site = Site::new(capsule(FILMS, None), &options, None);
    for (at, expected) in [
        ("/films/old.gmi", true),
        ("/films/old.txt", true),
        ("/films/old.md", true),
        ("/films/old", true),
        ("/films/old/", true),
        ("/films/older.gmi", false),
        ("/films/", false),
        ("/diary/", true),
        ("/diary", true),
        ("/diary/a/b.gmi", true),
        ("/diaries/a.gmi", false),
        ("/lamp.png", true),
        ("/lamp.gmi", false),
        ("/", false),
    ] {
        assert_eq!(site.lookup(&path(at), Medium::Gemini) == Lookup::Withdrawn, expected, "{at}");
    }
}

#[test]
fn tag_becomes_one_safe_segment_of_an_address() {
    for (tag, expected) in [
        ("Cinema", Some("/tags/cinema/")),
        (" Hong  Kong ", Some("/tags/hong-kong/")),
        ("hong-kong", Some("/tags/hong-kong/")),
        ("AC/DC", Some("/tags/ac-dc/")),
        ("..", Some("/tags/-./")),
        (".", Some("/tags/-/")),
        ("/", Some("/tags/-/")),
        (".hidden", Some("/tags/-hidden/")),
        (".well-known", Some("/tags/-well-known/")),
        ("C#", Some("/tags/c%23/")),
        ("100 %?", Some("/tags/100-%25%3F/")),
        ("a\r\nb\tc", Some("/tags/a-b-c/")),
        ("ÉTÉ", Some("/tags/%C3%A9t%C3%A9/")),
        ("東京", Some("/tags/%E6%9D%B1%E4%BA%AC/")),
        (" ", None),
        ("", None),
    ] {
        let essay = format!("---\ntags: [{}]\n---\nText.\n", serde_json::json!(tag));
        let site = site(&[("/a.md", &essay)]);
        let addresses = site.addresses(Medium::Gemini).into_iter().map(|address| address.to_url());
        let tags: Vec<String> = addresses.filter(|url| url.starts_with("/tags/") && url != "/tags/").collect();
        assert_eq!(tags, expected.into_iter().collect::<Vec<_>>(), "{tag:?}");
    }
}

#[test]
fn plain_text_is_served_byte_for_byte() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let utf32: Vec<u8> = "\u{feff}é".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    for (what, bytes, media_type) in [
        ("Latin-1", b"\xe9t\xe9 \xe0 la mer\n".to_vec(), "text/plain"),
        ("code page 437", b"\xc9\xcd\xcd\xbb\r\n\xbaok\xba\r\n\xc8\xcd\xcd\xbc\r\n".to_vec(), "text/plain"),
        ("Windows-1252", b"\x93lamps\x94 \x80 5\n".to_vec(), "text/plain"),
        ("Shift JIS", b"\x83\x89\x83\x93\x83v\n".to_vec(), "text/plain"),
        ("UTF-8", "été\n".into(), "text/plain"),
        ("UTF-8 with a mark", "\u{feff}été\r\n".into(), "text/plain"),
        ("CR", b"one\rtwo\r".to_vec(), "text/plain"),
        ("mixed line ends", b"one\r\ntwo\nthree\rfour".to_vec(), "text/plain"),
        ("UTF-16, little endian", utf16("\u{feff}été\n"), "text/plain; charset=utf-16"),
        ("UTF-16, big endian", b"\xfe\xff\x00a\x00\n".to_vec(), "text/plain; charset=utf-16"),
        ("UTF-16 without a mark", utf16("ab\n"), "text/plain"),
        ("UTF-32", utf32, "text/plain; charset=utf-32"),
        ("one byte", b"\xff".to_vec(), "text/plain"),
        ("nothing", Vec::new(), "text/plain"),
    ] {
        let site = testkit::capsule::site(&[("/art.txt", &bytes)]);
        for medium in [Medium::Gemini, Medium::Gopher] {
            let Lookup::Page(page) = site.lookup(&path("/art.txt"), medium) else { panic!("{what}") };
            assert_eq!((&*page.bytes, &*page.media_type), (&*bytes, media_type), "{what}, {medium:?}");
        }
    }
}
