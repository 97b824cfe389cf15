//! The syntax of front matter: heads of every format become one tree of [`Node`]s.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex_automata::meta::Regex;
use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::node::{Entries, Node, Value};
use crate::markup::front_matter::{Format, Line, Mistake, lines};

/// The deepest nesting of a head. Real ones nest two or three levels.
const MAX_DEPTH: usize = 16;

/// The largest text that is read, in bytes: parsed, hostile TOML takes a hundred times as much memory.
pub const MAX_METADATA: u64 = 256 << 10;

/// The largest number of nodes in a text: as many as a menu of 10,000 pages has.
const MAX_NODES: usize = 32_768;

/// The bytes of a scalar that count as another node: aliases can repeat a long one thousands of times.
const NODE_BYTES: usize = 64;

/// The largest number of objects that are open at once in a program. Real settings nest less than twenty.
const MAX_OPEN: usize = 64;

/// Plain scalars that are the null of the YAML core schema (YAML 1.2.2, section 10.3.2).
const NULLS: [&str; 5] = ["", "~", "null", "Null", "NULL"];

const QUOTE: &str = "put quotes around the whole value, as in `title: \"One: two\"`";

/// Keys whose values are split into lists in heads of plain lines, which have no syntax for lists.
const LISTS: [&str; 5] = ["tags", "tag", "categories", "category", "authors"];

/// Reads a text. A mistake has a range of bytes in it.
pub(super) fn value(format: Format, text: &str) -> Result<Value<'_>, Mistake> {
    if text.len() as u64 > MAX_METADATA {
        return Err(too_large(&format!("it is larger than {} KiB", MAX_METADATA >> 10), 0..1));
    }
    match format {
        Format::Yaml => yaml(text),
        Format::Toml => toml(text),
        Format::Json => json(text),
        Format::Lines => Ok(Value::Map(entries(text))),
        Format::Program => Ok(Value::Map(literals(text))),
    }
}

/// Reads a head as [`value`] does and returns its entries, or `None` if it is valid but not a mapping.
pub(super) fn read(format: Format, text: &str) -> Result<Option<Entries<'_>>, Mistake> {
    Ok(match value(format, text)? {
        Value::Map(entries) => Some(entries),
        Value::Nothing => Some(Vec::new()),
        Value::Scalar(_) | Value::List(_) => None,
    })
}

fn too_large(what: &str, range: Range<usize>) -> Mistake {
    Mistake { what: what.to_owned(), hint: "keep there only what describes the essays", range }
}

/// Reads lines of `key: value`, each perhaps continued on indented lines.
fn entries(text: &str) -> Entries<'_> {
    let mut entries: Entries<'_> = Vec::new();
    for line in lines(text, 0) {
        let range = line.start..line.end();
        let scalar = |text| Node { value: Value::Scalar(Cow::Borrowed(text)), range: range.clone() };
        if let Some((_, node)) = entries.last_mut().filter(|_| line.continues()) {
            let more = line.text.trim().trim_start_matches("- ");
            match &mut node.value {
                Value::Scalar(value) if value.is_empty() => *value = Cow::Borrowed(more),
                Value::Scalar(value) => *value = format!("{value} {more}").into(),
                Value::List(items) => items.push(scalar(more)),
                Value::Map(_) | Value::Nothing => {}
            }
        } else if let Some(entry) = line.entry() {
            let node = if LISTS.contains(&&*entry.key.to_lowercase()) {
                let separator = if entry.value.contains(';') { ';' } else { ',' };
                let items = entry.value.split(separator).map(|item| scalar(item.trim())).collect();
                Node { value: Value::List(items), range: range.clone() }
            } else {
                scalar(entry.value)
            };
            entries.push((Cow::Borrowed(entry.key), node));
        }
    }
    entries
}

/// Matches a string on one line.
const STRING: &str = r#""[^"\n]*"|'[^'\n]*'|`[^`\n]*`"#;

/// Matches a comment, which is group 1, or a string.
static COMMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?m)(/\*(?s:.*?)\*/|(?://|^[ \t]*[#*;]|[ \t]# ).*$)|{STRING}")).expect("valid")
});

