//! A configuration file that is being read, with the mistakes found so far.

use std::ops::Range;

use crate::problem::{Place, Problem, SourceText, nearest};

/// A file that is being read.
pub(super) struct Source<'s> {
    text: SourceText<'s>,
    /// Keys that are known, but may not be set in this file.
    reserved: Vec<&'static str>,
    /// Unknown keys, and values of a wrong type.
    pub(super) problems: Vec<Problem>,
    /// Values of the right type that are not valid.
    pub(super) invalid: Vec<Problem>,
}

/// The reason why a value cannot be read.
pub(super) enum Mistake {
    /// It has a wrong type, or is out of range.
    Type,
    /// It has the right type, but is not valid; the problem has no place.
    Invalid(Problem),
}

impl<'s> Source<'s> {
    pub(super) fn new(name: &str, text: &'s str, reserved: Vec<&'static str>) -> Self {
        Self { text: SourceText::new(name, text), reserved, problems: Vec::new(), invalid: Vec::new() }
    }

    /// Returns the place of these bytes of the file.
    pub(super) fn place(&self, bytes: Range<usize>) -> Place {
        self.text.place(bytes)
    }

    /// Reports a mistake in the value of the key at `path`, which should have been as `accepts` says.
    pub(super) fn mistake(&mut self, mistake: Mistake, path: &str, accepts: &str, bytes: Range<usize>) {
        let place = self.place(bytes);
        match mistake {
            Mistake::Type => {
                let key = path.rsplit('.').next().unwrap_or(path);
                self.problems.push(Problem::error(format!("`{key}` must be {accepts}")).at(place));
            }
            Mistake::Invalid(problem) => self.invalid.push(problem.at(place)),
        }
    }

    /// Reports a key that is not among the `known` ones of the table with this header.
    pub(super) fn unknown_key(&mut self, key: &str, bytes: Range<usize>, header: &str, known: &[&str]) {
        let table = if header.is_empty() { String::new() } else { format!(" in `{header}`") };
        let problem = Problem::error(format!("unknown key `{key}`{table}"));
        let problem = match nearest(key, known.iter().copied()) {
            _ if header.is_empty() && self.reserved.contains(&key) => {
                Problem::error(format!("`{key}` can only be set in the `config.toml` of the server"))
                    .hint("remove it; the other settings of this file apply once all of it is valid")
            }
            Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
            None => problem.hint(format!("the keys here are `{}`", known.join("`, `"))),
        };
        self.problems.push(problem.at(self.place(bytes)));
    }
}

/// Returns `problems` in the order of their lines; those without a place come last.
pub(super) fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    let line = |place: &Place| place.span.as_ref().map(|span| span.line);
    problems.sort_by_key(|problem| problem.place.as_ref().and_then(line).unwrap_or(u32::MAX));
    problems
}
