//! Where each value of a configuration comes from.

use std::fmt::{self, Write};
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::{Config, File, Overrides};

/// What a value was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag, by its name.
    Flag(&'static str),
    /// A variable of the environment, by its name.
    Environment(&'static str),
    /// A line of the configuration file.
    File(Arc<str>, usize),
    /// Nothing said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::File(name, line) => write!(f, "{name}:{line}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Everything that had a say, the strongest first.
#[derive(Debug)]
pub struct Layers<'l> {
    /// What flags say.
    pub flags: &'l Overrides,
    /// What the environment says.
    pub environment: &'l Overrides,
    /// What the file says.
    pub file: Option<&'l File>,
}

/// The column in which origins stand, if values leave it free.
const COLUMN: usize = 44;

impl Config {
    /// [`to_toml`](Self::to_toml), with the origin of each value beside it.
    pub fn with_origins(&self, layers: &Layers<'_>) -> String {
        let mut out = String::new();
        let mut table = Vec::new();
        let mut counts: Vec<(String, usize)> = Vec::new();
        for line in self.to_toml().lines() {
            if let Some(name) = line.strip_prefix("[[").and_then(|line| line.strip_suffix("]]")) {
                let inner = format!("{name}.");
                counts.retain(|(counted, _)| !counted.starts_with(&inner));
                match counts.iter_mut().find(|(counted, _)| counted == name) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((name.to_owned(), 0)),
                }
                table = path(name, &counts);
            } else if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                table = path(name, &counts);
            }
            match line.split_once(" = ").filter(|_| !line.starts_with('[')) {
                Some((key, _)) => {
                    let origin = layers.origin(&table, key);
                    let width = COLUMN.max(line.chars().count() + 1);
                    let _ = write!(out, "{line:<width$} # {origin}");
                }
                None => out.push_str(line),
            }
            out.push('\n');
        }
        out
    }
}

/// A table by the names of those around it, each with its number where there are several.
type Path = Vec<(String, Option<usize>)>;

/// The table that is called `name`, given how many of each name came before.
fn path(name: &str, counts: &[(String, usize)]) -> Path {
    let ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
    let number = |whole: &str| counts.iter().find(|(counted, _)| counted == whole).map(|(_, count)| *count);
    ends.map(|end| {
        let whole = &name[..end];
        (whole.rsplit('.').next().unwrap_or(whole).to_owned(), number(whole))
    })
    .collect()
}

impl Layers<'_> {
    fn origin(&self, table: &Path, key: &str) -> Origin {
        let (flag, variable) = names(table, key);
        let says = |overrides: &Overrides| match flag {
            "DIR" => overrides.content.is_some(),
            "--hostname" => overrides.hostname.is_some(),
            "--certs" => overrides.certs.is_some(),
            "--user" => overrides.user.is_some(),
            "--ephemeral-keys" => overrides.ephemeral_keys.is_some(),
            "--gemini" => !overrides.gemini.is_empty(),
            "--gopher" => !overrides.gopher.is_empty(),
            _ => false,
        };
        if says(self.flags) {
            return Origin::Flag(flag);
        }
        if says(self.environment) {
            return Origin::Environment(variable);
        }
        let line = self.file.and_then(|file| Some((file, line_of(&file.text, table, key)?)));
        line.map_or(Origin::Default, |(file, line)| Origin::File(file.name.clone(), line))
    }
}

/// The flag and the variable that give this setting, if any do.
fn names(table: &Path, key: &str) -> (&'static str, &'static str) {
    let table: Vec<(&str, Option<usize>)> =
        table.iter().map(|(name, number)| (name.as_str(), *number)).collect();
    match (table.as_slice(), key) {
        ([("capsule", Some(0))], "content") => ("DIR", "LAMPLIT_CONTENT"),
        ([("capsule", Some(0))], "hostname") => ("--hostname", "LAMPLIT_HOSTNAME"),
        ([("gemini", None)], "listen") => ("--gemini", "LAMPLIT_GEMINI"),
        ([("gopher", None)], "listen" | "enabled") => ("--gopher", "LAMPLIT_GOPHER"),
        ([], "certs") => ("--certs", "LAMPLIT_CERTS"),
        ([("privileges", None)], "user") => ("--user", "LAMPLIT_USER"),
        ([], "ephemeral_keys") => ("--ephemeral-keys", "LAMPLIT_EPHEMERAL_KEYS"),
        _ => ("", ""),
    }
}

/// The line of `text` that says what `key` of `table` is, counted from 1.
fn line_of(text: &str, table: &Path, key: &str) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let mut inner = root.get_ref();
    for (name, number) in table {
        let value = inner.iter().find(|(key, _)| key.get_ref() == name)?.1.get_ref();
        inner = match (value, number) {
            (DeValue::Table(table), None) => table,
            (DeValue::Array(items), Some(number)) => match items.get(*number)?.get_ref() {
                DeValue::Table(table) => table,
                _ => return None,
            },
            _ => return None,
        };
    }
    let (key, _) = inner.iter().find(|(name, _)| name.get_ref() == key)?;
    let before = text.get(..key.span().start)?;
    Some(1 + before.bytes().filter(|byte| *byte == b'\n').count())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::resolve;

    #[test]
    fn every_value_says_where_it_comes_from() {
        let text = "certs = \"keys\"\n[[capsule]]\ncontent = \"a\"\n[[capsule.private]]\npath = \"/x/\"\n\
                    [[capsule.private]]\npath = \"/y/\"\n\n[[capsule]]\nhostname = \"b.example\"\ncontent = \"b\"\n\
                    gopher = { listen = \"[::1]:71\" }\n[gemini]\nlisten = \"127.0.0.1:1\"\nmin_tls = \"1.3\"\n";
        let file = File::parse("config.toml", text).expect("a file");
        let flags = Overrides { hostname: Some("a.example".to_owned()), ..Overrides::default() };
        let environment = Overrides {
            hostname: Some("weak.example".to_owned()),
            gemini: vec!["127.0.0.1:2".to_owned()],
            gopher: vec!["[::1]:7071".to_owned()],
            ..Overrides::default()
        };
        let all = flags.clone().or(environment.clone());
        let config = resolve(&all, Some(&file), Path::new(""), Path::new("/state")).expect("no mistakes");
        let layers = Layers { flags: &flags, environment: &environment, file: Some(&file) };
        let shown = config.with_origins(&layers);
        for (setting, origin) in [
            ("certs = \"keys\"", "config.toml:1"),
            ("hostname = \"a.example\"", "--hostname"),
            ("content = \"a\"", "config.toml:3"),
            ("path = \"/x/\"", "config.toml:5"),
            ("path = \"/y/\"", "config.toml:7"),
            ("hostname = \"b.example\"", "config.toml:10"),
            ("content = \"b\"", "config.toml:11"),
            ("listen = [\"[::1]:71\"]", "config.toml:12"),
            ("listen = [\"127.0.0.1:2\"]", "LAMPLIT_GEMINI"),
            ("listen = [\"[::1]:7071\"]", "LAMPLIT_GOPHER"),
            ("min_tls = \"1.3\"", "config.toml:15"),
            ("check_port = true", "default"),
        ] {
            let line = shown.lines().find(|line| line.starts_with(setting)).unwrap_or_default();
            assert!(line.ends_with(&format!(" # {origin}")), "`{setting}`: `{line}` in:\n{shown}");
        }
        // It is a file still.
        let again = File::parse("again", &shown).expect("no mistakes");
        let again =
            resolve(&Overrides::default(), Some(&again), Path::new(""), Path::new("")).expect("no mistakes");
        assert_eq!(again, config);
    }
}
