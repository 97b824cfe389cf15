//! Dates and front matter, in the dialects of Hugo, Zola, Jekyll, Eleventy, Obsidian and generators of capsules.

use lamplit::capsule::{Capsule, EssayDate, FrontMatterKeys, HiddenReason, Metadata, build};
use testkit::capsule::{NOW, build_options, source};
use time::UtcOffset;

fn built(name: &str, text: &str, keys: &[(&str, &str)]) -> (Capsule, Vec<String>) {
    let mut options = build_options(NOW);
    options.keys = FrontMatterKeys::new(keys.iter().map(|(usual, own)| ((*usual).to_owned(), (*own).to_owned())));
    let (capsule, problems) = build(&[source(name, text)], &options, None);
    (capsule, problems.iter().map(ToString::to_string).collect())
}

fn metadata(head: &str, keys: &[(&str, &str)]) -> Metadata {
    let fence = if head.contains(" = ") { "+++" } else { "---" };
    let text = format!("{fence}\n{head}\n{fence}\nText.\n");
    let (capsule, problems) = built("notes/one.md", &text, keys);
    assert!(problems.is_empty(), "{head}: {problems:?}");
    capsule.read.values().next().expect("it was read").metadata.clone()
}

/// Returns the metadata that a head states, on one line.
fn said(head: &str, keys: &[(&str, &str)]) -> String {
    let metadata = metadata(head, keys);
    let mut said = Vec::new();
    let mut say = |name: &str, value: Option<String>| {
        said.extend(value.filter(|value| !value.is_empty()).map(|value| format!("{name} {value}")));
    };
    say("title", metadata.title.clone());
    say("date", metadata.date.map(|date| date.to_rfc3339()));
    say("updated", metadata.updated.map(|date| date.to_string()));
    say("expiry", metadata.expiry.map(|date| date.to_string()));
    say("draft", (metadata.hidden == Some(HiddenReason::Draft)).then(|| "yes".to_owned()));
    say("unpublished", (metadata.hidden == Some(HiddenReason::Unpublished)).then(|| "yes".to_owned()));
    say("tags", Some(metadata.tags.join("|")));
    say("summary", metadata.summary.clone());
    say("slug", metadata.slug.clone());
    say("web", Some(metadata.web_paths.join("|")));
    say("aliases", Some(metadata.aliases.join("|")));
    say("synonyms", Some(metadata.synonyms.join("|")));
    say("authors", Some(metadata.authors.join("|")));
    say("language", metadata.language.clone());
    say("cover", metadata.cover.as_ref().map(|cover| format!("{}|{}", cover.source, cover.alt)));
    say("series", metadata.series.clone());
    say("order", metadata.series_order.map(|order| order.to_string()));
    say("translation", metadata.translation.clone());
    say("license", metadata.license.clone());
    say("id", metadata.id.clone());
    say("no gemini", metadata.not_over_gemini.then(|| "yes".to_owned()));
    say("no gopher", metadata.not_over_gopher.then(|| "yes".to_owned()));
    said.join(", ")
}

