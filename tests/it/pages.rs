//! The pages that list essays, as feed readers take them: index, folders, tags, years.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use lamplit::capsule::{BuildOptions, CapsulePath};
use lamplit::disk::{self, ReadLimits};
use lamplit::site::{Lookup, Medium, Site, SiteOptions};

use crate::feeds::{checked_feed, page, read};
use testkit::capsule::{build_options, capsule_of, path, site};
use testkit::classifier::{Line, assert_well_formed, classify};

const ESSAYS: &[(&str, &str)] = &[
    ("index.md", "# Lamps\n\nSee [the tags](/tags/) and [2023](/archive/2023).\n"),
    ("films/a.md", "---\ndate: 2024-05-01\ntags: [Cinema, Hong Kong]\n---\n# A\n\nMore: [Cinema](/tags/Cinema/).\n"),
    ("films/b.md", "---\ndate: 2023-03-01\ntags: [cinema, AC/DC, CINEMA]\n---\n# B\n"),
    ("films/c.md", "---\ndate: 2023-02-01\ntags: [Cinema, .net]\ngemini: false\n---\n# C\n"),
    ("d.md", "---\ndate: 2022-02-01\ntags: [secret]\ndraft: true\n---\n# D\n"),
    ("films/e.md", "---\ntags: [Cinema]\n---\n# E\n"),
];

fn gemini(site: &Site, at: &str) -> String {
    page(site, at, Medium::Gemini).unwrap_or_else(|| panic!("{at} is no page")).1
}

#[test]
fn tags_and_years_are_listed_for_each_medium() {
    let site = site(ESSAYS);
    for (at, expected) in [
        (
            "/tags/",
            "# Tags\n\n=> /tags/cinema/ Cinema (3)\n=> /tags/ac-dc/ AC/DC (1)\n\
             => /tags/hong-kong/ Hong Kong (1)\n\n=> / ← Back to all essays\n",
        ),
        (
            "/tags/cinema/",
            "# Lamps: Cinema\n\n=> /films/a.gmi 2024-05-01 A\n=> /films/b.gmi 2023-03-01 B\n=> /films/e.gmi E\n\n\
             => /tags/cinema/atom.xml Atom feed\n=> /tags/ Tags\n\n=> / ← Back to all essays\n",
        ),
        (
            "/archive/",
            "# Archive\n\n```Essays per year as bars; the links below say the same in numbers\n\
             2024 █ 1\n2023 █ 1\n```\n\n=> /archive/2024/ 2024 (1)\n=> /archive/2023/ 2023 (1)\n\n\
             => / ← Back to all essays\n",
        ),
        (
            "/archive/2023/",
            "# Lamps: 2023\n\n=> /films/b.gmi 2023-03-01 B\n\n=> /archive/ Archive\n\n=> / ← Back to all essays\n",
        ),
        (
            "/",
            "# Lamps\n\nSee the tags and 2023.\n\n=> /tags/ the tags\n=> /archive/2023/ 2023\n\n\
             => /films/a.gmi 2024-05-01 A\n=> /films/b.gmi 2023-03-01 B\n=> /films/e.gmi E\n\n\
             => /films/ Films\n\n=> /archive/ Archive\n=> /tags/ Tags\n\
             => /search Search\n=> /atom.xml Atom feed\n",
        ),
    ] {
        assert_eq!(gemini(&site, at), expected, "{at}");
    }
    let menu = |at: &str| page(&site, at, Medium::Gopher).unwrap_or_else(|| panic!("{at}")).1;
    assert!(menu("/tags/").contains("1Cinema (4)\t/tags/cinema/\texample.org\t70\r\n"), "{}", menu("/tags/"));
    assert!(menu("/tags/").contains("1.net (1)\t/tags/-net/\t"), "{}", menu("/tags/"));
    assert!(menu("/archive/").contains("i2023 ██ 2\t"), "{}", menu("/archive/"));
    assert!(menu("/archive/2023/").contains("02023-02-01 C\t/films/c.txt\t"));
    assert!(menu("/").contains("0Atom feed\t/atom.xml\texample.org\t70\r\n"), "{}", menu("/"));
    assert!(gemini(&site, "/films/a.gmi").contains("=> /tags/cinema/ Cinema\n"));
    let (_, feed) = page(&site, "/tags/cinema/atom.xml", Medium::Gopher).expect("a feed");
    assert_eq!(read(&feed).iter().filter(|line| line.starts_with("feed/entry/id:")).count(), 3);
}

