//! `lamplit check`: what an author can put right before readers meet it.

mod public;
mod report;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use time::OffsetDateTime;

use super::{hosted, settings};
use crate::capsule::{CapsulePath, PrivateArea};
use crate::config::{Capsule, Config, Overrides};
use crate::problem::{Problem, Severity, Topic};
use crate::publish::{CapsuleSnapshot, PublishOptions};
use crate::site::lint;

#[derive(Debug, Args)]
#[command(
    about = "Look for mistakes in an archive: dead links, missing pictures, bad front matter …",
    long_about = "Looks for mistakes in an archive: front matter that cannot be read, dead links within the \
                  archive, missing pictures and pictures without words, two essays at one address, HTML and \
                  template tags that readers do not get, dates yet to come, lines of robots.txt that crawlers \
                  pass over. With a configuration that names a public host, also what going public takes. Nothing \
                  is fetched and nothing is changed.",
    after_help = "Without DIR the capsules of `--config FILE` or of `config.toml` in the working folder are \
                  checked. The exit code is 1 when there are errors, 0 when there are only warnings.\n\n\
                  Examples:\n  lamplit check ~/essays\n  lamplit check -v --config /etc/lamplit/config.toml"
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
    let (hosted, problems) = hosted::all(&config)?;
    found.extend(problems);
    for config in &hosted {
        for capsule in &config.capsules {
            found.extend(check(capsule, config, now)?);
        }
    }
    let shown = if arguments.json {
        report::json(&found)?
    } else {
        report::text(&found, arguments.verbose) + &public::text(&config)
    };
    std::io::stdout().write_all(shown.as_bytes())?;
    let errors = found.iter().any(|problem| problem.severity == Severity::Error);
    Ok(if errors { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Everything that is odd about one capsule, file by file; the files are named from where the user stands.
fn check(capsule: &Capsule, config: &Config, now: OffsetDateTime) -> anyhow::Result<Vec<Problem>> {
    let options = PublishOptions::new(config, capsule, config.site_options(capsule));
    let CapsuleSnapshot { site, areas, problems: mut found, .. } = CapsuleSnapshot::read(&options, now)?;
    found.extend(lint(&site, now));
    for (area, site) in &areas {
        // The public site reports the rest of what an area shows.
        found.extend(lint(site, now).into_iter().filter(|problem| lies_in(area, problem)));
    }
    for place in found.iter_mut().filter_map(|problem| problem.place.as_mut()) {
        place.file = named_from_here(&capsule.content, &place.file).into();
    }
    found.sort_by(|a, b| position(a).cmp(&position(b)));
    Ok(found)
}

fn lies_in(area: &PrivateArea, problem: &Problem) -> bool {
    let file = problem.place.as_ref().and_then(|place| CapsulePath::from_decoded(&place.file).ok());
    file.is_some_and(|file| file.is_within(&area.path))
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
