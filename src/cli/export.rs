//! `lamplit export`: a copy of a capsule that any server of files can serve.

mod destination;
mod trees;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use time::OffsetDateTime;

use self::destination::Destination;
use self::trees::Tree;
use super::{hosted, settings};
use crate::config::{Capsule, Config, Overrides};
use crate::problem::Severity;
use crate::publish::{CapsuleSnapshot, PublishOptions};
use crate::site::{Medium, SiteOptions};

/// An export that is done sooner needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
#[command(
    about = "Write a copy of the capsule for other servers: gemtext pages, and gophermaps",
    long_about = "Writes a copy of everything that readers get into OUT/gemini (for agate, molly-brown and other \
                  servers of files) and OUT/gopher (with gophermaps, for gophernicus, pygopherd and others): the \
                  same pages at the same addresses, search aside. What readers do not get yet is not in it. The \
                  whole of OUT is replaced at once, when everything is written; it must be empty or an earlier \
                  export.",
    after_help = "Feeds and the links of plain text name the host of the capsule: say which with `--hostname` or in \
                  `config.toml`. With more than one capsule each has a folder of its own, called by its host \
                  name. The pages want to stand at the root of their server.\n\n\
                  Example:\n  lamplit export /srv/copy ~/essays --hostname example.org"
)]
pub(super) struct Arguments {
    /// Folder that is made or replaced
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Folder of essays; it is only ever read
    #[arg(value_name = "DIR")]
    content: Option<PathBuf>,
    /// Only the pages for Gemini
    #[arg(long, conflicts_with = "gopher")]
    gemini: bool,
    /// Only the pages for Gopher
    #[arg(long)]
    gopher: bool,
    /// Host name of the server that will have the pages
    #[arg(long, value_name = "NAME")]
    hostname: Option<String>,
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let flags = Overrides {
        content: arguments.content.clone(),
        hostname: arguments.hostname.clone(),
        ..Overrides::default()
    };
    let (config, _) = settings::load(flags, arguments.config.as_deref())?;
    hosted::none_is_named(&config, "name its folder and host: `lamplit export OUT DIR --hostname NAME`")?;
    let contents: Vec<&Path> = config.capsules.iter().map(|capsule| capsule.content.as_path()).collect();
    let destination = Destination::claim(&arguments.out, &contents)?;
    let mut pages = 0;
    for capsule in &config.capsules {
        let inner = if config.capsules.len() > 1 { Some(capsule.hosts[0].as_str()) } else { None };
        pages += export(arguments, capsule, &config, &destination, inner)?;
    }
    let out = destination.replace()?;
    eprintln!("{pages} files are in {}", out.display());
    Ok(())
}

fn export(
    arguments: &Arguments,
    capsule: &Capsule,
    config: &Config,
    destination: &Destination,
    inner: Option<&str>,
) -> anyhow::Result<usize> {
    // Files answer no questions.
    let options = SiteOptions { search: false, ..config.site_options(capsule) };
    let options = PublishOptions::new(config, capsule, options).public_only();
    let CapsuleSnapshot { site, problems, .. } = CapsuleSnapshot::read(&options, OffsetDateTime::now_utc())?;
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        eprintln!("{problem}");
    }
    let gopher = site.options().gopher.clone().filter(|_| !arguments.gemini);
    ensure!(gopher.is_some() || !arguments.gopher, "`{}` is not served over Gopher", capsule.hosts[0]);
    let root = |name: &str| {
        let folder = destination.folder().join(name);
        inner.map_or(folder.clone(), |inner| folder.join(inner))
    };
    let gemini = (!arguments.gopher).then(|| Tree::gemini(root("gemini")));
    let gopher = gopher.map(|authority| Tree::gopher(root("gopher"), authority));
    let trees = [(gemini, Medium::Gemini), (gopher, Medium::Gopher)];
    let mut files = 0;
    for (mut tree, medium) in trees.into_iter().filter_map(|(tree, medium)| Some((tree?, medium))) {
        let addresses = site.addresses(medium);
        let bar = bar(addresses.len());
        for address in &addresses {
            tree.add(address, site.lookup(address, medium))?;
            if bar.elapsed() > PATIENCE {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        let (count, problems) = tree.finish(&site.moved(medium), &site.options().gone)?;
        files += count;
        for problem in problems {
            eprintln!("{problem}");
        }
    }
    Ok(files)
}

/// A bar that is not drawn yet; on anything but a terminal it never is.
fn bar(length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} pages, {eta} left");
    let bar = ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::hidden());
    bar.with_style(style.expect("a good template"))
}
