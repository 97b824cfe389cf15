//! The cost of search: building the index, its size in relation to the texts, updating it, and queries.
//!
//! Queries are made of words that stand in the essays: one to three of them, common ones among them, phrases,
//! beginnings of words, misspellings. Each is answered by the index alone and as a whole page, whose excerpts take
//! longer than the search. The fastest of three runs counts, since other programs only add to the time. With `--
//! --test`, or from `cargo test --benches`, everything runs once and small. `-- 100000` also measures this number of
//! generated essays of 5 KB.

use std::sync::Arc;
use std::time::Duration;
use std::{env, fs};

use lamplit::capsule::{Capsule, build};
use lamplit::markup::markdown::MarkdownOptions;
use lamplit::search::{Index, IndexOptions, Query};
use lamplit::site::{Medium, Site, SiteOptions};
use testkit::archive::Random;
use testkit::bench::{self, time};
use testkit::capsule::{build_options, sources, sources_after};
use testkit::{corpus, files_below};

/// Number of essays: that of a large real archive.
const ESSAYS: usize = 2_700;

/// Number of essays of a very large archive, in which a query must take at most 10 ms at the median.
const LARGE: usize = 10_000;

/// The size of a generated essay in bytes.
const MADE_UP: usize = 5_000;

fn main() {
    let short = bench::is_short();
    let queries = if short { 20 } else { 1_000 };
    if let Some(folder) = corpus() {
        let read = |file| String::from_utf8_lossy(&fs::read(file).expect("an essay")).into_owned();
        let posts: Vec<String> = files_below(&folder, "md").into_iter().map(read).collect();
        let count = if short { posts.len() } else { ESSAYS };
        let posts: Vec<String> = (0..count).map(|n| posts[n % posts.len()].clone()).collect();
        measure("real posts, some more than once", &posts, queries);
    }
    let more = env::args().find_map(|argument| argument.parse::<usize>().ok());
    let counts: &[usize] = if short { &[100] } else { &[ESSAYS, LARGE] };
    for count in counts.iter().copied().chain(more) {
        let mut numbers = Random::new(11);
        let vocabulary: Vec<String> = (0..30_000).map(|_| word(&mut numbers)).collect();
        let essays: Vec<String> = (0..count).map(|n| made_up(n, &vocabulary, &mut numbers)).collect();
        measure("made-up essays", &essays, queries);
    }
}

fn measure(what: &str, texts: &[String], queries: usize) {
    let options = IndexOptions { language: "en".to_owned(), markdown: MarkdownOptions::STANDARD };
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("\n{} {what}, {} MB", texts.len(), mega(bytes));
    let capsule = Arc::new(capsule(texts, None));
    let took = best(|| Index::of(&capsule, &options).bytes());
    let index = Index::of(&capsule, &options);
    println!("index: made in {took:.2?}, {} MB, {} % of the texts", mega(index.bytes()), index.bytes() * 100 / bytes);

    let mut changed = texts.to_vec();
    changed[0].push_str("\nOne more line.\n");
    let next = self::capsule(&changed, Some(&capsule));
    let took = best(|| index.updated(&next, &options).bytes());
    println!("kept up with one changed essay in {took:.2?}");

    let site = Site::new(Arc::clone(&capsule), &SiteOptions::standard(&lamplit::host::HostName::localhost()), None);
    site.prepare_search(None);
    let typed = typed(texts, queries);
    println!("{:<22} {:>10} {:>10} {:>10}", "", "median", "99th %", "slowest");
    for (name, ask) in [
        (
            "search",
            &(|typed: &str| index.search(&Query::read(typed), &|_| true, 0..10).total) as &dyn Fn(&str) -> usize,
        ),
        ("page", &|typed| site.results(typed, 1, Medium::Gemini).bytes.len()),
    ] {
        let mut times: Vec<(Duration, &str)> =
            typed.iter().map(|typed| (best(|| ask(typed)), typed.as_str())).collect();
        times.sort_unstable();
        let (slowest, query) = times[times.len() - 1];
        println!(
            "{name:<22} {:>10.2?} {:>10.2?} {slowest:>10.2?} {query}",
            times[times.len() / 2].0,
            times[times.len() * 99 / 100].0
        );
    }
}

/// Returns queries of words that occur in `texts`, as people type them.
fn typed(texts: &[String], count: usize) -> Vec<String> {
    let mut numbers = Random::new(3);
    let mut queries = Vec::with_capacity(count);
    while queries.len() < count {
        let text = &texts[numbers.below(texts.len())];
        let words: Vec<&str> =
            text.split_whitespace().filter(|word| word.bytes().all(|b| b.is_ascii_alphabetic())).collect();
        if words.len() < 40 {
            continue;
        }
        let at = numbers.below(words.len() - 3);
        let any = |numbers: &mut Random| words[numbers.below(words.len())];
        queries.push(match numbers.below(10) {
            0 | 1 => any(&mut numbers).to_owned(),
            2..=4 => format!("{} {}", any(&mut numbers), any(&mut numbers)),
            5 => format!("{} {} {}", any(&mut numbers), any(&mut numbers), any(&mut numbers)),
            6 => format!("\"{} {}\"", words[at], words[at + 1]),
            7 => format!("\"{} {} {}\" -{}", words[at], words[at + 1], words[at + 2], any(&mut numbers)),
            8 => any(&mut numbers).chars().take(4).collect(),
            _ => any(&mut numbers).replace(['e', 'a'], "x"),
        });
    }
    queries
}

/// Returns the shortest time of `work`.
fn best(work: impl Fn() -> usize) -> Duration {
    let times = [(); 3].map(|()| time(&work));
    times.into_iter().min().unwrap_or_default()
}

/// Returns a number of bytes in megabytes, with one decimal.
fn mega(bytes: usize) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10)
}

fn capsule(texts: &[String], previous: Option<&Capsule>) -> Capsule {
    let files: Vec<(String, &String)> =
        texts.iter().enumerate().map(|(number, text)| (format!("e{number:06}.md"), text)).collect();
    let sources = previous.map_or_else(|| sources(&files), |previous| sources_after(previous, &files));
    build(&sources, &build_options(1_900_000_000), previous).0
}

/// Returns an essay whose words are distributed as in a natural language: the n-th word is 1/n times as frequent as the
/// first.
fn made_up(number: usize, vocabulary: &[String], numbers: &mut Random) -> String {
    let mut text = format!("---\ndate: {}-{:02}-01\n---\n# Essay {number}\n\n", 1990 + number % 30, number % 12 + 1);
    while text.len() < MADE_UP {
        // The logarithm of the rank is evenly distributed.
        let rank = f64::from(u32::try_from(numbers.below(1 << 20)).unwrap_or(0)) / f64::from(1 << 20);
        let rank = (f64::from(30_000)).powf(rank);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 30,000")]
        let rank = rank as usize;
        text.push_str(&vocabulary[rank - 1]);
        text.push_str(match numbers.below(60) {
            0 => ".\n\n",
            1..=4 => ", ",
            _ => " ",
        });
    }
    text
}

fn word(numbers: &mut Random) -> String {
    const SYLLABLES: [&str; 24] = [
        "ba", "con", "de", "er", "fi", "gra", "ho", "in", "ka", "lo", "mi", "na", "or", "pre", "qui", "re", "sta",
        "ti", "un", "ver", "wa", "xe", "yo", "ing",
    ];
    (0..=numbers.below(4)).map(|_| SYLLABLES[numbers.below(SYLLABLES.len())]).collect()
}
