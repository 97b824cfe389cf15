//! `lamplit announce`: tells an aggregator of a feed, and shows first what it would be told.

mod aggregator;
mod reply;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use time::OffsetDateTime;
use tokio::io::AsyncReadExt;
use url::Url;

use self::aggregator::Aggregator;
use super::{Mistakes, Stopped, edition, get, hosted, settings};
use crate::capsule::CapsulePath;
use crate::config::{Config, Overrides, is_public};
use crate::identity::Fingerprint;
use crate::problem::Problem;
use crate::site::{Lookup, Medium, Page, Site};

/// How long the reply may take, in seconds: Antenna fetches the feed before it answers.
const PATIENCE: u64 = 60;

/// How much of a reply is printed, in bytes. It is a sentence or two.
const MAX_REPLY: u64 = 16 * 1024;

#[derive(Debug, Args)]
#[command(
    about = "Tell an aggregator, such as Antenna, of new essays; shows the request first",
    after_help = "The request tells an aggregator, a page that lists what is new in many capsules, where the feed of a \
                  capsule is. One that is not known by name is named by the address that takes a feed as its query. \
                  Antenna keeps no list of feeds: announce again when there is a new essay. Exit code 0 if the request \
                  was taken or nothing was to be sent, 1 if it was not, 64 for a capsule that is not public.\n\n\
                  Examples:\n  lamplit announce antenna           # what would be sent\n  \
                  lamplit announce antenna --send\n  \
                  lamplit announce gemini://news.example/submit ~/essays --hostname example.org"
)]
pub(super) struct Arguments {
    /// `antenna`, or the submit address of another aggregator
    #[arg(value_name = "WHERE")]
    aggregator: Aggregator,
    /// Folder of essays; it is only ever read
    #[arg(value_name = "DIR")]
    content: Option<PathBuf>,
    /// Send the request
    #[arg(long)]
    send: bool,
    /// The feed, by its address in the capsule: one of a folder or tag, or a page of dated links
    #[arg(long, value_name = "PATH", default_value = "/atom.xml")]
    feed: String,
    /// Host name of the capsule; with several of them, the one that is meant
    #[arg(long, value_name = "NAME")]
    hostname: Option<String>,
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let (config, index) = capsule(arguments)?;
    let capsule = &config.capsules[index];
    let host = &capsule.hosts[0];
    if !is_public(host) {
        let problem = Problem::error(format!("nobody else can reach a capsule called `{host}`"));
        let hint = "give it its public name, with `hostname` in `config.toml` or with `--hostname NAME`";
        return Err(Mistakes::from(problem.hint(hint)).into());
    }
    let mut options = config.site_options(capsule);
    options.gemini.port = config.gemini.told_port();
    let site = edition::read(capsule, &config, &options, OffsetDateTime::now_utc())?.site;
    let (path, entries) = feed(&site, &arguments.feed)?;
    let feed = format!("{}{}", options.gemini.url("gemini", 1965), path.to_url());
    let aggregator = &arguments.aggregator;
    let request = aggregator.request(&feed).map_err(Stopped)?;
    let whole = entries.map_or_else(String::new, |entries| {
        if entries == 1 { ", with 1 essay".to_owned() } else { format!(", with {entries} essays") }
    });
    writeln!(std::io::stdout(), "{request}")?;
    let name = &aggregator.name;
    let tells = if arguments.send { "tells" } else { "would tell" };
    eprintln!("{tells} {name} where the feed of {host} is: {feed}{whole}");
    if !arguments.send {
        eprintln!(
            "{name} would also see the address of this machine, as every server that is asked for a page does"
        );
        eprintln!("nothing was sent; the same with `--send` sends it");
        return Ok(());
    }
    get::within(PATIENCE, send(&request, name))
}

