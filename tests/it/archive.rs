//! Pages of large archives: long lists, series, translations, backlinks, header and footer.

use lamplit::site::{Lookup, Medium, Site};

use testkit::capsule::{path, site};

use crate::feeds::{page, read};

fn gemini(site: &Site, at: &str) -> String {
    page(site, at, Medium::Gemini).unwrap_or_else(|| panic!("{at} is no page")).1
}

fn gopher(site: &Site, at: &str) -> String {
    page(site, at, Medium::Gopher).unwrap_or_else(|| panic!("{at} is no page")).1
}

fn is_there(site: &Site, at: &str) -> bool {
    matches!(site.lookup(&path(at), Medium::Gemini), Lookup::Page(_))
}

/// Returns essays whose texts `make` returns for each number.
fn many(count: usize, make: impl Fn(usize) -> (String, String)) -> Site {
    let files: Vec<(String, String)> = (0..count).map(make).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    site(&files)
}

/// Returns the targets of the link lines of a page for which `passes` holds.
fn links(page: &str, passes: impl Fn(&str) -> bool) -> Vec<&str> {
    let links = page.lines().filter_map(|line| line.strip_prefix("=> ")?.split(' ').next());
    links.filter(|link| passes(link)).collect()
}

fn is_essay(link: &str) -> bool {
    path(link).extension() == "gmi"
}

#[test]
fn pages_of_ten_thousand_essays_have_a_bounded_length() {
    // Most in one folder, with one tag, over some years; one year and one month hold too many for a page.
    let site = many(10_000, |n| {
        let (year, month) = if n < 4_000 { (2020, if n < 1_000 { 3 } else { n % 12 + 1 }) } else { (1990 + n % 30, 1) };
        let text = format!("---\ndate: {year}-{month:02}-{:02}\ntags: [all]\n---\n# Number {n}\n", n % 28 + 1);
        (format!("posts/e{n}.md"), if n % 50 == 7 { format!("# Undated {n}\n") } else { text })
    });
    for start in ["/", "/posts/", "/tags/all/"] {
        let mut found = std::collections::BTreeSet::new();
        let mut seen = std::collections::HashSet::new();
        let mut next = vec![start.to_owned()];
        while let Some(at) = next.pop() {
            for medium in [Medium::Gemini, Medium::Gopher] {
                let (_, page) = page(&site, &at, medium).unwrap_or_else(|| panic!("{at} is no page"));
                assert!(page.lines().count() <= 260, "{at} has {} lines", page.lines().count());
            }
            let page = gemini(&site, &at);
            for link in links(&page, |link| link.starts_with(start)) {
                if is_essay(link) {
                    found.insert(link.to_owned());
                } else if link.contains("/archive/") && seen.insert(link.to_owned()) {
                    next.push(link.to_owned());
                }
            }
            // Essays have other addresses than the pages of tags.
            if start == "/tags/all/" {
                found.extend(links(&page, |link| link.starts_with("/posts/e")).into_iter().map(str::to_owned));
            }
        }
        let expected = if start == "/tags/all/" { 9_800 } else { 10_000 };
        assert_eq!(found.len(), expected, "essays that can be reached from {start}");
    }
    let index = gemini(&site, "/posts/");
    assert!(index.contains("\n\n=> /posts/archive/2020/ All of 2020 ("), "{index}");
    assert!(index.contains("=> /posts/archive/undated/ Undated (200)\n"), "{index}");
    let year = gemini(&site, "/posts/archive/2020/");
    assert!(year.starts_with("# Essays: Posts, 2020\n\n=> /posts/archive/2020/12/ 2020-12 ("), "{year}");
    assert!(year.ends_with("\n\n=> /posts/ Posts\n\n=> / ← Back to all essays\n"), "{year}");
    let month = gemini(&site, "/archive/2020/03/");
    assert!(month.starts_with("# Essays: 2020-03\n\n=> /archive/2020/03/1/ Number "), "{month}");
    assert!(gemini(&site, "/archive/2020/03/1/").starts_with("# Essays: 2020-03 (1–200)\n\n"));
    assert!(gopher(&site, "/archive/2020/").contains("12020-12 ("));
    for at in ["/archive/2020/3/", "/archive/2020/03/01/", "/archive/2020/03/99/", "/archive/1990/01/", "/archive/x/"] {
        assert!(!is_there(&site, at), "{at}");
    }
}

