//! The configurations of hosted capsules, for commands that read capsules without serving them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;

use crate::config::Config;
use crate::host::HostName;
use crate::hosting::{capsule_config, capsule_folder};
use crate::problem::{Problem, Problems, Topic};

/// Returns the configuration of each hosted capsule in order of host names, and problems: mistakes in the settings of
/// a capsule, which is left out, and a warning for each folder that is not served.
pub(super) fn all(config: &Config) -> anyhow::Result<(Vec<Config>, Vec<Problem>)> {
    let Some(folder) = config.hosting_folder() else { return Ok((Vec::new(), Vec::new())) };
    let entries = folder.read_dir().with_context(|| format!("cannot read `{}`", folder.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let names: BTreeSet<String> = names.collect();
    let (mut capsules, mut problems) = (Vec::new(), Vec::new());
    for name in names {
        let is_configured = config.capsules.iter().flat_map(|capsule| &capsule.hosts).any(|host| **host == *name);
        match host_name(folder, &name).filter(|_| !is_configured).map(|host| configuration(config, folder, &host)) {
            Some(Ok(capsule)) => capsules.push(capsule),
            Some(Err(mistakes)) => problems.extend(mistakes.list),
            None if folder.join(&name).is_dir() && !name.starts_with('.') => {
                let why =
                    if is_configured { "a `[[capsule]]` has this host name" } else { "its name is not a host name" };
                let problem = Problem::warning(format!("this folder is not served: {why}"));
                let problem = problem.about(Topic::File).in_file(folder.join(&name).display().to_string());
                problems.push(problem.hint("use lower case and punycode, as in `alice.example`"));
            }
            None => {}
        }
    }
    Ok((capsules, problems))
}

/// Returns the configuration of the hosted capsule that contains `file`, a canonical path, if there is one.
pub(super) fn containing(config: &Config, file: &Path) -> Result<Option<Config>, Problems> {
    let name = |folder: &Path| file.strip_prefix(folder.canonicalize().ok()?).ok()?.iter().next()?.to_str();
    let Some(folder) = config.hosting_folder() else { return Ok(None) };
    let host = name(folder).and_then(|name| host_name(folder, name));
    host.map(|host| configuration(config, folder, &host)).transpose()
}

fn host_name(folder: &Path, name: &str) -> Option<HostName> {
    HostName::from_folder_name(name).filter(|host| capsule_folder(folder, host).is_some())
}

fn configuration(config: &Config, folder: &Path, host: &HostName) -> Result<Config, Problems> {
    let content = folder.join(&**host);
    capsule_config(config, host, &content, crate::disk::read_settings(&content))
}
