//! Old addresses: what other servers and site generators call a page leads to it.

use lamplit::capsule::CapsulePath;
use lamplit::site::{Lookup, Medium, Site, SiteOptions};
use testkit::capsule::{capsule, site};

use crate::feeds::page;

/// Returns where a request over Gemini is redirected, or what else it gets.
fn ask(site: &Site, at: &str) -> String {
    let path = CapsulePath::from_decoded(at).unwrap_or_else(|_| panic!("{at} is no path"));
    match site.lookup(&path, Medium::Gemini) {
        Lookup::Moved(to) => to.to_string(),
        Lookup::Missing => "missing".to_owned(),
        other => format!("{other:?}").split('(').next().unwrap_or_default().to_owned(),
    }
}

fn check(files: &[(&str, &str)], rows: &[(&str, &str)]) {
    let site = site(files);
    for (at, expected) in rows {
        assert_eq!(ask(&site, at), *expected, "{at}");
    }
}

#[test]
fn index_page_of_another_server_leads_to_the_folder() {
    check(
        &[
            ("/index.md", "---\naliases: [/root-old, /feed.xml]\n---\n# Home\n"),
            ("/posts/_index.md", "---\naliases: [/blog/]\n---\n# Posts\n"),
            ("/posts/one.md", "---\ndate: 2024-05-01\n---\n# One\n"),
            ("/plain/two.md", "# Two\n"),
            ("/bundle/index.md", "---\naliases: [/bundle-old]\n---\n# Bundle\n"),
        ],
        &[
            ("/index.gmi", "/"),
            ("/index.html", "/"),
            ("/index.md", "/"),
            ("/index.txt", "/"),
            ("/index", "/"),
            ("/index.php", "/"),
            ("/README.gmi", "/"),
            ("/_index.gmi", "/"),
            ("/posts/index.gmi", "/posts/"),
            ("/posts/_index.gmi", "/posts/"),
            ("/posts/index.html", "/posts/"),
            ("/posts/README.md", "/posts/"),
            ("/plain/index.gmi", "/plain/"),
            ("/bundle/index.gmi", "/bundle.gmi"),
            ("/root-old", "/"),
            ("/root-old/", "/"),
            ("/feed.xml", "/"),
            ("/blog/", "/posts/"),
            ("/blog", "/posts/"),
            ("/blog/index.html", "/posts/"),
            ("/bundle-old", "/bundle.gmi"),
            ("/index.png", "missing"),
            ("/nowhere/index.gmi", "missing"),
        ],
    );
}

#[test]
fn feed_of_another_server_leads_to_the_feed_of_the_list() {
    check(
        &[("/posts/one.md", "---\ndate: 2024-05-01\ntags: [light]\n---\n# One\n"), ("/undated/two.md", "# Two\n")],
        &[
            ("/feed.xml", "/atom.xml"),
            ("/rss.xml", "/atom.xml"),
            ("/index.xml", "/atom.xml"),
            ("/feed/", "/atom.xml"),
            ("/feed", "/atom.xml"),
            ("/rss/", "/atom.xml"),
            ("/posts/index.xml", "/posts/atom.xml"),
            ("/posts/feed/", "/posts/atom.xml"),
            ("/tags/light/index.xml", "/tags/light/atom.xml"),
            ("/undated/feed.xml", "missing"),
            ("/nowhere/feed.xml", "missing"),
        ],
    );
}

const PERMALINKS: &[(&str, &str)] = &[
    ("/en/2017-12-04-bounties-on-questions.md", "---\ndate: 2017-12-04\nslug: so-bounties\n---\nBounties.\n"),
    ("/_posts/2025-05-01-dialogs/index.md", "---\ntitle: Dialogs\n---\n![Open](open.png)\n"),
    ("/_posts/2025-05-01-dialogs/open.png", ""),
    ("/posts/in-memory.md", "---\ndate: 2025-02-03\n---\nMemory.\n"),
    ("/news/2020/01/notes.md", "---\ndate: 2020-01-05\n---\nJanuary.\n"),
    ("/news/2021/01/notes.md", "---\ndate: 2021-01-05\n---\nA year later.\n"),
    ("/en/rain.md", "Rain.\n"),
    ("/de/rain.md", "Regen.\n"),
    ("/draft.md", "---\ndraft: true\n---\nSecret.\n"),
];

