//! Search among real posts, and its replies over both protocols.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lamplit::capsule::Capsule;
use lamplit::markup::markdown::MarkdownOptions;
use lamplit::search::{Index, IndexOptions, Query};

use crate::corpus::capsule_of;
use crate::support::{Server, eventually, lamplit, scratch_folder};
use testkit::archive::Archive;
use testkit::corpus;

fn options() -> IndexOptions {
    IndexOptions { language: "en".to_owned(), markdown: MarkdownOptions::STANDARD }
}

/// Returns the paths of the first `most` essays for a query.
fn first(capsule: &Capsule, index: &Index, typed: &str, most: usize) -> Vec<String> {
    let found = index.search(&Query::read(typed), &|_| true, 0..most);
    let shown = found.pages.iter().chain(&found.others).take(most);
    shown.map(|&essay| capsule.essays()[essay as usize].source.path.to_string()).collect()
}

/// Queries, each with a part of the name of the file that must be among the first three results.
const WANTED: &[(&str, &str)] = &[
    // By title, in whole, in part, out of order, in other forms.
    ("regex engine internals", "regex-internals"),
    ("unwrap", "burntsushi/unwrap"),
    ("using unwrap in rust", "burntsushi/unwrap"),
    ("transducers haskell", "transducers"),
    ("csv rust", "burntsushi/csv"),
    ("reading csv files", "burntsushi/csv"),
    ("ripgrep faster than grep", "burntsushi/ripgrep"),
    ("arch linux thinkpad", "lenovo-thinkpad-t430"),
    ("archlinux system76", "system76-darter"),
    ("generics in go", "type-parametric-functions"),
    ("Rust 1.31", "Rust-1.31-and-rust-2018"),
    ("announcing rust 1.0 alpha 2", "Rust-1.0-alpha2"),
    ("rust 1.75.0 prerelease", "1.75.0-prerelease"),
    ("rustup 1.26", "Rustup-1.26.0"),
    ("rust 2024 edition testing", "Rust-2024-public-testing"),
    ("survey results 2019", "Rust-survey-2019"),
    ("faster linker lld", "enabling-rust-lld-on-linux"),
    ("generic associated types", "GATs-stabilization-push"),
    ("incremental compilation", "rust-blog/incremental"),
    ("gcc frontend for rust", "gccrs-an-alternative-compiler"),
    ("style team", "announcing-the-rust-style-team"),
    ("docs.rs outage", "docsrs-outage-postmortem"),
    ("async closures", "async-closures-call-for-testing"),
    ("profile guided optimization", "exploring-pgo"),
    ("friction contribution", "2013-08-11-friction"),
    ("bikeshedding", "bikeshed-honeypots"),
    ("block or mute users", "blocking-vs-muting"),
    ("https everywhere government", "https-all-the-things"),
    ("shapefile geojson", "convert-shapefiles-to-geojson"),
    ("jekyll 404", "helpful-404s-for-jekyll"),
    ("chief of staff", "corporate-chief-of-staff"),
    ("meetings without an agenda", "no-agenda-no-meeting"),
    ("brag document", "the-brag-doc"),
    ("contributor license agreement", "shouldnt-add-a-cla"),
    ("18F USDS difference", "difference-between-18f-and-usds"),
    ("remote work tips", "tips-for-working-remotely"),
    ("parental leave", "great-extended-leave-documents"),
    ("one on ones manager", "one-on-one-playbook"),
    ("surviving reorgs", "reorgs-happen"),
    ("wireguard", "installing-and-using-wireguard"),
    ("docker desktop apps containers", "docker-containers-on-the-desktop"),
    ("tor relay", "running-a-tor-relay"),
    ("containers versus zones and jails", "containers-zones-jails-vms"),
    ("unix pipes", "for-the-love-of-pipes"),
    ("do I need kubernetes", "you-might-not-need-k8s"),
    ("bpf tracing", "linux-observability-with-bpf"),
    ("oxide computer company", "born-in-a-garage"),
    ("conway's law", "thoughts-on-conways-law"),
    // By their content.
    ("autoimmune brain inflammation", "encephalitis"),
    ("Iron Man robot arms", "DUM-E-and-U"),
    ("LD_PRELOAD", "ld_preload"),
    ("anode cathode", "battery-day"),
    ("varnish rags arizona", "spontaneous-combustion"),
    ("yes no maybe framework", "yes-no-maybe"),
    ("emailing Word documents", "word-diff"),
    ("speedometer altimeter", "demise-of-the-dashboard"),
    ("store sells one product", "the-store-that-sells-only-one-thing"),
    ("scripting in go with binfmt", "binfmt_misc"),
    ("football statistics python", "nfl-live-statistics"),
    ("byte strings utf-8", "burntsushi/bstr"),
    // Words written as one and as several.
    ("LinuxBoot", "enigma-unikernels"),
    ("linux boot unikernels", "enigma-unikernels"),
    ("JekyllBot", "introducing-jekyllbot"),
    ("jekyll bot", "introducing-jekyllbot"),
    ("PullRequestEvent", "analyzing-github-pull-request-data"),
    ("pull request event", "analyzing-github-pull-request-data"),
    ("compact flash", "the-life-of-a-data-byte"),
    ("laserdisc", "the-life-of-a-data-byte"),
    ("laser disc", "the-life-of-a-data-byte"),
    ("think pad arch linux", "lenovo-thinkpad-t430"),
    ("my gov ideals", "reflecting-on-the-mygov-ideals"),
    ("scoped join handle", "Rust-1.63.0"),
    ("borrowed fd", "Rust-1.63.0"),
    ("async await not send errors", "AsyncAwait-Not-Send"),
    ("ByteClasses", "regex-internals"),
    ("bash on windows", "windows-for-linux-nerds"),
    ("peek mut", "Rust-1.18"),
    ("guess state", "Enums-match-mutation"),
    ("TypeParametric functions", "type-parametric-functions"),
    ("attr palm pressure threshold", "system76-darter"),
    ("usr merge firmwares coreboot", "firmware"),
    // Names with symbols.
    ("C++ unwinding ffi", "ffi-unwind-design-meeting"),
    ("C++ pgo", "exploring-pgo"),
    ("C++ ripgrep", "burntsushi/ripgrep"),
    (".NET", "gsoc-2024"),
    // Versions.
    ("1.27.1", "Rust-1.27.1"),
    ("rust 1.8", "Rust-1.8.md"),
    ("Rust 1.31.1", "Rust-1.31.1"),
    ("rustup 1.24.1", "Rustup-1.24.1"),
    ("1.49.0 prerelease", "1.49.0-prerelease"),
    ("rust 1.35", "Rust-1.35.0"),
    ("1.84.1", "Rust-1.84.1"),
    ("rust v1.52.1", "Rust-1.52.1"),
    // Paths, hosts, destinations of links.
    ("src/ast/parse.rs", "burntsushi/unwrap"),
    ("std/cmp/fn.max_by_key.html", "Rust-1.53.0"),
    ("ionicmaterials.com", "battery-day"),
    ("mjg59.dreamwidth.org", "enigma-unikernels"),
    ("git.zx2c4.com", "installing-and-using-wireguard"),
    ("nimrod-lang.org", "rust-regex-syntax-extensions"),
    ("blog.capwatkins.com", "moderating-a-controversial"),
    ("www.kotterinternational.com", "the-difference-between-18f"),
    ("rustforrubyists", "Core-Team"),
    ("aws-publicdatasets.s3.amazonaws.com", "transducers"),
    ("http://weitz.de", "rust-regex-syntax-extensions"),
    ("us-east.manta.joyent.com", "containers-zones-jails-vms"),
    ("languagetool.org", "language-tool"),
    ("https://cyberduck.ch/", "love-the-code"),
    // Misspelt.
    ("kuberntes multi tenancy", "hard-multi-tenancy"),
    ("encephalitus", "encephalitis"),
    ("wiregaurd", "installing-and-using-wireguard"),
    ("bikesheding", "bikeshed-honeypots"),
    ("seccmop profiles", "docker-seccomp-profiles"),
    ("transduccers", "transducers"),
    ("spontanious combustion", "spontaneous-combustion"),
    ("shapefles geojson", "convert-shapefiles"),
    ("parential leave", "great-extended-leave"),
    ("distingushed engineer", "defining-a-distinguished-engineer"),
    ("rustdoc perfomance", "rustdoc-performance-improvements"),
    ("moderater role protected branches", "moderator-role-with-protected"),
    ("thinkpd archlinux", "lenovo-thinkpad-t430"),
    ("imposter sydnrome", "imposter-syndrome"),
    ("trademrk policy", "trademark-policy"),
    // Subjects.
    ("infomercials", "late-night-infomercials"),
    ("apple pie sharing", "fourteen-century-apple-pie"),
    ("megaphone cocktail party", "new-media-flak"),
    ("subpoena response time", "subpoena-response-time"),
    ("groupon livingsocial", "groupon-and-livingsocial"),
    ("series of tubes", "series-of-tubes"),
    ("andon", "andon-of-knowledge"),
    ("graphdrivers", "graphdrivers"),
    ("portable simd project group", "Portable-SIMD-PG"),
    ("clippy feature freeze", "clippy-warming-up"),
    ("i128 layout", "i128-layout"),
    ("ferrocene language specification", "adopting-the-fls"),
    ("source based code coverage", "source-based-code-coverage"),
    ("inline asm syntax", "new-inline-asm"),
    ("x.py defaults", "changes-to-x-py-defaults"),
    ("evaluating github actions", "evaluating-github-actions"),
    ("risc-v", "risc-v"),
    ("intel sgx", "reflections-on-sgx"),
    ("agentic workflows", "agentic-workflows"),
    ("hidden internet tax", "hidden-internet-tax"),
    // Phrases, tags, years, what is left out.
    ("\"spontaneous combustion\"", "spontaneous-combustion"),
    ("\"nerd sniped\"", "binfmt_misc"),
    ("wordpress year:2012 government", "wordpress-for-government-and-enterprise"),
    ("seccomp -tor", "how-to-use-new-docker-seccomp-profiles"),
    // The beginning of the last word; accents and case.
    ("shared libraries preloa", "ld_preload"),
    ("OPEN SOURCE LICENCE ATTORNEYS", "open-source-licensing-for-government-attorneys"),
    ("firmware rabb", "the-firmware-rabbit-hole"),
];