#[test]
fn many_tags_take_several_pages() {
    let site = many(450, |n| (format!("e{n:03}.md"), format!("---\ntags: [all, tag{n:03}]\n---\n# Number {n}\n")));
    let first = gemini(&site, "/tags/");
    assert!(first.starts_with("# Tags\n\n=> /tags/all/ all (450)\n=> /tags/tag000/ tag000 (1)\n"), "{first}");
    let more = "=> /tags/tag198/ tag198 (1)\n\n=> /tags/archive/2/ Tags 201–400\n=> /tags/archive/3/ Tags 401–451\n\n";
    assert!(first.contains(more), "{first}");
    let last = gemini(&site, "/tags/archive/3/");
    assert!(last.starts_with("# Tags 401–451\n\n=> /tags/tag399/ tag399 (1)\n"), "{last}");
    assert!(last.ends_with("tag449 (1)\n\n=> /tags/ Tags\n\n=> / ← Back to all essays\n"), "{last}");
    assert!(gopher(&site, "/tags/archive/2/").contains("1tag200 (1)\t/tags/tag200/\t"));
    for at in ["/tags/archive/1/", "/tags/archive/4/", "/series/archive/2/"] {
        assert!(!is_there(&site, at), "{at}");
    }
}

#[test]
fn short_list_is_not_divided() {
    let site = many(30, |n| (format!("posts/e{n}.md"), format!("---\ndate: 2024-01-{:02}\n---\n# {n}\n", n + 1)));
    assert!(is_there(&site, "/archive/2024/"));
    for at in ["/posts/archive/2024/", "/posts/archive/", "/archive/2024/01/", "/archive/undated/"] {
        assert!(!is_there(&site, at), "{at}");
    }
    // A part of a list leads to the list of the year.
    for at in ["/posts/archive/2024/", "/archive/2024/01/"] {
        assert_eq!(site.lookup(&path(at), Medium::Gemini), Lookup::Moved(path("/archive/2024/")), "{at}");
    }
}

#[test]
fn archive_without_dates_is_divided_by_number() {
    let site = many(450, |n| (format!("e{n:03}.md"), format!("# Number {n:03}\n")));
    let index = gemini(&site, "/");
    assert_eq!(links(&index, is_essay).len(), 100);
    assert!(index.contains("=> /archive/undated/ Undated (450)\n"), "{index}");
    assert_eq!(
        gemini(&site, "/archive/undated/"),
        "# Essays: Undated\n\n=> /archive/undated/1/ Number 000 … Number 199 (200)\n\
         => /archive/undated/2/ Number 200 … Number 399 (200)\n=> /archive/undated/3/ Number 400 … Number 449 (50)\n\n\
         => / ← Back to all essays\n"
    );
}

const SERIES: &[(&str, &str)] = &[
    ("a.md", "---\ndate: 2024-01-01\nseries: Lamps\n---\n# Wick\n"),
    ("b.md", "---\ndate: 2024-02-01\n---\n# Between\n"),
    ("c.md", "---\ndate: 2024-03-01\nseries: [lamps]\n---\n# Oil\n"),
    ("d.md", "---\ndate: 2024-04-01\nseries: Lamps\nseries_order: 1\n---\n# Before all\n"),
    ("e.md", "---\ndate: 2024-05-01\nseries: Alone\n---\n# Alone\n"),
];

#[test]
fn series_is_listed_in_reading_order() {
    let site = site(SERIES);
    let foot =
        |at: &str| gemini(&site, at).split_once(" min read\n\n").map(|(_, foot)| foot.to_owned()).unwrap_or_default();
    assert_eq!(
        foot("/a.gmi"),
        "=> /series/lamps/ Series: Lamps, part 2 of 3\n=> /d.gmi ← Part 1: Before all\n=> /c.gmi → Part 3: Oil\n\n\
         => /b.gmi → Newer: Between\n=> / ← Back to all essays\n"
    );
    assert_eq!(
        foot("/c.gmi"),
        "=> /series/lamps/ Series: Lamps, part 3 of 3\n=> /a.gmi ← Part 2: Wick\n\n\
         => /b.gmi ← Older: Between\n=> /d.gmi → Newer: Before all\n=> / ← Back to all essays\n"
    );
    assert_eq!(foot("/e.gmi"), "=> /d.gmi ← Older: Before all\n=> / ← Back to all essays\n");
    assert_eq!(
        gemini(&site, "/series/lamps/"),
        "# Essays: Lamps\n\n=> /d.gmi 2024-04-01 Before all\n=> /a.gmi 2024-01-01 Wick\n=> /c.gmi 2024-03-01 Oil\n\n\
         => /series/ Series\n\n=> / ← Back to all essays\n"
    );
    assert!(gemini(&site, "/").contains("=> /series/ Series\n"));
    assert!(!is_there(&site, "/series/alone/"));
    assert!(gopher(&site, "/a.txt").contains("Series: Lamps, part 2 of 3\r\ngopher://example.org/1/series/lamps/\r\n"));
}

