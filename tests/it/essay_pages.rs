//! The page of an essay as readers see it: its lede, its foot, its labels, and our words in the author's language.

use lamplit::render::words::Words;
use lamplit::site::{Medium, Site, SiteOptions};

use testkit::capsule::{capsule, site, site_options};

use crate::feeds::page;

fn gemini(site: &Site, at: &str) -> String {
    page(site, at, Medium::Gemini).unwrap_or_else(|| panic!("{at} is no page")).1
}

/// Returns the page of `text` as one of two essays, over Gemini.
fn alone(text: &str) -> String {
    gemini(&site(&[("a.md", text), ("b.md", "# B\n\nb"), ("lamp.png", "x"), ("films/c.md", "# C\n\nc")]), "/a.gmi")
}

fn words_in(language: &str) -> Words {
    Words::default().in_language(language)
}

#[test]
fn lede_is_the_description_or_the_first_paragraph_and_pictures_follow_it() {
    const LAMP: &str = "=> /lamp.png A lamp [image]\n";
    for (text, expected) in [
        ("# A\n\n![A lamp](lamp.png)\n\nFirst words.\n\nMore.", format!("# A\n\nFirst words.\n\n{LAMP}\nMore.\n")),
        ("# A\n\nFirst words.\n\n![A lamp](lamp.png)\n\nMore.", format!("# A\n\nFirst words.\n\n{LAMP}\nMore.\n")),
        (
            "---\ndescription: In *short*.\n---\n# A\n\n![A lamp](lamp.png)\n\nFirst words.",
            format!("# A\n\nIn short.\n\n{LAMP}\nFirst words.\n"),
        ),
        (
            "---\ncover: {image: lamp.png, alt: A lamp}\n---\n# A\n\nSee [it](b.md).\n\nMore.",
            format!("# A\n\nSee it.\n\n=> /b.gmi it\n\n{LAMP}\nMore.\n"),
        ),
        (
            "---\ncover: {image: lamp.png, alt: A lamp}\nsummary: In short\n---\nFirst words.",
            format!("# A\n\nIn short\n\n{LAMP}\nFirst words.\n"),
        ),
        ("---\ncover: lamp.png\n---\n# A\n\nWords.\n\n![A lamp](lamp.png)", format!("# A\n\nWords.\n\n{LAMP}")),
        ("---\ncover: {image: lamp.png, alt: A lamp}\n---\n# A\n\n## Part\n\nx", format!("# A\n\n{LAMP}\n## Part\n")),
        ("---\ndescription: First WORDS\n---\n# A\n\nFirst words, and more.", "# A\n\nFirst words, and more.\n".into()),
        (
            "---\ndescription: First words. And so on\n---\n# A\n\nFirst words.\n\nx",
            "# A\n\nFirst words.\n\nx\n".into(),
        ),
        (
            "# A\n\n![A lamp](lamp.png)\n\n*The lamp of the keeper*\n\nx.",
            format!("# A\n\n{LAMP}\nThe lamp of the keeper\n"),
        ),
        ("# A\n\n![A lamp](lamp.png)\n\nThe keeper, 1954\n\nx.", format!("# A\n\n{LAMP}\nThe keeper, 1954\n")),
        ("# A\n\n![A lamp](lamp.png)\n\n> Words.\n", format!("# A\n\n{LAMP}\n> Words.\n")),
    ] {
        let page = alone(text);
        assert!(page.starts_with(&expected), "{text}\n--- gives\n{page}");
    }
}

