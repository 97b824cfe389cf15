//! What authors write at the head of their essays, in the dialects of Hugo, Zola, Jekyll, Eleventy, Obsidian and the
//! generators of capsules, and what it means here.

use std::sync::Arc;

use lamplit::capsule::{
    Capsule, CapsulePath, Content, FrontMatterKeys, HiddenReason, Metadata, SourceFile, build,
};

use crate::support::build_options;

fn built(name: &str, text: &str, keys: &[(&str, &str)]) -> (Capsule, Vec<String>) {
    let path = CapsulePath::from_decoded(name).expect("a name");
    let source = Arc::new(SourceFile { path, content: Content::Text(text.as_bytes().to_vec().into()) });
    let mut options = build_options(1_750_000_000);
    options.keys =
        FrontMatterKeys::new(keys.iter().map(|(usual, own)| ((*usual).to_owned(), (*own).to_owned())));
    let (capsule, problems) = build(&[source], &options, None);
    (capsule, problems.iter().map(ToString::to_string).collect())
}

fn metadata(head: &str, keys: &[(&str, &str)]) -> Metadata {
    let fence = if head.contains(" = ") { "+++" } else { "---" };
    let text = format!("{fence}\n{head}\n{fence}\nText.\n");
    let (capsule, problems) = built("notes/one.md", &text, keys);
    assert!(problems.is_empty(), "{head}: {problems:?}");
    capsule.all_read().next().expect("it was read").metadata.clone()
}

/// What a head says, in a line that shows only what it says.
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
    say("no gemini", (!metadata.gemini).then(|| "yes".to_owned()));
    say("no gopher", (!metadata.gopher).then(|| "yes".to_owned()));
    said.join(", ")
}

#[test]
fn every_dialect_says_the_same() {
    for (head, expected) in [
        ("title: One", "title One"),
        ("TITLE: 'One: two'", "title One: two"),
        ("title = \"One\"", "title One"),
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
        ("date: Last Modified", ""),
        ("date: git Created", ""),
        ("lastmod: 2024-05-01", "updated 2024-05-01"),
        ("updated = 2024-05-01", "updated 2024-05-01"),
        ("modified: 2024-05-01", "updated 2024-05-01"),
        ("last_modified_at: 2024-05-01", "updated 2024-05-01"),
        ("expiryDate: 2024-05-01", "expiry 2024-05-01"),
        ("unpublishdate: 2024-05-01", "expiry 2024-05-01"),
        // What readers do not get.
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
        // A few words.
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
        // Who, in which language, with which picture.
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
fn an_archive_may_name_its_keys_itself() {
    for (head, keys, expected) in [
        ("published_at: 2024-05-01", &[("date", "published_at")][..], "date 2024-05-01T00:00:00Z"),
        (
            "Published_At: 2024-05-01\ndate: 2020-01-01",
            &[("date", "published_at")],
            "date 2024-05-01T00:00:00Z",
        ),
        ("hook: Short\ndescription: Long", &[("description", "hook")], "summary Short"),
        ("[extra]\nwhen = 2024-05-01", &[("date", "extra.when")], "date 2024-05-01T00:00:00Z"),
        ("keywords: [a, b]", &[("tags", "keywords")], "tags a|b"),
        ("date: 2024-05-01", &[("date", "published_at")], "date 2024-05-01T00:00:00Z"),
    ] {
        assert_eq!(said(head, keys), expected, "{head}");
    }
}

#[test]
fn names_of_files_date_essays_that_do_not_date_themselves() {
    for (name, head, expected) in [
        ("2024-05-01-soft.md", "", Some("2024-05-01")),
        ("2024-05-01-soft.md", "date: 2023-01-01", Some("2023-01-01")),
        ("_posts/2024-05-01-soft.md", "", Some("2024-05-01")),
        ("2024/05/01/soft.md", "", Some("2024-05-01")),
        ("posts/2024-05-01-soft/index.md", "", Some("2024-05-01")),
        ("soft.md", "url: /2024/05/01/soft/", Some("2024-05-01")),
        ("soft.md", "", None),
    ] {
        let (capsule, _) = built(name, &format!("---\n{head}\n---\nText.\n"), &[]);
        let essay = capsule.essays().first().unwrap_or_else(|| panic!("{name}"));
        assert_eq!(essay.date.map(|date| date.to_string()).as_deref(), expected, "{name} {head}");
    }
}

#[test]
fn a_head_that_cannot_be_read_says_where_and_what_to_do() {
    for (text, what, line, hint) in [
        ("---\ntitle: One: two\n---\n", "the front matter cannot be read", 2, "put quotes around"),
        ("\n---\ntitle: One\ntags: [a\n---\n", "the front matter cannot be read", 5, "put quotes around"),
        (
            "+++\ntitle = \"One\"\ndraft = yes\n+++\n",
            "the front matter cannot be read",
            3,
            "in TOML text stands",
        ),
        ("---\ntitle: One\ndate: someday\n---\n", "`date` is not a date", 3, "write dates as"),
        ("---\nslug: a/b\n---\n", "cannot be the last part", 0, "a slug is one name"),
    ] {
        let (_, problems) = built("one.md", text, &[]);
        let said = problems.first().unwrap_or_else(|| panic!("{text}"));
        assert!(said.contains(what) && said.contains(&format!("hint: {hint}")), "{said}");
        if line > 0 {
            assert!(said.contains(&format!("one.md:{line}:")) && said.contains('^'), "{said}");
        }
    }
}
