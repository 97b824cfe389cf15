//! What an author can correct: dead links, pictures without alternative text, content that is left out.
//!
//! Only texts that readers may see are checked, except for dates in the future. Links are resolved by the code that
//! writes them into pages. URLs of other servers and `#fragment`s are not checked.

use std::collections::HashMap;
use std::ops::Range;

use time::OffsetDateTime;

use super::links::{Links, has_scheme, is_wiki};
use super::lookup::Lookup;
use super::options::Medium;
use super::snapshot::Site;
use crate::capsule::{CapsulePath, Essay, EssayDate, HiddenReason, Visibility, bare_name};
use crate::markup::{Image, Link};
use crate::problem::{Problem, SourceText, Topic};
use crate::render::{Resolve, Target};

/// Returns the problems in the texts of `site` at the time `now`, sorted by file and place.
pub fn lint(site: &Site, now: OffsetDateTime) -> Vec<Problem> {
    let capsule = site.capsule();
    let mut read: Vec<&Essay> = capsule.all_read().map(AsRef::as_ref).collect();
    read.sort_by(|a, b| a.source.path.cmp(&b.source.path));
    let mut lint = Lint { site, hidden: hidden(&read, now), by_name: HashMap::new(), problems: Vec::new() };
    for essay in capsule.essays() {
        lint.by_name.entry(essay.base.name()).or_insert(essay);
    }
    for essay in &read {
        lint.dates(essay, now);
    }
    for essay in capsule.addressable().iter().chain(capsule.page_texts()) {
        lint.text(essay);
        lint.aliases(essay);
    }
    lint.robots();
    let mut problems = lint.problems;
    problems.sort_by(|a, b| a.position().cmp(&b.position()));
    problems
}

/// Returns the hidden essays by address and by file, both without extension.
fn hidden<'e>(read: &[&'e Essay], now: OffsetDateTime) -> HashMap<CapsulePath, (&'e Essay, HiddenReason)> {
    let mut hidden = HashMap::new();
    for essay in read {
        if let Visibility::Hidden(reason) = essay.visibility(now) {
            hidden.insert(essay.base.clone(), (*essay, reason));
            hidden.insert(essay.source.path.without_extension(), (*essay, reason));
        }
    }
    hidden
}

struct Lint<'s> {
    site: &'s Site,
    hidden: HashMap<CapsulePath, (&'s Essay, HiddenReason)>,
    /// The first essay of each name, without folder and extension.
    by_name: HashMap<&'s str, &'s Essay>,
    problems: Vec<Problem>,
}

