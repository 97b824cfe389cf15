//! The user that a process becomes when it was started by root, as for a port that only root may bind.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, fchown};
use std::path::Path;

use nix::unistd::{Uid, User, geteuid, setgid, setuid};

use crate::problem::Problem;

/// A user of this system.
#[derive(Debug, Clone)]
pub struct Account(User);

/// Whether this process may do everything.
pub fn is_root() -> bool {
    geteuid().is_root()
}

impl Account {
    /// The user called `name`.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn named(name: &str) -> Result<Self, Problem> {
        match User::from_name(name) {
            Ok(Some(user)) => Ok(Self(user)),
            Ok(None) => Err(Problem::error(format!("there is no user `{name}` on this system"))
                .hint(format!("make one with `useradd --system --shell /usr/sbin/nologin {name}`"))),
            Err(error) => Err(Problem::error(format!("the user `{name}` cannot be looked up: {error}"))),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether this process belongs to it.
    pub fn is_current(&self) -> bool {
        geteuid() == self.0.uid
    }

    /// Makes `folder` and what is missing above it, for this user alone. What is there already is left as it is:
    /// root gives nothing away that somebody else may have put there.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn create_dir(&self, folder: &Path) -> io::Result<()> {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.create_dir(parent)?;
        }
        DirBuilder::new().mode(0o700).create(folder)?;
        // Of what was opened, not of what has that name by now.
        let open = libc::O_DIRECTORY | libc::O_NOFOLLOW;
        let made = OpenOptions::new().read(true).custom_flags(open).open(folder)?;
        fchown(&made, Some(self.0.uid.as_raw()), Some(self.0.gid.as_raw()))
    }

    /// Becomes this user, for ever, with the groups it is a member of and no others. No other thread may be running.
    ///
    /// # Errors
    ///
    /// If the system does not allow it.
    pub fn assume(&self) -> Result<(), Problem> {
        let Self(user) = self;
        let assume = || {
            take_groups(user)?;
            setgid(user.gid)?;
            setuid(user.uid)
        };
        let refused = |why: &str| {
            Problem::error(format!("this process cannot become `{}`: {why}", user.name))
                .hint("start it as that user, and name no `user` in `[privileges]`")
        };
        assume().map_err(|error| refused(error.desc()))?;
        // Setting it again must fail, or nothing was given up.
        if !user.uid.is_root() && setuid(Uid::from_raw(0)).is_ok() {
            return Err(refused("the system lets it become root again"));
        }
        Ok(())
    }
}

/// Becomes a member of the groups of `user`, and of no others.
#[cfg(not(target_vendor = "apple"))]
fn take_groups(user: &User) -> nix::Result<()> {
    // A name that was found has no zero byte in it.
    nix::unistd::initgroups(&std::ffi::CString::new(user.name.as_str()).unwrap_or_default(), user.gid)
}

/// There is no safe way to do so here.
#[cfg(target_vendor = "apple")]
fn take_groups(_: &User) -> nix::Result<()> {
    Err(nix::Error::ENOSYS)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn folders_are_made_for_whom_they_are_for() {
        let problem = Account::named("no-such-user").expect_err("nobody is called so");
        assert!(problem.to_string().contains("hint: make one with `useradd"), "{problem}");
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let (folder, taken) = (scratch.path().join("lamplit/certs"), scratch.path().join("file"));
        let nobody = if is_root() { "nobody" } else { return println!("skipped: this is not root") };
        let account = Account::named(nobody).expect("everybody has nobody");
        account.create_dir(&folder).expect("made");
        for made in [folder.parent().expect("a parent"), &folder] {
            let metadata = fs::metadata(made).expect("made");
            assert_eq!((metadata.mode() & 0o777, metadata.uid()), (0o700, account.0.uid.as_raw()));
        }
        assert_eq!(fs::metadata(scratch.path()).expect("there").uid(), 0, "it was there before");
        fs::write(&taken, "").expect("written");
        assert!(account.create_dir(&taken).is_err());
    }
}
