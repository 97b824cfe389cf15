//! The meaning of the known template tags, in Markdown.

use std::collections::HashMap;
use std::ops::Range;

use super::super::html::medium;
use super::super::source::{collapsed, line_before};
use super::super::stack::capitalised;
use super::blocks::is_alert;
use super::inline::ends_line;
use super::tags::{ShortTag, arguments, tags};
use super::{Edits, Ranges, is_list_marker, longest_backtick_run};

/// The replacement of a tag.
enum Meaning {
    /// This text within a paragraph, link or picture, such as a destination, or nothing.
    Inline(String),
    /// This Markdown.
    Markdown(String),
    /// The tag and its counterpart are replaced by these lines, and the text between them is kept.
    Enclosing { opening: String, closing: String },
    /// The tag and its counterpart enclose the label of this link, which has none.
    Label(String),
    /// The tag and its counterpart enclose code in this language.
    Code(String),
    /// The text from the tag to its counterpart is removed. With a notice, a tag without a counterpart is kept.
    Removed { with_notice: bool },
    /// Text up to the counterpart is kept, including template tags.
    Raw,
    /// The lines up to the counterpart stay apart.
    Verse,
}

/// Parameters of unknown tags whose values are words for readers.
const WORDS: &str = "title quote text author caption description notes note alt label summary heading";

/// Parameters of unknown tags whose values are addresses.
const ADDRESSES: &str = "url href link src attrlink";

/// Adds the replacements of the template tags in `source` to `edits`.
pub(super) fn translate(source: &str, code: &Ranges<'_>, edits: &mut Edits) {
    let tags = tags(source);
    let counterparts = counterparts(&tags);
    let mut translator = Translator { source, code, edits };
    for (tag, end) in tags.iter().zip(counterparts) {
        // Code may contain closing tags of those that enclose it.
        if tag.is_escaped || !code.in_code(tag.range.start) {
            translator.tag(tag, end.map(|end| &tags[end]));
        }
    }
}