impl Lint<'_> {
    fn text(&mut self, essay: &Essay) {
        let text = essay.text();
        let source = SourceText::new(file(essay), text.whole());
        let start = text.body_offset();
        let document = text.document(&self.site.options().markdown);
        for link in &document.links {
            self.link(essay, &source, start + link.offset, link);
        }
        for picture in document.pictures() {
            self.picture(essay, &source, start + picture.offset, picture);
        }
        if let Some(cover) = &essay.metadata.cover
            && self.leads_nowhere(essay, &cover.source)
        {
            let problem = Problem::error(format!("the cover picture `{}` is not there", cover.source));
            self.problems.push(in_head(problem.about(Topic::MissingPicture), essay, &cover.source));
        }
        for notice in &document.notices {
            let problem = Problem::warning(notice.what.as_str()).about(Topic::LeftOut);
            self.problems.push(problem.at(source.place(span_of_tag(&source, start + notice.offset))));
        }
    }

    fn link(&mut self, essay: &Essay, source: &SourceText<'_>, offset: usize, link: &Link<'_>) {
        let written = link.destination.trim();
        let problem = if is_wiki(link) {
            let found = |medium| links(self.site, essay, medium).link(link) != Target::Unknown;
            if has_scheme(written) || Medium::ALL.into_iter().any(found) {
                return;
            }
            Problem::warning(format!("no essay is called `{written}`: the link is shown as it is written"))
        } else if self.leads_nowhere(essay, written) {
            Problem::error(format!("`{written}` leads to nothing in the capsule"))
        } else {
            return;
        };
        let problem = problem.about(Topic::DeadLink).at(source.place(span_of_link(source, offset, written)));
        self.problems.push(match self.hint(essay, written) {
            Some(hint) => problem.hint(hint),
            None => problem,
        });
    }

    fn picture(&mut self, essay: &Essay, source: &SourceText<'_>, offset: usize, picture: &Image<'_>) {
        let written = picture.source.trim();
        let place = || source.place(span_of_link(source, offset, written));
        if self.leads_nowhere(essay, written) {
            let problem = Problem::error(format!("the picture `{written}` is not there"));
            self.problems.push(problem.about(Topic::MissingPicture).at(place()));
        }
        // A title or caption describes a picture as well.
        if picture.alt.trim().is_empty() && picture.title.trim().is_empty() {
            let problem = Problem::warning("the picture has no alternative text");
            let problem = problem.about(Topic::MissingAlt).at(place());
            self.problems.push(problem.hint("describe it in its brackets: `![a lamp at night](lamp.png)`"));
        }
    }

    /// Returns whether `written` is a reference within the capsule that names nothing for readers of either medium.
    fn leads_nowhere(&self, essay: &Essay, written: &str) -> bool {
        let written = written.trim();
        if has_scheme(written) || written.starts_with("//") {
            return false;
        }
        Medium::ALL.into_iter().all(|medium| {
            let links = links(self.site, essay, medium);
            let answers = |path: &CapsulePath| {
                !matches!(self.site.lookup(path, medium), Lookup::Missing | Lookup::Withdrawn)
            };
            links.image(written) == Target::Unknown && !links.paths(written).iter().any(answers)
        })
    }

    /// Returns why the target of a dead link is hidden, else which essay of another folder has its name.
    fn hint(&self, essay: &Essay, written: &str) -> Option<String> {
        let paths = links(self.site, essay, Medium::Gemini).paths(written);
        let bare = |path: &CapsulePath| CapsulePath::from_decoded(path.as_str().trim_end_matches('/')).ok();
        let hidden = paths.iter().find_map(|path| {
            let bare = bare(path)?;
            self.hidden.get(&bare).or_else(|| self.hidden.get(&bare.without_extension()))
        });
        let Some((target, reason)) = hidden else {
            let name = bare(paths.first()?)?;
            let other = self.by_name.get(name.name()).or_else(|| self.by_name.get(name.stem()))?;
            return Some(format!("`{}` has that name", file(other)));
        };
        let why = match reason {
            HiddenReason::Draft => "is a draft",
            HiddenReason::Unpublished => "is not published",
            HiddenReason::Expired => "has expired",
            HiddenReason::Future => "is dated in the future",
        };
        Some(format!("`{}` {why}", file(target)))
    }

    fn dates(&mut self, essay: &Essay, now: OffsetDateTime) {
        let metadata = &essay.metadata;
        let mut report = |what: String, day: &str| {
            let problem = Problem::warning(what).about(Topic::FutureDate);
            self.problems.push(in_head(problem, essay, day));
        };
        if essay.visibility(now) == Visibility::Hidden(HiddenReason::Future) {
            let day = [essay.date, metadata.publish].into_iter().flatten().max_by_key(EssayDate::instant);
            let day = day.map(|day| day.to_string()).unwrap_or_default();
            report(format!("the essay is dated {day} and hidden until then"), &day);
        }
        if let Some(updated) = metadata.updated.filter(|date| date.instant() > now) {
            let what = format!("the essay says it was changed on {updated}, which is in the future");
            report(what, &updated.to_string());
        }
    }

    /// Reports former addresses and addresses on the Web that lead elsewhere: another essay claims them, or a page or file
    /// has them.
    fn aliases(&mut self, essay: &Essay) {
        let medium = if Medium::Gemini.serves(essay) { Medium::Gemini } else { Medium::Gopher };
        let own = links(self.site, essay, medium).address(essay);
        let written = essay.metadata.aliases.iter().chain(&essay.metadata.web_paths);
        for alias in written.filter(|alias| !alias.contains(':')) {
            let paths = [CapsulePath::root().join(alias), essay.base.join(alias)].into_iter().flatten();
            let paths: Vec<CapsulePath> = paths.filter(|path| bare_name(path).is_some()).collect();
            let target = |path: &CapsulePath| match self.site.lookup(path, medium) {
                Lookup::Moved(to) => Some(to),
                Lookup::Missing | Lookup::Withdrawn => None,
                _ => Some(path.clone()),
            };
            let targets: Vec<CapsulePath> = paths.iter().filter_map(target).collect();
            let Some(other) = targets.first().filter(|_| !targets.contains(&own)) else { continue };
            let problem =
                Problem::warning(format!("the alias `{alias}` leads to {other} instead of this essay"));
            let problem =
                problem.about(Topic::DuplicateAddress).hint("another file has that address or claims it");
            self.problems.push(in_head(problem, essay, alias));
        }
    }

    /// Reports lines that crawlers ignore over Gemini (robots.txt companion specification).
    fn robots(&mut self) {
        let robots = CapsulePath::from_decoded("robots.txt").ok();
        let Some(robots) = robots.and_then(|path| self.site.capsule().text(&path)) else { return };
        let text = robots.text();
        let text = String::from_utf8_lossy(&text);
        let source = SourceText::new("robots.txt", &text);
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let rule = line[..line.find('#').unwrap_or(line.len())].trim_end();
            let is_known = match rule.split_once(':') {
                Some((key, _)) => {
                    ["user-agent", "disallow"].contains(&key.trim().to_ascii_lowercase().as_str())
                }
                None => rule.trim().is_empty(),
            };
            if !is_known {
                let problem = Problem::warning(format!("crawlers ignore `{}`", rule.trim()));
                let problem = problem.about(Topic::Robots).at(source.place(at..at + rule.len()));
                self.problems.push(problem.hint("over Gemini they know `User-agent:` and `Disallow:` only"));
            }
            at += line.len();
        }
    }
}

