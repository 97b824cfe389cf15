//! Problems: how they are printed and how they end a command.

use lamplit::problem::print::message;
use lamplit::problem::{Place, Problem, Problems, SourceText, printable};

fn check(problem: &Problem, expected: &str) {
    assert_eq!(problem.to_string(), expected);
}

#[test]
fn message_says_what_where_and_the_next_step() {
    check(&Problem::warning("two essays share an address"), "warning: two essays share an address");
    check(
        &Problem::error("cannot read the file").in_file("films/a.md").hint("check its permissions"),
        "error: cannot read the file\n  --> films/a.md\nhint: check its permissions",
    );
    check(
        &Problem::error("unknown key `hostnam`")
            .at(SourceText::new("config.toml", "a = 1\nhostnam = 2\n").place(6..13)),
        "error: unknown key `hostnam`\n  --> config.toml:2:1\n   |\n 2 | hostnam = 2\n   | ^^^^^^^",
    );
}

#[test]
fn caret_under_wide_text_is_aligned() {
    let source = "title: 東京 bad";
    let at = source.find("bad").expect("in the sample");
    check(
        &Problem::error("oops").at(SourceText::new("a.md", source).place(at..at + 3)),
        "error: oops\n  --> a.md:1:11\n   |\n 1 | title: 東京 bad\n   |             ^^^",
    );
}

#[test]
fn hostile_text_cannot_drive_the_terminal() {
    let problem = Problem::error("odd").at(SourceText::new("a.md", "x\u{1b}[2Jy").place(0..1));
    assert!(!problem.to_string().contains('\u{1b}'));
    check(
        &Problem::warning("odd `\u{1b}[2J`").in_file("a\u{9b}.md").hint("not `\u{1a}`"),
        "warning: odd ` [2J`\n  --> a .md\nhint: not ` `",
    );
    let long = "y".repeat(10_000);
    assert!(Problem::error("odd").at(SourceText::new("a.md", &long).place(9_000..9_001)).to_string().len() < 400);
}

#[test]
fn line_break_in_a_quoted_value_cannot_forge_a_log_line() {
    // F9: a key of a hosted `capsule.toml` and a file name, both chosen by a tenant.
    let forged = "x\n2026-01-01T00:00:00Z - gemini - 20 served /forged.gmi 1 0ms whole bank.example";
    let problem = Problem::error(format!("unknown key `{forged}`")).in_file(forged).hint(forged);
    let message = problem.to_string();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 3, "{message}");
    for (line, start) in lines.iter().zip(["error: unknown key `x 2026", "  --> x 2026", "hint: x 2026"]) {
        assert!(line.starts_with(start), "{line}");
    }
}

#[test]
fn any_byte_range_is_a_place() {
    let long = "é\nab\r\n".repeat(300);
    for text in ["", "a", "é\n", "one\r\ntwo\r\n", "\n\n", long.as_str()] {
        let source = SourceText::new("a.md", text);
        for start in (0..8).chain(508..520) {
            for end in (0..8).chain(508..530) {
                let place = source.place(start..end);
                let found = place.span.as_ref().expect("a stretch");
                let start = (0..=start.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
                let start = start.expect("zero is a boundary");
                let line = text[..start].matches('\n').count() + 1;
                let column = text[..start].chars().rev().take_while(|&c| c != '\n').count() + 1;
                assert_eq!((found.line as usize, found.column as usize), (line, column), "{start}..{end}");
                assert!(found.length >= 1);
                let shown = place.to_string();
                assert_eq!((shown.lines().count(), shown.contains('\r')), (4, false), "{shown:?}");
            }
        }
    }
}

#[test]
fn many_problems_on_one_long_line_take_memory_in_proportion() {
    // F3: each problem kept a copy of its whole line, and counted lines and columns from the top.
    let text = "{{x}} é ŋ\t".repeat(100_000);
    let source = SourceText::new("a.md", &text);
    let places: Vec<Place> = text.match_indices("{{x}}").map(|(at, tag)| source.place(at..at + tag.len())).collect();
    let last = places[99_999].span.as_ref().expect("a stretch");
    assert_eq!((places.len(), last.column, last.length), (100_000, 999_991, 5));
    let kept: usize = places.iter().map(|place| place.to_string().len()).sum();
    assert!(kept <= places.len() * 400, "{kept}");
}

#[test]
fn text_that_drives_a_terminal_or_forges_a_line_is_made_printable() {
    for (text, expected) in [
        ("plain `a/b.md`, 東京 é", "plain `a/b.md`, 東京 é"),
        ("\u{1b}[2Jx", " [2Jx"),
        ("a\u{9b}1mb\u{7f}", "a 1mb "),
        ("x\n2026-01-01 gemini\r\n\u{2028}y\u{2029}\u{85}", "x 2026-01-01 gemini   y  "), // F9
        ("\u{202a}a\u{202b}b\u{202c}c\u{202d}d\u{202e}e", " a b c d e"),
        ("\u{2066}a\u{2067}b\u{2068}c\u{2069}d", " a b c d"),
    ] {
        assert_eq!(printable(text), expected, "{text:?}");
    }
}

#[test]
fn problems_end_a_command_with_their_own_message_and_code() {
    let usage = Problems::refuse(vec![Problem::error("a"), Problem::error("b")]).expect_err("two");
    assert_eq!((usage.exit_code, usage.to_string().as_str()), (64, "error: a\n\nerror: b"));
    assert_eq!(Problems::from(Problem::error("a")).exit_code, 1);
    assert_eq!(Problems::refuse(Vec::new()), Ok(()));
    assert_eq!(message(&Problem::error("a").into()), "error: a");
    assert_eq!(message(&anyhow::anyhow!("a").context("b")), "error: b: a");
}
