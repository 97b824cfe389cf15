//! Real archives link to themselves in the way of the site generators they were written for: by the addresses that
//! their essays have on the Web. Served here, each such link leads to the essay itself.
//!
//! The Web address of an essay is computed from its file, by the rules of its generator.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lamplit::capsule::{CapsulePath, Essay, build};
use lamplit::disk::{self, ReadLimits};
use lamplit::site::{Lookup, Medium, Site, SiteOptions};
use pulldown_cmark::{Event, Options, Parser, Tag};
use testkit::capsule::build_options;

use testkit::classifier::{Line, classify};
use testkit::{corpus, split};

/// An archive: its folder, where it is on the Web, and the rule for the addresses of its posts there.
type Archive = (&'static str, &'static str, fn(&Path, &toml::Table) -> Vec<String>);

const ARCHIVES: &[Archive] = &[
    // Jekyll: the day and the title, both in the name of the file.
    ("benbalter", "https://ben.balter.com", |file, _| {
        let stem = file.file_stem().expect("a name").to_str().expect("UTF-8");
        vec![format!("{}/{}", stem[..10].replace('-', "/"), &stem[11..])]
    }),
    ("burntsushi", "https://blog.burntsushi.net", |_, head| strings(head, &["url"])),
    ("jessfraz", "https://blog.jessfraz.com/post", |file, _| {
        vec![file.file_stem().expect("a name").to_str().expect("UTF-8").to_owned()]
    }),
    // Zola: the path, and where it used to be.
    ("rust-blog", "https://blog.rust-lang.org", |_, head| strings(head, &["path", "aliases"])),
];

fn strings(head: &toml::Table, keys: &[&str]) -> Vec<String> {
    let values = keys.iter().filter_map(|key| head.get(*key)).flat_map(|value| match value {
        toml::Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    });
    values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

/// Returns the form in which addresses are compared.
fn plain(address: &str) -> String {
    let bare = &address[..address.find(['#', '?']).unwrap_or(address.len())];
    let bare = bare.trim_end_matches("index.html").trim_matches('/');
    bare.trim_end_matches(".html").to_owned()
}

#[test]
fn links_of_real_archives_to_themselves_lead_to_the_essays() {
    let Some(corpus) = corpus() else { return };
    for (name, web, addresses) in ARCHIVES {
        let folder = corpus.join(name);
        let site = site(&folder, web);
        let mut on_the_web: HashMap<String, CapsulePath> = HashMap::new();
        let mut posts = 0;
        for essay in site.capsule().essays() {
            let file = folder.join(essay.source.path.as_str().trim_start_matches('/'));
            for address in addresses(&file, &head(&file)) {
                on_the_web.insert(plain(&address), essay.address());
                let moved = CapsulePath::from_decoded(&format!("{}/", plain(&address))).expect("an address");
                let found = site.lookup(&moved, Medium::Gemini);
                assert_eq!(found, Lookup::Moved(essay.address()), "{name}: {moved}");
            }
            posts += 1;
        }
        let (mut inside, mut files) = (0, HashSet::<PathBuf>::new());
        for essay in site.capsule().essays() {
            inside += links_lead_home(&site, essay, web, &on_the_web);
            files.insert(folder.join(essay.source.path.as_str()));
        }
        println!("{name}: {posts} posts at {} addresses on the Web, {inside} links among them", on_the_web.len());
        assert!(on_the_web.len() >= posts && inside >= 1, "{name}");
    }
}

/// Checks that every link of the post to another post leads to its address here; returns their number.
fn links_lead_home(site: &Site, essay: &Essay, web: &str, on_the_web: &HashMap<String, CapsulePath>) -> usize {
    let Lookup::Page(page) = site.lookup(&essay.address(), Medium::Gemini) else { panic!("no page") };
    let text = String::from_utf8(page.bytes.to_vec()).expect("UTF-8");
    let there: HashSet<String> = classify(&text)
        .into_iter()
        .filter_map(|line| match line {
            Line::Link { url, .. } => Some(url),
            _ => None,
        })
        .collect();
    let bare = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_owned());
    let web = bare(web).expect("a scheme");
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_GFM;
    let mut found = 0;
    let source = essay.text();
    for event in Parser::new_ext(source.body(), options) {
        let Event::Start(Tag::Link { dest_url, .. }) = event else { continue };
        let local = match bare(&dest_url) {
            Some(outside) => outside.strip_prefix(&web).map(str::to_owned),
            None => dest_url.starts_with('/').then(|| dest_url.to_string()),
        };
        let Some(target) = local.and_then(|local| on_the_web.get(&plain(&local))) else { continue };
        assert!(there.contains(&target.to_url()), "{}: {dest_url} does not lead to {target}", essay.source.path);
        found += 1;
    }
    found
}

fn site(folder: &Path, web: &str) -> Site {
    let reading = disk::read(folder, &[], &[], &[], None, ReadLimits::NONE).expect("a folder");
    let (capsule, _) = build(&reading.files, &build_options(1_900_000_000), None);
    let options =
        SiteOptions { web: Some(web.to_owned()), ..SiteOptions::standard(&"example.org".parse().expect("a host")) };
    Site::new(Arc::new(capsule), &options, None)
}

/// Returns the head of a post as TOML; empty if it is none.
fn head(file: &Path) -> toml::Table {
    let text = fs::read_to_string(file).expect("a post");
    let head = split(&text).head.map(|head| head.text.to_owned()).unwrap_or_default();
    head.parse().unwrap_or_default()
}