const TONGUES: &[(&str, &str)] = &[
    ("index.md", "# Lamps\n"),
    ("index.fr.md", "# Lampes\n\nBonjour.\n"),
    ("skin.md", "---\ndate: 2024-05-01\ntags: [Cinema]\n---\n# Skin\n\nText.\n"),
    ("skin.fr.md", "---\ndate: 2024-05-01\ntags: [Cinema]\n---\n# Peau\n\nTexte.\n"),
    ("older.fr.md", "---\ndate: 2023-05-01\n---\n# Avant\n"),
    ("older.md", "---\ndate: 2023-05-01\n---\n# Before\n"),
    ("seul.fr.md", "---\ndate: 2022-05-01\n---\n# Seul\n"),
];

#[test]
fn translations_are_listed_apart_and_link_to_each_other() {
    let site = site(TONGUES);
    assert_eq!(
        gemini(&site, "/"),
        "# Lamps\n\n=> /skin.gmi 2024-05-01 Skin\n=> /older.gmi 2023-05-01 Before\n=> /seul.fr.gmi 2022-05-01 Seul\n\n\
         => /archive/ Archive\n=> /tags/ Tags\n=> /languages/fr/ Français\n=> /search Search\n=> /atom.xml Atom feed\n"
    );
    let (media_type, french) = page(&site, "/languages/fr/", Medium::Gemini).expect("a page");
    assert_eq!(media_type, "text/gemini; lang=fr");
    assert_eq!(
        french,
        "# Lampes\n\nBonjour.\n\n=> /skin.fr.gmi 2024-05-01 Peau\n=> /older.fr.gmi 2023-05-01 Avant\n\
         => /seul.fr.gmi 2022-05-01 Seul\n\n=> /languages/fr/atom.xml Flux Atom\n=> /languages/ Langues\n\n\
         => / ← Retour à tous les textes\n"
    );
    let (media_type, skin) = page(&site, "/skin.fr.gmi", Medium::Gemini).expect("a page");
    assert_eq!(media_type, "text/gemini; lang=fr");
    assert_eq!(
        skin,
        "# Peau\n\nTexte.\n\n---\n2024-05-01 · 1 min de lecture\n=> /tags/cinema/ Mot-clé : Cinema\n\n\
         => /skin.gmi English: Skin\n\n=> /older.fr.gmi ← Plus ancien : Avant\n=> /languages/fr/ Français\n\
         => / ← Retour à tous les textes\n"
    );
    assert!(gemini(&site, "/skin.gmi").contains("\n\n=> /skin.fr.gmi Français: Peau\n\n"));
    assert!(gemini(&site, "/older.gmi").contains("=> /seul.fr.gmi ← Older: Seul\n=> /skin.gmi → Newer: Skin\n"));
    assert!(gemini(&site, "/tags/cinema/").contains("=> /skin.gmi ") && gemini(&site, "/tags/").contains("(1)"));
    assert!(gopher(&site, "/skin.txt").contains("Français: Peau\r\ngopher://example.org/0/skin.fr.txt\r\n"));
    let (_, feed) = page(&site, "/languages/fr/atom.xml", Medium::Gemini).expect("a feed");
    assert!(read(&feed).contains(&"feed/title:Lamps: Français".to_owned()));
    assert!(read(&feed)[0].ends_with("xml:lang=fr:"), "{feed}");
}

