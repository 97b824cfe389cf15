//! What an author can correct: dead links, pictures without alternative text, content that is left out.
//!
//! Only texts that readers may see are checked; future dates are reported for hidden ones too. Links are resolved by
//! the code that writes them into pages. URLs of other servers and `#fragment`s are not checked.

use std::collections::HashMap;
use std::ops::Range;

use super::links::{has_scheme, is_wiki};
use super::lookup::Lookup;
use super::options::Medium;
use super::snapshot::Site;
use crate::capsule::{CapsulePath, Essay, EssayDate, HiddenReason, Visibility, bare_name};
use crate::markup::{Image, Link, lines};
use crate::problem::{Problem, SourceText, Topic};
use crate::render::{Resolve, Target};

/// Returns the problems in the texts of `site` at the time `now`, sorted by file and place.
pub fn lint(site: &Site, now: time::OffsetDateTime) -> Vec<Problem> {
    let capsule = site.capsule();
    let mut read: Vec<&Essay> = capsule.read.values().map(AsRef::as_ref).collect();
    read.sort_by(|a, b| a.source.path.cmp(&b.source.path));
    let hidden = read.iter().filter_map(|essay| match essay.visibility(now) {
        Visibility::Hidden(reason) => Some((*essay, reason)),
        _ => None,
    });
    let hidden = hidden.flat_map(|(essay, reason)| {
        [essay.base.clone(), essay.source.path.without_extension()].map(|path| (path, (essay, reason)))
    });
    let lint = Lint { site, hidden: hidden.collect() };
    let mut problems: Vec<Problem> = read.iter().flat_map(|essay| dates(essay, now)).collect();
    for essay in capsule.addressable().iter().chain(capsule.page_texts()) {
        lint.text(essay, &mut problems);
        lint.aliases(essay, &mut problems);
    }
    robots(site, &mut problems);
    problems.sort_by(|a, b| a.position().cmp(&b.position()));
    problems
}

struct Lint<'s> {
    site: &'s Site,
    /// The hidden essays by address and by file, both without extension.
    hidden: HashMap<CapsulePath, (&'s Essay, HiddenReason)>,
}

impl Lint<'_> {
    fn text(&self, essay: &Essay, problems: &mut Vec<Problem>) {
        let text = essay.text();
        let source = SourceText::new(file(essay), &text.whole);
        let start = text.body_range.start;
        let document = text.document(&self.site.options().markdown);
        let place = |offset, written: &str| source.place(span_of_link(&source, start + offset, written.trim()));
        for link in &document.links {
            let found = self.link(essay, link);
            problems.extend(found.map(|problem| problem.at(place(link.offset, &link.destination))));
        }
        for picture in document.pictures() {
            let found = self.picture(essay, picture);
            problems.extend(found.map(|problem| problem.at(place(picture.offset, &picture.source))));
        }
        if let Some(cover) = essay.metadata.cover.as_ref().filter(|cover| self.leads_nowhere(essay, &cover.source)) {
            let problem = Problem::error(format!("the cover picture `{}` is not there", cover.source));
            problems.push(in_head(problem.about(Topic::MissingPicture), essay, &cover.source));
        }
        if let Some(to) = &essay.metadata.redirect {
            let is_dead = self.leads_nowhere(essay, to);
            let end = if is_dead { "to nothing" } else { "in a circle" };
            if is_dead || matches!(self.site.follow(&essay.address(), Medium::Gemini), Lookup::Moved(_)) {
                let problem = Problem::error(format!("the essay has moved to `{to}`, which leads {end}"));
                problems.push(in_head(problem.about(Topic::DeadLink), essay, to));
            }
        }
        for notice in &document.notices {
            let problem = Problem::warning(notice.what.as_str()).about(Topic::LeftOut);
            problems.push(problem.at(source.place(span_of_tag(&source, start + notice.offset))));
        }
    }

    fn link(&self, essay: &Essay, link: &Link<'_>) -> Option<Problem> {
        let written = link.destination.trim();
        let problem = if is_wiki(link) {
            let found = |medium| self.site.links(&essay.source.path, medium).link(link) != Target::Unknown;
            if has_scheme(written) || Medium::ALL.into_iter().any(found) {
                return None;
            }
            Problem::warning(format!("no essay is called `{written}`: the link is shown as it is written"))
        } else if self.leads_nowhere(essay, written) {
            Problem::error(format!("`{written}` leads to nothing in the capsule"))
        } else {
            return None;
        };
        Some(Problem { topic: Topic::DeadLink, hint: self.hint(essay, written), ..problem })
    }

    fn picture(&self, essay: &Essay, picture: &Image<'_>) -> impl Iterator<Item = Problem> {
        let written = picture.source.trim();
        let missing = || Problem::error(format!("the picture `{written}` is not there")).about(Topic::MissingPicture);
        // A title or caption describes a picture as well.
        let is_described = !picture.alt.trim().is_empty() || !picture.title.trim().is_empty();
        let undescribed = (!is_described).then(|| {
            let problem = Problem::warning("the picture has no alternative text").about(Topic::MissingAlt);
            problem.hint("describe it in its brackets: `![a lamp at night](lamp.png)`")
        });
        self.leads_nowhere(essay, written).then(missing).into_iter().chain(undescribed)
    }

    /// Returns whether `written` is a reference within the capsule that names nothing for readers of either medium.
    fn leads_nowhere(&self, essay: &Essay, written: &str) -> bool {
        let written = written.trim();
        let is_local = !has_scheme(written) && !written.starts_with("//");
        is_local
            && Medium::ALL.into_iter().all(|medium| {
                let links = self.site.links(&essay.source.path, medium);
                let is_dead = |path| matches!(self.site.lookup(path, medium), Lookup::Missing | Lookup::Withdrawn);
                links.image(written) == Target::Unknown && links.paths(written).iter().all(is_dead)
            })
    }

    /// Returns why the target of a dead link is hidden, else which essay of another folder has its name.
    fn hint(&self, essay: &Essay, written: &str) -> Option<String> {
        let paths = self.site.links(&essay.source.path, Medium::Gemini).paths(written);
        let hidden = paths.iter().find_map(|path| self.hidden.get(&bare_name(path)?));
        let Some((target, reason)) = hidden else {
            let (path, titles) = (paths.first()?, self.site.context.titles());
            let other = titles.essay(path.name()).or_else(|| titles.essay(path.stem()))?;
            return Some(format!("`{}` has that name", file(self.site.context.essay(other))));
        };
        let why = match reason {
            HiddenReason::Draft => "is a draft",
            HiddenReason::Unpublished => "is not published",
            HiddenReason::Expired => "has expired",
            HiddenReason::Future => "is dated in the future",
        };
        Some(format!("`{}` {why}", file(target)))
    }

    /// Reports former addresses, and addresses on the Web, that lead elsewhere or that another page or file has.
    fn aliases(&self, essay: &Essay, problems: &mut Vec<Problem>) {
        let medium = if Medium::Gemini.serves(essay) { Medium::Gemini } else { Medium::Gopher };
        let own = self.site.links(&essay.source.path, medium).address(essay);
        for alias in essay.former_addresses() {
            let paths = [CapsulePath::root().join(alias), essay.base.join(alias)].into_iter().flatten();
            let paths: Vec<CapsulePath> = paths.filter(|path| bare_name(path).is_some()).collect();
            let target = |path: &CapsulePath| match self.site.lookup(path, medium) {
                Lookup::Moved(to) => Some(to),
                Lookup::Missing | Lookup::Withdrawn => None,
                _ => Some(path.clone()),
            };
            let targets: Vec<CapsulePath> = paths.iter().filter_map(target).collect();
            let Some(other) = targets.first().filter(|_| !targets.contains(&own)) else { continue };
            let what = format!("the alias `{alias}` leads to {other} instead of this essay");
            let problem = Problem::warning(what).about(Topic::DuplicateAddress);
            let problem = problem.hint("another file has that address or claims it");
            problems.push(in_head(problem, essay, alias));
        }
    }
}

