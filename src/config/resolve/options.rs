//! Tables of plain choices: what the file says, and the standard where it says nothing.

use crate::config::file::{GemtextTable, LimitsTable, PagesTable};
use crate::markup::markdown::MarkdownOptions;
use crate::render::gemtext::GemtextOptions;
use crate::server::Limits;
use crate::site::PageOptions;

/// The limits a file asks for, and the standard ones where it says nothing.
pub(super) fn limits(table: &LimitsTable) -> Limits {
    let standard = Limits::STANDARD;
    Limits {
        connections: table.connections.unwrap_or(standard.connections),
        files: table.connections.unwrap_or(standard.files),
        per_address: table.per_address.unwrap_or(standard.per_address),
        handshake: table.handshake.unwrap_or(standard.handshake),
        request: table.request.unwrap_or(standard.request),
        write_stall: table.write.unwrap_or(standard.write_stall),
        linger: table.linger.unwrap_or(standard.linger),
        grace: table.grace.unwrap_or(standard.grace),
        linger_bytes: standard.linger_bytes,
    }
}

/// How Markdown is read, by the standard where the file says nothing; likewise below.
pub(super) fn markdown(table: &PagesTable) -> MarkdownOptions {
    let standard = MarkdownOptions::STANDARD;
    MarkdownOptions { smart_punctuation: table.smart.unwrap_or(standard.smart_punctuation), ..standard }
}

pub(super) fn pages(table: &PagesTable) -> PageOptions {
    let standard = PageOptions::standard();
    PageOptions {
        meta: table.meta.unwrap_or(standard.meta),
        back_label: table.back_label.clone().unwrap_or(standard.back_label),
        mentions_label: table.mentions_label.clone().unwrap_or(standard.mentions_label),
        shift_headings: table.shift_headings.unwrap_or(standard.shift_headings),
    }
}

pub(super) fn gemtext(table: &GemtextTable) -> GemtextOptions {
    let standard = GemtextOptions::standard();
    GemtextOptions {
        emphasis: table.emphasis.unwrap_or(standard.emphasis),
        links: table.links.unwrap_or(standard.links),
        link_markers: table.link_markers.unwrap_or(standard.link_markers),
        ..standard
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::resolve::support::{FILE, resolved};
    use crate::config::{Config, File, Overrides};
    use crate::render::gemtext::{Emphasis, LinkMarkers, LinkPlacement};
    use crate::site::MetaLine;

    #[test]
    fn limits_that_nobody_changes_are_the_standard_ones() {
        let text = format!("{FILE}[limits]\nper_address = 8\nrequest = 5\n");
        let config = resolved(&Overrides::default(), &text).expect("a configuration");
        let expected =
            Limits { per_address: 8, request: std::time::Duration::from_secs(5), ..Limits::STANDARD };
        assert_eq!(config.limits, expected);
        let problems = File::parse("config.toml", "[limits]\nrequest = 0\n").expect_err("refused");
        assert_eq!(problems[0].what, "`request` must be a whole number from 1 to 3600");
    }

    /// What one line of a file changes.
    type Change = fn(&mut Config);

    #[test]
    fn pages_are_made_as_the_file_says() {
        let standard = resolved(&Overrides::default(), FILE).expect("a configuration");
        assert_eq!(standard.markdown, MarkdownOptions::STANDARD);
        assert_eq!(standard.pages, PageOptions::standard());
        assert_eq!(standard.gemtext, GemtextOptions::standard());
        let rows: &[(&str, &str, Change)] = &[
            ("pages", "meta = \"footer\"", |config| config.pages.meta = MetaLine::Footer),
            ("pages", "meta = \"header\"", |config| config.pages.meta = MetaLine::Header),
            ("pages", "meta = \"none\"", |config| config.pages.meta = MetaLine::None),
            ("pages", "back_label = \"Home\"", |config| config.pages.back_label = "Home".to_owned()),
            ("pages", "shift_headings = true", |config| config.pages.shift_headings = true),
            ("pages", "smart = true", |config| config.markdown.smart_punctuation = true),
            ("gemtext", "emphasis = \"plain\"", |config| config.gemtext.emphasis = Emphasis::Plain),
            ("gemtext", "emphasis = \"markers\"", |config| config.gemtext.emphasis = Emphasis::Markers),
            ("gemtext", "links = \"block\"", |config| config.gemtext.links = LinkPlacement::Block),
            ("gemtext", "links = \"section\"", |config| config.gemtext.links = LinkPlacement::Section),
            ("gemtext", "links = \"end\"", |config| config.gemtext.links = LinkPlacement::End),
            ("gemtext", "links = \"off\"", |config| config.gemtext.links = LinkPlacement::Off),
            ("gemtext", "link_markers = \"none\"", |config| config.gemtext.link_markers = LinkMarkers::None),
            ("gemtext", "link_markers = \"number\"", |config| {
                config.gemtext.link_markers = LinkMarkers::Number;
            }),
        ];
        for (table, line, change) in rows {
            let mut expected = standard.clone();
            change(&mut expected);
            let config = resolved(&Overrides::default(), &format!("{FILE}[{table}]\n{line}\n"));
            assert_eq!(config.expect("a configuration"), expected, "{line}");
        }
        for (text, what) in [
            (
                "[gemtext]\nlinks = \"here\"\n",
                "`links` must be one of `\"block\"`, `\"section\"`, `\"end\"`, `\"off\"`",
            ),
            ("[gemtext]\nlink = \"end\"\n", "unknown key `link` in `[gemtext]`"),
            ("[pages]\nmeta = true\n", "`meta` must be one of `\"footer\"`, `\"header\"`, `\"none\"`"),
            ("[pages]\nemphasis = \"plain\"\n", "unknown key `emphasis` in `[pages]`"),
        ] {
            let problems = File::parse("config.toml", text).expect_err("refused");
            assert_eq!(problems[0].what, what);
        }
    }
}
