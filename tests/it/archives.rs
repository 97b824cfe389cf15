//! Archives as they are: titles, languages, bundles, slugs, dates and keys of other programs, and the kinds of files.

use std::sync::Arc;

use lamplit::capsule::{BuildOptions, Capsule, Essay, FrontMatterKeys, HiddenReason, build};
use lamplit::site::{Lookup, Medium, Site};
use testkit::capsule::{NOW, build_options, path, site_options, sources};

/// Builds the public capsule and returns it with its problems as `severity file: what`.
fn built(files: &[(&str, &str)], keys: &[(&str, &str)]) -> (Capsule, Vec<String>) {
    let pairs = keys.iter().map(|(usual, own)| ((*usual).to_owned(), (*own).to_owned()));
    let options = BuildOptions { keys: FrontMatterKeys::new(pairs), ..build_options(NOW) };
    let (capsule, problems) = build(&sources(files), &options, None);
    let problems = problems.iter().map(|problem| {
        let file = problem.place.as_ref().map_or("", |place| &place.file);
        format!("{} {file}: {}", problem.severity, problem.what)
    });
    (capsule, problems.collect())
}

/// Returns every essay as `address: title [language] date`, in order.
fn essays(capsule: &Capsule) -> Vec<String> {
    let shown = |essay: &Arc<Essay>| {
        let language = essay.metadata.language.as_ref().map_or(String::new(), |tag| format!(" [{tag}]"));
        let date = essay.date.map_or(String::new(), |date| format!(" {date}"));
        format!("{}: {}{language}{date}", essay.address(), essay.title)
    };
    capsule.essays().iter().map(shown).collect()
}

fn check(files: &[(&str, &str)], expected: &[&str]) {
    let (capsule, problems) = built(files, &[]);
    assert_eq!(essays(&capsule), expected, "{files:?}");
    assert!(problems.is_empty(), "{problems:?}");
}

fn page(site: &Site, at: &str) -> String {
    match site.lookup(&path(at), Medium::Gemini) {
        Lookup::Page(page) => format!("{}\n{}", page.media_type, String::from_utf8_lossy(&page.bytes)),
        other => format!("{other:?}"),
    }
}

fn site_of(files: &[(&str, &str)]) -> Site {
    let (capsule, problems) = built(files, &[]);
    assert!(problems.is_empty(), "{problems:?}");
    Site::new(Arc::new(capsule), &site_options(), None)
}

#[test]
fn heading_is_the_title_only_where_it_comes_first() {
    for (name, text, title) in [
        ("Self-attention.md", "A way to look at words.\n\n# Definition\n\nx\n\n# References\n\ny", "Self-attention"),
        ("Fine-tuning.md", "> A quotation first.\n\n![x](x.png)\n\n# Two kinds\n\nx", "Fine-tuning"),
        ("GPT-4 and after.md", "Only text.", "GPT-4 and after"),
        ("Walks.md", "# Walks in fog\n\nThe title is the first block.", "Walks in fog"),
        ("the-lamp-room.md", "Only text.", "The lamp room"),
        ("a-b.md", "\n\n# First *after* blanks\n\nx", "First after blanks"),
        ("a-b.md", "<!-- a comment -->\n\n# After a comment\n\nx", "After a comment"),
        ("a-b.md", "---\ntags: [x]\n---\n# After front matter\n\nx", "After front matter"),
        ("a-b.md", "Underlined\n==========\n\nx", "Underlined"),
        ("a-b.md", "- a list\n\n# Later\n\nx", "A b"),
        ("a-b.md", "```\ncode\n```\n\n# Later\n\nx", "A b"),
        ("a-b.md", "## A section\n\nx\n\n# Later\n\nx", "A b"),
        ("A-B.md", "| a |\n|---|\n| b |\n\n# Later\n\nx", "A-B"),
        ("a.gmi", "=> / home\n# The title of gemtext\n", "The title of gemtext"),
    ] {
        let (capsule, _) = built(&[(name, text)], &[]);
        assert_eq!(capsule.read.values().next().map(|essay| essay.title.as_str()), Some(title), "{name} {text:?}");
    }
    // A picture may come before the heading of an introduction.
    let (capsule, _) = built(&[("README.md", "![badge](b.png)\n\n# The Lamp Room\n\nx")], &[]);
    assert_eq!(capsule.title, "The Lamp Room");
    let site = site_of(&[("Self-attention.md", "A way.\n\n# Definition\n\nx")]);
    assert_eq!(page(&site, "/Self-attention.gmi").matches("Definition").count(), 1);
}