fn links<'s>(site: &'s Site, essay: &'s Essay, medium: Medium) -> Links<'s> {
    site.links(&essay.source.path, medium)
}

fn file(essay: &Essay) -> &str {
    essay.source.path.as_relative()
}

/// Adds the place of `value` in the front matter to a problem, or only the file if it is written differently there.
fn in_head(problem: Problem, essay: &Essay, value: &str) -> Problem {
    let text = essay.text();
    match text.whole()[..text.body_offset()].find(value) {
        Some(at) => problem.at(SourceText::new(file(essay), text.whole()).place(at..at + value.len())),
        None => problem.in_file(file(essay)),
    }
}

/// Returns the range to underline of a link or picture at the byte `start`: to the end of its address or label.
fn span_of_link(source: &SourceText<'_>, start: usize, written: &str) -> Range<usize> {
    let rest = source.window(start);
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    let address = line.find("](").unwrap_or(0);
    let end = line[address..].find(written).map(|at| address + at + written.len());
    let end = end.or_else(|| line.find(']').map(|at| at + 1)).unwrap_or(1);
    start..start + end
}

/// Returns the range to underline of a tag that starts at the byte `start`.
fn span_of_tag(source: &SourceText<'_>, start: usize) -> Range<usize> {
    let rest = source.window(start);
    let close = match rest.get(..2) {
        Some("{%") => "%}",
        Some("{{") => "}}",
        _ => ">",
    };
    start..start + rest.find(close).map_or(1, |at| at + close.len())
}