#[test]
fn essay_lists_its_backlinks() {
    let site = site(&[
        ("films/skin.md", "---\ndate: 2024-05-01\n---\n# Skin\n"),
        (
            "films/inline.md",
            "---\ndate: 2020-01-09\n---\n# Inline\n\nSee [it](skin.md \"title\") and [me](inline.md).\n",
        ),
        ("x/reference.md", "---\ndate: 2020-01-08\n---\n# Reference\n\nSee [it][s].\n\n[s]: ../films/skin/\n"),
        ("x/wiki.md", "---\ndate: 2020-01-07\n---\n# Wiki\n\n[[Skin|that film]]\n"),
        ("x/html.md", "---\ndate: 2020-01-06\n---\n# Html\n\n<a href='/films/skin.html'>it</a>\n"),
        ("x/short.md", "---\ndate: 2020-01-05\n---\n# Short\n\n[it]({{< ref \"/films/skin.md\" >}})\n"),
        ("x/native.gmi", "# Native\n\n=> /films/skin.gmi it\n"),
        ("x/code.md", "---\ndate: 2020-01-04\n---\n# Code\n\n```\n[it](/films/skin.md)\n```\n"),
        ("x/draft.md", "---\ndraft: true\n---\n# Draft\n\n[it](/films/skin.md)\n"),
        ("x/only.md", "---\ndate: 2020-01-03\ngemini: false\n---\n# Only\n\n[it](/films/skin.md)\n"),
    ]);
    let page = gemini(&site, "/films/skin.gmi");
    assert!(
        page.ends_with(
            " min read\n\nEssays that mention this\n=> /x/reference.gmi Reference\n=> /x/wiki.gmi Wiki\n\
             => /x/html.gmi Html\n=> /x/short.gmi Short\n=> /x/native.gmi Native\n\n\
             => /films/inline.gmi ← Older: Inline\n=> /films/ ↑ Up: Films\n=> / ← Back to all essays\n"
        ),
        "{page}"
    );
    assert!(gopher(&site, "/films/skin.txt").contains("\r\nOnly\r\ngopher://example.org/0/x/only.txt\r\n"));
    assert!(!gemini(&site, "/films/inline.gmi").contains("mention"));
}

#[test]
fn link_in_any_form_is_a_backlink_and_code_is_not() {
    for (text, expected) in [
        ("[a](b.md) and [c](<d e.md> \"t\")", true),
        ("[c](<d e.md> \"t\") and [a](<b.md>)", true),
        ("[a]( b.md )", true),
        ("[a][r]\n\n[r]:\n  b.md 'title'", true),
        ("[never [a](b.md)", true),
        ("[a](never [b](b.md)", true),
        ("[a](never_(1).md) [a](b.md)", true),
        ("[[Soft Skin|x]] ![[y.png]]", true),
        ("[[never\n[[a [[[Soft Skin]]", true),
        ("<a class=x href=\"/b/\">c</a> <a href=d>e</a>", true),
        ("<a class=x href=\"/d/\">c</a> <a href=b>e</a>", true),
        ("[a]({% post_url b %})", true),
        ("[a]({{< ref\n\"b.md\" >}})", true),
        ("[never](closed [[never {{ never {% never <a href=\"never", false),
        ("`[a](b.md)`", false),
        ("[never closed](<b\n.md", false),
        ("no link to b.md at all", false),
    ] {
        let files = [("b.md", "# Soft Skin\n"), ("a.md", text), ("c.md", "# C")];
        let page = gemini(&site(&files), "/b.gmi");
        assert_eq!(page.contains("=> /a.gmi "), expected, "{text}");
    }
}

#[test]
fn backlinks_of_hostile_text_take_memory_in_proportion_to_it() {
    for pattern in [
        "[", "](", "](<", "]: ", "{{", "{%", "{{ a ", "{% a ", "{{a}}", "href=", "href=\"", "href='", "[[a]]", "[[a",
        "[[a|", "[a](b)", "[a](b) ", "](a(", "](<a", "]:\n", "{{ a }}", "é](",
    ] {
        // At the last length a scan that is not linear takes minutes.
        for length in [1 << 10, 1 << 13, 1 << 16] {
            let site = site(&[("a.md", &*pattern.repeat(length / pattern.len())), ("b.md", "# B")]);
            site.resolve_backlinks();
            let bytes = site.cached_bytes();
            assert!(bytes <= 2 * length + 1024, "{pattern}: {bytes} bytes for {length}");
        }
    }
}