#[test]
fn permalink_of_a_generator_leads_to_the_only_essay_of_that_name() {
    let dialogs = "/_posts/2025-05-01-dialogs.gmi";
    check(
        PERMALINKS,
        &[
            ("/en/2017/12/so-bounties/", "/en/so-bounties.gmi"),
            ("/2017/12/04/so-bounties/", "/en/so-bounties.gmi"),
            ("/2017/12/04/bounties-on-questions.html", "/en/so-bounties.gmi"),
            ("/blog/2017-12-04-bounties-on-questions/", "/en/so-bounties.gmi"),
            ("/blog/in-memory/", "/posts/in-memory.gmi"),
            ("/blog/In-Memory", "/posts/in-memory.gmi"),
            ("/2025/02/03/in-memory/", "/posts/in-memory.gmi"),
            ("/in-memory.html", "/posts/in-memory.gmi"),
            ("/2025/05/01/dialogs/", dialogs),
            ("/blog/2025/05/01/dialogs/", dialogs),
            ("/blog/dialogs/index.html", dialogs),
            ("/blog/dialogs/open.png", "/_posts/2025-05-01-dialogs/open.png"),
            ("/2020/01/05/notes/", "/news/2020/01/notes.gmi"),
            ("/2021/01/notes.html", "/news/2021/01/notes.gmi"),
            ("/blog/notes/", "missing"),
            ("/blog/en/rain/", "/en/rain.gmi"),
            ("/de/wetter/rain/", "/de/rain.gmi"),
            ("/rain/", "/de/rain.gmi"),
            ("/blog/nowhere/", "missing"),
            ("/blog/dialogs/shut.png", "missing"),
            ("/pictures/rain.png", "missing"),
            ("/blog/draft/", "missing"),
        ],
    );
}

#[test]
fn link_by_permalink_leads_to_the_essay() {
    let links = "[a](/en/2017/12/so-bounties/) [b](/blog/in-memory/) [c](/blog/2025/05/01/dialogs/#how)\n\n\
                 ![Open](/blog/dialogs/open.png)\n\n[d](/blog/nowhere/) [home](/index.html) [n](/2020/01/notes)\n";
    let files: Vec<_> = PERMALINKS.iter().copied().chain([("/links.md", links)]).collect();
    let (_, text) = page(&site(&files), "/links.gmi", Medium::Gemini).expect("a page");
    for line in [
        "=> /en/so-bounties.gmi a",
        "=> /posts/in-memory.gmi b",
        "=> /_posts/2025-05-01-dialogs.gmi c",
        "=> /_posts/2025-05-01-dialogs/open.png Open [image]",
        "=> /blog/nowhere/ d",
        "=> / home",
        "=> /news/2020/01/notes.gmi n",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in:\n{text}");
    }
}

#[test]
fn configured_redirect_answers_where_nothing_stands() {
    let mut options = SiteOptions::standard(&"example.org".parse().expect("a host"));
    let redirects = [
        ("/old/films", "/films/"),
        ("/cv.html", "/about.gmi"),
        ("/about.gmi", "/films/"),
        ("/blog/rain/", "/films/a.gmi"),
        ("/feed.json", "/atom.xml"),
    ];
    options.redirects = redirects.map(|(old, new)| (testkit::capsule::path(old), testkit::capsule::path(new))).into();
    let files = [("/about.md", "# About\n"), ("/films/a.md", "# A\n"), ("/rain.md", "# Rain\n")];
    let site = Site::new(capsule(&files), &options, None);
    for (at, expected) in [
        ("/old/films", "/films/"),
        ("/old/films/", "/films/"),
        ("/old/films.html", "/films/"),
        ("/old/films/index.html", "/films/"),
        ("/cv.html", "/about.gmi"),
        ("/cv", "/about.gmi"),
        ("/about.gmi", "Page"),
        ("/blog/rain/", "/films/a.gmi"),
        ("/blog/rain", "/films/a.gmi"),
        ("/weblog/rain", "/rain.gmi"),
        ("/feed.json", "/atom.xml"),
        ("/old", "missing"),
    ] {
        assert_eq!(ask(&site, at), expected, "{at}");
    }
}

#[test]
fn nearest_address_is_that_of_a_similar_name() {
    let site = site(&[
        ("/films/the-lamp.md", "# The Lamp\n"),
        ("/rain.md", "# Rain\n"),
        ("/moss.md", "# Moss\n"),
        ("/hidden.md", "---\ndraft: true\n---\nNot yet.\n"),
        ("/slug.md", "---\nslug: evenings\n---\nText.\n"),
        (&format!("/{}.md", "q".repeat(70)), "# Long\n"),
    ]);
    let long = format!("/{}.gmi", "q".repeat(69));
    for (at, expected) in [
        // Comparing long names would take too much time.
        (&*long, None),
        ("/films/the-lmap.gmi", Some("/films/the-lamp.gmi")),
        ("/the-lampp", Some("/films/the-lamp.gmi")),
        ("/2024/The-Lanp/", Some("/films/the-lamp.gmi")),
        ("/rian.gmi", Some("/rain.gmi")),
        ("/evening.html", Some("/evenings.gmi")),
        ("/mos", Some("/moss.gmi")),
        ("/hiden.gmi", None),
        ("/quite-another-thing.gmi", None),
        ("/", None),
    ] {
        let nearest = site.nearest(&testkit::capsule::path(at)).map(|path| path.to_url());
        assert_eq!(nearest.as_deref(), expected, "{at}");
    }
}
