//! The sandbox: which files this process may still read and write, held by the kernel (Landlock).
//!
//! The rules are about folders as they are when they are made, whatever they are called later: another folder that
//! takes the name of one of them lies outside.

#[cfg(target_os = "linux")]
mod landlock;

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much depends on the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SandboxMode {
    /// As much of it as the kernel can.
    #[default]
    BestEffort,
    /// All of it, or the start fails.
    Require,
    /// None of it.
    Off,
}

/// What a process needs files for. Folders count with everything below them; those that are not there are left out.
#[derive(Debug, Clone, Default)]
pub struct SandboxRules {
    read: Vec<PathBuf>,
    write: Vec<PathBuf>,
    append: Vec<PathBuf>,
    abstract_sockets: bool,
}

/// The sandbox that this process is in; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Sandbox {
    /// The folders that may be read, by device and inode; none where everything may.
    folders: Option<Arc<[(u64, u64)]>>,
}

/// How much of the sandbox the kernel holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxLevel {
    /// All of it.
    Full,
    /// What a kernel of this age can.
    Partial,
    /// Nothing.
    None,
}

/// What became of the sandbox.
#[derive(Debug, Clone)]
pub struct Enforced {
    /// How much of it is held.
    pub level: SandboxLevel,
    /// The version of Landlock that the kernel speaks; none if it does not.
    pub abi: Option<i32>,
    /// Why it could not be set up, where the kernel has it.
    pub trouble: Option<String>,
}

impl SandboxRules {
    /// Allows to read `folder` and everything below it.
    pub fn read(&mut self, folder: impl Into<PathBuf>) {
        self.read.push(folder.into());
    }

    /// Allows to read and write `folder` and everything below it, but not to make folders.
    pub fn write(&mut self, folder: impl Into<PathBuf>) {
        self.write.push(folder.into());
    }

    /// Allows to write to the file at `path`, which may be moved away and made anew.
    pub fn append(&mut self, path: &Path) {
        self.append.push(folder_of(path));
    }

    /// Allows to read the file at `path`, and what will stand there when it is replaced: the folder it lies in, and if
    /// it is a link also the one it leads to.
    pub fn read_replaceable(&mut self, path: &Path) {
        self.read.push(folder_of(path));
        if let Ok(real) = fs::canonicalize(path) {
            self.read.push(folder_of(&real));
        }
    }

    /// Allows to write to sockets without a place in the file system, as some service managers listen on.
    pub fn abstract_sockets(&mut self) {
        self.abstract_sockets = true;
    }

    /// Gives up everything else, for this thread and those it starts from now on. A process keeps this for ever; no
    /// other thread may be running, or it is left out.
    pub fn enforce(&self) -> (Sandbox, Enforced) {
        let enforced = self.restrict();
        if enforced.level == SandboxLevel::None {
            return (Sandbox::default(), enforced);
        }
        let folders = self.read.iter().chain(&self.write).filter_map(|folder| identity(folder).ok());
        (Sandbox { folders: Some(folders.collect()) }, enforced)
    }

    #[cfg(target_os = "linux")]
    fn restrict(&self) -> Enforced {
        landlock::restrict(self)
    }

    #[cfg(not(target_os = "linux"))]
    fn restrict(&self) -> Enforced {
        Enforced { level: SandboxLevel::None, abi: None, trouble: None }
    }
}

impl Sandbox {
    /// Whether the sandbox lets what stands at `path` now be read. What is not there is nothing it keeps away.
    pub fn permits(&self, path: &Path) -> bool {
        let Some(folders) = &self.folders else { return true };
        let Ok(real) = fs::canonicalize(path) else { return true };
        real.ancestors().any(|above| identity(above).is_ok_and(|above| folders.contains(&above)))
    }
}

impl fmt::Display for Enforced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            SandboxLevel::Full => "fully",
            SandboxLevel::Partial => "partly",
            SandboxLevel::None => "not",
        };
        write!(f, "the sandbox is {level} enforced")?;
        match (self.abi, &self.trouble) {
            (None, _) => f.write_str(" (this kernel has no Landlock)"),
            (Some(abi), None) => write!(f, " (Landlock ABI {abi})"),
            (Some(abi), Some(trouble)) => write!(f, " (Landlock ABI {abi}): {trouble}"),
        }
    }
}

