//! Building a capsule: placement by name and neighbours, visibility, private areas, encodings.

use std::sync::Arc;

use lamplit::capsule::{Audience, BuildOptions, Capsule, Essay, PageSnippet, PrivateArea, build};
use lamplit::site::{Lookup, Medium, lint};
use testkit::capsule::{NOW, build_options, path, sources};

/// Builds the public capsule and returns it with its problems as `file: what`.
fn built(files: &[(&str, &str)]) -> (Capsule, Vec<String>) {
    let (capsule, problems) = build(&sources(files), &build_options(NOW), None);
    let problems = problems.iter().map(|problem| {
        let file = problem.place.as_ref().map_or("", |place| &place.file);
        format!("{file}: {}", problem.what)
    });
    (capsule, problems.collect())
}

/// Returns every essay as `address: title [language]`, in order.
fn essays(capsule: &Capsule) -> Vec<String> {
    let language = |essay: &Essay| essay.metadata.language.as_ref().map_or(String::new(), |tag| format!(" [{tag}]"));
    let shown = |essay: &Arc<Essay>| format!("{}: {}{}", essay.address(), essay.title, language(essay.as_ref()));
    capsule.essays().iter().map(shown).collect()
}

/// Returns the file that introduces `folder`.
fn introduction(capsule: &Capsule, folder: &str) -> Option<String> {
    let introduction = capsule.sections.get(&path(folder))?.introduction.as_ref()?;
    Some(introduction.source.path.as_str().to_owned())
}

#[test]
fn folder_with_several_introductions_takes_one_and_warns_of_the_others() {
    for (files, expected, shadowed) in [
        (&["a/_index.md", "a/index.md", "a/README.md", "a/x.md"][..], "/a/_index.md", 2),
        (&["a/index.md", "a/readme.md", "a/x.md"], "/a/index.md", 1),
        (&["a/README.md", "a/x.md"], "/a/README.md", 0),
        (&["a/b/_index.md", "a/b/c/x.md", "a/_index.md"], "/a/_index.md", 0),
    ] {
        let files: Vec<(&str, &str)> = files.iter().map(|name| (*name, "# T\n")).collect();
        let (capsule, problems) = built(&files);
        assert_eq!(introduction(&capsule, "/a/").as_deref(), Some(expected), "{files:?}");
        assert_eq!(problems.len(), shadowed, "{problems:?}");
        assert!(problems.iter().all(|problem| problem.contains(&expected[1..])), "{problems:?}");
    }
    // A draft introduces no folder and hides no other introduction.
    let (capsule, problems) = built(&[("_index.md", "---\ndraft: true\n---\n"), ("README.md", "# R\n")]);
    assert_eq!((introduction(&capsule, "/").as_deref(), problems.len()), (Some("/README.md"), 0));
}