/// Matches a literal value after `key:`, `'key':` or `key =`, which a function may return: a string, a list or tuple of
/// strings, the last argument of `join` or `resolve`, or a truth value; and strings or a truth value after
/// `object.method(`, or after a command (Ruby) or a key (EDN) at the start of a line. A call without a string counts as
/// true.
static LITERAL: LazyLock<Regex> = LazyLock::new(|| {
    let list = format!("(?:{STRING})(?:[ \\t\\n,]*(?:{STRING}))*");
    // In a list, other values may stand between strings.
    let others = r#"[^\])"'`{}=:;]*"#;
    let items = format!("(?:{STRING})(?:{others}(?:{STRING}))*");
    let string = r#""(?<double>[^"]*)"|'(?<single>[^']*)'|`(?<back>[^`]*)`"#;
    let value = format!(r"{string}|(?<truth>[Tt]rue|[Ff]alse)|\{{|[\[(]{others}(?<items>{items})");
    let joined = r#"[A-Za-z_.]+\.(?:join|resolve)\([^"'`\n]*["'`](?<path>[^"'`\n]*)["'`]\)"#;
    let name = "[A-Za-z0-9_]+";
    let command = format!(r"(?:^[ \t{{]*:?|[ \t{{]:)(?<command>(?:{name}/)?[A-Za-z_-]+)\??[ (,]");
    let argument = format!(r"[ \t\n\[]*(?<argument>{list}|[Tt]rue|[Ff]alse|[){{])");
    let call = format!(r"(?:(?<method>(?:{name})?\.{name})\(|{command}){argument}");
    let (arguments, body) = (r#"\([^()"'`\n]*\)[ \t]*"#, r"\{[ \t\n]*return[ \t]+");
    let function = format!("(?:async[ \\t]+)?(?:(?:function[ \\t]*(?:{name})?[ \\t]*)?{arguments}|{name}[ \\t]*=>)");
    let before = format!(r"{function}(?:=>)?[ \t]*\(?(?<body>{body})?|(?<default>[a-z]+\.[A-Za-z.()]*default\()");
    let key = format!(r"(?:^[ \t]*)?(?<key>{name}|{STRING})");
    let key = format!(r"{key}(?:[ \t]*\+?[:=][ \t]*(?:{before})?|{arguments}(?<block>{body}))");
    Regex::new(&format!("(?m){key}(?:{value}|{joined})|{call}")).expect("valid")
});

/// Reads the literal values of a program in JavaScript, TypeScript, Python or Ruby, or of EDN. Before each key stand
/// the names of the objects that it is in, each after a dot, as in `.docs.path` and `.redirects./path`.
fn literals(text: &str) -> Entries<'static> {
    let mut code = text.to_owned();
    for comment in COMMENT.captures_iter(text).filter_map(|found| found.get_group(1)) {
        code.replace_range(comment.range(), &" ".repeat(comment.len()));
    }
    // In Ruby, blocks are objects, as are dictionaries in Python.
    let lines = code.split('\n').map(|line| if line.trim() == "end" { "}" } else { line });
    let code = lines.collect::<Vec<_>>().join("\n").replace(" do\n", ": {\n").replace("= dict(", "= {");
    // The objects that are open at a place, most of them without names.
    let (mut objects, mut read) = (Vec::new(), 0);
    let entry = |found: regex_automata::util::captures::Captures| {
        let group = |name| found.get_group_by_name(name).map(|span| &code[span.range()]);
        let range = found.get_match()?.range();
        let whole = &code[range.clone()];
        for brace in code[read..range.start].bytes() {
            match brace {
                b'{' if objects.len() < MAX_OPEN => objects.push(String::new()),
                b'}' => drop(objects.pop()),
                _ => {}
            }
        }
        objects.truncate(MAX_OPEN);
        read = range.end;
        let name = ["method", "command", "key"].into_iter().find_map(group)?.trim_matches(['"', '\'']).to_lowercase();
        // A schema states what holds without the key.
        let key = objects.concat() + "." + &name + group("default").map_or("", |_| ".default");
        if group("body").or(group("block")).is_some() {
            objects.push(String::new());
        } else if whole.ends_with('{') {
            objects.push(group("key").map(|_| format!(".{name}")).unwrap_or_default());
            // The keys of an object literal match by themselves, but a call counts too.
            group("method")?;
        }
        let scalar = |text: &str| Node { value: Value::Scalar(text.to_owned().into()), range: range.clone() };
        let value = match group("argument").or(group("items")) {
            // A call without a string.
            Some(")" | "{") => scalar("true"),
            Some(list) if list.starts_with(['"', '\'', '`']) => {
                let items = list.split(['"', '\'', '`']).skip(1).step_by(2);
                Node { value: Value::List(items.map(scalar).collect()), range: range.clone() }
            }
            truth => {
                let others = ["double", "single", "back", "truth", "path"];
                scalar(truth.or_else(|| others.into_iter().find_map(group)).unwrap_or("true"))
            }
        };
        Some((key.into(), value))
    };
    LITERAL.captures_iter(&code).filter_map(entry).collect()
}

