//! `lamplit stats`: what was read, and how much, from the access log; nobody is told apart.

mod count;
mod report;
mod tally;

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use self::report::Report;
use self::tally::Tally;
use super::settings;
use crate::config::{self, Overrides};
use crate::problem::Problem;

/// The longest line that may be one of ours: a resource of a kilobyte, each byte of it escaped.
const MAX_LINE: usize = 16 * 1024;

#[derive(Debug, Args)]
#[command(
    about = "Count what readers asked for, from the access log",
    long_about = "Counts what readers asked for: requests by day, protocol and outcome, the essays read most, the \
                  feeds fetched, and what was not found; and by capsule, where several are served. It reads the access log in either form, also among other \
                  lines, which are counted. No address is looked at, and nothing is kept.",
    after_help = "Without LOG, standard input is read; on a terminal, the file that `[log] file` names.\n\n\
                  Examples:\n  lamplit stats /var/log/lamplit/access.log\n  \
                  journalctl -u lamplit -o cat --since '1 month ago' | lamplit stats\n  \
                  zcat -f /var/log/lamplit/access.log* | lamplit stats -n 30\n  \
                  lamplit stats --host alice.example /var/log/lamplit/access.log"
)]
pub(super) struct Arguments {
    /// Files to read; `-` is standard input
    #[arg(value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// Count only what this capsule answered, where the log is of several
    #[arg(long, alias = "hostname", value_name = "NAME", value_parser = host_name)]
    host: Option<String>,
    /// Show at most so many names in each list
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 10)]
    number: usize,
    /// Print one JSON object, for programs
    #[arg(long)]
    json: bool,
    /// Configuration file, which says where the log is
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut tally = Tally::new(arguments.host.clone());
    for log in logs(arguments)? {
        if log == Path::new("-") {
            read(io::stdin().lock(), &mut tally).context("standard input cannot be read")?;
        } else {
            let failed = || format!("`{}` cannot be read", log.display());
            let file = File::open(&log).with_context(failed)?;
            read(BufReader::new(file), &mut tally).with_context(failed)?;
        }
    }
    let report = Report::of(tally, arguments.number);
    let shown = if arguments.json { report.json()? } else { report.text() };
    io::stdout().write_all(shown.as_bytes())?;
    Ok(())
}

/// A host name in the form that the log has.
fn host_name(name: &str) -> Result<String, String> {
    config::host_name(name).ok_or_else(|| "it is not a host name".to_owned())
}

/// What is to be read.
fn logs(arguments: &Arguments) -> anyhow::Result<Vec<PathBuf>> {
    let config = arguments.config.as_deref();
    if !arguments.logs.is_empty() {
        return Ok(arguments.logs.clone());
    }
    if config.is_none() && !io::stdin().is_terminal() {
        return Ok(vec![PathBuf::from("-")]);
    }
    let configured = if settings::is_configured(config) {
        settings::load(Overrides::default(), config)?.0.log.file
    } else {
        None
    };
    let nothing = || {
        let problem = Problem::error("there is no log to read: `[log] file` names none");
        problem.hint("name one, or pipe one in: journalctl -u lamplit -o cat | lamplit stats")
    };
    Ok(vec![configured.ok_or_else(nothing)?])
}

