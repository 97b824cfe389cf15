//! `lamplit search`: searches an archive as its readers can.

use std::io::Write;
use std::process::ExitCode;

use super::arguments::{Archive, file_name, require_capsule};
use crate::capsule::CapsulePath;
use crate::config::{Capsule, Config, Overrides};
use crate::problem::Problem;
use crate::problem::print::{has_colours, printable};
use crate::publish::{CapsuleSnapshot, PublishOptions, count};
use crate::search::{Excerpt, Found, Index, IndexedPage, Query};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[arg(allow_hyphen_values = true)]
    words: String,
    #[command(flatten)]
    archive: Archive,
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 10)]
    number: usize,
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let config = arguments.archive.load(Overrides::default())?;
    require_capsule(&config, "name its folder: `lamplit search WORDS DIR`")?;
    let (mut entries, mut messages) = (Vec::new(), String::new());
    for capsule in &config.capsules {
        let (found, message) = search(arguments, capsule, &config)?;
        entries.extend(found);
        messages += &message;
    }
    let shown = if arguments.json {
        serde_json::to_string_pretty(&entries)? + "\n"
    } else {
        let colours = has_colours(&std::io::stdout());
        entries.iter().map(|entry| entry.text(colours)).collect()
    };
    std::io::stdout().write_all(shown.as_bytes())?;
    std::io::stderr().write_all(messages.as_bytes())?;
    Ok(if entries.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn search(arguments: &Arguments, capsule: &Capsule, config: &Config) -> Result<(Vec<Entry>, String), Problem> {
    let query = Query::read(&arguments.words);
    // Mistakes in files are for `lamplit check` to report.
    let (CapsuleSnapshot { site, .. }, _) =
        CapsuleSnapshot::read(&PublishOptions::new(config, capsule), time::OffsetDateTime::now_utc())?;
    let options = site.options().index_options();
    let index = Index::of(site.capsule(), &options);
    let found = index.search(&query, &|_| true, 0..arguments.number);
    let file = |path: &CapsulePath| file_name(capsule, path.as_relative());
    let pages = found.pages.iter().chain(&found.others).filter_map(|&number| index.page(number));
    let entries = pages.map(|page| match page {
        IndexedPage::Essay(essay) => {
            let Excerpt { text: context, hits } = Excerpt::of(essay, &found.marks, &options);
            let hits = hits.iter().map(|hit| [hit.start, hit.end]).collect();
            let date = essay.date.map(|date| date.to_string());
            Entry { title: essay.title.clone(), date, file: file(&essay.source.path), context, hits }
        }
        IndexedPage::Folder { address, title } => {
            Entry { title: title.to_owned(), file: file(address), ..Entry::default() }
        }
    });
    let mut message = summary(&query, &found);
    for suggestion in &found.suggestions {
        let (word, nearest) = (printable(&suggestion.word), suggestion.instead.join("`, `"));
        message += &format!("hint: no essay contains `{word}`; the nearest words are `{nearest}`\n");
    }
    Ok((entries.collect(), message))
}

#[derive(Debug, Default, serde::Serialize)]
struct Entry {
    title: String,
    date: Option<String>,
    file: String,
    context: String,
    /// The positions of these words in `context`, as ranges of bytes.
    hits: Vec<[usize; 2]>,
}

impl Entry {
    fn text(&self, colours: bool) -> String {
        let (bold, plain) = if colours { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        let date = self.date.as_ref().map(|date| format!(" ({date})")).unwrap_or_default();
        let mut line = String::new();
        let mut at = 0;
        for &[start, end] in &self.hits {
            let (before, word) = (&self.context[at..start], &self.context[start..end]);
            line.extend([&printable(before), bold, &printable(word), plain]);
            at = end;
        }
        line.push_str(&printable(&self.context[at..]));
        format!("{bold}{}{plain}{date}\n  {}\n  {line}\n\n", printable(&self.title), printable(&self.file))
    }
}

fn summary(query: &Query, found: &Found) -> String {
    let essays = count(found.total, "essay", "essays");
    let shown = found.pages.len();
    let rest = if shown < found.total { format!(", {shown} shown (-n shows more)") } else { String::new() };
    match found.complete {
        _ if query.is_empty() => "the query contains no word\n".to_owned(),
        _ if found.total == 0 => "no essay was found\n".to_owned(),
        true if found.others.is_empty() => format!("{essays}{rest}\n"),
        true => format!("{essays}; the last ones lack one of the words\n"),
        false => format!("no essay contains all words; {essays} with some of them{rest}\n"),
    }
}
