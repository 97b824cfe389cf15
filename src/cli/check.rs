//! `lamplit check`: what an author can put right before readers meet it.

mod report;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use time::OffsetDateTime;

use super::{edition, settings};
use crate::config::{Capsule, Config, Overrides};
use crate::problem::{Problem, Severity, Topic};
use crate::site::lint;

#[derive(Debug, Args)]
#[command(
    about = "Look for mistakes in an archive: dead links, missing pictures, bad front matter …",
    long_about = "Looks for mistakes in an archive: front matter that cannot be read, dead links within the \
                  archive, missing pictures and pictures without words, two essays at one address, HTML and \
                  template tags that readers do not get, dates yet to come, lines of robots.txt that crawlers \
                  pass over. Nothing is fetched and nothing is changed.",
    after_help = "Without DIR the capsules of `--config FILE` or of `config.toml` in the working folder are \
                  checked. The exit code is 1 when there are errors, 0 when there are only warnings.\n\n\
                  Example:\n  lamplit check ~/essays"
)]
pub(super) struct Arguments {
    /// Folder of essays; it is only ever read
    #[arg(value_name = "DIR")]
    content: Option<PathBuf>,
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Show the line of each finding and what to do about it
    #[arg(short, long, conflicts_with = "json")]
    verbose: bool,
    /// Print the findings as JSON, for programs
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let flags = Overrides { content: arguments.content.clone(), ..Overrides::default() };
    let (config, _) = settings::load(flags, arguments.config.as_deref())?;
    let now = OffsetDateTime::now_utc();
    let mut found = Vec::new();
    for capsule in &config.capsules {
        found.extend(check(capsule, &config, now)?);
    }
    let shown = if arguments.json { report::json(&found) } else { report::text(&found, arguments.verbose) };
    std::io::stdout().write_all(shown.as_bytes())?;
    let errors = found.iter().any(|problem| problem.severity == Severity::Error);
    Ok(if errors { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Everything that is odd about one capsule, file by file; the files are named from where the user stands.
fn check(capsule: &Capsule, config: &Config, now: OffsetDateTime) -> anyhow::Result<Vec<Problem>> {
    let (site, mut found) = edition::read(capsule, config, &config.site_options(capsule), now)?;
    found.extend(lint(&site, now));
    for place in found.iter_mut().filter_map(|problem| problem.place.as_mut()) {
        place.file = named_from_here(&capsule.content, &place.file).into();
    }
    found.sort_by(|a, b| position(a).cmp(&position(b)));
    Ok(found)
}

fn named_from_here(content: &Path, file: &str) -> String {
    let whole = content.join(file);
    whole.strip_prefix(".").unwrap_or(&whole).display().to_string()
}

fn position(problem: &Problem) -> (&str, u32, u32, Topic) {
    let place = problem.place.as_ref();
    let (line, column) =
        place.and_then(|place| place.span.as_ref()).map_or((0, 0), |span| (span.line, span.column));
    (place.map_or("", |place| &place.file), line, column, problem.topic)
}
