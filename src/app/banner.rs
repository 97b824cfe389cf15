//! What is said on standard error at the start and at every change.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use super::bind::Spoken;
use super::running::Running;
use super::voice;
use crate::capsule::HiddenCounts;
use crate::host::{GEMINI_PORT, GOPHER_FALLBACK_PORT, GOPHER_PORT};
use crate::identity::{self, Identity, KeyOrigin};
use crate::problem::{Problem, Severity};
use crate::publish::{Summary, Update};
use crate::site::Authority;

/// Warnings beyond these are counted only: an old archive has hundreds.
const MAX_WARNINGS: usize = 10;

/// Names of changed files beyond these are counted only.
const MAX_NAMES: usize = 3;

/// So many capsules are shown with their keys: a banner of a dozen lines is still read.
const FEW: usize = 3;

/// Everything the start has to say.
pub(super) struct Start<'a> {
    pub(super) running: &'a Running,
    pub(super) summaries: &'a [Summary],
    pub(super) origins: &'a [KeyOrigin],
    pub(super) listening: &'a [(Spoken, SocketAddr)],
    pub(super) gopher_moved: Option<io::ErrorKind>,
}

impl Start<'_> {
    /// The banner, but for its last line, which starts with `ready` and comes when everything is.
    pub(super) fn lines(&self) -> String {
        let mut lines = match self.summaries.len() {
            0 => Vec::new(),
            1 => self.one(),
            _ => self.several(),
        };
        lines.extend(self.hosting());
        lines.extend(self.gopher_moved.map(moved));
        lines.extend(self.listening());
        // Titles are the words of files, which must not drive the terminal.
        lines.iter().flat_map(|line| [line.replace(char::is_control, " "), "\n".to_owned()]).collect()
    }

    /// Everything about a capsule that is alone.
    fn one(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, (summary, identity)) in self.summaries.iter().zip(self.identities()).enumerate() {
            lines.push(format!("{}, {} · {}", summary.title, summary.title_source, counts(summary)));
            lines.extend(self.urls(index).iter().map(|url| format!("  {url}")));
            lines.push(format!("  public key   SHA-256 {}", identity.public_key));
            lines.push(format!("  certificate  SHA-256 {}", identity.certificate));
            let (names, expires) = (identity.names.join(", "), identity::utc_date(identity.expires));
            lines.push(format!("  made for     {names}; until {expires}"));
            let made = match self.origins.get(index) {
                Some(KeyOrigin::Created) => "was made now, for ever: it is",
                Some(KeyOrigin::Certified) => "was certified anew and is",
                Some(KeyOrigin::Loaded) | None => "is",
            };
            lines.push(format!("  The key {made} in {}", identity.key_file.display()));
            lines.push("  Back it up: a capsule that loses its key frightens its readers.".to_owned());
        }
        lines
    }

    /// What fits the screen about several: the public keys, which most clients pin, of a few.
    fn several(&self) -> Vec<String> {
        let few = self.summaries.len() <= FEW;
        let mut lines = Vec::new();
        for (index, (summary, identity)) in self.summaries.iter().zip(self.identities()).enumerate() {
            let about = format!("{} · {}", summary.title, counts(summary));
            let urls = self.urls(index).join("  ");
            if few {
                let key = format!("  public key   SHA-256 {}", identity.public_key);
                lines.extend([about, format!("  {urls}"), key]);
            } else {
                lines.push(format!("{urls}  {about}"));
            }
        }
        let mut folders: Vec<String> = Vec::new();
        for identity in self.identities() {
            let folder = identity.key_file.parent().unwrap_or(Path::new("")).display().to_string();
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        let folders = folders.join(", ");
        lines.push(format!(
            "The keys are in {folders}. A capsule that loses its key frightens its readers: back them up."
        ));
        lines
    }

    /// What is said about capsules that nobody has looked at yet.
    fn hosting(&self) -> Vec<String> {
        let Running { config, reach, .. } = self.running;
        let Some(folder) = &config.hosting.folder else { return Vec::new() };
        let megabytes = config.hosting.memory / 1_000_000;
        let url = Authority { host: "HOST".to_owned(), port: reach.gemini_port }.url("gemini", GEMINI_PORT);
        let mut lines = vec![
            format!("{} · each folder HOST in it is a capsule, loaded when asked for", folder.display()),
            format!("  {url}/  at most {megabytes} MB of memory"),
        ];
        if self.summaries.is_empty() {
            let certs = config.certs.display();
            lines.push(format!(
                "The keys are in {certs}. A capsule that loses its key frightens its readers: back them up."
            ));
        }
        lines
    }

    fn identities(&self) -> &[Identity] {
        self.running.keys.identities()
    }

    /// Where the capsule of this index is read.
    fn urls(&self, index: usize) -> Vec<String> {
        let Running { config, reach, .. } = self.running;
        let Some(capsule) = config.capsules.get(index) else { return Vec::new() };
        let gopher =
            reach.gopher(index, capsule).map(|gopher| format!("{}/", gopher.url("gopher", GOPHER_PORT)));
        [reach.gemini_url(capsule)].into_iter().chain(gopher).collect()
    }

    /// Where the sockets are, if readers are told another port: behind a port forward it is this one that must be
    /// forwarded to.
    fn listening(&self) -> Option<String> {
        let Running { config, reach, .. } = self.running;
        let told = |spoken: Spoken| match spoken {
            Spoken::Gemini => Some(reach.gemini_port),
            Spoken::Gopher(index) => {
                reach.gopher(index, config.capsules.get(index)?).map(|gopher| gopher.port)
            }
        };
        let differs = self.listening.iter().any(|(spoken, address)| told(*spoken) != Some(address.port()));
        let name = |spoken: &Spoken| match spoken {
            Spoken::Gemini => "Gemini",
            Spoken::Gopher(_) => "Gopher",
        };
        let shown = self.listening.iter().map(|(spoken, address)| format!("{address} ({})", name(spoken)));
        differs.then(|| format!("listening on {}", shown.collect::<Vec<_>>().join(", ")))
    }
}

