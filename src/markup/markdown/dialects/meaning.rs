//! The meaning of the known template tags, in Markdown.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use super::super::source::{Lookahead, line_before};
use super::arguments::{Arguments, Meaning, destination, escaped, link};
use super::tags::{ShortTag, tags};
use super::{Edits, Ranges, is_list_marker, kinds, longest_backtick_run};

/// Adds the replacements of the template tags in `source` to `edits`.
pub(super) fn translate(source: &str, code: &Ranges<'_>, edits: &mut Edits) {
    let tags = tags(source);
    let counterparts = counterparts(&tags);
    for (name, sign) in [("tabs", "<!-- tab "), ("timeline", "<!-- timeline ")] {
        if tags.iter().any(|tag| tag.closes && tag.name.ends_with(name)) {
            names_in_comments(source, sign, edits);
        }
    }
    let mut translator = Translator { source, code, edits };
    for (tag, pair) in tags.iter().zip(counterparts) {
        // Code may contain closing tags of those that enclose it.
        if tag.is_escaped || !code.in_code(tag.range.start) {
            let pair = pair.map(|(end, alternative)| (&tags[end], &tags[alternative]));
            translator.alternative(tag, pair);
            translator.tag(tag, pair.map(|(end, _)| end));
        }
    }
}

/// Adds the names of tabs, which themes of Hexo write in comments, perhaps with an icon: `<!-- tab Oil@fas fa-a -->`.
fn names_in_comments(source: &str, sign: &str, edits: &mut Edits) {
    let mut ends = Lookahead::default();
    for (start, _) in source.match_indices(sign) {
        let Some(end) = ends.find(source, "-->", start + sign.len()) else { break };
        let name = source[start + sign.len()..end].split('@').next().unwrap_or_default().trim();
        edits.replace(start..end + 3, format!("**{name}**\n\n").replace("****", ""));
    }
}

