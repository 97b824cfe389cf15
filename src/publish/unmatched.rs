//! Warnings about entries of `private`, `ignore` and `gone` that match nothing, most likely because of a typing error.

use std::collections::HashSet;

use super::options::PublishOptions;
use crate::capsule::{Capsule, CapsulePath, bare_name, nfc};
use crate::disk::FolderContents;
use crate::problem::{Problem, nearest};

/// The most warnings about one setting: the search for a similar name takes time.
const MAX_WARNINGS: usize = 5;

/// The most addresses that entries of `gone`, which may be hostile, are compared with, in some hundred milliseconds.
const MAX_COMPARISONS: usize = 200_000;

/// Returns a warning for each entry of `private`, `ignore` and `gone` that matches nothing in the content folder.
///
/// `*.bak` may be a precaution, and `gone` pages have no file: these are reported only if similar to an existing name.
pub(super) fn unmatched(options: &PublishOptions, contents: &FolderContents, capsule: &Capsule) -> Vec<Problem> {
    // An empty folder exists, although no file names it.
    let is_absent = |name: &String| !options.content.join(name).exists();
    // An area with drafts shows files from elsewhere.
    let areas = options.build.private.iter().filter(|area| !area.drafts);
    let areas = areas.map(|area| (area.path.as_str(), area.path.as_relative().trim_end_matches('/').to_owned()));
    let areas: Vec<_> = areas.filter(|(_, name)| is_absent(name)).collect();
    let patterns = options.ignore.iter().filter_map(|pattern| Some((pattern.as_str(), literal(pattern)?)));
    let patterns: Vec<_> = patterns.filter(|(_, name)| is_absent(name)).collect();
    let gone = &options.site.gone;
    if areas.is_empty() && patterns.is_empty() && gone.is_empty() {
        return Vec::new();
    }
    let left_out = contents.left_out.iter().map(|(name, _)| nfc(name));
    let paths: Vec<_> = contents.files.iter().map(|file| file.path.as_relative().into()).chain(left_out).collect();
    let folders: HashSet<&str> =
        paths.iter().flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at])).collect();
    let hint = "name a folder below the content folder, with its capitals";
    let what = |area: &str| format!("`private` names `{area}`, but there is no such folder");
    let mut problems = absent(&areas, &folders, what, "/", hint);
    let parts = paths.iter().flat_map(|path| path.split('/').chain([&**path]));
    let names = folders.iter().copied().chain(parts).collect();
    let hint = "a pattern is a name, or a path below the content folder, with its capitals";
    let what = |pattern: &str| format!("`ignore` has `{pattern}`, which matches nothing");
    problems.extend(absent(&patterns, &names, what, "", hint));
    let of_file = |path| bare_name(&CapsulePath::from_decoded(path).ok()?);
    let names: HashSet<CapsulePath> = paths.iter().filter_map(|path| of_file(path)).collect();
    let is_known = |path: &CapsulePath| {
        capsule.essay_known_as(path).is_some()
            || folders.contains(path.as_relative().trim_end_matches('/'))
            || bare_name(path).is_some_and(|name| names.contains(&name))
    };
    problems.extend(misspelled(gone.iter().filter(|path| !is_known(path)), capsule));
    problems
}

/// Returns a warning, made by `what`, for each of the `entries` (as written, and the name meant) whose name is not
/// `known`. Its hint is the most similar known name, put between two `around`, or `hint` if no name is similar.
fn absent(
    entries: &[(&str, String)],
    known: &HashSet<&str>,
    what: impl Fn(&str) -> String,
    around: &str,
    hint: &str,
) -> Vec<Problem> {
    let warning = |(entry, name): &(&str, String)| {
        let similar = nearest(name, known.iter().copied());
        let meant = similar.map(|similar| format!("did you mean `{around}{similar}{around}`?"));
        Problem::warning(what(entry)).hint(meant.unwrap_or_else(|| hint.to_owned()))
    };
    let absent = entries.iter().filter(|(_, name)| !known.contains(name.as_str()));
    absent.take(MAX_WARNINGS).map(warning).collect()
}

fn misspelled<'g>(unknown: impl Iterator<Item = &'g CapsulePath>, capsule: &Capsule) -> Vec<Problem> {
    let essays = capsule.addressable().iter().map(|essay| essay.address());
    let others = capsule.files.keys().chain(capsule.texts.keys()).chain(capsule.sections.keys());
    let addresses: Vec<CapsulePath> = essays.chain(others.cloned()).collect();
    let warning = |path: &CapsulePath| {
        let slips = addresses.iter().filter(|address| is_slip(path, address)).map(CapsulePath::as_str);
        let meant = nearest(path.as_str(), slips)?;
        let problem = Problem::warning(format!("`gone` names `{path}`, but nothing has that address"));
        Some(problem.hint(format!("did you mean `{meant}`, which readers still get?")))
    };
    unknown.take(MAX_COMPARISONS / addresses.len().max(1)).filter_map(warning).take(MAX_WARNINGS).collect()
}

/// Returns the name or path that `pattern` begins with; `None` for one like `*.bak`, and for names hidden anyway.
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
