//! What queries find in a small index, and that an index kept up to date answers as a new one.

use std::sync::Arc;

use lamplit::capsule::{Essay, build};
use lamplit::markup::markdown::MarkdownOptions;
use lamplit::search::{Excerpt, Index, IndexOptions, IndexedPage, Query};
use testkit::archive::Random;
use testkit::capsule::{NOW, build_options, capsule, sources_after};

fn options(language: &str) -> IndexOptions {
    IndexOptions { language: language.to_owned(), markdown: MarkdownOptions::STANDARD }
}

/// Returns the names of the essays found, best first; behind a `~` if they meet only some of the query.
fn names(index: &Index, typed: &str) -> String {
    let found = index.search(&Query::read(typed), &|_| true, 0..usize::MAX);
    let names = found.pages.iter().map(|&page| match index.page(page).expect("a page") {
        IndexedPage::Essay(essay) if essay.base.is_folder() => essay.base.as_str(),
        IndexedPage::Essay(essay) => essay.base.name(),
        IndexedPage::Folder { address, .. } => address.as_str(),
    });
    let names = names.collect::<Vec<_>>().join(" ");
    assert_eq!(found.total, found.pages.len(), "{typed}");
    if !found.complete && found.total > 0 { format!("~ {names}") } else { names }
}

const ESSAYS: &[(&str, &str)] = &[
    (
        "skin.md",
        "---\ntitle: The Soft Skin\ndate: 2024-05-01\ntags: [Cinema, Truffaut]\n---\nA lift, a *couple*, and hands. \
         Truffaut’s directing is slow.\n",
    ),
    (
        "jules.md",
        "---\ndate: 2023-03-01\ntags: Truffaut\n---\n# Jules and Jim\n\nThree friends, soft light.\n\nSkin deep.\n",
    ),
    (
        "sky.md",
        "---\ndate: 2023-01-01\nsummary: On skies\n---\n# Clouds\n\nCities under a café sky; naïve `fn sky_line()`.\n",
    ),
    ("tokyo.md", "---\nlang: ja\ndate: 2022-01-01\n---\n# 東京物語\n\n小津安二郎の映画です。京都ではない。\n"),
    ("nation.md", "---\nlang: es\ndate: 2021-01-01\n---\n# Las naciones\n\nUna nación, el corazón.\n"),
    ("notes.gmi", "# Notes\n=> x About lifts and 1.75.0.\n"),
    ("hidden.md", "---\ndraft: true\n---\n# Secret\n\nXylophone soft skin.\n"),
    ("future.md", "---\ndate: 2030-01-01\n---\n# Zeppelin\n\nSoft skin.\n"),
];

#[test]
fn form_of_a_word_is_found_in_its_language() {
    for (language, written, form, is_found) in [
        ("", "films", "film", true),
        ("en", "directing", "directed", true),
        ("en-GB", "cities", "city", true),
        ("de", "häuser", "haus", true),
        ("pt_BR", "cantamos", "cantando", true),
        ("nb", "husene", "hus", true),
        ("ru", "книгами", "книг", true),
        ("ja", "films", "film", false),
        ("x-klingon", "films", "film", false),
        ("english", "films", "film", false),
    ] {
        let capsule = capsule(&[("a.md", format!("{written} end"))]);
        // The last word of a query may be the start of a longer one.
        let found = names(&Index::of(&capsule, &options(language)), &format!("{form} end"));
        assert_eq!(found == "a", is_found, "{language} {form}: {found}");
    }
}

