//! The arguments of template tags, and what they mean in Markdown.

use super::super::html::{embed_label, film_page, medium};
use super::super::source::{collapsed, is_medium_name, is_picture_name};
use super::super::stack::capitalised;
use super::is_one;
use super::tags::ShortTag;

pub(super) enum Meaning {
    /// This text within a paragraph, link or picture, such as a destination, or nothing.
    Inline(String),
    Markdown(String),
    /// The tag and its counterpart are replaced by these lines, and the text between them is kept.
    Enclosing([String; 2]),
    /// The tag and its counterpart enclose the label of this link, which has none.
    Label(String),
    Code(String),
    /// The text from the tag to its counterpart is removed. With a notice, a tag without a counterpart is kept.
    Removed {
        with_notice: bool,
    },
    /// Text up to the counterpart is kept, including template tags.
    Raw,
    /// The lines up to the counterpart stay apart.
    Verse,
}

/// Arguments with words for readers, of tags that are not known.
const WORDS: &str = "title quote text author caption description notes note alt label summary heading header subheader \
                     subtitle body content";

const ADDRESSES: &str = "url href link src attrlink relref to";

pub(super) struct Arguments<'t, 's> {
    pub(super) tag: &'t ShortTag<'s>,
    /// The name of the tag, or that of the file it includes.
    pub(super) name: &'s str,
    pub(super) is_pair: bool,
    pub(super) is_alone: bool,
    values: Vec<(Option<&'s str>, &'s str)>,
}

impl<'t, 's> Arguments<'t, 's> {
    pub(super) fn new(tag: &'t ShortTag<'s>, is_pair: bool, is_alone: bool) -> Self {
        let is_include = matches!(tag.name, "include" | "include_relative");
        let by_commas = tag.opening == "{%" && !is_include && !matches!(tag.name, "img" | "asset_img");
        let mut values = arguments(tag.arguments, by_commas);
        let mut name = tag.name;
        if is_include && !values.is_empty() {
            // Jekyll's includes are templates by file name: `{% include youtube.html id="x" %}`.
            let (_, file) = values.remove(0);
            name = file.rsplit('/').next().unwrap_or(file);
            name = name.split('.').next().unwrap_or(name);
        }
        Self { tag, name, is_pair, is_alone, values }
    }