/// Takes in every line of `log`, however long it is.
fn read(mut log: impl BufRead, tally: &mut Tally) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if log.by_ref().take(MAX_LINE as u64).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let is_whole = line.ends_with(b"\n") || line.len() < MAX_LINE;
        if is_whole {
            tally.add(&String::from_utf8_lossy(&line));
        } else {
            tally.add_other();
            log.skip_until(b'\n')?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_in_either_form_and_among_other_lines() {
        let log = format!(
            "Essays · 2 essays\n\
             2026-11-22T08:00:00.000Z gemini 192.0.2.1 20 served /owls.gmi 1000 5ms whole\n\
             2026-11-22T23:59:59.999Z gopher 192.0.2.1 text served /owls.txt 900 5ms whole\n\
             {{\"time\":\"2026-11-24T00:00:00.000Z\",\"protocol\":\"gemini\",\"address\":null,\"status\":\"51\",\
             \"outcome\":\"not-found\",\"resource\":\"/bats.gmi\",\"sent\":40,\"ms\":1,\"ending\":\"whole\"}}\n\
             {}\n\n\
             2026-11-24T08:00:00.000Z gemini - 20 served /atom.xml 60 5ms truncated\n\
             2026-11-24T08:00:00.000Z gemini - - - - 0 10000ms silent\n\
             2026-11-24T08:00:00.000Z gemini - 20 served /\\u{{1b}}.gmi 0 1ms whole",
            "x".repeat(100_000)
        );
        let mut tally = Tally::new(None);
        read(log.as_bytes(), &mut tally).expect("readable");
        let report = Report::of(tally, 10);
        let expected = "5 requests in 3 days, 2026-11-22 to 2026-11-24, 2.0 KB sent\n\n▆·█\neach bar is a day, the \
                        highest 3 requests\n\nprotocols          4 gemini, 1 gopher\noutcomes           4 served, \
                        1 not-found\nwithout a request  1 silent\nreplies cut off    1\n\nessays read\n    2  /owls\n    \
                        1  / \n\nfeeds fetched\n    1  /atom.xml\n\nnot found\n    1  /bats.gmi\n\n2 lines are not of \
                        the access log.\n";
        assert_eq!(report.text(), expected);
        let json: serde_json::Value = serde_json::from_str(&report.json().expect("JSON")).expect("JSON");
        assert_eq!(json["days"][1]["requests"], 0);
        assert_eq!(json["essays"][0]["name"], "/owls");
        assert!(!report.text().contains("192.0.2.1") && !json.to_string().contains("192.0.2.1"));
    }

    #[test]
    fn a_log_of_nothing_says_so() {
        let report = Report::of(Tally::new(None), 10);
        assert_eq!(report.text(), "no requests\n");
    }

    #[test]
    fn capsules_are_told_apart_where_the_log_names_them() {
        let when = "2026-11-22T08:00:00.000Z gemini";
        let log = format!(
            "{when} - 20 served /owls.gmi 1000 5ms whole a.example\n\
             {when} - 20 served /owls.gmi 1000 5ms whole b.example\n\
             {when} - 51 not-found /bats.gmi 40 5ms whole b.example\n\
             {when} - 53 refused gemini://c.example/ 40 5ms whole\n\
             {when} - - - - 0 10000ms silent\n\
             {{\"time\":\"2026-11-22T09:00:00.000Z\",\"protocol\":\"gemini\",\"address\":null,\"status\":\"20\",\
             \"outcome\":\"served\",\"resource\":\"/owls.gmi\",\"sent\":1000,\"ms\":1,\"ending\":\"whole\",\
             \"host\":\"b.example\"}}\n"
        );
        let report = |only: Option<&str>, log: &str| {
            let mut tally = Tally::new(only.map(|only| host_name(only).expect("a host")));
            read(log.as_bytes(), &mut tally).expect("readable");
            Report::of(tally, 10).text()
        };
        let all = report(None, &log);
        for expected in [
            "5 requests on ",
            "without a request  1 silent\n",
            "\nrequests by host\n    3  b.example\n    1  a.example\n",
            "\nessays read\n    2  b.example/owls\n    1  a.example/owls\n",
            "\nnot found\n    1  b.example/bats.gmi\n",
        ] {
            assert!(all.contains(expected), "`{expected}` is missing in:\n{all}");
        }
        let one = "3 requests on 2026-11-22, 2.0 KB sent\n\nprotocols          3 gemini\noutcomes           2 served, 1 \
                   not-found\n\nessays read\n    2  /owls\n\nnot found\n    1  /bats.gmi\n";
        assert_eq!(report(Some("B.Example."), &log), one);
        assert_eq!(report(Some("c.example"), &log), "no requests\n");
        let unnamed = format!("{when} - 20 served /owls.gmi 1000 5ms whole\n");
        let in_vain =
            "no requests\n\nNo line names a host: the log does where more than one capsule is served.\n";
        assert_eq!(report(Some("a.example"), &unnamed), in_vain);
    }

    #[test]
    fn hosts_are_compared_as_the_log_names_them() {
        for (typed, expected) in [
            ("A.Example.", Some("a.example")),
            ("b\u{fc}cher.example", Some("xn--bcher-kva.example")),
            ("[2001:DB8::7]", Some("2001:db8::7")),
            ("192.0.2.7", Some("192.0.2.7")),
            ("a b", None),
            ("", None),
        ] {
            assert_eq!(host_name(typed).ok().as_deref(), expected, "{typed}");
        }
    }
}
