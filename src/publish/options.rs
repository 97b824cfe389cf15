//! [`PublishOptions`]: how one content folder is read, built and rendered.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use crate::capsule::{Audience, BuildOptions, CapsulePath, FrontMatterKeys, Rules, SourceFile, TextKind};
use crate::config::{self, Config};
use crate::disk::{self, Exclusion, FolderContents, ReadLimits, ToolFile, compiled};
use crate::generator::{Recognised, ignored_paths};
use crate::host::HostName;
use crate::problem::Problem;
use crate::site::SiteOptions;

/// Names of content folders that make no title.
const COMMON_NAMES: &str = "content contents src source docs public data posts _posts blog pages";

/// How one content folder is read, built and rendered.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// The host names of the capsule.
    pub hosts: Vec<HostName>,
    /// The content folder.
    pub content: PathBuf,
    /// What reading the folder may cost; a larger folder is not read.
    pub limits: ReadLimits,
    /// How often the folder is compared with what is published; `None` for a time that depends on its file system.
    pub poll: Option<Duration>,
    /// What to leave out of the folder, as patterns of gitignore.
    pub ignore: Vec<String>,
    /// The site generator of the folder and its settings, if one was recognised.
    pub recognised: Option<Recognised>,
    /// Whether the sites of private areas are built and attached to the public site.
    pub with_areas: bool,
    /// How the capsule is built. Each build sets the time, and the name of the folder.
    pub build: BuildOptions,
    /// How pages are rendered.
    pub site: SiteOptions,
}

impl PublishOptions {
    /// Returns the options that serve `capsule` of `config` under its configured addresses.
    pub fn new(config: &Config, capsule: &config::Capsule) -> Self {
        let details = &capsule.settings.details;
        let keys = config.settings.presentation.front_matter.pairs().into_iter();
        let keys = keys.chain(capsule.site.iter().flat_map(|site| site.rules.keys.clone()));
        let mut options = Self::unconfigured(&capsule.content, config.site_options(capsule));
        options.hosts.clone_from(&capsule.hosts);
        options.ignore.extend(details.ignore.iter().map(|pattern| pattern.0.clone()));
        options.recognised.clone_from(&capsule.site);
        options.poll = capsule.settings.poll.as_ref().map(|seconds| seconds.duration());
        let mut rules = capsule.site.as_ref().map_or(options.build.rules, |site| site.rules.clone());
        rules.public_drafts.iter_mut().for_each(|names| names.clone_from(&options.ignore));
        rules.time_zone.clone_from(&details.time_zone);
        options.build = BuildOptions {
            title: details.title.value.clone(),
            keys: FrontMatterKeys::new(keys),
            private: capsule.private.clone(),
            rules,
            drafts: config.drafts,
            ..options.build
        };
        options
    }

    /// Returns the options for a folder that no configuration names.
    pub fn unconfigured(content: &Path, site: SiteOptions) -> Self {
        Self {
            hosts: Vec::new(),
            content: content.to_owned(),
            limits: ReadLimits::NONE,
            poll: None,
            ignore: Vec::new(),
            recognised: None,
            with_areas: true,
            build: BuildOptions {
                audience: Audience::Public,
                now: OffsetDateTime::UNIX_EPOCH,
                title: None,
                name: String::new(),
                keys: FrontMatterKeys::default(),
                markdown: site.markdown,
                language: Some(site.language.clone()).filter(|tag| !tag.is_empty()),
                private: Vec::new(),
                rules: Rules { public_drafts: Some(Vec::new()), ..Rules::default() },
                drafts: false,
            },
            site,
        }
    }

    /// Returns whether `other` makes the same essays of the same files, so that essays can be reused.
    pub(super) fn builds_like(&self, other: &Self) -> bool {
        let (own, others) = (&self.build, &other.build);
        (&own.keys, &own.private, &own.rules) == (&others.keys, &others.private, &others.rules)
            && (own.markdown, &own.language) == (others.markdown, &others.language)
            && self.ignore == other.ignore
    }

