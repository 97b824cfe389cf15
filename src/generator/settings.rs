//! [`Settings`]: the values in the settings files of a site, by their keys, in any format.

use crate::capsule::settings_in;

/// Hosts in the examples of generators, which have no site.
const EXAMPLES: [&str; 3] = ["example.com", "example.org", "example.net"];

/// Addresses that stand for a style in Jekyll's `permalink`.
const STYLES: [(&str, &str); 5] = [
    ("pretty", "/:categories/:year/:month/:day/:title/"),
    ("date", "/:categories/:year/:month/:day/:title"),
    ("ordinal", "/:categories/:year/:y_day/:title"),
    ("weekdate", "/:categories/:year/W:week/:short_day/:title"),
    ("none", "/:categories/:title"),
];

/// The files of a site, looked up by paths relative to its folder.
pub trait Source {
    /// Returns whether there is a file or folder at `path`.
    fn exists(&self, path: &str) -> bool;
    /// Returns the names in the folder itself.
    fn names(&self) -> Vec<String>;
    /// Returns the text of a file, if it is short enough and in UTF-8.
    fn text(&self, path: &str) -> Option<String>;
}

/// A value that a site states, and the file that states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The value.
    pub value: String,
    /// The file, relative to the folder of the site.
    pub file: String,
}

/// The values in files of settings, in the order of the files.
pub(super) struct Settings {
    values: Vec<(String, Fact)>,
    /// The files that were read.
    pub(super) files: Vec<String>,
}

impl Settings {
    pub(super) fn read(site: &dyn Source, names: impl IntoIterator<Item = String>) -> Self {
        let mut settings = Self { values: Vec::new(), files: Vec::new() };
        for name in names {
            let Some(text) = site.text(&name).filter(|_| !settings.files.contains(&name)) else { continue };
            let values = match name.rsplit('.').next() {
                Some("toml" | "yaml" | "yml" | "json") => settings_in(&name, &text),
                Some("xml") => elements(&text),
                _ => literals(&text),
            };
            let fact = |(key, value)| (key, Fact { value, file: name.clone() });
            settings.values.extend(values.into_iter().map(fact));
            settings.files.push(name);
        }
        settings
    }

    /// Returns the value of the first of `keys` that has one.
    pub(super) fn first(&self, keys: &str) -> Option<Fact> {
        keys.split_whitespace().find_map(|key| self.all(key).next()).cloned()
    }

    pub(super) fn has(&self, key: &str, value: &str) -> bool {
        self.all(key).any(|fact| fact.value == value)
    }

    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Fact> {
        let is_given = move |(name, fact): &&(String, Fact)| name == key && !fact.value.trim().is_empty();
        self.values.iter().filter(is_given).map(|(_, fact)| fact)
    }

    /// Returns the folders of a list, in which `@key` stands for a value.
    pub(super) fn folders(&self, list: &str) -> Vec<String> {
        let folder = |item: &str| match item.strip_prefix('@') {
            Some(key) => self.first(key).map(|fact| fact.value),
            None => Some(item.to_owned()),
        };
        let folders = list.split_whitespace().filter_map(folder);
        folders.map(|folder| folder.trim_start_matches("./").trim_matches(['/', '.']).to_owned()).collect()
    }

    /// Returns the patterns that are values of `keys`.
    pub(super) fn patterns(&self, keys: &str) -> Vec<String> {
        let values = keys.split_whitespace().flat_map(|key| self.all(key));
        let lines = values.flat_map(|fact| fact.value.lines()).map(str::trim);
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
    }

    /// Returns the folders of which the setting behind them says that they are not published.
    pub(super) fn unpublished(&self, (folders, published): (&str, &str)) -> Vec<String> {
        let mut folder = "";
        let mut unpublished = Vec::new();
        for (key, Fact { value, .. }) in &self.values {
            if key == folders {
                folder = value.trim_matches('/');
            } else if key == published && value == "false" {
                unpublished.push(if folder.is_empty() { "/*".to_owned() } else { format!("/{folder}") });
            }
        }
        unpublished
    }

    /// Returns the address of the site on the Web, unless it is that of an example.
    pub(super) fn web(&self, keys: &str) -> Option<Fact> {
        let mut fact = self.first(keys)?;
        if !fact.value.contains("://") {
            fact.value = format!("https://{}", fact.value.trim_start_matches('/'));
        }
        let url = url::Url::parse(&fact.value).ok()?;
        let host = url.host_str()?;
        let is_example =
            EXAMPLES.iter().any(|example| host == *example || host.ends_with(&format!(".{example}")));
        (host.contains('.') && !is_example).then_some(fact)
    }

    /// Returns the patterns of addresses that are values of `keys`, with the sections that they are for.
    pub(super) fn permalinks(&self, keys: &str) -> Vec<(String, String)> {
        let mut patterns = Vec::new();
        for key in keys.split_whitespace() {
            for (name, fact) in &self.values {
                let section = name
                    .strip_prefix(key)
                    .filter(|rest| rest.is_empty() || key.ends_with('.') && !rest.contains('.'));
                let Some(section) = section else { continue };
                let style =
                    STYLES.iter().find(|(style, _)| *style == fact.value).map(|(_, pattern)| *pattern);
                patterns.push((section.to_owned(), style.unwrap_or(&fact.value).to_owned()));
            }
        }
        patterns
    }
}

/// Returns the values of a program in JavaScript, TypeScript or Python that stand literally behind `key:` or `key =`:
/// texts in quotes, lists of them, and truth values.
fn literals(text: &str) -> Vec<(String, String)> {
    let mut values = Vec::new();
    let is_comment =
        |line: &&str| !["//", "#", "*", "/*"].iter().any(|mark| line.trim_start().starts_with(mark));
    for line in text.lines().filter(is_comment) {
        let mut rest = line;
        while let Some(at) = rest.find([':', '=']) {
            let key = rest[..at].trim_end().trim_end_matches(['"', '\'']);
            let start = key.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
            let key = key[start..].to_lowercase();
            rest = rest[at + 1..].trim_start();
            let mut found = Vec::new();
            if let Some((value, after)) = quoted(rest) {
                found.push(value);
                rest = after;
            } else if let Some(list) = rest.strip_prefix('[').and_then(|list| list.split(']').next()) {
                let mut list = list;
                while let Some((value, after)) =
                    list.find(['"', '\'', '`']).and_then(|at| quoted(&list[at..]))
                {
                    found.push(value);
                    list = after;
                }
            } else {
                let word = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
                found.extend(["true", "false"].into_iter().find(|truth| word.eq_ignore_ascii_case(truth)));
            }
            let is_value = |value: &&str| !key.is_empty() && !value.contains("${");
            values.extend(found.into_iter().filter(is_value).map(|value| (key.clone(), value.to_owned())));
        }
    }
    values
}

/// Splits `text` behind the text in quotes that it starts with.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| ['"', '\'', '`'].contains(c))?;
    text[1..].split_once(quote)
}

/// Returns the texts of the elements in a document, by their names.
fn elements(text: &str) -> Vec<(String, String)> {
    let element = |part: &str| {
        let (name, rest) = part.split_once('>')?;
        Some((name.to_lowercase(), rest.trim().replace("&amp;", "&")))
    };
    text.split('<').take(400).filter_map(element).collect()
}
