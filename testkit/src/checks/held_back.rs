//! What holds for every folder: readers get nothing of what its author holds back, and no page tells that it exists.
//!
//! A site of the whole folder is compared with one of the folder without the files that are held back: every page, list,
//! count, feed, redirect, search result and suggestion is the same, byte for byte. So nothing has to be known about how
//! a page could give a text away. Apart from that, the words of the texts are looked for on all pages.

use std::collections::HashSet;
use std::sync::Arc;

use lamplit::capsule::{Audience, BuildOptions, Capsule, CapsulePath, SourceFile, build};
use lamplit::site::{Lookup, Medium, Site, SiteOptions};

use crate::capsule::{NOW, build_options, site_options, sources, sources_after};
use crate::folders::{Choices, Fate, Folder, Text};

const MEDIA: [Medium; 2] = [Medium::Gemini, Medium::Gopher];

/// Queries that any folder has results for, or none.
const QUERIES: [&str; 6] = ["lamp", "tag:shared", "year:2024", "year:2999", "evening -lamp", "burns \"lamp burns\""];

/// Checks the folder that `bytes` describe.
pub(super) fn held_back(bytes: &[u8]) {
    check_folder(&Folder::new(&mut Choices::Bytes(bytes)));
}

/// Checks what readers get of `folder`.
pub fn check_folder(folder: &Folder) {
    let before = folder.is_update.then(|| Published::new(&sources(&folder.before), None));
    if let Some(before) = &before {
        before.visit();
    }
    let read = match &before {
        Some(before) => sources_after(&before.capsule, &folder.files),
        None => sources(&folder.files),
    };
    let published = Published::new(&read, before.as_ref());
    let stays = |text: &Text| {
        let last = folder.before.iter().find(|(file, _)| *file == text.file);
        let mut read = published.capsule.read.values().filter(|essay| essay.source.path.as_str() == text.file);
        last.is_some_and(|(_, last)| read.any(|essay| *essay.source.text() == **last))
    };
    let case =
        Case { folder, held: folder.texts.iter().map(|text| text.fate.is_held_back() && !stays(text)).collect() };
    for text in &folder.texts {
        let was_published = folder.is_update && folder.before.iter().any(|(file, _)| *file == text.file);
        match text.fate {
            Fate::Hidden => assert!(!stays(text), "the last version of a hidden text stays: {text:#?}"),
            Fate::Refused => assert_eq!(stays(text), was_published, "the last version: {text:#?}"),
            Fate::Public | Fate::Unlisted | Fate::Broken => {}
        }
    }
    case.assert_equal(&published.site, &case.without_held(|_| true).site);
    case.assert_words_absent(&published.site, |_| true);
    case.assert_visible(&published.site);
    if folder.texts.iter().any(|text| text.fate == Fate::Unlisted) {
        let listed = case.without_held(|text| text.fate != Fate::Unlisted).site;
        case.assert_unlisted(&published.site, &listed);
    }
    if folder.texts.iter().any(|text| text.is_in_area) {
        case.check_area(&read, &published);
    }
}

/// A capsule with its site.
struct Published {
    capsule: Arc<Capsule>,
    site: Site,
}

impl Published {
    fn new(sources: &[Arc<SourceFile>], previous: Option<&Self>) -> Self {
        let (capsule, _) = build(sources, &options(), previous.map(|previous| &*previous.capsule));
        let capsule = Arc::new(capsule);
        let site = Site::new(Arc::clone(&capsule), &site_options(), previous.map(|previous| &previous.site));
        Self { capsule, site }
    }

    /// Asks for every page, so that the next snapshot has something to take over.
    fn visit(&self) {
        for medium in MEDIA {
            self.site.addresses(medium).iter().for_each(|address| drop(self.site.lookup(address, medium)));
        }
        self.site.results("lamp", 1, Medium::Gemini);
    }
}

fn options() -> BuildOptions {
    BuildOptions { private: Folder::private(), ..build_options(NOW) }
}

/// A folder, and which of its texts readers get nothing of.
struct Case<'f> {
    folder: &'f Folder,
    held: Vec<bool>,
}