#[test]
fn keys_of_every_dialect_are_read() {
    for (head, expected) in [
        ("title: One", "title One"),
        ("TITLE: 'One: two'", "title One: two"),
        ("title = \"One\"", "title One"),
        ("title: Don&#8217;t say A &amp; B&#10;c <T>", "title Don’t say A & B c <T>"),
        ("title: The <b> tag and AT&T;", "title The <b> tag and AT&T;"),
        // Dates.
        ("date: 2024-05-01", "date 2024-05-01T00:00:00Z"),
        ("Date: 2024-05-01T10:00:00+02:00", "date 2024-05-01T10:00:00+02:00"),
        ("date = 2024-05-01T10:00:00Z", "date 2024-05-01T10:00:00Z"),
        ("date = 2024-05-01", "date 2024-05-01T00:00:00Z"),
        ("date: 2024-05-01 10:00 -0500", "date 2024-05-01T10:00:00-05:00"),
        ("date: \"2024/05/01\"", "date 2024-05-01T00:00:00Z"),
        ("date: 2024", "date 2024-01-01T00:00:00Z"),
        ("publishDate: 2024-05-01", "date 2024-05-01T00:00:00Z"),
        ("pubdate: 2024-05-01", "date 2024-05-01T00:00:00Z"),
        ("published: 2024-05-01", "date 2024-05-01T00:00:00Z"),
        ("date: 2024-05-01\npublished: 2023-01-01", "date 2024-05-01T00:00:00Z"),
        ("published: 2023-01-01\npublishDate: 2022-01-01\n", "date 2022-01-01T00:00:00Z"),
        ("publishedAt: 2024-05-01", "date 2024-05-01T00:00:00Z"),
        ("date-published: 2024-05-01", "date 2024-05-01T00:00:00Z"),
        ("date: Last Modified", ""),
        ("date: git Created", ""),
        ("lastmod: 2024-05-01", "updated 2024-05-01"),
        ("updated = 2024-05-01", "updated 2024-05-01"),
        ("modified: 2024-05-01", "updated 2024-05-01"),
        ("last_modified_at: 2024-05-01", "updated 2024-05-01"),
        ("updatedDate: 2024-05-01", "updated 2024-05-01"),
        ("last_update:\n  date: 2024-05-01\n  author: Ada", "updated 2024-05-01"),
        ("expiryDate: 2024-05-01", "expiry 2024-05-01"),
        ("unpublishdate: 2024-05-01", "expiry 2024-05-01"),
        // Hidden essays.
        ("draft: true", "draft yes"),
        ("draft = true", "draft yes"),
        ("published: false", "unpublished yes"),
        ("publish: false", "unpublished yes"),
        ("publish: true", ""),
        ("render = false", "unpublished yes"),
        ("headless: true", "unpublished yes"),
        ("permalink: false", "unpublished yes"),
        ("build:\n  render: never", "unpublished yes"),
        ("gemini: false", "no gemini yes"),
        ("gopher: false", "no gopher yes"),
        ("[extra]\ngopher = false", "no gopher yes"),
        // Tags.
        ("tags: [Cinema, Hong Kong]", "tags Cinema|Hong Kong"),
        ("Tags:\n  - Cinema\n  - '#lamps'", "tags Cinema|lamps"),
        ("tags: Cinema, Hong Kong", "tags Cinema|Hong Kong"),
        ("tags: cinema lamps", "tags cinema|lamps"),
        ("category: Essays\ntags: [Cinema]", "tags Essays|Cinema"),
        ("tags: [Cinema]\ncategories: [cinema, Lamps]", "tags Cinema|Lamps"),
        ("[taxonomies]\ntags = [\"Cinema\"]\ncategories = [\"Lamps\"]", "tags Lamps|Cinema"),
        // Summaries.
        ("description: Short\nsummary: Long", "summary Short"),
        ("excerpt: Last\nsummary: >\n  Folded\n  twice\n", "summary Folded twice"),
        // Addresses.
        ("slug: soft", "slug soft"),
        ("url: /films/soft/", "web /films/soft/"),
        ("permalink: /films/soft/", "web /films/soft/"),
        ("path = \"2024/05/soft\"", "web 2024/05/soft"),
        ("aliases: [/old/, old/one]", "aliases /old/|old/one"),
        ("redirect_from: /old/", "aliases /old/"),
        ("aliases: [fog.html, Fog]", "aliases fog.html, synonyms Fog"),
        ("aliases:\n  - The Other One\n  - /old/", "aliases /old/, synonyms The Other One"),
        // Authors, languages and pictures.
        ("author: Ada", "authors Ada"),
        ("authors: [Ada, Bo]", "authors Ada|Bo"),
        ("author:\n  name: Ada\n  email: a@example.org", "authors Ada"),
        ("authors:\n  - name: Ada\n  - name: Bo", "authors Ada|Bo"),
        ("lang: fr", "language fr"),
        ("language: pt-BR", "language pt-BR"),
        ("lang: 'fr; charset=x'", ""),
        ("cover: a.jpg\nimage_alt: A lamp", "cover a.jpg|A lamp"),
        ("images: [a.jpg, b.jpg]", "cover a.jpg|"),
        ("cover:\n  image: a.jpg\n  alt: A lamp", "cover a.jpg|A lamp"),
        ("params:\n  cover: a.jpg", "cover a.jpg|"),
        ("[extra]\nimage = \"a.jpg\"", "cover a.jpg|"),
        // The rest.
        ("series: Lamps\nseries_order: 2", "series Lamps, order 2"),
        ("series: [Lamps]\nweight: 3", "series Lamps, order 3"),
        ("weight: 3\npart: 1", "order 1"),
        ("[taxonomies]\nseries = [\"Lamps\"]", "series Lamps"),
        ("translationKey: dusk", "translation dusk"),
        ("license: CC BY 4.0", "license CC BY 4.0"),
        ("rights: CC0", "license CC0"),
        ("id: urn:uuid:1234", "id urn:uuid:1234"),
        ("layout: post\nmath: true\nweights: {a: 1}", ""),
    ] {
        assert_eq!(said(head, &[]), expected, "{head}");
    }
}