/// The folder in which the last name of `path` stands.
fn folder_of(path: &Path) -> PathBuf {
    let parent = match path.file_name() {
        Some(_) => path.parent().map(Path::to_owned),
        None => fs::canonicalize(path).ok().and_then(|real| real.parent().map(Path::to_owned)),
    };
    match parent {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent,
        None => path.to_owned(),
    }
}

/// Which folder stands at a name, however often it is renamed.
fn identity(folder: &Path) -> io::Result<(u64, u64)> {
    folder.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};
    use std::os::unix::fs::symlink;
    use std::thread;

    use super::*;

    #[test]
    fn a_file_is_replaced_in_its_folder() {
        for (path, folder) in [
            ("/etc/lamplit/config.toml", "/etc/lamplit"),
            ("config.toml", "."),
            ("../config.toml", ".."),
            ("/essays", "/"),
            ("/", "/"),
        ] {
            assert_eq!(folder_of(Path::new(path)), Path::new(folder), "{path}");
        }
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let (live, archive) = (scratch.path().join("live"), scratch.path().join("archive"));
        fs::create_dir(&live).expect("made");
        fs::create_dir(&archive).expect("made");
        fs::write(archive.join("key1.pem"), "key").expect("written");
        symlink("../archive/key1.pem", live.join("key.pem")).expect("linked");
        let mut access = SandboxRules::default();
        access.read_replaceable(&live.join("key.pem"));
        let real = fs::canonicalize(&archive).expect("there");
        assert_eq!(access.read, [live, real], "the next one may be `key2.pem`");
    }

    #[test]
    fn a_folder_is_permitted_by_what_it_is_and_not_by_its_name() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let at = |name: &str| scratch.path().join(name);
        fs::create_dir_all(at("essays/films")).expect("made");
        let folders = [identity(&at("essays")).expect("there")].into();
        let sandbox = Sandbox { folders: Some(folders) };
        let permits = |name: &str| sandbox.permits(&at(name));
        assert!(permits("essays") && permits("essays/films") && permits("missing") && !permits("."));
        fs::rename(at("essays"), at("away")).expect("the same folder");
        fs::create_dir(at("essays")).expect("made");
        assert!(permits("away") && !permits("essays"));
        assert!(Sandbox::default().permits(&at("essays")));
    }

    /// A sandbox is about a thread and its children, so this one can be in it alone.
    #[test]
    fn what_was_given_up_is_gone() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let at = |name: &str| scratch.path().join(name);
        for folder in ["essays", "keys", "outside"] {
            fs::create_dir(at(folder)).expect("made");
            fs::write(at(folder).join("a"), folder).expect("written");
        }
        symlink(at("outside"), at("essays/link")).expect("linked");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let mut access = SandboxRules::default();
        access.read(at("essays"));
        access.write(at("keys"));
        access.read(at("not-there"));
        let inside = || {
            let (sandbox, enforced) = access.enforce();
            if enforced.level != SandboxLevel::Full {
                return println!("skipped: {enforced}");
            }
            let refused = |result: io::Result<()>| {
                assert_eq!(result.map_err(|error| error.kind()), Err(io::ErrorKind::PermissionDenied));
            };
            let read = |name: &str| fs::read(at(name)).map(drop);
            read("essays/a").expect("content is read");
            fs::read_dir(at("essays")).expect("and listed");
            refused(read("outside/a"));
            refused(read("essays/link/a"));
            refused(fs::read_dir(at("outside")).map(drop));
            for name in ["essays/a", "essays/new", "outside/a"] {
                refused(fs::write(at(name), "written"));
            }
            refused(fs::remove_file(at("essays/a")));
            refused(fs::create_dir(at("keys/folder")));
            refused(symlink("a", at("keys/link")));

            fs::write(at("keys/new"), "key").expect("keys are written");
            fs::rename(at("keys/new"), at("keys/a")).expect("and renamed");
            fs::hard_link(at("keys/a"), at("keys/b")).expect("and linked");
            fs::remove_file(at("keys/b")).expect("and tidied up");
            assert!(sandbox.permits(&at("essays/a")) && !sandbox.permits(&at("outside")));

            refused(TcpListener::bind("127.0.0.1:0").map(drop));
            refused(TcpStream::connect(address).map(drop));
            listener.set_nonblocking(true).expect("set");
            let nobody = listener.accept().expect_err("nobody calls");
            assert_eq!(nobody.kind(), io::ErrorKind::WouldBlock, "what was bound before goes on");
        };
        thread::scope(|scope| scope.spawn(inside).join()).expect("no panic");
        fs::write(at("essays/a"), "written").expect("other threads are not in it");
    }
}