#[test]
fn introduction_without_a_title_leaves_the_name_to_the_folder() {
    for (text, title) in [
        ("Only words.\n", "Essays"),
        ("# \n\nWords.\n", "Essays"),
        ("---\ntitle: ''\n---\nWords.\n", "Essays"),
        ("---\ntitle:\n---\n#\n\nWords.\n", "Essays"),
        ("---\ntitle: Home\n---\n<br>\n\n# The Lamp Press\n\nBooks.\n", "The Lamp Press"),
        ("---\ntitle: Index\n---\n# The Lamp Press\n", "The Lamp Press"),
        ("---\ntitle: Homepage\n---\nBooks.\n", "Homepage"),
        ("---\ntitle: Welcome\n---\n\n\n# The Lamp Press\n", "The Lamp Press"),
        ("---\ntitle: Lamps\n---\n# The Lamp Press\n", "Lamps"),
    ] {
        let site = site_of(&[("README.md", text), ("one.md", "# One\n\nx")]);
        assert_eq!(site.capsule().title, title, "{text:?}");
        assert!(page(&site, "/").contains(&format!("\n# {title}\n")), "{text:?}");
    }
}

#[test]
fn folders_of_languages_hold_translations() {
    let site = site_of(&[
        ("en/_index.md", "---\ntitle: Lamps\n---\nWelcome.\n"),
        ("en/posts/rain.md", "---\ntitle: Rain\ndate: 2024-05-01\n---\nIt rains.\n"),
        ("he/_index.md", "---\ntitle: מנורות\n---\nברוכים הבאים.\n"),
        ("he/posts/fog.md", "---\ntitle: ערפל\ndate: 2024-05-02\n---\nערפל.\n"),
        ("he/posts/rain.md", "---\ntitle: גשם\ndate: 2024-05-01\n---\nיורד גשם.\n"),
    ]);
    let rain = page(&site, "/he/posts/rain.gmi");
    assert!(rain.starts_with("text/gemini; lang=he\n"), "{rain}");
    assert!(rain.contains("=> /en/posts/rain.gmi English: Rain\n"), "{rain}");
    assert!(page(&site, "/en/posts/rain.gmi").contains("=> /he/posts/rain.gmi עברית: גשם\n"));
    let front = page(&site, "/");
    assert!(front.contains("/en/posts/rain.gmi") && !front.contains("/he/posts/rain.gmi"), "{front}");
    assert!(page(&site, "/languages/he/").contains("\n# מנורות\n"), "{}", page(&site, "/languages/he/"));
    for (files, languages) in [
        (&["fr/a.md", "de/a.md"][..], "de fr"),
        (&["content/fr/a.md", "content/de/b.md"], "de fr"),
        (&["content/fr/a.md", "content/de/a.md", "content/static/x.md"], "de fr - "),
        (&["pt-br/a.md", "pt_PT/a.md"], "pt-PT pt-br"),
        (&["en/x/a/index.md", "fr/x/a/index.md"], "en fr"),
        (&["en/a.md", "fr/a.fr.md", "en/a.fr.md"], "en fr fr"),
        (&["a.md", "de/a.md"], "- -"),
        (&["my/a.md", "cv/b.md", "films/c.md"], "- - -"),
        (&["posts/2024/it/a.md", "posts/2024/is/a.md"], "- -"),
        (&["en/a.txt", "de/a.txt"], ""),
    ] {
        let files: Vec<(&str, &str)> = files.iter().map(|name| (*name, "x\n")).collect();
        let (capsule, _) = built(&files, &[]);
        let language = |essay: &Arc<Essay>| essay.metadata.language.clone().unwrap_or_else(|| "-".to_owned());
        let mut found: Vec<String> = capsule.essays().iter().map(language).collect();
        found.sort();
        let mut expected: Vec<&str> = languages.split_whitespace().collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{files:?}");
    }
    // Two files of one name in one language show no language: `notes.io.md` is none either.
    for files in [&["foo.fr.md", "foo.fr.gmi"][..], &["notes.io.md", "notes.io.gmi", "more.md"], &["foo.fr.md", "x.md"]]
    {
        let files: Vec<(&str, &str)> = files.iter().map(|name| (*name, "x\n")).collect();
        let (capsule, _) = built(&files, &[]);
        assert!(capsule.essays().iter().all(|essay| essay.metadata.language.is_none()), "{files:?}");
    }
    // A heading below a picture stands once.
    let list = page(&site_of(&[("index.md", "![x](x.png)\n\n# The Press\n\nx"), ("a.md", "x"), ("x.png", "")]), "/");
    assert_eq!(list.matches("The Press").count(), 1, "{list}");
    // The introduction of a language without a title has no empty heading.
    let files = [("_index.md", "Hi.\n"), ("_index.fr.md", "Salut.\n"), ("a.md", "x\n"), ("a.fr.md", "y\n")];
    let list = page(&site_of(&files), "/languages/fr/");
    assert!(list.contains("\n# ") && !list.contains("# \n") && list.contains("Salut."), "{list}");
    // A slug needs no language where the folder has one.
    check(
        &[("de/a.md", "---\nslug: x\ndate: 2024-05-01\n---\nx"), ("fr/a.md", "---\nslug: x\n---\nx")],
        &["/de/x.gmi: A [de] 2024-05-01", "/fr/x.gmi: A [fr]"],
    );
}

