//! The folder of hosted capsules: which names in it are served, and how each capsule is configured.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::disk::{CapsuleSettings, SETTINGS_FILE};
use crate::host::HostName;
use crate::problem::{Problem, Problems};

/// The most private areas of a hosted capsule, each of which has lists, feeds and a search of its own.
const MAX_AREAS: usize = 32;

/// The most patterns in the settings of a hosted capsule, each of which is compiled.
const MAX_PATTERNS: usize = 200;

/// Checks that the folder of hosted capsules can be read.
pub fn check_folder(folder: &Path) -> Result<(), Problem> {
    fs::read_dir(folder).map(drop).map_err(|error| {
        let shown = folder.display();
        Problem::error(format!("the folder of capsules `{shown}` cannot be read: {error}"))
            .hint("check its name and its permissions")
    })
}

/// Returns the folder of the capsule `host` inside `folder`, or `None` if there is none. A symbolic link to another
/// folder inside `folder` gives a capsule a second name; links that lead elsewhere are ignored.
pub fn capsule_folder(folder: &Path, host: &str) -> Option<PathBuf> {
    let own = folder.join(host);
    let kind = fs::symlink_metadata(&own).ok()?.file_type();
    (kind.is_dir() || kind.is_symlink() && leads_inside(folder, &own)).then_some(own)
}

fn leads_inside(folder: &Path, link: &Path) -> bool {
    let (Ok(folder), Ok(target)) = (folder.canonicalize(), link.canonicalize()) else { return false };
    target != folder && target.starts_with(folder) && target.is_dir()
}

/// Returns the configuration of the capsule `host` with its content in `content`: `config` with its own `settings`,
/// which messages call `settings_name`.
pub fn capsule_config(
    config: &Config,
    host: &HostName,
    content: &Path,
    settings_name: &str,
    settings: io::Result<CapsuleSettings>,
) -> Result<Config, Problems> {
    let text = match settings {
        Ok(CapsuleSettings::Absent) => None,
        Ok(CapsuleSettings::Text(text) | CapsuleSettings::Unsettled(text)) => Some(text),
        Err(error) => {
            let what = format!("cannot read the settings of the capsule: {error}");
            let hint =
                format!("`{SETTINGS_FILE}` must be a short file of UTF-8 text in the folder of the capsule");
            return Err(Problems::usage(Problem::error(what).in_file(settings_name).hint(hint)));
        }
    };
    let config = config.hosted(host, content, text.as_deref().map(|text| (settings_name, text)))?;
    let Some(capsule) = config.capsules.first() else { return Ok(config) };
    let entries = [
        ("private", capsule.private.len(), MAX_AREAS),
        ("ignore", capsule.details.ignore.len(), MAX_PATTERNS),
    ];
    let problems =
        entries.into_iter().filter(|(_, length, most)| length > most).map(|(key, length, most)| {
            let what = format!("`{key}` has {length} entries, and that of a hosted capsule at most {most}");
            Problem::error(what).in_file(settings_name).hint("name folders that contain the others")
        });
    Problems::refuse(problems.collect())?;
    Ok(config)
}