impl Case<'_> {
    fn held(&self) -> impl Iterator<Item = &Text> {
        self.folder.texts.iter().zip(&self.held).filter(|(_, held)| **held).map(|(text, _)| text)
    }

    /// Publishes the folder without what is held back and without the texts that are not `kept`. A text that could not
    /// be read is there as it was.
    fn without_held(&self, kept: impl Fn(&Text) -> bool) -> Published {
        let Folder { files, before, texts, attached, .. } = self.folder;
        let owner = |file: &str| {
            let attached = attached.iter().find(|(name, _)| name == file).map(|(_, owner)| *owner);
            attached.or_else(|| texts.iter().position(|text| text.file == file))
        };
        let version = |(file, content): &(String, Vec<u8>)| {
            let Some(owner) = owner(file) else { return Some((file.clone(), content.clone())) };
            if self.held[owner] || !kept(&texts[owner]) {
                return None;
            }
            let last = before.iter().find(|(name, _)| name == file).filter(|_| texts[owner].fate.is_held_back());
            Some((file.clone(), last.map_or(content, |(_, last)| last).clone()))
        };
        Published::new(&sources(&files.iter().filter_map(version).collect::<Vec<_>>()), None)
    }

    /// Panics unless both sites answer every request in the same way.
    fn assert_equal(&self, site: &Site, other: &Site) {
        for medium in MEDIA {
            let addresses = site.addresses(medium);
            let wanted = other.addresses(medium);
            let differ: Vec<_> = addresses.iter().filter(|address| !wanted.contains(address)).collect();
            let lost: Vec<_> = wanted.iter().filter(|address| !addresses.contains(address)).collect();
            assert!(differ.is_empty() && lost.is_empty(), "too many: {differ:?}, lost: {lost:?}, {}", self.told());
            assert_eq!(site.moved(medium), other.moved(medium), "{}", self.told());
            let mut asked: HashSet<CapsulePath> = addresses.iter().cloned().collect();
            let pages = addresses.iter().filter_map(|address| self.assert_answer_equal(site, other, address, medium));
            let mut linked: Vec<CapsulePath> = pages.flat_map(|page| targets(&page, medium)).collect();
            linked.retain(|target| asked.insert(target.clone()));
            for target in linked.iter().filter(|target| !target.as_str().starts_with("/search")) {
                let page = self.assert_answer_equal(site, other, target, medium);
                assert!(page.is_none(), "a page leads to {target}, which no list has: {}", self.told());
            }
            for guess in self.held().flat_map(guesses).filter(|guess| asked.insert(guess.clone())) {
                if site.lookup(&guess, medium) != Lookup::Missing {
                    self.assert_answer_equal(site, other, &guess, medium);
                }
            }
        }
        for text in self.held() {
            for query in queries(text) {
                self.assert_results_equal(site, other, &query);
            }
        }
        for query in QUERIES {
            self.assert_results_equal(site, other, query);
        }
    }

    /// Panics unless both sites have one answer to the request for `address`; returns the page that it is.
    fn assert_answer_equal(&self, site: &Site, other: &Site, address: &CapsulePath, medium: Medium) -> Option<String> {
        let (answer, wanted) = (site.lookup(address, medium), other.lookup(address, medium));
        assert!(
            answer == wanted,
            "{address} differs:\n{}\n--- not\n{}\n{}",
            shown(&answer),
            shown(&wanted),
            self.told()
        );
        match answer {
            Lookup::Page(page) => Some(String::from_utf8_lossy(&page.bytes).into_owned()),
            _ => None,
        }
    }

    fn assert_results_equal(&self, site: &Site, other: &Site, query: &str) {
        let results = |site: &Site| shown(&Lookup::Page(site.results(query, 1, Medium::Gemini)));
        let (answer, wanted) = (results(site), results(other));
        assert!(answer == wanted, "{query} differs:\n{answer}\n--- not\n{wanted}\n{}", self.told());
    }

    /// Panics if a page has a word of a text that is held back and `counts`.
    fn assert_words_absent(&self, site: &Site, counts: impl Fn(&Text) -> bool) {
        for medium in MEDIA {
            for address in site.addresses(medium) {
                let page = shown(&site.lookup(&address, medium)).to_lowercase();
                for text in self.held().filter(|text| counts(text)) {
                    let named = !self.folder.mentions && page.contains(&text.name);
                    assert!(!address.as_str().contains(&text.name), "{address}: {text:#?}");
                    assert!(!named && !page.contains(&text.word), "{address} has words of {text:#?}:\n{page}");
                }
            }
        }
    }

    /// Panics unless readers get the texts that are public or unlisted, and find the public ones.
    fn assert_visible(&self, site: &Site) {
        for text in self.folder.texts.iter().filter(|text| !text.fate.is_held_back()) {
            for (medium, extension) in [(Medium::Gemini, ".gmi"), (Medium::Gopher, ".txt")] {
                let address = address(&format!("{}{extension}", text.base)).expect("an address");
                let page = shown(&site.lookup(&address, medium));
                assert!(page.contains(&text.word), "{address} is\n{page}\nof {text:#?}");
            }
            // In quotes, a word is not replaced by the nearest one.
            let quoted = format!("\"{}\"", text.word);
            let results = shown(&Lookup::Page(site.results(&quoted, 1, Medium::Gemini)));
            assert_eq!(results.contains("\n1 essay\n"), text.fate == Fate::Public, "{results}\nof {text:#?}");
        }
    }

    /// Panics unless the pages but those of the unlisted texts are as on `listed`, the site without them, and have none
    /// of their words. If other texts link to them, only the latter.
    fn assert_unlisted(&self, site: &Site, listed: &Site) {
        let unlisted = || self.folder.texts.iter().filter(|text| text.fate == Fate::Unlisted);
        for medium in MEDIA {
            for address in listed.addresses(medium) {
                if !self.folder.mentions {
                    self.assert_answer_equal(site, listed, &address, medium);
                    continue;
                }
                let page = shown(&site.lookup(&address, medium));
                for text in unlisted() {
                    assert!(!page.contains(&text.word), "{address} has words of {text:#?}:\n{page}");
                }
            }
        }
        if !self.folder.mentions {
            for query in unlisted().flat_map(queries) {
                self.assert_results_equal(site, listed, &query);
            }
            for query in QUERIES {
                self.assert_results_equal(site, listed, query);
            }
        }
    }

    /// Checks what the readers of the private area get.
    fn check_area(&self, sources: &[Arc<SourceFile>], public: &Published) {
        let area = &Folder::private()[0];
        let (capsule, _) = build(
            sources,
            &BuildOptions { audience: Audience::Area(area.clone()), ..options() },
            Some(&public.capsule),
        );
        let options = SiteOptions { private_area: Some(area.path.clone()), ..site_options() };
        let site = Site::new(Arc::new(capsule), &options, None);
        self.assert_words_absent(&site, |text| !text.is_in_area);
        for text in self.folder.texts.iter().filter(|text| text.is_in_area) {
            let address = address(&format!("{}.gmi", text.base)).expect("an address");
            let page = shown(&site.lookup(&address, Medium::Gemini));
            assert!(page.contains(&text.word), "{address} is\n{page}\nof {text:#?}");
        }
    }

    /// Describes the folder for a message.
    fn told(&self) -> String {
        let Folder { texts, mentions, is_update, .. } = self.folder;
        format!("mentions: {mentions}, update: {is_update}, texts: {texts:#?}")
    }
}

