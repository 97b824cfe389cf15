//! Checks 1 to 3: lists as feed readers parse them, equal bytes on any day, Atom.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lamplit::capsule::{CapsulePath, build};
use lamplit::disk::{self, ReadLimits};
use lamplit::site::{Lookup, Medium, Site, SiteOptions};
use tempfile::TempDir;
use testkit::capsule::build_options;

use crate::feeds::{checked_feed, page, read};
use crate::support::scratch_folder;
use testkit::classifier::{Line, assert_well_formed, classify};
use testkit::corpus;

/// Returns the site of `folder`, built on `day` (counted from 1970).
fn site_of(folder: &Path, day: i64) -> Site {
    let reading = disk::read(folder, &[], &[], &[], None, ReadLimits::NONE).expect("a folder");
    let (capsule, problems) = build(&reading.files, &build_options(day * 86_400), None);
    assert!(problems.is_empty(), "{problems:?}");
    Site::new(Arc::new(capsule), &SiteOptions::standard(&"example.org".parse().expect("a host")), None)
}

fn sample() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/capsule"))
}

/// Returns the lists that can be reached from the index, with their pages.
fn lists(site: &Site) -> Vec<(String, String)> {
    let mut seen = HashSet::from(["/".to_owned()]);
    let (mut next, mut found) = (vec!["/".to_owned()], Vec::new());
    while let Some(at) = next.pop() {
        let (_, text) = page(site, &at, Medium::Gemini).unwrap_or_else(|| panic!("{at} is no page"));
        for line in classify(&text) {
            if let Line::Link { url, .. } = line
                && url.starts_with('/')
                && url.ends_with('/')
            {
                let path = CapsulePath::from_url(&url).expect("an address").to_string();
                if seen.insert(path.clone()) {
                    next.push(path);
                }
            }
        }
        found.push((at, text));
    }
    found
}

/// Returns the title after the date if Lagrange takes the line for an entry of a feed, by the rule in its source: `=>`,
/// perhaps blanks, an address, at least one blank, a date, and then something that is no digit.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (url, label) = line.strip_prefix("=>")?.trim_start().split_once([' ', '\t'])?;
    let label = label.trim_start();
    let (date, title) = label.split_at_checked(10)?;
    let digit = |at: usize, allowed: &str| allowed.contains(char::from(date.as_bytes()[at]));
    let date = (0..4).all(|at| digit(at, "0123456789"))
        && digit(4, "-")
        && digit(5, "01")
        && digit(6, "0123456789")
        && digit(7, "-")
        && digit(8, "0123")
        && digit(9, "0123456789");
    (date && title.starts_with(|c: char| !c.is_ascii_digit())).then(|| (url, title.trim()))
}

#[test]
fn check_1_every_list_is_a_feed_page() {
    let archives: Vec<_> = corpus().into_iter().collect();
    for folder in [sample()].into_iter().chain(archives.iter().map(AsRef::as_ref)) {
        let site = site_of(folder, 20_700);
        let lists = lists(&site);
        assert!(lists.len() > 10, "{}", lists.len());
        for (at, text) in &lists {
            assert_well_formed(text);
            let lines = classify(text);
            let titles = lines.iter().filter(|line| matches!(line, Line::Heading { level: 1, .. })).count();
            assert!(matches!(lines[0], Line::Heading { level: 1, .. }) && titles == 1, "{at}:\n{text}");
            let mut addresses = HashSet::new();
            for line in &lines {
                match line {
                    // An introduction may link to an essay that the list has.
                    Line::Link { url, label } if entry(&format!("=> {url} {label}")).is_some() => {
                        assert!(addresses.insert(url), "{url} twice on {at}");
                    }
                    Line::Preformatted(text) => assert!(entry(text).is_none(), "{at}: {text}"),
                    _ => {}
                }
            }
            let dated: Vec<(usize, &str)> =
                (text.lines().enumerate()).filter_map(|(number, line)| Some((number, entry(line)?.1))).collect();
            assert!(dated.iter().all(|(_, title)| !title.is_empty()), "{at} has an entry without a title");
            assert!(dated.windows(2).all(|two| two[1].0 == two[0].0 + 1), "{at} has a gap:\n{text}");
            let unclear = text.lines().filter(|line| line.starts_with("=> ") && line.contains(" 20"));
            for line in unclear.filter(|line| entry(line).is_none()) {
                let label = line.splitn(3, ' ').nth(2).unwrap_or_default();
                let is_date = label.get(4..5) == Some("-") && label.get(7..8) == Some("-");
                assert!(!is_date, "{at}: `{line}` begins with a date and is no entry");
            }
        }
        let index = &lists.iter().find(|(at, _)| at == "/").expect("an index").1;
        assert!(index.lines().filter(|line| entry(line).is_some()).count() >= 3);
    }
}

/// Copies the sample capsule.
fn copied() -> TempDir {
    let folder = scratch_folder();
    copy(sample(), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder") {
        let (from, to) = {
            let entry = entry.expect("an entry");
            (entry.path(), to.join(entry.file_name()))
        };
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("copied");
        }
    }
}

/// Changes the modification time of every file below `folder`.
fn touch(folder: &Path, when: SystemTime) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            touch(&path, when);
        } else {
            let file = fs::File::options().write(true).open(&path).expect("opened");
            file.set_modified(when).expect("dated");
        }
    }
}

#[test]
fn check_2_an_unchanged_folder_gives_the_same_bytes_on_any_day() {
    let folder = copied();
    let one = site_of(folder.path(), 20_700);
    touch(folder.path(), SystemTime::now() - Duration::from_secs(400 * 86_400));
    let two = site_of(folder.path(), 21_500);
    let mut addresses: Vec<String> = lists(&one).into_iter().map(|(at, _)| at).collect();
    addresses.extend(["/atom.xml", "/films/atom.xml", "/tags/cinema/atom.xml", "/robots.txt"].map(str::to_owned));
    for essay in one.capsule().essays() {
        addresses.extend(["gmi", "txt", "md"].map(|form| essay.base.with_suffix(form).to_string()));
    }
    assert!(addresses.len() > 50, "{}", addresses.len());
    for at in addresses {
        let path = CapsulePath::from_decoded(&at).expect("an address");
        for medium in [Medium::Gemini, Medium::Gopher] {
            let page = one.lookup(&path, medium);
            assert!(matches!(page, Lookup::Page(_)), "{at}: {page:?}");
            assert_eq!(page, two.lookup(&path, medium), "{at}");
        }
    }
}

#[test]
fn check_3_the_feed_is_what_its_readers_parse() {
    let folder = copied();
    let before = site_of(folder.path(), 20_700);
    touch(folder.path(), SystemTime::now());
    let site = site_of(folder.path(), 20_700);
    for medium in [Medium::Gemini, Medium::Gopher] {
        let feed = checked_feed(&site, medium);
        assert!(!feed.contains("<atom:") && !feed.contains("xmlns:"), "a prefix");
        let updated = |feed: &str| -> Vec<String> {
            let lines = read(feed).into_iter();
            lines.filter(|line| line.contains("/updated:")).collect()
        };
        let (_, untouched) = page(&before, "/atom.xml", medium).expect("a feed");
        assert_eq!(updated(&feed), updated(&untouched), "the time of a file says nothing");
        assert!(updated(&feed).iter().all(|line| line.contains('T')), "{feed}");
    }
}