#[test]
fn languages_are_shown_by_their_native_names() {
    for (tag, expected) in [("fr", "Français"), ("pt-BR", "Português (BR)")] {
        let site = site(&[("a.md", "# A"), (&*format!("a.{tag}.md"), "# B"), ("c.md", "# C")]);
        let page = gemini(&site, "/a.gmi");
        assert!(page.contains(&format!(" {expected}: B\n")), "{tag} gives\n{page}");
    }
}

#[test]
fn header_and_footer_of_the_author_surround_the_page() {
    let site = site(&[
        ("index.md", "# Lamps\n\nHello.\n"),
        ("header.txt", " .-.\n( o )\n"),
        ("footer.md", "# Reply\n\nWrite [to me](about.md).\n"),
        ("footer.gmi", "=> mailto:a@example.org Reply by mail\n"),
        ("about.md", "# About\n"),
        ("films/a.md", "---\ndate: 2024-05-01\nlicense: CC BY-SA 4.0\n---\n# A\n\nText.\n"),
        ("films/b.md", "---\ndate: 2024-05-02\nlicense: https://example.org/terms\n---\n# B\n\nText.\n"),
    ]);
    let index = gemini(&site, "/");
    assert!(index.starts_with("# Lamps\n\n```Lamps\n .-.\n( o )\n```\n\nHello.\n\n=> /films/b.gmi "), "{index}");
    assert!(index.ends_with("Atom feed\n\n=> mailto:a@example.org Reply by mail\n"), "{index}");
    let menu = gopher(&site, "/");
    assert!(menu.starts_with("i .-.\tfake\t(NULL)\t0\r\ni( o )\tfake\t(NULL)\t0\r\ni\tfake\t"), "{menu}");
    assert!(
        menu.contains("iWrite to me [1].\t") && menu.contains("0[1] gopher://example.org/0/about.txt\t/about.txt\t"),
        "{menu}"
    );
    let essay = gemini(&site, "/films/a.gmi");
    assert!(essay.contains("---\n2024-05-01 · 1 min read\nCC BY-SA 4.0\n\n=> /films/b.gmi → Newer: B\n"), "{essay}");
    assert!(essay.ends_with("=> / ← Back to all essays\n\n=> mailto:a@example.org Reply by mail\n"), "{essay}");
    assert!(
        gemini(&site, "/films/b.gmi").contains(" min read\n=> https://example.org/terms https://example.org/terms\n")
    );
    let text = gopher(&site, "/films/a.txt");
    assert!(text.contains("\r\nCC BY-SA 4.0\r\n") && text.contains("\r\nReply\r\n-----\r\n"), "{text}");
    for at in ["/header.txt", "/footer.gmi", "/footer.md"] {
        assert_eq!(site.lookup(&path(at), Medium::Gemini), Lookup::Missing, "{at}");
    }
    let (_, feed) = page(&site, "/atom.xml", Medium::Gemini).expect("a feed");
    assert!(read(&feed).contains(&"feed/entry/rights:CC BY-SA 4.0".to_owned()), "{feed}");
}

#[test]
fn feed_summary_ends_at_the_more_mark() {
    let site = site(&[(
        "a.md",
        "---\ndate: 2024-05-01\n---\n# A\n\nFirst *words*.\n\nMore of [them](b.md).\n\n<!--more-->\n\nRest.\n",
    )]);
    let (_, feed) = page(&site, "/atom.xml", Medium::Gemini).expect("a feed");
    assert!(read(&feed).contains(&"feed/entry/summary:First words. More of them.".to_owned()), "{feed}");
}

