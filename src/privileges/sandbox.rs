//! The sandbox of the kernel (landlock(7), seccomp(2)): which files the process may use, and which system calls.
//!
//! Rules apply to folders as they are when the rules are made: a renamed one keeps its rule, its replacement has none.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf, absolute};
use std::{fmt, fs};

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
    /// Folders with files to read.
    pub read: Vec<PathBuf>,
    /// Folders with files to read and write, but in which no folders are created.
    pub write: Vec<PathBuf>,
    append: Vec<PathBuf>,
    /// Whether the UNIX socket of the service manager, if there is one, is in the abstract namespace.
    pub service_manager: Option<bool>,
}

/// The sandbox of this process; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Sandbox {
    /// The readable folders, by device and inode; `None` without a sandbox.
    folders: Option<std::sync::Arc<[(u64, u64)]>>,
}

named! {
    /// How much of the sandbox the kernel enforces.
    SandboxLevel {
        /// Nothing.
        None = "not",
        /// As much as an older kernel supports.
        Partial = "partly",
        /// All of it.
        Full = "fully",
    }
}

/// The result of entering the sandbox.
#[derive(Debug, Clone)]
pub struct Enforced {
    /// How much of the sandbox is enforced.
    pub level: SandboxLevel,
    /// The version of Landlock in the kernel; `None` if the kernel has none.
    abi: Option<i32>,
    /// Why Landlock or seccomp could not be set up, or capabilities not be given up.
    error: Option<String>,
}

impl SandboxRules {
    /// Allows writing the file at `path`, and creating it again after it was moved away.
    pub fn append(&mut self, path: &Path) {
        self.append.push(parent_folder(path));
    }

    /// Allows reading what is at `path` also after it is replaced: its folder, and for a link also the folder of its
    /// target. If the folder holds much else, as a home does, only the file itself is allowed.
    pub fn read_replaceable(&mut self, path: &Path) {
        for path in [Some(path.to_owned()), fs::canonicalize(path).ok()].into_iter().flatten() {
            let folder = parent_folder(&path);
            self.read.push(if path.is_file() && has_much_else(&folder) { path } else { folder });
        }
    }

    /// Restricts this thread, and those that it starts, to these rules for good; not other running threads.
    pub fn enforce(&self) -> (Sandbox, Enforced) {
        let enforced = kernel::restrict_thread(self);
        if enforced.level == SandboxLevel::None {
            return (Sandbox::default(), enforced);
        }
        let folders = self.read.iter().chain(&self.write).filter_map(|folder| identity(folder));
        (Sandbox { folders: Some(folders.collect()) }, enforced)
    }
}

impl Sandbox {
    /// Returns whether the sandbox allows reading what is at `path` now; true if nothing is there.
    pub fn permits(&self, path: &Path) -> bool {
        let Some(folders) = &self.folders else { return true };
        let Ok(real) = fs::canonicalize(path) else { return true };
        real.ancestors().filter_map(identity).any(|above| folders.contains(&above))
    }
}

impl fmt::Display for Enforced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the sandbox is {} enforced", self.level)?;
        match (self.abi, &self.error) {
            (None, _) => f.write_str(" (this kernel has no Landlock)"),
            (Some(abi), None) => write!(f, " (Landlock ABI {abi})"),
            (Some(abi), Some(error)) => write!(f, " (Landlock ABI {abi}): {error}"),
        }
    }
}

/// Returns whether a folder probably contains files of other programs: a home, its settings, `/etc` or the root.
fn has_much_else(folder: &Path) -> bool {
    let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let own = [std::env::home_dir(), std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from)].into_iter().flatten();
    let is_own = own.filter_map(|own| fs::canonicalize(own).ok()).any(|own| own == real);
    let is_system = ["/", "/etc", "/root", "/usr/local/etc"].map(Path::new).contains(&real.as_path());
    is_system || is_own || real.ends_with(".config") || real.parent() == Some(Path::new("/home"))
}

fn parent_folder(path: &Path) -> PathBuf {
    let whole = if path.file_name().is_some() { absolute(path) } else { fs::canonicalize(path) };
    let whole = whole.unwrap_or_default();
    whole.parent().unwrap_or(&whole).to_owned()
}

/// Returns the device and inode of a folder, which stay when it is renamed.
fn identity(folder: &Path) -> Option<(u64, u64)> {
    folder.metadata().map(|metadata| (metadata.dev(), metadata.ino())).ok()
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use super::{Enforced, SandboxLevel, SandboxRules};

    pub(super) fn restrict_thread(_: &SandboxRules) -> Enforced {
        Enforced { level: SandboxLevel::None, abi: None, error: None }
    }
}