    /// Returns the value of the first of `names`, separated by spaces, that has one.
    fn named(&self, names: &str) -> Option<&'s str> {
        // Most tags have none, and many names are asked for.
        self.values.iter().find(|(key, _)| key.is_some())?;
        names.split(' ').find_map(|name| {
            let found = self.values.iter().find(|(key, _)| key.is_some_and(|key| key.eq_ignore_ascii_case(name)));
            found.map(|(_, value)| *value).filter(|value| !value.is_empty())
        })
    }

    pub(super) fn first(&self, names: &str) -> Option<&'s str> {
        self.named(names).or_else(|| self.positions().next())
    }

    pub(super) fn positions(&self) -> impl Iterator<Item = &'s str> {
        self.values.iter().filter(|(key, _)| key.is_none()).map(|(_, value)| *value)
    }

    /// Returns the words after the argument `value`, up to an address. Hexo needs no quotes around them.
    pub(super) fn words_after(&self, value: &str) -> Option<&'s str> {
        let (_, behind) = self.tag.arguments.split_once(value).filter(|_| self.tag.opening == "{%")?;
        // The sizes of a picture precede the words.
        let words = behind.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '%'));
        let words = words.trim_start_matches("px ").split("http").next()?.trim_end_matches([' ', ',']);
        Some(words).filter(|words| words.starts_with(char::is_alphanumeric) && !words.contains(['"', '=']))
    }

    fn picture_name(&self) -> Option<&'s str> {
        self.values.iter().map(|(_, value)| *value).find(|value| is_picture_name(value))
    }

    /// Returns whether an argument is the name of a picture, and none is the name of a film or recording.
    pub(super) fn shows_picture(&self) -> bool {
        self.picture_name().is_some() && !self.values.iter().any(|(_, value)| is_medium_name(value))
    }

    /// Returns the title of content that a tag folds. Tags of Liquid and Hexo need no quotes around it.
    pub(super) fn title(&self) -> &'s str {
        let title = self.named("title summary name label header");
        if self.tag.opening != "{%" {
            return title.or_else(|| self.positions().next()).unwrap_or_default();
        }
        let words = self.tag.arguments.trim();
        let divider = if self.tag.name == "tab" { ' ' } else { ',' };
        let words = words.split_once(divider).map_or(words, |(_, words)| words.trim());
        title.unwrap_or(words.trim_matches('"'))
    }

    pub(super) fn picture(&self) -> Option<Meaning> {
        // Hexo writes classes before the address, and sizes, words and a link after it.
        let at = self.positions().position(|value| value.contains(['.', '/'])).unwrap_or(0);
        let mut behind = self.positions().skip(at + 1).filter(|value| value.contains(char::is_alphabetic));
        let source = self.named("src path url image_path file").or_else(|| self.picture_name());
        let source = source.or_else(|| self.named("image")).or_else(|| self.positions().nth(at))?;
        let words = self.words_after(source).or_else(|| behind.find(|value| !value.contains("://")));
        let alt = self.named("alt").or(words).unwrap_or_default().trim_matches('"');
        let captions = ["title", "caption cap", "description text"].iter();
        let captions = captions.filter_map(|names| self.named(names)).filter(|words| *words != alt);
        let caption = captions.collect::<Vec<_>>().join(" — ");
        let credit = self.named("attr").unwrap_or_default();
        let credit = self.named("attrlink").map_or(credit.to_owned(), |address| link(credit, address));
        // A title has no markup.
        let is_title = alt.is_empty() && credit.is_empty() && !caption.contains(['[', '*', '_', '`', '<']);
        let title = match collapsed(&caption).replace('\\', "\\\\").replace('"', "\\\"") {
            title if is_title && !title.is_empty() => format!(" \"{title}\""),
            _ => String::new(),
        };
        let mut markdown = format!("![{}](<{}>{title})", escaped(alt), destination(source));
        let target = self.named("link").or_else(|| self.positions().skip(at + 1).find(|v| v.contains("://")));
        if let Some(target) = target {
            markdown = format!("[{markdown}](<{}>)", destination(target));
        }
        // The caption becomes a paragraph of its own where one may start.
        let (before, behind) = if self.is_alone { ("\n\n", "\n\n") } else { (" ", "") };
        if !(is_title || caption.is_empty() && credit.is_empty()) {
            let caption = format!("{caption} {credit}");
            markdown = format!("{markdown}{before}{}{behind}", caption.trim());
        }
        Some(Meaning::Markdown(markdown + if self.is_pair { "\n\n" } else { "" }))
    }

    /// Returns a quotation that ends with its author, as Hexo writes it: `A Keeper, The Log https://a.example Title`.
    pub(super) fn quotation(&self) -> Meaning {
        let words = self.tag.arguments.replace('"', "");
        let words = words.trim_matches(['(', ')', ' ']);
        let has_names = self.name == "pullquote" || self.values.iter().any(|(key, _)| key.is_some());
        let (author, rest) = words.split_at(words.find("http").unwrap_or(words.len()));
        let (address, title) = rest.split_once(' ').unwrap_or((rest, ""));
        let of = |names, plain| if has_names { self.named(names).unwrap_or_default() } else { plain };
        let (author, title) = (of("author cite attribution", author), of("source title", title));
        let (author, address, title) = (author.trim_matches([' ', ',']), of(ADDRESSES, address), title.trim());
        let source = match (address.is_empty(), title.is_empty()) {
            (true, _) => escaped(title),
            (false, false) => link(title, address),
            (false, true) => link(if author.is_empty() { address } else { author }, address),
        };
        let author = if source.contains(&*escaped(author)) { String::new() } else { escaped(author) };
        let credit = [author, source].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        let credit = if credit.is_empty() { credit } else { format!("— {credit}\n\n") };
        Meaning::Enclosing(["<blockquote>\n\n".to_owned(), format!("{credit}</blockquote>")])
    }

    /// Returns the call-out that `name` or the first argument is a kind of.
    pub(super) fn alert(&self) -> Option<Meaning> {
        let name = self.name;
        let is_general = matches!(name, "alert" | "admonition" | "callout" | "notice" | "aside" | "hint")
            || self.tag.opening == "{%" && name == "note";
        if !(is_general || is_one("call-out", name)) {
            return None;
        }
        let mut plain = self.positions().filter(|value| !is_one("look", value)).peekable();
        let first = plain.next_if(|kind| is_general && is_one("call-out", kind));
        let named = self.named("type kind level color context").filter(|kind| is_one("call-out", kind));
        let own = if is_general && !matches!(name, "aside" | "hint") { "note" } else { name };
        let kind = first.or(named).unwrap_or(own);
        let words = plain.collect::<Vec<_>>().join(" ");
        // Blowfish names an icon.
        let is_icon = name == "alert" && words.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        let title = self.named("title header").unwrap_or(if is_icon { "" } else { &words });
        if !self.is_pair {
            let words = [title, self.named("text content message body").unwrap_or_default()].join(" ");
            let words = Some(words.trim()).filter(|words| !words.is_empty())?;
            return Some(Meaning::Markdown(format!("**{}:** {words}", capitalised(kind))));
        }
        let opening = format!("<blockquote>\n\n[!{kind}] {}\n", escaped(title));
        Some(Meaning::Enclosing([opening, "</blockquote>".to_owned()]))
    }

    /// Returns the words and the address among the arguments of a tag, in any order.
    pub(super) fn words(&self) -> Option<Meaning> {
        let Self { tag, is_pair, is_alone, .. } = *self;
        let is_liquid = tag.opening == "{%";
        if is_liquid && is_one("control", tag.name) {
            return None;
        }
        let is_link = is_one("link", tag.name);
        let is_address = |value: &&str| is_address(value) || is_link && value.starts_with(['/', '#', '.']);
        let is_remote = |value: &&str| value.contains("://") && !is_picture_name(value);
        let address = self.named(ADDRESSES).or_else(|| self.positions().find(is_address));
        let address = address.or_else(|| self.values.iter().map(|(_, value)| *value).find(is_remote));
        let named = WORDS.split(' ').filter_map(|name| self.named(name)).filter(|words| !is_one("look", words));
        let mut words: Vec<&str> = named.collect();
        if words.is_empty() {
            let in_sentence = matches!(tag.opening, "{{<" | "{{%") && !is_pair && !is_alone;
            let is_spoken = |value: &&str| {
                let is_phrase = in_sentence || address.is_some() || is_liquid && value.contains(' ');
                is_phrase && value.contains(char::is_alphabetic) && !is_address(value) && !is_picture_name(value)
            };
            let is_hexo = tag.name == "link" && address.is_some_and(|address| address.starts_with("http"));
            let bare = self.words_after("").filter(|_| is_hexo).into_iter();
            let all = bare.chain(self.positions().filter(is_spoken));
            words.extend(all.take(if is_link { 1 } else { usize::MAX }));
        }
        Some(match (words.split_first(), address) {
            (None, Some(address)) if is_pair => Meaning::Label(link("", address)),
            (None, Some(address)) => Meaning::Markdown(link(address, address)),
            (first, address) => {
                let (first, rest) = first?;
                let first = address.map_or_else(|| escaped(first), |address| link(first, address));
                let words = rest.iter().fold(first, |words, more| words + " — " + &escaped(more));
                Meaning::Markdown(words + if is_pair { "\n\n" } else { "" })
            }
        })
    }

    /// Returns the link to the medium that a tag of this name embeds.
    pub(super) fn medium(&self) -> Option<Meaning> {
        let (label, base) = self.named("provider").and_then(medium).or_else(|| medium(self.name))?;
        let id = self.first("id src url status video file repo sources mp4 webm mp3 ogg hash")?;
        let id = id.strip_prefix("url=").unwrap_or(id).trim_matches(['[', ']', '"', '/']);
        // The name of the author and the kind of a recording are other arguments.
        let is_id = |id: &&str| id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let second = self.positions().nth(1).filter(is_id).filter(|_| matches!(self.name, "gist" | "spotify"));
        let id = second.filter(|_| !id.contains('/')).map_or(id.to_owned(), |second| format!("{id}/{second}"));
        let base = self.named("user").map_or(base.to_owned(), |user| base.replace("/i/", &format!("/{user}/")));
        let address = if id.contains("://") { id } else { base.clone() + &id };
        let address = film_page(&address).unwrap_or(address);
        let general = if base.is_empty() { embed_label(label, &address) } else { label.to_owned() };
        Some(Meaning::Markdown(link(self.named("title caption alt label").unwrap_or(&general), &address)))
    }
}