#[test]
fn own_key_of_an_archive_is_read() {
    for (head, keys, expected) in [
        ("published_at: 2024-05-01", &[("date", "published_at")][..], "date 2024-05-01T00:00:00Z"),
        ("Published_At: 2024-05-01\ndate: 2020-01-01", &[("date", "published_at")], "date 2024-05-01T00:00:00Z"),
        ("hook: Short\ndescription: Long", &[("description", "hook")], "summary Short"),
        ("[extra]\nwhen = 2024-05-01", &[("date", "extra.when")], "date 2024-05-01T00:00:00Z"),
        ("keywords: [a, b]", &[("tags", "keywords")], "tags a|b"),
        ("date: 2024-05-01", &[("date", "published_at")], "date 2024-05-01T00:00:00Z"),
    ] {
        assert_eq!(said(head, keys), expected, "{head}");
    }
}

#[test]
fn path_dates_an_essay_without_a_date() {
    for (name, head, date, title) in [
        ("2024-05-01-soft.md", "", Some("2024-05-01"), "Soft"),
        ("2024-05-01-soft.md", "date: 2023-01-01", Some("2023-01-01"), "Soft"),
        ("_posts/2024-05-01-soft.md", "", Some("2024-05-01"), "Soft"),
        ("posts/2024-05-01-soft/index.md", "", Some("2024-05-01"), "Soft"),
        ("posts/2023-11-05_some-thing.md", "", Some("2023-11-05"), "Some thing"),
        ("2023-11-05.md", "", Some("2023-11-05"), "2023-11-05"),
        ("20231105.md", "", Some("2023-11-05"), "20231105"),
        ("2023_11_05 lamps.md", "", Some("2023-11-05"), "Lamps"),
        ("2023.11.05 - Lamps.md", "", Some("2023-11-05"), "Lamps"),
        ("2023-11-05 — Lamp-light.md", "", Some("2023-11-05"), "Lamp-light"),
        ("20231105-lamps.md", "", Some("2023-11-05"), "Lamps"),
        ("202311051030 Lamps.md", "", Some("2023-11-05"), "Lamps"),
        ("2023-1-5-lamps.md", "", Some("2023-01-05"), "Lamps"),
        ("13-05-2019-lamps.md", "", Some("2019-05-13"), "Lamps"),
        ("28.11.2026 Lamps.md", "", Some("2026-11-28"), "Lamps"),
        ("05-06-2019-lamps.md", "", None, "05 06 2019 lamps"),
        ("20231305-x.md", "", None, "20231305 x"),
        ("12-monkeys.md", "", None, "12 monkeys"),
        ("1984.md", "", None, "1984"),
        ("10-11-12.md", "", None, "10-11-12"),
        ("Self-attention.md", "", None, "Self-attention"),
        ("GPT-4 and after.md", "", None, "GPT-4 and after"),
        ("the-lamp-room.md", "", None, "The lamp room"),
        ("lamp-light in fog.md", "", None, "Lamp-light in fog"),
        ("snake_case_name.md", "", None, "Snake case name"),
        ("2023/11/05/x.md", "", Some("2023-11-05"), "X"),
        ("blog/2023/11/05/x.md", "", Some("2023-11-05"), "X"),
        ("soft.md", "url: /2024/05/01/soft/", Some("2024-05-01"), "Soft"),
        ("2023/11/x.md", "", None, "X"),
        ("2023-13-05-x.md", "", None, "2023 13 05 x"),
        ("2023-11-05x.md", "", None, "2023 11 05x"),
        ("2023-11-0é.md", "", None, "2023 11 0é"),
        ("soft.md", "", None, "Soft"),
    ] {
        let (capsule, _) = built(name, &format!("---\n{head}\n---\nText.\n"), &[]);
        let essay = capsule.read.values().next().unwrap_or_else(|| panic!("{name}"));
        let found = essay.date.map(|date| date.to_string());
        assert_eq!((found.as_deref(), essay.title.as_str()), (date, title), "{name} {head}");
    }
}