#[test]
fn wanted_essay_is_first_or_among_the_first_three_results() {
    let Some(corpus) = corpus() else { return };
    let capsule = Arc::new(capsule_of(&corpus));
    let index = Index::of(&capsule, &options());
    let (mut first_missed, mut missed) = (Vec::new(), Vec::new());
    for (typed, expected) in WANTED {
        let found = first(&capsule, &index, typed, 3);
        let rank = found.iter().position(|path| path.contains(expected));
        if rank != Some(0) {
            first_missed.push(format!("`{typed}` finds {found:?}, not {expected}"));
        }
        if rank.is_none() {
            missed.push(*typed);
        }
    }
    println!(
        "{} queries, not first: {}\n{}\nnot among three: {missed:?}",
        WANTED.len(),
        first_missed.len(),
        first_missed.join("\n")
    );
    let share = |missed: usize| (WANTED.len() - missed) * 100 / WANTED.len();
    assert!(WANTED.len() >= 120 && share(first_missed.len()) >= 90 && share(missed.len()) >= 97);
}

/// A folder of essays, some of them hidden from some readers or from all.
fn essays(folder: &Path) {
    for (name, text) in [
        ("skin.md", "---\ntitle: The Soft Skin\ndate: 2024-05-01\n---\nA lift, and two who look at each other.\n"),
        ("day.md", "---\ntitle: 2023-03-01 in Paris\ndate: 2023-03-01\n---\nRain, a lift.\n"),
        ("draft.md", "---\ndraft: true\n---\n# Unfinished\n\nXylophone in a lift.\n"),
        ("later.md", "---\ndate: 2999-01-01\n---\n# Tomorrow\n\nXylophone in a lift.\n"),
        ("gemini.md", "---\ngopher: false\n---\n# Over Gemini\n\nQuince in a lift.\n"),
        ("gopher.md", "---\ngemini: false\n---\n# Over Gopher\n\nMedlar in a lift.\n"),
    ] {
        fs::write(folder.join(name), text).expect("writable");
    }
}