#[test]
fn front_matter_titles_the_page_and_another_heading_stays() {
    for (text, expected) in [
        ("---\ntitle: lamp light\n---\n\n## lamp light\n\nlights", "# lamp light\n\nlights\n"),
        ("---\ntitle: Lamps\n---\n# lamps!\n\nBody.", "# Lamps\n\nBody.\n"),
        ("---\ntitle: 2015 in review\n---\n# No dread\n\nBody.", "# 2015 in review\n\n# No dread\n\nBody.\n"),
        ("# Lamps *lit*\n\nBody.", "# Lamps lit\n\nBody.\n"),
        ("---\ntitle: Lamps\n---\nBody.\n\n## Lamps", "# Lamps\n\nBody.\n\n## Lamps\n"),
        ("---\ntitle: Lamps\n---\n### LAMPS\n\nBody.", "# Lamps\n\nBody.\n"),
        ("---\ntitle: 灯\n---\n# 雨\n\nx", "# 灯\n\n# 雨\n\nx\n"),
        ("---\ntitle: Home\n---\n# The Press\n\nx", "# The Press\n\nx\n"),
    ] {
        let page = gemini(&site(&[("a.md", text), ("b.md", "# B")]), "/a.gmi");
        assert!(page.starts_with(expected), "{text:?} gives\n{page}");
    }
    for (text, expected) in [
        ("---\ntitle: Home\n---\n<br>\n\n# The Lamp Press\n\nBooks.", "# The Lamp Press\n"),
        ("---\ntitle: Books\n---\n# The Lamp Press\n\nBooks.", "# Books\n\n## The Lamp Press\n\nBooks.\n"),
    ] {
        let page = gemini(&site(&[("_index.md", text), ("a.md", "# A")]), "/");
        assert!(page.starts_with(expected), "{text:?} gives\n{page}");
    }
}

#[test]
fn vaults_link_to_parts_of_pages_and_to_media_anywhere() {
    let vault = site(&[
        ("Oil.md", "# Oil\n\nBurns. ^b1\n\n## Use\n"),
        ("sounds/song.mp3", "x"),
        ("assets/paper.pdf", "x"),
        (
            "Post.md",
            "# Post\n\nSee [[#Later]], [[#Later|further on]], [[Oil#^b1]], [[Oil#Use|its use]], [[None|a note]], [[None]].\n\n\
             ![[song.mp3]] ![[paper.pdf#page=3]]\n\n| a |\n|---|\n| [[Oil\\|oil]] |\n\n[s](javascript:alert(1)) [t](<JavaScript:x>) [d](data:text/html,x).",
        ),
    ]);
    let page = gemini(&vault, "/Post.gmi");
    for expected in [
        "See Later, further on, Oil, its use, a note, [[None]].\n\n=> /Oil.gmi Oil\n",
        "=> /sounds/song.mp3 song.mp3\n=> /assets/paper.pdf paper.pdf\n",
        "a\n---\noil\n```\n\n=> /Oil.gmi oil\n",
        "\ns t d.\n",
    ] {
        assert!(page.contains(expected), "{expected:?} is not in\n{page}");
    }
    assert!(!gopher(&vault, "/Post.txt").to_lowercase().contains("script:"));
    assert!(!gemini(&vault, "/Oil.gmi").contains("^b1"));
}

#[test]
fn labels_name_their_destination() {
    for (text, expected) in [
        (
            "[![](https://a.example/75f87706-0d4b-11e7-8fcb.png)](https://b.example/status/7)",
            "=> https://a.example/75f87706-0d4b-11e7-8fcb.png Picture [image]\n=> https://b.example/status/7 b.example/status/7\n",
        ),
        (
            "[![The lamp](https://a.example/l.png)](https://b.example/lamp)",
            "=> https://a.example/l.png The lamp [image]\n=> https://b.example/lamp The lamp (b.example)\n",
        ),
        ("![](https://a.example/IMG_1234.jpg)", "Picture [image]\n"),
        ("![](https://a.example/DSC00012.jpg)", "Picture [image]\n"),
        ("![](https://a.example/7f3a9c.png)", "Picture [image]\n"),
        ("![](https://a.example/lamp-2.png)", "lamp-2 [image]\n"),
        ("![](https://a.example/灯1.png)", "灯1 [image]\n"),
        ("Der Plan steht [hier](https://a.example/plan).", "hier (a.example)\n"),
        ("План [здесь](https://a.example/p).", "здесь (a.example)\n"),
        ("計画は[こちら](https://a.example/p)。", "こちら (a.example)\n"),
        ("Le plan est [Ici](https://a.example/p).", "Ici (a.example)\n"),
        ("See [this issue](https://a.example/p).", "this issue (a.example)\n"),
    ] {
        let page = gemini(&site(&[("a.md", text), ("b.md", "# B")]), "/a.gmi");
        assert!(page.contains(expected), "{text:?} gives\n{page}");
    }
}
