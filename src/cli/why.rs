//! `lamplit check --why`: what becomes of one file or address, and by which rule.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use time::OffsetDateTime;

use crate::capsule::{CapsulePath, Content, Essay, PrivateArea, bare_name, media};
use crate::config::{Capsule, Config};
use crate::disk::{Exclusion, FolderContents, SETTINGS_FILE};
use crate::problem::{Problem, printable};
use crate::publish::{CapsuleSnapshot, PublishOptions, held_back};
use crate::site::{Lookup, Medium, Site};

/// Prints what becomes of `path` in each of `capsules`, or in the one that holds the file it names.
pub(super) fn run(
    path: &str,
    capsules: &[(&Config, &Capsule)],
    now: OffsetDateTime,
) -> anyhow::Result<ExitCode> {
    let holding = capsules.iter().find(|(_, capsule)| real_name(Path::new(path), &capsule.content).is_some());
    let chosen = holding.map_or(capsules, std::slice::from_ref);
    for (config, capsule) in chosen {
        let options = PublishOptions::new(config, capsule, config.site_options(capsule));
        let (snapshot, contents) = CapsuleSnapshot::read(&options, now)?;
        let why = Why { capsule, snapshot: &snapshot, contents: &contents, now };
        let host = if chosen.len() > 1 { format!("{}: ", capsule.hosts[0]) } else { String::new() };
        for line in format!("{host}{}", why.explain(path)).lines() {
            writeln!(std::io::stdout(), "{}", printable(line))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the name of the file `path` relative to the folder `content`, if it lies there. Links are not followed.
fn real_name(path: &Path, content: &Path) -> Option<PathBuf> {
    fs::symlink_metadata(path).ok()?;
    let content = content.canonicalize().ok()?;
    let real = match path.file_name() {
        Some(name) => path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
            .canonicalize()
            .ok()?
            .join(name),
        None => path.canonicalize().ok()?,
    };
    real.strip_prefix(content).ok().map(Path::to_owned)
}

struct Why<'a> {
    capsule: &'a Capsule,
    snapshot: &'a CapsuleSnapshot,
    contents: &'a FolderContents,
    now: OffsetDateTime,
}

impl Why<'_> {
    fn explain(&self, path: &str) -> String {
        let content = &self.capsule.content;
        let below = content.join(path.trim_start_matches('/'));
        let name = real_name(Path::new(path), content).or_else(|| real_name(&below, content));
        match name.as_deref().map(Path::to_string_lossy) {
            Some(name) if content.join(&*name).is_dir() => self.folder(&name),
            Some(name) => self.file(&name),
            None => self.address(path),
        }
    }

    fn folder(&self, name: &str) -> String {
        self.left_out(name).unwrap_or_else(|| self.address(&format!("/{name}/")))
    }

    fn file(&self, name: &str) -> String {
        if let Some(why) = self.left_out(name) {
            return why;
        }
        let Ok(path) = CapsulePath::from_decoded(name) else {
            return format!("`{name}` is not published: it has a name that cannot be an address");
        };
        let private = self.area(&path);
        let site = private.map_or(&*self.snapshot.site, |(_, site)| site);
        let essay = site.capsule().all_read().find(|essay| essay.source.path == path);
        let held = essay.and_then(|essay| held_back(essay, self.now));
        let mut words = match (&held, shown(site, &path)) {
            (Some(held), _) if held.kind == "hidden" => {
                let line = held.line.map(|line| format!(", in line {line}")).unwrap_or_default();
                format!("`{name}` is hidden: {}{line}", held.why)
            }
            (_, Some(essay)) => format!("`{name}` is published at {}", essay_addresses(essay)),
            _ if site.capsule().file(&path).is_some() || site.capsule().text(&path).is_some() => {
                let media = media::of(&path).mime;
                format!("`{name}` is published at {} as it is, as {media}", path.to_url())
            }
            _ => format!("`{name}` is not published"),
        };
        if let Some(held) = held.filter(|held| held.kind == "unlisted") {
            words += &format!("; {}", held.why);
        }
        let problems: Vec<&Problem> = self.problems(name).collect();
        for problem in &problems {
            words += &format!("\n{}: {}", problem.severity, problem.what);
        }
        if problems.is_empty() && words.ends_with("is not published") {
            words += match self.contents.files.iter().find(|file| file.path == path) {
                Some(file) if matches!(file.content, Content::File(_)) => {
                    ": it lies beside an essay that is hidden, or among drafts"
                }
                Some(_) => ": another text introduces its folder, or it is a part of a template",
                None => ": it could not be read",
            };
        }
        if let Some((area, _)) = private {
            words += &format!(", for readers of the private folder `{}` only", area.path);
        }
        words
    }

    /// Returns why the file or folder `name` is left out by its name or by that of a folder it is in, if it is.
    fn left_out(&self, name: &str) -> Option<String> {
        let is_hidden = |part: &str| part.starts_with('.') && part != ".well-known";
        if name.split('/').any(is_hidden) {
            return Some(format!("`{name}` is not published: names that start with a dot are hidden"));
        }
        let is_above = |left_out: &str| name == left_out || name.starts_with(&format!("{left_out}/"));
        let (left_out, exclusion) = self.contents.left_out.iter().find(|(left_out, _)| is_above(left_out))?;
        let here =
            if left_out == name { String::new() } else { format!(", because `{left_out}` is left out") };
        let last = left_out.rsplit('/').next().unwrap_or_default();
        Some(match exclusion {
            Exclusion::Name(_) if left_out != SETTINGS_FILE => {
                format!(
                    "`{name}` is not published{here}: it is {exclusion}; the line `!{last}` in `.capsuleignore` publishes it"
                )
            }
            _ => format!("`{name}` is not published{here}: it is {exclusion}"),
        })
    }

    fn problems(&self, name: &str) -> impl Iterator<Item = &Problem> {
        let is_here =
            move |problem: &&Problem| problem.place.as_ref().is_some_and(|place| *place.file == *name);
        self.snapshot.problems.iter().filter(is_here)
    }

    fn area(&self, path: &CapsulePath) -> Option<(&PrivateArea, &Site)> {
        let areas = self.snapshot.areas.iter().filter(|(area, _)| path.is_within(&area.path));
        let innermost = areas.max_by_key(|(area, _)| area.path.segments().count());
        innermost.map(|(area, site)| (area, &**site))
    }

    fn address(&self, address: &str) -> String {
        let path = address
            .split_once("://")
            .map_or(address, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        let path = match CapsulePath::from_url(path) {
            Ok(path) => path,
            Err(error) => return format!("`{address}` is not an address: {error}"),
        };
        let private = self.area(&path);
        let site = private.map_or(&*self.snapshot.site, |(_, site)| site);
        let words = match site.lookup(&path, Medium::Gemini) {
            Lookup::Page(_) => match source_of(site, &path) {
                Some(file) => format!("{path} shows `{file}`"),
                None => format!("{path} is a page that Lamplit generates"),
            },
            Lookup::File(_, media) => {
                format!("{path} is the file `{}`, as {}", path.as_relative(), media.mime)
            }
            Lookup::Moved(target) => {
                let file = source_of(site, &target).map(|file| format!(", which shows `{file}`"));
                format!("{path} redirects to {target}{}", file.unwrap_or_default())
            }
            Lookup::Search(_) => format!("{path} is the search"),
            Lookup::Withdrawn => format!("{path} is withdrawn: `gone` in the configuration names it"),
            Lookup::Missing => return self.nothing(site, &path),
        };
        match private {
            Some((area, _)) => format!("{words}, for readers of the private folder `{}` only", area.path),
            None => words,
        }
    }

    /// Returns why nothing is at `path`: what would be there is hidden or left out, or nothing has that name.
    fn nothing(&self, site: &Site, path: &CapsulePath) -> String {
        let bare =
            CapsulePath::from_decoded(path.as_str().trim_end_matches('/')).unwrap_or_else(|_| path.clone());
        let names = [bare.clone(), bare.without_extension()];
        let is_meant = |essay: &&&Essay| {
            let is_alias = |alias: &String| {
                let alias = CapsulePath::root().join(alias).ok();
                alias.as_ref().and_then(bare_name) == bare_name(path)
            };
            let is_name =
                |name: &CapsulePath| essay.base == *name || essay.source.path.without_extension() == *name;
            names.iter().any(is_name) || essay.metadata.aliases.iter().any(is_alias)
        };
        let read: Vec<&Essay> = site.capsule().all_read().map(AsRef::as_ref).collect();
        if let Some(essay) = read.iter().find(is_meant) {
            return format!("{path} is nothing: {}", self.file(essay.source.path.as_relative()));
        }
        let broken =
            self.snapshot.problems.iter().filter_map(|problem| problem.place.as_ref()).find(|place| {
                CapsulePath::from_decoded(&place.file)
                    .is_ok_and(|file| names.contains(&file.without_extension()))
            });
        if let Some(place) = broken {
            return format!("{path} is nothing: {}", self.file(&place.file));
        }
        let essays = site.capsule().addressable().iter().map(|essay| essay.address());
        let files = site.capsule().files().map(|(file, _)| file.clone());
        let distance = |address: &CapsulePath| strsim::osa_distance(address.as_str(), path.as_str());
        let near = essays.chain(files).min_by_key(distance);
        match near.filter(|near| distance(near) * 2 <= path.as_str().len()) {
            Some(nearest) => format!("{path} is nothing; the nearest address is {nearest}"),
            None => format!("{path} is nothing"),
        }
    }
}

fn shown<'s>(site: &'s Site, path: &CapsulePath) -> Option<&'s Essay> {
    let capsule = site.capsule();
    let mut texts = capsule.addressable().iter().chain(capsule.page_texts());
    texts.find(|text| text.source.path == *path).map(AsRef::as_ref)
}

fn essay_addresses(essay: &Essay) -> String {
    let address = essay.address().to_url();
    let aliases: Vec<&str> = essay.metadata.aliases.iter().map(String::as_str).collect();
    if aliases.is_empty() { address } else { format!("{address}, also known as {}", aliases.join(", ")) }
}

fn source_of(site: &Site, path: &CapsulePath) -> Option<String> {
    let capsule = site.capsule();
    let essay = capsule.essay_known_as(path).or_else(|| capsule.introduction(path));
    essay.map(|essay| essay.source.path.as_relative().to_owned())
}