#[test]
fn query_finds_essays_in_order() {
    let capsule = capsule(ESSAYS);
    let index = Index::of(&capsule, &options("en"));
    for (typed, expected) in [
        ("", ""),
        ("soft skin", "skin jules"),
        ("\"soft skin\"", "skin"),
        ("\"skin deep\"", "jules"),
        ("\"light skin\"", ""),
        ("soft -truffaut", ""),
        ("soft -cinema", "jules"),
        ("-soft year:2023", "sky"),
        ("tag:truffaut", "skin jules"),
        ("tag:TRUFFAUT year:2024", "skin"),
        ("tag:truffaut -year:2024", "jules"),
        ("year:2021-2022", "tokyo nation"),
        ("year:1999", ""),
        // Forms, in the language of the essays.
        ("direct", "skin"),
        ("directs couples", "skin"),
        ("city", "sky"),
        ("lift", "skin notes"),
        ("nacion", "nation"),
        ("corazon", "nation"),
        // Case and accents.
        ("CAFE", "sky"),
        ("naive café", "sky"),
        ("SOFT Skin", "skin jules"),
        // The beginning of the last word.
        ("truf", "skin jules"),
        ("truf soft", "~ skin jules"),
        ("sky_lin", "sky"),
        ("\"truf\"", ""),
        // Scripts without spaces.
        ("東京", "tokyo"),
        ("東京物語", "tokyo"),
        ("京", "tokyo"),
        ("京都", "tokyo"),
        ("物京", ""),
        ("安二郎の映画", "tokyo"),
        // Numbers, code, text files.
        ("1.75", "notes"),
        ("sky_line", "sky"),
        // Some of it, where no essay has all.
        ("soft tokyo", "~ skin jules"),
        ("soft -skin", ""),
        // Hidden essays are not there.
        ("xylophone", ""),
        ("zeppelin", ""),
        ("secret", ""),
    ] {
        assert_eq!(names(&index, typed), expected, "{typed}");
    }
}

#[test]
fn text_is_divided_into_folded_words() {
    let long = "x".repeat(100);
    let accents = "é".repeat(100);
    for (text, typed, is_found) in [
        ("The Soft Skin, 1964.", "\"the soft skin 1964\"", true),
        ("snake_case std::fs example.org 1.75.0", "\"snake case std fs example org 1 75 0\"", true),
        ("snake_case, naïve: std::fs 1.75.0", "\"snake case naive std fs 1 75 0\"", true),
        ("Truffaut's don't l'amour d'un", "\"truffaut dont l amour d un\"", true),
        ("Truffaut’s don’t l’été ‘quoted’", "\"truffaut dont l ete quoted\"", true),
        ("Truffaut’s don’t", "\"truffaut s\"", false),
        ("'quoted' x' 'y", "\"quoted x y\"", true),
        ("東京物語", "\"東京物語\"", true),
        ("東京物語", "\"京物\"", true),
        ("東京物語", "\"東物\"", false),
        ("小津の『東京物語』、1953年", "\"東京物語\" 1953年 小津の", true),
        ("カメラ・オブ", "\"カメラ オブ\"", true),
        ("Rust言語", "\"rust 言語\"", true),
        ("한국어 글", "\"한국어 글\"", true),
        ("हिन्दी में", "\"हिन्दी में\"", true),
        ("мир—Ёлка", "\"мир елка\"", true),
        ("🎉 ok", "\"ok\"", true),
        // Case, accents, ligatures, invisible characters, full and half width.
        ("cafe\u{301} NAÏVE", "\"Café naive\"", true),
        ("Straße Œuvre Łódź", "\"strasse oeuvre lodz\"", true),
        ("İstanbul ﬁlm ΟΔΟΣ", "\"istanbul film οδοσ\"", true),
        ("soft\u{ad}ware Ｌａｍｐ", "\"software lamp\"", true),
        ("ｶﾞﾗｽ が", "\"ガラス\"", true),
        ("हिन्दी", "\"हिनदी\"", false),
        // Very long words are found by their beginning.
        (&long, &long[..64], true),
        (&long, &long[..63], true),
        (&accents, &"e".repeat(32), true),
        (&long, &format!("\"{}\"", &long[..63]), false),
    ] {
        let capsule = capsule(&[("a.md", format!("# Title\n\n{text}\n"))]);
        let found = names(&Index::of(&capsule, &options("")), typed);
        assert_eq!(found == "a", is_found, "{text}: {typed}");
    }
}

#[test]
fn ascii_text_has_the_words_and_hits_that_it_has_beside_another_character() {
    const CHARS: &[u8] = b"aabcdXYZs019''''..__:,;-+#() \t/@$|<>[]=*&^%!?";
    let mut numbers = Random::new(11);
    for _ in 0..60 {
        let text: String = (0..80).map(|_| char::from(CHARS[numbers.below(CHARS.len())])).collect();
        let texts = [("ascii.gmi", format!("# A\nx {text}\n")), ("other.gmi", format!("# B\nx {text} —\n"))];
        let capsule = capsule(&texts);
        let index = Index::of(&capsule, &options("en"));
        let [ascii, other] = capsule.essays() else { panic!("two essays") };
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'');
        for word in words.filter(|word| !word.is_empty()) {
            let found = index.search(&Query::read(&format!("\"{word}\"")), &|_| true, 0..9);
            assert!(matches!(found.pages.len(), 0 | 2), "{word} in {text}");
            let hits = |essay: &Essay| {
                let Excerpt { text, hits } = Excerpt::of(essay, &found.marks, &options("en"));
                hits.into_iter().map(|hit| (hit.start, text[hit].to_owned())).collect::<Vec<_>>()
            };
            assert_eq!(hits(ascii), hits(other), "{word} in {text}");
        }
    }
}