#[test]
fn way_home_of_the_author_is_the_only_one() {
    for (last, label) in [
        ("[← Home](/)", "← Home"),
        ("← [Index](index.md)", "← Index"),
        ("← Back to all essays", "← Back to all essays"),
        ("Back to the list", "Back to the list"),
        ("[Zurück zur Startseite](/)", "Zurück zur Startseite"),
        ("← Alle Texte", "← Alle Texte"),
        ("Retour à l’accueil", "Retour à l’accueil"),
        ("[Вернуться к списку](../)", "Вернуться к списку"),
        ("[返回首页](/)", "返回首页"),
        ("Go [home](/index.html)", "Go home"),
        ("---\n\n[**Lamps**](/)", "Lamps"),
        ("*[⌂](/)*", "⌂"),
    ] {
        let page = alone(&format!("# A\n\nSome words.\n\n{last}\n"));
        let expected = format!("# A\n\nSome words.\n\n---\n1 min read\n\n=> / {label}\n");
        assert_eq!(page, expected, "{last}");
        let page = alone(&format!("# A\n\n{}\n\nSome words.\n", last.trim_start_matches("---\n\n")));
        assert_eq!(page.matches("=> / ").count(), usize::from(page.contains("=> / ")), "{page}");
    }
    for (last, kept) in [
        ("[← Home](/) · [B](b.md)", "=> / ← Home\n=> /b.gmi B\n\n---\n1 min read\n"),
        ("- [Home](/)\n- [B](b.md)", "=> / Home\n=> /b.gmi B\n\n---\n1 min read\n"),
    ] {
        let page = alone(&format!("# A\n\nSome words.\n\n{last}\n"));
        assert!(page.ends_with(kept), "{page}");
    }
    for last in ["Home again.", "See the [list](/) of all that was ever written here.", "Back to work!", "Homes"] {
        let page = alone(&format!("# A\n\nSome words.\n\n{last}\n"));
        assert!(page.ends_with("=> / ← Back to all essays\n"), "{page}");
    }
    let native = site(&[("a.gmi", "# A\n\nWords.\n\n=> / Home\n"), ("b.md", "# B\n\nb")]);
    assert_eq!(gemini(&native, "/a.gmi"), "# A\n\nWords.\n\n=> / Home\n\n---\n1 min read\n");
}

#[test]
fn foot_names_other_authors_later_changes_and_the_folder() {
    let files = [
        ("index.md", "---\nauthor: Ada\n---\n# Lamps\n"),
        ("films/_index.md", "# Films\n"),
        ("films/own.md", "---\ndate: 2024-05-01\nauthor: ada\n---\n# Own\n\nx"),
        ("films/guest.md", "---\ndate: 2024-05-02\nauthors: [Ada, Grace]\nlastmod: 2024-06-01\n---\n# Guest\n\nx"),
        ("films/same.md", "---\ndate: 2024-05-03T08:00:00Z\nupdated: 2024-05-03T20:00:00Z\n---\n# Same\n\nx"),
    ];
    let site = site(&files);
    for (at, expected) in [
        (
            "/films/own.gmi",
            "---\n2024-05-01 · 1 min read\n\n=> /films/guest.gmi → Newer: Guest\n=> /films/ ↑ Up: Films\n",
        ),
        ("/films/guest.gmi", "---\n2024-05-02 · 1 min read · by Ada, Grace · updated 2024-06-01\n"),
        ("/films/same.gmi", "---\n2024-05-03 · 1 min read\n"),
    ] {
        assert!(gemini(&site, at).contains(expected), "{}", gemini(&site, at));
    }
    let options = SiteOptions { author: Some("Grace".to_owned()), ..site_options() };
    let site = Site::new(capsule(&files), &options, None);
    assert!(gemini(&site, "/films/own.gmi").contains("read · by ada\n"));
    // Without a stated author, one that all essays name is the author of the capsule.
    for (names, shown) in [(["Ada", "Ada"], false), (["Ada", "Grace"], true)] {
        let [a, b] = names.map(|name| format!("---\nauthor: {name}\n---\nx"));
        let site = testkit::capsule::site(&[("a.md", &*a), ("b.md", &*b)]);
        assert_eq!(gemini(&site, "/a.gmi").contains(" · by Ada"), shown);
    }
}

