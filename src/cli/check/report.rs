//! The findings of a check, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use crate::problem::{Problem, Severity, Topic};

/// One line for each of `found`, or with `verbose` the whole message; then how many there are of each kind.
pub(super) fn text(found: &[Problem], verbose: bool) -> String {
    let mut out = String::new();
    for problem in found {
        if verbose {
            let _ = writeln!(out, "{problem}\n");
        } else {
            let _ = writeln!(out, "{}", line(problem));
        }
    }
    if found.is_empty() {
        out.push_str("nothing to put right\n");
        return out;
    }
    if !verbose {
        out.push('\n');
    }
    out.push_str(&summary(found));
    out
}

/// `films/a.md:3:10 error dead-link: …`, a form that editors understand.
fn line(problem: &Problem) -> String {
    let mut line = String::new();
    if let Some(place) = &problem.place {
        line.push_str(&place.file);
        if let Some(span) = &place.span {
            let _ = write!(line, ":{}:{}", span.line, span.column);
        }
        line.push(' ');
    }
    let _ = write!(line, "{} {}: {}", problem.severity, problem.topic, problem.what);
    // What a file says must neither drive the terminal nor pretend to be a second line.
    line.replace(char::is_control, " ")
}

/// How many there are of each kind, errors first, the most frequent first.
fn summary(found: &[Problem]) -> String {
    let mut counts: BTreeMap<(Severity, Topic), usize> = BTreeMap::new();
    for problem in found {
        *counts.entry((problem.severity, problem.topic)).or_default() += 1;
    }
    let mut rows: Vec<((Severity, Topic), usize)> = counts.into_iter().collect();
    rows.sort_by(|((a, _), m), ((b, _), n)| b.cmp(a).then(n.cmp(m)));
    let width = rows.iter().map(|(_, count)| count.to_string().len()).max().unwrap_or(1);
    let mut out = String::new();
    for ((severity, topic), count) in rows {
        let _ = writeln!(out, "{count:>width$}  {severity:<7}  {topic}");
    }
    out
}

/// One JSON array with one object a line. What is not known is `null`.
pub(super) fn json(found: &[Problem]) -> serde_json::Result<String> {
    let objects = found.iter().map(object).collect::<serde_json::Result<Vec<String>>>()?;
    Ok(if objects.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", objects.join(",\n")) })
}

/// The same keys in the same order for each.
#[derive(Serialize)]
struct Object<'p> {
    file: Option<&'p str>,
    line: Option<u32>,
    column: Option<u32>,
    length: Option<u32>,
    severity: String,
    kind: &'static str,
    message: &'p str,
    hint: Option<&'p str>,
}

fn object(problem: &Problem) -> serde_json::Result<String> {
    let place = problem.place.as_ref();
    let span = place.and_then(|place| place.span.as_ref());
    serde_json::to_string(&Object {
        file: place.map(|place| &*place.file),
        line: span.map(|span| span.line),
        column: span.map(|span| span.column),
        length: span.map(|span| span.length),
        severity: problem.severity.to_string(),
        kind: problem.topic.name(),
        message: &problem.what,
        hint: problem.hint.as_deref(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Problem> {
        let source = "one\n[x](y) \"z\"\n";
        vec![
            Problem::error("`y` is \"gone\"").about(Topic::DeadLink).at("a.md", source, 4..9).hint("x\ty"),
            Problem::warning("odd\u{1b}[2J").about(Topic::MissingAlt).at("a.md", source, 4..5),
            Problem::warning("odd").about(Topic::MissingAlt).in_file("b.md"),
        ]
    }

    #[test]
    fn people_get_lines_and_a_table() {
        assert_eq!(text(&[], false), "nothing to put right\n");
        assert_eq!(
            text(&sample(), false),
            "a.md:2:1 error dead-link: `y` is \"gone\"\na.md:2:1 warning missing-alt: odd [2J\n\
             b.md warning missing-alt: odd\n\n1  error    dead-link\n2  warning  missing-alt\n"
        );
        let verbose = text(&sample()[..1], true);
        let expected = "error: `y` is \"gone\"\n  --> a.md:2:1\n   |\n 2 | [x](y) \"z\"\n   | ^^^^^\n\
                        hint: x y\n\n1  error    dead-link\n";
        assert_eq!(verbose, expected);
    }

    #[test]
    fn programs_get_json() {
        assert_eq!(json(&[]).expect("JSON"), "[]\n");
        let json = json(&sample()).expect("JSON");
        let lines: Vec<&str> = json.lines().collect();
        assert_eq!(
            lines[1],
            r#"{"file":"a.md","line":2,"column":1,"length":5,"severity":"error","kind":"dead-link","message":"`y` is \"gone\"","hint":"x\ty"},"#
        );
        assert!(lines[2].contains(r"odd\u001b[2J"), "{json}");
        assert!(lines[3].starts_with(r#"{"file":"b.md","line":null,"#), "{json}");
    }
}
