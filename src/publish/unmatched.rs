//! Warnings about entries of `private`, `ignore` and `gone` that match nothing, most likely because of a typing error.

use std::collections::HashSet;
use std::path::Path;

use crate::capsule::{Capsule, CapsulePath, PrivateArea, bare_name, nfc};
use crate::disk::{Exclusion, FolderContents};
use crate::problem::{Problem, nearest};

/// Most warnings about one setting: the search for a similar name takes time.
const MAX_WARNINGS: usize = 5;

/// Most addresses that entries of `gone` are compared with, which takes some hundred milliseconds: the settings of a
/// hosted capsule may be hostile.
const MAX_COMPARISONS: usize = 200_000;

/// The settings of a capsule that keep files or addresses from readers.
pub(super) struct Withholding<'a> {
    pub(super) content: &'a Path,
    pub(super) private: &'a [PrivateArea],
    pub(super) ignore: &'a [String],
    pub(super) gone: &'a [CapsulePath],
}

/// Returns a warning for each entry of `private`, `ignore` and `gone` that matches nothing.
///
/// A pattern such as `*.bak` may be a precaution, and an address in `gone` usually has no file any more: these are
/// reported only if a similar name exists that was probably meant.
pub(super) fn unmatched(
    contents: &FolderContents,
    settings: &Withholding<'_>,
    capsule: &Capsule,
) -> Vec<Problem> {
    if settings.private.is_empty() && settings.ignore.is_empty() && settings.gone.is_empty() {
        return Vec::new();
    }
    let left_out = contents.left_out.iter().map(|(name, _)| nfc(name).into_owned());
    let files = contents.files.iter().map(|file| file.path.as_relative().to_owned());
    let paths: Vec<String> = files.chain(left_out).collect();
    let mut problems = private(&paths, settings);
    problems.extend(ignore(&paths, contents, settings));
    problems.extend(gone(&paths, settings.gone, capsule));
    problems
}

fn private(paths: &[String], settings: &Withholding<'_>) -> Vec<Problem> {
    let folders: HashSet<&str> = paths.iter().flat_map(|path| folders(path)).collect();
    // An area with drafts shows files from elsewhere, and a folder may be empty.
    let is_absent = |area: &CapsulePath| {
        let name = area.as_relative().trim_end_matches('/');
        !name.is_empty() && !folders.contains(name) && !settings.content.join(name).exists()
    };
    let areas = settings.private.iter().filter(|area| !area.drafts);
    let absent = areas.map(|area| &area.path).filter(|path| is_absent(path)).take(MAX_WARNINGS);
    let warning = |path: &CapsulePath| {
        let problem = Problem::warning(format!("`private` names `{path}`, but there is no such folder"));
        let similar = nearest(path.as_relative().trim_end_matches('/'), folders.iter().copied());
        problem.hint(match similar {
            Some(folder) => format!("did you mean `/{folder}/`?"),
            None => "name a folder below the content folder, with its capitals".to_owned(),
        })
    };
    absent.map(warning).collect()
}

fn ignore(paths: &[String], contents: &FolderContents, settings: &Withholding<'_>) -> Vec<Problem> {
    let pattern = |(_, exclusion): &'_ (String, Exclusion)| match exclusion {
        Exclusion::Pattern { pattern, file: None } => Some(pattern.clone()),
        _ => None,
    };
    let used: HashSet<String> = contents.left_out.iter().filter_map(pattern).collect();
    let unused = settings.ignore.iter().filter(|pattern| !used.contains(&*nfc(pattern)));
    let named: Vec<(&String, String)> =
        unused.filter_map(|pattern| Some((pattern, literal(pattern)?))).collect();
    if named.is_empty() {
        return Vec::new();
    }
    let mut known: HashSet<&str> = paths.iter().flat_map(|path| folders(path)).collect();
    known.extend(paths.iter().map(String::as_str));
    known.extend(paths.iter().flat_map(|path| path.split('/')));
    let is_absent = |name: &str| !known.contains(name) && !settings.content.join(name).exists();
    let absent = named.iter().filter(|(_, name)| is_absent(name)).take(MAX_WARNINGS);
    let warning = |(pattern, name): &(&String, String)| {
        let problem = Problem::warning(format!("`ignore` has `{pattern}`, which matches nothing"));
        match nearest(name, known.iter().copied()) {
            Some(similar) => problem.hint(format!("did you mean `{similar}`?")),
            None => {
                problem.hint("a pattern is a name, or a path below the content folder, with its capitals")
            }
        }
    };
    absent.map(warning).collect()
}

/// Returns the name or path that `pattern` begins with, or `None` for one like `*.bak`. Hidden names are not published
/// in any case.
fn literal(pattern: &str) -> Option<String> {
    let parts = pattern.trim_end().trim_matches('/').split('/');
    let literal: Vec<&str> = parts.take_while(|part| !part.contains(['*', '?', '[', '\\'])).collect();
    let name = nfc(&literal.join("/")).into_owned();
    (!name.is_empty() && !name.starts_with(['!', '#', '.'])).then_some(name)
}

fn gone(paths: &[String], gone: &[CapsulePath], capsule: &Capsule) -> Vec<Problem> {
    if gone.is_empty() {
        return Vec::new();
    }
    let of_file = |path: &String| CapsulePath::from_decoded(path).ok();
    let names: HashSet<CapsulePath> =
        paths.iter().filter_map(of_file).filter_map(|p| bare_name(&p)).collect();
    let folders: HashSet<&str> = paths.iter().flat_map(|path| folders(path)).collect();
    let is_known = |path: &CapsulePath| {
        capsule.essay_known_as(path).is_some()
            || folders.contains(path.as_relative().trim_end_matches('/'))
            || bare_name(path).is_some_and(|name| names.contains(&name))
    };
    let essays = capsule.addressable().iter().map(|essay| essay.address());
    let files = capsule.files().map(|(path, _)| path.clone());
    let texts = capsule.texts().map(|text| text.path.clone());
    let sections = capsule.sections().map(|section| section.address.clone());
    let addresses: Vec<CapsulePath> = essays.chain(files).chain(texts).chain(sections).collect();
    let unknown = gone.iter().filter(|path| !is_known(path)).take(MAX_COMPARISONS / addresses.len().max(1));
    let warning = |path: &CapsulePath| {
        let slips = addresses.iter().filter(|address| is_slip(path, address)).map(CapsulePath::as_str);
        let meant = nearest(path.as_str(), slips)?;
        let problem = Problem::warning(format!("`gone` names `{path}`, but nothing has that address"));
        Some(problem.hint(format!("did you mean `{meant}`, which readers still get?")))
    };
    unknown.filter_map(warning).take(MAX_WARNINGS).collect()
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
