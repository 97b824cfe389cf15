//! The edition of a capsule as it stands in its folder now, for commands that look at one without serving it.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::app::name_of;
use crate::capsule::{BuildOptions, FrontMatterKeys, SourceFile, build};
use crate::config::{Capsule, Config};
use crate::disk;
use crate::problem::Problem;
use crate::site::{Site, SiteOptions};

/// A capsule as everybody gets it.
pub(super) struct Edition {
    pub(super) site: Site,
    /// What it was made of, and how.
    pub(super) files: Vec<Arc<SourceFile>>,
    pub(super) build: BuildOptions,
    /// What is odd about the files.
    pub(super) problems: Vec<Problem>,
}

/// What everybody gets of `capsule` at `now`, in pages made as `options` say.
pub(super) fn read(
    capsule: &Capsule,
    config: &Config,
    options: &SiteOptions,
    now: OffsetDateTime,
) -> anyhow::Result<Edition> {
    let reading = disk::read(&capsule.content, &capsule.ignore, None).map_err(|error| {
        let shown = capsule.content.display();
        let problem = Problem::error(format!("the content folder `{shown}` cannot be read: {error}"));
        problem.hint("check its name and its permissions")
    })?;
    let build_options = BuildOptions {
        now,
        title: capsule.title.clone(),
        name: name_of(&capsule.content),
        keys: FrontMatterKeys::new(config.front_matter.iter().cloned()),
        markdown: options.markdown,
        private: capsule.private_areas(),
    };
    let (built, problems) = build(&reading.files, &build_options, None);
    Ok(Edition {
        site: Site::new(Arc::new(built), options, None),
        files: reading.files,
        build: build_options,
        problems: reading.problems.into_iter().chain(problems).collect(),
    })
}
