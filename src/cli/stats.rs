//! `lamplit stats`: counts requests over an access log, without looking at addresses.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Value, json};
use time::{Date, Duration};

use super::arguments::ConfigFile;
use crate::capsule::{CapsulePath, media};
use crate::config::Overrides;
use crate::host::HostName;
use crate::problem::{Problem, printable};
use crate::protocol::Class;
use crate::publish::count;
use crate::server::ConnectionOutcome;
use crate::server::access_log::LogLine;

/// The length in bytes beyond which a line cannot be of an access log: a path of 1 KiB with each byte escaped.
const MAX_LINE: usize = 16 * 1024;

/// The most bars of the plot: it fits a terminal of 80 columns.
const MAX_BARS: usize = 60;

/// The most days that are listed, counted back from the last one: a century.
const MAX_DAYS: i64 = 36_525;

/// The most names that one list holds: with [`MAX_NAME`] characters each, some 50 MB.
const CAPACITY: usize = 50_000;

/// The length in characters beyond which a name is cut. Gemini and Gopher requests are shorter.
const MAX_NAME: usize = 1024;

/// Generated pages whose extension is that of an essay.
const GENERATED: [&str; 4] = ["/robots.txt", "/favicon.txt", "/caps.txt", "/access.gmi"];

const HEIGHTS: [char; 9] = ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "LOG")]
    logs: Vec<PathBuf>,
    #[arg(long, alias = "hostname", value_name = "NAME")]
    host: Option<HostName>,
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 10)]
    number: usize,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    file: ConfigFile,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut tally = Tally { only: arguments.host.as_ref().map(ToString::to_string), ..Tally::default() };
    for log in logs(arguments)? {
        if log == Path::new("-") {
            read(io::stdin().lock(), &mut tally).context("cannot read standard input")?;
        } else {
            File::open(&log)
                .and_then(|file| read(BufReader::new(file), &mut tally))
                .with_context(|| format!("cannot read `{}`", log.display()))?;
        }
    }
    let shown = if arguments.json {
        serde_json::to_string_pretty(&json(&tally, arguments.number))? + "\n"
    } else {
        text(&tally, arguments.number)
    };
    Ok(io::stdout().write_all(shown.as_bytes())?)
}

fn logs(arguments: &Arguments) -> anyhow::Result<Vec<PathBuf>> {
    if !arguments.logs.is_empty() {
        return Ok(arguments.logs.clone());
    }
    if arguments.file.config.is_none() && !io::stdin().is_terminal() {
        return Ok(vec![PathBuf::from("-")]);
    }
    let config = arguments.file.exists().then(|| arguments.file.load(Overrides::default())).transpose()?;
    let configured = config.and_then(|config| config.settings.log.file.value.clone());
    let none = Problem::error("there is no log to read, and `[log] file` names none");
    let hint = "name a file, or use a pipe: journalctl -u lamplit -o cat | lamplit stats";
    Ok(vec![configured.ok_or_else(|| none.hint(hint))?])
}

fn read(mut log: impl BufRead, tally: &mut Tally) -> io::Result<()> {
    let mut line = Vec::new();
    while log.by_ref().take(MAX_LINE as u64).read_until(b'\n', &mut line)? > 0 {
        if line.ends_with(b"\n") || line.len() < MAX_LINE {
            tally.add(&String::from_utf8_lossy(&line));
        } else {
            tally.other_lines += 1;
            log.skip_until(b'\n')?;
        }
        line.clear();
    }
    Ok(())
}

/// A list of names with their counts: its key in JSON, its heading, and the names.
type List<'t> = (&'static str, &'static str, Vec<(&'t str, u64)>);

fn lists(tally: &Tally, number: usize) -> [List<'_>; 7] {
    let outcomes = tally.outcomes.iter().map(|(class, count)| (class.name(), *count));
    [
        ("protocols", "protocols", tally.top("protocols", usize::MAX)),
        ("outcomes", "outcomes", outcomes.collect()),
        ("unanswered", "without a request", tally.top("unanswered", usize::MAX)),
        ("hosts", "requests by host", tally.top("hosts", number)),
        ("essays", "essays read", tally.top("essays", number)),
        ("feeds", "feeds fetched", tally.top("feeds", number)),
        ("not_found", "not found", tally.top("not_found", number)),
    ]
}

