//! Messages to the operator: the startup message, problems, and what a reload changed.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use super::keys::Keys;
use super::sockets::{BoundSocket, SocketRole, Sockets};
use super::stderr;
use crate::capsule::{CapsulePath, HiddenReason};
use crate::config::Config;
use crate::host::{GEMINI_PORT, GOPHER_FALLBACK_PORT, GOPHER_PORT};
use crate::identity::{self, Identity, KeyOrigin};
use crate::problem::{Problem, Severity, printable};
use crate::publish::{CapsulePublisher, Update, count, folder_name, left_out_counts};

/// The most warnings that are printed at once; the others are counted. An old archive has hundreds.
const MAX_WARNINGS: usize = 10;

/// The most changed files that are named; the others are counted.
const MAX_NAMES: usize = 3;

/// The most capsules that are shown with their keys, so that the startup message stays within a dozen lines.
const MAX_DETAILED: usize = 3;

pub(super) struct StartupMessage<'a> {
    pub(super) config: &'a Config,
    pub(super) gemini_port: u16,
    pub(super) keys: &'a Keys,
    pub(super) capsules: &'a [CapsulePublisher],
    pub(super) sockets: &'a Sockets,
}

impl StartupMessage<'_> {
    /// Returns the message without its last line, which starts with `ready`.
    pub(super) fn text(&self) -> String {
        let mut lines = match (self.capsules, &*self.keys.identities) {
            ([], _) => Vec::new(),
            ([capsule], [identity, ..]) => self.one_capsule(capsule, identity),
            _ => self.several_capsules(),
        };
        lines.extend(self.config.drafts.then(|| "Drafts and future essays are shown, marked as such.".to_owned()));
        lines.extend(self.hosting());
        lines.extend(self.sockets.gopher_moved.map(gopher_moved));
        lines.extend(self.listening());
        lines.iter().flat_map(|line| [&*printable(line), "\n"].map(str::to_owned)).collect()
    }

    fn one_capsule(&self, capsule: &CapsulePublisher, identity: &Identity) -> Vec<String> {
        let (names, expires) = (identity.names.join(", "), identity::utc_date(identity.expires));
        let origin = match identity.origin {
            KeyOrigin::Created => "The new key is",
            KeyOrigin::Certified => "The key has a new certificate, and is",
            KeyOrigin::Loaded => "The key is",
        };
        let mut lines = vec![format!("{} ({}) · {}", title(capsule), title_source(capsule), counts(capsule))];
        lines.extend(details(capsule));
        lines.extend(urls(capsule).iter().map(|url| format!("  {url}")));
        let is_local = !self.config.capsules[0].hosts[0].is_public();
        lines.extend(is_local.then(|| "  Read it in Lagrange or Amfora (Gemini) or in lynx (Gopher).".to_owned()));
        lines.extend([
            format!("  public key   SHA-256 {}", identity.public_key),
            format!("  certificate  SHA-256 {}", identity.certificate),
            format!("  made for     {names}; until {expires}"),
            format!("  {origin} in {}", identity.key_file.display()),
            "  Back it up: if a capsule loses its key, all its readers are warned.".to_owned(),
        ]);
        lines
    }

    /// Shows the public keys, which most clients remember, of a few capsules only.
    fn several_capsules(&self) -> Vec<String> {
        let (mut lines, mut folders) = (Vec::new(), Vec::new());
        for (capsule, identity) in self.capsules.iter().zip(&self.keys.identities) {
            let about = format!("{} · {}", title(capsule), counts(capsule));
            let urls = urls(capsule).join("  ");
            if self.capsules.len() > MAX_DETAILED {
                lines.push(format!("{urls}  {about}"));
            } else {
                let key = format!("  public key   SHA-256 {}", identity.public_key);
                lines.extend([about].into_iter().chain(details(capsule)).chain([format!("  {urls}"), key]));
            }
            let folder = identity.key_file.parent().unwrap_or(Path::new("")).display().to_string();
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        lines.push(back_up(&folders.join(", ")));
        lines
    }

    fn hosting(&self) -> Vec<String> {
        let Some(folder) = self.config.hosting_folder() else { return Vec::new() };
        let megabytes = self.config.settings.limits.memory.0;
        let port = if self.gemini_port == GEMINI_PORT { String::new() } else { format!(":{}", self.gemini_port) };
        let mut lines = vec![
            format!("{} · each folder HOST in it is a capsule, loaded when requested", folder.display()),
            format!("  gemini://HOST{port}/  at most {megabytes} MB of memory"),
        ];
        lines.extend(self.capsules.is_empty().then(|| back_up(&self.config.certs.display().to_string())));
        lines
    }

    /// Returns the local addresses, if another port is advertised: a port forward must lead to them.
    fn listening(&self) -> Option<String> {
        let (mut differs, mut shown) = (false, Vec::new());
        for BoundSocket { address, role, .. } in &self.sockets.bound {
            let (protocol, advertised) = match *role {
                SocketRole::Gemini => ("Gemini", self.gemini_port),
                SocketRole::Gopher(index) => ("Gopher", self.capsules.get(index)?.options.site.gopher.as_ref()?.port),
            };
            differs |= advertised != address.port();
            shown.push(format!("{address} ({protocol})"));
        }
        differs.then(|| format!("listening on {}", shown.join(", ")))
    }
}