#[test]
fn search_answers_over_both_protocols() {
    let folder = scratch_folder();
    essays(folder.path());
    let server = Server::start(folder.path());
    assert!(server.ask_gemini("/search").head.starts_with("10 Search "));
    let page = server.ask_gemini("/search?lift");
    assert_eq!(page.head, "20 text/gemini");
    assert_eq!(
        page.body,
        "# Search: lift\n\n3 essays\n\n\
         => /day.gmi “2023-03-01 in Paris” (2023-03-01)\nRain, a lift.\n\n\
         => /gemini.gmi Over Gemini\nQuince in a lift.\n\n\
         => /skin.gmi The Soft Skin (2024-05-01)\nA lift, and two who look at each other.\n\n\
         => /search Search again\n=> / ← Back to all essays\n"
    );
    let menu = server.ask_gopher("");
    let item = menu.lines().find(|line| line.starts_with('7')).expect("a search item");
    assert!(item.starts_with("7Search\t/search\tlocalhost\t"), "{menu}");
    let found = server.ask_gopher("/search\tsoft lift");
    let there = |line: &str| assert!(found.contains(line), "`{line}` is missing in:\n{found}");
    there("0The Soft Skin (2024-05-01)\t/skin.txt\tlocalhost\t");
    there("\r\ni  A lift, and two who look at each other.\t");
    assert_eq!(server.ask_gopher("/search?soft%20lift"), found);
    assert!(!server.said().contains("lift"), "what readers look for is in the log:\n{}", server.said());
}