fn dates(essay: &Essay, now: time::OffsetDateTime) -> impl Iterator<Item = Problem> {
    let in_future = |what: String, day: &str| in_head(Problem::warning(what).about(Topic::FutureDate), essay, day);
    let is_hidden = essay.visibility(now) == Visibility::Hidden(HiddenReason::Future);
    let hidden = is_hidden.then(|| {
        let day = [essay.date, essay.metadata.publish].into_iter().flatten().max_by_key(EssayDate::instant);
        let day = day.map(|day| day.to_string()).unwrap_or_default();
        in_future(format!("the essay is dated {day} and hidden until then"), &day)
    });
    let updated = essay.metadata.updated.filter(|date| date.instant() > now).map(|updated| {
        let what = format!("the essay says it was changed on {updated}, which is in the future");
        in_future(what, &updated.to_string())
    });
    hidden.into_iter().chain(updated)
}

/// Reports lines that crawlers ignore over Gemini (robots.txt companion specification).
fn robots(site: &Site, problems: &mut Vec<Problem>) {
    let robots = CapsulePath::from_decoded("robots.txt").ok();
    let Some(robots) = robots.and_then(|path| site.capsule().texts.get(&path)) else { return };
    let text = robots.text();
    let text = String::from_utf8_lossy(&text);
    let source = SourceText::new("robots.txt", &text);
    for (at, line) in lines(&text) {
        let rule = line.split('#').next().unwrap_or_default().trim_end();
        let key = rule.split_once(':').map(|(key, _)| key.trim().to_ascii_lowercase());
        if !rule.trim().is_empty() && !matches!(key.as_deref(), Some("user-agent" | "disallow")) {
            let problem = Problem::warning(format!("crawlers ignore `{}`", rule.trim()));
            let problem = problem.about(Topic::Robots).at(source.place(at..at + rule.len()));
            problems.push(problem.hint("over Gemini they know `User-agent:` and `Disallow:` only"));
        }
    }
}

fn file(essay: &Essay) -> &str {
    essay.source.path.as_relative()
}

/// Sets the place of a problem to `value` in the front matter, or to the file if `value` is written differently there.
fn in_head(problem: Problem, essay: &Essay, value: &str) -> Problem {
    let text = essay.text();
    match text.whole[..text.body_range.start].find(value) {
        Some(at) => problem.at(SourceText::new(file(essay), &text.whole).place(at..at + value.len())),
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

fn span_of_tag(source: &SourceText<'_>, start: usize) -> Range<usize> {
    let rest = source.window(start);
    let close = match rest.get(..2) {
        Some("{%") => "%}",
        Some("{{") => "}}",
        _ => ">",
    };
    start..start + rest.find(close).map_or(1, |at| at + close.len())
}
