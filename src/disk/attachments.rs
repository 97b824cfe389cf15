//! [`AttachmentOpener`]: opened at once, where all it takes is in memory, or else with some patience.
//!
//! Whether an opening would wait is for the system to say. File systems that live elsewhere (of a network, of another
//! process) promise to be quick and are not, so only those are believed that also read without waiting (`RWF_NOWAIT`,
//! `preadv2`(2)); which these are is found out with the first attachment opened there.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::sync::{PoisonError, RwLock};

use super::open::open_attachment;
use crate::capsule::FileRef;

/// Opens attachments, and knows on which devices that need not wait.
#[derive(Debug, Default)]
pub struct AttachmentOpener {
    /// Devices that can say whether they would wait.
    candid: RwLock<Vec<u64>>,
}

impl AttachmentOpener {
    /// As the function [`open_attachment`].
    pub fn open(&self, file: &FileRef) -> io::Result<File> {
        let opened = open_attachment(file)?;
        let device = fs::metadata(&file.root)?.dev();
        if !self.is_candid(device) && system::reads_at_once(&opened) {
            self.candid.write().unwrap_or_else(PoisonError::into_inner).push(device);
        }
        Ok(opened)
    }

    /// As [`open`](Self::open), but without waiting for anything; none if that cannot be promised, or if the file is
    /// not opened for any other reason.
    pub fn open_at_once(&self, file: &FileRef) -> Option<File> {
        system::open_at_once(file, |device| self.is_candid(device))
    }

    fn is_candid(&self, device: u64) -> bool {
        self.candid.read().unwrap_or_else(PoisonError::into_inner).contains(&device)
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::File;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags, StatxFlags, makedev, openat2, statx};
    use rustix::io::{Errno, IoSliceMut, ReadWriteFlags, preadv2};

    use crate::capsule::FileRef;

    /// The system itself keeps to the folder here (`openat2`(2)), in one step with the opening.
    pub(super) fn open_at_once(file: &FileRef, is_candid: impl Fn(u64) -> bool) -> Option<File> {
        let (none, cached) = (Mode::empty(), ResolveFlags::CACHED);
        let root = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = openat2(CWD, &*file.root, root, none, cached).ok()?;
        let known = AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC;
        let stat = statx(&root, "", known, StatxFlags::TYPE).ok()?;
        if !is_candid(makedev(stat.stx_dev_major, stat.stx_dev_minor)) {
            return None;
        }
        let inside = ResolveFlags::BENEATH | ResolveFlags::NO_XDEV | ResolveFlags::NO_MAGICLINKS | cached;
        // A FIFO without a writer would keep us waiting.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = File::from(openat2(&root, &file.relative, flags, none, inside).ok()?);
        opened.metadata().is_ok_and(|metadata| metadata.is_file()).then_some(opened)
    }

    /// Whether reads from `file` can be asked not to wait.
    pub(super) fn reads_at_once(file: &File) -> bool {
        let read = preadv2(file, &mut [IoSliceMut::new(&mut [0])], 0, ReadWriteFlags::NOWAIT);
        matches!(read, Ok(_) | Err(Errno::AGAIN))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::fs::File;

    use crate::capsule::FileRef;

    /// More than this system promises.
    pub(super) fn open_at_once(_: &FileRef, _: impl Fn(u64) -> bool) -> Option<File> {
        None
    }

    pub(super) fn reads_at_once(_: &File) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::fs::symlink;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn only_regular_files_inside_the_folder_are_opened() {
        let outside = tempfile::tempdir().expect("a scratch folder");
        fs::write(outside.path().join("secret"), "secret").expect("written");
        let folder = tempfile::tempdir().expect("a scratch folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("sub")).expect("made");
        fs::write(at("sub/a.png"), "picture").expect("written");
        symlink("sub/a.png", at("inside")).expect("linked");
        symlink(outside.path().join("secret"), at("outside")).expect("linked");
        symlink("loop", at("loop")).expect("linked");
        symlink(outside.path(), at("folder-outside")).expect("linked");
        let made = std::process::Command::new("mkfifo").arg(at("fifo")).status().expect("mkfifo runs");
        assert!(made.success());
        symlink("/dev/null", at("device")).expect("linked");
        // Both folders lie in the same one, so this is there.
        let name = outside.path().file_name().and_then(|name| name.to_str()).expect("a name");
        let climbing = format!("../{name}/secret");
        symlink(&climbing, at("climbing")).expect("linked");

        let attachments = AttachmentOpener::default();
        for (relative, opens) in [
            ("sub/a.png", true),
            ("inside", true),
            ("outside", false),
            ("folder-outside/secret", false),
            ("loop", false),
            ("fifo", false),
            ("device", false),
            ("sub", false),
            ("missing", false),
            ("climbing", false),
            (&climbing, false),
        ] {
            let reference = FileRef { root: Arc::from(folder.path()), relative: relative.into(), length: 7 };
            let mut text = String::new();
            let opened = attachments.open(&reference).and_then(|mut file| file.read_to_string(&mut text));
            assert_eq!(opened.is_ok(), opens, "{relative}");
            assert_eq!(text, if opens { "picture" } else { "" }, "{relative}");
            // What is not opened at once may be left to the other way, but nothing is opened that this refuses.
            let at_once = attachments.open_at_once(&reference).map(io::read_to_string);
            let at_once = at_once.transpose().expect("text");
            assert!(at_once.is_none() || (opens && at_once.as_deref() == Some("picture")), "{relative}");
        }
    }
}
