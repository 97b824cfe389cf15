//! `lamplit search WORDS [DIR]`: what readers would find.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use time::OffsetDateTime;

use super::{hosted, settings};
use crate::capsule::Essay;
use crate::config::{Capsule, Config, Overrides};
use crate::problem;
use crate::publish::{CapsuleSnapshot, PublishOptions};
use crate::search::{Context, Found, Index, IndexOptions, Matched, Query};

#[derive(Debug, Args)]
#[command(
    about = "Search an archive as its readers do",
    after_help = "All words must be there, in any of their forms. Put several in quotes; inside these, double \
                  quotes stand for words that follow each other. -word leaves out, tag:name and year:2024 narrow \
                  down. The exit code is 1 when nothing was found.\n\nExamples:\n  lamplit search 'soft skin' \
                  ~/essays\n  lamplit search '\"soft skin\" -lift year:1964' --json"
)]
pub(super) struct Arguments {
    /// What to look for
    #[arg(allow_hyphen_values = true)]
    words: String,
    /// Folder of essays; it is only ever read [default: the capsules of the configuration]
    #[arg(value_name = "DIR")]
    content: Option<PathBuf>,
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Show at most so many essays
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 10)]
    number: usize,
    /// Print a JSON array with one object for each essay, for programs
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let flags = Overrides { content: arguments.content.clone(), ..Overrides::default() };
    let (config, _) = settings::load(flags, arguments.config.as_deref())?;
    hosted::none_is_named(&config, "name its folder: `lamplit search WORDS DIR`")?;
    let query = Query::read(&arguments.words);
    let (mut entries, mut said) = (Vec::new(), String::new());
    for capsule in &config.capsules {
        search(capsule, &config, &query, arguments.number, (&mut entries, &mut said))?;
    }
    let shown = if arguments.json {
        serde_json::to_string_pretty(&entries)? + "\n"
    } else {
        let paint = problem::print::colours_stdout();
        entries.iter().map(|entry| entry.text(paint)).collect()
    };
    std::io::stdout().write_all(shown.as_bytes())?;
    std::io::stderr().write_all(said.as_bytes())?;
    Ok(if entries.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Appends what one capsule has: essays, and what is to be said of them.
fn search(
    capsule: &Capsule,
    config: &Config,
    query: &Query,
    number: usize,
    (entries, said): (&mut Vec<Entry>, &mut String),
) -> anyhow::Result<()> {
    let options = PublishOptions::new(config, capsule, config.site_options(capsule)).public_only();
    // Mistakes in files are for `lamplit check` to report.
    let CapsuleSnapshot { site, .. } = CapsuleSnapshot::read(&options, OffsetDateTime::now_utc())?;
    let built = site.capsule();
    let site_options = site.options();
    let index_options =
        IndexOptions { language: site_options.language.clone(), markdown: site_options.markdown };
    let index = Index::of(built, &index_options);
    let found = index.search(query, &|_| true, 0..number);
    let mut show = |numbers: &[u32]| {
        for essay in numbers.iter().filter_map(|&number| built.essays().get(number as usize)) {
            let context = Context::of(essay, &found.marks, &index_options);
            entries.push(Entry::of(essay, &capsule.content, context));
        }
    };
    show(&found.essays);
    show(&found.others);
    said.push_str(&summary(query, &found));
    let all = found.total > 0 && found.matched == Matched::All;
    // A word that was found in another form needs no other word.
    let suggestions = if all { Vec::new() } else { index.suggest(query, &|_| true) };
    for suggestion in suggestions {
        let instead = suggestion.instead.join("`, `");
        let _ = writeln!(said, "hint: `{}` stands nowhere; nearest are `{instead}`", clean(&suggestion.word));
    }
    Ok(())
}

/// An essay that was found.
#[derive(Debug, Serialize)]
struct Entry {
    title: String,
    date: Option<String>,
    file: String,
    /// The line that shows why it was found.
    context: String,
    /// Where in that line the words are, as ranges of bytes.
    hits: Vec<[usize; 2]>,
}

impl Entry {
    fn of(essay: &Essay, content: &Path, context: Context) -> Self {
        let file = content.join(essay.source.path.as_relative());
        let file = file.strip_prefix(".").unwrap_or(&file);
        Self {
            title: essay.title.clone(),
            date: essay.date.map(|date| date.to_string()),
            file: file.display().to_string(),
            hits: context.hits.iter().map(|hit| [hit.start, hit.end]).collect(),
            context: context.text,
        }
    }

    /// For people; `paint` where the terminal can show it.
    fn text(&self, paint: bool) -> String {
        let (strong, plain) = if paint { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        let date = self.date.as_ref().map(|date| format!(" ({date})")).unwrap_or_default();
        let mut line = String::new();
        let mut at = 0;
        for &[start, end] in &self.hits {
            let (before, word) = (&self.context[at..start], &self.context[start..end]);
            line.extend([&clean(before), strong, &clean(word), plain]);
            at = end;
        }
        line.push_str(&clean(&self.context[at..]));
        format!("{strong}{}{plain}{date}\n  {}\n  {line}\n\n", clean(&self.title), clean(&self.file))
    }
}

/// How many there are, and how they meet the query.
fn summary(query: &Query, found: &Found) -> String {
    let essays = if found.total == 1 { "1 essay".to_owned() } else { format!("{} essays", found.total) };
    let shown = found.essays.len();
    let rest =
        if shown < found.total { format!(", {shown} of them shown (-n shows more)") } else { String::new() };
    match found.matched {
        _ if query.is_empty() => "there is no word to look for\n".to_owned(),
        _ if found.total == 0 => "nothing was found\n".to_owned(),
        Matched::All if found.others.is_empty() => format!("{essays}{rest}\n"),
        Matched::All => format!("{essays}; those behind lack one of the words\n"),
        Matched::Some => format!("no essay has all of this; {essays} with some of it{rest}\n"),
    }
}

/// What a file says must not drive the terminal.
fn clean(text: &str) -> String {
    text.replace(char::is_control, " ")
}
