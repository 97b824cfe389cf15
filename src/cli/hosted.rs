//! Hosted capsules, for commands that look at one or all of them without serving them.

use std::path::Path;

use anyhow::Context;

use crate::app::folder_of;
use crate::config::Config;
use crate::disk::{self, CapsuleSettings, SETTINGS_FILE};
use crate::host::HostName;
use crate::problem::{Problem, Problems, Topic};

/// The configuration of every hosted capsule of `config`, and a warning for each folder that is none though it lies
/// among them; in order of their names. What is wrong with the settings of one is a problem, and it is left out.
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
        if HostName::from_folder_name(&name).is_some() && !is_configured && folder_of(folder, &name).is_some()
        {
            match one(config, folder, &name) {
                Ok(capsule) => capsules.push(capsule),
                Err(mistakes) => problems.extend(mistakes),
            }
        } else if folder.join(&name).is_dir() && !name.starts_with('.') {
            let why =
                if is_configured { "a `[[capsule]]` has that name" } else { "it is not named like a host" };
            let problem = Problem::warning(format!("this folder is not served: {why}"));
            let problem = problem.about(Topic::File).in_file(folder.join(&name).display().to_string());
            problems.push(
                problem.hint("host names are written in lower case and punycode, as in `alice.example`"),
            );
        }
    }
    Ok((capsules, problems))
}

/// The configuration of the hosted capsule that `file` lies in, which is a real path; none if it lies in none.
pub(super) fn around(config: &Config, file: &Path) -> anyhow::Result<Option<Config>> {
    let Some(folder) = &config.hosting.folder else { return Ok(None) };
    let real = folder.canonicalize().ok();
    let host = real.and_then(|real| file.strip_prefix(real).ok()?.iter().next()?.to_str().map(str::to_owned));
    let Some(host) =
        host.filter(|host| HostName::from_folder_name(host).is_some() && folder_of(folder, host).is_some())
    else {
        return Ok(None);
    };
    Ok(Some(one(config, folder, &host)?))
}

/// What to say where nothing but hosted capsules is configured, and one of them has to be named.
pub(super) fn none_is_named(config: &Config, how: &str) -> anyhow::Result<()> {
    if config.capsules.is_empty() {
        let problem = Problem::error("there is no `[[capsule]]` in the configuration, only hosted ones");
        return Err(problem.hint(how).into());
    }
    Ok(())
}

fn one(config: &Config, folder: &Path, host: &str) -> Result<Config, Problems> {
    let content = folder.join(host);
    let name = content.join(SETTINGS_FILE).display().to_string();
    let text = match disk::read_settings(&content) {
        Ok(CapsuleSettings::Absent) => None,
        Ok(CapsuleSettings::Text(text) | CapsuleSettings::Unsettled(text)) => Some(text),
        Err(error) => {
            let problem = Problem::error(format!("the settings of the capsule cannot be read: {error}"));
            return Err(Problems::usage(problem.in_file(name)));
        }
    };
    config.hosted(host, &content, text.as_deref().map(|text| (name.as_str(), text)))
}
