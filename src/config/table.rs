//! The description of a table of `config.toml`: one struct, from which it is read, printed, compared and documented.
//!
//! [`tables!`] defines such structs. A field states the key, its type, its default, its documentation and whether a
//! change waits for a restart. The functions of this module work on any table, through [`Table`] and [`Field`].

use std::fmt;
use std::ops::{Deref, Range};

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Value as TomlValue};

use crate::problem::{Place, Problem, Severity, SourceText, nearest};

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
    /// In the command line flag, environment variable or file of a site generator of this name.
    Named(String),
    File(Place),
}

pub(super) trait SettingType: Sized {
    /// Describes the values that a file may give.
    fn accepts() -> String;
    /// Reads a value. The error says why it is not valid, without a place; it is `None` for a wrong type or range.
    fn read(value: &DeValue<'_>) -> Result<Self, Option<Problem>>;
    /// Returns the value as TOML, or `None` if a file states it by leaving the key out.
    fn show(&self) -> Option<TomlValue>;

    /// Reads a value, and calls `report` with each mistake and its place. Returns `None` if nothing valid is left.
    fn read_at(value: &Spanned<DeValue<'_>>, report: &mut Report<'_>) -> Option<Self> {
        Self::read(value.get_ref()).map_err(|mistake| report(mistake, value.span())).ok()
    }

    /// Keeps the places of the parts of the `value` that was read, for later problems.
    fn locate(&mut self, _value: &DeValue<'_>, _source: &SourceText<'_>) {}
}

/// Takes the error of [`SettingType::read`] and the place of the value.
pub(super) type Report<'r> = dyn FnMut(Option<Problem>, Range<usize>) + 'r;

/// The parts of the definition of a field that are not its type or default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Definition {
    /// The key in the file.
    pub(super) name: &'static str,
    /// The lines of its doc comment.
    pub(super) doc: &'static [&'static str],
    /// A value to show in documentation, as TOML. Without one, the default is shown.
    pub(super) example: Option<&'static str>,
    /// Whether a change is in force only after a restart.
    pub(super) restart: bool,
}

/// A table of a configuration file; [`tables!`] implements it.
pub(super) trait Table {
    /// Returns the lines of its doc comment; none if that of its field documents it.
    fn doc(&self) -> &'static [&'static str] {
        &[]
    }
    /// Returns its fields in the order of their definition, which is the order in which they are shown.
    fn fields(&self) -> Vec<(Definition, &dyn Field)>;
    /// Returns the field with this key, to be read.
    fn field_mut(&mut self, key: &str) -> Option<&mut dyn Field>;
}

/// A field of a table: a setting, a table, or an array of tables.
pub(super) trait Field {
    /// Replaces the field by the value that a file gives at `path`.
    fn read(&mut self, path: &str, value: &Spanned<DeValue<'_>>, source: &mut Source<'_>);
    fn view(&self) -> View<'_>;
}

