//! What a log comes to, for people and for programs.

use std::fmt::Write;

use serde::Serialize;
use time::{Date, Duration};

use super::tally::Tally;
use crate::server::access_log::{class_name, connection_outcome_name};

/// The most bars that stand side by side.
const BARS: usize = 60;

/// Bars from lowest to highest.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Everything there is to say.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    requests: u64,
    sent: u64,
    /// Every day from the first to the last one that has a request.
    days: Vec<Day>,
    protocols: Vec<Count>,
    outcomes: Vec<Count>,
    /// Requests by capsule, where the log names them.
    hosts: Vec<Count>,
    truncated: u64,
    unanswered: Vec<Count>,
    essays: Vec<Count>,
    feeds: Vec<Count>,
    not_found: Vec<Count>,
    /// Whether there were so many names that some were forgotten.
    approximate: bool,
    other_lines: u64,
    /// Whether one capsule was asked for in a log that names none.
    #[serde(skip)]
    in_vain: bool,
}

#[derive(Debug, Serialize)]
struct Day {
    day: String,
    requests: u64,
}

#[derive(Debug, Serialize)]
struct Count {
    name: String,
    count: u64,
}

impl Report {
    /// What `tally` comes to, with at most `number` names in each list.
    pub(super) fn of(tally: Tally, number: usize) -> Self {
        let in_vain = tally.is_in_vain();
        let counters = [&tally.hosts, &tally.essays, &tally.feeds, &tally.missing];
        let approximate = counters.iter().any(|counter| counter.forgot);
        let counts = |names: Vec<(String, u64)>| {
            names.into_iter().map(|(name, count)| Count { name, count }).collect::<Vec<_>>()
        };
        let sorted = |mut names: Vec<(String, u64)>| {
            names.sort_by(|(_, m), (_, n)| n.cmp(m));
            counts(names)
        };
        let outcomes = tally.outcomes.iter().map(|(class, count)| (class_name(*class).to_owned(), *count));
        let unanswered =
            tally.unanswered.iter().map(|(end, count)| (connection_outcome_name(*end).to_owned(), *count));
        Self {
            requests: tally.outcomes.values().sum(),
            sent: tally.sent,
            protocols: sorted(tally.protocols.into_iter().collect()),
            outcomes: counts(outcomes.collect()),
            hosts: counts(tally.hosts.top(number)),
            truncated: tally.truncated,
            unanswered: sorted(unanswered.collect()),
            essays: counts(tally.essays.top(number)),
            feeds: counts(tally.feeds.top(number)),
            not_found: counts(tally.missing.top(number)),
            approximate,
            other_lines: tally.other_lines,
            in_vain,
            days: every_day(&tally.days),
        }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "{}", self.headline());
        if let [_, _, ..] = self.days.as_slice() {
            let _ = write!(out, "\n{}", sparkline(&self.days));
        }
        let mut line = |label: &str, counts: &[Count]| {
            let shown: Vec<String> =
                counts.iter().map(|Count { name, count }| format!("{count} {name}")).collect();
            if !shown.is_empty() {
                let _ = write!(out, "\n{label:<19}{}", shown.join(", "));
            }
        };
        line("protocols", &self.protocols);
        line("outcomes", &self.outcomes);
        line("without a request", &self.unanswered);
        if self.requests > 0 || !self.unanswered.is_empty() {
            out.push('\n');
        }
        if self.truncated > 0 {
            let _ = writeln!(out, "{:<19}{}", "replies cut off", self.truncated);
        }
        for (heading, counts) in [
            ("requests by host", &self.hosts),
            ("essays read", &self.essays),
            ("feeds fetched", &self.feeds),
            ("not found", &self.not_found),
        ] {
            if counts.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n{heading}");
            let width = counts.first().map_or(0, |most| most.count.to_string().len()).max(5);
            for Count { name, count } in counts {
                // What clients asked for must not drive the terminal.
                let _ = writeln!(out, "{count:>width$}  {}", name.replace(char::is_control, " "));
            }
        }
        if self.approximate {
            out.push_str("\nThere were too many names to count all: the rarest were forgotten.\n");
        }
        if self.in_vain {
            out.push_str("\nNo line names a host: the log does where more than one capsule is served.\n");
        }
        match self.other_lines {
            0 => {}
            1 => out.push_str("\n1 line is not one of the access log.\n"),
            lines => {
                let _ = writeln!(out, "\n{lines} lines are not of the access log.");
            }
        }
        out
    }

    fn headline(&self) -> String {
        let requests = match self.requests {
            0 => return "no requests".to_owned(),
            1 => "1 request".to_owned(),
            many => format!("{many} requests"),
        };
        let when = match self.days.as_slice() {
            [] => String::new(),
            [day] => format!(" on {}", day.day),
            [first, .., last] => format!(" in {} days, {} to {}", self.days.len(), first.day, last.day),
        };
        format!("{requests}{when}, {} sent", size(self.sent))
    }

    /// For programs: one JSON object.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|json| json + "\n")
    }
}

