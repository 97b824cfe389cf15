//! Generated content folders in which some essays are held back, in every form in which authors say so.
//!
//! Each text has words of its own that occur nowhere else, and the generator knows what must become of it, from the
//! tables below and not from the code under test.

use std::fmt::Write as _;

use lamplit::capsule::PrivateArea;

use crate::archive::Random;
use crate::capsule::path;

/// The folder of the private area.
const PRIVATE: &str = "/closed/";

/// Keys with the values, as written in YAML, that hide an essay.
const HIDDEN: &[(&str, &[&str])] = &[
    ("draft", &["true", "True", "TRUE", "yes", "Yes", "y", "on", "1", "\"true\"", "'yes'", "true # for now"]),
    ("isDraft", &["true", "yes", "1", "\"true\""]),
    ("is_draft", &["true", "on"]),
    ("published", &["false", "False", "no", "n", "off", "0", "\"false\"", "2999-01-01"]),
    ("publish", &["false", "no", "N", "0", "\"no\"", "never"]),
    ("status", &["draft", "Draft", "private", "\"draft\"", "DRAFT", "pending", "trash"]),
    ("state", &["draft", "private", "Draft"]),
    ("visibility", &["draft", "private", "hidden", "Private"]),
    ("private", &["true", "yes", "y", "1", "\"true\"", "ON"]),
    ("hidden", &["true", "yes", "1", "'true'"]),
    ("render", &["false", "never"]),
    ("permalink", &["false"]),
];

/// Keys with values whose meaning is open, and misprinted keys: the essay is held back and its author is told.
const OPEN: &[(&str, &[&str])] = &[
    ("draft", &["maybe", "treu", "2", "[true]", "[false]", "{a: b}", "soon", "x"]),
    ("isDraft", &["perhaps", "ture"]),
    ("published", &["nope", "flase", "[no]", "later"]),
    ("publish", &["flase", "someday"]),
    ("status", &["drfat", "privat", "unknown", "asleep", "[draft]"]),
    ("state", &["drafft", "resting"]),
    ("visibility", &["invisble", "nearly"]),
    ("private", &["ture", "rather"]),
    ("hidden", &["ture", "partly"]),
    ("unlisted", &["perhaps", "ture"]),
    ("dratf", &["true", "yes"]),
    ("draf", &["true"]),
    ("drafts", &["true"]),
    ("drft", &["yes"]),
    ("darft", &["1"]),
    ("isdraf", &["true"]),
    ("pubished", &["false"]),
    ("publised", &["no"]),
    ("publsh", &["false"]),
    ("statsu", &["draft"]),
    ("stauts", &["private"]),
    ("visiblity", &["private"]),
    ("visibilty", &["hidden"]),
    ("privat", &["true"]),
    ("hiden", &["true"]),
    ("hiddn", &["yes"]),
];

/// Keys with values that keep an essay out of lists.
const UNLISTED: &[(&str, &[&str])] = &[
    ("unlisted", &["true", "yes", "1", "\"true\""]),
    ("status", &["hidden", "unlisted", "Unlisted"]),
    ("visibility", &["unlisted"]),
    ("list", &["never", "false"]),
];

/// Keys with values that hold nothing back.
const PUBLIC: &[(&str, &[&str])] = &[
    ("draft", &["false", "False", "no", "n", "off", "0", "\"false\""]),
    ("isDraft", &["false", "no"]),
    ("published", &["true", "yes", "1", "2020-01-01"]),
    ("publish", &["true", "on"]),
    ("status", &["published", "public", "publish", "Published"]),
    ("state", &["published"]),
    ("visibility", &["public"]),
    ("private", &["false", "no"]),
    ("hidden", &["false", "0"]),
    ("unlisted", &["false", "no"]),
    ("layout", &["post"]),
];

