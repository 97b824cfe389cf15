//! What looks like a destination in a text, found without reading its markup.

use std::sync::Arc;

use memchr::{memchr_iter, memmem};

use crate::capsule::{Essay, TextKind};

/// What a text seems to lead to, as it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead<'a> {
    /// An address, relative or absolute.
    Address(&'a str),
    /// The name of an essay, in a wiki link.
    Name(&'a str),
}

/// What tells names from addresses where leads are kept, a line each.
const NAME: char = '[';

/// The leads in `essay` that may lead to something in its capsule; `is_local` knows of an address.
pub(super) fn of(essay: &Essay, is_local: impl Fn(&str) -> bool) -> Arc<str> {
    if essay.kind == TextKind::Text {
        return Arc::from("");
    }
    let mut kept = String::new();
    let text = essay.text();
    find(text.body(), essay.kind, |lead| match lead {
        Lead::Address(written) if !written.is_empty() && !written.starts_with('#') && is_local(written) => {
            kept.extend([written, "\n"]);
        }
        Lead::Name(name) => {
            kept.push(NAME);
            kept.extend([name, "\n"]);
        }
        Lead::Address(_) => {}
    });
    kept.into()
}

/// The leads that were kept.
pub(super) fn read(kept: &str) -> impl Iterator<Item = Lead<'_>> {
    kept.lines().map(|line| line.strip_prefix(NAME).map_or(Lead::Address(line), Lead::Name))
}

/// Calls `found` with every lead in `body`; none holds a line break.
fn find(body: &str, kind: TextKind, mut found: impl FnMut(Lead<'_>)) {
    if kind == TextKind::Gemtext {
        let links = body.lines().filter_map(|line| line.strip_prefix("=>")?.split_whitespace().next());
        return links.for_each(|written| found(Lead::Address(written)));
    }
    let bytes = body.as_bytes();
    for at in memchr_iter(b']', bytes) {
        if matches!(bytes.get(at + 1), Some(b'(' | b':')) {
            found(Lead::Address(first_word(&body[at + 2..])));
        }
    }
    for at in memmem::find_iter(bytes, "[[") {
        let inner = &body[at + 2..];
        found(Lead::Name(&inner[..inner.find([']', '|', '\n']).unwrap_or(inner.len())]));
    }
    // Attributes of HTML, and the shortcodes and tags of site generators.
    for opener in ["href=", "{{", "{%"] {
        for at in memmem::find_iter(bytes, opener) {
            let rest = body[at + opener.len()..].lines().next().unwrap_or_default();
            let words = rest.split(['"', '\'', ' ', '>', '`']).filter(|word| !word.is_empty());
            words.take(5).for_each(|word| found(Lead::Address(word)));
        }
    }
}

/// The destination that `rest` starts with: in angle brackets, else up to a blank or to the bracket that closes it.
fn first_word(rest: &str) -> &str {
    let rest = rest.trim_start();
    if let Some(inner) = rest.strip_prefix('<') {
        return &inner[..inner.find(['>', '\n']).unwrap_or(inner.len())];
    }
    let mut depth = 0_u32;
    let end = rest.find(|c: char| match c {
        '(' => {
            depth += 1;
            false
        }
        ')' if depth > 0 => {
            depth -= 1;
            false
        }
        _ => c == ')' || c.is_whitespace(),
    });
    &rest[..end.unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_looks_like_a_destination_is_found() {
        let (address, name) = (Lead::Address, Lead::Name);
        for (body, expected) in [
            ("[a](b.md) and [c](<d e.md> \"t\")", &[address("b.md"), address("d e.md")][..]),
            ("[a]( b_(1).md )", &[address("b_(1).md")]),
            ("[a][r]\n\n[r]:\n  b.md 'title'", &[address("b.md")]),
            ("[[Soft Skin|x]] ![[y.png]]", &[name("Soft Skin"), name("y.png")]),
            ("<a class=x href=\"/b/\">c</a>", &[address("/b/"), address("c</a")]),
            (
                "[a]({% post_url 2024-05-01-b %})",
                &[address("{%"), address("post_url"), address("2024-05-01-b"), address("%})")],
            ),
            ("no link at all", &[]),
            ("[never closed](", &[address("")]),
            ("[never closed](<a\nb", &[address("a")]),
        ] {
            let mut leads = Vec::new();
            find(body, TextKind::Markdown, |lead| leads.push(format!("{lead:?}")));
            for expected in expected {
                assert!(leads.contains(&format!("{expected:?}")), "{body}: {leads:?}");
            }
            assert!(!expected.is_empty() || leads.is_empty(), "{body}: {leads:?}");
            assert!(leads.iter().all(|lead| !lead.contains("\\n")), "{leads:?}");
        }
        let mut leads = Vec::new();
        find("# T\n=> b.gmi c\n=>/d\n", TextKind::Gemtext, |lead| leads.push(format!("{lead:?}")));
        assert_eq!(leads, ["Address(\"b.gmi\")", "Address(\"/d\")"]);
        let kept: Vec<Lead<'_>> = read("b.md\n[Soft Skin\n").collect();
        assert_eq!(kept, [address("b.md"), name("Soft Skin")]);
    }
}