/// Returns for each opening tag the index of its closing tag.
fn counterparts(tags: &[ShortTag<'_>]) -> Vec<Option<usize>> {
    let mut closing: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut found = vec![None; tags.len()];
    for (index, tag) in tags.iter().enumerate().rev() {
        if tag.closes {
            closing.entry(tag.name).or_default().push(index);
        } else if !tag.is_whole {
            found[index] = closing.get_mut(tag.name).and_then(Vec::pop);
        }
    }
    found
}

struct Translator<'s, 'e> {
    source: &'s str,
    code: &'e Ranges<'s>,
    edits: &'e mut Edits,
}

impl Translator<'_, '_> {
    /// Translates a tag, with its counterpart if it has one.
    fn tag(&mut self, tag: &ShortTag<'_>, end: Option<&ShortTag<'_>>) {
        let range = tag.range.clone();
        if tag.is_escaped {
            let closing = if tag.opening == "{{<" { ">}}" } else { "%}}" };
            let shown = format!("{}{}{closing}", tag.opening, tag.arguments);
            let shown = if self.code.in_code(range.start) { shown } else { escaped(&shown) };
            return self.edits.replace(range, shown);
        }
        if tag.closes {
            // Does nothing if the edits of its opening tag replaced it already.
            return self.edits.remove(range);
        }
        let left_out = format!("the template tag `{}` is left out", tag.name);
        let is_alone = self.starts_block(range.start) && ends_line(self.source, range.end);
        let Some(meaning) = meaning(tag, end.is_some(), is_alone) else {
            return self.edits.remove_with_notice(range, Some(left_out));
        };
        match (meaning, end) {
            (Meaning::Inline(text), _) => self.edits.replace(range, text),
            // Within a block of HTML, Markdown needs blank lines around it.
            (Meaning::Markdown(markdown), _) if self.code.in_html(range.start) => {
                self.edits.replace(range, format!("\n\n{markdown}\n\n"));
            }
            (Meaning::Markdown(markdown), _) => self.edits.replace(range, markdown),
            (Meaning::Enclosing { opening, closing }, Some(end)) => {
                self.enclose(&range, &end.range, &opening, &closing);
            }
            (Meaning::Label(link), Some(end)) => {
                let label = &self.source[range.end..end.range.start];
                let (opening, closing) =
                    if label.contains(['\n', ']']) { ("", &*link) } else { ("[", &link[1..]) };
                let texts = [opening.to_owned(), closing.to_owned()];
                self.edits.enclose([&range, &end.range], texts, false);
            }
            (Meaning::Code(language), Some(end)) => {
                let fences = self.fences(&language, &range, &end.range);
                self.edits.enclose([&range, &end.range], fences, true);
            }
            (Meaning::Removed { with_notice }, Some(end)) => {
                let all = range.start..end.range.end;
                let what = format!("the template tag `{}` is left out with its content", tag.name);
                self.edits.remove_with_notice(all, Some(what).filter(|_| with_notice));
            }
            // An opening tag without its counterpart is text about the tag.
            (Meaning::Removed { with_notice: true }, None) => {}
            (Meaning::Raw, Some(end)) => {
                self.edits.enclose([&range, &end.range], Default::default(), true);
            }
            (Meaning::Verse, Some(end)) => {
                self.edits.break_lines(self.source, range.end..end.range.start);
                self.edits.remove(range);
            }
            (Meaning::Removed { .. } | Meaning::Raw | Meaning::Verse, None) => self.edits.remove(range),
            (Meaning::Code(_) | Meaning::Label(_) | Meaning::Enclosing { .. }, None) => {
                self.edits.remove_with_notice(range, Some(left_out));
            }
        }
    }

    /// Returns whether the line before `at` contains only text that may precede a fence.
    fn starts_block(&self, at: usize) -> bool {
        let line = line_before(self.source, at);
        line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'>')) || is_list_marker(line.trim())
    }

    /// Makes a quotation of the text between two tags.
    fn enclose(&mut self, tag: &Range<usize>, end: &Range<usize>, opening: &str, closing: &str) {
        let in_html = self.code.in_html(tag.start);
        let gap = if self.starts_block(tag.start) && !in_html { "" } else { "\n\n" };
        // Later lines are within the same quotation or list item.
        let in_container = |text: &str, at| {
            let prefix = line_before(self.source, at);
            let prefix = match prefix.trim_matches([' ', '\t', '>']) {
                "" if !in_html => prefix.to_owned(),
                _ if is_list_marker(prefix.trim()) => " ".repeat(prefix.len()),
                _ => String::new(),
            };
            text.replace('\n', &format!("\n{prefix}"))
        };
        let opening = in_container(opening, tag.start);
        let closing = in_container(&format!("\n\n{closing}\n"), end.start);
        self.edits.enclose([tag, end], [format!("{gap}{opening}"), closing], false);
    }

    /// Returns the fences of a code block for the text between two tags.
    fn fences(&self, language: &str, tag: &Range<usize>, end: &Range<usize>) -> [String; 2] {
        let content = &self.source[tag.end..end.start];
        let fence = "`".repeat(longest_backtick_run(content).max(2) + 1);
        let language: String = language.chars().filter(|c| !c.is_whitespace() && *c != '`').collect();
        let line_end = |is_there| if is_there { "" } else { "\n" };
        let before = line_end(self.starts_block(tag.start));
        let behind = line_end(content.trim_start_matches([' ', '\t', '\r']).starts_with('\n'));
        let opening = format!("{before}{fence}{language}{behind}");
        let before = line_end(self.starts_block(end.start));
        let behind = line_end(self.source[end.end..].starts_with(['\n', '\r']));
        [opening, format!("{before}{fence}{behind}")]
    }
}