#[test]
fn essay_is_found_only_by_readers_who_get_it() {
    let folder = scratch_folder();
    essays(folder.path());
    let server = Server::start(folder.path());
    for (words, over_gemini, over_gopher) in [
        ("xylophone", None, None),
        ("xylophon", None, None),
        ("unfinished", None, None),
        ("quince", Some("/gemini.gmi"), None),
        ("medlar", None, Some("/gopher.txt")),
    ] {
        let gemini = server.ask_gemini(&format!("/search?{words}")).body;
        let gopher = server.ask_gopher(&format!("/search\t{words}"));
        for (page, expected) in [(gemini, over_gemini), (gopher, over_gopher)] {
            match expected {
                Some(address) => assert!(page.contains(address) && page.contains("1 essay"), "{page}"),
                None => assert!(page.contains("Nothing was found."), "{page}"),
            }
        }
    }
    // Neither suggestions nor counts show the hidden essays.
    for (words, hidden) in [("xylophome", "xylophone"), ("quincy", "quince"), ("lift", "4 essays")] {
        let page = server.ask_gopher(&format!("/search\t{words}"));
        assert!(!page.contains(hidden), "{page}");
    }
    assert!(server.ask_gemini("/search?quincy").body.contains("=> /search?quince Did you mean: quince\n"));
}

#[test]
fn saved_essay_is_found_by_its_new_words_only() {
    let folder = scratch_folder();
    essays(folder.path());
    let server = Server::start(folder.path());
    assert!(server.ask_gopher("/search\tzither").contains("Nothing was found."));
    fs::write(folder.path().join("zither.md"), "# The Third Man\n\nA zither.\n").expect("writable");
    let find = || server.ask_gopher("/search\tzither");
    eventually(Duration::from_secs(5), find, |page| page.contains("0The Third Man\t/zither.txt\t"));
    fs::write(folder.path().join("zither.md"), "# The Third Man\n\nA violin.\n").expect("writable");
    eventually(Duration::from_secs(5), find, |page| page.contains("Nothing was found."));
}

#[test]
fn long_results_continue_on_further_pages() {
    let folder = scratch_folder();
    for number in 0..23 {
        let text = format!("---\ndate: 2024-01-{:02}\n---\n# Lamp {number}\n\nLight.\n", number + 1);
        fs::write(folder.path().join(format!("{number}.md")), text).expect("writable");
    }
    let server = Server::start(folder.path());
    let mut at = "/search?lamp%20light".to_owned();
    let mut found = Vec::new();
    for expected in ["(1 to 10 here)", "(11 to 20 here)", "(21 to 23 here)"] {
        let page = server.ask_gemini(&at).body;
        assert!(page.contains(&format!("23 essays {expected}\n")), "{page}");
        let links = page.lines().filter_map(|line| line.strip_prefix("=> ")?.split(' ').next());
        found.extend(links.clone().filter(|link| link.contains(".gmi")).map(str::to_owned));
        let next = links.into_iter().find(|link| link.starts_with("/search/"));
        at = next.unwrap_or("/search/4?lamp%20light").to_owned();
    }
    found.dedup();
    assert_eq!(found.len(), 23);
    assert!(server.ask_gemini(&at).body.contains("23 essays, but no more than that."));
    let menu = server.ask_gopher("/search\tlamp light");
    assert!(menu.contains("1Next: 11 to 20 of 23\t/search/2?lamp%20light\t"), "{menu}");
    assert!(server.ask_gopher("/search/3?lamp%20light").contains("\t/2.txt\t"));
}

