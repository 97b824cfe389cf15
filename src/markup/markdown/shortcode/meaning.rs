//! The meaning of the known template tags, in Markdown.

use super::super::source::collapsed;
use super::tags::{ShortTag, arguments};

/// The replacement of a tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// This Markdown.
    Markdown(String),
    /// A picture in Markdown, and its caption, which becomes a paragraph of its own where one may start.
    Figure { picture: String, caption: String },
    /// The tag and its counterpart enclose code in this language.
    Code(String),
    /// The tag is removed with all text up to its counterpart.
    Comment,
    /// Text up to the counterpart is kept, including template tags.
    Raw,
    /// The tag is removed without a notice.
    Nothing,
    /// The tag is removed with a notice.
    Unknown,
}

pub(super) fn meaning(tag: &ShortTag<'_>) -> Meaning {
    let mut arguments = Arguments(arguments(tag.arguments));
    let mut name = tag.name;
    if matches!(name, "include" | "include_relative") && !arguments.0.is_empty() {
        // Jekyll's includes are templates by file name: `{% include youtube.html id="x" %}`.
        let (_, file) = arguments.0.remove(0);
        name = file.rsplit('/').next().unwrap_or(file);
        name = name.split('.').next().unwrap_or(name);
    }
    if let Some(language) = name.strip_prefix("code-").or_else(|| name.strip_prefix("highlight-")) {
        return Meaning::Code(language.to_owned());
    }
    match name {
        "figure" | "img" | "image" | "picture" => arguments.picture(),
        "highlight" | "high" | "code" | "codeblock" => {
            let language = arguments.first(&["lang", "language"]).unwrap_or("");
            Meaning::Code(language.strip_prefix("lang:").unwrap_or(language).to_owned())
        }
        "ref" | "relref" | "link" => arguments.destination(&["path"], ""),
        "post_url" => arguments.destination(&[], ".md"),
        "youtube" => arguments.link("YouTube video", "https://www.youtube.com/watch?v="),
        "vimeo" => arguments.link("Vimeo video", "https://vimeo.com/"),
        "gist" => arguments.gist(),
        "tweet" | "x" | "twitter" => arguments.post(),
        "comment" => Meaning::Comment,
        "raw" => Meaning::Raw,
        "site.baseurl" | "site.url" | "toc" => Meaning::Nothing,
        _ => Meaning::Unknown,
    }
}

struct Arguments<'s>(Vec<(Option<&'s str>, &'s str)>);

impl<'s> Arguments<'s> {
    /// Returns the value of the first of `names` that has one.
    fn named(&self, names: &[&str]) -> Option<&'s str> {
        names.iter().find_map(|name| {
            let found = self.0.iter().find(|(key, _)| key.is_some_and(|key| key.eq_ignore_ascii_case(name)));
            found.map(|(_, value)| *value).filter(|value| !value.is_empty())
        })
    }

    fn positional(&self, index: usize) -> Option<&'s str> {
        self.0.iter().filter(|(key, _)| key.is_none()).nth(index).map(|(_, value)| *value)
    }

    fn first(&self, names: &[&str]) -> Option<&'s str> {
        self.named(names).or_else(|| self.positional(0))
    }

    fn picture(&self) -> Meaning {
        let Some(source) = self.first(&["src", "path", "url", "image"]) else { return Meaning::Unknown };
        let alt = self.named(&["alt"]).unwrap_or_default();
        let caption = self.named(&["caption", "title"]).unwrap_or_default();
        let caption = if caption == alt { "" } else { caption };
        let title = if alt.is_empty() { title(caption) } else { String::new() };
        let picture = format!("![{}](<{}>{title})", escaped(alt), destination(source));
        let picture = match self.named(&["link"]) {
            Some(target) => format!("[{picture}](<{}>)", destination(target)),
            None => picture,
        };
        if caption.is_empty() || alt.is_empty() {
            return Meaning::Markdown(picture);
        }
        Meaning::Figure { picture, caption: caption.to_owned() }
    }

    fn destination(&self, names: &[&str], extension: &str) -> Meaning {
        match self.first(names) {
            Some(path) => Meaning::Markdown(destination(path) + extension),
            None => Meaning::Unknown,
        }
    }

    fn link(&self, label: &str, base: &str) -> Meaning {
        let Some(id) = self.first(&["id"]) else { return Meaning::Unknown };
        let label = self.named(&["title"]).unwrap_or(label);
        let address = if id.contains("://") { destination(id) } else { format!("{base}{}", destination(id)) };
        Meaning::Markdown(format!("[{}](<{address}>)", escaped(label)))
    }

    fn gist(&self) -> Meaning {
        if let Some(address) = self.named(&["url"]) {
            return Meaning::Markdown(format!("[Gist](<{}>)", destination(address)));
        }
        let Some(first) = self.positional(0) else { return Meaning::Unknown };
        let id = match self.positional(1) {
            Some(id) if !first.contains('/') && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                format!("{first}/{id}")
            }
            _ => first.to_owned(),
        };
        Meaning::Markdown(format!("[Gist](<https://gist.github.com/{}>)", destination(&id)))
    }

    fn post(&self) -> Meaning {
        let Some(id) = self.named(&["id"]).or_else(|| self.positional(0)) else { return Meaning::Unknown };
        let user = self.named(&["user"]).unwrap_or("i");
        let address = format!("https://twitter.com/{}/status/{}", destination(user), destination(id));
        Meaning::Markdown(format!("[Post on Twitter](<{address}>)"))
    }
}

/// Returns a link title in Markdown with a space before it.
fn title(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!(" \"{}\"", collapsed(text).replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns `text` as Markdown that contains no markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in collapsed(text).chars() {
        if matches!(c, '\\' | '[' | ']' | '*' | '_' | '<' | '&' | '`' | '~' | '$' | '!') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Returns a destination that is valid with and without angle brackets.
fn destination(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            ' ' => out.push_str("%20"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