/// Dates before or after which readers do not get an essay at [`crate::capsule::NOW`].
const AWAY: &[(&str, &[&str])] = &[
    ("date", &["2999-01-01", "2025-06-15T23:00:00Z", "2025-06-15 12:00:00 -0700", "2025-12", "2026"]),
    ("publishDate", &["2999-01-01", "2025-06-16"]),
    ("publish_date", &["2999-01-01T00:00:00Z"]),
    ("pubDate", &["2999-05-05"]),
    ("expiryDate", &["2020-01-01", "2025-06-15", "2025-06-15T15:00:00Z"]),
];

/// Mistyped dates.
const MISTYPED: &[(&str, &[&str])] = &[
    ("date", &["2024-13-45", "2024-02-31", "20x4-05-01", "2999-0101-01", "tomorrow"]),
    ("publishDate", &["2999-99-01", "2999-02-30"]),
    ("expiryDate", &["2020-31-31", "last week"]),
];

/// The beginnings of texts that look like front matter and are none.
const PROSE: &[&str] = &[
    "",
    "---\n\nA rule precedes this.\n\n",
    "***\n\nA rule precedes this.\n\n",
    "Note: this is prose.\n\n",
    "Dear reader: hello.\n\n",
    ": a colon first.\n\n",
    "- one\n- two\n\n",
    "> quoted: indeed\n\n",
    "--- and a dash\n\n",
];

/// What readers get of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Everything.
    Public,
    /// The page at its address.
    Unlisted,
    /// Nothing.
    Hidden,
    /// Nothing, but the last good version stays.
    Refused,
    /// As for a broken text, nothing; whether the last good version stays depends on whether it can be read after all.
    Broken,
}

impl Fate {
    /// Returns whether readers get nothing of this version of the text.
    pub fn is_held_back(self) -> bool {
        !matches!(self, Self::Public | Self::Unlisted)
    }
}

/// A text of the folder.
#[derive(Debug)]
pub struct Text {
    /// The path of its file.
    pub file: String,
    /// What readers get of it.
    pub fate: Fate,
    /// Whether the readers of the private area may see it.
    pub is_in_area: bool,
    /// A word of its body, its tags, its description and its series.
    pub word: String,
    /// The word that stood in its place before.
    pub was: String,
    /// A word of its file name, title, slug and former addresses, which other texts may mention.
    pub name: String,
    /// Its address without extension; a folder for an introduction.
    pub base: String,
    /// Addresses that readers may try besides the base.
    pub guesses: Vec<String>,
    /// How the text says what readers get, for messages.
    pub said: String,
}

/// Keys with values in the syntax of YAML.
type Fields = Vec<(String, String)>;

impl Text {
    /// Returns text `number` of a folder, without a place, with its metadata that is not about visibility.
    fn new(number: usize, fate: Fate, choices: &mut Choices<'_>) -> (Self, Fields) {
        let (word, name) = (word(number * 2, choices), word(number * 2 + 1, choices));
        let field = |key: &str, value: String| (key.to_owned(), value);
        let mut fields = vec![field("title", title(&name))];
        let mut guesses = Vec::new();
        if choices.rarely(2) {
            fields.push(field("tags", format!("[shared, {word}]")));
            guesses.extend(["/", "/atom.xml", ""].map(|end| format!("/tags/{word}{end}")));
        }
        if choices.rarely(3) {
            fields.push(field("description", format!("On {word} and lamps")));
        }
        if choices.rarely(3) {
            let series = if choices.rarely(2) { word.as_str() } else { "common" };
            fields.push(field("series", series.to_owned()));
            guesses.push(format!("/series/{word}/"));
        }
        if choices.rarely(4) {
            fields.push(field("slug", format!("{name}-slug")));
        }
        if choices.rarely(4) {
            fields.push(field("aliases", format!("[/old/{name}.html, Called {name}]")));
            guesses.extend([".html", ""].map(|end| format!("/old/{name}{end}")));
        }
        if choices.rarely(5) {
            fields.push(field("url", format!("/web/{name}/")));
            guesses.extend(["/", ""].map(|end| format!("/web/{name}{end}")));
        }
        let was = format!("{}y", &word[..word.len() - 1]);
        let (file, base, said) = (String::new(), String::new(), String::new());
        (Self { file, fate, is_in_area: false, word, was, name, base, guesses, said }, fields)
    }
}

