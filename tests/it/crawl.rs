//! Real archives, served by the program: every post is listed, and every page is served over both protocols.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use crate::support::Server;
use testkit::{corpus, files_below};

#[test]
fn every_post_of_real_archives_is_listed_and_answers_over_both_protocols() {
    let Some(corpus) = corpus() else { return };
    for archive in ["benbalter", "burntsushi", "jessfraz", "rust-blog"] {
        let folder = corpus.join(archive);
        let posts = published_posts(&folder);
        let server = Server::start(&folder);

        // A long index links to years for essays that it does not list.
        let index = server.ask_gemini("/").body;
        let by_year: String = years(&index).map(|year| server.ask_gemini(year).body).collect();
        let pages = index.clone() + &by_year;
        let listed: BTreeSet<&str> = essays(&pages).collect();
        assert_eq!(listed.len(), posts, "{archive}: posts on the index and its years");
        let failed = failures(&listed, |address| {
            let reply = server.ask_gemini(address);
            reply.head.starts_with("20 text/gemini") && reply.body.starts_with("# ")
        });
        assert_eq!(failed, [""; 0], "{archive} over Gemini");

        let menu = server.ask_gopher("");
        let by_year: String = years(&index).map(|year| server.ask_gopher(year)).collect();
        let menus = menu + &by_year;
        let selectors: BTreeSet<&str> = menus
            .lines()
            .filter(|line| line.starts_with('0'))
            .filter_map(|line| line.split('\t').nth(1))
            .filter(|selector| Path::new(selector).extension().is_some_and(|extension| extension == "txt"))
            .collect();
        assert_eq!(selectors.len(), posts, "{archive}: posts in the menu and its years");
        let failed = failures(&selectors, |selector| {
            let text = server.ask_gopher(selector);
            text.len() > 100 && !text.starts_with('3') && text.ends_with("\r\n")
        });
        assert_eq!(failed, [""; 0], "{archive} over Gopher");
        println!("{archive}: {posts} posts, each over both protocols");
    }
}

/// Returns the addresses on a page that lead to essays.
fn essays(page: &str) -> impl Iterator<Item = &str> {
    addresses(page).filter(|address| Path::new(address).extension().is_some_and(|extension| extension == "gmi"))
}

/// Returns the addresses on a page that lead to years.
fn years(page: &str) -> impl Iterator<Item = &str> {
    addresses(page).filter(|address| address.starts_with("/archive/2"))
}

fn addresses(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter_map(|line| line.strip_prefix("=> ")).filter_map(|link| link.split(' ').next())
}

/// Returns the `addresses` whose replies do not pass, requested on several threads.
fn failures<'a>(addresses: &BTreeSet<&'a str>, passes: impl Fn(&str) -> bool + Sync) -> Vec<&'a str> {
    let left = Mutex::new(addresses.iter());
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = left.lock().expect("no panic").next();
                    let Some(address) = next else { break };
                    if !passes(address) {
                        failed.lock().expect("no panic").push(*address);
                    }
                }
            });
        }
    });
    failed.into_inner().expect("no panic")
}

/// Returns how many posts below `folder` are not drafts, by a search in their front matter.
fn published_posts(folder: &Path) -> usize {
    let hidden = ["draft = true", "draft: true", "published: false", "published = false"];
    files_below(folder, "md")
        .iter()
        .filter(|file| !file.ends_with("_index.md") && !file.ends_with("README.md"))
        .filter(|file| {
            let text = fs::read_to_string(file).expect("a post");
            !text.lines().take(40).any(|line| hidden.contains(&line.trim()))
        })
        .count()
}