    pub(super) fn read_folder(&self, previous: Option<&FolderContents>) -> Result<FolderContents, Problem> {
        let tools = self.recognised.as_ref().map_or(&[][..], |site| &site.left_out);
        let read = |folder: &Path, tools, previous| {
            disk::read(folder, &self.ignore, tools, &self.build.private, previous, self.limits).map_err(|error| {
                let shown = folder.display();
                Problem::error(format!("the content folder `{shown}` cannot be read: {error}"))
                    .hint("check its name and its permissions")
            })
        };
        let part = |at: usize| previous.and_then(|previous| previous.parts.get(at));
        let mut contents = read(&self.content, tools, part(0).or(previous))?;
        let own = self.recognised.iter().map(|site| (CapsulePath::root(), site));
        let below = self.recognised.iter().flat_map(|site| &site.below).map(|(folder, site)| (folder.clone(), site));
        for (folder, site) in own.chain(below) {
            let Ok(ignored) = ignored_paths(&site.ignored) else { continue };
            let is_text = |path: &CapsulePath| site.leaf_bundles && TextKind::has_markup(path);
            let is_index = |path: &CapsulePath| is_text(path) && path.stem().split('.').next() == Some("index");
            let paths = contents.files.iter().map(|file| &file.path).filter(|path| path.is_within(&folder));
            let mut bundles: HashSet<CapsulePath> =
                paths.filter(|path| is_index(path)).map(CapsulePath::parent).collect();
            bundles.remove(&folder);
            let filters: Vec<_> = site.filters.iter().map(|patterns| compiled(patterns)).collect();
            let is_withheld = |path: &CapsulePath| {
                let inner = path.from_root(&folder);
                let is_ignored = || !site.ignored.is_empty() && ignored.is_match(&format!("/{}{inner}", site.content));
                let is_listed = || filters.iter().any(|filter| filter.matched(inner.as_relative(), false).is_ignore());
                path.is_within(&folder) && (is_ignored() || is_listed())
            };
            let is_ignored = |file: &mut Arc<SourceFile>| {
                let path = &file.path;
                // An index is not a part of its own bundle.
                let mut above = path.ancestors().skip(usize::from(is_index(path)));
                is_withheld(path)
                    || file.target.as_ref().is_some_and(is_withheld)
                    || is_text(path) && above.any(|folder| bundles.contains(&folder))
                    || !site.parts.is_empty() && !site.parts.iter().any(|part| path.is_within(part))
            };
            let ignored = contents.files.extract_if(.., is_ignored).map(|file| file.path.as_relative().to_owned());
            contents.left_out.extend(ignored.map(|file| (file, Exclusion::Name(ToolFile::Generator))));
        }
        let folders = self.recognised.iter().flat_map(Recognised::static_folders);
        let tools = self.recognised.as_ref().map_or(&[][..], |site| &site.left_out_statics);
        let statics = (1..).zip(folders).map(|(at, folder)| read(&folder, tools, part(at)));
        let statics: Vec<FolderContents> = statics.collect::<Result<_, _>>()?;
        Ok(if statics.is_empty() { contents } else { contents.with_statics(statics) })
    }

    pub(super) fn build_options(&self, now: OffsetDateTime) -> BuildOptions {
        let name = folder_name(self.recognised.as_ref().map_or(&self.content, |site| &site.folder));
        BuildOptions { now, name, ..self.build.clone() }
    }
}

/// Returns the name of a folder as a title; if that is a common one such as `content`, that of the folder above.
pub fn folder_name(folder: &Path) -> String {
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let names = || real.ancestors().filter_map(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()));
    let says_nothing = |name: &String| COMMON_NAMES.split(' ').any(|common| common == name.to_lowercase());
    names().find(|name| !says_nothing(name)).or_else(|| names().next()).unwrap_or_else(|| "essays".to_owned())
}