fn json(tally: &Tally, number: usize) -> Value {
    let days = every_day(&tally.days).into_iter();
    let mut object = json!({
        "requests": tally.requests(),
        "sent": tally.sent,
        "days": days.map(|(day, count)| json!({ "day": day.to_string(), "requests": count })).collect::<Value>(),
        "truncated": tally.truncated,
        "approximate": tally.is_approximate,
        "other_lines": tally.other_lines,
    });
    for (key, _, counts) in lists(tally, number) {
        object[key] = counts.iter().map(|(name, count)| json!({ "name": name, "count": count })).collect();
    }
    object
}

fn text(tally: &Tally, number: usize) -> String {
    let days = every_day(&tally.days);
    let row = |(_, label, counts): &List<'_>| {
        let shown: Vec<String> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
        format!("{label:<19}{}", shown.join(", "))
    };
    let table = |(_, heading, counts): &List<'_>| {
        let width = counts[0].1.to_string().len().max(5);
        let lines = counts.iter().map(|(name, count)| format!("\n{count:>width$}  {}", printable(name)));
        format!("{heading}{}", lines.collect::<String>())
    };
    let lists = lists(tally, number);
    let (short, long) = lists.split_at(3);
    let is_filled = |(.., counts): &&List<'_>| !counts.is_empty();
    let truncated = (tally.truncated > 0).then(|| format!("{:<19}{}", "replies cut off", tally.truncated));
    let rows: Vec<String> = short.iter().filter(is_filled).map(row).chain(truncated).collect();
    let mut blocks = vec![headline(tally, &days)];
    blocks.extend((days.len() > 1).then(|| plot(&days)));
    blocks.extend((!rows.is_empty()).then(|| rows.join("\n")));
    blocks.extend(long.iter().filter(is_filled).map(table));
    if tally.is_approximate {
        blocks.push("There were too many names to count all of them: the rarest were dropped.".to_owned());
    }
    if tally.only.is_some() && !tally.names_hosts {
        blocks.push("No line names a host: the log does so only if several capsules are served.".to_owned());
    }
    if tally.other_lines > 0 {
        let others = count(tally.other_lines, "other line was", "other lines were");
        blocks.push(format!("{others} skipped."));
    }
    blocks.join("\n\n") + "\n"
}

fn headline(tally: &Tally, days: &[(Date, u64)]) -> String {
    if tally.requests() == 0 {
        return "no requests".to_owned();
    }
    let requests = count(tally.requests(), "request", "requests");
    let when = match days {
        [] => String::new(),
        [(day, _)] => format!(" on {day}"),
        [(first, _), .., (last, _)] => format!(" in {} days, {first} to {last}", days.len()),
    };
    format!("{requests}{when}, {} sent", indicatif::DecimalBytes(tally.sent))
}

fn every_day(counts: &BTreeMap<Date, u64>) -> Vec<(Date, u64)> {
    let (Some(&first), Some(&last)) = (counts.keys().next(), counts.keys().next_back()) else { return Vec::new() };
    let first = first.max(last.saturating_sub(Duration::days(MAX_DAYS)));
    let days = std::iter::successors(Some(first), |day| day.next_day()).take_while(|day| *day <= last);
    days.map(|day| (day, counts.get(&day).copied().unwrap_or(0))).collect()
}