#[test]
fn any_query_has_a_meaning() {
    let capsule = capsule(&[
        (
            "a.md",
            "---\ntags: [C++, Hong Kong]\ndate: 2020-01-01\n---\n# Alpha\n\nThe soft skin in std::fs, a lift, d'été.\n",
        ),
        ("b.md", "---\ndate: 2019-01-01\n---\n# Beta\n\nSkin so soft. A lifted tag, soon.\n"),
    ]);
    let index = Index::of(&capsule, &options("en"));
    for (typed, expected) in [
        (" \t\r\n\0 ", ""),
        ("?!- \"\" -\"\"", ""),
        ("Soft  Skin", "a b"),
        ("\"Soft Skin\" lift", "a"),
        ("“soft skin” lift", "a"),
        ("lift \"soft skin", "a"),
        ("-\"soft skin\" lift", "b"),
        ("soft-skin lift", "a"),
        ("l'été", ""),
        ("d’été", "a"),
        ("TAG:\"Hong Kong\"", "a"),
        ("tag:hong-kong", "a"),
        ("lift -tag:hong-kong", "b"),
        ("tag:C++", "a"),
        ("tag:", "b"),
        ("year:2019-2021 lift", "a b"),
        ("lift year:2021..2020", "a"),
        ("tag soo", "b"),
        ("std::fs", "a"),
        ("\"soo\"", ""),
        ("soft soft", "b a"),
    ] {
        assert_eq!(names(&index, typed), expected, "{typed:?}");
    }
    for typed in ["ab-".repeat(300), "ab ac-ad ae af".repeat(80), "東".repeat(340), "a ".repeat(600)] {
        assert!(Query::read(&typed).is_cut, "{typed}");
    }
    for typed in ["soft skin".to_owned(), "a ".repeat(30), "year:1-9999 ".repeat(30)] {
        assert!(!Query::read(&typed).is_cut, "{typed}");
    }
    let query = Query::read("trufaut \"soft skin\" -trufaut year:1964");
    assert_eq!(query.corrected("trufaut", "truffaut"), "truffaut \"soft skin\" -trufaut year:1964");
}

#[test]
fn names_versions_paths_and_addresses_are_found() {
    let filler = "nothing";
    for (text, typed, is_found) in [
        // Words written as one and as several.
        ("The UnsharpMask filter", "unsharp mask", true),
        ("The UnsharpMask filter", "\"unsharp mask\"", true),
        ("The UnsharpMask filter", "unsharpmask", true),
        ("The UnsharpMask filter", "Mask", true),
        ("The UnsharpMask filter", "UnsharpMask filter", true),
        ("An unsharp mask helps", "UnsharpMask", true),
        ("An unsharp-mask helps", "UnsharpMask", true),
        ("An unsharp mask helps", "unsharpmask", true),
        ("An unsharpmask helps", "unsharp mask", true),
        ("An unsharp old mask", "UnsharpMask", false),
        ("HTTPServer and getUserName()", "http server", true),
        ("HTTPServer and getUserName()", "user name", true),
        ("iPhone and x86", "\"i phone\"", false),
        ("In UTF-8", "utf8", true),
        ("In utf8", "utf-8", true),
        ("In utf8", "UTF 8", true),
        ("By email", "e-mail", true),
        ("By e-mail", "email", true),
        ("The frontend", "front end", true),
        ("The front-end", "frontend", true),
        ("JavaScript", "script -java", true),
        // Names with symbols.
        ("Written in C#.", "C#", true),
        ("Written in C++, then", "c++", true),
        ("Written in C, then", "C++ written", true),
        ("F# and C", "F#", true),
        ("C++11 is old", "C++11", true),
        ("On .NET, always", ".NET", true),
        ("On .NET, always", ".net always", true),
        ("A `.gitignore` file", ".gitignore", true),
        ("ASP.NET core", "asp.net", true),
        // Versions.
        ("Version 1.2.3 is out", "1.2.3", true),
        ("Version v1.2.3 is out", "1.2.3", true),
        ("Version 1.2.3 is out", "v1.2.3", true),
        ("Version 1.2.3 is out", "1.2", true),
        ("Version 1.2.3 is out", "1.3", false),
        ("Version 1.2.30 is out", "\"1.2.3\"", false),
        ("Since Python3 it works", "python 3", true),
        // Paths, hosts and destinations of links.
        ("Edit /etc/nginx/nginx.conf now", "/etc/nginx/nginx.conf", true),
        ("Edit src/main.rs now", "src/main.rs", true),
        ("Edit src/main.rs now", "main.rs", true),
        ("See [there](https://www.example.org/a/soft-skin?x=1#y)", "example.org", true),
        ("See [there](https://www.example.org/a/soft-skin?x=1#y)", "https://example.org/a/soft-skin", true),
        ("See [there](https://www.example.org/a/soft-skin?x=1#y)", "www.example.org", true),
        ("See [there](https://www.example.org/a/soft-skin?x=1#y)", "\"example org x\"", false),
        ("See ![a](pictures/lamp-post.jpg)", "lamp-post.jpg", true),
        ("Write to [me](mailto:ada@example.org)", "ada@example.org", true),
        ("See gemini://geminiprotocol.net/docs/", "geminiprotocol.net", true),
    ] {
        let capsule = capsule(&[("a.md", format!("# Title\n\n{text}\n")), ("b.md", format!("# B\n\n{filler}\n"))]);
        let found = names(&Index::of(&capsule, &options("en")), typed);
        assert_eq!(found.split(' ').next() == Some("a"), is_found, "{text}: {typed}: {found}");
    }
}

