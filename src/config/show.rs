//! A [`Config`] printed as a file that results in it, and compared with another one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use toml::Value as TomlValue;

use super::Config;
use super::table::{Definition, Table, View};

/// The column of the origins, for lines that are short enough.
const ORIGIN_COLUMN: usize = 44;

/// Settings that wait for a restart, with their values in all tables.
type Waiting = BTreeMap<String, Vec<String>>;

/// The name of the setting for folders that deployments replace.
const SWAPPED: &str = "[[capsule]] swapped";

impl Config {
    /// Returns the configuration as TOML with every setting, and its origin as a comment.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        write_table(&mut out, &*self.settings, "");
        out
    }

    /// Returns the configuration as a table of TOML, for other formats.
    pub fn to_table(&self) -> toml::Table {
        toml::from_str(&self.to_toml()).unwrap_or_default()
    }

    /// Returns the names of the settings that differ from those of `started`, the configuration at the start, and
    /// that wait for a restart, as in `[gemini] listen`.
    pub fn needing_restart(&self, started: &Self) -> Vec<String> {
        let (now, then) = (self.waiting(), started.waiting());
        let names: BTreeSet<&String> = now.keys().chain(then.keys()).collect();
        names.into_iter().filter(|name| now.get(*name) != then.get(*name)).cloned().collect()
    }

    /// Returns the settings that wait for a restart, with their values in all tables.
    fn waiting(&self) -> Waiting {
        let mut waiting = Waiting::new();
        collect_waiting(&*self.settings, "", None, &mut waiting);
        // The sandbox is set up for the folders of these capsules.
        let swapped = self.capsules.iter().filter(|capsule| capsule.swapped);
        let folders = swapped.map(|capsule| capsule.content.to_string_lossy().into_owned());
        waiting.entry(SWAPPED.to_owned()).or_default().extend(folders);
        waiting
    }
}

fn write_table(out: &mut String, table: &dyn Table, path: &str) {
    let fields = table.fields();
    for (definition, field) in &fields {
        if let View::Setting(Some(value), origin) = field.view() {
            let line = format!("{} = {value}", definition.name);
            let width = ORIGIN_COLUMN.max(line.chars().count() + 1);
            let _ = writeln!(out, "{line:<width$} # {origin}");
        }
    }
    for (definition, field) in &fields {
        let path = inner(path, definition.name);
        match field.view() {
            View::Setting(..) => {}
            View::Table(table) => {
                let _ = writeln!(out, "\n[{path}]");
                write_table(out, table, &path);
            }
            View::Tables(tables) => {
                for table in tables {
                    let _ = writeln!(out, "\n[[{path}]]");
                    write_table(out, table, &path);
                }
            }
        }
    }
}

/// Adds the settings of `table` that wait for a restart, or all of them to `outer`, the name of a table that waits as a
/// whole. In an array of tables, those that are left out or `false` do not count, so that the order and number of the
/// other tables makes no difference.
fn collect_waiting(table: &dyn Table, header: &str, outer: Option<&str>, waiting: &mut Waiting) {
    for (Definition { name: key, restart, .. }, field) in table.fields() {
        let name = outer.map_or_else(|| format!("{header} {key}").trim_start().to_owned(), str::to_owned);
        let waits = restart || outer.is_some();
        match field.view() {
            View::Setting(Some(TomlValue::Boolean(false)), _) if header.starts_with("[[") => {}
            View::Setting(Some(value), _) if waits => {
                waiting.entry(name).or_default().push(format!("{key} = {value}"));
            }
            View::Setting(..) => {}
            View::Table(table) => {
                collect_waiting(table, &format!("[{key}]"), waits.then_some(&*name), waiting);
            }
            View::Tables(tables) => {
                let header = format!("[[{key}]]");
                for table in tables {
                    collect_waiting(table, &header, None, waiting);
                }
            }
        }
    }
}

/// Returns the dotted path of a key in the table at `path`.
fn inner(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
