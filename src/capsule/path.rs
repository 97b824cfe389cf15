//! [`CapsulePath`]: the only way to name a resource of a capsule.
//!
//! A path is decoded exactly once, segment by segment, and what comes out can no longer climb, hide or
//! name something outside the content folder. Every later comparison is by whole segments.

use std::fmt::{self, Write};
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// Everything that may not stand raw in a path segment of a URL (RFC 3986, section 3.3).
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The name of a resource: decoded, absolute, normalised.
///
/// It starts with `/`; one that ends with `/` names a folder. Its segments are never empty, never `.` or
/// `..`, never hidden (a leading dot, except `.well-known`), and hold neither `/` nor control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapsulePath(Arc<str>);

/// Why bytes are not the name of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It climbs above the root with `..`, spelled out or percent-encoded.
    #[error("the path climbs above the root")]
    Climbs,
    /// It is well formed but cannot name anything here: a hidden segment, a control character, an encoded
    /// slash, bytes that are not UTF-8.
    #[error("nothing here can have that name")]
    Unnameable,
}

impl CapsulePath {
    /// The root of the capsule, `/`.
    pub fn root() -> Self {
        Self(Arc::from("/"))
    }

    /// Reads the path of a URL, percent-encoded as it came over the wire; an empty one is the root.
    ///
    /// Dot segments are resolved (RFC 3986, section 5.2.4) after decoding, so that `%2e%2e` climbs like
    /// `..` does. Empty segments are dropped.
    pub fn from_url(raw: &str) -> Result<Self, PathError> {
        let mut segments: Vec<String> = Vec::new();
        let mut folder = true;
        for raw in raw.split('/') {
            let segment = percent_decode_str(raw).decode_utf8().map_err(|_| PathError::Unnameable)?;
            folder = matches!(&*segment, "" | "." | "..");
            match &*segment {
                "" | "." => {}
                ".." => {
                    segments.pop().ok_or(PathError::Climbs)?;
                }
                _ => segments.push(segment.into_owned()),
            }
        }
        Self::from_segments(segments.iter().map(String::as_str), folder)
    }

    /// Reads a path that is not percent-encoded: a name below the content folder, with `/` between its
    /// parts and perhaps one in front.
    pub fn from_decoded(raw: &str) -> Result<Self, PathError> {
        let mut segments: Vec<&str> = Vec::new();
        let mut folder = true;
        for segment in raw.split('/') {
            folder = matches!(segment, "" | "." | "..");
            match segment {
                "" | "." => {}
                ".." => {
                    segments.pop().ok_or(PathError::Climbs)?;
                }
                _ => segments.push(segment),
            }
        }
        Self::from_segments(segments.into_iter(), folder)
    }