const PROSE: [(&str, &str); 18] = [
    ("en", "It was raining that evening and I sat by the window with the lamp, as you do in the autumn."),
    ("de", "Es war ein Abend im Herbst, und ich saß mit der Lampe am Fenster, die auch nicht mehr die jüngste ist."),
    (
        "fr",
        "Il pleuvait ce soir et nous étions dans la maison, avec une lampe qui ne donne plus que des ombres sur les murs.",
    ),
    (
        "es",
        "Esa noche llovía y yo estaba en la casa con una lámpara que no es más que la sombra del pasado, pero se ve.",
    ),
    (
        "it",
        "Quella sera pioveva e io ero nella casa con una lampada che non è più di un ricordo, come anche gli altri.",
    ),
    (
        "pt",
        "Naquela noite chovia e eu não estava em casa com uma lâmpada que é mais do que um dos objetos, como se diz no sul.",
    ),
    (
        "nl",
        "Die avond regende het en ik zat bij het raam met een lamp, maar niet voor de buren van de straat, die er ook zijn.",
    ),
    (
        "pl",
        "Tego wieczoru padało i nie było już nikogo, ale lampa jest w oknie od lat, jak się mówi, co do zasady, na noc.",
    ),
    (
        "tr",
        "O akşam yağmur yağıyordu ve ben bir lamba ile oturuyordum, ama bu da çok eski, ne kadar da güzel olarak var.",
    ),
    ("ru", "В тот вечер шёл дождь, и мы сидели у окна с лампой."),
    ("uk", "Того вечора йшов дощ, і ми сиділи біля вікна з лампою."),
    ("ar", "في تلك الليلة كان المطر يهطل وكنت أجلس بجانب النافذة."),
    ("he", "באותו ערב ירד גשם וישבתי ליד החלון עם המנורה."),
    ("fa", "آن شب باران می‌بارید و من کنار پنجره با چراغ نشسته بودم."),
    ("hi", "उस शाम बारिश हो रही थी और मैं खिड़की के पास बैठा था।"),
    ("zh", "那天晚上下着雨，我坐在窗边，灯一直亮着。"),
    ("ja", "その夜は雨が降っていて、私は灯りのそばに座っていた。"),
    ("ko", "그날 저녁에는 비가 내렸고 나는 등불 옆에 앉아 있었다."),
];

#[test]
fn language_that_nothing_states_is_recognised() {
    for (language, text) in PROSE {
        let (capsule, _) = built(&[("a.md", text)], &[]);
        assert_eq!(capsule.essays()[0].metadata.language.as_deref(), Some(language), "{text}");
        assert_eq!(capsule.language.as_deref(), Some(language));
        let stated = format!("---\nlang: eo\n---\n{text}");
        let (capsule, _) = built(&[("a.md", &stated)], &[]);
        assert_eq!(capsule.essays()[0].metadata.language.as_deref(), Some("eo"));
        let options = BuildOptions { language: Some("eo".to_owned()), ..build_options(NOW) };
        let (capsule, _) = build(&sources(&[("a.md", text)]), &options, None);
        assert_eq!((capsule.essays()[0].metadata.language.as_deref(), capsule.language.as_deref()), (None, Some("eo")));
    }
    for text in [
        "Short.",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed eiusmod tempor incididunt ut labore.",
        "`fn main() { let x = 1; }`\n\nlet y = 2;",
        "Det regnade på kvällen och jag satt vid fönstret med en lampa som inte var så ny, av det slag man har.",
        "Вечерта валеше дъжд и седяхме до прозореца с лампата.",
        "1 2 3 4 5",
        "灯",
    ] {
        let (capsule, _) = built(&[("a.md", text)], &[]);
        let language = capsule.essays()[0].metadata.language.clone();
        assert!(language.is_none_or(|tag| tag == "sv"), "{text}");
    }
    let mut files: Vec<(String, &str)> = (0..3).map(|n| (format!("{n}.md"), PROSE[1].1)).collect();
    files.push(("x.md".to_owned(), PROSE[0].1));
    let (capsule, _) = build(&sources(&files), &build_options(NOW), None);
    assert_eq!(capsule.language.as_deref(), Some("de"));
}

