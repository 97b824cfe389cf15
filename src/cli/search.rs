//! `lamplit search WORDS [DIR]`: what readers would find.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use time::OffsetDateTime;

use super::{Stopped, hosted, settings};
use crate::capsule::{BuildOptions, Essay, Keys, build};
use crate::config::{Capsule, Config, Overrides};
use crate::disk;
use crate::problem::Problem;
use crate::search::{Context, Found, Index, IndexOptions, Matched, Query};

#[derive(Debug, Args)]
#[command(
    about = "Search an archive as its readers do",
    after_help = "All words must be there, in any of their forms. Put several in quotes; inside these, double \
                  quotes stand for words that follow each other. -word leaves out, tag:name and year:2024 narrow \
                  down. The exit code is 1 when nothing was found.\n\nExamples:\n  lamplit search 'soft skin' \
                  ~/essays\n  lamplit search '\"soft skin\" -lift year:1964'"
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
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let flags = Overrides { content: arguments.content.clone(), ..Overrides::default() };
    let (config, _) = settings::load(flags, arguments.config.as_deref())?;
    hosted::none_is_named(&config, "name its folder: `lamplit search WORDS DIR`")?;
    let query = Query::read(&arguments.words);
    let (mut shown, mut said) = (String::new(), String::new());
    for capsule in &config.capsules {
        search(capsule, &config, &query, arguments.number, (&mut shown, &mut said))?;
    }
    std::io::stdout().write_all(shown.as_bytes())?;
    std::io::stderr().write_all(said.as_bytes())?;
    Ok(if shown.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Appends what one capsule has: essays, and what is to be said of them.
fn search(
    capsule: &Capsule,
    config: &Config,
    query: &Query,
    number: usize,
    (shown, said): (&mut String, &mut String),
) -> anyhow::Result<()> {
    let name = capsule.content.display();
    let reading = disk::read(&capsule.content, &capsule.ignore, None).map_err(|error| {
        let problem = Problem::error(format!("the content folder `{name}` cannot be read: {error}"));
        Stopped(problem.hint("check its name and its permissions"))
    })?;
    let options = config.site_options(capsule);
    let build_options = BuildOptions {
        now: OffsetDateTime::now_utc(),
        title: capsule.title.clone(),
        name: name.to_string(),
        keys: Keys::new(config.front_matter.iter().cloned()),
        markdown: options.markdown,
        private: capsule.private_areas(),
    };
    // What is odd about files is for `lamplit check` to say.
    let (built, _) = build(&reading.files, &build_options, None);
    let index_options = IndexOptions { language: options.language, markdown: options.markdown };
    let index = Index::of(&built, &index_options);
    let found = index.search(query, &|_| true, 0..number);
    let paint = std::io::stdout().is_terminal();
    let mut show = |numbers: &[u32]| {
        for essay in numbers.iter().filter_map(|&number| built.essays().get(number as usize)) {
            let context = Context::of(essay, &found.marks, &index_options);
            shown.push_str(&entry(essay, &capsule.content, &context, paint));
        }
    };
    show(&found.essays);
    show(&found.others);
    said.push_str(&summary(query, &found));
    for suggestion in index.suggest(query, &|_| true) {
        let instead = suggestion.instead.join("`, `");
        let _ = writeln!(said, "hint: `{}` stands nowhere; nearest are `{instead}`", clean(&suggestion.word));
    }
    Ok(())
}

/// Title, date and file of an essay, and the line that shows why it was found.
fn entry(essay: &Essay, content: &Path, context: &Context, paint: bool) -> String {
    let (strong, plain) = if paint { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let date = essay.date.map(|date| format!(" ({date})")).unwrap_or_default();
    let file = content.join(essay.source.path.as_str().trim_start_matches('/'));
    let file = file.strip_prefix(".").unwrap_or(&file);
    let mut line = String::new();
    let mut at = 0;
    for hit in &context.hits {
        let (before, word) = (&context.text[at..hit.start], &context.text[hit.clone()]);
        line.extend([&clean(before), strong, &clean(word), plain]);
        at = hit.end;
    }
    line.push_str(&clean(&context.text[at..]));
    format!(
        "{strong}{}{plain}{date}\n  {}\n  {line}\n\n",
        clean(&essay.title),
        clean(&file.display().to_string())
    )
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
