//! The configurations of hosted capsules, for commands that read capsules without serving them.

use std::path::Path;

use anyhow::Context;

use crate::config::Config;
use crate::disk::{self, SETTINGS_FILE};
use crate::host::HostName;
use crate::hosting::{capsule_config, capsule_folder};
use crate::problem::{Problem, Problems, Topic};

/// Returns the configuration of each hosted capsule in order of host names, and problems: mistakes in the settings of
/// a capsule, which is left out, and a warning for each folder that is not served.
pub(super) fn all(config: &Config) -> anyhow::Result<(Vec<Config>, Vec<Problem>)> {
    let Some(folder) = &config.hosting.folder else { return Ok((Vec::new(), Vec::new())) };
    let shown = folder.display();
    let entries = folder.read_dir().with_context(|| format!("cannot read `{shown}`"))?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let (mut capsules, mut problems) = (Vec::new(), Vec::new());
    for name in names {
        let is_configured =
            config.capsules.iter().any(|capsule| capsule.hosts.iter().any(|host| *host == *name));
        if HostName::from_folder_name(&name).is_some()
            && !is_configured
            && capsule_folder(folder, &name).is_some()
        {
            match one(config, folder, &name) {
                Ok(capsule) => capsules.push(capsule),
                Err(mistakes) => problems.extend(mistakes),
            }
        } else if folder.join(&name).is_dir() && !name.starts_with('.') {
            let why = if is_configured {
                "a `[[capsule]]` has this host name"
            } else {
                "its name is not a host name"
            };
            let problem = Problem::warning(format!("this folder is not served: {why}"));
            let problem = problem.about(Topic::File).in_file(folder.join(&name).display().to_string());
            problems.push(problem.hint("use lower case and punycode, as in `alice.example`"));
        }
    }
    Ok((capsules, problems))
}

/// Returns the configuration of the hosted capsule that contains `file`, a canonical path.
pub(super) fn containing(config: &Config, file: &Path) -> anyhow::Result<Option<Config>> {
    let Some(folder) = &config.hosting.folder else { return Ok(None) };
    let real = folder.canonicalize().ok();
    let host = real.and_then(|real| file.strip_prefix(real).ok()?.iter().next()?.to_str().map(str::to_owned));
    let Some(host) = host
        .filter(|host| HostName::from_folder_name(host).is_some() && capsule_folder(folder, host).is_some())
    else {
        return Ok(None);
    };
    Ok(Some(one(config, folder, &host)?))
}

fn one(config: &Config, folder: &Path, host: &str) -> Result<Config, Problems> {
    let content = folder.join(host);
    let name = content.join(SETTINGS_FILE).display().to_string();
    capsule_config(config, host, &content, &name, disk::read_settings(&content))
}