#[test]
fn dated_index_is_an_essay_beside_other_pages() {
    let post = "---\ntitle: The kernel\ndate: 2024-05-01\ntags: [x]\n---\nThe essay.\n";
    let french = "---\ntitle: Le noyau\ndate: 2024-05-01\n---\nUn essai.\n";
    let side = "---\ntitle: A side note\ndate: 2024-05-02\n---\nSide.\n";
    let bundle = [
        ("kernel/index.md", post),
        ("kernel/index.fr.md", french),
        ("kernel/plan.png", ""),
        ("kernel/side/index.md", side),
        ("other.md", "---\ndate: 2024-01-01\n---\nx"),
        ("other.fr.md", "x"),
    ];
    check(
        &bundle,
        &[
            "/kernel/side.gmi: A side note 2024-05-02",
            "/kernel.fr.gmi: Le noyau [fr] 2024-05-01",
            "/kernel.gmi: The kernel 2024-05-01",
            "/other.gmi: Other 2024-01-01",
            "/other.fr.gmi: Other [fr]",
        ],
    );
    let site = site_of(&bundle);
    assert!(page(&site, "/kernel.gmi").contains("=> /kernel.fr.gmi Français: Le noyau\n"));
    for (files, expected) in [
        (&["2024-05-01-a/index.md", "2024-05-01-a/more.md"][..], "/2024-05-01-a.gmi /2024-05-01-a/more.gmi"),
        (&["2024/05/01/a/index.md", "2024/05/01/a/b/c/index.md"], "/2024/05/01/a.gmi /2024/05/01/a/b/c.gmi"),
        (&["a/index.md", "a/more.md"], "/a/more.gmi"),
        (&["a/b/index.md", "a/b/c/index.md"], "/a/b/c.gmi"),
    ] {
        let files: Vec<(&str, &str)> = files.iter().map(|name| (*name, "x\n")).collect();
        let (capsule, _) = built(&files, &[]);
        let mut found: Vec<String> = capsule.essays().iter().map(|essay| essay.address().to_string()).collect();
        found.sort();
        assert_eq!(found.join(" "), expected, "{files:?}");
    }
    // A draft hides its pictures, and those of a public bundle inside it stay.
    let draft = "---\ndraft: true\ndate: 2024-05-01\n---\nx";
    let (capsule, _) = built(
        &[("a/index.md", draft), ("a/a.png", ""), ("a/b/index.md", side), ("a/b/b.png", ""), ("a/c/c.png", "")],
        &[],
    );
    let files: Vec<String> = capsule.files.keys().map(ToString::to_string).collect();
    assert_eq!(files, ["/a/b/b.png"]);
}

#[test]
fn essays_with_one_slug_are_both_served() {
    let joke = |date: &str| format!("---\ndate: {date}\nslug: joke\n---\nx");
    let (old, new) = (joke("2014-01-03"), joke("2014-11-27"));
    for (files, expected) in [
        (
            &[("cn/2014-01-03-joke.md", &*old), ("cn/2014-11-27-joke.md", &new)][..],
            "/cn/2014-11-27-joke.gmi /cn/joke.gmi",
        ),
        (&[("a.md", &*old), ("b.md", &new), ("c.md", &new)], "/b.gmi /c.gmi /joke.gmi"),
        (&[("a.md", &*old), ("joke.md", "---\ndate: 2014-01-01\n---\nx")], "/a.gmi /joke.gmi"),
        (&[("joke.md", &*old), ("z.md", &new)], "/joke.gmi /z.gmi"),
        (&[("a.md", &*old), ("x/b.md", &new)], "/joke.gmi /x/joke.gmi"),
        (&[("a.md", &*old), ("b.gmi", &*new)], "/b.gmi /joke.gmi"),
        (&[("a/index.md", &*old), ("b/index.md", &new)], "/b.gmi /joke.gmi"),
        (&[("2014-01-03-joke.md", &*old), ("2014-11-27-joke.md", "x")], "/2014-11-27-joke.gmi /joke.gmi"),
    ] {
        let (capsule, problems) = built(files, &[]);
        let mut found: Vec<String> = capsule.essays().iter().map(|essay| essay.address().to_string()).collect();
        found.sort();
        assert_eq!(found.join(" "), expected, "{files:?}");
        assert!(problems.iter().all(|problem| problem.starts_with("warning ")), "{problems:?}");
    }
    let (capsule, problems) = built(&[("a.md", "x"), ("a.gmi", "x")], &[]);
    assert_eq!((capsule.essays().len(), problems.len()), (1, 1), "{problems:?}");
    assert!(problems[0].starts_with("error "));
}

#[test]
fn essays_of_one_date_follow_their_weights_and_series() {
    let head = |more: &str| format!("---\ndate: 2024-05-01\n{more}\n---\nx");
    let files = [
        ("a.md", head("weight: 3")),
        ("b.md", head("weight: 1")),
        ("c.md", head("title: Unweighted")),
        ("d.md", head("weight: 2")),
        ("e.md", head("series: S\nseries_order: 2")),
        ("f.md", head("series: S\nseries_order: 1")),
        ("g.md", "---\ndate: 2024-05-02\nweight: 9\n---\nx".to_owned()),
        ("y.md", "---\nweight: 2\n---\nx".to_owned()),
        ("z.md", "---\nweight: 1\n---\nx".to_owned()),
    ];
    let (capsule, _) = build(&sources(&files), &build_options(NOW), None);
    let order: Vec<&str> = capsule.essays().iter().map(|essay| essay.source.path.stem()).collect();
    assert_eq!(order.concat(), "gbdafeczy");
}