#[test]
fn index_alone_in_a_folder_is_an_essay_with_its_pictures() {
    let (capsule, problems) = built(&[
        ("cat/index.md", "# Cat\n"),
        ("cat/cat.jpg", ""),
        ("dog/index.md", "# Dogs\n"),
        ("dog/rex.md", "# Rex\n"),
        ("deep/one/index.md", "# One\n"),
        ("deep/two/index.md", "# Two\n"),
    ]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(essays(&capsule), ["/cat.gmi: Cat", "/deep/one.gmi: One", "/dog/rex.gmi: Rex", "/deep/two.gmi: Two"]);
    assert_eq!(introduction(&capsule, "/dog/").as_deref(), Some("/dog/index.md"));
    assert!(capsule.files.contains_key(&path("/cat/cat.jpg")));
}

#[test]
fn file_name_states_the_language() {
    let (capsule, problems) = built(&[
        ("index.md", "# Lamps\n"),
        ("index.fr.md", "# Lampes\n"),
        ("skin.md", "---\ndate: 2024-05-01\nslug: soft\n---\n# Skin\n"),
        ("skin.fr.md", "---\ndate: 2024-05-01\nslug: soft\n---\nPeau\n"),
        ("only.fr.md", "Seul\n"),
        ("node.js.md", "# Node\n"),
        ("cat/index.md", "# Cat\n"),
        ("cat/index.fr.md", "# Chat\n"),
        ("cat/index.pt-BR.md", "# Gato\n"),
        ("cow/index.md", "# Cow\n"),
        ("cow/index.sv.md", "# Ko\n"),
        ("en/dusk.md", "---\ntranslationKey: dusk\nlang: en\n---\n# Dusk\n"),
        ("de/abend.md", "---\ntranslationKey: dusk\nlang: de\n---\n# Abend\n"),
    ]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        essays(&capsule),
        [
            "/soft.gmi: Skin",
            "/soft.fr.gmi: Skin [fr]",
            "/de/abend.gmi: Abend [de]",
            "/cat.gmi: Cat",
            "/cat.fr.gmi: Chat [fr]",
            "/cow.gmi: Cow",
            "/en/dusk.gmi: Dusk [en]",
            "/cat.pt-BR.gmi: Gato [pt-BR]",
            "/cow.sv.gmi: Ko [sv]",
            "/node.js.gmi: Node",
            "/only.fr.gmi: Only [fr]",
        ]
    );
    for (base, expected) in [
        ("/soft.fr", "/soft /soft.fr"),
        ("/cat", "/cat /cat.fr /cat.pt-BR"),
        ("/de/abend", "/de/abend /en/dusk"),
        ("/only.fr", ""),
    ] {
        let essay = capsule.essay(&path(base)).expect("an essay");
        let all: Vec<String> = capsule.translations(essay).map(|essay| essay.base.to_string()).collect();
        assert_eq!(all.join(" "), expected, "{base}");
    }
    assert_eq!(introduction(&capsule, "/").as_deref(), Some("/index.md"));
    let french = path("/languages/fr/");
    assert_eq!(capsule.introduction(&french).map(|text| text.title.as_str()), Some("Lampes"));
    assert!(!capsule.sections.contains_key(&french));
}

#[test]
fn files_beside_a_hidden_essay_are_hidden() {
    let (capsule, problems) = built(&[
        ("cat/index.md", "---\ndraft: true\n---\n# Cat\n"),
        ("cat/cat.jpg", ""),
        ("cat/more/cat.jpg", ""),
        ("cat/notes.txt", "n"),
        ("dog/index.md", "---\ndraft: true\n---\n# Dog\n"),
        ("dog/index.fr.md", "# Chien\n"),
        ("dog/dog.jpg", ""),
        ("blog/_drafts/x.md", "# X\n"),
        ("blog/_drafts/x.jpg", ""),
        ("blog/_drafts/notes.txt", "n"),
        ("blog/y.md", "---\ndraft: true\n---\n"),
        ("blog/y.jpg", ""),
        ("blog/z.jpg", ""),
    ]);
    assert_eq!(problems, [""; 0]);
    let mut files: Vec<&str> = capsule.files.keys().map(lamplit::capsule::CapsulePath::as_str).collect();
    files.sort_unstable();
    assert_eq!((files, capsule.texts.len()), (vec!["/blog/z.jpg", "/dog/dog.jpg"], 0));
}

#[test]
fn header_and_footer_of_the_root_are_no_essays() {
    let (capsule, problems) = built(&[
        ("header.txt", "*** Lamps ***\n"),
        ("Footer.md", "Bye\n"),
        ("footer.gmi", "=> mailto:a@example.org Mail\n"),
        ("films/footer.md", "# Footer, a film\n"),
    ]);
    assert_eq!(problems, [""; 0]);
    assert_eq!(essays(&capsule), ["/films/footer.gmi: Footer, a film"]);
    let count = |which| capsule.snippets(which).count();
    assert_eq!((count(PageSnippet::Header), count(PageSnippet::Footer)), (1, 2));
    assert_eq!(capsule.texts.len(), 0);
}

const PRIVATE_FILES: &[(&str, &str)] = &[
    ("index.md", "# Lamps\n"),
    ("films/skin.md", "---\ndate: 2024-05-01\n---\n# The Soft Skin\n"),
    ("films/new.md", "---\ndraft: true\n---\n# New\n"),
    ("bundle/index.md", "---\ndraft: true\n---\n# A bundle\n"),
    ("bundle/b.jpg", ""),
    ("_drafts/early.md", "# Early\n"),
    ("_drafts/e.jpg", ""),
    ("films/_index.md", "---\ndraft: true\n---\n# Films to come\n"),
    ("films/waits.md", "---\ndate: 2090-01-01\n---\n# Waits\n"),
    ("films/over.md", "---\nexpiryDate: 2001-01-01\n---\n# Over\n"),
    ("desk/index.md", "# My desk\n"),
    ("desk/letter.md", "# A letter\n"),
    ("desk/unfinished.md", "---\ndraft: true\n---\n# Unfinished\n"),
    ("desk/photo.jpg", ""),
    ("desk/plain.txt", "Plain.\n"),
    ("desk/family/tree.md", "# The tree\n"),
    ("deskwork.md", "# Work\n"),
];

/// Returns `options` for the readers of the private area at this index.
fn for_area(options: &BuildOptions, index: usize) -> BuildOptions {
    BuildOptions { audience: Audience::Area(options.private[index].clone()), ..options.clone() }
}

fn private_options(areas: &[(&str, bool)]) -> BuildOptions {
    let areas =
        areas.iter().map(|(name, drafts)| PrivateArea { path: path(name), drafts: *drafts, readers: Vec::new() });
    BuildOptions { private: areas.collect(), ..build_options(NOW) }
}

/// Returns the addresses of everything that a capsule holds.
fn addresses(capsule: &Capsule) -> Vec<String> {
    let essays = capsule.essays().iter().map(|essay| essay.address());
    let texts = capsule.texts.values().map(|text| text.path.clone());
    let files = capsule.files.keys().cloned();
    let sections = capsule.sections.values().map(|section| section.address.clone());
    let mut all: Vec<String> = essays.chain(texts).chain(files).chain(sections).map(|path| path.to_string()).collect();
    all.sort();
    all
}

#[test]
fn public_capsule_holds_nothing_of_private_areas() {
    let options = private_options(&[("/desk/", true), ("/desk/family/", false)]);
    let (capsule, _) = build(&sources(PRIVATE_FILES), &options, None);
    assert_eq!(addresses(&capsule), ["/", "/deskwork.gmi", "/films/", "/films/skin.gmi"]);
    assert!(capsule.read.values().all(|essay| !essay.source.path.is_within(&path("/desk/"))));
    assert_eq!(capsule.hidden.values().sum::<usize>(), 6);
}

#[test]
fn area_capsule_holds_the_area_and_what_is_public() {
    let options = private_options(&[("/desk/", false), ("/desk/family/", false)]);
    let sources = sources(PRIVATE_FILES);
    let in_desk = |capsule: &Capsule| -> Vec<String> {
        addresses(capsule).into_iter().filter(|name| name.starts_with("/desk/")).collect()
    };
    let (capsule, _) = build(&sources, &for_area(&options, 0), None);
    assert_eq!(in_desk(&capsule), ["/desk/", "/desk/letter.gmi", "/desk/photo.jpg", "/desk/plain.txt"]);
    assert_eq!(capsule.sections.get(&path("/desk/")).map(|section| section.title.as_str()), Some("My desk"));
    assert!(capsule.essay(&path("/films/skin")).is_some() && capsule.essay(&path("/films/new")).is_none());
    let (inner, _) = build(&sources, &for_area(&options, 1), None);
    assert_eq!(in_desk(&inner), ["/desk/", "/desk/family/", "/desk/family/tree.gmi"]);
}

#[test]
fn area_with_drafts_holds_those_of_the_whole_capsule() {
    let options = private_options(&[("/desk/", true)]);
    let (capsule, problems) = build(&sources(PRIVATE_FILES), &for_area(&options, 0), None);
    assert!(problems.is_empty(), "{problems:?}");
    let is_file = |name: &String| PRIVATE_FILES.iter().any(|(file, _)| name.trim_start_matches('/').starts_with(file));
    let moved: Vec<String> = addresses(&capsule)
        .into_iter()
        .filter(|name| name.starts_with("/desk/") && !is_file(name) && !name.ends_with('/'))
        .collect();
    assert_eq!(
        moved,
        [
            "/desk/_drafts/e.jpg",
            "/desk/_drafts/early.gmi",
            "/desk/bundle.gmi",
            "/desk/bundle/b.jpg",
            "/desk/family/tree.gmi",
            "/desk/films/new.gmi",
            "/desk/films/waits.gmi",
            "/desk/letter.gmi",
            "/desk/unfinished.gmi",
        ]
    );
    assert!(!capsule.files.contains_key(&path("/bundle/b.jpg")));
    assert!(capsule.essay(&path("/desk/unfinished")).is_some());
    // A link to the file of a moved draft leads to its address in the area.
    let known = capsule.essay_known_as(&path("/films/new.md")).map(|essay| essay.address());
    assert_eq!(known, Some(path("/desk/films/new.gmi")));
}

#[test]
fn empty_area_has_a_page() {
    let options = private_options(&[("/nowhere/", false)]);
    let sources = sources(PRIVATE_FILES);
    let (capsule, _) = build(&sources, &for_area(&options, 0), None);
    assert!(capsule.sections.contains_key(&path("/nowhere/")));
    assert!(!build(&sources, &options, None).0.sections.contains_key(&path("/nowhere/")));
}

#[test]
fn preview_of_a_private_file_holds_its_area() {
    let options = private_options(&[("/desk/", false)]);
    let preview = |shown: &str| {
        build(
            &sources(PRIVATE_FILES),
            &BuildOptions { audience: Audience::Author(path(shown)), ..options.clone() },
            None,
        )
        .0
    };
    assert!(preview("/desk/unfinished.md").essay(&path("/desk/letter")).is_some());
    assert!(preview("/films/new.md").essay(&path("/desk/letter")).is_none());
}

#[test]
fn essay_in_another_encoding_is_left_out_with_the_command_that_converts_it() {
    let utf16 = |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let text = "# Été\n\nLa lampe.\n";
    for (bytes, encoding) in [
        (utf16(&format!("\u{feff}{text}"), u16::to_le_bytes), Some("UTF-16")),
        (utf16(&format!("\u{feff}{text}"), u16::to_be_bytes), Some("UTF-16")),
        (utf16(text, u16::to_le_bytes), Some("UTF-16LE")),
        (utf16("# Lamp\n", u16::to_le_bytes), Some("UTF-16LE")),
        (utf16("# Lamp\n", u16::to_be_bytes), Some("UTF-16BE")),
        (utf16("# Лампа\n\nи ночь и свет\n", u16::to_le_bytes), Some("UTF-16LE")),
        (b"# \xc9t\xe9\n\nLa lampe.\n".to_vec(), Some("ISO-8859-1")),
        (b"---\ntitle: \xc9t\xe9\n---\nx\n".to_vec(), Some("ISO-8859-1")),
        (b"# \x93Lamps\x94\n".to_vec(), Some("WINDOWS-1252")),
        (b"# Caf\xe9 \x96 lamps\n".to_vec(), Some("WINDOWS-1252")),
        // A single broken character is not taken for another encoding.
        ("# Été ".bytes().chain(*b"\xe2\x80").collect(), None),
    ] {
        for name in ["/a.md", "/a.gmi", "/2024-05-01-a.txt", "/index.md", "/footer.txt"] {
            let files = sources(&[(name, bytes.as_slice()), ("/good.md", b"# Good\n")]);
            let (capsule, problems) = build(&files, &build_options(NOW), None);
            let what = format!("{name} in {encoding:?}");
            assert_eq!(essays(&capsule).len(), 1, "{what}");
            let [problem] = problems.as_slice() else { panic!("{what}: {problems:?}") };
            assert_eq!(problem.what, "the file is not UTF-8 text", "{what}");
            assert_eq!(problem.place.as_ref().map(|place| format!("/{}", place.file)).as_deref(), Some(name));
            let hint = problem.hint.as_deref().unwrap_or_default();
            let command = encoding.map(|encoding| format!("`iconv -f {encoding} -t UTF-8 OLD > NEW`"));
            assert!(hint.contains(command.as_deref().unwrap_or("the encoding UTF-8")), "{what}: {hint}");
        }
    }
}

#[test]
fn lines_may_end_with_cr_alone() {
    let text = "---\ntitle: Lamps\ndate: 2024-05-01\n---\n\n# Lamps\n\nOne.\n\n* two\n* three\n\n```\na\n\nb\n```\n";
    let page = |text: &str, name: &str| {
        let site = testkit::capsule::site(&[(name, text)]);
        let Lookup::Page(page) = site.lookup(&path("/a.gmi"), Medium::Gemini) else { panic!("{text:?}") };
        String::from_utf8(page.bytes.into()).expect("UTF-8")
    };
    for name in ["/a.md", "/a.gmi", "/a.markdown"] {
        let expected = page(text, name);
        assert!(expected.starts_with("# Lamps\n") && expected.contains("* three\n"), "{expected}");
        for (what, changed) in [
            ("CR", text.replace('\n', "\r")),
            ("CR, with a mark", format!("\u{feff}{}", text.replace('\n', "\r"))),
            ("CR LF", text.replace('\n', "\r\n")),
            ("CR in the head", text.replacen('\n', "\r", 4)),
            ("CR in the body", text.replace("\n\nOne.\n\n", "\r\rOne.\r\r")),
        ] {
            assert_eq!(page(&changed, name), expected, "{what} in {name}");
        }
    }
    // The place of a problem is the line that an editor shows.
    let site = testkit::capsule::site(&[("/a.md", "# A\r\r[x](nowhere.md)\r")]);
    let problems = lint(&site, build_options(NOW).now);
    let span = problems[0].place.as_ref().and_then(|place| place.span.clone()).expect("a place");
    assert_eq!((span.line, span.column), (3, 1));
}
