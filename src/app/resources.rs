//! The privileges and resources of the process: user, sandbox, file descriptors and memory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::config::{Capsule, Config};
use crate::identity::KeyStore;
use crate::privileges::sandbox::{Enforced, Sandbox, SandboxLevel, SandboxMode, SandboxRules};
use crate::privileges::user;
use crate::problem::Problem;
use crate::server::Limits;

/// Descriptors of the process itself: standard streams, the runtime, listeners, files being read.
const OWN_DESCRIPTORS: u64 = 64;

/// Descriptors of each capsule: its listeners and the watch of its folder.
const CAPSULE_DESCRIPTORS: u64 = 4;

/// The share of the remaining descriptors that is kept for attachments, which few readers load at the same time.
const ATTACHMENT_SHARE: u64 = 4;

/// Memory of the runtime, of connections and of capsules being loaded, in bytes.
const MEMORY_RESERVE: u64 = 8_000_000;

/// The share of the memory that hosted capsules get in any case: one quarter.
const MIN_HOSTED_SHARE: u64 = 4;

/// The assumed resident memory where the system does not tell it, in bytes: that of a process with one small capsule.
const ASSUMED_RESIDENT: u64 = 12_000_000;

/// Becomes the configured user, after creating what must belong to that user. No other thread may be running. Returns
/// warnings about files that the user cannot read.
pub(super) fn become_user(config: &Config) -> Result<Vec<Problem>, Problem> {
    let Some(name) = &config.settings.privileges.user.value else { return Ok(Vec::new()) };
    let user = user::named(name)?;
    if user.uid == user::geteuid() {
        return Ok(Vec::new());
    }
    if !user::geteuid().is_root() {
        let what = format!("only root can become `{name}`, so the user of this process does not change");
        let hint = "start it as root or as that user, or name no `user` in `[privileges]`";
        return Ok(vec![Problem::warning(what).hint(hint)]);
    }
    let has_managed_key = |capsule: &Capsule| external_key_files(capsule).is_empty();
    if config.hosting_folder().is_some() || config.capsules.iter().any(has_managed_key) {
        user::create_dir(&config.certs, &user).map_err(|error| {
            Problem::error(format!("cannot create the folder of the keys: {error}"))
                .in_file(config.certs.display().to_string())
                .hint("choose another one with `--certs DIR`")
        })?;
    }
    user::switch_to(&user)?;
    let unread = config.file.as_ref().filter(|file| File::open(file).is_err()).map(|file| {
        Problem::warning(format!("`{name}` cannot read the configuration, so changes to it will be refused"))
            .in_file(file.display().to_string())
            .hint("let its group read it, as with mode 640")
    });
    Ok(unread.into_iter().collect())
}

/// Enters the sandbox of `config`, if any, before other threads start. Fails if the kernel enforces less than required.
pub(super) fn enter_sandbox(config: &Config) -> Result<(Sandbox, Option<Enforced>), Problem> {
    let mode = *config.settings.privileges.sandbox;
    if mode == SandboxMode::Off {
        return Ok((Sandbox::default(), None));
    }
    let (sandbox, enforced) = access(config).enforce();
    if mode == SandboxMode::Require && enforced.level != SandboxLevel::Full {
        let problem = Problem::error(format!("{enforced}, though the configuration requires it"));
        let hint = "use Linux 6.12 or later with Landlock enabled (`lsm=` of its command line), or write \
                    `sandbox = \"best-effort\"` into `[privileges]`";
        return Err(problem.hint(hint));
    }
    Ok((sandbox, Some(enforced)))
}

/// Logs what the sandbox enforces, and whether the process has privileges that it does not need.
pub(super) fn log_privileges(sandbox: Option<&Enforced>, names_user: bool) {
    match sandbox.map(|enforced| (enforced, enforced.level)) {
        Some((enforced, SandboxLevel::Full)) => tracing::info!("{enforced}"),
        Some((enforced, SandboxLevel::Partial)) => tracing::info!("{enforced}; a later kernel enforces all of it"),
        Some((enforced, SandboxLevel::None)) => tracing::warn!("{enforced}"),
        None => {}
    }
    if !names_user && user::geteuid().is_root() {
        tracing::warn!("this runs as root, which serving does not need: name a user with `--user NAME`");
    }
}

