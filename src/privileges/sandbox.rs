//! The sandbox: which files the process may still read and write, enforced by the kernel (Landlock, landlock(7)).
//!
//! Rules apply to folders as they are when the rules are made. A folder that is renamed keeps its rule, and another
//! folder that takes its name has none.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(target_os = "linux")]
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

/// The version with all restrictions that are used, of Linux 6.12: files, TCP ports, signals and abstract sockets.
#[cfg(target_os = "linux")]
const WANTED: ABI = ABI::V6;

/// How much of the sandbox is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SandboxMode {
    /// As much as the kernel supports.
    #[default]
    BestEffort,
    /// All of it, or the start fails.
    Require,
    /// None of it.
    Off,
}

/// What a process may access. Each folder includes what is below it; folders that do not exist are left out.
#[derive(Debug, Clone, Default)]
pub struct SandboxRules {
    read: Vec<PathBuf>,
    write: Vec<PathBuf>,
    append: Vec<PathBuf>,
    abstract_sockets: bool,
}

/// The sandbox of this process; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Sandbox {
    /// The readable folders, by device and inode; `None` without a sandbox.
    folders: Option<Arc<[(u64, u64)]>>,
}

/// How much of the sandbox the kernel enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxLevel {
    /// All of it.
    Full,
    /// As much as an older kernel supports.
    Partial,
    /// Nothing.
    None,
}

/// The result of entering the sandbox.
#[derive(Debug, Clone)]
pub struct Enforced {
    /// How much of it is enforced.
    pub level: SandboxLevel,
    /// The version of Landlock in the kernel; `None` if it has none.
    abi: Option<i32>,
    /// Why it could not be set up, where the kernel has it.
    error: Option<String>,
}

impl SandboxRules {
    /// Allows reading below `folder`.
    pub fn read(&mut self, folder: impl Into<PathBuf>) {
        self.read.push(folder.into());
    }

    /// Allows reading and writing files below `folder`, but not creating folders.
    pub fn write(&mut self, folder: impl Into<PathBuf>) {
        self.write.push(folder.into());
    }

    /// Allows writing the file at `path`, and creating it again after it was moved away.
    pub fn append(&mut self, path: &Path) {
        self.append.push(parent_folder(path));
    }

    /// Allows reading the file at `path` also after it is replaced: its folder, and for a link also the folder of its
    /// target.
    pub fn read_replaceable(&mut self, path: &Path) {
        self.read.push(parent_folder(path));
        if let Ok(real) = fs::canonicalize(path) {
            self.read.push(parent_folder(&real));
        }
    }

    /// Allows writing to sockets in the abstract namespace, on which some service managers listen.
    pub fn abstract_sockets(&mut self) {
        self.abstract_sockets = true;
    }

    /// Restricts this thread, and those that it starts, to these rules for good. Other running threads are not
    /// restricted.
    pub fn enforce(&self) -> (Sandbox, Enforced) {
        let enforced = self.restrict_thread();
        if enforced.level == SandboxLevel::None {
            return (Sandbox::default(), enforced);
        }
        let folders = self.read.iter().chain(&self.write).filter_map(|folder| identity(folder).ok());
        (Sandbox { folders: Some(folders.collect()) }, enforced)
    }

    #[cfg(target_os = "linux")]
    fn restrict_thread(&self) -> Enforced {
        match self.landlock_rules().and_then(RulesetCreated::restrict_self) {
            Ok(status) => {
                let abi = match status.landlock {
                    LandlockStatus::Available { effective_abi, kernel_abi } => {
                        Some(kernel_abi.unwrap_or(effective_abi as i32))
                    }
                    _ => None,
                };
                let level = match status.ruleset {
                    RulesetStatus::FullyEnforced => SandboxLevel::Full,
                    RulesetStatus::PartiallyEnforced => SandboxLevel::Partial,
                    RulesetStatus::NotEnforced => SandboxLevel::None,
                };
                Enforced { level, abi, error: None }
            }
            Err(error) => Enforced { level: SandboxLevel::None, abi: None, error: Some(error.to_string()) },
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn restrict_thread(&self) -> Enforced {
        Enforced { level: SandboxLevel::None, abi: None, error: None }
    }

    #[cfg(target_os = "linux")]
    fn landlock_rules(&self) -> Result<RulesetCreated, RulesetError> {
        let reading = AccessFs::ReadFile | AccessFs::ReadDir;
        // A file is replaced by writing a new one and renaming or linking it.
        let writing =
            reading | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::MakeReg | AccessFs::RemoveFile;
        let mut scopes = Scope::from_all(WANTED);
        if self.abstract_sockets {
            scopes.remove(Scope::AbstractUnixSocket);
        }
        Ruleset::default()
            .handle_access(AccessFs::from_all(WANTED))?
            .handle_access(AccessNet::from_all(WANTED))?
            .scope(scopes)?
            .create()?
            .add_rules(path_beneath_rules(&self.read, reading))?
            .add_rules(path_beneath_rules(&self.write, writing))?
            .add_rules(path_beneath_rules(&self.append, AccessFs::WriteFile | AccessFs::MakeReg))
    }
}

impl Sandbox {
    /// Returns whether the sandbox allows reading what is at `path` now; true if nothing is there.
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
        match (self.abi, &self.error) {
            (None, _) => f.write_str(" (this kernel has no Landlock)"),
            (Some(abi), None) => write!(f, " (Landlock ABI {abi})"),
            (Some(abi), Some(error)) => write!(f, " (Landlock ABI {abi}): {error}"),
        }
    }
}

/// Returns the folder that contains `path`.
fn parent_folder(path: &Path) -> PathBuf {
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

/// Returns the device and inode of a folder, which stay when it is renamed.
fn identity(folder: &Path) -> io::Result<(u64, u64)> {
    folder.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_of_a_replaceable_file_is_that_of_its_name() {
        for (path, folder) in [
            ("/etc/lamplit/config.toml", "/etc/lamplit"),
            ("config.toml", "."),
            ("../config.toml", ".."),
            ("/essays", "/"),
            ("/", "/"),
        ] {
            assert_eq!(parent_folder(Path::new(path)), Path::new(folder), "{path}");
        }
    }
}