/// Returns the meaning of `tag`, which may have a counterpart or be alone on its line, or `None` if it is not known.
fn meaning(tag: &ShortTag<'_>, is_pair: bool, is_alone: bool) -> Option<Meaning> {
    if tag.opening == "{{" && tag.is_whole {
        return Some(Meaning::Inline(destination(tag.arguments)));
    }
    let mut arguments = Arguments(arguments(tag.arguments));
    let mut name = tag.name;
    if matches!(name, "include" | "include_relative") && !arguments.0.is_empty() {
        // Jekyll's includes are templates by file name: `{% include youtube.html id="x" %}`.
        let (_, file) = arguments.0.remove(0);
        name = file.rsplit('/').next().unwrap_or(file);
        name = name.split('.').next().unwrap_or(name);
    }
    if let Some(language) = name.strip_prefix("code-").or_else(|| name.strip_prefix("highlight-")) {
        return Some(Meaning::Code(if language == "toggle" { "" } else { language }.to_owned()));
    }
    if is_pair && FOLDED.split(' ').any(|known| known == name) {
        let words = arguments.first("title summary name label header").unwrap_or_default();
        return Some(Meaning::Markdown(format!("{}\n\n", escaped(words))));
    }
    let in_sentence = matches!(tag.opening, "{{<" | "{{%") && !is_pair && !is_alone;
    let destination = |path: &str| Meaning::Inline(destination(path));
    Some(match name {
        "figure" | "img" | "image" | "picture" | "asset_img" => arguments.picture(is_alone)?,
        "highlight" | "high" | "code" | "codeblock" => {
            // Hexo writes a title before the language.
            let language = arguments.positions().find_map(|value| value.strip_prefix("lang:"));
            let first = || arguments.first("lang language").filter(|_| name != "codeblock");
            Meaning::Code(language.or_else(first).unwrap_or_default().to_owned())
        }
        "link" | "asset_link" if arguments.positions().count() > 1 => {
            let (first, second) = (arguments.positions().next()?, arguments.positions().nth(1)?);
            let (label, address) = if name == "link" { (first, second) } else { (second, first) };
            Meaning::Markdown(link(label, address))
        }
        "ref" | "relref" | "link" | "asset_link" | "asset_path" | "get_url" | "url_for" => {
            destination(arguments.first("path")?)
        }
        "post_url" | "post_path" => destination(&format!("{}.md", arguments.first("")?)),
        "post_link" => {
            let slug = arguments.first("")?;
            let title = slug.rsplit('/').next().unwrap_or(slug).replace('-', " ");
            let (first, rest) = title.split_at(title.chars().next().map_or(0, char::len_utf8));
            let title = format!("{}{rest}", first.to_uppercase());
            Meaning::Markdown(format!("[[{slug}|{}]]", arguments.positions().nth(1).unwrap_or(&title)))
        }
        "button" | "btn" if !is_pair => arguments.button()?,
        "mermaid" | "chart" if is_pair => Meaning::Code(name.to_owned()),
        "verse" | "poem" if is_pair => Meaning::Verse,
        "quote" | "blockquote" | "pullquote" | "centerquote" | "cq" if is_pair => arguments.quotation(tag),
        "comment" => Meaning::Removed { with_notice: false },
        "for" | "macro" | "tablerow" | "capture" => Meaning::Removed { with_notice: true },
        "if" | "unless" | "case" if !is_pair => Meaning::Removed { with_notice: true },
        "raw" => Meaning::Raw,
        "site.baseurl" | "site.url" | "toc" | "meta" | "var" | "env" | "pagebreak" => {
            Meaning::Inline(String::new())
        }
        _ if tag.opening == "{{" && !tag.arguments.starts_with('(') => Meaning::Inline(String::new()),
        _ => arguments
            .medium(name)
            .or_else(|| arguments.alert(name, tag.opening, is_pair))
            .or_else(|| arguments.words(in_sentence, is_pair))?,
    })
}

/// The pairs of tags whose title stands before their content.
const FOLDED: &str = "details expand spoiler collapse accordion tab tabitem hideToggle folding";

struct Arguments<'s>(Vec<(Option<&'s str>, &'s str)>);