fn address(path: &str) -> Option<CapsulePath> {
    CapsulePath::from_decoded(path).ok()
}

/// Returns where readers may look for a text that they do not know.
fn guesses(text: &Text) -> impl Iterator<Item = CapsulePath> {
    const ENDS: [&str; 9] = ["", ".gmi", ".txt", ".md", "/", ".html", "/index.gmi", "/atom.xml", "/index.md"];
    let files = [text.file.clone(), text.base.clone()];
    let stems = [&text.base, &text.file].into_iter().chain(&text.guesses);
    let ends = |stem: &String| {
        let stem = stem.trim_end_matches('/');
        let stem = stem.rsplit_once('.').map_or(stem, |(bare, _)| bare).to_owned();
        ENDS.map(|end| format!("{stem}{end}"))
    };
    let all: Vec<String> = stems.flat_map(ends).chain(text.guesses.iter().cloned()).chain(files).collect();
    all.into_iter().filter_map(|path| address(&path))
}

/// Returns queries for a text: its words, parts of them, and misspellings, which may be corrected.
fn queries(text: &Text) -> [String; 7] {
    let Text { word, name, .. } = text;
    let misspelt = |word: &str| format!("{}e{}", &word[..3], &word[4..]);
    [
        word.clone(),
        misspelt(word),
        misspelt(name),
        word[..5].to_owned(),
        format!("tag:{word}"),
        format!("\"evening {name}\""),
        format!("lamp {word} -{name}"),
    ]
}

/// Returns the addresses in the capsule to which a page leads.
fn targets(page: &str, medium: Medium) -> Vec<CapsulePath> {
    let link = |line: &str| match medium {
        Medium::Gemini => line.strip_prefix("=> /").map(|rest| rest.split(' ').next().unwrap_or_default().to_owned()),
        Medium::Gopher => line.split('\t').nth(1).and_then(|selector| selector.strip_prefix('/')).map(str::to_owned),
    };
    let target = |path: String| match medium {
        Medium::Gemini => CapsulePath::from_url(&format!("/{path}")).ok(),
        Medium::Gopher => CapsulePath::from_selector(&format!("/{path}")).ok(),
    };
    page.lines().filter_map(link).filter_map(target).collect()
}

/// Returns what a reader sees of an answer.
fn shown(answer: &Lookup) -> String {
    match answer {
        Lookup::Page(page) => String::from_utf8_lossy(&page.bytes).into_owned(),
        other => format!("{other:?}"),
    }
}
