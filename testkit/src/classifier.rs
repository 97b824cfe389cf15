//! A reader of gemtext that is independent of the renderer (specification, section 5).

/// A line of gemtext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Text.
    Text(String),
    /// A link; its label is empty if there is none.
    #[allow(missing_docs, reason = "the names say it")]
    Link { url: String, label: String },
    /// The start or end of preformatted text.
    #[allow(missing_docs, reason = "the names say it")]
    Toggle { alt: String },
    /// A line of preformatted text.
    Preformatted(String),
    /// A heading of level 1 to 3.
    #[allow(missing_docs, reason = "the names say it")]
    Heading { level: usize, text: String },
    /// An item of a list.
    Item(String),
    /// A line of a quotation.
    Quote(String),
}

/// Returns the lines of a page.
pub fn classify(page: &str) -> Vec<Line> {
    let mut preformatted = false;
    page.lines()
        .map(|line| {
            if let Some(alt) = line.strip_prefix("```") {
                preformatted = !preformatted;
                return Line::Toggle { alt: alt.to_owned() };
            }
            if preformatted {
                return Line::Preformatted(line.to_owned());
            }
            if let Some(rest) = line.strip_prefix("=>") {
                let rest = rest.trim_start();
                let (url, label) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
                return Line::Link { url: url.to_owned(), label: label.trim().to_owned() };
            }
            if line.starts_with('#') {
                let level = line.bytes().take_while(|&byte| byte == b'#').count().min(3);
                return Line::Heading { level, text: line[level..].trim().to_owned() };
            }
            if let Some(item) = line.strip_prefix("* ") {
                return Line::Item(item.to_owned());
            }
            if let Some(quote) = line.strip_prefix('>') {
                return Line::Quote(quote.trim_start().to_owned());
            }
            Line::Text(line.to_owned())
        })
        .collect()
}

/// Checks what holds for every page.
///
/// # Panics
///
/// If something does not.
pub fn assert_well_formed(page: &str) {
    assert!(page.is_empty() || page.ends_with('\n'), "no final newline:\n{page}");
    assert!(!page.starts_with('\n'), "a blank line in front:\n{page}");
    assert!(!page.ends_with("\n\n"), "a blank line at the end:\n{page}");
    assert!(!page.contains('\r'), "a carriage return:\n{page}");
    let lines = classify(page);
    let blank = |line: &Line| matches!(line, Line::Text(text) if text.is_empty());
    assert!(!lines.windows(2).any(|two| two.iter().all(blank)), "two blank lines:\n{page}");
    let toggles = lines.iter().filter(|line| matches!(line, Line::Toggle { .. })).count();
    assert_eq!(toggles % 2, 0, "a block is never closed:\n{page}");
    for line in &lines {
        match line {
            Line::Link { url, .. } => {
                assert!(!url.is_empty(), "a link to nowhere:\n{page}");
                assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "a raw URL {url}");
            }
            Line::Heading { text, .. } => assert!(!text.is_empty(), "an empty heading:\n{page}"),
            _ => {}
        }
    }
}