fn is_address(value: &str) -> bool {
    value.contains("://") || is_medium_name(value) && !value.contains(' ')
}

/// Returns the arguments of a tag, named or positional.
fn arguments(text: &str, by_commas: bool) -> Vec<(Option<&str>, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    let is_bare = |first: &str| !first.contains('=') && first.matches(['"', '\'']).count().is_multiple_of(2);
    let by_commas = by_commas && text.split_once(',').is_some_and(|(first, _)| is_bare(first));
    let mut unclosed = [false; QUOTES.len()];
    let mut value = |text| value(text, by_commas, &mut unclosed);
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')'));
        if rest.is_empty() {
            return found;
        }
        let (first, behind) = value(rest);
        let assigned = behind.trim_start().strip_prefix('=').map(str::trim_start);
        let (key, (value, behind)) = match assigned {
            Some(assigned) if assigned.starts_with([',', ')']) => {
                rest = assigned;
                continue;
            }
            Some(assigned) => (Some(first), value(assigned)),
            None => (None, (first, behind)),
        };
        found.push((key, value));
        rest = behind;
    }
}

const QUOTES: [(char, char); 4] = [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”')];

/// Returns the quoted or bare value at the start of `text`, and the rest; notes which [`QUOTES`] are `unclosed` in it.
fn value<'s>(text: &'s str, by_commas: bool, unclosed: &mut [bool; QUOTES.len()]) -> (&'s str, &'s str) {
    for ((opening, closing), unclosed) in QUOTES.iter().zip(unclosed) {
        if let Some(inner) = text.strip_prefix(*opening).filter(|_| !*unclosed) {
            if let Some(found) = inner.split_once(*closing) {
                return found;
            }
            *unclosed = true;
        }
    }
    let is_address = text.starts_with("http");
    let ends = |c: char| match c {
        ',' => true,
        '=' => !is_address,
        _ => !by_commas && (c.is_whitespace() || c == ')'),
    };
    let (value, rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
    (value.trim_end(), rest)
}

pub(super) fn link(label: &str, address: &str) -> String {
    format!("[{}](<{}>)", escaped(label), destination(address))
}

/// Returns `text` as Markdown that contains no markup, or as it is if it has links.
pub(super) fn escaped(text: &str) -> String {
    let has_links = text.contains("](");
    let sign = |c: char| Some('\\').filter(|_| !has_links && "\\[]*_<`~$!:#>".contains(c));
    collapsed(text).chars().flat_map(|c| sign(c).into_iter().chain([c])).collect()
}

/// Returns a destination that is valid with and without angle brackets.
pub(super) fn destination(text: &str) -> String {
    let encoded = |c: char| match c {
        ' ' | '(' | ')' | '<' | '>' => format!("%{:02X}", u32::from(c)),
        c if c.is_control() => String::new(),
        c => c.to_string(),
    };
    text.trim().chars().map(encoded).collect()
}
