//! `lamplit check --why`: how one file or address is published or not, and by which rule.

use std::io::Write;
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::capsule::{CapsulePath, Content, Essay, bare_name, media};
use crate::config::{Capsule, Config};
use crate::disk::{Exclusion, FolderContents, SETTINGS_FILE, TOOLS};
use crate::problem::{nearest, printable_lines};
use crate::publish::{CapsuleSnapshot, PublishOptions, held_back};
use crate::site::{Lookup, Medium, Site};

/// Prints how `path` is published or not in each of `capsules`, or in the one that holds the file it names.
pub(super) fn run(path: &str, capsules: &[(&Config, &Capsule)], now: OffsetDateTime) -> anyhow::Result<()> {
    let holding = capsules.iter().find(|(_, capsule)| name_in(&capsule.content, Path::new(path)).is_some());
    let chosen = holding.map_or(capsules, std::slice::from_ref);
    for (config, capsule) in chosen {
        let (snapshot, contents) = CapsuleSnapshot::read(&PublishOptions::new(config, capsule), now)?;
        let why = Why { content: &capsule.content, snapshot: &snapshot, contents: &contents, now };
        let host = if chosen.len() > 1 { format!("{}: ", capsule.hosts[0]) } else { String::new() };
        writeln!(std::io::stdout(), "{}", printable_lines(&format!("{host}{}", why.explain(path))))?;
    }
    Ok(())
}

/// Returns the name of the file `path` relative to the folder `content`, if it lies there. A link is not followed.
fn name_in(content: &Path, path: &Path) -> Option<PathBuf> {
    std::fs::symlink_metadata(path).ok()?;
    let real = match path.file_name() {
        Some(name) => absolute(path).ok()?.parent()?.canonicalize().ok()?.join(name),
        None => path.canonicalize().ok()?,
    };
    real.strip_prefix(content.canonicalize().ok()?).ok().map(Path::to_owned)
}

struct Why<'a> {
    content: &'a Path,
    snapshot: &'a CapsuleSnapshot,
    contents: &'a FolderContents,
    now: OffsetDateTime,
}