/// The system calls that make the kernel enforce the rules.
#[cfg(target_os = "linux")]
mod kernel {
    use std::collections::BTreeMap;
    use std::error::Error;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetCreated,
        RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
    };
    use nix::unistd::geteuid;
    use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
    use seccompiler::SeccompCmpArgLen::Dword;
    use seccompiler::{BpfProgram, SeccompAction, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule};

    use super::{Enforced, SandboxLevel, SandboxRules};

    /// System calls that serving does not need once listeners are open: sockets, other programs, ways around rules.
    const REFUSED_CALLS: [libc::c_long; 9] = [
        libc::SYS_socket,
        libc::SYS_connect,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_memfd_create,
        libc::SYS_io_uring_setup,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
    ];

    /// The version of Landlock that restricts files, TCP ports, signals and abstract sockets, of Linux 6.12.
    const WANTED: ABI = ABI::V6;

    pub(super) fn restrict_thread(rules: &SandboxRules) -> Enforced {
        let mut enforced = Enforced { level: SandboxLevel::None, abi: None, error: None };
        match ruleset(rules).and_then(RulesetCreated::restrict_self) {
            Ok(status) => {
                if let LandlockStatus::Available { effective_abi, kernel_abi } = status.landlock {
                    enforced.abi = Some(kernel_abi.unwrap_or(effective_abi as i32));
                }
                enforced.level = match status.ruleset {
                    RulesetStatus::FullyEnforced => SandboxLevel::Full,
                    RulesetStatus::PartiallyEnforced => SandboxLevel::Partial,
                    RulesetStatus::NotEnforced => SandboxLevel::None,
                };
            }
            Err(error) => enforced.error = Some(error.to_string()),
        }
        let refused = refuse_system_calls(rules.service_manager.is_some());
        if let Err(error) = refused.and_then(|()| give_up_capabilities()) {
            enforced.level = enforced.level.min(SandboxLevel::Partial);
            enforced.error.get_or_insert_with(|| error.to_string());
        }
        enforced
    }

    fn ruleset(rules: &SandboxRules) -> Result<RulesetCreated, RulesetError> {
        let reading = AccessFs::ReadFile | AccessFs::ReadDir;
        // A file is replaced by writing a new one and renaming or linking it.
        let writing = reading | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::MakeReg | AccessFs::RemoveFile;
        let mut scopes = Scope::from_all(WANTED);
        if rules.service_manager == Some(true) {
            scopes.remove(Scope::AbstractUnixSocket);
        }
        Ruleset::default()
            .handle_access(AccessFs::from_all(WANTED))?
            .handle_access(AccessNet::from_all(WANTED))?
            .scope(scopes)?
            .create()?
            .add_rules(path_beneath_rules(&rules.read, reading))?
            .add_rules(path_beneath_rules(&rules.write, writing))?
            .add_rules(path_beneath_rules(&rules.append, AccessFs::WriteFile | AccessFs::MakeReg))
    }

    /// Makes system calls that serving does not need fail with `EACCES`. Datagrams to a service manager stay possible.
    fn refuse_system_calls(has_service_manager: bool) -> Result<(), Box<dyn Error>> {
        let mut refused: BTreeMap<_, Vec<SeccompRule>> =
            REFUSED_CALLS.into_iter().map(|number| (number, Vec::new())).collect();
        if has_service_manager {
            refused.insert(libc::SYS_socket, all_but_unix_datagrams()?);
            refused.remove(&libc::SYS_connect);
        }
        #[allow(clippy::useless_conversion, reason = "numbers have 32 bits on some processors")]
        let refused = refused.into_iter().map(|(number, rules)| (number.into(), rules)).collect();
        let error = SeccompAction::Errno(libc::EACCES.unsigned_abs());
        let arch = std::env::consts::ARCH.try_into()?;
        let filter = SeccompFilter::new(refused, SeccompAction::Allow, error, arch)?;
        let program: BpfProgram = filter.try_into()?;
        Ok(seccompiler::apply_filter(&program)?)
    }

    /// Returns the conditions under which `socket` opens anything but a UNIX socket for datagrams.
    fn all_but_unix_datagrams() -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
        let rule = |(argument, operator, value): (u8, SeccompCmpOp, i32)| {
            let value = u64::from(value.unsigned_abs());
            SeccompRule::new(vec![SeccompCondition::new(argument, Dword, operator, value)?])
        };
        let kind = |kind| (1, SeccompCmpOp::MaskedEq(0xf), kind);
        let other_family = (0, SeccompCmpOp::Ne, libc::AF_UNIX);
        [other_family, kind(libc::SOCK_STREAM), kind(libc::SOCK_SEQPACKET)].into_iter().map(rule).collect()
    }

    /// Gives up the capabilities of root, except access to files of other users, which Landlock restricts.
    fn give_up_capabilities() -> Result<(), Box<dyn Error>> {
        if !geteuid().is_root() {
            return Ok(());
        }
        let kept = CapabilitySet::DAC_OVERRIDE;
        let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() };
        set_capabilities(None, sets).map_err(|error| format!("capabilities cannot be given up: {error}").into())
    }
}