#[test]
fn other_spelling_of_a_tag_redirects_to_its_address() {
    let site = site(ESSAYS);
    for (at, expected) in [
        ("/tags", Some("/tags/")),
        ("/archive", Some("/archive/")),
        ("/archive/2024", Some("/archive/2024/")),
        ("/tags/cinema", Some("/tags/cinema/")),
        ("/tags/Cinema/", Some("/tags/cinema/")),
        ("/tags/Hong Kong/", Some("/tags/hong-kong/")),
        ("/tags/secret/", None),
        ("/tags/.net/x", None),
        ("/archive/2022/", None),
        ("/archive/02024/", None),
    ] {
        let found = CapsulePath::from_decoded(at).map(|path| site.lookup(&path, Medium::Gemini));
        match (found, expected) {
            (Ok(Lookup::Moved(to)), Some(expected)) => assert_eq!(to.as_str(), expected, "{at}"),
            (Ok(Lookup::Missing) | Err(_), None) => {}
            (found, _) => panic!("{at}: {found:?}"),
        }
    }
}

#[test]
fn introduction_alone_in_the_folder_of_tags_is_on_their_page() {
    let site = site(&[
        ("tags/_index.md", "---\ntitle: What about\n---\nPick one.\n"),
        ("a.md", "---\ndate: 2024-05-01\ntags: [Cinema]\n---\n# A\n"),
    ]);
    assert!(gemini(&site, "/tags/").starts_with("# What about\n\nPick one.\n\n=> /tags/cinema/ Cinema (1)\n"));
    assert_eq!(gemini(&site, "/").matches("=> /tags/ ").count(), 1);
}

#[test]
fn long_index_shows_the_newest_essays_and_links_to_years() {
    let files: Vec<(String, String)> = (0..201)
        .map(|n| (format!("e{n}.md"), format!("---\ndate: {}-01-01\n---\n# Number {n}\n", 2000 + n % 20)))
        .collect();
    let mut files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    files.push(("about.md", "# About\n"));
    let dated = |files: &[(&str, &str)], at: &str| entries(&gemini(&site(files), at)).len();
    assert_eq!(dated(&files, "/"), 100);
    assert_eq!(dated(&files, "/archive/2000/"), 11);
    let index = gemini(&site(&files), "/");
    assert!(index.contains("\n\n=> /archive/2019/ All of 2019 (10)\n=> /archive/2018/ All"), "{index}");
    assert!(index.contains("=> /about.gmi About\n"), "{index}");
    assert_eq!(dated(&files[1..], "/"), 200);
}