/// The longest that a search may take: the time is that of a busy machine, not that of an index.
const NO_WAIT: Duration = Duration::from_millis(1_500);

/// Asks until the page is no longer the one of a search that is being prepared. Every reply comes at once.
fn found_without_a_wait(ask: impl Fn() -> String) -> String {
    let asked = || {
        let started = Instant::now();
        let page = ask();
        assert!(started.elapsed() < NO_WAIT, "{:?}: {page}", started.elapsed());
        page
    };
    eventually(Duration::from_secs(120), asked, |page| !page.contains("The search is being prepared."))
}

#[test]
fn search_right_after_the_start_does_not_wait_for_the_index() {
    let folder = scratch_folder();
    Archive::write(folder.path(), 600, 1_000);
    fs::write(folder.path().join("zither.md"), "# The Third Man\n\nA zither.\n").expect("writable");
    let server = Server::start(folder.path());
    let prepared = server.ask_gemini("/search?zither");
    assert!(prepared.head.starts_with("20 text/gemini"), "{}", prepared.head);
    assert!(prepared.body.contains("=> /search?zither Search again\n"), "{}", prepared.body);
    assert!(server.ask_gopher("/search\tzither").contains("The search is being prepared."));
    let page = found_without_a_wait(|| server.ask_gopher("/search\tzither"));
    assert!(page.contains("0The Third Man\t/zither.txt\t"), "{page}");
    // From now on the index is kept up.
    fs::write(folder.path().join("zither.md"), "# The Third Man\n\nA violoncello.\n").expect("writable");
    let find = || {
        let page = server.ask_gemini("/search?violoncello").body;
        assert!(!page.contains("prepared"), "{page}");
        page
    };
    eventually(Duration::from_secs(20), find, |page| page.contains("=> /zither.gmi The Third Man\n"));
    assert!(!server.ask_gemini("/search?zither").body.contains("/zither.gmi"));
}

#[test]
fn any_query_is_answered_in_time() {
    let folder = scratch_folder();
    essays(folder.path());
    let server = Server::start(folder.path());
    for query in
        ["x".repeat(950), "%FF".repeat(320), "%00%0A%22".repeat(100), "東".repeat(100), "-\"%22*?&+=#".replace('#', "")]
    {
        let reply = server.ask_gemini(&format!("/search?{query}"));
        assert!(reply.head.starts_with("20 text/gemini"), "{query}: {reply:?}");
        let menu = server.ask_gopher(&format!("/search\t{query}"));
        assert!(menu.starts_with("iSearch") && menu.ends_with("\r\n.\r\n"), "{query}: {menu}");
    }
    assert!(server.ask_gemini("/skin.gmi").body.contains("two who look at each other"));
}

#[test]
fn command_prints_results_as_text_and_json() {
    let folder = scratch_folder();
    essays(folder.path());
    let search = |arguments: &[&str]| {
        let output = lamplit().arg("search").args(arguments).current_dir(folder.path()).output().expect("it starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    assert_eq!(
        search(&["soft lift", "."]),
        (
            Some(0),
            "The Soft Skin (2024-05-01)\n  skin.md\n  A lift, and two who look at each other.\n\n".to_owned(),
            "1 essay\n".to_owned()
        )
    );
    let (code, shown, said) = search(&["lift -rain", ".", "-n", "1"]);
    assert_eq!((code, said.as_str()), (Some(0), "3 essays, 1 shown (-n shows more)\n"), "{shown}");
    assert_eq!(search(&["xylophone", "."]), (Some(1), String::new(), "no essay was found\n".to_owned()));
    let (code, _, said) = search(&["medlr", "."]);
    assert_eq!((code, said.contains("the nearest words are `medlar`")), (Some(0), true), "{said}");
    // A word that was found in another form gets no suggestion.
    let (code, _, said) = search(&["lifts", "."]);
    assert!(code == Some(0) && !said.contains("no essay contains"), "{said}");
    assert_eq!(search(&["-lift", "."]).0, Some(1));
    assert_eq!(search(&["?", "."]).2, "the query contains no word\n");
    assert_eq!(search(&["lift", "no-such-folder"]).0, Some(1));
    assert_eq!(search(&[]).0, Some(64));
}
