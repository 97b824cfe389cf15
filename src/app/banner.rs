//! What is said on standard error at the start and at every change.

use std::net::SocketAddr;
use std::time::Duration;

use super::bind::Spoken;
use super::publisher::{Edition, Reach, Summary};
use crate::capsule::Hidden;
use crate::config::{Config, GOPHER_PORT};
use crate::identity::{Identity, Origin};
use crate::problem::{Problem, Severity};

/// Warnings beyond these are counted only: an old archive has hundreds.
const MAX_WARNINGS: usize = 10;

/// Names of changed files beyond these are counted only.
const MAX_NAMES: usize = 3;

/// Everything the start has to say.
pub(super) struct Start<'a> {
    pub(super) config: &'a Config,
    pub(super) reach: &'a Reach,
    pub(super) summaries: &'a [Summary],
    pub(super) identities: &'a [(Identity, Origin)],
    pub(super) listening: &'a [(Spoken, SocketAddr)],
    pub(super) gopher_moved: bool,
    pub(super) took: Duration,
}

/// Prints the banner. Its last line starts with `ready` and comes when the sockets listen.
pub(super) fn print(start: &Start<'_>) {
    for ((capsule, summary), (identity, origin)) in
        start.config.capsules.iter().zip(start.summaries).zip(start.identities)
    {
        eprintln!("{} · {}", summary.title, counts(summary));
        eprintln!("  {}", start.reach.gemini_url(capsule));
        eprintln!("  public key   SHA-256 {}", identity.public_key);
        eprintln!("  certificate  SHA-256 {}", identity.certificate);
        let made = match origin {
            Origin::Loaded => "is",
            Origin::Created => "was made now, for ever: it is",
            Origin::Certified => "was certified anew and is",
        };
        eprintln!("  The key {made} in {}", identity.file.display());
        eprintln!("  Back it up: a capsule that loses its key frightens its readers.");
    }
    if let Some(gopher) = &start.reach.gopher {
        let port = if gopher.port == GOPHER_PORT { String::new() } else { format!(":{}", gopher.port) };
        let host = if gopher.host.contains(':') { format!("[{}]", gopher.host) } else { gopher.host.clone() };
        eprintln!("  gopher://{host}{port}/");
    }
    if start.gopher_moved {
        eprintln!(
            "  Port 70 needs a privilege: `sudo setcap cap_net_bind_service=+ep \"$(command -v lamplit)\"`"
        );
    }
    if let Some(listening) = listening(start) {
        eprintln!("  {listening}");
    }
    eprintln!("ready in {} ms; Ctrl-C stops", start.took.as_millis());
}

/// Where the sockets are, if readers are told another port: behind a port forward it is this one that must be
/// forwarded to.
fn listening(start: &Start<'_>) -> Option<String> {
    let told = |spoken: Spoken| match spoken {
        Spoken::Gemini => Some(start.reach.gemini_port),
        Spoken::Gopher => start.reach.gopher.as_ref().map(|gopher| gopher.port),
    };
    let differs = start.listening.iter().any(|(spoken, address)| told(*spoken) != Some(address.port()));
    let name = |spoken: &Spoken| match spoken {
        Spoken::Gemini => "Gemini",
        Spoken::Gopher => "Gopher",
    };
    let shown = start.listening.iter().map(|(spoken, address)| format!("{address} ({})", name(spoken)));
    differs.then(|| format!("listening on {}", shown.collect::<Vec<_>>().join(", ")))
}

/// Prints problems: what is lost in full, what is only odd up to a number.
pub(super) fn problems(problems: &[Problem]) {
    let (errors, warnings): (Vec<&Problem>, Vec<&Problem>) =
        problems.iter().partition(|problem| problem.severity == Severity::Error);
    for problem in errors.iter().chain(warnings.iter().take(MAX_WARNINGS)) {
        eprintln!("{problem}");
    }
    if let Some(more) = warnings.len().checked_sub(MAX_WARNINGS).filter(|more| *more > 0) {
        eprintln!("and {more} more warnings");
    }
}

/// Prints what an edition changed.
pub(super) fn reload(edition: &Edition) {
    problems(&edition.failures);
    problems(&edition.problems);
    if edition.problems.iter().any(|problem| problem.severity == Severity::Error) {
        eprintln!("Readers keep the last good version of what could not be published.");
    }
    if edition.changes.is_empty() {
        return;
    }
    let names: Vec<&str> = edition.changes.iter().take(MAX_NAMES).map(String::as_str).collect();
    let more = edition.changes.len().saturating_sub(MAX_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    tracing::info!("published {}{more} in {} ms", names.join(", "), edition.took.as_millis());
}

/// `13 essays in 2 sections, 1 draft hidden, 14 attachments`.
fn counts(summary: &Summary) -> String {
    let essays = number(summary.essays, "essay", "essays");
    let mut parts = vec![match summary.sections {
        0 => essays,
        sections => format!("{essays} in {}", number(sections, "section", "sections")),
    }];
    let Hidden { drafts, unpublished, future, expired } = summary.hidden;
    for (count, one, many) in [
        (drafts, "draft hidden", "drafts hidden"),
        (unpublished, "unpublished", "unpublished"),
        (future, "waiting for its day", "waiting for their day"),
        (expired, "expired", "expired"),
        (summary.attachments, "attachment", "attachments"),
        (summary.left_out, "file left out", "files left out"),
    ] {
        if count > 0 {
            parts.push(number(count, one, many));
        }
    }
    format!("{} · {}", parts.join(", "), summary.content.display())
}

fn number(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_told_in_numbers() {
        let summary = Summary {
            title: "Essays".into(),
            content: "essays".into(),
            essays: 211,
            sections: 1,
            attachments: 0,
            hidden: Hidden { drafts: 2, ..Hidden::default() },
            left_out: 1,
        };
        assert_eq!(counts(&summary), "211 essays in 1 section, 2 drafts hidden, 1 file left out · essays");
    }
}