/// The content of a field.
pub(super) enum View<'f> {
    /// A setting: what a file may give, its value, if it has one, and its origin.
    Setting(String, Option<TomlValue>, &'f Origin),
    Table(&'f dyn Table),
    Tables(Vec<&'f dyn Table>),
}

impl<'f> View<'f> {
    /// Returns the tables, with the header of each at the dotted `path`; none for a setting.
    pub(super) fn tables(&self, path: &str) -> (String, Vec<&'f dyn Table>) {
        match self {
            Self::Setting(..) => (String::new(), Vec::new()),
            Self::Table(table) => (format!("[{path}]"), vec![*table]),
            Self::Tables(tables) => (format!("[[{path}]]"), tables.clone()),
        }
    }

    /// Describes the values that a file may give here; `path` is the dotted path of the key.
    pub(super) fn accepts(&self, path: &str) -> String {
        match self {
            Self::Setting(accepts, ..) => accepts.clone(),
            Self::Table(_) => format!("a table, written as `[{path}]`"),
            Self::Tables(_) => format!("a list of tables, each written as `[[{path}]]`"),
        }
    }
}

/// Defines the structs of the tables of a configuration file.
///
/// The doc comment of a field is its text in the reference. After its type may follow its default as `= …`, then
/// `restart: true` if a change waits for one, and `example: "…"` as TOML. Keys of tables after `..` belong to this one.
macro_rules! tables {
    ($(
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
    )*) => {$(
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $vis struct $Table {
            $($(#[doc = $doc])* pub $name: $Type,)*
            $(pub $part: $Part,)*
        }

        impl Default for $Table {
            fn default() -> Self {
                Self {
                    $($name: tables!(@default $($default)?),)*
                    $($part: Default::default(),)*
                }
            }
        }

        impl Table for $Table {
            fn doc(&self) -> &'static [&'static str] {
                const { &[$($about.trim_ascii()),*] }
            }

            fn fields(&self) -> Vec<(Definition, &dyn Field)> {
                let fields: Vec<(Definition, &dyn Field)> = vec![$((
                    Definition {
                        name: stringify!($name),
                        doc: const { &[$($doc.trim_ascii()),*] },
                        example: None$(.or(Some($example)))?,
                        restart: false$(|| $restart)?,
                    },
                    &self.$name,
                )),*];
                fields.into_iter()$(.chain(self.$part.fields()))*.collect()
            }

            fn field_mut(&mut self, key: &str) -> Option<&mut dyn Field> {
                match key {
                    $(key if key == stringify!($name) => Some(&mut self.$name),)*
                    _ => None$(.or(self.$part.field_mut(key)))*,
                }
            }
        }
    )*};
    (@default) => { Default::default() };
    (@default $default:expr) => { $default.into() };
}

pub(super) use tables;

/// Keys, and what to say after the name of one, with a hint.
type Reserved = (Vec<&'static str>, &'static str, &'static str);

/// A file that is being read.
pub(super) struct Source<'s> {
    text: SourceText<'s>,
    /// Keys that are known, but not outside of tables of this file, and what to say of one, with a hint.
    reserved: Reserved,
    /// Unknown keys, and values of a wrong type.
    pub(super) problems: Vec<Problem>,
    /// Values of the right type that are not valid.
    pub(super) invalid: Vec<Problem>,
}

impl<'s> Source<'s> {
    /// Reads a file into `root`, the settings outside of its tables, where `reserved` keys cannot be set.
    pub(super) fn read(name: &str, text: &'s str, reserved: Reserved, root: &mut dyn Table) -> Self {
        let (problems, invalid) = (Vec::new(), Vec::new());
        let mut source = Self { text: SourceText::new(name, text), reserved, problems, invalid };
        match DeTable::parse(text) {
            Ok(table) => source.read_table(root, "", table.get_ref()),
            Err(error) => {
                let what = format!("this is not TOML: {}", error.message().trim().replace('\n', ", "));
                let place = source.text.place(error.span().unwrap_or(0..0));
                source.problems.push(Problem::error(what).at(place));
            }
        }
        source
    }

    /// Reads a table of the file into `table`. `header` is its header, as in `[gopher]`; that of the root is empty.
    fn read_table(&mut self, table: &mut dyn Table, header: &str, toml: &DeTable<'_>) {
        for (key, value) in toml {
            let (name, path) = (key.get_ref(), header.trim_matches(['[', ']']));
            if let Some(field) = table.field_mut(name) {
                field.read(&join(path, name), value, self);
                continue;
            }
            let known = names(table);
            let location = if header.is_empty() { String::new() } else { format!(" in `{header}`") };
            let problem = Problem::error(format!("unknown key `{name}`{location}"));
            let (reserved, what, hint) = &self.reserved;
            let problem = match nearest(name, known.iter().copied()) {
                _ if header.is_empty() && reserved.contains(&&**name) => {
                    Problem::error(format!("`{name}` {what}")).hint(*hint)
                }
                Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
                None => problem.hint(format!("the keys here are `{}`", known.join("`, `"))),
            };
            self.problems.push(problem.at(self.text.place(key.span())));
        }
    }

    /// Reports that the value of the key at `path` is not valid because of `problem`, or not as `accepts` says.
    fn mistake(&mut self, problem: Option<Problem>, path: &str, accepts: &str, bytes: Range<usize>) {
        let place = self.text.place(bytes);
        if let Some(problem) = problem {
            self.invalid.push(problem.at(place));
        } else {
            let key = path.rsplit('.').next().unwrap_or(path);
            self.problems.push(Problem::error(format!("`{key}` must be {accepts}")).at(place));
        }
    }
}

/// Returns the dotted path of a key in the table at `path`, which is empty for the root.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

pub(super) fn names(table: &dyn Table) -> Vec<&'static str> {
    table.fields().iter().map(|(definition, _)| definition.name).collect()
}

impl<T> Setting<T> {
    /// Returns whether no value was given.
    pub fn is_default(&self) -> bool {
        matches!(self.origin, Origin::Default)
    }

    /// Returns a warning about the value, at its place in a configuration file if it was given in one.
    pub fn warning(&self, what: impl Into<String>) -> Problem {
        Problem { severity: Severity::Warning, ..self.origin.error(what) }
    }

    /// Replaces this setting by `stronger` if a value was given there.
    pub(super) fn override_with(&mut self, stronger: Self) {
        if !stronger.is_default() {
            *self = stronger;
        }
    }
}

impl<T> From<T> for Setting<T> {
    fn from(value: T) -> Self {
        Self { value, origin: Origin::Default }
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
    /// Returns an error in the value, at its place in a configuration file if it was given in one.
    pub(super) fn error(&self, what: impl Into<String>) -> Problem {
        match self {
            Self::File(place) => Problem::error(what).at(place.clone()),
            _ => Problem::error(what),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Named(name) => f.write_str(name),
            Self::File(place) => write!(f, "{}:{}", place.file, place.span.as_ref().map_or(1, |span| span.line)),
        }
    }
}

impl<T: SettingType> Field for Setting<T> {
    fn read(&mut self, path: &str, value: &Spanned<DeValue<'_>>, source: &mut Source<'_>) {
        self.origin = Origin::File(source.text.place(value.span()));
        let report = &mut |mistake, bytes| source.mistake(mistake, path, &T::accepts(), bytes);
        if let Some(mut read) = T::read_at(value, report) {
            read.locate(value.get_ref(), &source.text);
            self.value = read;
        }
    }

    fn view(&self) -> View<'_> {
        View::Setting(T::accepts(), self.value.show(), &self.origin)
    }
}

impl<T: Table> Field for T {
    fn read(&mut self, path: &str, value: &Spanned<DeValue<'_>>, source: &mut Source<'_>) {
        match value.get_ref() {
            DeValue::Table(table) => source.read_table(self, &format!("[{path}]"), table),
            _ => source.mistake(None, path, &self.view().accepts(path), value.span()),
        }
    }

    fn view(&self) -> View<'_> {
        View::Table(self)
    }
}

/// A table that may be absent.
impl<T: Table + Default> Field for Option<T> {
    fn read(&mut self, path: &str, value: &Spanned<DeValue<'_>>, source: &mut Source<'_>) {
        self.get_or_insert_default().read(path, value, source);
    }

    fn view(&self) -> View<'_> {
        self.as_ref().map_or(View::Setting(String::new(), None, &Origin::Default), |table| View::Table(table))
    }
}

/// An array of tables.
impl<T: Table + Default> Field for Vec<Setting<T>> {
    fn read(&mut self, path: &str, value: &Spanned<DeValue<'_>>, source: &mut Source<'_>) {
        let Some(items) = value.get_ref().as_array() else {
            return source.mistake(None, path, &self.view().accepts(path), value.span());
        };
        for item in items {
            let mut table = T::default();
            match item.get_ref() {
                DeValue::Table(toml) => source.read_table(&mut table, &format!("[[{path}]]"), toml),
                _ => source.mistake(None, path, &self.view().accepts(path), item.span()),
            }
            self.push(Setting { value: table, origin: Origin::File(source.text.place(item.span())) });
        }
    }

    fn view(&self) -> View<'_> {
        View::Tables(self.iter().map(|table| &table.value as &dyn Table).collect())
    }
}
