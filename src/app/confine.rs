//! Confinement: what serving still needs once everything is bound, read and made; the rest is given up.

use std::fs::File;
use std::path::PathBuf;

use super::source::Source;
use crate::config::{Capsule, Config, Privileges};
use crate::identity::KeyStore;
use crate::privileges::sandbox::{Enforced, Sandbox, SandboxLevel, SandboxMode, SandboxRules};
use crate::privileges::user::{self, Account};
use crate::problem::Problem;

/// Becomes the user whom `config`, read from `source`, names, and makes what belongs to them. No other thread may be
/// running. Warns of what they cannot read.
///
/// # Errors
///
/// If there is no such user, or the keys are not theirs.
pub(super) fn become_user(config: &Config, source: &Source) -> Result<Vec<Problem>, Problem> {
    let Some(name) = &config.privileges.user else { return Ok(Vec::new()) };
    let account = Account::named(name)?;
    if account.is_current() {
        return Ok(Vec::new());
    }
    if !user::is_root() {
        let problem =
            Problem::warning(format!("only root can become `{name}`, so this process stays who it is"));
        return Ok(vec![
            problem.hint("start it as root or as that user, or name no `user` in `[privileges]`"),
        ]);
    }
    if config.hosting.folder.is_some() || config.capsules.iter().any(has_our_key) {
        account.create_dir(&config.certs).map_err(|error| {
            Problem::error(format!("the folder of the keys cannot be made: {error}"))
                .in_file(config.certs.display().to_string())
                .hint("choose another one with `--certs DIR`")
        })?;
    }
    account.assume()?;
    let unread = source.file().filter(|file| File::open(file).is_err()).map(|file| {
        Problem::warning(format!("`{name}` cannot read the configuration, so changes to it will be refused"))
            .in_file(file.display().to_string())
            .hint("let its group read it, as with mode 640")
    });
    Ok(unread.into_iter().collect())
}

fn has_our_key(capsule: &Capsule) -> bool {
    matches!(capsule.key_store, KeyStore::Managed { .. })
}

/// What became of the privileges of this process.
pub(super) struct Confined {
    pub(super) sandbox: Sandbox,
    /// How much of it holds; none where none is wanted.
    enforced: Option<Enforced>,
    /// Whether this is root, though nobody asked for that.
    needlessly_root: bool,
}

/// Enters the sandbox that `config`, read from `source`, needs and allows. No other thread may be running.
///
/// # Errors
///
/// If less of it holds than `config` requires.
pub(super) fn enter(config: &Config, source: &Source) -> Result<Confined, Problem> {
    let Privileges { sandbox: mode, user } = &config.privileges;
    let needlessly_root = user.is_none() && user::is_root();
    if *mode == SandboxMode::Off {
        return Ok(Confined { sandbox: Sandbox::default(), enforced: None, needlessly_root });
    }
    let (sandbox, enforced) = access(config, source).enforce();
    if *mode == SandboxMode::Require && enforced.level != SandboxLevel::Full {
        return Err(Problem::error(format!("{enforced}, though the configuration requires it")).hint(
            "use Linux 6.12 or later with Landlock enabled (`lsm=` of its command line), or write \
             `sandbox = \"best-effort\"` into `[privileges]`",
        ));
    }
    Ok(Confined { sandbox, enforced: Some(enforced), needlessly_root })
}

impl Confined {
    /// Says in a line each what holds and what could be better.
    pub(super) fn tell(&self) {
        if let Some(enforced) = &self.enforced {
            match enforced.level {
                SandboxLevel::Full => tracing::info!("{enforced}"),
                SandboxLevel::Partial => tracing::info!("{enforced}; a later kernel holds all of it"),
                SandboxLevel::None => tracing::warn!("{enforced}"),
            }
        }
        if self.needlessly_root {
            tracing::warn!(
                "this runs as root, which serving does not need: name a user for it with `--user NAME`"
            );
        }
    }
}

/// Everything that is read and written while readers are served, or again when it changes.
fn access(config: &Config, source: &Source) -> SandboxRules {
    let mut access = SandboxRules::default();
    for capsule in &config.capsules {
        access.read(&capsule.content);
        if capsule.swapped {
            access.read_replaceable(&capsule.content);
        }
        for file in owners(capsule) {
            access.read_replaceable(file);
        }
    }
    // Folders that will be made in it too.
    config.hosting.folder.iter().for_each(|folder| access.read(folder));
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
        let ours = has_our_key(capsule).then_some(&config.certs);
        [&capsule.content].into_iter().chain(ours).chain(owners(capsule))
    });
    let outside: Vec<&PathBuf> = named.filter(|path| !sandbox.permits(path)).collect();
    let path = outside.first()?.display();
    let problem = Problem::error(format!("`{path}` lies outside the sandbox that this process is in"));
    Some(problem.hint("restart Lamplit: a sandbox cannot be widened while it runs"))
}

/// The key and certificate files of a capsule that its owner looks after.
fn owners(capsule: &Capsule) -> impl Iterator<Item = &PathBuf> {
    let files = match &capsule.key_store {
        KeyStore::External { certificate, key } => [Some(certificate), Some(key)],
        KeyStore::Managed { .. } => [None, None],
    };
    files.into_iter().flatten()
}