impl<'s> Arguments<'s> {
    /// Returns the value of the first of `names`, divided by blanks, that has one.
    fn named(&self, names: &str) -> Option<&'s str> {
        names.split(' ').find_map(|name| {
            let found = self.0.iter().find(|(key, _)| key.is_some_and(|key| key.eq_ignore_ascii_case(name)));
            found.map(|(_, value)| *value).filter(|value| !value.is_empty())
        })
    }

    fn first(&self, names: &str) -> Option<&'s str> {
        self.named(names).or_else(|| self.positions().next())
    }

    /// Returns the positional values.
    fn positions(&self) -> impl Iterator<Item = &'s str> {
        self.0.iter().filter(|(key, _)| key.is_none()).map(|(_, value)| *value)
    }

    fn picture(&self, is_alone: bool) -> Option<Meaning> {
        // Hexo writes classes before the address, and sizes, words and a link after it.
        let at = self.positions().position(|value| value.contains(['.', '/'])).unwrap_or(0);
        let mut behind = self.positions().skip(at + 1).filter(|value| value.contains(char::is_alphabetic));
        let source = self.named("src path url image image_path file").or_else(|| self.positions().nth(at))?;
        let words = behind.by_ref().find(|value| !value.contains("://")).unwrap_or_default();
        let alt = self.named("alt").unwrap_or(words.trim_matches('"'));
        let caption = self.named("caption title").filter(|caption| *caption != alt).unwrap_or_default();
        let credit = self.named("attr").unwrap_or_default();
        let credit = self.named("attrlink").map_or(credit.to_owned(), |address| link(credit, address));
        let title = match collapsed(caption).replace('\\', "\\\\").replace('"', "\\\"") {
            title if alt.is_empty() && credit.is_empty() && !title.is_empty() => format!(" \"{title}\""),
            _ => String::new(),
        };
        let mut markdown = format!("![{}](<{}>{title})", escaped(alt), destination(source));
        let target = self.named("link").or_else(|| self.positions().skip(at + 1).find(|v| v.contains("://")));
        if let Some(target) = target {
            markdown = format!("[{markdown}](<{}>)", destination(target));
        }
        if !credit.is_empty() || !caption.is_empty() && !alt.is_empty() {
            // The caption becomes a paragraph of its own where one may start.
            let caption = format!("{caption} {credit}");
            let (before, behind) = if is_alone { ("\n\n", "\n\n") } else { (" ", "") };
            markdown = format!("{markdown}{before}{}{behind}", caption.trim());
        }
        Some(Meaning::Markdown(markdown))
    }

    /// Returns a quotation that ends with its author, as Hexo writes it: `A Keeper, The Log https://a.example Title`.
    fn quotation(&self, tag: &ShortTag<'_>) -> Meaning {
        let words = tag.arguments.trim().trim_matches('"');
        let [author, address, title] =
            if tag.name == "pullquote" || self.0.iter().any(|(key, _)| key.is_some()) {
                ["author cite attribution", ADDRESSES, "source title"]
                    .map(|names| self.named(names).unwrap_or_default())
            } else {
                let (author, rest) = words.split_at(words.find("http").unwrap_or(words.len()));
                let (address, title) = rest.split_once(' ').unwrap_or((rest, ""));
                [author, address, title]
            }
            .map(str::trim);
        let source = match (address.is_empty(), title.is_empty()) {
            (true, _) => escaped(title),
            (false, false) => link(title, address),
            (false, true) => link(if author.is_empty() { address } else { author }, address),
        };
        let author = if source.contains(&*escaped(author)) { String::new() } else { escaped(author) };
        let credit =
            [author, source].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        let credit = if credit.is_empty() { credit } else { format!("— {credit}\n\n") };
        let opening = "<blockquote>\n\n".to_owned();
        Meaning::Enclosing { opening, closing: format!("{credit}</blockquote>") }
    }

    /// Returns the call-out that `name` or the first argument is a kind of.
    fn alert(&self, name: &str, opening: &str, is_pair: bool) -> Option<Meaning> {
        let is_general = matches!(name, "alert" | "admonition" | "callout" | "notice" | "aside")
            || opening == "{%" && name == "note";
        if !(is_general || is_alert(name)) {
            return None;
        }
        let first = self.positions().next().filter(|kind| is_general && is_alert(kind));
        let named = self.named("type kind level color").filter(|kind| is_alert(kind));
        let kind = first.or(named).unwrap_or(if is_general && name != "aside" { "note" } else { name });
        let title = self.named("title header").or_else(|| self.positions().nth(usize::from(first.is_some())));
        let title = title.unwrap_or_default();
        if !is_pair {
            let words = [title, self.named("text content message").unwrap_or_default()].join(" ");
            let words = Some(words.trim()).filter(|words| !words.is_empty())?;
            return Some(Meaning::Markdown(format!("**{}:** {words}", capitalised(kind))));
        }
        let opening = format!("<blockquote>\n\n[!{kind}] {}\n", escaped(title));
        Some(Meaning::Enclosing { opening, closing: "</blockquote>".to_owned() })
    }

    /// Returns the words and the address among the arguments of an unknown tag.
    fn words(&self, in_sentence: bool, is_pair: bool) -> Option<Meaning> {
        let mut words: Vec<&str> = WORDS.split(' ').filter_map(|name| self.named(name)).collect();
        if in_sentence && words.is_empty() {
            words.extend(self.positions().filter(|value| value.contains(char::is_alphabetic)));
        }
        Some(match (words.split_first(), self.named(ADDRESSES)) {
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
    fn medium(&self, name: &str) -> Option<Meaning> {
        let (label, base) = medium(name)?;
        let id = self.first("id src url file mp4 webm mp3 ogg")?;
        let id = id.strip_prefix("url=").unwrap_or(id);
        let file = id.rsplit('/').next().unwrap_or(id);
        let general = if base.is_empty() { format!("{label}: {file}") } else { label.to_owned() };
        let label = self.named("title caption alt").unwrap_or(&general);
        // The name of the author is another argument.
        let second = self
            .positions()
            .nth(1)
            .filter(|id| name == "gist" && id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let id =
            second.filter(|_| !id.contains('/')).map_or(id.to_owned(), |second| format!("{id}/{second}"));
        let base =
            self.named("user").map_or(base.to_owned(), |user| base.replace("/i/", &format!("/{user}/")));
        let address = if id.contains("://") { id } else { base + &id };
        Some(Meaning::Markdown(link(label, &address)))
    }

    /// Returns a link of an address and words in any order.
    fn button(&self) -> Option<Meaning> {
        let is_address = |value: &&str| value.contains("://") || value.starts_with(['/', '#', '.']);
        let address = self.named(ADDRESSES).or_else(|| self.positions().find(is_address));
        let words = self.named(WORDS).or_else(|| self.positions().find(|value| !is_address(value)));
        let words = words.or(address).filter(|words| !words.is_empty())?;
        Some(Meaning::Markdown(address.map_or_else(|| escaped(words), |address| link(words, address))))
    }
}

/// Returns a link in Markdown.
fn link(label: &str, address: &str) -> String {
    format!("[{}](<{}>)", escaped(label), destination(address))
}

/// Returns `text` as Markdown that contains no markup.
pub(super) fn escaped(text: &str) -> String {
    let sign = |c: char| Some('\\').filter(|_| "\\[]*_<&`~$!".contains(c));
    collapsed(text).chars().flat_map(|c| sign(c).into_iter().chain([c])).collect()
}

/// Returns a destination that is valid with and without angle brackets.
fn destination(text: &str) -> String {
    let encoded = |c: char| match c {
        ' ' | '(' | ')' | '<' | '>' => format!("%{:02X}", u32::from(c)),
        c if c.is_control() => String::new(),
        c => c.to_string(),
    };
    text.trim().chars().map(encoded).collect()
}
