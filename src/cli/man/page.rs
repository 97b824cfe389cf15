//! One manual page: what clap knows, and what it does not.

use std::io::{self, Write};

use clap::Command;
use clap_mangen::Man;

/// What every page says of how commands end.
const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "All went well."),
    (
        "1",
        "Something could not be done; `check` found errors, `search` found nothing, `get` got no page, or its server is \
         not well.",
    ),
    ("64", "A mistake in the arguments or in the configuration."),
];

/// Settings that the environment may give, between the flags and the file.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("LAMPLIT_CONFIG", "The configuration file, as `--config`."),
    ("LAMPLIT_CONTENT", "The folder of essays, as DIR."),
    ("LAMPLIT_HOSTNAME", "The host name, as `--hostname`."),
    ("LAMPLIT_GEMINI, LAMPLIT_GOPHER", "Addresses with commas between, as `--gemini` and `--gopher`."),
    ("LAMPLIT_CERTS", "The folder of the keys, as `--certs`."),
    ("LAMPLIT_USER", "The user that the process becomes, as `--user`."),
    ("LAMPLIT_EPHEMERAL_KEYS", "`true` or `false`, as `--ephemeral-keys`."),
    ("NO_COLOR", "Without colours, also on a terminal."),
];

const FILES: &[(&str, &str)] = &[
    (
        "config.toml",
        "The configuration, in the working folder unless another is named. `lamplit init` writes one in which every \
         key is explained.",
    ),
    (
        "~/.local/state/lamplit/certs",
        "The keys, unless another folder is named. Back them up: losing one frightens readers.",
    ),
];

/// The page of `command` in roff.
pub(super) fn page(command: &Command) -> io::Result<Vec<u8>> {
    let is_whole = !super::name(command).contains('-');
    let (remarks, examples) = remarks_and_examples(command);
    let man = Man::new(command.clone()).manual("Lamplit").title(super::name(command));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    for remark in remarks.split("\n\n").filter(|remark| !remark.is_empty()) {
        write!(page, ".PP\n{}\n", roff(remark))?;
    }
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    if !examples.is_empty() {
        page.extend(b".SH EXAMPLES\n");
    }
    for example in examples.lines() {
        write!(page, ".PP\n.EX\n{}\n.EE\n", roff(example.trim()))?;
    }
    table(&mut page, "EXIT STATUS", EXIT_STATUS)?;
    if is_whole {
        table(&mut page, "ENVIRONMENT", ENVIRONMENT)?;
        table(&mut page, "FILES", FILES)?;
    }
    Ok(page)
}

/// What the help of `command` says after the options: prose, then lines that may be typed.
fn remarks_and_examples(command: &Command) -> (String, String) {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let heading = ["Example:\n", "Examples:\n"].into_iter().find_map(|heading| after.split_once(heading));
    heading.map_or((after.clone(), String::new()), |(remarks, examples)| {
        (remarks.trim_end().to_owned(), examples.to_owned())
    })
}

fn table(page: &mut Vec<u8>, heading: &str, rows: &[(&str, &str)]) -> io::Result<()> {
    writeln!(page, ".SH \"{heading}\"")?;
    for (name, meaning) in rows {
        write!(page, ".TP\n\\fB{}\\fR\n{}\n", roff(name), roff(meaning))?;
    }
    Ok(())
}

/// Text that roff takes as it is.
fn roff(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if line.starts_with(['.', '\'']) {
            out.push_str("\\&");
        }
        for c in line.chars() {
            match c {
                '\\' => out.push_str("\\e"),
                '-' => out.push_str("\\-"),
                '\'' => out.push_str("\\(aq"),
                '~' => out.push_str("\\(ti"),
                '^' => out.push_str("\\(ha"),
                '`' => out.push_str("\\(ga"),
                c => out.push(c),
            }
        }
    }
    out
}