    fn from_segments<'a>(segments: impl Iterator<Item = &'a str>, folder: bool) -> Result<Self, PathError> {
        let mut path = String::from("/");
        for segment in segments {
            if !may_name(segment) {
                return Err(PathError::Unnameable);
            }
            if path.len() > 1 {
                path.push('/');
            }
            path.push_str(segment);
        }
        if folder && path.len() > 1 {
            path.push('/');
        }
        Ok(Self(path.into()))
    }

    /// The decoded path, as in `/films/the soft skin.gmi`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the decoded path without its leading slash, as in `films/the soft skin.gmi`: the name of a file as its
    /// author knows it.
    pub fn as_relative(&self) -> &str {
        self.0.trim_start_matches('/')
    }

    /// The path as it stands in a URL, as in `/films/the%20soft%20skin.gmi`.
    pub fn to_url(&self) -> String {
        let mut url = String::with_capacity(self.0.len());
        for (at, segment) in self.0.split('/').enumerate() {
            if at > 0 {
                url.push('/');
            }
            url.extend(utf8_percent_encode(segment, SEGMENT));
        }
        url
    }

    /// The path as a Gopher selector of ASCII letters, digits and `/`, `-`, `_`, `.`, as in
    /// `/films/the_20soft_20skin.txt`.
    ///
    /// RFC 1436 lets a selector hold almost anything, but clients percent-encode, decode or cut what is not as plain
    /// as this on its way into a URL and back. So every other byte is an underscore with two hexadecimal digits.
    pub fn to_selector(&self) -> String {
        let mut selector = String::with_capacity(self.0.len());
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
                selector.push(char::from(byte));
            } else {
                write!(selector, "_{byte:02X}").expect("a string takes everything");
            }
        }
        selector
    }

    /// The path that [`to_selector`](Self::to_selector) turned into `selector`. A name that has such underscores
    /// of its own must be looked for as it is first.
    pub fn from_selector(selector: &str) -> Result<Self, PathError> {
        let mut rest = selector.as_bytes();
        let mut bytes = Vec::with_capacity(rest.len());
        while let [first, after @ ..] = rest {
            let digits = after.get(..2).and_then(|digits| str::from_utf8(digits).ok());
            let digits =
                digits.filter(|digits| digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')));
            match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(byte) if *first == b'_' => {
                    bytes.push(byte);
                    rest = &after[2..];
                }
                _ => {
                    bytes.push(*first);
                    rest = after;
                }
            }
        }
        let decoded = String::from_utf8(bytes).map_err(|_| PathError::Unnameable)?;
        Self::from_decoded(&decoded)
    }

    /// Whether this names a folder.
    pub fn is_folder(&self) -> bool {
        self.0.ends_with('/')
    }

    /// The parts between the slashes, from the root downwards.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }

    /// The last segment; empty for the root.
    pub fn name(&self) -> &str {
        self.segments().next_back().unwrap_or("")
    }

    /// The last segment without its extension.
    pub fn stem(&self) -> &str {
        split_extension(self.name()).0
    }

    /// What stands behind the last dot of the last segment, as written; empty if there is none.
    pub fn extension(&self) -> &str {
        split_extension(self.name()).1
    }

    /// The folder this lies in; the root lies in itself.
    #[must_use]
    pub fn parent(&self) -> Self {
        let inner = self.0.strip_suffix('/').unwrap_or(&self.0);
        let end = inner.rfind('/').map_or(1, |at| at + 1);
        Self(self.0[..end.min(self.0.len())].into())
    }

    /// The same path as a folder, with a slash at its end.
    #[must_use]
    pub fn to_folder(&self) -> Self {
        if self.is_folder() { self.clone() } else { Self(format!("{}/", self.0).into()) }
    }

    /// The same path with the extension of its last segment cut off.
    #[must_use]
    pub fn without_extension(&self) -> Self {
        match self.extension() {
            "" => self.clone(),
            extension => Self(self.0[..self.0.len() - extension.len() - 1].into()),
        }
    }

    /// The same path with `.extension` added to its last segment; `extension` is one of our own.
    #[must_use]
    pub fn with_suffix(&self, extension: &str) -> Self {
        debug_assert!(!self.is_folder(), "a folder has no extension");
        Self(format!("{}.{extension}", self.0).into())
    }

    /// The path that `reference` (decoded, without query and fragment) leads to from this one.
    pub fn join(&self, reference: &str) -> Result<Self, PathError> {
        if reference.starts_with('/') {
            return Self::from_decoded(reference);
        }
        let base = if self.is_folder() { self.clone() } else { self.parent() };
        if reference.is_empty() {
            return Ok(self.clone());
        }
        Self::from_decoded(&format!("{}{reference}", base.0))
    }

    /// Whether this is `folder` or lies anywhere below it, by whole segments.
    pub fn is_within(&self, folder: &Self) -> bool {
        let mut mine = self.segments();
        folder.segments().all(|segment| mine.next() == Some(segment))
    }
}

/// Whether a decoded segment may name something in a capsule.
fn may_name(segment: &str) -> bool {
    let hidden = segment.starts_with('.') && segment != ".well-known";
    !hidden && !segment.is_empty() && !segment.chars().any(|c| c == '/' || c.is_control())
}

/// Splits a name at its last dot; a leading dot starts no extension.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 => (&name[..at], &name[at + 1..]),
        _ => (name, ""),
    }
}

