//! [`File`]: the text of a configuration file as settings, and every mistake in it that shows without other files.

use std::ops::Range;

use toml::de::DeTable;

use super::settings::{CapsuleTable, HostedSettings, Settings};
use super::table::Table;
use crate::problem::{Place, Problem, Problems, SourceText};

/// A configuration file, read. Its settings are not yet checked against each other.
#[derive(Debug, Clone, Default)]
pub struct File {
    pub(super) settings: Settings,
    /// Values of the right type that are not valid. [`resolve()`](super::resolve()) reports them together with
    /// settings that contradict each other.
    pub(super) invalid: Vec<Problem>,
}

impl File {
    /// Reads the text of a configuration file; `name` is the name of the file in messages.
    ///
    /// # Errors
    ///
    /// Every unknown key and every value of a wrong type, or the place where the text is not TOML.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        let mut settings = Settings::default();
        let source = Source::parse(name, text, Vec::new(), &mut settings);
        Problems::refuse(in_order(source.problems))?;
        Ok(Self { settings, invalid: source.invalid })
    }

    /// Returns whether the file sets the user of the process.
    pub fn names_a_user(&self) -> bool {
        self.settings.privileges.user.is_some()
    }
}

impl HostedSettings {
    /// Reads the text of the `capsule.toml` of a hosted capsule.
    ///
    /// # Errors
    ///
    /// Every mistake, and every key that only `config.toml` may set.
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        let mut settings = Self::default();
        let own: Vec<_> = names(&settings);
        let mut reserved = names(&CapsuleTable::default());
        reserved.extend(names(&Settings::default()));
        reserved.retain(|name| !own.contains(name));
        let mut source = Source::parse(name, text, reserved, &mut settings);
        source.problems.append(&mut source.invalid);
        Problems::refuse(in_order(source.problems))?;
        Ok(settings)
    }
}

/// Returns `problems` in the order of their lines; those without a place come last.
pub(super) fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    let line = |place: &Place| place.span.as_ref().map(|span| span.line);
    problems.sort_by_key(|problem| problem.place.as_ref().and_then(line).unwrap_or(u32::MAX));
    problems
}

/// A file that is being read, with the problems found so far.
pub(super) struct Source<'s> {
    text: SourceText<'s>,
    /// Keys that are known, but may not be set in this file.
    reserved: Vec<&'static str>,
    problems: Vec<Problem>,
    invalid: Vec<Problem>,
}

impl<'s> Source<'s> {
    fn parse(name: &str, text: &'s str, reserved: Vec<&'static str>, root: &mut dyn Table) -> Self {
        let mut source =
            Self { text: SourceText::new(name, text), reserved, problems: Vec::new(), invalid: Vec::new() };
        match DeTable::parse(text) {
            Ok(table) => source.read(root, "", table.get_ref()),
            Err(error) => {
                let what = format!("this is not TOML: {}", error.message().trim().replace('\n', ", "));
                let place = source.place(error.span().unwrap_or(0..0));
                source.problems.push(Problem { place: Some(place), ..Problem::error(what) });
            }
        }
        source
    }
}

impl Source<'_> {
    /// Reads a table of the file into `table`. `header` is its header in the file, as in `[gopher]`; that of the root
    /// is empty.
    pub(super) fn read(&mut self, table: &mut dyn Table, header: &str, toml: &DeTable<'_>) {
        let path = header.trim_matches(['[', ']']);
        for (name, field) in table.fields_mut() {
            let Some(value) = toml.get(name) else { continue };
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            field.read(&path, value, self);
        }
        let known = names(table);
        for key in toml.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let problem = self.unknown_key(key.get_ref(), header, &known);
            self.problems.push(Problem { place: Some(self.place(key.span())), ..problem });
        }
    }

    fn unknown_key(&self, key: &str, header: &str, known: &[&str]) -> Problem {
        if header.is_empty() && self.reserved.contains(&key) {
            return Problem::error(format!("`{key}` can only be set in the `config.toml` of the server"))
                .hint("remove it; the other settings of this file apply once all of it is valid");
        }
        let table = if header.is_empty() { String::new() } else { format!(" in `{header}`") };
        let problem = Problem::error(format!("unknown key `{key}`{table}"));
        match nearest(key, known) {
            Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
            None => problem.hint(format!("the keys here are `{}`", known.join("`, `"))),
        }
    }

    /// Returns the place of these bytes of the file.
    pub(super) fn place(&self, bytes: Range<usize>) -> Place {
        self.text.place(bytes)
    }

    /// Reports that the value of the key at `path` has a wrong type or is out of range.
    pub(super) fn wrong_type(&mut self, path: &str, accepts: &str, bytes: Range<usize>) {
        let key = path.rsplit('.').next().unwrap_or(path);
        let place = Some(self.place(bytes));
        self.problems.push(Problem { place, ..Problem::error(format!("`{key}` must be {accepts}")) });
    }

    /// Reports that a value has the right type, but is not valid.
    pub(super) fn invalid(&mut self, problem: Problem, bytes: Range<usize>) {
        self.invalid.push(Problem { place: Some(self.place(bytes)), ..problem });
    }
}

fn names(table: &dyn Table) -> Vec<&'static str> {
    table.fields().iter().map(|(definition, _)| definition.name).collect()
}

/// Returns the known name most similar to `name`, if one is similar enough to be meant.
fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name.to_lowercase(), candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 3)
        .min()
        .map(|(_, candidate)| candidate)
}
