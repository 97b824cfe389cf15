//! A [`Config`] printed as a file that results in it, and compared with another one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use toml::Value as TomlValue;

use super::Config;
use super::table::{Field, Table, View};

/// The column of the origins, for lines that are short enough.
const ORIGIN_COLUMN: usize = 44;

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
        to_table(&*self.settings)
    }

    /// Returns the names of the settings that differ from those of `started`, the configuration at the start, and
    /// that wait for a restart, as in `[gemini] listen`.
    pub fn needing_restart(&self, started: &Self) -> Vec<String> {
        let (now, then) = (self.waiting(), started.waiting());
        let names: BTreeSet<&String> = now.keys().chain(then.keys()).collect();
        names.into_iter().filter(|name| now.get(*name) != then.get(*name)).cloned().collect()
    }

    /// Returns the settings that wait for a restart, with their values in all tables.
    fn waiting(&self) -> BTreeMap<String, Vec<TomlValue>> {
        let mut waiting = BTreeMap::new();
        collect_waiting(&*self.settings, "", &mut waiting);
        // The sandbox is set up for the folders of these capsules.
        let swapped = self.capsules.iter().filter(|capsule| capsule.swapped);
        let folders = swapped.map(|capsule| capsule.content.to_string_lossy().into_owned().into());
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

fn to_table(table: &dyn Table) -> toml::Table {
    let value = |field: &dyn Field| match field.view() {
        View::Setting(value, _) => value,
        View::Table(table) => Some(to_table(table).into()),
        View::Tables(tables) => {
            Some(TomlValue::Array(tables.into_iter().map(|table| to_table(table).into()).collect()))
        }
    };
    let fields = table.fields().into_iter();
    fields.filter_map(|(definition, field)| Some((definition.name.to_owned(), value(field)?))).collect()
}

/// Adds the settings of `table` that wait for a restart. In an array of tables, those that are left out or `false` do not
/// count, so that the order and number of the other tables makes no difference.
fn collect_waiting(table: &dyn Table, header: &str, waiting: &mut BTreeMap<String, Vec<TomlValue>>) {
    for (definition, field) in table.fields() {
        let value = match field.view() {
            View::Setting(value, _) => value.filter(|value| {
                definition.restart && !(header.starts_with("[[") && *value == TomlValue::Boolean(false))
            }),
            View::Table(table) if definition.restart => Some(to_table(table).into()),
            View::Table(table) => {
                collect_waiting(table, &format!("[{}]", definition.name), waiting);
                None
            }
            View::Tables(tables) => {
                let header = format!("[[{}]]", definition.name);
                for table in tables {
                    collect_waiting(table, &header, waiting);
                }
                None
            }
        };
        if let Some(value) = value {
            let name = format!("{header} {}", definition.name).trim_start().to_owned();
            waiting.entry(name).or_default().push(value);
        }
    }
}

/// Returns the dotted path of a key in the table at `path`.
fn inner(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