impl fmt::Display for CapsulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CapsulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_paths_are_decoded_once_and_resolved() {
        use PathError::{Climbs, Unnameable};
        let rows: &[(&str, Result<&str, PathError>)] = &[
            ("", Ok("/")),
            ("/", Ok("/")),
            ("//", Ok("/")),
            ("/a", Ok("/a")),
            ("/a/", Ok("/a/")),
            ("/a//b", Ok("/a/b")),
            ("/a/./b", Ok("/a/b")),
            ("/a/.", Ok("/a/")),
            ("/a/../b", Ok("/b")),
            ("/a/..", Ok("/")),
            ("/a/%2e%2E/b", Ok("/b")),
            ("/the%20soft%20skin.gmi", Ok("/the soft skin.gmi")),
            ("/%E6%9D%B1", Ok("/東")),
            ("/%2525", Ok("/%25")),
            ("/..", Err(Climbs)),
            ("/../a", Err(Climbs)),
            ("/%2e%2e/a", Err(Climbs)),
            ("/a/../../b", Err(Climbs)),
            ("/a%2fb", Err(Unnameable)),
            ("/a%2f..%2fb", Err(Unnameable)),
            ("/a%00", Err(Unnameable)),
            ("/a%0d%0a", Err(Unnameable)),
            ("/a%ff", Err(Unnameable)),
            ("/.git/config", Err(Unnameable)),
            ("/%2egit", Err(Unnameable)),
            ("/...", Err(Unnameable)),
            ("/.well-known/security.txt", Ok("/.well-known/security.txt")),
            ("/a/.well-known", Ok("/a/.well-known")),
        ];
        for (raw, expected) in rows {
            let path = CapsulePath::from_url(raw);
            assert_eq!(path.as_ref().map(CapsulePath::as_str), expected.as_ref().map(|s| *s), "{raw}");
        }
    }

    #[test]
    fn a_path_survives_the_way_into_a_url_and_back() {
        for raw in ["/", "/a b/c#d?e%f", "/東京/ü.gmi", "/a/", "/[x]{y}|`^\"<>\\"] {
            let path = CapsulePath::from_decoded(raw).expect("a name");
            let url = path.to_url();
            assert!(!url.contains([' ', '#', '?', '<', '>', '"']), "{url}");
            assert!(url.is_ascii());
            assert_eq!(CapsulePath::from_url(&url), Ok(path));
        }
    }

    #[test]
    fn a_selector_is_plain_and_leads_back() {
        for (raw, selector) in [
            ("/", "/"),
            ("/films/skin.txt", "/films/skin.txt"),
            ("/the soft skin.txt", "/the_20soft_20skin.txt"),
            ("/東/ü.txt", "/_E6_9D_B1/_C3_BC.txt"),
            ("/100%.png", "/100_25.png"),
            ("/a_b/__c-d", "/a_b/__c-d"),
            ("/a#b?c&d", "/a_23b_3Fc_26d"),
        ] {
            let path = CapsulePath::from_decoded(raw).expect("a name");
            assert_eq!(path.to_selector(), selector); // G9
            assert_eq!(CapsulePath::from_selector(selector), Ok(path));
        }
        for selector in ["/_2E_2E/", "/a_2F_2E_2E_2F_2E_2E", "/_FF", "/_2Egit", "/a_00"] {
            assert!(CapsulePath::from_selector(selector).is_err(), "{selector}"); // P13
        }
    }

    #[test]
    fn parts_of_a_path() {
        let path = |raw| CapsulePath::from_decoded(raw).expect("a name");
        let essay = path("/films/the-soft-skin.gmi");
        assert_eq!(
            (essay.name(), essay.stem(), essay.extension()),
            ("the-soft-skin.gmi", "the-soft-skin", "gmi")
        );
        assert_eq!(essay.without_extension(), path("/films/the-soft-skin"));
        assert_eq!(essay.without_extension().with_suffix("txt"), path("/films/the-soft-skin.txt"));
        assert_eq!(essay.parent(), path("/films/"));
        assert_eq!(path("/films/").parent(), CapsulePath::root());
        assert_eq!(path("/films").parent(), CapsulePath::root());
        assert_eq!(CapsulePath::root().parent(), CapsulePath::root());
        assert_eq!(path("/films").to_folder(), path("/films/"));
        assert_eq!(CapsulePath::root().to_folder(), CapsulePath::root());
        assert_eq!((path("/v1.2/").extension(), path("/a").extension()), ("2", ""));
    }

    #[test]
    fn references_are_resolved_against_the_page_they_stand_on() {
        let page = CapsulePath::from_decoded("/films/the-soft-skin.gmi").expect("a name");
        let rows = [
            ("jules.md", Ok("/films/jules.md")),
            ("../craft/light.md", Ok("/craft/light.md")),
            ("./", Ok("/films/")),
            ("..", Ok("/")),
            ("/about", Ok("/about")),
            ("", Ok("/films/the-soft-skin.gmi")),
            ("../../x", Err(PathError::Climbs)),
        ];
        for (reference, expected) in rows {
            let joined = page.join(reference);
            assert_eq!(joined.as_ref().map(CapsulePath::as_str).map_err(|e| *e), expected, "{reference}");
        }
        let folder = CapsulePath::from_decoded("/films/").expect("a name");
        assert_eq!(folder.join("a.md").as_ref().map(CapsulePath::as_str), Ok("/films/a.md"));
    }

    #[test]
    fn containment_goes_by_whole_segments() {
        let path = |raw| CapsulePath::from_decoded(raw).expect("a name");
        assert!(path("/a/b").is_within(&path("/a/")));
        assert!(path("/a").is_within(&path("/a/")));
        assert!(path("/anything").is_within(&CapsulePath::root()));
        assert!(!path("/ab").is_within(&path("/a/")));
        assert!(!path("/").is_within(&path("/a/")));
    }
}