/// The configuration, and which of its capsules is meant.
fn capsule(arguments: &Arguments) -> anyhow::Result<(Config, usize)> {
    let load = |hostname: Option<&String>| {
        let flags = Overrides {
            content: arguments.content.clone(),
            hostname: hostname.cloned(),
            ..Overrides::default()
        };
        Ok::<_, anyhow::Error>(settings::load(flags, arguments.config.as_deref())?.0)
    };
    let config = load(None)?;
    hosted::none_is_named(&config, "name its folder and host: `lamplit announce WHERE DIR --hostname NAME`")?;
    if config.capsules.len() == 1 {
        // A name that is said counts, as it does for `serve`.
        return Ok((load(arguments.hostname.as_ref())?, 0));
    }
    let Some(name) = &arguments.hostname else {
        let problem = Problem::error("there are several capsules, and a feed belongs to one");
        return Err(Mistakes::from(problem.hint("say which, with `--hostname NAME`")).into());
    };
    let is_meant = |host: &String| host.eq_ignore_ascii_case(name);
    let index = config.capsules.iter().position(|capsule| capsule.hosts.iter().any(is_meant));
    let index = index.ok_or_else(|| {
        let hosts: Vec<&str> = config.capsules.iter().map(|capsule| capsule.hosts[0].as_str()).collect();
        let problem = Problem::error(format!("no capsule is called `{name}`"));
        Mistakes::from(problem.hint(format!("there are {}", hosts.join(", "))))
    })?;
    Ok((config, index))
}

/// Where the feed is that was asked for, and how many entries it has; not known of a file of the author's.
fn feed(site: &Site, typed: &str) -> anyhow::Result<(CapsulePath, Option<usize>)> {
    let none = |what: &str, hint: &str| Stopped(Problem::error(format!("{what} at `{typed}`")).hint(hint));
    let path = CapsulePath::from_url(typed).map_err(|_| {
        none("there can be nothing", "name the feed as it stands after the host, as in `/atom.xml`")
    })?;
    match site.lookup(&path, Medium::Gemini) {
        Lookup::File(..) => Ok((path, None)),
        Lookup::Page(page) => match entries(&page) {
            0 => Err(none(
                "there is no essay with a date",
                "aggregators list essays by their date: write one, as in \
                          `date: 2026-11-24`, at the head of an essay",
            )
            .into()),
            count => Ok((path, Some(count))),
        },
        _ => Err(none("there is no feed", "folders and tags have one too, as in `/films/atom.xml`").into()),
    }
}

/// How many entries feed readers find on a page: those of Atom, or links that begin with a date.
fn entries(page: &Page) -> usize {
    let text = String::from_utf8_lossy(&page.bytes);
    if page.media_type.starts_with("text/gemini") {
        text.lines()
            .filter_map(|line| line.strip_prefix("=> ")?.split_once(' '))
            .filter(|(_, label)| is_dated(label))
            .count()
    } else {
        text.matches("<entry").count()
    }
}

/// Whether a label begins with a date, as subscribers of pages want it.
fn is_dated(label: &str) -> bool {
    let shape =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    label.len() >= 10 && label.bytes().take(10).enumerate().all(shape)
}

/// Makes the request, and prints what comes back.
async fn send(request: &Url, name: &str) -> anyhow::Result<()> {
    let get::gemini::Reply { head, stream } = get::gemini::ask(request, None, |connection| {
        let certificate = get::gemini::shown_certificate(connection)?;
        let key = Fingerprint::of(certificate.public_key().raw);
        eprintln!("the key of its server, which was compared with nothing: SHA-256 {key}");
        Ok(())
    })
    .await?;
    eprintln!("{head}");
    if let Some(refusal) = reply::refusal(&head) {
        return Err(Stopped(refusal).into());
    }
    let mut said = Vec::new();
    stream.take(MAX_REPLY).read_to_end(&mut said).await?;
    // What a stranger says must not drive the terminal.
    let said = String::from_utf8_lossy(&said).replace(|c: char| c.is_control() && c != '\n', "");
    writeln!(std::io::stdout(), "{}", said.trim_end())?;
    // What it makes of the feed it says in its own words, if at all.
    eprintln!("{name} took the request");
    Ok(())
}