/// Returns the files and folders that the service reads or writes after startup.
fn access(config: &Config) -> SandboxRules {
    let mut access = SandboxRules::default();
    for capsule in &config.capsules {
        access.read.push(capsule.content.clone());
        if let Some(site) = &capsule.site {
            access.read.extend(site.static_folders());
            site.settings_files().for_each(|file| access.read_replaceable(&file));
        }
        let swapped = capsule.settings.swapped.then_some(&capsule.content);
        for path in swapped.into_iter().chain(external_key_files(capsule)) {
            access.read_replaceable(path);
        }
    }
    // Covers folders of capsules that are added later.
    access.read.extend(config.hosting_folder().map(Path::to_owned));
    access.write.push(config.certs.clone());
    if let Some(file) = config.settings.log.file.as_deref() {
        access.append(file);
    }
    if let Some(file) = &config.file {
        access.read_replaceable(file);
    }
    let socket = std::env::var_os("NOTIFY_SOCKET");
    access.service_manager = socket.map(|socket| socket.as_encoded_bytes().starts_with(b"@"));
    access
}

pub(super) fn named_paths(config: &Config) -> impl Iterator<Item = &PathBuf> {
    config.capsules.iter().flat_map(|capsule| {
        let external = external_key_files(capsule);
        [&capsule.content].into_iter().chain(external.is_empty().then_some(&config.certs)).chain(external)
    })
}

/// Fails if one of `paths` lies outside of the sandbox.
pub(super) fn check_inside<'p>(sandbox: &Sandbox, mut paths: impl Iterator<Item = &'p PathBuf>) -> Result<(), Problem> {
    let Some(path) = paths.find(|path| !sandbox.permits(path)) else { return Ok(()) };
    let what = format!("`{}` lies outside the sandbox of this process", path.display());
    let of_file = if path.is_file() { ", and a file that replaces one in a home is another file" } else { "" };
    let hint = format!("restart Lamplit: a sandbox cannot be widened while it runs{of_file}");
    Err(Problem::error(what).hint(hint))
}

/// Returns the files of a key that Lamplit does not manage.
fn external_key_files(capsule: &Capsule) -> Vec<&PathBuf> {
    match &capsule.key_store {
        KeyStore::External { certificate, key } => vec![certificate, key],
        KeyStore::Managed { .. } => Vec::new(),
    }
}

/// Raises the descriptor limit of the process to the highest allowed value, and lowers the connections and files in
/// `limits` to as many as it permits. Returns a warning if there are fewer connections than configured.
pub(super) fn fit_descriptors(limits: &mut Limits, capsules: usize) -> Option<Problem> {
    // On a system without such a limit, or where it cannot be read, nothing has to be lowered.
    let allowed = rlimit::increase_nofile_limit(u64::MAX).ok()?;
    let wanted = limits.connections;
    // Connections and attachments get at least one each.
    let left = allowed.saturating_sub(OWN_DESCRIPTORS + CAPSULE_DESCRIPTORS * capsules as u64);
    let at_least_one = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
    let enough_for = wanted.min(at_least_one(left - left / ATTACHMENT_SHARE));
    limits.connections = enough_for;
    limits.files = enough_for.min(at_least_one(left.saturating_sub(enough_for as u64)));
    let what = format!(
        "this process may open {allowed} files, which is enough for {enough_for} connections at once, not for {wanted}"
    );
    let hint = "allow more (`LimitNOFILE=` in a unit of systemd), or lower `connections` in `[limits]`";
    (wanted > enough_for).then(|| Problem::warning(what).hint(hint))
}

/// Returns the memory for hosted capsules in bytes: what the configured ones leave, but at least a guaranteed share.
/// Also returns a warning if they leave less. Must be called before the sandbox hides `/proc`.
pub(super) fn hosting_memory(config: &Config) -> (u64, Option<Problem>) {
    if config.hosting_folder().is_none() {
        return (0, None);
    }
    let memory = config.settings.limits.memory.bytes();
    let resident = resident().unwrap_or(ASSUMED_RESIDENT);
    let (left, least) = (memory.saturating_sub(resident + MEMORY_RESERVE), memory / MIN_HOSTED_SHARE);
    let what = format!(
        "the configured capsules take {} MB of the {} MB of memory; hosted capsules need more",
        resident / 1_000_000,
        memory / 1_000_000
    );
    let warning = Problem::warning(what).hint("allow more with `memory` in `[limits]`");
    (left.max(least), (left < least).then_some(warning))
}

/// Returns the resident memory of this process in bytes (`proc_pid_status`(5)).
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}