/// Prints problems: what is lost in full, what is only odd up to a number.
pub(super) fn problems(problems: &[Problem]) {
    let (errors, warnings): (Vec<&Problem>, Vec<&Problem>) =
        problems.iter().partition(|problem| problem.severity == Severity::Error);
    for problem in errors.iter().chain(warnings.iter().take(MAX_WARNINGS)) {
        voice::say(problem);
    }
    if let Some(more) = warnings.len().checked_sub(MAX_WARNINGS).filter(|more| *more > 0) {
        voice::say(format_args!("and {more} more warnings"));
    }
}

/// Prints what an edition changed.
pub(super) fn reload(edition: &Update) {
    problems(&edition.failures);
    problems(&edition.problems);
    if edition.problems.iter().any(|problem| problem.severity == Severity::Error) {
        voice::say("Readers keep the last good version of what could not be published.");
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
    let HiddenCounts { drafts, unpublished, future, expired } = summary.hidden;
    for (count, one, many) in [
        (drafts, "draft hidden", "drafts hidden"),
        (unpublished, "unpublished", "unpublished"),
        (future, "waiting for its day", "waiting for their day"),
        (expired, "expired", "expired"),
        (summary.attachments, "attachment", "attachments"),
        (summary.left_out, "file left out", "files left out"),
        (summary.private, "private folder", "private folders"),
    ] {
        if count > 0 {
            parts.push(number(count, one, many));
        }
    }
    format!("{} · from {}", parts.join(", "), summary.content.display())
}

/// Why Gopher is not where clients look for it, and how it gets there.
fn moved(why: io::ErrorKind) -> String {
    let begins = format!("Gopher has port {GOPHER_FALLBACK_PORT}, because");
    if why == io::ErrorKind::AddrInUse {
        return format!("{begins} another program has {GOPHER_PORT}");
    }
    let program = std::env::current_exe().unwrap_or_else(|_| "lamplit".into());
    let program = quoted(&program.display().to_string());
    format!("{begins} {GOPHER_PORT} needs a privilege: `sudo setcap cap_net_bind_service=+ep {program}`")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
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
            title_source: "as configured",
            content: "essays".into(),
            essays: 211,
            sections: 1,
            attachments: 0,
            hidden: HiddenCounts { drafts: 2, ..HiddenCounts::default() },
            left_out: 1,
            private: 0,
        };
        assert_eq!(
            counts(&summary),
            "211 essays in 1 section, 2 drafts hidden, 1 file left out · from essays"
        );
    }

    #[test]
    fn whoever_wants_the_usual_port_is_told_how_to_get_it() {
        let denied = moved(io::ErrorKind::PermissionDenied);
        assert!(
            denied.starts_with("Gopher has port 7070, because 70 needs a privilege: `sudo setcap "),
            "{denied}"
        );
        let program = std::env::current_exe().expect("this test");
        assert!(denied.contains(program.to_str().expect("a plain name")), "{denied}");
        assert_eq!(moved(io::ErrorKind::AddrInUse), "Gopher has port 7070, because another program has 70");
    }

    #[test]
    fn a_command_can_be_typed_as_it_is_shown() {
        for (word, shown) in [
            ("/usr/bin/lamplit", "/usr/bin/lamplit"),
            ("/home/ann/my tools/lamplit", "'/home/ann/my tools/lamplit'"),
            ("/home/ann's/$x", "'/home/ann'\\''s/$x'"),
        ] {
            assert_eq!(quoted(word), shown);
        }
    }
}