#[test]
fn ambiguous_date_is_read_as_others_in_its_folder() {
    for (files, expected) in [
        (&[("a", "13-05-2019"), ("b", "05-06-2019")][..], "2019-05-13 2019-06-05"),
        (&[("a", "05/13/2019"), ("b", "05/06/2019")], "2019-05-13 2019-05-06"),
        (&[("a", "28.11.2024"), ("b", "05/06/2019 10:00")], "2024-11-28 2019-06-05"),
        (&[("x/a", "13-05-2019"), ("y/b", "05-06-2019")], "2019-05-13 2019-06-05"),
        (&[("x/a", "13-05-2019"), ("y/b", "05-06-2019"), ("y/c", "05-28-2019")], "2019-05-13 2019-05-06 2019-05-28"),
        (&[("a", "13-05-2019"), ("b", "05-06-2019"), ("c", "05-28-2019")], "2019-05-13 - 2019-05-28"),
        (&[("a", "2019-05-13"), ("b", "05-06-2019")], "2019-05-13 -"),
        (&[("b", "05.06.2019")], "2019-06-05"),
        (&[("b", "06/06/2019")], "2019-06-06"),
        (&[("b", "٠٥/٠٦/٢٠١٩"), ("c", "٢٨/٠٦/٢٠١٩")], "2019-06-05 2019-06-28"),
    ] {
        let texts: Vec<(String, String)> =
            files.iter().map(|(name, date)| (format!("{name}.md"), format!("---\ndate: {date}\n---\nx"))).collect();
        let (capsule, problems) = build(&sources(&texts), &build_options(NOW), None);
        let mut read: Vec<&Arc<Essay>> = capsule.read.values().collect();
        read.sort_by_key(|essay| essay.source.path.clone());
        let date = |essay: &&Arc<Essay>| essay.date.map_or("-".to_owned(), |date| date.to_string());
        assert_eq!(read.iter().map(date).collect::<Vec<_>>().join(" "), expected, "{files:?}");
        assert_eq!(problems.len(), expected.matches(" -").count(), "{problems:?}");
    }
}

#[test]
fn own_keys_reach_into_tables_and_unknown_paths_are_errors() {
    let review = "---\nbook:\n  title: A Lamp in Winter\n  author: A. Keeper\n  tags:\n  - night\nreview:\n  \
                  date_read:\n  - 2020-02-02\n  - 2022-03-03\n---\nA slow book.\n";
    let keys =
        [("title", "book.title"), ("date", "review.date_read"), ("tags", "book.tags"), ("author", "book.author")];
    let (capsule, problems) = built(&[("a.md", review)], &keys);
    assert!(problems.is_empty(), "{problems:?}");
    let essay = &capsule.essays()[0];
    assert_eq!(essays(&capsule), ["/a.gmi: A Lamp in Winter 2020-02-02"]);
    assert_eq!(
        (&essay.metadata.tags, &essay.metadata.authors),
        (&vec!["night".to_owned()], &vec!["A. Keeper".to_owned()])
    );
    for (own, text, expected) in [
        ("book.title", "+++\n[book]\ntitle = \"T\"\n+++\nx", "T"),
        ("book.title", "{\"book\": {\"title\": \"T\"}, \"tags\": []}\nx", "T"),
        ("a.b.c.d", "---\na: {b: {c: {d: T}}}\n---\nx", "T"),
        ("extra.name", "+++\n[extra]\nname = \"T\"\n+++\nx", "T"),
        ("Book.Title", "---\nBOOK:\n  TITLE: T\n---\nx", "T"),
        ("buch.überschrift", "---\nbuch:\n  überschrift: T\n---\nx", "T"),
        ("book.name", "---\ntitle: Usual\nbook:\n  name: T\n---\nx", "T"),
        ("headline", "---\nheadline: T\n---\nx", "T"),
        ("headline", "---\ntitle: T\n---\nx", "T"),
    ] {
        let (capsule, problems) = built(&[("a.md", text)], &[("title", own)]);
        assert_eq!(capsule.essays()[0].title, expected, "{text:?}");
        assert!(problems.is_empty(), "{own}: {problems:?}");
    }
    for own in ["book.titel", "bok.title", "book.title.long", "review"] {
        let (_, problems) = built(&[("a.md", review)], &[("title", own)]);
        let expected: &[&str] = if own == "review" { &[] } else { &["error : no essay has the front matter key"] };
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        assert!(problems.iter().zip(expected).all(|(problem, start)| problem.starts_with(start)), "{problems:?}");
    }
}