/// A generated folder.
#[derive(Debug, Default)]
pub struct Folder {
    /// The names and contents of all files.
    pub files: Vec<(String, Vec<u8>)>,
    /// The folder as it was: with public versions of most texts.
    pub before: Vec<(String, Vec<u8>)>,
    /// The texts that are essays, introductions, or parts of pages.
    pub texts: Vec<Text>,
    /// The files that belong to texts, besides their own: each with the index of its text.
    pub attached: Vec<(String, usize)>,
    /// Whether some texts link to others that are held back or unlisted.
    pub mentions: bool,
    /// Whether the folder is published after [`before`](Self::before) was.
    pub is_update: bool,
}

/// Where decisions come from.
pub enum Choices<'a> {
    /// A generator of random numbers.
    Random(Random),
    /// The bytes of a fuzzer, then zeros.
    Bytes(&'a [u8]),
}

impl Choices<'_> {
    fn below(&mut self, limit: usize) -> usize {
        match self {
            Self::Random(random) => random.below(limit),
            Self::Bytes(bytes) => match bytes.split_first() {
                Some((first, rest)) => {
                    *bytes = rest;
                    usize::from(*first) % limit
                }
                None => 0,
            },
        }
    }

    fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        from[self.below(from.len())]
    }

    /// Returns true once in `times`.
    fn rarely(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    fn statement(&mut self, table: &[(&'static str, &'static [&'static str])]) -> (String, String) {
        let (key, values) = table[self.below(table.len())];
        let value = self.pick(values);
        let key = match self.below(6) {
            0 => key.to_uppercase(),
            1 => key[..1].to_uppercase() + &key[1..],
            _ => key.to_owned(),
        };
        (key, value.to_owned())
    }
}

impl Folder {
    /// Returns the folder that `seed` gives.
    pub fn of_seed(seed: u64) -> Self {
        // Small seeds give similar numbers at first.
        let mut random = Random::new(seed + 1);
        (0..8).for_each(|_| {
            random.below(2);
        });
        Self::new(&mut Choices::Random(random))
    }

    /// Returns the folder that `choices` give.
    pub fn new(choices: &mut Choices<'_>) -> Self {
        let (mentions, is_update) = (choices.rarely(3), choices.rarely(2));
        let mut folder = Self { mentions, is_update, ..Self::default() };
        let count = 4 + choices.below(5);
        for number in 0..count {
            // A folder without anything public would show little.
            let fate = match (number, choices.below(10)) {
                (0 | 1, _) | (_, 0) => Fate::Public,
                (_, 1 | 2) => Fate::Unlisted,
                (_, 3..=6) => Fate::Hidden,
                (_, 7) => Fate::Refused,
                _ => Fate::Broken,
            };
            folder.add(number, fate, choices);
        }
        folder
    }

    /// Returns the private areas of the folder.
    pub fn private() -> Vec<PrivateArea> {
        vec![PrivateArea { path: path(PRIVATE), drafts: false, readers: Vec::new() }]
    }

    fn add(&mut self, number: usize, fate: Fate, choices: &mut Choices<'_>) {
        let (mut text, mut fields) = Text::new(number, fate, choices);
        let is_prose = fate == Fate::Public && choices.rarely(4);
        if is_prose {
            fields.clear();
        }
        let is_by_place = fate == Fate::Hidden && choices.rarely(4);
        let places: &[&str] = if is_by_place { &["/_drafts/", PRIVATE] } else { &["/", "/notes/", "/notes/old/"] };
        let mut place = choices.pick(places);
        text.is_in_area = place == PRIVATE;
        let mut stem = text.name.clone();
        let mut statements = match fate {
            Fate::Public if is_prose || choices.rarely(2) => Vec::new(),
            Fate::Public => vec![choices.statement(PUBLIC)],
            Fate::Unlisted => vec![choices.statement(UNLISTED)],
            Fate::Hidden if is_by_place => Vec::new(),
            Fate::Hidden if choices.rarely(8) => {
                stem = format!("2999-01-01-{stem}");
                Vec::new()
            }
            Fate::Hidden if choices.rarely(5) => vec![choices.statement(AWAY)],
            Fate::Refused if choices.rarely(4) => vec![choices.statement(MISTYPED)],
            Fate::Refused => vec![choices.statement(OPEN)],
            Fate::Hidden | Fate::Broken => vec![choices.statement(HIDDEN)],
        };
        // Another statement does not unsay what hides an essay, but a date counts before that of the file name.
        if fate != Fate::Public && choices.rarely(4) {
            let (key, value) = choices.statement(PUBLIC);
            let is_overruled = stem != text.name && value.starts_with("2020");
            if !is_overruled && !statements.iter().any(|(stated, _)| stated.eq_ignore_ascii_case(&key)) {
                statements.push((key, value));
            }
        }
        let is_dated = |(key, _): &(String, String)| key.to_lowercase().ends_with("date");
        if stem == text.name && !statements.iter().any(is_dated) {
            let year = choices.pick(&["2023", "2024"]);
            if is_prose || choices.rarely(4) {
                stem = format!("{year}-03-04-{stem}");
            } else {
                fields.push(("date".to_owned(), format!("{year}-0{}-11", 1 + choices.below(9))));
            }
        }
        let extension = choices.pick(&["md", "md", "md", "markdown", "gmi"]);
        let (mut file, mut base) = (format!("{place}{stem}.{extension}"), format!("{place}{stem}"));
        match choices.below(8) {
            0 if fate.is_held_back() && !is_by_place && !statements.is_empty() && stem == text.name => {
                let (introduction, introduced) = choices.pick(&[
                    &("/header", "/header"),
                    &("/footer", "/footer"),
                    &("/_index", "/"),
                    &("/notes/_index", "/notes/"),
                    &("/notes/old/_index", "/notes/old/"),
                ]);
                let introduction = format!("{introduction}.{extension}");
                if self.texts.iter().all(|other| other.file != introduction) {
                    (file, base) = (introduction, (*introduced).to_owned());
                    place = "/";
                }
            }
            1 => {
                self.attached.push((format!("{place}{stem}/picture-{}.png", text.name), number));
                file = format!("{place}{stem}/index.{extension}");
            }
            _ => {}
        }
        if fields.iter().any(|(key, _)| key == "slug") && base == format!("{place}{stem}") {
            text.guesses.push(base);
            base = format!("{place}{}-slug", text.name);
        }
        (text.file, text.base) = (file, base);
        let body = self.body(&text, choices);
        if choices.below(4) > 0 {
            let before = yaml("---\n", &fields, "---\n", &body).replace(&text.word, &text.was);
            self.before.push((text.file.clone(), before.into_bytes()));
        }
        let at = choices.below(fields.len() + 1);
        fields.splice(at..at, statements.iter().cloned());
        let (source, form) = match fate {
            Fate::Broken => broken(&fields, &body, choices),
            _ if is_prose => ((choices.pick(PROSE).to_owned() + &body).into_bytes(), "prose".to_owned()),
            _ => formatted(&fields, &body, choices),
        };
        text.said = format!("{statements:?} {form}");
        self.files.push((text.file.clone(), source));
        for (file, _) in self.attached.iter().filter(|(_, owner)| *owner == number) {
            self.files.push((file.clone(), b"\x89PNG".to_vec()));
            self.before.push((file.clone(), b"\x89PNG".to_vec()));
        }
        self.texts.push(text);
    }

    /// Returns the body of `text`, which may link to the texts before it.
    fn body(&self, text: &Text, choices: &mut Choices<'_>) -> String {
        let mut body = format!("The {} lamp burns on.\n", text.word);
        for other in &self.texts {
            if other.fate != Fate::Public && (!self.mentions || text.fate.is_held_back()) || choices.rarely(2) {
                continue;
            }
            let Text { name, base, file, .. } = other;
            let title = title(name);
            let _ = match choices.below(6) {
                0 => writeln!(body, "\nAs [told]({base}.gmi)."),
                1 => writeln!(body, "\nAs [told]({file})."),
                2 => writeln!(body, "\nAs [[{title}]] tells."),
                3 => writeln!(body, "\nAs [[{name}|told]]."),
                4 => writeln!(body, "\n![[{name}]]"),
                _ => writeln!(body, "\nAs [told]({base}/)."),
            };
        }
        body
    }
}

/// Returns a word for each `number` that no other text has, nor any page of ours: no other word has a `q`.
fn word(number: usize, choices: &mut Choices<'_>) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "zu", "xo", "vi", "ke", "wa", "ju", "po", "mo", "ri", "tu", "le", "fa", "go", "hi", "nu"];
    let own = [SYLLABLES[number / 16 % 16], SYLLABLES[number % 16]].concat();
    let rest: String = (0..2).map(|_| SYLLABLES[choices.below(16)]).collect();
    format!("q{own}{rest}x")
}

/// Returns the title of the text called `name`.
fn title(name: &str) -> String {
    format!("Evening {name}")
}

/// Returns a text with a head in one of the forms of site generators, and the name of the form.
fn formatted(fields: &Fields, body: &str, choices: &mut Choices<'_>) -> (Vec<u8>, String) {
    // Lines know only lists of tags.
    let is_word =
        |(key, value): &(String, String)| matches!(key.as_str(), "tags" | "aliases") || !value.starts_with(['{', '[']);
    let has_only_words = fields.iter().all(is_word);
    let (text, form) = match choices.below(13) {
        0 => (yaml("+++\n", fields, "+++\n", body), "YAML between plusses"),
        1 => (toml("+++\n", fields, "+++\n", body), "TOML"),
        2 => (toml("---\n", fields, "---\n", body), "TOML between dashes"),
        3 => (json("", fields, "\n", body), "JSON"),
        4 => (json(";;;\n", fields, "\n;;;\n", body), "JSON between semicolons"),
        5 => (yaml("", fields, "---\n", body), "YAML without opening fence"),
        6 if has_only_words && !fields.is_empty() => (lines(fields, body), "lines"),
        7 => (yaml("--- yaml\n", fields, "---\n", body), "YAML with a name"),
        8 => (yaml("---\n", fields, "...\n", body), "YAML closed by dots"),
        _ => (yaml("---\n", fields, "---\n", body), "YAML"),
    };
    let text = match choices.below(12) {
        0 => text.replace('\n', "\r\n"),
        1 => text.replace('\n', "\r"),
        2 => format!("\u{feff}{text}"),
        3 => format!("\n\n{text}"),
        _ => text,
    };
    (text.into_bytes(), form.to_owned())
}

/// Returns a text whose head has a mistake, and the mistake.
fn broken(fields: &Fields, body: &str, choices: &mut Choices<'_>) -> (Vec<u8>, String) {
    let whole = |open: &str, close: &str| yaml(open, fields, close, body);
    let with = |line: &str| {
        let mut head = whole("---\n", "---\n");
        head.insert_str(4, line);
        head
    };
    let text = match choices.below(28) {
        0 => whole("---\n", ""),
        1 => whole("--\n", "---\n"),
        2 => whole("----\n", "---\n"),
        3 => whole("—-\n", "---\n"),
        4 => whole("- --\n", "---\n"),
        5 => whole("x---\n", "---\n"),
        6 => whole(" ---\n", "---\n"),
        7 => whole("# A title\n\n---\n", "---\n"),
        8 => whole("A line.\n---\n", "---\n"),
        9 => whole("---\n", "--\n"),
        10 => whole("---\n", "----\n"),
        11 => whole("---\n", "—\n"),
        12 => whole("---\n", "+++\n"),
        13 => whole("—\n", "—\n"),
        14 => with("key:\n\tinner: 1\n"),
        15 => with("quoted: \"never closed\n"),
        16 => with("list: [a, b\n"),
        17 => with("no colon here\n"),
        18 => with("title: one: two\n"),
        19 => whole("---\n", "---\n").replace(": ", ":"),
        20 => with("twice: 1\ntwice: 2\n@what: 3\n"),
        21 => toml("+++\n", fields, "+++\n", body).replace('"', ""),
        22 => toml("", fields, "+++\n", body),
        23 => toml("+++\n", fields, "", body),
        24 => json("", fields, "\n", body).replacen("\",", "\"", 1),
        25 => json("", fields, "\n", body).replacen("}\n", ",}\n", 1),
        26 => {
            let mut bytes = whole("---\n", "---\n").into_bytes();
            bytes.insert(5, 0xff);
            return (bytes, "a byte that is not UTF-8".to_owned());
        }
        _ => {
            let text = whole("---\n", "---\n");
            let bytes = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            return (bytes, "UTF-16".to_owned());
        }
    };
    let form = text.chars().take(60).collect::<String>();
    (text.into_bytes(), format!("broken: {form:?}"))
}

fn yaml(open: &str, fields: &Fields, close: &str, body: &str) -> String {
    let entries: Vec<String> = fields.iter().map(|(key, value)| format!("{key}: {value}\n")).collect();
    format!("{open}{}{close}\n{body}", entries.concat())
}

fn toml(open: &str, fields: &Fields, close: &str, body: &str) -> String {
    let entry = |(key, value): &(String, String)| format!("{key} = {}\n", quoted(value, " = "));
    format!("{open}{}{close}\n{body}", fields.iter().map(entry).collect::<Vec<_>>().concat())
}

fn json(open: &str, fields: &Fields, close: &str, body: &str) -> String {
    let entry = |(key, value): &(String, String)| format!("  \"{key}\": {}", quoted(value, ": "));
    let entries: Vec<String> = fields.iter().map(entry).collect();
    let (start, end) = if open.is_empty() { ("{\n", "\n}") } else { ("", "") };
    format!("{open}{start}{}{end}{close}\n{body}", entries.join(",\n"))
}

/// Returns a value of YAML in the syntax that TOML and JSON share, but for what joins keys and values.
fn quoted(value: &str, joint: &str) -> String {
    let value = value.split(" #").next().unwrap_or_default();
    let bare = value.trim_matches(['"', '\'']);
    let list = |inner: &str| inner.split(", ").map(|item| quoted(item, joint)).collect::<Vec<_>>().join(", ");
    if let Some(inner) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return format!("[{}]", list(inner));
    }
    if let Some((key, inner)) = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')?.split_once(": ")) {
        return format!("{{\"{key}\"{joint}{}}}", quoted(inner, joint));
    }
    if matches!(value, "true" | "false" | "0" | "1" | "2") { bare.to_owned() } else { format!("\"{bare}\"") }
}

/// Returns lines of `Key: value`, as Pelican and `MultiMarkdown` read them.
fn lines(fields: &Fields, body: &str) -> String {
    let entry = |(key, value): &(String, String)| {
        let value = value.split(" #").next().unwrap_or_default();
        format!("{key}: {}\n", value.trim_matches(['[', ']', '"', '\'']))
    };
    format!("{}\n{body}", fields.iter().map(entry).collect::<Vec<_>>().concat())
}