/// Reads a JSON object, perhaps without its braces.
fn json(text: &str) -> Result<Value<'_>, Mistake> {
    let is_whole = text.trim_start().starts_with(['{', '[']);
    let whole = if is_whole { Cow::Borrowed(text) } else { Cow::Owned(format!("{{{text}}}")) };
    let value = serde_json::from_str(&whole).map_err(|error| {
        let line = lines(text, 0).nth(error.line().saturating_sub(1));
        let at = line.map_or(0, |line| line.start + error.column().saturating_sub(1));
        let at = at.min(text.len().saturating_sub(1));
        let hint = "in JSON, keys and texts stand in double quotes";
        Mistake { what: error.to_string(), hint, range: at..at + 1 }
    })?;
    Ok(json_node(value, text, 0..text.len()).value)
}

/// Converts a value at `range` of `text`. The parser keeps no positions, so a value gets that of its key.
fn json_node(value: serde_json::Value, text: &str, range: Range<usize>) -> Node<'_> {
    let value = match value {
        serde_json::Value::Null => Value::Nothing,
        serde_json::Value::String(text) => Value::Scalar(text.into()),
        serde_json::Value::Array(items) => {
            Value::List(items.into_iter().map(|item| json_node(item, text, range.clone())).collect())
        }
        serde_json::Value::Object(object) => {
            let entry = |(key, value): (String, serde_json::Value)| {
                let quoted = format!("\"{key}\"");
                let at = text.find(&quoted).map_or(range.clone(), |at| at..at + quoted.len());
                (Cow::Owned(key), json_node(value, text, at))
            };
            Value::Map(object.into_iter().map(entry).collect())
        }
        number_or_truth => Value::Scalar(number_or_truth.to_string().into()),
    };
    Node { value, range }
}

fn toml(text: &str) -> Result<Value<'_>, Mistake> {
    let table = DeTable::parse(text).map_err(|error| Mistake {
        what: error.message().trim_end().replace('\n', ", "),
        hint: "in TOML text stands in quotes: `title = \"One\"`",
        range: error.span().unwrap_or(0..0),
    })?;
    Ok(toml_node(Spanned::new(table.span(), DeValue::Table(table.into_inner())), 0).value)
}

fn toml_node(value: Spanned<DeValue<'_>>, depth: usize) -> Node<'_> {
    let range = value.span();
    let value = match value.into_inner() {
        _ if depth > MAX_DEPTH => Value::Nothing,
        DeValue::String(text) => Value::Scalar(text),
        DeValue::Integer(number) => Value::Scalar(number.as_str().to_owned().into()),
        DeValue::Float(number) => Value::Scalar(number.as_str().to_owned().into()),
        DeValue::Boolean(truth) => Value::Scalar(truth.to_string().into()),
        DeValue::Datetime(date) => Value::Scalar(date.to_string().into()),
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| toml_node(item, depth + 1)).collect()),
        DeValue::Table(table) => {
            Value::Map(table.into_iter().map(|(key, value)| (key.into_inner(), toml_node(value, depth + 1))).collect())
        }
    };
    Node { value, range }
}

/// Reads the first document of a YAML stream, event by event.
fn yaml(text: &str) -> Result<Value<'_>, Mistake> {
    let parser = Parser::new_from_str(text);
    let mut reader = YamlReader { text, read: (0, 0), parser, anchors: HashMap::new(), nodes: 0 };
    Ok(reader.next(0)?.map_or(Value::Nothing, |node| node.value))
}

struct YamlReader<'a> {
    text: &'a str,
    /// How far positions were counted, in characters and in bytes.
    read: (usize, usize),
    parser: Parser<'a, StrInput<'a>>,
    /// The values that aliases may repeat, by their anchors, each with the number of nodes in it.
    anchors: HashMap<usize, (Value<'a>, usize)>,
    nodes: usize,
}