/// Returns the lines of a page that Lagrange takes for entries: address and label. It looks into fences too.
fn entries(page: &str) -> Vec<(&str, &str)> {
    page.lines()
        .filter_map(|line| line.strip_prefix("=>")?.trim_start().split_once([' ', '\t']))
        .map(|(url, label)| (url, label.trim_start()))
        .filter(|(_, label)| is_date(label.get(..10).unwrap_or("")))
        .collect()
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// Returns the sample capsule as a build on `day` makes it.
fn sample(day: i64) -> Site {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("capsule");
    let reading = disk::read(&folder, &[], &[], &[], None, ReadLimits::NONE).expect("a folder");
    let options = BuildOptions { name: "capsule".to_owned(), ..build_options(day * 86_400) };
    let capsule = capsule_of(&reading.files, &options);
    Site::new(capsule, &SiteOptions::standard(&"example.org".parse().expect("a host")), None)
}

/// Returns every address that can be reached from the index, with its lookup.
fn crawl(site: &Site, medium: Medium) -> Vec<(CapsulePath, Lookup)> {
    let (mut seen, mut found) = (HashSet::from([CapsulePath::root()]), Vec::new());
    let mut next = vec![CapsulePath::root()];
    while let Some(at) = next.pop() {
        let lookup = site.lookup(&at, medium);
        if let Lookup::Page(page) = &lookup {
            let text = String::from_utf8(page.bytes.to_vec()).expect("UTF-8");
            for target in targets(&text, page.item_type).into_iter().flatten() {
                if seen.insert(target.clone()) {
                    next.push(target);
                }
            }
        }
        found.push((at, lookup));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Returns where the lines of a page of gemtext or of a menu lead within the capsule.
fn targets(page: &str, item_type: char) -> Vec<Option<CapsulePath>> {
    if item_type == '1' {
        let selectors = page.lines().filter(|line| line.starts_with(['0', '1', 'I', 'g']));
        return selectors.map(|line| CapsulePath::from_decoded(line.split('\t').nth(1)?).ok()).collect();
    }
    let links = classify(page).into_iter().filter_map(|line| match line {
        Line::Link { url, .. } if url.starts_with('/') => Some(url),
        _ => None,
    });
    links.map(|url| CapsulePath::from_url(&url).ok()).collect()
}

#[test]
fn list_pages_of_the_sample_are_feed_pages() {
    let site = sample(20_700);
    let crawled = crawl(&site, Medium::Gemini);
    let at: BTreeSet<&str> = crawled.iter().map(|(path, _)| path.as_str()).collect();
    for expected in ["/films/", "/tags/", "/tags/cinema/", "/archive/", "/archive/2024/", "/atom.xml"] {
        assert!(at.contains(expected), "{expected} is not in {at:?}");
    }
    for (path, lookup) in &crawled {
        let Lookup::Page(page) = lookup else { continue };
        if !path.is_folder() {
            continue;
        }
        let text = String::from_utf8(page.bytes.to_vec()).expect("UTF-8");
        assert_well_formed(&text);
        let lines = classify(&text);
        let titles = lines.iter().filter(|line| matches!(line, Line::Heading { level: 1, .. })).count();
        assert!(matches!(lines[0], Line::Heading { level: 1, .. }) && titles == 1, "{path}:\n{text}");
        let samples = lines.iter().any(|line| matches!(line, Line::Preformatted(text) if text.starts_with("=>")));
        assert!(!samples, "{path}: {text}");
        let entries = entries(&text);
        let mut urls = HashSet::new();
        assert!(entries.iter().all(|(url, _)| urls.insert(*url)), "an entry twice on {path}:\n{text}");
        assert!(entries.iter().all(|(_, label)| label[10..].trim().chars().count() > 1), "{path}:\n{text}");
        // A series is read from its beginning.
        let newest_first = entries.is_sorted_by(|(_, a), (_, b)| a[..10] >= b[..10]);
        assert!(newest_first || path.as_str().starts_with("/series/"), "{path} is not newest first");
        let dated: Vec<usize> = (text.lines().enumerate())
            .filter(|(_, line)| entries.iter().any(|(url, label)| *line == format!("=> {url} {label}")))
            .map(|(at, _)| at)
            .collect();
        assert!(dated.windows(2).all(|two| two[1] == two[0] + 1), "{path} has a gap:\n{text}");
    }
    assert!(entries(&gemini(&site, "/")).len() >= 3);
}

#[test]
fn links_of_the_sample_lead_to_pages_without_a_redirect() {
    let site = sample(20_700);
    for medium in [Medium::Gemini, Medium::Gopher] {
        let crawled = crawl(&site, medium);
        assert!(crawled.len() > 30, "{}", crawled.len());
        for (path, lookup) in crawled {
            assert!(
                matches!(lookup, Lookup::Page(_) | Lookup::File(..) | Lookup::Search(_)),
                "{path} over {medium:?}: {lookup:?}"
            ); // P25
        }
    }
}

#[test]
fn pages_built_on_two_days_are_equal() {
    let (one, two) = (sample(20_700), sample(21_500));
    for medium in [Medium::Gemini, Medium::Gopher] {
        assert_eq!(crawl(&one, medium), crawl(&two, medium)); // C9
        let feed = page(&one, "/atom.xml", medium);
        assert!(feed.is_some() && feed == page(&two, "/atom.xml", medium));
    }
}

#[test]
fn links_in_feeds_of_the_sample_are_in_their_protocol() {
    let site = sample(20_700);
    for medium in [Medium::Gemini, Medium::Gopher] {
        let feed = checked_feed(&site, medium);
        assert!(!feed.contains("Notes on rain"), "a draft is in the feed");
    }
    // The addresses that crawlers request without a link.
    for (at, there) in [("/robots.txt", true), ("/favicon.txt", false), ("/.well-known/security.txt", false)] {
        assert_eq!(matches!(site.lookup(&path(at), Medium::Gemini), Lookup::Page(_)), there, "{at}");
    }
}
