//! `lamplit check`: reports mistakes in an archive.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use time::OffsetDateTime;

use super::arguments::{NamedArchive, file_name};
use super::{hosted, why};
use crate::app::predict_gopher_port;
use crate::capsule::CapsulePath;
use crate::config::{Capsule, Config, Gopher, Listen, Overrides};
use crate::identity;
use crate::problem::{Problem, Severity, Topic, printable};
use crate::publish::{CapsuleSnapshot, Inventory, PublishOptions, count};
use crate::site::{Lookup, Medium, PrivateSite, Site, lint};

/// The most problems that are listed one by one; more are grouped by cause.
const MAX_LISTED: usize = 20;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    archive: NamedArchive,
    #[arg(short, long, conflicts_with = "json")]
    verbose: bool,
    #[arg(long, conflicts_with = "json")]
    all: bool,
    #[arg(long)]
    json: bool,
    #[arg(long, value_name = "PATH", conflicts_with_all = ["verbose", "json", "all"])]
    why: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut config = arguments.archive.load(Overrides::default())?;
    predict_gopher_port(&mut config);
    let now = OffsetDateTime::now_utc();
    let (hosted, mut problems) = hosted::all(&config)?;
    let configs = std::iter::once(&config).chain(&hosted);
    let capsules: Vec<(&Config, &Capsule)> =
        configs.flat_map(|config| config.capsules.iter().map(move |capsule| (config, capsule))).collect();
    if let Some(path) = &arguments.why {
        return why::run(path, &capsules, now).map(|()| ExitCode::SUCCESS);
    }
    let mut inventories = Vec::new();
    for (config, capsule) in capsules {
        let (found, inventory) = check(capsule, config, now)?;
        problems.extend(found);
        inventories.push((capsule, inventory));
    }
    let shown = if arguments.json {
        json(&problems, &inventories)?
    } else {
        let public = config.capsules.iter().filter(|capsule| capsule.hosts[0].is_public());
        let requirements: String = public.map(|capsule| requirements(capsule, &config)).collect();
        text(&problems, arguments.verbose, arguments.all) + &inventories_text(&inventories) + &requirements
    };
    std::io::stdout().write_all(shown.as_bytes())?;
    let has_errors = problems.iter().any(|problem| problem.severity == Severity::Error);
    Ok(if has_errors { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Returns the problems of one capsule in order, and what became of its files, named relative to the working folder.
fn check(capsule: &Capsule, config: &Config, now: OffsetDateTime) -> Result<(Vec<Problem>, Inventory), Problem> {
    let (snapshot, contents) = CapsuleSnapshot::read(&PublishOptions::new(config, capsule), now)?;
    let mut inventory = Inventory::of(&snapshot, &contents, now);
    let CapsuleSnapshot { site, mut problems, .. } = snapshot;
    problems.extend(lint(&site, now));
    for PrivateSite { area, site, .. } in &site.private_sites {
        let is_within = |problem: &Problem| {
            CapsulePath::from_decoded(problem.position().0).is_ok_and(|file| file.is_within(&area.path))
        };
        // The public site reports the rest of what an area shows.
        problems.extend(lint(site, now).into_iter().filter(is_within));
    }
    for place in problems.iter_mut().filter_map(|problem| problem.place.as_mut()) {
        place.file = file_name(capsule, &place.file).into();
    }
    if config.capsules.len() == 1 {
        problems.extend(dead_redirects(config, &site));
    }
    for withheld in &mut inventory.withheld {
        withheld.file = file_name(capsule, &withheld.file);
    }
    problems.sort_by(|a, b| (a.position(), a.topic).cmp(&(b.position(), b.topic)));
    Ok((problems, inventory))
}

/// Returns a warning for each of the `[redirects]` that leads to nothing on `site`, or in a circle.
fn dead_redirects(config: &Config, site: &Site) -> impl Iterator<Item = Problem> {
    config.settings.presentation.redirects.0.iter().filter_map(|(old, new)| {
        let end = match Medium::ALL.map(|medium| site.follow(new, medium)) {
            [Lookup::Moved(_), _] => "in a circle",
            [Lookup::Missing | Lookup::Withdrawn, Lookup::Missing | Lookup::Withdrawn] => "to nothing",
            _ => return None,
        };
        let what = format!("`{old}` is redirected to `{}`, which leads {end}", **new);
        Some(new.warning(what).about(Topic::DeadLink))
    })
}

fn inventories_text(inventories: &[(&Capsule, Inventory)]) -> String {
    let paragraph = |(capsule, inventory): &(&Capsule, Inventory)| {
        let host = if inventories.len() > 1 { format!("{}\n", capsule.hosts[0]) } else { String::new() };
        let lines: Vec<_> = inventory.lines().iter().map(|line| printable(line).into_owned()).collect();
        format!("\n{host}{}\n", lines.join("\n"))
    };
    inventories.iter().map(paragraph).collect()
}

/// Returns the problems, by cause if there are more than [`MAX_LISTED`] unless `all` is set, and their number by topic.
fn text(problems: &[Problem], verbose: bool, all: bool) -> String {
    if problems.is_empty() {
        return "no problems\n".to_owned();
    }
    let topics = table(problems, |_| None);
    if verbose {
        return problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n\n") + "\n\n" + &topics;
    }
    if all || problems.len() <= MAX_LISTED {
        return problems.iter().map(line).collect::<String>() + "\n" + &topics;
    }
    let causes = table(problems, |problem| Some(cause(problem)));
    let is_noticed = |problem: &&Problem| problem.severity == Severity::Error || problem.topic == Topic::LeftOut;
    let noticed: Vec<&Problem> = problems.iter().filter(is_noticed).collect();
    let files: BTreeSet<&str> = noticed.iter().map(|problem| problem.position().0).collect();
    let files = count(number(files.len()), "file", "files");
    let noticed = number(noticed.len());
    let hint =
        format!("Readers would notice about {noticed} of these problems, in {files}. `--all` lists each of them.");
    format!("{causes}\n{topics}\n{hint}\n")
}

/// Returns `films/a.md:3:10 error dead-link: …`, a form that editors parse.
fn line(problem: &Problem) -> String {
    let Problem { severity, topic, what, .. } = problem;
    format!("{}\n", printable(&format!("{}{severity} {topic}: {what}", place(problem))))
}

fn place(problem: &Problem) -> String {
    match problem.position() {
        ("", ..) => String::new(),
        (file, 0, _) => format!("{file} "),
        (file, line, column) => format!("{file}:{line}:{column} "),
    }
}

/// Returns a row for each severity, topic and cause, digits aside, the worst first. A cause is followed by an example.
fn table(problems: &[Problem], cause: impl Fn(&Problem) -> Option<String>) -> String {
    let mut groups = BTreeMap::new();
    for problem in problems {
        let group = cause(problem).map(|cause| cause.replace(|c: char| c.is_ascii_digit(), "0"));
        groups.entry((problem.severity, problem.topic, group)).or_insert((0, problem)).0 += 1;
    }
    let mut rows: Vec<_> = groups.into_values().collect();
    rows.sort_by_key(|(count, first)| (Reverse((first.severity, *count)), first.topic));
    let width = rows.iter().map(|(count, _)| number(*count).len()).max().unwrap_or(1);
    let row = |(count, first): &(usize, &Problem)| {
        let Problem { severity, topic, what, .. } = first;
        let example = cause(first).map(|cause| {
            let example = format!("{}{what}", place(first));
            format!(": {}\n    as in {}", printable(&cause), printable(&example))
        });
        format!("{:>width$}  {severity:<7}  {topic}{}\n", number(*count), example.unwrap_or_default())
    };
    rows.iter().map(row).collect()
}

/// Returns `1,203` for 1203.
fn number(count: usize) -> String {
    indicatif::HumanCount(count as u64).to_string()
}

/// Returns the message of a problem with `name` at the end of addresses and `key` for dates, as all of a cause have it.
fn cause(problem: &Problem) -> String {
    if let Some((_, rest)) = problem.what.split_once("` is not a date") {
        return format!("`key` is not a date{rest}");
    }
    let part = |(number, part): (usize, &str)| {
        let bare = part.trim_end_matches('/');
        let folder = bare.rfind('/').map_or(0, |slash| slash + 1);
        let extension = bare[folder..].rfind('.').map_or("", |dot| &bare[folder + dot..]);
        let is_extension = extension.len() < 6 && extension.contains(|c: char| c.is_ascii_alphabetic());
        match number % 2 == 1 && !part.starts_with(['<', '{', '[', '!']) {
            true if is_extension => format!("{}name{extension}", &part[..folder]),
            true if folder > 0 => format!("{}name{}", &part[..folder], &part[bare.len()..]),
            _ => part.to_owned(),
        }
    };
    problem.what.split('`').enumerate().map(part).collect::<Vec<String>>().join("`")
}

fn json(problems: &[Problem], inventories: &[(&Capsule, Inventory)]) -> serde_json::Result<String> {
    let mut objects: Vec<Object<'_>> = problems.iter().map(object).collect();
    for (capsule, inventory) in inventories {
        let content = capsule.content.to_string_lossy();
        let note = |file: &str, line, kind, message| {
            let file = Some(file.to_owned());
            Object { file, line, severity: "note", kind, message, ..Object::default() }
        };
        objects.extend(inventory.recognised.iter().map(|site| note(&content, None, "recognised", site)));
        objects.push(note(&content, None, "published", &inventory.published));
        objects.extend(inventory.withheld.iter().map(|file| note(&file.file, file.line, file.kind, &file.why)));
    }
    let objects = objects.iter().map(serde_json::to_string).collect::<Result<Vec<String>, _>>()?;
    Ok(if objects.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", objects.join(",\n")) })
}

/// A problem as JSON, or with the severity `note` what became of a file; what does not apply is `null`.
#[derive(Default, serde::Serialize)]
struct Object<'p> {
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    length: Option<u32>,
    severity: &'static str,
    kind: &'static str,
    message: &'p str,
    hint: Option<&'p str>,
}

fn object(problem: &Problem) -> Object<'_> {
    let place = problem.place.as_ref();
    let span = place.and_then(|place| place.span.as_ref());
    Object {
        file: place.map(|place| place.file.to_string()),
        line: span.map(|span| span.line),
        column: span.map(|span| span.column),
        length: span.map(|span| span.length),
        severity: problem.severity.name(),
        kind: problem.topic.name(),
        message: &problem.what,
        hint: problem.hint.as_deref(),
    }
}

fn requirements(capsule: &Capsule, config: &Config) -> String {
    let hosts = capsule.hosts.join(", ");
    let gopher = capsule.gopher.as_ref();
    let names = capsule.certified_names();
    let certificate = match capsule.key_store.load(&names) {
        _ if !capsule.key_store.exists(&names) => format!("will be created at the first start, for {hosts}"),
        Ok(identity) => format!("for {}, until {}", identity.names.join(", "), identity::utc_date(identity.expires)),
        Err(problem) => format!("cannot be used: {}", problem.what),
    };
    let listen_port = |listen: &Listen| listen.first().map(SocketAddr::port);
    let gemini_port = config.gemini_port().or(listen_port(&config.settings.gemini.listen));
    let gopher_port = |gopher: &Gopher| gopher.port.map(|port| port.0).or(listen_port(&gopher.listen));
    let ports = gemini_port.into_iter().chain(gopher.and_then(gopher_port)).map(|port| format!("{port}/tcp"));
    let ports = ports.collect::<Vec<_>>().join(" and ");
    format!(
        "\nto reach {} from the Internet (as configured; the network was not tested):\n  \
           gemini       {}\n  \
           gopher       {}\n  \
           certificate  {certificate}\n  \
           DNS          A and AAAA records of {hosts} must name this machine\n  \
           firewall     must let {ports} in\n  \
           router       must forward {ports} to this machine, if there is one\n",
        capsule.hosts[0],
        reach(&config.settings.gemini.listen),
        gopher.map_or_else(|| "off".to_owned(), |gopher| reach(&gopher.listen)),
    )
}

fn reach(listen: &Listen) -> String {
    let shown: Vec<String> = listen.iter().map(ToString::to_string).collect();
    let outside = || listen.iter().filter(|address| !address.ip().is_loopback());
    let limit = match (outside().any(SocketAddr::is_ipv4), outside().any(SocketAddr::is_ipv6)) {
        (true, true) => "",
        (true, false) => ": not reachable over IPv6",
        (false, true) => ": not reachable over IPv4",
        (false, false) => ": reachable from this machine only",
    };
    format!("listens on {}{limit}", shown.join(" and "))
}