#[test]
fn date_is_read_as_authors_write_it() {
    for (text, expected) in [
        ("2024-05-01", Some(("2024-05-01", "2024-05-01 0:00"))),
        (" 2024-5-1 ", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("2024/05/01", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("2024-05", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("2024", Some(("2024-01-01", "2024-01-01 0:00"))),
        ("2024-05-01T23:30:00-02:00", Some(("2024-05-01", "2024-05-02 1:30"))),
        ("2024-05-01T10:00:00.123Z", Some(("2024-05-01", "2024-05-01 10:00"))),
        ("2024-05-01 10:00", Some(("2024-05-01", "2024-05-01 10:00"))),
        ("2024-05-01 10:00:59 +0200", Some(("2024-05-01", "2024-05-01 8:00"))),
        ("2024-05-01 10:00:00 CET", Some(("2024-05-01", "2024-05-01 10:00"))),
        ("20240501", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("1714557600", Some(("2024-05-01", "2024-05-01 10:00"))),
        ("1714557600123", Some(("2024-05-01", "2024-05-01 10:00"))),
        ("2024.05.01", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("13-05-2019", Some(("2019-05-13", "2019-05-13 0:00"))),
        ("05/13/2019 10:00", Some(("2019-05-13", "2019-05-13 10:00"))),
        ("01.05.2024", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("2024年5月1日", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("2024년 5월 1일", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("May 1, 2024", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("1 May 2024", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("Jul 08 2022", Some(("2022-07-08", "2022-07-08 0:00"))),
        ("Sept. 3rd, 2022", Some(("2022-09-03", "2022-09-03 0:00"))),
        ("August 1st, 2022 1:05 pm", Some(("2022-08-01", "2022-08-01 13:05"))),
        ("Wednesday, May 1, 2024", Some(("2024-05-01", "2024-05-01 0:00"))),
        ("Wed, 01 May 2024 10:00:00 GMT", Some(("2024-05-01", "2024-05-01 10:00"))),
        ("Wed, 01 May 2024 10:00:00 +0200", Some(("2024-05-01", "2024-05-01 8:00"))),
        ("Wed May 01 2024 10:00:00 GMT+0200 (Central)", Some(("2024-05-01", "2024-05-01 8:00"))),
        ("Wed May  1 10:00:00 2024", Some(("2024-05-01", "2024-05-01 10:00"))),
        ("05/06/2024", None),
        ("May 2024", None),
        ("May May 1 2024", None),
        ("1 Mxi 2024", None),
        ("May 32, 2024", None),
        ("13/13/2024", None),
        ("2024-13-01", None),
        ("2023-02-29", None),
        ("24-05-01", None),
        ("2024-05-01 noon", None),
        ("2024-05-01 25:00", None),
        ("yesterday", None),
        ("", None),
        ("é024-05-01", None),
    ] {
        let found = EssayDate::parse(text).map(|date| {
            let utc = date.instant().to_offset(UtcOffset::UTC);
            let minute = format!("{} {}:{:02}", utc.date(), utc.hour(), utc.minute());
            (date.to_string(), minute)
        });
        let found = found.as_ref().map(|(day, utc)| (day.as_str(), utc.as_str()));
        assert_eq!(found, expected, "{text:?}");
    }
}

const DATES_IN_WORDS: &[(&str, &str)] = &[
    ("1. Mai 2024", "2024-05-01"),
    ("Mittwoch, den 1. Mai 2024", "2024-05-01"),
    ("3. März 2024", "2024-03-03"),
    ("12. Jänner 2024", "2024-01-12"),
    ("4. Dez. 2023", "2023-12-04"),
    ("1er mai 2024", "2024-05-01"),
    ("mercredi 1 mai 2024", "2024-05-01"),
    ("le 14 février 2024", "2024-02-14"),
    ("2 août 2024", "2024-08-02"),
    ("mar. 7 mai 2024", "2024-05-07"),
    ("3 juil. 2024", "2024-07-03"),
    ("1 de mayo de 2024", "2024-05-01"),
    ("martes, 7 de mayo de 2024", "2024-05-07"),
    ("2 de enero de 2024", "2024-01-02"),
    ("5 sept. 2024", "2024-09-05"),
    ("1 maggio 2024", "2024-05-01"),
    ("mercoledì 1º maggio 2024", "2024-05-01"),
    ("4 luglio 2024", "2024-07-04"),
    ("6 gennaio 2024", "2024-01-06"),
    ("1 de maio de 2024", "2024-05-01"),
    ("quarta-feira, 1 de maio de 2024", "2024-05-01"),
    ("1º de março de 2024", "2024-03-01"),
    ("9 de outubro de 2024", "2024-10-09"),
    ("1 mei 2024", "2024-05-01"),
    ("woensdag 1 mei 2024", "2024-05-01"),
    ("3 mrt 2024", "2024-03-03"),
    ("8 augustus 2024", "2024-08-08"),
    ("1 maja 2024", "2024-05-01"),
    ("1 maja 2024 r.", "2024-05-01"),
    ("środa, 1 maja 2024 roku", "2024-05-01"),
    ("5 października 2024", "2024-10-05"),
    ("11 listopada 2024", "2024-11-11"),
    ("1 мая 2024", "2024-05-01"),
    ("1 мая 2024 г.", "2024-05-01"),
    ("среда, 1 мая 2024 года", "2024-05-01"),
    ("7 января 2024", "2024-01-07"),
    ("1 травня 2024", "2024-05-01"),
    ("1 травня 2024 р.", "2024-05-01"),
    ("середа, 1 травня 2024 року", "2024-05-01"),
    ("24 серпня 2024", "2024-08-24"),
    ("3 листопада 2024", "2024-11-03"),
    ("1 Mayıs 2024", "2024-05-01"),
    ("1 Mayıs 2024 Çarşamba", "2024-05-01"),
    ("29 Ekim 2024", "2024-10-29"),
    ("5 Ağustos 2024", "2024-08-05"),
    ("1 مايو 2024", "2024-05-01"),
    ("١ مايو ٢٠٢٤", "2024-05-01"),
    ("الأربعاء، 1 مايو 2024", "2024-05-01"),
    ("1 أيار 2024", "2024-05-01"),
    ("3 تشرين الأول 2024", "2024-10-03"),
    ("9 كانون الثاني 2024", "2024-01-09"),
    ("5 يوليو 2024", "2024-07-05"),
    ("1 במאי 2024", "2024-05-01"),
    ("יום רביעי, 1 במאי 2024", "2024-05-01"),
    ("5 במרץ 2024", "2024-03-05"),
    ("6 ביולי 2024", "2024-07-06"),
    ("1 مه 2024", "2024-05-01"),
    ("۱ مه ۲۰۲۴", "2024-05-01"),
    ("۱۲ اردیبهشت ۱۴۰۳", "2024-05-01"),
    ("1403/02/12", "2024-05-01"),
    ("۱ فروردین ۱۴۰۰", "2021-03-21"),
    ("۲۵ دسامبر ۲۰۲۳", "2023-12-25"),
    ("1 मई 2024", "2024-05-01"),
    ("१ मई २०२४", "2024-05-01"),
    ("बुधवार, 1 मई 2024", "2024-05-01"),
    ("15 अगस्त 2024", "2024-08-15"),
    ("2 अक्टूबर 2024", "2024-10-02"),
    ("2024年5月1日", "2024-05-01"),
    ("2024年5月1号", "2024-05-01"),
    ("2024年05月01日 星期三", "2024-05-01"),
    ("2024年5月1日 星期三 10:00", "2024-05-01"),
    ("2024年5月1日(水)", "2024-05-01"),
    ("2024 年 5 月 1 日", "2024-05-01"),
    ("２０２４年５月１日", "2024-05-01"),
    ("2024년 5월 1일", "2024-05-01"),
    ("2024. 5. 1.", "2024-05-01"),
    ("2024년 5월 1일 수요일", "2024-05-01"),
    ("2024-05-01 오전", "2024-05-01"),
    ("1-May-2024", "2024-05-01"),
    ("1st of May, 2024", "2024-05-01"),
    ("the 1st of May 2024", "2024-05-01"),
    ("Wed May 1 10:00:00 -0700 2024", "2024-05-01"),
];

#[test]
fn date_is_read_in_the_words_of_many_languages() {
    for (text, expected) in DATES_IN_WORDS {
        let found = EssayDate::parse(text).map(|date| date.to_string());
        assert_eq!(found.as_deref(), Some(*expected), "{text:?}");
    }
    for (text, expected) in [
        ("2024년 5월 1일 오후 3시 5분", "2024-05-01T15:05:00Z"),
        ("2024年5月1日 下午3:05", "2024-05-01T15:05:00Z"),
        ("2024年5月1日 10時30分", "2024-05-01T10:30:00Z"),
        ("1 мая 2024 г. 10:30", "2024-05-01T10:30:00Z"),
        ("1 de mayo de 2024, 10:30", "2024-05-01T10:30:00Z"),
        ("Wed, 1 May 2024 10:30:00 -0200", "2024-05-01T10:30:00-02:00"),
    ] {
        assert_eq!(EssayDate::parse(text).map(|date| date.to_rfc3339()).as_deref(), Some(expected), "{text:?}");
    }
    for text in ["1 xyzzy 2024", "مايو 2024", "35 мая 2024", "2024年13月1日", "31 اسفند 1403", "1 мая", "5月1日"]
    {
        assert_eq!(EssayDate::parse(text), None, "{text:?}");
    }
}

#[test]
fn date_is_written_as_rfc_3339() {
    for (text, expected) in [
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        ("2024-05-01T10:02:03.5Z", "2024-05-01T10:02:03Z"),
        ("2024-05-01T21:00:00+01:00", "2024-05-01T21:00:00+01:00"),
        ("2024-05-01 21:00 -0330", "2024-05-01T21:00:00-03:30"),
        ("2024-05-01 21:00 -00:30", "2024-05-01T21:00:00-00:30"),
        ("2024-05-01 21:00 +25:00", "2024-05-01T21:00:00Z"),
    ] {
        assert_eq!(EssayDate::parse(text).map(|date| date.to_rfc3339()).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn dates_are_ordered_as_written() {
    let late = EssayDate::parse("2024-05-01T23:30:00-10:00").expect("a date");
    let early = EssayDate::parse("2024-05-02T00:10:00+10:00").expect("a date");
    assert!(late < early && late.instant() > early.instant());
}

#[test]
fn mistakes_in_yaml_are_told_in_the_words_of_authors() {
    for (head, what, at, hint) in [
        (r#"title: "He said "hello" to me""#, "the quotes end before the value does", "1:18", "use single quotes"),
        ("title: 'It's late'", "the quotes end before the value does", "1:12", "use double quotes"),
        ("title: \"Open\ndate: 2024-01-01", "this quote is not closed", "1:8", "close it"),
        ("title: 'Open\ndate: 2024-01-01", "this quote is not closed", "1:8", "close it"),
        (r#"title: "C:\Users""#, "this escape does not exist", "1:8", "use single quotes"),
        (r#"title: "C:\docs""#, "this escape does not exist", "1:8", "use single quotes"),
        ("title: One\n\ttags: [a]", "a tab indents this line", "2:1", "indent with spaces"),
        ("tags:\n\t- a", "a tab indents this line", "2:1", "indent with spaces"),
        ("tags: [a, b\ndate: 2024-01-01", "this bracket is not closed", "1:7", "close it"),
        ("tags: [a,\n  b\ndate: 2024-01-01", "this bracket is not closed", "1:7", "close it"),
        ("a: {b: c\ndate: 2024-01-01", "this bracket is not closed", "1:4", "close it"),
        ("title: [Review] One", "the bracket ends before the value", "1:17", "put quotes around the whole value"),
        ("title: One: two", "a colon and a space", "1:11", "put quotes around the whole value"),
        ("title: @home", "no value can begin with this sign", "1:8", "put quotes around the whole value"),
        ("title: `code`", "no value can begin with this sign", "1:8", "put quotes around the whole value"),
        ("title: 50\nnote: %5", "no value can begin with this sign", "2:7", "put quotes around the whole value"),
        ("title: *One*", "no value can begin with this sign", "1:8", "put quotes around the whole value"),
        ("title: One\n  date: 2024-01-01", "indented below a key with a value", "2:7", "start all keys in one column"),
        ("tags:\n  - a\n - b", "indented unlike those above", "3:2", "indent them alike"),
        ("tags: - a", "a list begins beside its key", "1:7", "write it as in `tags: [one, two]`"),
        ("title: One\ndate = 2024-01-01", "this line has no key", "2:1", "write `key: value`"),
    ] {
        let (_, problems) = built("one.md", &format!("---\n{head}\n---\n"), &[]);
        let (line, column) = at.split_once(':').expect("line and column");
        let place = format!("one.md:{}:{column}\n", line.parse::<u32>().expect("a number") + 1);
        let said = problems.first().unwrap_or_else(|| panic!("{head}"));
        for part in [what, &place, &format!("hint: {hint}")] {
            assert!(said.contains(part), "`{part}` is missing for\n{head}\nin\n{said}");
        }
    }
}

#[test]
fn unreadable_head_is_reported_with_its_place_and_a_hint() {
    for (text, what, line, hint) in [
        ("---\ntitle: One: two\n---\n", "the front matter cannot be read", 2, "put quotes around"),
        ("\n---\ntitle: One\ntags: [a\n---\n", "this bracket is not closed", 4, "close it"),
        ("+++\ntitle = \"One\"\ndraft = yes\n+++\n", "the front matter cannot be read", 3, "in TOML text stands"),
        ("---\ntitle: One\ndate: someday\n---\n", "`date` is not a date", 3, "write dates as"),
        ("---\nslug: .b\n---\n", "cannot be the last part", 0, "a slug is one name"),
    ] {
        let (_, problems) = built("one.md", text, &[]);
        let said = problems.first().unwrap_or_else(|| panic!("{text}"));
        assert!(said.contains(what) && said.contains(&format!("hint: {hint}")), "{said}");
        if line > 0 {
            assert!(said.contains(&format!("one.md:{line}:")) && said.contains('^'), "{said}");
        }
    }
}
