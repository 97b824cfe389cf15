//! [`Rules`]: how the configuration of a site generator reads, addresses and shows its essays.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use jiff::tz::TimeZone;
use regex_automata::meta::Regex;

use super::{CapsulePath, Essay, SourceFile, slug};

/// How the configuration of a site generator reads, addresses and shows its essays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Patterns of addresses, as in `/:year/:month/:slug/`, each after its section, which is empty for all of them.
    pub permalinks: Vec<(String, String)>,
    /// The languages of essays, by their tags in file and folder names, with their folder if that has another name.
    pub languages: Vec<(String, Option<CapsulePath>)>,
    /// Keys of front matter with a meaning of their own on this site, each after the usual key of this meaning.
    pub keys: Vec<(String, String)>,
    /// The names of authors by the key that essays have.
    pub authors: HashMap<String, String>,
    /// Tags that hide essays, in lower case as far as they are ASCII.
    pub held_tags: HashSet<String>,
    /// Patterns after `!` of drafts that are public, if names such as `drafts` hide essays.
    pub public_drafts: Option<Vec<String>>,
    /// The time zone of dates without their own; by default UTC.
    pub time_zone: Option<TimeZone>,
    /// The settings with metadata of essays.
    pub defaults: Option<Arc<SourceFile>>,
    /// What stands in paths between a hidden text and those hidden with it: the slash after its folder, or a dot.
    pub hides_below: Option<char>,
    /// Whether essays with a future date are public.
    pub shows_future: bool,
    /// The rules of other sites, which hide essays in the folders before them.
    pub below: Vec<(CapsulePath, Self)>,
}

/// The most patterns that count for one essay. Sites have one or two for each section.
const MAX_PATTERNS: usize = 16;

/// Placeholders for the name of an essay, in lower case.
const NAMES: &str = "slug title name filename contentbasename slugorfilename postname slugorcontentbasename \
                     post_title page.fileslug";

/// Placeholders for parts of the date, in lower case, each before its format.
const DATES: &str = "year %Y 2006 %Y short_year %y 06 %y month %m monthnum %m 01 %m i_month %-m short_month %b jan %b \
                     long_month %B monthname %B january %B day %d 02 %d i_day %-d y_day %j yearday %j hour %H \
                     minute %M second %S short_day %a long_day %A weekdayname %A";

impl Rules {
    /// Returns the rules that hide the file at `path`, and the content folder of their site.
    pub(super) fn at(&self, path: &CapsulePath) -> (CapsulePath, &Self) {
        let below = self.below.iter().find(|(folder, _)| path.is_within(folder));
        below.map_or_else(|| (CapsulePath::root(), self), |(folder, rules)| (folder.clone(), rules))
    }

    /// Returns the addresses that `essay` has on the site of the generator, as far as they follow from patterns with
    /// dates, names and sections. Its name may be the slug, the name of the file or the title.
    pub(super) fn addresses<'a>(&'a self, essay: &'a Essay) -> impl Iterator<Item = CapsulePath> + 'a {
        let section = essay.base.segments().next().unwrap_or_default().trim_start_matches('_').to_lowercase();
        let is_for = move |of: &str| of.is_empty() || of == section;
        let patterns = self.permalinks.iter().filter(move |(of, _)| is_for(of)).map(|(_, pattern)| pattern);
        let patterns = patterns.take(MAX_PATTERNS);
        // Jekyll has patterns in front matter too.
        let own = essay.metadata.web_paths.iter().filter(|path| path.contains("/:"));
        let dateless = super::date::in_path(&[essay.base.name()]).1;
        let mut names = vec![essay.base.name().to_owned(), dateless.to_owned(), slug(&essay.title)];
        // Translations may share a slug.
        names.extend(essay.metadata.slug.clone());
        own.chain(patterns).flat_map(move |pattern| {
            let expanded = names.iter().filter_map(|name| expand(pattern, essay, name));
            // Hugo writes addresses in lower case.
            let forms = expanded.flat_map(|address| [address.to_lowercase(), address]);
            forms.filter_map(|address| CapsulePath::root().join(&address).ok()).collect::<Vec<_>>()
        })
    }
}

/// Matches a placeholder: `:slug` of Hugo, Jekyll and Hexo, `{slug}` of Pelican, `{{ page.fileSlug }}` of Eleventy, and
/// `%postname%`.
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r":[A-Za-z0-9_]*|\{[^}]*\}+|%[^%]*%").expect("valid"));

/// Returns the pattern with the values of its placeholders, or `None` if one of them is unknown.
fn expand(pattern: &str, essay: &Essay, name: &str) -> Option<String> {
    let pattern = pattern.trim_start_matches('/');
    let (mut address, mut read) = (String::from("/"), 0);
    for found in PLACEHOLDER.find_iter(pattern) {
        let key = pattern[found.range()].trim_matches(['{', '}', '%', ' ']).trim_start_matches(':');
        address += &pattern[read..found.start()];
        address += &value(key, essay, name)?;
        read = found.end();
    }
    Some(address + &pattern[read..])
}

fn value(key: &str, essay: &Essay, name: &str) -> Option<String> {
    let lower = key.to_ascii_lowercase();
    let of_date = DATES.split(' ').skip_while(|known| *known != lower).nth(1);
    if let Some(format) = key.strip_prefix("date:").or(of_date) {
        return essay.date?.format(format);
    }
    let (folder, categories) = (essay.base.parent(), &*essay.metadata.categories);
    let folders = || folder.segments();
    match &*lower {
        "lang" => essay.metadata.language.clone(),
        "section" => folders().next().map(str::to_owned),
        "sections" => Some(folders().collect::<Vec<_>>().join("/")),
        // Jekyll and Pelican take the folders for categories where there are no others.
        "category" | "categories" | "slugified_categories" => {
            let others = folders().filter(|folder| *folder != "_posts").collect::<Vec<_>>().join("/");
            Some(if categories.is_empty() { others } else { categories.into() })
        }
        "output_ext" => Some(String::new()),
        key => NAMES.split(' ').any(|known| known == key).then(|| name.to_owned()),
    }
}