impl<'a> YamlReader<'a> {
    /// Reads the next node, at `depth`, or returns `None` at the end of the sequence, mapping or stream that it is in.
    fn next(&mut self, depth: usize) -> Result<Option<Node<'a>>, Mistake> {
        while let Some(next) = self.parser.next_event() {
            let next = next.map_err(|error| explained(self.text, error.info(), self.byte(error.marker().index())));
            match next? {
                (Event::SequenceEnd | Event::MappingEnd | Event::StreamEnd, _) => break,
                (Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing, _) => {}
                (event, span) => return self.node(event, span, depth).map(Some),
            }
        }
        Ok(None)
    }

    /// Reads the node that `event` starts. Recursion is bounded by [`MAX_DEPTH`].
    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node<'a>, Mistake> {
        let range = self.byte(span.start.index())..self.byte(span.end.index());
        let before = self.nodes;
        self.nodes += 1 + if let Event::Scalar(text, ..) = &event { text.len() / NODE_BYTES } else { 0 };
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(too_large("it is nested too deeply or holds too many values", range));
        }
        let anchor = match event {
            Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => anchor,
            _ => 0,
        };
        let value = match event {
            Event::Alias(anchor) => {
                let (value, nodes) = self.anchors.get(&anchor).cloned().unwrap_or((Value::Nothing, 0));
                self.nodes += nodes;
                value
            }
            Event::Scalar(text, ScalarStyle::Plain, ..) if NULLS.contains(&&*text) => Value::Nothing,
            Event::Scalar(text, ..) => Value::Scalar(text),
            Event::SequenceStart(..) => {
                let items = std::iter::from_fn(|| self.next(depth + 1).transpose());
                Value::List(items.collect::<Result<_, _>>()?)
            }
            Event::MappingStart(..) => {
                let table = |node: Node<'a>| if let Value::Map(entries) = node.value { entries } else { Vec::new() };
                let mut entries = Vec::new();
                while let Some(key) = self.next(depth + 1)? {
                    let Some(value) = self.next(depth + 1)? else { break };
                    match (if let Value::Scalar(key) = key.value { key } else { "".into() }, value.value) {
                        (key, Value::Map(merged)) if key == "<<" => entries.extend(merged),
                        (key, Value::List(tables)) if key == "<<" => entries.extend(tables.into_iter().flat_map(table)),
                        (key, inner) => entries.push((key, Node { value: inner, range: value.range })),
                    }
                }
                Value::Map(entries)
            }
            _ => Value::Nothing,
        };
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), self.nodes - before));
        }
        Ok(Node { value, range })
    }

    /// Returns the byte at which character number `index` starts. Most are asked for in their order.
    fn byte(&mut self, index: usize) -> usize {
        let (chars, start) = if index < self.read.0 { (0, 0) } else { self.read };
        let rest = &self.text[start..];
        let at = start + rest.char_indices().nth(index - chars).map_or(rest.len(), |(at, _)| at);
        self.read = (index, at);
        at
    }
}

/// Translates the error `info` of the YAML parser, which is in terms of its grammar, into the mistake in `text` and its
/// place: the parser stops at the byte `at`, sometimes lines later.
fn explained(text: &str, info: &str, at: usize) -> Mistake {
    let mistake = |what: &str, hint, at| Mistake { what: what.to_owned(), hint, range: at..at + 1 };
    let is = |part| info.contains(part);
    let indent = |line: &Line<'_>| line.text.len() - line.text.trim_start_matches(' ').len();
    // The parser stops before the line with the tab.
    let has_tab = |line: &Line<'_>| line.text[indent(line)..].starts_with('\t') && line.end() >= at;
    if let Some(line) = lines(text, 0).find(has_tab).filter(|_| is("tab")) {
        let hint = "indent with spaces: YAML forbids tabs";
        return mistake("a tab indents this line", hint, line.start + indent(&line));
    }
    let value = |line: &Line<'_>| {
        let key = line.text.find(": ").or(line.text.find("- ")).map_or(line.text.len(), |end| end + 2);
        let value = line.text[key..].trim_start();
        (value.chars().next().unwrap_or(' '), line.end() - value.len())
    };
    let read = lines(text, 0).filter(|line| line.start <= at && !line.text.trim().is_empty());
    let read: Vec<Line<'_>> = read.collect();
    let is_open = |line: &&Line<'_>| matches!(value(line).0, '[' | '{');
    let open = read.iter().rev().find(is_open).filter(|_| is("flow") || is("':'"));
    let Some(line) = open.or(read.last()) else { return mistake(info, QUOTE, at) };
    let (first, start) = value(line);
    let is_below = |above: &Line<'_>| indent(line) > indent(above) && value(above).0 != ' ';
    let (what, hint, at) = match first {
        '"' | '\'' if is("escape") || is("hexadecimal") => {
            ("this escape does not exist", "use single quotes, which have no escapes", at)
        }
        '"' if is("trailing") => ("the quotes end before the value does", "use single quotes: `'Say \"yes\"'`", at),
        '\'' if is("trailing") => ("the quotes end before the value does", "use double quotes: `\"It's late\"`", at),
        '"' | '\'' if is("quoted") => ("this quote is not closed", "close it at the end of the value", start),
        '[' | '{' if line.text.contains([']', '}']) => ("the bracket ends before the value", QUOTE, at),
        '[' | '{' => ("this bracket is not closed", "close it, as in `tags: [one, two]`", start),
        '-' if is("sequence") => ("a list begins beside its key", "write it as in `tags: [one, two]`", at),
        '@' | '`' | '%' | '&' | '*' | '|' | '>' => ("no value can begin with this sign", QUOTE, start),
        _ if read.iter().rev().nth(1).is_some_and(is_below) => {
            ("this line is indented below a key with a value", "start all keys in one column", at)
        }
        _ if is("mapping values") => ("the value contains a colon and a space", QUOTE, at),
        _ if is("expected key") => ("this line is indented unlike those above", "indent them alike", at),
        _ if is("':'") => ("this line has no key", "write `key: value`", line.start),
        _ => (info, QUOTE, at),
    };
    mistake(what, hint, at)
}
