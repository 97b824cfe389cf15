//! The speed of conversion from Markdown to gemtext and plain text, compared to the bare parser, on one core with
//! sources in memory.
//!
//! Each round runs all contestants, since the speed of a machine changes over time. A row shows the median of the
//! rounds, its ratio to the parser, and the slowest and fastest round. `cargo bench` measures; with `-- --test`, or
//! from `cargo test --benches`, everything runs once.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lamplit::markup::markdown::{self, MarkdownOptions};
use lamplit::render::gemtext::{self, GemtextOptions};
use lamplit::render::plain::{self, PlainOptions};
use pulldown_cmark::{Options, Parser};
use testkit::bench::{self, median, time};
use testkit::{AsWritten, body, corpus, files_below};

type Convert = fn(&str) -> usize;

const CONTESTANTS: [(&str, Convert); 3] =
    [("bare parser", bare_parser), ("to gemtext", to_gemtext), ("to plain text", to_plain_text)];

/// Patterns that may take more than linear time in a parser or renderer.
const HOSTILE: [(&str, &str); 9] = [
    ("nested quotes", "> "),
    ("nested lists", "1. "),
    ("brackets", "["),
    ("open links", "[a]("),
    ("backticks", "a`` `b```"),
    ("marks", "*a **b ~~c "),
    ("notes", "[^a]: b [^a]\n\n"),
    ("tables of two rows", "|a|b|\n|-|-|\n|c|d|\n\n"),
    ("HTML", "<ul><li><b>"),
];

/// The sizes of the rows for each pattern.
const HOSTILE_BYTES: [usize; 5] = [64 << 10, 128 << 10, 256 << 10, 512 << 10, 1 << 20];

fn main() {
    let short = bench::is_short();
    if let Some(folder) = corpus() {
        measure_corpus(&bodies(&folder), if short { 1 } else { 25 });
    }
    measure_hostile(if short { 1 } else { 5 }, if short { 1 } else { HOSTILE_BYTES.len() });
}

fn measure_corpus(bodies: &[String], rounds: usize) {
    let bytes = bodies.iter().map(String::len).sum();
    println!("{} posts, {bytes} bytes, {rounds} rounds", bodies.len());
    println!("{:<16} {:>8} {:>14} {:>17}", "", "MB/s", "of the parser", "slowest, fastest");
    let mut times = CONTESTANTS.map(|_| Vec::with_capacity(rounds));
    for _ in 0..rounds {
        for ((_, convert), times) in CONTESTANTS.iter().zip(&mut times) {
            times.push(time(|| bodies.iter().map(|body| convert(body)).sum::<usize>()));
        }
    }
    let parser = speed(bytes, median(&mut times[0]));
    for ((name, _), times) in CONTESTANTS.iter().zip(&mut times) {
        let typical = speed(bytes, median(times));
        let (fastest, slowest) = (speed(bytes, times[0]), speed(bytes, times[times.len() - 1]));
        println!("{name:<16} {typical:>8.0} {:>14.2} {slowest:>8.0} {fastest:>8.0}", typical / parser);
    }
}

/// Prints the time per byte, which grows from row to row if the time is not linear. The fastest round is shown, since
/// other processes only add to the time.
fn measure_hostile(rounds: usize, sizes: usize) {
    println!(
        "\n{:<19} {:>7} {:>13} {:>13} {:>13}",
        "ns for each byte", "kB", "bare parser", "to gemtext", "to plain text"
    );
    for (name, unit) in HOSTILE {
        let sources = HOSTILE_BYTES[..sizes].iter().map(|bytes| unit.repeat(bytes / unit.len()));
        let sources: Vec<String> = sources.collect();
        let mut fastest = vec![CONTESTANTS.map(|_| Duration::MAX); sources.len()];
        for _ in 0..rounds {
            for (source, fastest) in sources.iter().zip(&mut fastest) {
                for ((_, convert), fastest) in CONTESTANTS.iter().zip(fastest) {
                    *fastest = time(|| convert(source)).min(*fastest);
                }
            }
        }
        for (source, fastest) in sources.iter().zip(&fastest) {
            let [parser, gemtext, text] = fastest.map(|time| 1e3 / speed(source.len(), time));
            let kilobytes = source.len() / 1_000;
            println!("{name:<19} {kilobytes:>7} {parser:>13.1} {gemtext:>13.1} {text:>13.1}");
        }
    }
}

/// Runs the parser with the extensions for essays and drops its events.
fn bare_parser(source: &str) -> usize {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH
        | Options::ENABLE_WIKILINKS
        | Options::ENABLE_DEFINITION_LIST;
    Parser::new_ext(source, options).map(black_box).count()
}

fn to_gemtext(source: &str) -> usize {
    let document = markdown::parse(source, &MarkdownOptions::STANDARD);
    gemtext::render(&document, &GemtextOptions::default(), &AsWritten).len()
}

fn to_plain_text(source: &str) -> usize {
    let document = markdown::parse(source, &MarkdownOptions::STANDARD);
    plain::render(&document, &PlainOptions::default(), &AsWritten).len()
}

/// Returns the speed in millions of bytes per second.
fn speed(bytes: usize, time: Duration) -> f64 {
    let bytes = u32::try_from(bytes).expect("less than 4 GB of essays");
    f64::from(bytes) / 1e6 / time.as_secs_f64()
}

/// Returns the essays below `folder`, without their front matter.
fn bodies(folder: &Path) -> Vec<String> {
    let body = |file: &PathBuf| {
        let bytes = fs::read(file).expect("a readable essay");
        body(&String::from_utf8_lossy(&bytes)).to_owned()
    };
    files_below(folder, "md").iter().map(body).collect()
}