#[test]
fn no_two_destinations_of_a_page_have_one_label() {
    for (text, expected) in [
        ("[one](https://a.example/x)\n\ntext\n\n[one](https://a.example/y)", vec!["one", "one (y)"]),
        ("See [it](b.md) now.\n\ntext\n\nSee [it](films/c.md).", vec!["it", "it (c.gmi)"]),
        ("![](75f87706-0d4b.png)\n\nx\n\n![](85f87706-0d4b.png)", vec!["Picture [image]", "Picture 2 [image]"]),
        (
            "![](IMG_1.jpg)\n\n![](IMG_2.jpg)\n\n![](IMG_3.jpg)",
            vec!["Picture [image]", "Picture 2 [image]", "Picture 3 [image]"],
        ),
        ("![Shot](day.png)\n\n![Shot](night.png)", vec!["Shot [image]", "Shot (night) [image]"]),
        ("![DSC0001.JPG](DSC0001.JPG)", vec!["Picture [image]"]),
        ("[same](https://a.example/1) [same](https://b.example/1)", vec!["same (1)", "same (b.example)"]),
        (
            "[c](https://a.example/deadbeefcafe0123) [c](https://a.example/deadbeefcafe0124)",
            vec!["c (a.example)", "c (a.example/deadbeefcafe0124)"],
        ),
        ("- [a](https://a.example/x)\n- [a](https://a.example/y)", vec!["a", "a (y)"]),
        ("[here](https://a.example/x)\n\nx\n\n[here](https://a.example/y)", vec!["here (a.example)", "here (y)"]),
    ] {
        let page = alone(text);
        let lines = page.split("\n---\n").next().unwrap_or_default().lines();
        let labels: Vec<&str> =
            lines.filter_map(|line| line.strip_prefix("=> ")?.split_once(' ').map(|two| two.1)).collect();
        assert_eq!(labels, expected, "{text}");
    }
}

#[test]
fn destination_has_one_line_in_neighbouring_blocks() {
    for (text, lines) in [
        ("See [it](b.md).\n\nAnd [that](b.md).", 1),
        ("See [it](b.md).\n\nWords.\n\nAnd [that](b.md).", 2),
        ("See [it](b.md).\n\nAnd [that](b.md).\n\nAnd [again](b.md).", 2),
        ("> See [it](b.md).\n\nAnd [that](b.md).", 1),
        ("- See [it](b.md), x\n\nAnd [that](b.md).", 1),
        ("## See [it](b.md)\n\nAnd [that](b.md).", 1),
        ("[it](b.md)\n\nAnd [that](b.md).", 1),
        ("See [it](b.md).\n\n[The essay on oil](b.md)", 2),
        ("See [A lamp](lamp.png).\n\nSee [A lamp](lamp.png), ![A lamp](lamp.png), here.", 1),
        ("See ![A lamp](lamp.png) here.\n\n| a |\n|---|\n| [b](lamp.png) |", 1),
    ] {
        let page = alone(text);
        let (body, _) = page.split_once("\n---\n").unwrap_or_default();
        assert_eq!(body.matches("\n=> ").count(), lines, "{text} gives\n{body}");
    }
}

#[test]
fn label_that_says_nothing_in_any_language_is_completed() {
    let generic = "here|this link|hier|weiterlesen|ici|cet article|aquí|qui|aqui|hier|tutaj|здесь|тут|burada|هنا|כאן|اینجا|यहाँ|这里|\
                   點這裡|こちら|ここ|여기|Здесь|ICI|här|tässä|εδώ|»här«";
    for label in generic.split('|') {
        let page = alone(&format!("See [{label}](https://a.example/p)."));
        assert!(page.contains(&format!("=> https://a.example/p {label} (a.example)\n")), "{page}");
    }
    for label in ["The plan", "hereafter", "Hierarchie", "Там вдали", "灯", "v2.1", "C++"] {
        let page = alone(&format!("See [{label}](https://a.example/p)."));
        assert!(page.contains(&format!("=> https://a.example/p {label}\n")), "{page}");
    }
}

#[test]
fn every_language_has_every_word() {
    let english: Vec<&str> = Words::keys().to_vec();
    assert_eq!(Words::languages().count(), 18);
    for language in Words::languages() {
        let words = words_in(language);
        for key in &english {
            let value = words.get(key);
            assert!(!value.is_empty(), "{language} has no {key}");
            let places = |text: &str| -> Vec<bool> { (1..4).map(|at| text.contains(&format!("{{{at}}}"))).collect() };
            let (own, expected) = (places(value), places(words_in("en").get(key)));
            // Some languages say "one essay" in one word; `partly` counts with `{2}`.
            assert!(own == expected || ["found", "partly"].contains(key), "{language}.{key}: {value}");
            assert!(language == "en" || value != words_in("en").get(key) || key.len() < 7, "{language}.{key}: {value}");
        }
    }
    assert_eq!(words_in("pt-BR").get("tags"), "Etiquetas");
    assert_eq!(words_in("tlh").get("tags"), "Tags");
}

