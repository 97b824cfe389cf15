//! The user that a process becomes if it was started as root, as for a port that only root may bind.

use std::ffi::CString;
use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, fchown};
use std::path::Path;

pub use nix::unistd::geteuid;
use nix::unistd::{Uid, User, setgid, setuid};

use crate::problem::Problem;

/// Looks up the user `name`.
pub fn named(name: &str) -> Result<User, Problem> {
    match User::from_name(name) {
        Ok(Some(user)) => Ok(user),
        Ok(None) => Err(Problem::error(format!("there is no user `{name}` on this system"))
            .hint(format!("make one with `useradd --system --shell /usr/sbin/nologin {name}`"))),
        Err(error) => Err(Problem::error(format!("the user `{name}` cannot be looked up: {error}"))),
    }
}

/// Creates `folder` and missing parents, private to `user`. Existing ones, perhaps of others, stay unchanged.
pub fn create_dir(folder: &Path, user: &User) -> std::io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        create_dir(parent, user)?;
    }
    DirBuilder::new().mode(0o700).create(folder)?;
    // The owner is set on the opened folder, since its name could lead elsewhere by now.
    let open = libc::O_DIRECTORY | libc::O_NOFOLLOW;
    let made = OpenOptions::new().read(true).custom_flags(open).open(folder)?;
    fchown(&made, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
}

/// Changes the process to `user` and its groups for good. No other thread may be running.
pub fn switch_to(user: &User) -> Result<(), Problem> {
    let switch = || take_groups(user).and_then(|()| setgid(user.gid)).and_then(|()| setuid(user.uid));
    let refused = |why: &str| {
        Problem::error(format!("this process cannot become `{}`: {why}", user.name))
            .hint("start it as that user, and name no `user` in `[privileges]`")
    };
    switch().map_err(|error| refused(error.desc()))?;
    // If the process can become root again, nothing was given up.
    if !user.uid.is_root() && setuid(Uid::from_raw(0)).is_ok() {
        return Err(refused("the system lets it become root again"));
    }
    Ok(())
}

/// Replaces the groups of the process by those of `user`.
#[cfg(not(target_vendor = "apple"))]
fn take_groups(user: &User) -> nix::Result<()> {
    // The name of an existing user contains no zero byte.
    nix::unistd::initgroups(&CString::new(user.name.as_str()).unwrap_or_default(), user.gid)
}

/// `initgroups` is not available on these systems.
#[cfg(target_vendor = "apple")]
fn take_groups(_: &User) -> nix::Result<()> {
    Err(nix::Error::ENOSYS)
}