fn plot(days: &[(Date, u64)]) -> String {
    let each = days.len().div_ceil(MAX_BARS);
    // From the end, so that the last bar covers as many days as the others.
    let total = |days: &[(Date, u64)]| days.iter().map(|(_, requests)| requests).sum();
    let bars: Vec<u64> = days.rchunks(each).rev().map(total).collect();
    let highest = bars.iter().copied().max().unwrap_or(0);
    let bar = |count: &u64| {
        let height = (count * (HEIGHTS.len() as u64 - 1)).div_ceil(highest.max(1));
        HEIGHTS[usize::try_from(height).unwrap_or(0)]
    };
    let drawn: String = bars.iter().map(bar).collect();
    let each = if each == 1 { "a day".to_owned() } else { format!("{each} days") };
    format!("{drawn}\neach bar is {each}, the highest {highest} requests")
}

/// Counts over the lines of an access log, within bounded memory.
#[derive(Default)]
struct Tally {
    /// The host name of the only capsule to count, or `None` to count all of them.
    only: Option<String>,
    names_hosts: bool,
    days: BTreeMap<Date, u64>,
    outcomes: BTreeMap<Class, u64>,
    truncated: u64,
    sent: u64,
    other_lines: u64,
    counts: HashMap<&'static str, HashMap<String, u64>>,
    /// Whether names were dropped, so that counts may be too low.
    is_approximate: bool,
}

impl Tally {
    fn requests(&self) -> u64 {
        self.outcomes.values().sum()
    }

    fn add(&mut self, text: &str) {
        let Some(line) = LogLine::read(text) else {
            self.other_lines += u64::from(!text.trim().is_empty());
            return;
        };
        let host = line.host.as_deref();
        self.names_hosts |= host.is_some();
        if self.only.is_some() && self.only.as_deref() != host {
            return;
        }
        self.sent = self.sent.saturating_add(line.sent);
        let (Some(outcome), Some(resource)) = (line.outcome, &line.resource) else {
            return self.count("unanswered", line.ending.name().to_owned());
        };
        *self.days.entry(line.time.date()).or_default() += 1;
        self.count("protocols", line.protocol.to_string());
        *self.outcomes.entry(outcome).or_default() += 1;
        self.truncated += u64::from(line.ending != ConnectionOutcome::Whole);
        // One path in two capsules is two essays.
        let host = host.filter(|_| self.only.is_none()).unwrap_or_default();
        if !host.is_empty() {
            self.count("hosts", host.to_owned());
        }
        let from = if resource.contains('%') { CapsulePath::from_url } else { CapsulePath::from_selector };
        let path = from(resource).map_or_else(|_| resource.to_string(), |path| path.as_str().to_owned());
        let (list, path) = match (outcome, essay(&path)) {
            (Class::Served, _) if path.ends_with("/atom.xml") => ("feeds", &*path),
            (Class::Served, Some(essay)) => ("essays", essay),
            (Class::NotFound, _) => ("not_found", &*path),
            _ => return,
        };
        self.count(list, host.chars().chain(path.chars()).take(MAX_NAME).collect());
    }

    /// Counts `name` in `list`. When the list is full, it drops the rarer half of its names.
    fn count(&mut self, list: &'static str, name: String) {
        let counts = self.counts.entry(list).or_default();
        if counts.len() >= CAPACITY {
            let mut numbers: Vec<u64> = counts.values().copied().collect();
            let (_, &mut median, _) = numbers.select_nth_unstable(CAPACITY / 2);
            counts.retain(|_, count| *count > median);
            self.is_approximate = true;
        }
        *counts.entry(name).or_default() += 1;
    }

    fn top(&self, list: &str, number: usize) -> Vec<(&str, u64)> {
        let counts = self.counts.get(list).into_iter().flatten();
        let mut names: Vec<_> = counts.map(|(name, count)| (name.as_str(), *count)).collect();
        names.sort_by_key(|(name, count)| (Reverse(*count), *name));
        names.truncate(number);
        names
    }
}

/// Returns `path` without the extension of its form, or `None` if it is not the path of an essay.
fn essay(path: &str) -> Option<&str> {
    let essay = media::ESSAY_FORMS.iter().find_map(|form| path.strip_suffix(form)?.strip_suffix('.'))?;
    (!GENERATED.contains(&path) && !path.starts_with("/.well-known/")).then_some(essay)
}