#[test]
fn counts_take_the_plural_form_of_the_language() {
    for (language, expected) in [
        ("en", "1 essay|2 essays|5 essays|11 essays|21 essays|100 essays"),
        ("de", "1 Text|2 Texte|5 Texte|11 Texte|21 Texte|100 Texte"),
        ("fr", "1 texte|2 textes|5 textes|11 textes|21 textes|100 textes"),
        ("pl", "1 tekst|2 teksty|5 tekstów|11 tekstów|21 tekstów|100 tekstów"),
        ("ru", "1 текст|2 текста|5 текстов|11 текстов|21 текст|100 текстов"),
        ("uk", "1 текст|2 тексти|5 текстів|11 текстів|21 текст|100 текстів"),
        ("ar", "مقال واحد|مقالان|5 مقالات|11 مقالًا|21 مقالًا|100 مقال"),
        ("he", "מאמר אחד|שני מאמרים|5 מאמרים|11 מאמרים|21 מאמרים|100 מאמרים"),
        ("tr", "1 yazı|2 yazı|5 yazı|11 yazı|21 yazı|100 yazı"),
        ("ja", "1 件の記事|2 件の記事|5 件の記事|11 件の記事|21 件の記事|100 件の記事"),
    ] {
        let words = words_in(language);
        let shown = [1, 2, 5, 11, 21, 100].map(|count| words.counted("found", count, &[&count.to_string()]));
        assert_eq!(shown.join("|"), expected, "{language}");
    }
}

#[test]
fn pages_speak_the_language_of_their_text() {
    let files = [
        ("index.md", "# Lampen\n"),
        ("a.md", "---\ndate: 2024-05-01\ntags: [Öl]\n---\n# A\n\n![](x.png) und `x`"),
        ("b.md", "---\ndate: 2023-05-01\nlang: fr\ntags: [Öl]\n---\n# B\n\nVoir [a](a.md)."),
        ("x.png", "x"),
    ];
    let words = Words::default().with_own([("archive".to_owned(), "Chronik".to_owned())]);
    let options = SiteOptions { language: "de-AT".to_owned(), words, ..site_options() };
    let site = Site::new(capsule(&files), &options, None);
    for (at, expected) in [
        ("/", "\n\n=> /archive/ Chronik\n=> /tags/ Schlagwörter\n=> /search Suche\n=> /atom.xml Atom-Feed\n"),
        ("/archive/", "# Chronik\n\n```Texte pro Jahr als Balken;"),
        ("/tags/", "# Schlagwörter\n\n=> /tags/öl/ Öl (2)\n\n=> / ← Zurück zu allen Texten\n"),
        (
            "/a.gmi",
            "=> /x.png x [Bild]\n\n---\n2024-05-01 · 1 Min. Lesezeit\n=> /tags/öl/ Schlagwort: Öl\n\n=> /b.gmi ← Älter: B\n=> / ← Zurück zu allen Texten\n",
        ),
        (
            "/b.gmi",
            "---\n2023-05-01 · 1 min de lecture\n=> /tags/öl/ Mot-clé : Öl\n\n=> /a.gmi → Plus récent : A\n=> / ← Retour à tous les textes\n",
        ),
    ] {
        let page = gemini(&site, at).replace("%C3%B6", "ö");
        assert!(page.contains(expected), "{at}\n{page}");
    }
    let text = page(&site, "/b.txt", Medium::Gopher).expect("a text").1;
    assert!(
        text.contains("2023-05-01 · 1 min de lecture · Öl\r\n") && text.contains("\r\nRéférences\r\n----------\r\n"),
        "{text}"
    );
    assert_eq!(site.search_prompt(), "Lampen durchsuchen: Wörter, \"eine Wendung\", -ohne, tag:Name, year:2024");
    let found = String::from_utf8(site.results("und", 1, Medium::Gemini).bytes.to_vec()).expect("UTF-8");
    assert!(found.starts_with("# Suche: und\n\n1 Text\n"), "{found}");
}