#[test]
fn exact_word_ranks_before_a_part_of_a_word() {
    let capsule = capsule(&[
        ("island.md", "# Island\n\nJava is an island.\n"),
        ("web.md", "# Web\n\nJavaScript, JavaScript and JavaScript.\n"),
    ]);
    let index = Index::of(&capsule, &options("en"));
    for (typed, expected) in
        [("java", "island web"), ("java script", "web"), ("javascript", "web"), ("-java web", "web")]
    {
        assert_eq!(names(&index, typed), expected, "{typed}");
    }
}

#[test]
fn misspelt_word_finds_the_nearest_one() {
    let capsule = capsule(ESSAYS);
    let index = Index::of(&capsule, &options("en"));
    for (typed, expected) in [
        ("trufaut", "skin jules"),
        ("truffuat", "skin jules"),
        ("triffaut", "skin jules"),
        ("ruffaut", "skin jules"),
        ("truffaaut", "skin jules"),
        ("freinds", "jules"),
        ("cluods", "sky"),
        ("dircting slow", "skin"),
        ("frends ligth", "jules"),
        // Short words, phrases and excluded words are taken as they are.
        ("sofd", ""),
        ("\"trufaut\"", ""),
        ("soft -trufaut", "skin jules"),
    ] {
        assert_eq!(names(&index, typed), expected, "{typed}");
    }
}

#[test]
fn introductions_and_folders_are_found() {
    let capsule = capsule(&[
        ("index.md", "# Ada\n\nI write about lanterns.\n"),
        ("films/index.md", "# Cinema\n\nWhat I saw, with popcorn.\n"),
        ("films/skin.md", "# The Soft Skin\n\nA lift.\n"),
        ("walking-tours/alps.md", "# Alps\n\nSnow.\n"),
        ("hidden/index.md", "---\nunlisted: true\n---\n# Attic\n\nDust.\n"),
        ("hidden/a.md", "# A\n\nText.\n"),
    ]);
    let index = Index::of(&capsule, &options("en"));
    for (typed, expected) in [
        ("popcorn", "/films/"),
        ("cinema", "/films/"),
        ("lanterns", "/"),
        ("walking tours", "/walking-tours/"),
        ("tour", "/walking-tours/"),
        ("dust", ""),
        ("attic", ""),
    ] {
        assert_eq!(names(&index, typed), expected, "{typed}");
    }
}

