//! `lamplit stats`: the report over logs of both formats.

use std::fs;

use crate::support::{ended, lamplit, run, scratch_folder};

/// Returns what `lamplit stats` prints about `log`.
fn stats(log: &str, arguments: &[&str]) -> String {
    let folder = scratch_folder();
    let file = folder.path().join("access.log");
    fs::write(&file, log).expect("writable");
    run(lamplit().arg("stats").args(arguments).arg(file))
}

/// Returns a log with as many requests on each day, from 2026-01-01 on, as `counts` says.
fn log_of_days(counts: &[usize]) -> String {
    let first = time::Date::from_calendar_date(2026, time::Month::January, 1).expect("a day");
    let days = std::iter::successors(Some(first), |day| day.next_day()).zip(counts);
    let lines =
        days.map(|(day, count)| format!("{day}T08:00:00.000Z gemini - 20 served / 100 5ms whole\n").repeat(*count));
    lines.collect::<Vec<String>>().concat()
}

#[test]
fn both_log_formats_are_counted_and_other_lines_skipped() {
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
    let text = stats(&log, &[]);
    let expected = "5 requests in 3 days, 2026-11-22 to 2026-11-24, 2.00 kB sent\n\n▆·█\neach bar is a day, the \
                    highest 3 requests\n\nprotocols          4 gemini, 1 gopher\noutcomes           4 served, \
                    1 not-found\nwithout a request  1 silent\nreplies cut off    1\n\nessays read\n    2  /owls\n    \
                    1  / \n\nfeeds fetched\n    1  /atom.xml\n\nnot found\n    1  /bats.gmi\n\n2 other lines \
                    were skipped.\n";
    assert_eq!(text, expected);
    let json: serde_json::Value = serde_json::from_str(&stats(&log, &["--json"])).expect("JSON");
    assert_eq!(json["days"][1]["requests"], 0);
    assert_eq!(json["essays"][0]["name"], "/owls");
    assert!(!text.contains("192.0.2.1") && !json.to_string().contains("192.0.2.1"));
    assert_eq!(stats("", &[]), "no requests\n");
}

#[test]
fn hosts_are_listed_and_one_can_be_selected() {
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
    let all = stats(&log, &[]);
    for expected in [
        "5 requests on ",
        "without a request  1 silent\n",
        "\nrequests by host\n    3  b.example\n    1  a.example\n",
        "\nessays read\n    2  b.example/owls\n    1  a.example/owls\n",
        "\nnot found\n    1  b.example/bats.gmi\n",
    ] {
        assert!(all.contains(expected), "`{expected}` is missing in:\n{all}");
    }
    let one = "3 requests on 2026-11-22, 2.04 kB sent\n\nprotocols          3 gemini\noutcomes           2 served, 1 \
               not-found\n\nessays read\n    2  /owls\n\nnot found\n    1  /bats.gmi\n";
    assert_eq!(stats(&log, &["--host", "B.Example."]), one);
    assert_eq!(stats(&log, &["--host", "c.example"]), "no requests\n");
    let unnamed = format!("{when} - 20 served /owls.gmi 1000 5ms whole\n");
    let no_host = "no requests\n\nNo line names a host: the log does so only if several capsules are served.\n";
    assert_eq!(stats(&unnamed, &["--host", "a.example"]), no_host);
}

#[test]
fn host_argument_is_normalised_as_the_log_names_hosts() {
    for (typed, logged) in [
        ("A.Example.", "a.example"),
        ("b\u{fc}cher.example", "xn--bcher-kva.example"),
        ("[2001:DB8::7]", "2001:db8::7"),
        ("192.0.2.7", "192.0.2.7"),
    ] {
        let log = format!("2026-11-22T08:00:00.000Z gemini - 20 served / 10 5ms whole {logged}\n");
        assert!(stats(&log, &["--host", typed]).starts_with("1 request on "), "{typed}");
    }
    for typed in ["a b", ""] {
        let output = ended(lamplit().args(["stats", "--host", typed]));
        assert_eq!(output.status.code(), Some(64), "{typed}");
    }
}

#[test]
fn essay_in_every_form_is_counted_as_one() {
    let lines = [
        "/the%20skin.gmi",
        "/the_20skin.txt",
        "/the\\u{20}skin.md",
        "/the_soft_skin.txt",
        "/films/atom.xml",
        "/",
        "/tags/",
        "/robots.txt",
        "/caps.txt",
        "/.well-known/security.txt",
        "/a.png",
        "\"\"",
    ]
    .iter()
    .map(|resource| format!("2026-11-22T08:00:00.000Z gopher - 20 served {resource} 10 5ms whole\n"));
    let text = stats(&lines.collect::<Vec<String>>().concat(), &[]);
    let expected = "\nessays read\n    3  /the skin\n    1  /the_soft_skin\n\nfeeds fetched\n    1  /films/atom.xml\n";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn bars_are_proportional_to_the_requests_of_each_day() {
    for (counts, expected) in [
        (&[1, 0, 8][..], "▁·█\neach bar is a day, the highest 8 requests\n"),
        (&[5, 5], "██\neach bar is a day, the highest 5 requests\n"),
        (&[1000, 1], "█▁\neach bar is a day, the highest 1000 requests\n"),
    ] {
        let text = stats(&log_of_days(counts), &[]);
        assert!(text.contains(&format!("\n\n{expected}\n")), "{counts:?}: {text}");
    }
    let long = stats(&log_of_days(&[1; 125]), &[]);
    let bars = long.lines().nth(2).expect("a plot");
    assert!(bars.starts_with('▆') && long.contains("each bar is 3 days, the highest 3"), "{long}");
    assert_eq!(bars.chars().count(), 42);
}

/// With more names than are held, the frequent ones are still counted.
#[test]
fn names_beyond_the_bound_are_dropped_and_frequent_ones_kept() {
    let line = |path: &str| format!("2026-11-22T08:00:00.000Z gemini - 20 served {path} 1 5ms whole\n");
    let numbers = 0..100_000;
    let lines = numbers.map(|number| {
        let second = if number % 2 == 0 { "/often.gmi" } else { "/now.gmi" };
        line(&format!("/{number}.gmi")) + &line(second) + &line("/often.gmi")
    });
    let text = stats(&lines.collect::<String>(), &["-n", "2"]);
    assert!(text.contains("\nessays read\n150000  /often\n 50000  /now\n"), "{text}");
    assert!(text.contains("too many names to count all of them"), "{text}");
    let long = format!("/{}.gmi", "é".repeat(2_000));
    let shown = stats(&line(&long), &[]);
    let name = shown.lines().last().expect("a name").trim_start_matches([' ', '1']);
    assert_eq!(name.chars().count(), 1024, "{shown}");
}
