//! The edition of a capsule as it stands in its folder now, for commands that look at one without serving it.

use std::sync::Arc;

use time::OffsetDateTime;

use super::Stopped;
use crate::app::name_of;
use crate::capsule::{BuildOptions, Keys, build};
use crate::config::{Capsule, Config};
use crate::disk;
use crate::problem::Problem;
use crate::site::{Site, SiteOptions};

/// What everybody gets of `capsule` at `now`, in pages made as `options` say, and what is odd about its files.
pub(super) fn read(
    capsule: &Capsule,
    config: &Config,
    options: &SiteOptions,
    now: OffsetDateTime,
) -> anyhow::Result<(Site, Vec<Problem>)> {
    let reading = disk::read(&capsule.content, &capsule.ignore, None).map_err(|error| {
        let shown = capsule.content.display();
        let problem = Problem::error(format!("the content folder `{shown}` cannot be read: {error}"));
        Stopped(problem.hint("check its name and its permissions"))
    })?;
    let build_options = BuildOptions {
        now,
        title: capsule.title.clone(),
        name: name_of(&capsule.content),
        keys: Keys::new(config.front_matter.iter().cloned()),
        markdown: options.markdown,
        private: capsule.private_areas(),
    };
    let (built, problems) = build(&reading.files, &build_options, None);
    let site = Site::new(Arc::new(built), options, None);
    Ok((site, reading.problems.into_iter().chain(problems).collect()))
}