impl Why<'_> {
    fn explain(&self, path: &str) -> String {
        let below = self.content.join(path.trim_start_matches('/'));
        let name = name_in(self.content, Path::new(path)).or_else(|| name_in(self.content, &below));
        let Some(name) = name.as_deref().map(Path::to_string_lossy) else { return self.address(path) };
        match self.left_out(&name) {
            Some(why) => why,
            None if self.content.join(&*name).is_dir() => self.address(&format!("/{name}/")),
            None => self.file(&name),
        }
    }

    /// Returns why the file or folder `name` is left out by its name or by that of a folder it is in, if it is.
    fn left_out(&self, name: &str) -> Option<String> {
        if name.split('/').any(|part| part.starts_with('.') && part != ".well-known") {
            return Some(format!("`{name}` is not published: names that start with a dot are hidden"));
        }
        let mut left_out = self.contents.left_out.iter();
        let (left_out, exclusion) = left_out.find(|(left_out, _)| Path::new(name).starts_with(left_out))?;
        let because = if left_out == name { String::new() } else { format!(", because `{left_out}` is left out") };
        let mut why = format!("`{name}` is not published{because}: it is {exclusion}");
        let is_own = matches!(exclusion, Exclusion::Pattern { file, .. } if file.as_deref() != Some(TOOLS));
        if !is_own && left_out != SETTINGS_FILE {
            let last = left_out.rsplit('/').next().unwrap_or_default();
            why += &format!("; the line `!{last}` in `.capsuleignore` publishes it");
        }
        Some(why)
    }

    fn file(&self, name: &str) -> String {
        let Ok(path) = CapsulePath::from_decoded(name) else {
            return format!("`{name}` is not published: it has a name that cannot be an address");
        };
        let (site, readers) = self.site(&path);
        let capsule = site.capsule();
        let held = capsule.read.get(&path).and_then(|essay| held_back(essay, self.now));
        let shown = capsule.addressable().iter().chain(capsule.page_texts()).find(|essay| essay.source.path == path);
        let problems = self.snapshot.problems.iter().filter(|problem| problem.position().0 == name);
        let problems: Vec<String> =
            problems.map(|problem| format!("\n{}: {}", problem.severity, problem.what)).collect();
        let what = match (held, shown) {
            (Some(held), _) if held.kind == "hidden" => {
                let line = held.line.map(|line| format!(", in line {line}")).unwrap_or_default();
                format!("hidden: {}{line}", held.why)
            }
            (held, Some(essay)) => {
                let aliases = essay.metadata.aliases.join(", ");
                let aliases = if aliases.is_empty() { aliases } else { format!(", also known as {aliases}") };
                let unlisted = held.map(|held| format!("; {}", held.why)).unwrap_or_default();
                format!("published at {}{aliases}{unlisted}", essay.address().to_url())
            }
            _ if capsule.files.contains_key(&path) || capsule.texts.contains_key(&path) => {
                format!("published at {} as it is, as {}", path.to_url(), media::of(&path).mime)
            }
            _ if problems.is_empty() => format!("not published: {}", self.unpublished(&path)),
            _ => "not published".to_owned(),
        };
        format!("`{name}` is {what}{}{readers}", problems.concat())
    }

    /// Returns why a file is not published that is neither left out nor hidden and has no mistakes.
    fn unpublished(&self, path: &CapsulePath) -> &'static str {
        match self.contents.files.iter().find(|file| file.path == *path).map(|file| &file.content) {
            Some(Content::File(_)) => "it is named after an essay that is hidden, or lies beside it or among drafts",
            Some(Content::Text(_)) => "another text introduces its folder, or it is a part of a template",
            Some(Content::Unread) | None => "it could not be read",
        }
    }

    /// Returns the site that shows what is at `path`, and which readers it is for unless it is public.
    fn site(&self, path: &CapsulePath) -> (&Site, String) {
        match self.snapshot.site.private_area(path) {
            Some(own) => (&own.site, format!(", for readers of the private folder `{}` only", own.area.path)),
            None => (&self.snapshot.site, String::new()),
        }
    }

    fn address(&self, address: &str) -> String {
        let path = match address.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => address,
        };
        let path = match CapsulePath::from_url(path) {
            Ok(path) => path,
            Err(error) => return format!("`{address}` is not an address: {error}"),
        };
        let (site, readers) = self.site(&path);
        let capsule = site.capsule();
        let shown_at = |path: &CapsulePath| {
            let essay = capsule.essay_known_as(path).or_else(|| capsule.introduction(path))?;
            Some(format!("shows `{}`", essay.source.path.as_relative()))
        };
        let what = match site.lookup(&path, Medium::Gemini) {
            Lookup::Page(_) => shown_at(&path).unwrap_or_else(|| "is a page that Lamplit generates".to_owned()),
            Lookup::File(_, media) => format!("is the file `{}`, as {}", path.as_relative(), media.mime),
            Lookup::Moved(target) => {
                let shows = shown_at(&target).map(|shows| format!(", which {shows}"));
                format!("redirects to {target}{}", shows.unwrap_or_default())
            }
            Lookup::Search(_) => "is the search".to_owned(),
            Lookup::Withdrawn => "is withdrawn: `gone` in the configuration names it".to_owned(),
            Lookup::Missing => return format!("{path} is nothing{}", self.missing(site, &path)),
        };
        format!("{path} {what}{readers}")
    }

    /// Returns why nothing is at `path`: what would be there is hidden or broken; or which address is similar.
    fn missing(&self, site: &Site, path: &CapsulePath) -> String {
        let capsule = site.capsule();
        let bare = CapsulePath::from_decoded(path.as_str().trim_end_matches('/')).unwrap_or_else(|_| path.clone());
        let names = [bare.without_extension(), bare];
        let is_alias =
            |alias: &String| CapsulePath::root().join(alias).ok().as_ref().and_then(bare_name) == bare_name(path);
        let is_meant = |essay: &&Arc<Essay>| {
            let paths = [essay.base.clone(), essay.source.path.without_extension()];
            paths.iter().any(|path| names.contains(path)) || essay.metadata.aliases.iter().any(is_alias)
        };
        let is_broken =
            |file: &&str| CapsulePath::from_decoded(file).is_ok_and(|file| names.contains(&file.without_extension()));
        let meant = capsule.read.values().find(is_meant).map(|essay| essay.source.path.as_relative());
        let mut broken = self.snapshot.problems.iter().map(|problem| problem.position().0);
        if let Some(file) = meant.or_else(|| broken.find(is_broken)) {
            return format!(": {}", self.file(file));
        }
        let essays = capsule.addressable().iter().map(|essay| essay.address());
        let addresses: Vec<_> = essays.chain(capsule.files.keys().cloned()).collect();
        let nearest = nearest(path.as_str(), addresses.iter().map(CapsulePath::as_str));
        nearest.map(|nearest| format!("; the nearest address is {nearest}")).unwrap_or_default()
    }
}
