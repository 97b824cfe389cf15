//! Real archives: every post is listed with the title, date and tags that an independent reading of its file
//! gives, and every address answers over both media.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use lamplit::capsule::{Capsule, CapsulePath, Essay, build};
use lamplit::disk::{self, ReadLimits};
use lamplit::site::{Lookup, Medium, Site, SiteOptions};
use testkit::capsule::build_options;
use testkit::{corpus, files_below};

pub(crate) fn capsule_of(folder: &Path) -> Capsule {
    let reading = disk::read(folder, &[], &[], &[], None, ReadLimits::NONE).expect("a folder");
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let (capsule, problems) = build(&reading.files, &build_options(1_900_000_000), None);
    assert!(problems.is_empty(), "{problems:?}");
    capsule
}

#[test]
fn every_post_is_read_as_its_file_says() {
    let Some(corpus) = corpus() else { return };
    for name in ["benbalter", "burntsushi", "jessfraz", "rust-blog"] {
        let folder = corpus.join(name);
        let capsule = capsule_of(&folder);
        let files = files_below(&folder, "md");
        let drafts = files.iter().filter(|file| Head::of(file).is_draft()).count();
        assert_eq!(
            (capsule.addressable().len(), capsule.hidden.values().sum::<usize>()),
            (files.len() - drafts, drafts),
            "{name}"
        );
        for essay in capsule.essays() {
            check(essay, &folder);
        }
    }
}

fn check(essay: &Essay, folder: &Path) {
    let file = folder.join(essay.source.path.as_str().trim_start_matches('/'));
    let head = Head::of(&file);
    let at = file.display();
    if let Some(title) = head.string("title") {
        assert_eq!(essay.title, title.split_whitespace().collect::<Vec<_>>().join(" "), "{at}");
    }
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    let is_day = |day: &&str| day.bytes().enumerate().all(|(at, b)| b.is_ascii_digit() != matches!(at, 4 | 7));
    let dated = |text: &str| text.get(..10).filter(is_day).map(str::to_owned);
    let expected =
        head.value("date").and_then(|date| dated(date.trim_matches(['"', '\'']))).or_else(|| dated(&name)).or_else(
            || head.string("path").and_then(|path| dated(path.get(path.find("20")?..)?.replace('/', "-").as_str())),
        );
    assert_eq!(essay.date.map(|date| date.to_string()), expected, "{at}");
    if let Some(tags) = head.value("tags") {
        let tags: Vec<&str> =
            tags.trim_matches(['[', ']']).split(',').map(|tag| tag.trim().trim_matches('"')).collect();
        let tags: Vec<&str> = tags.into_iter().filter(|tag| !tag.is_empty()).collect();
        assert!(tags.iter().all(|tag| essay.metadata.tags.iter().any(|t| t == tag)), "{at}: {tags:?}");
    }
}

#[test]
fn every_address_answers_over_both_media() {
    let Some(corpus) = corpus() else { return };
    let started = Instant::now();
    let capsule = Arc::new(capsule_of(&corpus));
    println!("{} essays in {:?}", capsule.essays().len(), started.elapsed());
    let site = Site::new(Arc::clone(&capsule), &SiteOptions::standard(&lamplit::host::HostName::localhost()), None);
    for essay in capsule.essays() {
        let source = essay.base.with_suffix("md");
        assert!(matches!(site.lookup(&source, Medium::Gemini), Lookup::Page(_)), "{source}");
        for (extension, medium) in
            [("gmi", Medium::Gemini), ("txt", Medium::Gemini), ("gmi", Medium::Gopher), ("txt", Medium::Gopher)]
        {
            let address = essay.base.with_suffix(extension);
            let Lookup::Page(page) = site.lookup(&address, medium) else { panic!("{address}") };
            let text = String::from_utf8(page.bytes.to_vec()).expect("text");
            match (extension, medium) {
                ("gmi", Medium::Gemini) => {
                    assert!(text.starts_with("# "), "{address}");
                    assert!(text.ends_with("=> / ← Back to all essays\n"), "{address}");
                    own_links_answer(&site, &address, &text);
                }
                (_, Medium::Gopher) => {
                    let bare = text.lines().count() - text.matches("\r\n").count();
                    assert_eq!((bare, text.lines().any(|line| line.starts_with('.'))), (0, false), "{address}");
                }
                _ => {}
            }
        }
    }
    for section in capsule.sections.values() {
        let Lookup::Page(page) = site.lookup(&section.address, Medium::Gemini) else { panic!() };
        let text = String::from_utf8(page.bytes.to_vec()).expect("text");
        assert_eq!(text.lines().filter(|line| line.starts_with('#')).count(), 1, "{}", section.address);
        own_links_answer(&site, &section.address, &text);
        let Lookup::Page(page) = site.lookup(&section.address, Medium::Gopher) else { panic!() };
        assert!(page.bytes.ends_with(b".\r\n") && page.item_type == '1');
    }
}

/// No generated link leads to a redirect. Dead links of the authors are ignored.
fn own_links_answer(site: &Site, page: &CapsulePath, text: &str) {
    let mut fenced = false;
    let mut dated = BTreeSet::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        let Some(rest) = line.strip_prefix("=> ").filter(|_| !fenced) else { continue };
        let url = rest.split(' ').next().unwrap_or(rest);
        if page.is_folder() && rest[url.len()..].trim_start().starts_with("20") {
            assert!(dated.insert(url.to_owned()), "{page}: {url} twice");
        }
        if url.starts_with('/') {
            let path = CapsulePath::from_url(url).expect("a path");
            let found = site.lookup(&path, Medium::Gemini);
            assert!(!matches!(found, Lookup::Moved(_)), "{page}: {url} moved");
        }
    }
}

/// The head of a post, read line by line: keys of the outermost level with what stands behind them.
struct Head(Vec<(String, String)>);

impl Head {
    fn of(file: &Path) -> Self {
        let text = fs::read_to_string(file).expect("a post");
        let mut lines = text.lines();
        let fence = lines.next().unwrap_or_default().trim_end().to_owned();
        let head = lines.take_while(|line| line.trim_end() != fence);
        let outer = head.filter(|line| !line.starts_with([' ', '-', '#'])).take_while(|line| !line.starts_with('['));
        let split = if fence == "+++" { '=' } else { ':' };
        Self(
            outer
                .filter_map(|line| line.split_once(split))
                .map(|(key, value)| (key.trim().to_lowercase(), value.trim().to_owned()))
                .collect(),
        )
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
    }

    /// Returns a string on one line without its quotes, or `None` for other forms.
    fn string(&self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        if let Some(inner) = value.strip_prefix("'''").and_then(|value| value.strip_suffix("'''")) {
            return Some(inner.to_owned());
        }
        let inner = match value.chars().next()? {
            quote @ ('"' | '\'') => value.strip_prefix(quote)?.strip_suffix(quote)?,
            '>' | '|' => return None,
            _ => value,
        };
        Some(inner.replace("\\\"", "\"").replace("''", "'"))
    }

    fn is_draft(&self) -> bool {
        self.value("draft") == Some("true") || self.value("published") == Some("false")
    }
}
