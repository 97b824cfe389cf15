//! Markdown becomes a [`Document`].

use super::Document;

/// What authors disagree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of the dialect, named where they are set"
)]
pub struct MarkdownOptions {
    /// Straight quotes become curly ones, `--` a dash, `...` an ellipsis.
    pub smart_punctuation: bool,
    /// `$x$` and `$$x$$` are TeX, kept verbatim and shielded from emphasis.
    pub math: bool,
    /// `[[page]]` and `[[page|label]]` are links.
    pub wiki_links: bool,
    /// A line with `: ` under a term is its meaning.
    pub definition_lists: bool,
    /// What becomes of template tags.
    pub shortcodes: Shortcodes,
}

/// What becomes of the template tags of Hugo, Zola and Jekyll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shortcodes {
    /// Those with a meaning here are translated, the others removed; text between a pair is kept.
    Strip,
    /// They stay as text.
    Keep,
}

impl MarkdownOptions {
    /// What suits most archives.
    pub const STANDARD: Self = Self {
        smart_punctuation: false,
        math: true,
        wiki_links: true,
        definition_lists: true,
        shortcodes: Shortcodes::Strip,
    };
}

/// Reads `source`, the body of an essay without its front matter. Never fails: what cannot be understood is
/// kept as text. All offsets of the document are bytes of `source`.
pub fn parse<'a>(source: &'a str, options: &MarkdownOptions) -> Document<'a> {
    let _ = (source, options);
    Document::default()
}
