//! Confinement: what serving still needs once everything is bound, read and made; the rest is given up.

use std::path::{Path, PathBuf};

use super::source::Source;
use crate::config::{Capsule, Config};
use crate::identity::Keeping;
use crate::privileges::sandbox::{Access, Enforced, Level, Mode, Sandbox};
use crate::problem::Problem;

/// Enters the sandbox that `config`, read from `source`, needs and allows; how much of it holds is to be told, unless
/// none is wanted. No other thread may be running.
///
/// # Errors
///
/// If less of it holds than `config` requires.
pub(super) fn enter(config: &Config, source: &Source) -> Result<(Sandbox, Option<Enforced>), Problem> {
    let mode = config.privileges.sandbox;
    if mode == Mode::Off {
        return Ok((Sandbox::default(), None));
    }
    let (sandbox, enforced) = access(config, source).enforce();
    if mode == Mode::Require && enforced.level != Level::Full {
        return Err(Problem::error(format!("{enforced}, though the configuration requires it")).hint(
            "use Linux 6.12 or later with Landlock enabled (`lsm=` of its command line), or write \
             `sandbox = \"best-effort\"` into `[privileges]`",
        ));
    }
    Ok((sandbox, Some(enforced)))
}

/// Says in one line how much of the sandbox holds.
pub(super) fn tell(enforced: &Enforced) {
    match enforced.level {
        Level::Full => tracing::info!("{enforced}"),
        Level::Partial => tracing::info!("{enforced}; a later kernel holds all of it"),
        Level::None => tracing::warn!("{enforced}"),
    }
}

/// Everything that is read and written while readers are served, or again when it changes.
fn access(config: &Config, source: &Source) -> Access {
    let mut access = Access::default();
    for capsule in &config.capsules {
        access.read(&capsule.content);
        if capsule.swapped {
            access.read_replaceable(&capsule.content);
        }
        for file in owners(capsule) {
            access.read_replaceable(file);
        }
    }
    access.write(&config.certs);
    if let Some(file) = &config.log.file {
        access.append(file);
    }
    if let Some(file) = source.file() {
        access.read_replaceable(file);
    }
    if std::env::var_os("NOTIFY_SOCKET").is_some_and(|socket| socket.as_encoded_bytes().starts_with(b"@")) {
        access.abstract_sockets();
    }
    access
}

/// What a new configuration names and `sandbox` keeps away, if anything.
pub(super) fn outside(sandbox: &Sandbox, config: &Config) -> Option<Problem> {
    let named = config.capsules.iter().flat_map(|capsule| {
        let ours = matches!(capsule.keeping, Keeping::Ours { .. }).then_some(&config.certs);
        [&capsule.content].into_iter().chain(ours).chain(owners(capsule))
    });
    let outside: Vec<&PathBuf> = named.filter(|path| !sandbox.permits(path)).collect();
    let path = outside.first()?.display();
    let problem = Problem::error(format!("`{path}` lies outside the sandbox that this process is in"));
    Some(problem.hint("restart Lamplit: a sandbox cannot be widened while it runs"))
}

/// Why `content` cannot be read, if the reason is that it is another folder than the one at the start.
pub(super) fn replaced(sandbox: &Sandbox, content: &Path) -> Option<Problem> {
    if sandbox.permits(content) {
        return None;
    }
    let shown = content.display();
    let problem = Problem::error(format!(
        "the content folder `{shown}` was replaced by another one, which lies outside the sandbox; readers keep the \
         edition from before"
    ));
    Some(
        problem
            .hint("write `swapped = true` into its `[[capsule]]` if deployments do so, and restart Lamplit"),
    )
}

/// The key and certificate files of a capsule that its owner looks after.
fn owners(capsule: &Capsule) -> impl Iterator<Item = &PathBuf> {
    let files = match &capsule.keeping {
        Keeping::Owners { certificate, key } => [Some(certificate), Some(key)],
        Keeping::Ours { .. } => [None, None],
    };
    files.into_iter().flatten()
}