#[test]
fn draft_in_a_strange_table_is_an_error() {
    for (head, is_error) in [
        ("exxtra:\n  draft: true", true),
        ("parms:\n  private: yes", true),
        ("taxonomy:\n  draft: true", true),
        ("cover:\n  image: a.png\n  draft: true", true),
        ("seo: {isDraft: true}", true),
        ("workflow: {state: draft}", true),
        ("sys: {publishedAt: null}", true),
        ("sys:\n  publishedVersion:", true),
        ("data:\n  attributes:\n    publishedAt: null", true),
        ("attributes:\n  status: draft", true),
        ("meta: {visibility: private}", true),
        ("fields: {published: false}", true),
        ("attributes: {publishedAt: 2024-05-01}", false),
        ("meta: {status: published}", false),
        ("page: {ready: false}", false),
        ("cover:\n  image: a.png\n  hidden: true", false),
        ("comments: {hidden: true, private: true}", false),
        ("exxtra:\n  draft: false", false),
        ("menu:\n  main:\n    weight: 3", false),
        ("sitemap: {state: x}", false),
    ] {
        let (capsule, problems) = built(&[("a.md", &format!("---\n{head}\n---\nText."))], &[]);
        assert_eq!(
            (capsule.essays().is_empty(), problems.len()),
            (is_error, usize::from(is_error)),
            "{head}: {problems:?}"
        );
    }
}

#[test]
fn every_markup_of_the_list_is_an_essay() {
    for extension in ["md", "markdown", "mkd", "mdown", "mdx", "qmd", "Rmd", "gmi", "gemini", "MDX", "RMD"] {
        let text = "---\ntitle: Lamps\ndate: 2024-05-01\naliases: [/old/]\n---\nText.\n";
        let name = format!("x/lamp-room.{extension}");
        let (capsule, problems) = built(&[(&name, text)], &[]);
        assert_eq!(essays(&capsule), ["/x/lamp-room.gmi: Lamps 2024-05-01"], "{extension}");
        assert!(problems.is_empty(), "{problems:?}");
        for old in ["/old/", "/x/lamp-room.html", "/x/lamp-room/", &format!("/{name}")] {
            assert!(capsule.essay_known_as(&path(old)).is_some(), "{old}");
        }
        let (capsule, _) = built(&[(&name, "---\ndraft: true\n---\nText.\n")], &[]);
        assert_eq!((capsule.addressable().len(), capsule.hidden[&HiddenReason::Draft]), (0, 1), "{extension}");
        let (capsule, problems) = built(&[(&name, "--\ndraft: true\n--\nText.\n")], &[]);
        assert_eq!((capsule.addressable().len(), problems.len()), (0, 1), "{extension}");
    }
    let (capsule, _) = built(&[("2024-05-01-lamps.txt", "Text.")], &[]);
    assert_eq!(essays(&capsule), ["/2024-05-01-lamps.txt: Lamps 2024-05-01"]);
    for extension in ["rst", "org", "adoc"] {
        let (capsule, _) = built(&[(&format!("a.{extension}"), "Text.")], &[]);
        assert!(capsule.addressable().is_empty(), "{extension}");
    }
}

#[test]
fn reading_time_counts_characters_where_words_have_no_blanks() {
    for (text, words, minutes) in [
        ("雨夜里那盏旧灯一直亮着，我坐在窗边想起许多年前的事情。", 160, 9),
        ("雨の夜、古い灯りが窓辺でずっと光っていて、昔のことを思い出した。", 125, 9),
        ("ในคืนที่ฝนตกตะเกียงเก่ายังคงส่องสว่าง", 100, 5),
        ("비가 오는 밤 오래된 등불이 ", 200, 5),
        ("a rainy night by the lamp ", 200, 6),
        ("дождливая ночь у старой лампы ", 200, 5),
        ("Das Wort 灯 heißt Lampe. ", 230, 5),
        ("x", 1, 1),
    ] {
        let (capsule, _) = built(&[("a.md", &text.repeat(words))], &[]);
        let found = capsule.essays()[0].minutes();
        assert!(found.abs_diff(minutes) <= 1, "{text}: {found} minutes");
    }
}

#[test]
fn reading_time_is_that_of_words_between_white_space() {
    for word in
        ["a ", "— *so* long\n", "lamp\r\n", "\t\u{a0}x \x0c", "und “früh” — 🪔 ", "an-unbroken-word-of-many-letters  "]
    {
        for repeated in [1, 7, 127, 128, 229, 230, 231, 460, 461, 1_000] {
            let text = word.repeat(repeated);
            for text in [&*text, text.trim_start(), text.trim_end()] {
                let Some(words) = Some(text.split_ascii_whitespace().count()).filter(|words| *words > 0) else {
                    continue;
                };
                let (capsule, _) = built(&[("a.md", text)], &[]);
                assert_eq!(capsule.essays()[0].minutes(), words.div_ceil(230), "{word:?} {repeated}");
            }
        }
    }
}

