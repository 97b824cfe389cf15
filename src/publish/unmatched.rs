//! Warnings about entries of `private`, `ignore` and `gone` that match nothing, most likely because of a typing error.

use std::collections::HashSet;
use std::path::Path;

use crate::capsule::{Capsule, CapsulePath, bare_name, nfc};
use crate::config::Private;
use crate::disk::{Exclusion, FolderContents};
use crate::problem::{Problem, nearest};

/// Most warnings about one setting: the search for a similar name takes time.
const MAX_WARNINGS: usize = 5;

/// Most addresses that entries of `gone` are compared with, which takes some hundred milliseconds: the settings of a
/// hosted capsule may be hostile.
const MAX_COMPARISONS: usize = 200_000;

/// A content folder whose names are compared with those in settings.
struct Names<'a> {
    content: &'a Path,
    /// The relative paths of all files, published or not.
    paths: &'a [String],
    /// The relative paths of the folders that contain them.
    folders: HashSet<&'a str>,
}

/// Returns a warning for each entry of `private`, `ignore` and `gone` that matches nothing in the folder `content`.
///
/// A pattern such as `*.bak` may be a precaution, and an address in `gone` usually has no file any more: these are
/// reported only if a similar name exists that was probably meant.
pub(super) fn unmatched(
    content: &Path,
    contents: &FolderContents,
    capsule: &Capsule,
    (private, ignore, gone): (&[Private], &[String], &[CapsulePath]),
) -> Vec<Problem> {
    if private.is_empty() && ignore.is_empty() && gone.is_empty() {
        return Vec::new();
    }
    let left_out = contents.left_out.iter().map(|(name, _)| nfc(name).into_owned());
    let files = contents.files.iter().map(|file| file.path.as_relative().to_owned());
    let paths: Vec<String> = files.chain(left_out).collect();
    let folders = paths.iter().flat_map(|path| folders(path)).collect();
    let names = Names { content, paths: &paths, folders };
    let mut problems = names.private(private);
    problems.extend(names.ignore(ignore, contents));
    if !gone.is_empty() {
        problems.extend(names.gone(gone, capsule));
    }
    problems
}

impl Names<'_> {
    fn private(&self, private: &[Private]) -> Vec<Problem> {
        let name = |path: &CapsulePath| path.as_relative().trim_end_matches('/').to_owned();
        // An area with drafts shows files from elsewhere, and a folder may be empty.
        let is_absent = |name: &str| {
            !name.is_empty() && !self.folders.contains(name) && !self.content.join(name).exists()
        };
        let areas = private.iter().map(|private| &private.area).filter(|area| !area.drafts);
        let absent = areas.map(|area| &area.path).filter(|path| is_absent(&name(path)));
        let warning = |path: &CapsulePath| {
            let similar =
                nearest(&name(path), self.folders.iter().copied()).map(|folder| format!("/{folder}/"));
            let what = format!("`private` names `{path}`, but there is no such folder");
            warning(what, similar, "name a folder below the content folder, with its capitals")
        };
        absent.take(MAX_WARNINGS).map(warning).collect()
    }

    fn ignore(&self, patterns: &[String], contents: &FolderContents) -> Vec<Problem> {
        let pattern = |(_, exclusion): &'_ (String, Exclusion)| match exclusion {
            Exclusion::Pattern { pattern, file: None } => Some(pattern.clone()),
            _ => None,
        };
        let used: HashSet<String> = contents.left_out.iter().filter_map(pattern).collect();
        let unused = patterns.iter().filter(|pattern| !used.contains(&*nfc(pattern)));
        let named: Vec<_> = unused.filter_map(|pattern| Some((pattern, literal(pattern)?))).collect();
        if named.is_empty() {
            return Vec::new();
        }
        let mut known = self.folders.clone();
        known.extend(self.paths.iter().map(String::as_str));
        known.extend(self.paths.iter().flat_map(|path| path.split('/')));
        let absent = named
            .iter()
            .filter(|(_, name)| !known.contains(name.as_str()) && !self.content.join(name).exists());
        let warning = |(pattern, name): &(&String, String)| {
            let similar = nearest(name, known.iter().copied()).map(str::to_owned);
            let what = format!("`ignore` has `{pattern}`, which matches nothing");
            let hint = "a pattern is a name, or a path below the content folder, with its capitals";
            warning(what, similar, hint)
        };
        absent.take(MAX_WARNINGS).map(warning).collect()
    }

    fn gone(&self, gone: &[CapsulePath], capsule: &Capsule) -> Vec<Problem> {
        let of_file = |path: &String| bare_name(&CapsulePath::from_decoded(path).ok()?);
        let names: HashSet<CapsulePath> = self.paths.iter().filter_map(of_file).collect();
        let is_known = |path: &CapsulePath| {
            capsule.essay_known_as(path).is_some()
                || self.folders.contains(path.as_relative().trim_end_matches('/'))
                || bare_name(path).is_some_and(|name| names.contains(&name))
        };
        let essays = capsule.addressable().iter().map(|essay| essay.address());
        let files = capsule.files().map(|(path, _)| path.clone());
        let texts = capsule.texts().map(|text| text.path.clone());
        let sections = capsule.sections().map(|section| section.address.clone());
        let addresses: Vec<CapsulePath> = essays.chain(files).chain(texts).chain(sections).collect();
        let unknown = gone.iter().filter(|path| !is_known(path));
        let warning = |path: &CapsulePath| {
            let slips = addresses.iter().filter(|address| is_slip(path, address)).map(CapsulePath::as_str);
            let meant = nearest(path.as_str(), slips)?;
            let problem = Problem::warning(format!("`gone` names `{path}`, but nothing has that address"));
            Some(problem.hint(format!("did you mean `{meant}`, which readers still get?")))
        };
        let compared = unknown.take(MAX_COMPARISONS / addresses.len().max(1));
        compared.filter_map(warning).take(MAX_WARNINGS).collect()
    }
}

fn warning(what: String, similar: Option<String>, hint: &str) -> Problem {
    let hint = similar.map_or_else(|| hint.to_owned(), |similar| format!("did you mean `{similar}`?"));
    Problem::warning(what).hint(hint)
}

/// Returns the name or path that `pattern` begins with, or `None` for one like `*.bak`. Hidden names are not published
/// in any case.
fn literal(pattern: &str) -> Option<String> {
    let parts = pattern.trim_end().trim_matches('/').split('/');
    let literal: Vec<&str> = parts.take_while(|part| !part.contains(['*', '?', '[', '\\'])).collect();
    let name = nfc(&literal.join("/")).into_owned();
    (!name.is_empty() && !name.starts_with(['!', '#', '.'])).then_some(name)
}

/// Returns whether `path` is probably a misspelling of `address`. Addresses that differ in a number, and short names
/// that differ in a letter or two, are different pages.
fn is_slip(path: &CapsulePath, address: &CapsulePath) -> bool {
    let digits = |path: &CapsulePath| path.as_str().bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    let tolerated = if path.name() == address.name() { 2 } else { path.stem().chars().count() / 4 };
    let [path_text, address_text] = [path, address].map(|path| path.as_str().to_lowercase());
    path_text.len().abs_diff(address_text.len()) <= 8
        && digits(path) == digits(address)
        && strsim::damerau_levenshtein(&path_text, &address_text) <= tolerated
}

/// Returns the folders that lead to the relative `path`, without slashes at their ends.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}