#[test]
fn translations_take_one_place_and_equals_come_in_the_language_of_the_capsule() {
    let essay = |text: &str| format!("# Camera obscura\n\n{text}\n");
    let capsule = capsule(&[
        ("camera.md", format!("---\nlang: en\n---\n{}", essay("A box."))),
        ("camera.de.md", essay("Ein Kasten.")),
        ("camera.fr.md", essay("Une caisse.")),
        ("other.md", "# Other\n\nThe camera.\n".to_owned()),
    ]);
    for (language, typed, expected) in [
        ("en", "camera obscura", "camera"),
        ("de", "camera obscura", "camera.de"),
        ("fr", "camera obscura", "camera.fr"),
        ("en", "camera", "camera other"),
        ("en", "kasten", "camera.de"),
        ("en", "obscura lang:de", "camera.de"),
        ("en", "obscura -lang:de -lang:en", "camera.fr"),
    ] {
        assert_eq!(names(&Index::of(&capsule, &options(language)), typed), expected, "{language} {typed}");
    }
}

#[test]
fn excerpt_shows_different_words_and_whole_clauses() {
    let far = "Filler words stand here, one after the other. ".repeat(12);
    let text = format!(
        "# A\n\n{far}\n\nAfter a long start, which says little, the lantern burns; it burns all night. {far}\n\n\
         {far}At last the moth comes, as moths do. {far}\n"
    );
    let capsule = capsule(&[("a.md", &text)]);
    let index = Index::of(&capsule, &options(""));
    let lantern = "the lantern burns; it burns all night.";
    let moth = "At last the moth comes, as moths do.";
    for (typed, expected) in [("lantern moth", &[lantern, " … ", moth][..]), ("moth", &[moth])] {
        let found = index.search(&Query::read(typed), &|_| true, 0..1);
        let excerpt = Excerpt::of(&capsule.essays()[0], &found.marks, &options(""));
        assert!(expected.iter().all(|part| excerpt.text.contains(part)), "{typed}: {}", excerpt.text);
        assert!(excerpt.text.chars().count() <= 200, "{}", excerpt.text);
    }
}

#[test]
fn words_are_found_far_into_long_essays_and_many_essays() {
    let long = format!("{}needle in hay. {}Needle of pine.\n", "hay ".repeat(20_000), "hay ".repeat(300));
    let mut files: Vec<(String, String)> =
        (0..400).map(|n| (format!("e{n:03}.md"), format!("# {n}\n\nStraw {n}.\n"))).collect();
    files.push(("z.md".to_owned(), long));
    let capsule = capsule(&files);
    let index = Index::of(&capsule, &options(""));
    for (typed, expected) in [
        ("\"needle of pine\"", "z"),
        ("\"hay needle in hay\"", "z"),
        ("\"straw 399\"", "e399"),
        ("\"needle pine\"", ""),
    ] {
        assert_eq!(names(&index, typed), expected, "{typed}");
    }
}

#[test]
fn hidden_words_are_neither_counted_nor_suggested() {
    let capsule = capsule(ESSAYS);
    let index = Index::of(&capsule, &options("en"));
    let all = |_: u32| true;
    let gopher = |number: u32| capsule.essays()[number as usize].base.name() != "sky";
    for (typed, visible, expected) in [
        ("xylophon", &all as &dyn Fn(u32) -> bool, &[][..]),
        ("zepelin", &all, &[]),
        ("truffeaut", &all, &["truffaut"]),
        ("Clouts", &all, &["clouds"]),
        ("Clouts", &gopher, &[]),
        ("cefe", &all, &["café"]),
        ("zz", &all, &[]),
        ("#cinema", &all, &[]),
    ] {
        let suggested = index.search(&Query::read(typed), visible, 0..1).suggestions;
        let words: Vec<&str> = suggested.iter().flat_map(|s| &s.instead).map(String::as_str).collect();
        assert_eq!(words, expected, "{typed}");
    }
    let count = |visible: &dyn Fn(u32) -> bool| index.search(&Query::read("skin soft"), visible, 0..1).words;
    assert_eq!(count(&all), [("skin".to_owned(), 2), ("soft".to_owned(), 2)]);
    let without = |number: u32| capsule.essays()[number as usize].base.name() != "jules";
    assert_eq!(count(&without), [("skin".to_owned(), 1), ("soft".to_owned(), 1)]);
}

#[test]
fn only_some_words_of_a_query_get_suggestions() {
    let capsule = capsule(ESSAYS);
    let index = Index::of(&capsule, &options("en"));
    // Each letter makes another misspelling of one word.
    let typed: Vec<String> = ('a'..='z').map(|letter| format!("truffaut{letter}")).collect();
    let suggested = index.search(&Query::read(&typed.join(" ")), &|_| true, 0..1).suggestions;
    let words: Vec<&str> = suggested.iter().map(|suggestion| suggestion.word.as_str()).collect();
    // The first is a form of the name in Spanish, the language of one essay.
    assert_eq!(words, ["truffautb", "truffautc", "truffautd"]);
}