#[test]
fn metadata_in_files_beside_a_text_is_read() {
    for (files, expected) in [
        (&[("a.md", "x"), ("a.meta", ".. title: Lamps\n.. date: 2024-05-01\n")][..], "/a.gmi: Lamps 2024-05-01"),
        (&[("a.md", "x"), ("a.11tydata.json", "{\"title\": \"Lamps\"}")], "/a.gmi: Lamps"),
        (&[("b/index.md", "x"), ("b/index.yml", "title: Lamps\ndate: 2024-05-01\n")], "/b.gmi: Lamps 2024-05-01"),
        (&[("b/index.md", "x"), ("b/index.yaml", "title: Lamps\n")], "/b.gmi: Lamps"),
        (&[("a.md", "---\ntitle: Own\n---\nx"), ("a.meta", "title: Lamps\n")], "/a.gmi: Own"),
        (&[("b/a.md", "x"), ("b/b.11tydata.json", "{\"lang\": \"eo\"}")], "/b/a.gmi: A [eo]"),
        (&[("a.md", "x"), ("a.meta", "draft: true\n")], ""),
        (&[("b/a.md", "x"), ("b/b.11tydata.json", "{\"draft\": true}")], ""),
        (&[("b/index.md", "x"), ("b/index.yml", "published: false\n")], ""),
        (&[("a.md", "x"), ("b.meta", "draft: true\n")], "/a.gmi: A"),
        (&[("a.mdx", "x"), ("a.11tydata.json", "{\"slug\": \"lamps\"}")], "/lamps.gmi: A"),
    ] {
        let (capsule, problems) = built(files, &[]);
        assert_eq!(essays(&capsule).join(" "), expected, "{files:?}");
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(capsule.files.len() + capsule.texts.len(), 0, "{files:?}");
    }
    for beside in ["{\"draft\": tru", "{\"draft\": \"maybe\"}"] {
        let (capsule, problems) = built(&[("a.md", "---\ntitle: T\n---\nx"), ("a.11tydata.json", beside)], &[]);
        assert_eq!((capsule.addressable().len(), problems.len()), (0, 1), "{problems:?}");
        assert!(problems[0].starts_with("error a.11tydata.json:"), "{problems:?}");
    }
    // A change of the file beside counts as a change of the text.
    let text = sources(&[("a.md", "x"), ("a.meta", "title: Before\n")]);
    let (before, _) = build(&text, &build_options(NOW), None);
    let mut changed = text.clone();
    changed[1] = testkit::capsule::source("a.meta", "title: After\n");
    let (after, _) = build(&changed, &build_options(NOW), Some(&before));
    assert_eq!((before.essays()[0].title.as_str(), after.essays()[0].title.as_str()), ("Before", "After"));
}

#[test]
fn essay_that_has_moved_leads_to_its_new_place() {
    let site = site_of(&[
        ("new.md", "# New\n\nx"),
        ("a.md", "---\nredirect_to: /new/\n---\n"),
        ("b.md", "---\nredirect_to: new.html\n---\nOld text."),
        ("c.md", "---\nredirect_to: [/new.gmi]\n---\n"),
        ("d.md", "---\ntitle: Away\ndate: 2024-05-01\nredirect_to: https://example.com/x\n---\n"),
        ("x/e.md", "---\nredirect_to: ../new\n---\n"),
        ("f.md", "---\nredirect_to: /f/\n---\nItself."),
        ("g.md", "---\nredirect_to:\n---\nNowhere."),
        ("blog/_index.md", "# Blog\n"),
        ("h.md", "---\nredirect_to: /blog/\n---\n"),
    ]);
    for (at, to) in [
        ("/a.gmi", "/new.gmi"),
        ("/b.gmi", "/new.gmi"),
        ("/c.gmi", "/new.gmi"),
        ("/x/e.gmi", "/new.gmi"),
        ("/h.gmi", "/blog/"),
    ] {
        assert_eq!(site.lookup(&path(at), Medium::Gemini), Lookup::Moved(path(to)), "{at}");
    }
    assert!(page(&site, "/d.gmi").contains("\n=> https://example.com/x"), "{}", page(&site, "/d.gmi"));
    let Lookup::Page(text) = site.lookup(&path("/d.txt"), Medium::Gopher) else { panic!("no page") };
    assert!(String::from_utf8_lossy(&text.bytes).contains("https://example.com/x\r\n"));
    assert!(page(&site, "/f.gmi").contains("Itself.") && page(&site, "/g.gmi").contains("Nowhere."));
    let front = page(&site, "/");
    assert!(front.contains("=> /d.gmi 2024-05-01 Away\n") && !front.contains("=> /a.gmi"), "{front}");
}

#[test]
fn essay_that_has_moved_to_nothing_is_named() {
    for (target, is_dead) in [
        ("/new.gmi", false),
        ("/new/", false),
        ("new.html", false),
        ("https://example.com/x", false),
        ("/films/", false),
        ("/nowhere/", true),
        ("gone.html", true),
        ("/films/none.gmi", true),
    ] {
        let text = format!("---\ntitle: Old\nredirect_to: {target}\n---\n");
        let (capsule, _) = built(&[("a.md", &text), ("new.md", "# New\n\nx"), ("films/x.md", "x")], &[]);
        let site = Site::new(Arc::new(capsule), &site_options(), None);
        let problems = lamplit::site::lint(&site, build_options(NOW).now);
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(shown.len(), usize::from(is_dead), "{target}: {shown:?}");
        for problem in &shown {
            let place = format!("`{target}`, which leads to nothing\n  --> a.md:3:14\n");
            assert!(problem.contains(&place), "{problem}");
            assert!(problem.contains(&"^".repeat(target.len())), "{problem}");
        }
    }
}