fn urls(capsule: &CapsulePublisher) -> Vec<String> {
    let site = &capsule.options.site;
    let gopher = site.gopher.as_ref().map(|gopher| format!("{}/", gopher.url("gopher", GOPHER_PORT)));
    [site.gemini_url(&CapsulePath::root())].into_iter().chain(gopher).collect()
}

fn back_up(folders: &str) -> String {
    format!("The keys are in {folders}. Back them up: if a capsule loses its key, all its readers are warned.")
}

pub(super) fn print_problems(problems: &[Problem]) {
    let (errors, warnings): (Vec<_>, Vec<_>) = problems.iter().partition(|problem| problem.severity == Severity::Error);
    errors.iter().chain(warnings.iter().take(MAX_WARNINGS)).for_each(stderr::print);
    if let Some(more) = warnings.len().checked_sub(MAX_WARNINGS).filter(|more| *more > 0) {
        stderr::print(format_args!("and {more} more warnings"));
    }
}

pub(super) fn print_update(update: &Update, took: Duration) {
    print_problems(&update.failures);
    print_problems(&update.problems);
    if update.problems.iter().any(|problem| problem.severity == Severity::Error) {
        stderr::print("Readers keep the last good version of what could not be published.");
    }
    if update.changes.is_empty() {
        return;
    }
    let names: Vec<&str> = update.changes.iter().take(MAX_NAMES).map(String::as_str).collect();
    let more = update.changes.len().saturating_sub(MAX_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    tracing::info!("published {}{more} in {} ms", names.join(", "), took.as_millis());
}

fn title(capsule: &CapsulePublisher) -> &str {
    capsule.site().map_or("", |site| site.capsule().title.as_str())
}

fn title_source(capsule: &CapsulePublisher) -> String {
    let options = &capsule.options;
    let stated = options.recognised.as_ref().and_then(|site| site.fact("title"));
    match (&options.build.title, stated) {
        (Some(title), Some(stated)) if *title == stated.value => format!("title from {}", stated.file),
        (Some(_), _) => "title as configured".to_owned(),
        (None, _) if title(capsule) == folder_name(&options.content) => "title from the folder name".to_owned(),
        (None, _) => "title from its introduction".to_owned(),
    }
}

fn counts(capsule: &CapsulePublisher) -> String {
    let content = capsule.options.content.display();
    let Some(site) = capsule.site() else { return format!("from {content}") };
    let built = site.capsule();
    let hidden = |reason| built.hidden.get(&reason).copied().unwrap_or_default();
    let essays = count(built.essays().len(), "essay", "essays");
    let others = [
        (hidden(HiddenReason::Draft), "draft hidden", "drafts hidden"),
        (hidden(HiddenReason::Unpublished), "unpublished", "unpublished"),
        (built.unlisted, "unlisted", "unlisted"),
        (hidden(HiddenReason::Future), "waiting for its day", "waiting for their day"),
        (hidden(HiddenReason::Expired), "expired", "expired"),
        (built.files.len(), "attachment", "attachments"),
        (capsule.left_out(), "file left out", "files left out"),
        (capsule.options.build.private.len(), "private folder", "private folders"),
    ];
    let mut parts = vec![match built.sections.len() - 1 {
        0 => essays,
        sections => format!("{essays} in {}", count(sections, "section", "sections")),
    }];
    let others = others.into_iter().filter(|(number, ..)| *number > 0);
    parts.extend(others.map(|(number, one, many)| count(number, one, many)));
    format!("{} · from {content}", parts.join(", "))
}

/// Returns the lines below the first one about a capsule: its generator, and what is left out.
fn details(capsule: &CapsulePublisher) -> impl Iterator<Item = String> {
    let left_out = capsule.contents.as_ref().map(|contents| left_out_counts(&contents.left_out));
    let left_out = left_out.filter(|counts| !counts.is_empty()).map(|counts| format!("  left out     {counts}"));
    let recognised = capsule.snapshot.as_ref().and_then(|snapshot| snapshot.recognised.as_ref());
    recognised.map(|site| format!("  {site}")).into_iter().chain(left_out)
}

/// Says why Gopher has the fallback port, and what gives it the default one.
pub fn gopher_moved(why: ErrorKind) -> String {
    let begins = format!("Gopher is on port {GOPHER_FALLBACK_PORT}, because");
    if why == ErrorKind::AddrInUse {
        return format!("{begins} another program has {GOPHER_PORT}");
    }
    let program = std::env::current_exe().unwrap_or_else(|_| "lamplit".into());
    let program = shell_quoted(&program.display().to_string());
    format!("{begins} {GOPHER_PORT} needs a privilege: `sudo setcap cap_net_bind_service=+ep {program}`")
}

/// Returns `word` as a word of a shell command.
pub fn shell_quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
