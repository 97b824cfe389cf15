//! [`Home`]: the capsule a file belongs to, so that its page comes out as it is served.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use time::OffsetDateTime;

use super::super::{hosted, settings};
use crate::capsule::{BuildOptions, CapsulePath, FrontMatterKeys, SourceFile};
use crate::config::Overrides;
use crate::disk;
use crate::site::SiteOptions;

/// How many folders above a file may still belong to its capsule.
const LEVELS: usize = 6;

/// Where a file lives and how its pages are made.
pub(super) struct Home {
    /// The folder of the capsule; none for a file that stands alone.
    content: Option<PathBuf>,
    /// What of that folder is left out.
    ignore: Vec<String>,
    /// The file within it.
    pub(super) path: CapsulePath,
    pub(super) options: SiteOptions,
    pub(super) build: BuildOptions,
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
        let ignore = capsule.as_ref().map(|(_, capsule)| capsule.ignore.clone()).unwrap_or_default();
        let introduced = || folder.ancestors().take(LEVELS).filter(|folder| is_introduced(folder)).last();
        let (content, title) = match &capsule {
            Some((content, capsule)) => (Some(content.clone()), capsule.title.clone()),
            None => (introduced().map(Path::to_owned), None),
        };
        let root = content.as_deref().unwrap_or(folder);
        let relative = real.strip_prefix(root).ok().and_then(Path::to_str);
        let path = relative.and_then(|relative| CapsulePath::from_decoded(relative).ok());
        let Some(path) = path else { bail!("`{shown}` has a name that cannot be an address") };
        let private = capsule.as_ref().map(|(_, capsule)| capsule.private_areas()).unwrap_or_default();
        let options = match (&config, capsule) {
            (Some(config), Some((_, capsule))) => config.site_options(capsule),
            _ => SiteOptions::standard("localhost"),
        };
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned());
        let build = BuildOptions {
            now: OffsetDateTime::now_utc(),
            title,
            name: name.unwrap_or_else(|| "essays".to_owned()),
            keys: FrontMatterKeys::new(config.map(|config| config.front_matter).unwrap_or_default()),
            markdown: options.markdown,
            private,
        };
        Ok(Self { content, ignore, path, options, build })
    }

    /// The files of the capsule in order, with `file` in its place. What cannot be read is not there: this is
    /// about one file.
    pub(super) fn neighbours(&self, file: Arc<SourceFile>) -> Vec<Arc<SourceFile>> {
        let reading =
            self.content.as_deref().and_then(|content| disk::read(content, &self.ignore, None).ok());
        let mut files = reading.map(|reading| reading.files).unwrap_or_default();
        match files.binary_search_by(|other| other.path.cmp(&file.path)) {
            Ok(at) => files[at] = file,
            Err(at) => files.insert(at, file),
        }
        files
    }
}

fn is_introduced(folder: &Path) -> bool {
    ["index.md", "_index.md"].iter().any(|name| folder.join(name).is_file())
}