#[test]
fn alias_that_leads_elsewhere_is_named() {
    let now = build_options(NOW).now;
    let found = |files: &[(&str, &str)]| {
        let (capsule, _) = built(files, &[]);
        let site = Site::new(Arc::new(capsule), &site_options(), None);
        let problems = lamplit::site::lint(&site, now);
        problems.iter().map(|problem| problem.what.clone()).collect::<Vec<_>>().join("; ")
    };
    let alias = |alias: &str| format!("---\naliases: [\"{alias}\"]\n---\n# T\n\nx");
    let same = alias("/same");
    for (other, expected) in [
        (&*same, "the alias `/same` leads to /a.gmi instead of this essay"),
        ("---\npermalink: /same/\ntitle: Z\n---\nx", "the alias `/same/` leads to /a.gmi instead of this essay"),
        (&*alias("/same.html"), "the alias `/same.html` leads to /a.gmi instead of this essay"),
        (&*alias("/a.gmi"), "the alias `/a.gmi` leads to /a.gmi instead of this essay"),
        (&*alias("/a/"), "the alias `/a/` leads to /a.gmi instead of this essay"),
        (&*alias("/search"), "the alias `/search` leads to /search instead of this essay"),
        (&*alias("/lamp.png"), "the alias `/lamp.png` leads to /lamp.png instead of this essay"),
        (&*alias("/films/"), "the alias `/films/` leads to /films/ instead of this essay"),
        (&*alias("/other/"), ""),
        (&*alias("/b.gmi"), ""),
        (&*alias("/b/"), ""),
        (&*alias("was/b.html"), ""),
        ("---\npermalink: /:year/:title/\naliases: [Lamps]\n---\nx", ""),
        ("---\nurl: /2024/b/\n---\nx", ""),
    ] {
        let files = [("a.md", &*same), ("b.md", other), ("lamp.png", ""), ("films/x.md", "# X\n\nx")];
        assert_eq!(found(&files), expected, "{other:?}");
    }
    let intro = alias("/blog-old/");
    assert_eq!(found(&[("blog/_index.md", &*intro), ("blog/x.md", "# X\n\nx")]), "");
    let clash = found(&[("blog/_index.md", &*intro), ("a.md", &*intro)]);
    assert!(clash.contains("the alias `/blog-old/` leads to"), "{clash}");
}

/// Astro names pictures outside of the content folder in several ways.
#[test]
fn picture_outside_of_the_content_folder_is_found_by_the_end_of_its_path() {
    let site = site_of(&[
        (
            "blog/a.md",
            "![p1](../../assets/in/moon.png)\n\n![p2](~/assets/in/moon.png)\n\n![p3](@assets/in/moon.png)\n\n\
             ![p4](/src/assets/in/moon.png)\n\n![p5](../../../public/lamp.png)\n\n![p6](../lamp.png)\n\n\
             ![p7](../moon.png)\n\n![p8](../../assets/none.png)\n",
        ),
        ("in/moon.png", ""),
        ("lamp.png", ""),
    ]);
    let text = page(&site, "/blog/a.gmi");
    for line in [
        "=> /in/moon.png p1 [image]",
        "=> /in/moon.png p2 [image]",
        "=> /in/moon.png p3 [image]",
        "=> /in/moon.png p4 [image]",
        "=> /lamp.png p5 [image]",
        "=> /lamp.png p6 [image]",
        "=> ../moon.png p7 [image]",
        "=> ../../assets/none.png p8 [image]",
    ] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line} is missing in:\n{text}");
    }
}

#[test]
fn link_from_the_top_of_a_vault_or_by_bare_name_leads_to_the_file() {
    let links = "[1](thoughts/search.md) [2](thoughts/organizing%20system.md) [3](<thoughts/organizing system.md>) \
                 [4](search.md) [5](images/lamp.png) ![lamp](images/lamp.png) [6](lamp.png) [7](thoughts/search.md#how) \
                 [8](other/note.md) [9](nowhere.png) [10](thoughts/)\n";
    let site = site_of(&[
        ("images/lamp.png", ""),
        ("posts/gardens.md", links),
        ("thoughts/organizing system.md", "x"),
        ("thoughts/search.md", "x"),
        ("other/note.md", "x"),
        ("more/other/note.md", "x"),
    ]);
    let text = page(&site, "/posts/gardens.gmi");
    for line in [
        "=> /thoughts/search.gmi 1",
        "=> /thoughts/organizing%20system.gmi 2",
        "=> /images/lamp.png 5",
        "=> /images/lamp.png lamp [image]",
        "=> /other/note.gmi 8",
        "=> nowhere.png 9",
        "=> /thoughts/ 10",
    ] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line} is missing in:\n{text}");
    }
}
