//! The rules, in the words of the kernel (landlock(7)).

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

use super::{Enforced, SandboxLevel, SandboxRules};

/// The version with everything that is asked for, of Linux 6.12: files, TCP ports, and the signals and abstract sockets
/// of others.
const WANTED: ABI = ABI::V6;

/// Lets this thread do what `access` says, and nothing else.
pub(super) fn restrict(access: &SandboxRules) -> Enforced {
    match rules(access).and_then(RulesetCreated::restrict_self) {
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
            Enforced { level, abi, trouble: None }
        }
        Err(error) => Enforced { level: SandboxLevel::None, abi: None, trouble: Some(error.to_string()) },
    }
}

fn rules(access: &SandboxRules) -> Result<RulesetCreated, RulesetError> {
    let reading = AccessFs::ReadFile | AccessFs::ReadDir;
    // Enough to put a file in place of another: a new one is written, and renamed or linked.
    let writing =
        reading | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::MakeReg | AccessFs::RemoveFile;
    let mut scopes = Scope::from_all(WANTED);
    if access.abstract_sockets {
        scopes.remove(Scope::AbstractUnixSocket);
    }
    Ruleset::default()
        .handle_access(AccessFs::from_all(WANTED))?
        .handle_access(AccessNet::from_all(WANTED))?
        .scope(scopes)?
        .create()?
        .add_rules(path_beneath_rules(&access.read, reading))?
        .add_rules(path_beneath_rules(&access.write, writing))?
        .add_rules(path_beneath_rules(&access.append, AccessFs::WriteFile | AccessFs::MakeReg))
}