#[test]
fn excerpt_shows_the_hit() {
    let capsule = capsule(ESSAYS);
    let index = Index::of(&capsule, &options("en"));
    for (typed, expected) in [
        ("couple", "A lift, a [couple], and hands. Truffaut’s directing is slow."),
        ("direct", "A lift, a couple, and hands. Truffaut’s [directing] is slow."),
        ("jules", "Three friends, soft light."),
        ("clouds", "On skies"),
        ("小津", "[小津]安二郎の映画です。京都ではない。"),
        ("安二郎の映画", "小津[安二郎の映画]です。京都ではない。"),
    ] {
        let found = index.search(&Query::read(typed), &|_| true, 0..1);
        let essay = &capsule.essays()[found.pages[0] as usize];
        let excerpt = Excerpt::of(essay, &found.marks, &options("en"));
        let mut shown = excerpt.text.clone();
        for hit in excerpt.hits.iter().rev() {
            shown.insert(hit.end, ']');
            shown.insert(hit.start, '[');
        }
        assert_eq!(shown, expected, "{typed}");
    }
}

#[test]
fn long_text_is_cut_around_the_hit() {
    let words = |n: usize| (0..n).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
    let text = format!("# A\n\n{} lamp {}\n", words(100), words(100));
    let capsule = capsule(&[("a.md", &text)]);
    let index = Index::of(&capsule, &options(""));
    let found = index.search(&Query::read("lamp"), &|_| true, 0..1);
    let excerpt = Excerpt::of(&capsule.essays()[0], &found.marks, &options(""));
    assert!(excerpt.text.starts_with("…word9") && excerpt.text.ends_with('…'), "{}", excerpt.text);
    assert!(excerpt.text.chars().count() <= 190 && excerpt.text.contains(" lamp "), "{}", excerpt.text);
    assert_eq!(&excerpt.text[excerpt.hits[0].clone()], "lamp");
}

const VOCABULARY: [&str; 14] = [
    "lamp",
    "lamps",
    "lamplight",
    "soft",
    "skin",
    "skins",
    "film",
    "filmed",
    "café",
    "cafe",
    "東京",
    "物語",
    "night",
    "the",
];

fn essay(numbers: &mut Random) -> String {
    let words: Vec<&str> = (0..=numbers.below(30)).map(|_| VOCABULARY[numbers.below(14)]).collect();
    let head =
        format!("---\ndate: {}-01-01\ntags: [{}]\n---\n", 2000 + numbers.below(3), VOCABULARY[numbers.below(14)]);
    format!("{head}# {}\n\n{}\n", VOCABULARY[numbers.below(14)], words.join(" "))
}

#[test]
fn updated_index_answers_as_a_new_one() {
    let mut numbers = Random::new(7);
    let mut files: Vec<(String, String)> = (0..40).map(|n| (format!("e{n}.md"), essay(&mut numbers))).collect();
    let mut snapshot = capsule(&files);
    let mut index = Index::of(&snapshot, &options("en"));
    for round in 0..120 {
        for _ in 0..=numbers.below(3) {
            match numbers.below(4) {
                0 => files.push((format!("n{round}-{}.md", files.len()), essay(&mut numbers))),
                1 if files.len() > 5 => {
                    files.swap_remove(numbers.below(files.len()));
                }
                _ => {
                    let at = numbers.below(files.len());
                    files[at].1 = essay(&mut numbers);
                }
            }
        }
        let sources = sources_after(&snapshot, &files);
        let next = Arc::new(build(&sources, &build_options(NOW), Some(&snapshot)).0);
        index = index.updated(&next, &options("en"));
        snapshot = next;
        let fresh = Index::of(&snapshot, &options("en"));
        assert!(index.bytes() < 2 * fresh.bytes(), "{} bytes, {} anew", index.bytes(), fresh.bytes());
        for typed in
            ["lamp", "soft skin", "\"the night\"", "film -lamp", "tag:soft", "year:2001 caf", "東京物語", "the zzz"]
        {
            let query = Query::read(typed);
            let ask = |index: &Index| index.search(&query, &|essay| essay % 7 != 3, 0..20);
            assert_eq!(ask(&index), ask(&fresh), "round {round}: {typed}");
        }
    }
}