/// Returns the indices of the closing tag of each tag, and of the first alternative before it, if there is one.
fn counterparts(tags: &[ShortTag<'_>]) -> Vec<Option<(usize, usize)>> {
    let mut closing: HashMap<&str, Vec<usize>, RandomState> = HashMap::default();
    let mut alternatives: Vec<usize> = (0..tags.len()).collect();
    let mut found = vec![None; tags.len()];
    for (index, tag) in tags.iter().enumerate().rev() {
        if tag.closes {
            closing.entry(tag.name).or_default().push(index);
        } else if matches!(tag.name, "else" | "elsif" | "elif") {
            let innermost = ["if", "unless", "case", "for"].iter().filter_map(|name| closing.get(name)?.last()).min();
            if let Some(end) = innermost {
                alternatives[*end] = index;
            }
        } else if !tag.is_whole {
            let mut last = |name| closing.get_mut(name).and_then(Vec::pop);
            // Zola ends all tags with `{% end %}`.
            let is_call = tag.opening == "{%" && tag.arguments.starts_with('(');
            let end = Some("").filter(|_| is_call).and_then(&mut last).or_else(|| last(tag.name));
            found[index] = end.map(|end| (end, alternatives[end]));
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
    /// Removes what the condition `tag` hides on the published site, up to its end or from an alternative on.
    fn alternative(&mut self, tag: &ShortTag<'_>, pair: Option<(&ShortTag<'_>, &ShortTag<'_>)>) {
        let Some(((end, alternative), holds)) = pair.zip(holds(tag)) else { return };
        let notice = Some("what a template tag hides is left out".to_owned());
        if !holds {
            self.edits.remove_with_notice(tag.range.start..alternative.range.end, notice);
        } else if !alternative.closes {
            self.edits.remove_with_notice(alternative.range.start..end.range.end, notice);
        }
    }

    fn tag(&mut self, tag: &ShortTag<'_>, end: Option<&ShortTag<'_>>) {
        let range = tag.range.clone();
        if tag.is_escaped {
            let closing = &self.source[range.end - tag.opening.len()..range.end];
            let shown = format!("{}{}{closing}", tag.opening, tag.arguments);
            return match self.code.in_code(range.start) {
                true if closing.len() == 2 => {}
                in_code => self.edits.replace(range, if in_code { shown } else { escaped(&shown) }),
            };
        }
        if tag.closes {
            // Does nothing if the edits of its opening tag replaced it already.
            return self.edits.remove(range);
        }
        let left_out = format!("the template tag `{}` is left out", tag.name);
        let is_alone = self.starts_block(range.start) && super::inline::ends_line(self.source, range.end);
        let Some(meaning) = meaning(tag, end.is_some(), is_alone) else {
            return self.edits.remove_with_notice(range, Some(left_out));
        };
        match (meaning, end) {
            (Meaning::Inline(text), _) if text.is_empty() => self.edits.remove(range),
            (Meaning::Inline(text), _) => self.edits.replace(range, text),
            (Meaning::Markdown(markdown), _) => {
                // Within a block of HTML, Markdown needs blank lines around it.
                let above = self.source[..range.start].trim_end_matches([' ', '\t']).strip_suffix('\n');
                let follows_tag = is_alone && above.is_some_and(|above| above.trim_end().ends_with('>'));
                let gap = if follows_tag || self.code.in_html(range.start) { "\n\n" } else { "" };
                self.edits.replace(range, [gap, &*markdown, gap].concat());
            }
            (Meaning::Enclosing(lines), Some(end)) => self.enclose(&range, &end.range, &lines),
            (Meaning::Label(link), Some(end)) => {
                let label = &self.source[range.end..end.range.start];
                let words = label.trim();
                if words.contains(['\n', ']']) {
                    return self.edits.enclose([&range, &end.range], [String::new(), link], false);
                }
                let start = range.end + label.len() - label.trim_start().len();
                let (tag, end) = (range.start..start, start + words.len()..end.range.end);
                self.edits.enclose([&tag, &end], ["[".to_owned(), link[1..].to_owned()], false);
            }
            (Meaning::Code(language), Some(end)) => {
                let in_sentence = language == "math" && !is_alone;
                let fences = || self.fences(&language, &range, &end.range);
                let sign = if self.source[range.end..end.range.start].contains('$') { "" } else { "$" };
                let fences = if in_sentence { [sign, sign].map(str::to_owned) } else { fences() };
                self.edits.enclose([&range, &end.range], fences, true);
            }
            (Meaning::Removed { with_notice }, Some(end)) => {
                let what = format!("the template tag `{}` is left out with its content", tag.name);
                self.edits.remove_with_notice(range.start..end.range.end, Some(what).filter(|_| with_notice));
            }
            // An opening tag without its counterpart is text about the tag.
            (Meaning::Removed { with_notice: true }, None) => {}
            (Meaning::Raw, Some(end)) => self.edits.enclose([&range, &end.range], Default::default(), true),
            (Meaning::Verse, Some(end)) => {
                self.edits.break_lines(self.source, range.end..end.range.start);
                self.edits.remove(range);
            }
            (Meaning::Removed { .. } | Meaning::Raw | Meaning::Verse, None) => self.edits.remove(range),
            (_, None) => self.edits.remove_with_notice(range, Some(left_out)),
        }
    }

    /// Returns whether the line before `at` contains only text that may precede a fence.
    fn starts_block(&self, at: usize) -> bool {
        let line = line_before(self.source, at);
        line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'>')) || is_list_marker(line.trim())
    }

    /// Turns the text between two tags into a quotation.
    fn enclose(&mut self, tag: &Range<usize>, end: &Range<usize>, [opening, closing]: &[String; 2]) {
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
        let closing = in_container(&format!("\n\n{closing}\n\n"), end.start);
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

/// Returns whether the condition in `tag` holds on the published site, if it is about that or a constant.
fn holds(tag: &ShortTag<'_>) -> Option<bool> {
    let condition = tag.arguments;
    let (left, right) = condition.split_once("==").or(condition.split_once("!=")).unwrap_or((condition, "true"));
    let (left, right) = (left.trim(), right.trim().trim_start_matches(['"', '\'']));
    let is_equal = match left {
        "true" | "false" | "site.show_drafts" => left == right,
        _ if !["environment", "env", "runMode"].iter().any(|name| left.ends_with(name)) => return None,
        _ => right.starts_with("prod") || right.starts_with("build"),
    };
    let is_condition = tag.opening == "{%" && matches!(tag.name, "if" | "unless") && !condition.contains(" or ");
    is_condition.then_some((is_equal != condition.contains("!=")) == (tag.name == "if"))
}

/// Returns what a directive of this name shows, as a template tag would.
pub(super) fn directive(name: &str, arguments: &str) -> Option<String> {
    let tag = ShortTag { name, arguments, opening: "{{<", ..ShortTag::default() };
    let meaning = meaning(&tag, false, true);
    if let Some(Meaning::Markdown(words) | Meaning::Inline(words)) = meaning { Some(words) } else { None }
}

fn meaning(tag: &ShortTag<'_>, is_pair: bool, is_alone: bool) -> Option<Meaning> {
    if tag.opening == "{{" && tag.is_whole {
        return Some(Meaning::Inline(destination(tag.arguments)));
    }
    let arguments = Arguments::new(tag, is_pair, is_alone);
    known(&arguments)
        .or_else(|| arguments.medium())
        .or_else(|| arguments.picture().filter(|_| arguments.shows_picture()))
        .or_else(|| arguments.alert())
        .or_else(|| arguments.words())
}

/// Returns the meaning of a tag with a name that generators and themes agree on.
fn known(arguments: &Arguments<'_, '_>) -> Option<Meaning> {
    let Arguments { tag, name, is_pair, .. } = *arguments;
    let is_liquid = tag.opening == "{%";
    let kinds = kinds(name);
    let is = |kind| kinds.contains(&kind);
    if let Some(language) = name.strip_prefix("code-").or_else(|| name.strip_prefix("highlight-")) {
        return Some(Meaning::Code(if language == "toggle" { "" } else { language }.to_owned()));
    }
    let destination = |path: &str| Meaning::Inline(destination(path));
    Some(match name {
        _ if is_pair && is("fold") => Meaning::Markdown(format!("{}\n\n", escaped(arguments.title()))),
        _ if is_pair && is("diagram") => Meaning::Code(name.to_owned()),
        _ if is_pair && is("math") => Meaning::Code("math".to_owned()),
        _ if is_pair && is("verse") => Meaning::Verse,
        _ if is_pair && is("quotation") => arguments.quotation(),
        _ if is_pair && is_liquid && is("style") => Meaning::Removed { with_notice: false },
        _ if is_liquid && !is_pair && is("coloured") => {
            // A colour, a list of colours or a state precedes the words.
            let parts = ["::", "@", ","].iter().find_map(|divider| tag.arguments.split_once(divider));
            let words = parts.filter(|_| name != "kbd").map_or(tag.arguments, |(_, words)| words);
            Meaning::Inline(words.trim().to_owned())
        }
        "hideInline" => Meaning::Inline(tag.arguments.split(',').next().unwrap_or_default().trim().to_owned()),
        _ if is("picture") => arguments.picture()?,
        _ if is("code") => {
            // Hexo writes a title before the language.
            let language = arguments.positions().find_map(|value| value.strip_prefix("lang:"));
            let first = || arguments.first("lang language").filter(|_| name != "codeblock");
            Meaning::Code(language.or_else(first).unwrap_or_default().to_owned())
        }
        "asset_link" if arguments.positions().count() > 1 => {
            let file = arguments.first("")?;
            let words = arguments.words_after(file).or_else(|| arguments.positions().nth(1));
            Meaning::Markdown(link(words?, file))
        }
        _ if is("link") && !is_pair && arguments.positions().count() != 1 => arguments.words()?,
        "ref" | "relref" | "link" | "asset_link" | "asset_path" | "get_url" | "url_for" => {
            destination(arguments.first("path")?)
        }
        "post_url" | "post_path" => destination(&format!("{}.md", arguments.first("")?)),
        "post_link" => {
            let slug = arguments.first("")?;
            let title = slug.rsplit('/').next().unwrap_or(slug).replace('-', " ");
            let (first, rest) = title.split_at(title.chars().next().map_or(0, char::len_utf8));
            let title = format!("{}{rest}", first.to_uppercase());
            let words = arguments.words_after(slug).or_else(|| arguments.positions().nth(1));
            Meaning::Markdown(format!("[[{slug}|{}]]", words.unwrap_or(&title)))
        }
        "comment" => Meaning::Removed { with_notice: false },
        "if" | "unless" | "case" if !is_pair => Meaning::Removed { with_notice: true },
        "raw" => Meaning::Raw,
        _ if is("loop") => Meaning::Removed { with_notice: true },
        _ if is("nothing") => Meaning::Inline(String::new()),
        _ if tag.opening == "{{" && !tag.arguments.starts_with('(') && !is("macro") => Meaning::Inline(String::new()),
        _ => return None,
    })
}
