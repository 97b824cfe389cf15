//! The description of a table of `config.toml`: one struct, from which the table is read, printed, compared with
//! another one and documented.
//!
//! [`table!`] defines such a struct. A field states the key, its type, its default, its documentation and whether a
//! change waits for a restart. The functions of this module work on any table, through [`Table`] and [`Field`].

use std::fmt;
use std::ops::Deref;

use toml::Spanned;
use toml::Value as TomlValue;
use toml::de::{DeTable, DeValue};

use super::diagnostics::{Mistake, Source};
use super::values::SettingType;
use crate::problem::Place;

/// The value of a setting, and where it was given. Two settings are equal if their values are.
#[derive(Debug, Clone, Default)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    pub(super) origin: Origin,
}

/// Where the value of a setting was given.
#[derive(Debug, Clone, Default)]
pub(super) enum Origin {
    /// Nowhere: it is the default.
    #[default]
    Default,
    /// In a command line flag of this name.
    Flag(&'static str),
    /// In an environment variable of this name.
    Environment(&'static str),
    /// In a configuration file.
    File(Place),
    /// In the file of this name of a site generator.
    Generator(String),
}

/// The parts of the definition of a field that are not its type or default.
#[derive(Debug, Clone, Copy)]
pub(super) struct Definition {
    /// The key in the file.
    pub(super) name: &'static str,
    /// The lines of its doc comment, each with a leading space.
    pub(super) doc: &'static [&'static str],
    /// A value to show in documentation, as TOML. Without one, the default is shown.
    pub(super) example: Option<&'static str>,
    /// Whether a change is in force only after a restart.
    pub(super) restart: bool,
}

/// A table of a configuration file; [`table!`] implements it.
pub(super) trait Table {
    /// Returns the lines of its doc comment, each with a leading space.
    fn doc(&self) -> &'static [&'static str];
    /// Returns its fields in the order of their definition, which is the order in which they are shown.
    fn fields(&self) -> Vec<(Definition, &dyn Field)>;
    /// Returns its fields with their keys.
    fn fields_mut(&mut self) -> Vec<(&'static str, &mut dyn Field)>;
}

/// A field of a table: a setting, a table, or an array of tables.
pub(super) trait Field {
    /// Returns what a file may give here, in words; `path` is the dotted path of the key.
    fn accepts(&self, path: &str) -> String;
    /// Replaces it with what a file gives at `path`.
    fn read(&mut self, path: &str, value: &Spanned<DeValue<'_>>, source: &mut Source<'_>);
    /// Returns its content.
    fn view(&self) -> View<'_>;
}

/// The content of a field.
pub(super) enum View<'f> {
    /// A setting: its value, if it has one, and its origin.
    Setting(Option<TomlValue>, &'f Origin),
    /// A table.
    Table(&'f dyn Table),
    /// An array of tables.
    Tables(Vec<&'f dyn Table>),
}

/// Defines the struct of a table of a configuration file.
///
/// The doc comment of a field is its text in the reference. After its type may follow, in this order, `= …` with the
/// default, `restart: true` if a change waits for a restart, and `example: "…"` with a value as TOML. Fields after `..` are
/// tables whose keys are part of this table.
macro_rules! table {
    (
        $(#[doc = $about:literal])*
        $vis:vis struct $Table:ident {
            $(
                $(#[doc = $doc:literal])*
                $name:ident: $Type:ty
                    $(= $default:expr)?
                    $(, restart: $restart:literal)?
                    $(, example: $example:literal)?;
            )*
            $(..$part:ident: $Part:ty;)*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $vis struct $Table {
            $($(#[doc = $doc])* pub $name: $Type,)*
            $(pub $part: $Part,)*
        }

        impl Default for $Table {
            fn default() -> Self {
                Self {
                    $($name: table!(@default $($default)?),)*
                    $($part: Default::default(),)*
                }
            }
        }

        impl Table for $Table {
            fn doc(&self) -> &'static [&'static str] {
                &[$($about),*]
            }

            fn fields(&self) -> Vec<(Definition, &dyn Field)> {
                let fields: Vec<(Definition, &dyn Field)> = vec![$((
                    Definition {
                        name: stringify!($name),
                        doc: &[$($doc),*],
                        example: None$(.or(Some($example)))?,
                        restart: false$(|| $restart)?,
                    },
                    &self.$name,
                )),*];
                fields.into_iter()$(.chain(self.$part.fields()))*.collect()
            }

            fn fields_mut(&mut self) -> Vec<(&'static str, &mut dyn Field)> {
                let fields: Vec<(&'static str, &mut dyn Field)> =
                    vec![$((stringify!($name), &mut self.$name)),*];
                fields.into_iter()$(.chain(self.$part.fields_mut()))*.collect()
            }
        }
    };
    (@default) => { Default::default() };
    (@default $default:expr) => { Setting { value: $default, origin: Origin::Default } };
}

pub(super) use table;

/// Reads a table of a file into `table`. `header` is its header, as in `[gopher]`; that of the root is empty.
pub(super) fn read_table(table: &mut dyn Table, header: &str, toml: &DeTable<'_>, source: &mut Source<'_>) {
    let path = header.trim_matches(['[', ']']);
    for (name, field) in table.fields_mut() {
        let Some(value) = toml.get(name) else { continue };
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        field.read(&path, value, source);
    }
    let known = names(table);
    for key in toml.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
        source.unknown_key(key.get_ref(), key.span(), header, &known);
    }
}

/// Returns the keys of a table.
pub(super) fn names(table: &dyn Table) -> Vec<&'static str> {
    table.fields().iter().map(|(definition, _)| definition.name).collect()
}

impl<T> Setting<T> {
    pub(super) fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// Returns whether no value was given.
    pub fn is_default(&self) -> bool {
        matches!(self.origin, Origin::Default)
    }

    /// Returns this setting if a value was given, else `weaker`.
    pub(super) fn or(self, weaker: Self) -> Self {
        if self.is_default() { weaker } else { self }
    }
}

impl<T> Deref for Setting<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Setting<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Setting<T> {}

impl Origin {
    /// Returns the place in a configuration file, if the value was given in one.
    pub(super) fn place(&self) -> Option<Place> {
        match self {
            Self::File(place) => Some(place.clone()),
            _ => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::Generator(file) => f.write_str(file),
            Self::File(place) => {
                write!(f, "{}:{}", place.file, place.span.as_ref().map_or(1, |span| span.line))
            }
        }
    }
}

impl<T: SettingType> Field for Setting<T> {
    fn accepts(&self, _path: &str) -> String {
        T::accepts()
    }

    fn read(&mut self, path: &str, value: &Spanned<DeValue<'_>>, source: &mut Source<'_>) {
        self.origin = Origin::File(source.place(value.span()));
        if let Some(read) = T::read_at(path, value, source) {
            self.value = read;
        }
    }

    fn view(&self) -> View<'_> {
        View::Setting(self.value.show(), &self.origin)
    }
}

impl<T: Table> Field for T {
    fn accepts(&self, path: &str) -> String {
        format!("a table, written as `[{path}]`")
    }

    fn read(&mut self, path: &str, value: &Spanned<DeValue<'_>>, source: &mut Source<'_>) {
        match value.get_ref() {
            DeValue::Table(table) => read_table(self, &format!("[{path}]"), table, source),
            _ => source.mistake(Mistake::Type, path, &Field::accepts(self, path), value.span()),
        }
    }

    fn view(&self) -> View<'_> {
        View::Table(self)
    }
}

/// A table that may be absent.
impl<T: Table + Default> Field for Option<T> {
    fn accepts(&self, path: &str) -> String {
        T::default().accepts(path)
    }

    fn read(&mut self, path: &str, value: &Spanned<DeValue<'_>>, source: &mut Source<'_>) {
        self.get_or_insert_default().read(path, value, source);
    }

    fn view(&self) -> View<'_> {
        self.as_ref().map_or(View::Setting(None, &Origin::Default), |table| View::Table(table))
    }
}

/// An array of tables.
impl<T: Table + Default> Field for Vec<Setting<T>> {
    fn accepts(&self, path: &str) -> String {
        format!("a list of tables, each written as `[[{path}]]`")
    }

    fn read(&mut self, path: &str, value: &Spanned<DeValue<'_>>, source: &mut Source<'_>) {
        let accepts = self.accepts(path);
        let DeValue::Array(items) = value.get_ref() else {
            return source.mistake(Mistake::Type, path, &accepts, value.span());
        };
        for item in items {
            let DeValue::Table(toml) = item.get_ref() else {
                source.mistake(Mistake::Type, path, &accepts, item.span());
                continue;
            };
            let mut table = T::default();
            read_table(&mut table, &format!("[[{path}]]"), toml, source);
            self.push(Setting::new(table, Origin::File(source.place(item.span()))));
        }
    }

    fn view(&self) -> View<'_> {
        View::Tables(self.iter().map(|table| &table.value as &dyn Table).collect())
    }
}
