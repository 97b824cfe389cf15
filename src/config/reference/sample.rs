//! The commented sample, taken apart.

/// A table and what is said of it.
pub(super) struct Section<'s> {
    /// As in `[gemini]`; empty for what stands before the first.
    pub(super) table: &'s str,
    pub(super) prose: String,
    pub(super) groups: Vec<Group<'s>>,
}

/// Settings that one comment is about.
pub(super) struct Group<'s> {
    pub(super) prose: String,
    pub(super) settings: Vec<Setting<'s>>,
}

/// A key with the value it is shown with.
pub(super) struct Setting<'s> {
    pub(super) key: &'s str,
    /// The setting as it stands in a file.
    pub(super) line: &'s str,
}

impl Group<'_> {
    /// Whether the prose says what holds without the setting.
    pub(super) fn says_default(&self) -> bool {
        self.prose.contains("Default:")
    }
}

/// Every table of `text`, with the comments above it and above its settings.
pub(super) fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections = vec![Section { table: "", prose: String::new(), groups: Vec::new() }];
    let mut prose = Vec::new();
    let mut after_setting = false;
    // The first block is about the file.
    for line in text.lines().skip_while(|line| !line.is_empty()) {
        let said = std::mem::take(&mut prose);
        let section = sections.last_mut().expect("there is one from the beginning");
        if let Some(setting) = setting(line) {
            match section.groups.last_mut() {
                Some(group) if after_setting && said.is_empty() => group.settings.push(setting),
                _ => section.groups.push(Group { prose: said.join(" "), settings: vec![setting] }),
            }
            after_setting = true;
            continue;
        }
        after_setting = false;
        if line.starts_with('[') {
            sections.push(Section { table: line, prose: said.join(" "), groups: Vec::new() });
        } else if let Some(comment) = line.strip_prefix("# ") {
            prose = said;
            // What is about the sample only stands in brackets.
            if !comment.starts_with('(') {
                prose.push(comment);
            }
        }
    }
    sections
}

/// `text` with every setting in force that it shows.
pub(super) fn uncommented(text: &str) -> String {
    let lines = text.lines().map(|line| setting(line).map_or(line, |setting| setting.line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// `key = value`, whether or not it is commented out.
fn setting(line: &str) -> Option<Setting<'_>> {
    let line = line.strip_prefix("# ").unwrap_or(line);
    let (key, _) = line.split_once(" = ")?;
    let is_key = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_key.then_some(Setting { key, line })
}

/// Prose of a comment, in which only backticks have a meaning.
pub(super) fn as_markdown(prose: &str) -> String {
    let parts = prose.split('`').enumerate();
    let escaped = parts.map(|(index, part)| match index % 2 {
        0 => part.replace('*', "\\*").replace('_', "\\_").replace('<', "\\<"),
        _ => format!("`{part}`"),
    });
    escaped.collect()
}
