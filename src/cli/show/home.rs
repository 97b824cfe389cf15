//! [`Home`]: the capsule a file belongs to, so that its page comes out as it is served.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use super::super::{hosted, settings};
use crate::capsule::{CapsulePath, FrontMatterKeys};
use crate::config::Overrides;
use crate::publish::PublishOptions;
use crate::site::SiteOptions;

/// How many folders above a file may still belong to its capsule.
const LEVELS: usize = 6;

/// The capsule of a file, and how it is published.
pub(super) struct Home {
    /// The path of the file within the capsule.
    pub(super) path: CapsulePath,
    pub(super) options: PublishOptions,
    /// Whether the file belongs to no capsule, so that its neighbours mean nothing.
    pub(super) stands_alone: bool,
}

impl Home {
    /// The configured capsule that `file` lies in; else the outermost folder above it that has an introduction;
    /// else the file alone.
    pub(super) fn of(file: &Path, config: Option<&Path>) -> anyhow::Result<Self> {
        let shown = file.display();
        let real = fs::canonicalize(file).with_context(|| format!("cannot read `{shown}`"))?;
        let folder = real.parent().with_context(|| format!("`{shown}` lies in no folder"))?;
        // Other programs have a `config.toml` too: one that nobody named counts only if it is good.
        let config = match settings::load(Overrides::default(), config) {
            Ok((config, _)) => Some(config),
            Err(_) if config.is_none() => None,
            Err(error) => return Err(error),
        };
        let hosted = config.as_ref().map(|config| hosted::around(config, &real)).transpose()?.flatten();
        let config = hosted.or(config);
        let capsule = config.iter().flat_map(|config| &config.capsules).find_map(|capsule| {
            let content = fs::canonicalize(&capsule.content).ok()?;
            real.starts_with(&content).then_some((content, capsule))
        });
        let introduced = folder.ancestors().take(LEVELS).filter(|folder| is_introduced(folder)).last();
        let stands_alone = capsule.is_none() && introduced.is_none();
        let (root, mut options) = match (&config, capsule) {
            (Some(config), Some((content, capsule))) => {
                (content, PublishOptions::new(config, capsule, config.site_options(capsule)))
            }
            (config, _) => {
                let root = introduced.unwrap_or(folder);
                let mut options = PublishOptions::unconfigured(root, SiteOptions::standard("localhost"));
                let keys = config.as_ref().map(|config| config.front_matter.clone());
                options.keys = FrontMatterKeys::new(keys.unwrap_or_default());
                (root.to_owned(), options)
            }
        };
        let relative = real.strip_prefix(&root).ok().and_then(Path::to_str);
        let path = relative.and_then(|relative| CapsulePath::from_decoded(relative).ok());
        let Some(path) = path else { bail!("`{shown}` has a name that cannot be an address") };
        options.content = root;
        Ok(Self { path, options, stands_alone })
    }
}

fn is_introduced(folder: &Path) -> bool {
    ["index.md", "_index.md"].iter().any(|name| folder.join(name).is_file())
}