/// The days of `counts` and those between, as far back from the last one as a century goes.
fn every_day(counts: &std::collections::BTreeMap<Date, u64>) -> Vec<Day> {
    let (Some((&first, _)), Some((&last, _))) = (counts.first_key_value(), counts.last_key_value()) else {
        return Vec::new();
    };
    let first = first.max(last.saturating_sub(Duration::days(36_525)));
    let mut days = Vec::new();
    let mut day = Some(first);
    while let Some(today) = day.filter(|day| *day <= last) {
        days.push(Day { day: today.to_string(), requests: counts.get(&today).copied().unwrap_or(0) });
        day = today.next_day();
    }
    days
}

/// Bars for the requests of so many days, and a line that says what they are.
fn sparkline(days: &[Day]) -> String {
    let each = days.len().div_ceil(BARS);
    // From the end, so that the last bar is as long a time as the others.
    let mut bars: Vec<u64> =
        days.rchunks(each).map(|days| days.iter().map(|day| day.requests).sum()).collect();
    bars.reverse();
    let most = bars.iter().copied().max().unwrap_or(0);
    let bar = |count: u64| {
        // The highest bar is the most; one that is there at all is at least the lowest.
        let height = (count * HEIGHTS.len() as u64).div_ceil(most.max(1));
        let at = usize::try_from(height).unwrap_or(HEIGHTS.len()).checked_sub(1);
        at.and_then(|at| HEIGHTS.get(at)).copied().unwrap_or('·')
    };
    let drawn: String = bars.iter().map(|count| bar(*count)).collect();
    let each = if each == 1 { "a day".to_owned() } else { format!("{each} days") };
    format!("{drawn}\neach bar is {each}, the highest {most} requests\n")
}

/// A number of bytes as people say it.
fn size(bytes: u64) -> String {
    let units = ["KB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let (mut tenths, mut unit) = (bytes / 100, 0);
    while tenths >= 10_000 && unit + 1 < units.len() {
        tenths /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(counts: &[u64]) -> Vec<Day> {
        counts.iter().map(|count| Day { day: String::new(), requests: *count }).collect()
    }

    #[test]
    fn bars_are_as_high_as_days_are_busy() {
        for (counts, expected) in [
            (&[0, 1, 8][..], "·▁█\neach bar is day, the highest 8 requests\n"),
            (&[5, 5], "██\neach bar is day, the highest 5 requests\n"),
            (&[0, 0], "··\neach bar is day, the highest 0 requests\n"),
            (&[1000, 1], "█▁\neach bar is day, the highest 1000 requests\n"),
        ] {
            assert_eq!(sparkline(&days(counts)), expected.replace("is day", "is a day"), "{counts:?}");
        }
        let long = sparkline(&days(&[1; 125]));
        assert!(long.starts_with('▆') && long.contains("each bar is 3 days, the highest 3"), "{long}");
        assert_eq!(long.lines().next().map(|line| line.chars().count()), Some(42));
    }

    #[test]
    fn sizes_are_said_as_people_say_them() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 KB"),
            (999_999, "999.9 KB"),
            (1_234_567, "1.2 MB"),
            (u64::MAX, "18446744.0 TB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }
}
