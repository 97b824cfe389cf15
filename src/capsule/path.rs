//! [`CapsulePath`]: the only way to name a resource of a capsule.
//!
//! Paths are decoded once, by segment, are compared by whole segments, and cannot climb, be hidden or leave the folder.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// The characters that are percent-encoded in a path segment of a URL (RFC 3986, section 3.3).
const SEGMENT: &AsciiSet = &{
    let mut set = CONTROLS.add(b' ');
    let mut rest: &[u8] = b"\"#%/<>?[\\]^`{|}";
    while let [first, after @ ..] = rest {
        set = set.add(*first);
        rest = after;
    }
    set
};

/// The name of a resource: decoded, absolute, normalised.
///
/// It starts with `/`, and a path that ends with `/` names a folder. Its segments are never empty, `.`, `..` or hidden
/// (with a leading dot, except `.well-known`), contain no `/` or control characters, and are in the form of [`nfc`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapsulePath(Arc<str>);

/// Why a path does not name a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It climbs above the root with `..`, spelled out or percent-encoded.
    #[error("the path climbs above the root")]
    Climbs,
    /// It can name nothing here: it has a hidden segment, a control character, an encoded slash or no UTF-8.
    #[error("nothing here can have that name")]
    Unnameable,
}

impl CapsulePath {
    /// Returns the root of the capsule, `/`.
    pub fn root() -> Self {
        Self(Arc::from("/"))
    }

    /// Reads the percent-encoded path of a URL; an empty one is the root. Empty segments are dropped.
    ///
    /// Dot segments are resolved (RFC 3986, section 5.2.4) after decoding, so `%2e%2e` climbs like `..`.
    pub fn from_url(raw: &str) -> Result<Self, PathError> {
        let decode = |raw| percent_decode_str(raw).decode_utf8().map_err(|_| PathError::Unnameable);
        Self::from_segments(raw.split('/').map(decode))
    }

    /// Reads a path that is not percent-encoded: a name below the content folder, with or without a leading slash.
    pub fn from_decoded(raw: &str) -> Result<Self, PathError> {
        Self::from_segments(raw.split('/').map(|segment| Ok(Cow::Borrowed(segment))))
    }

    fn from_segments<'a>(raw: impl Iterator<Item = Result<Cow<'a, str>, PathError>>) -> Result<Self, PathError> {
        let mut segments = Vec::new();
        let mut is_folder = true;
        for segment in raw {
            let segment = segment?;
            is_folder = matches!(&*segment, "" | "." | "..");
            if segment == ".." {
                segments.pop().ok_or(PathError::Climbs)?;
            } else if !is_folder {
                segments.push(if segment.is_ascii() { segment } else { nfc(&segment).into_owned().into() });
            }
        }
        let is_hidden = |segment: &str| segment.starts_with('.') && segment != ".well-known";
        let is_invalid = |c: char| c == '/' || c.is_control();
        if segments.iter().any(|segment| is_hidden(segment) || segment.contains(is_invalid)) {
            return Err(PathError::Unnameable);
        }
        let end = if is_folder && !segments.is_empty() { "/" } else { "" };
        Ok(Self(format!("/{}{end}", segments.join("/")).into()))
    }

    /// Returns the decoded path, as in `/films/the soft skin.gmi`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path without its leading slash, as in `films/the soft skin.gmi`: the file as its author knows it.
    pub fn as_relative(&self) -> &str {
        self.0.trim_start_matches('/')
    }

    /// Returns the percent-encoded path for a URL, as in `/films/the%20soft%20skin.gmi`.
    pub fn to_url(&self) -> String {
        let encode = |segment| utf8_percent_encode(segment, SEGMENT).to_string();
        self.0.split('/').map(encode).collect::<Vec<_>>().join("/")
    }

    /// Returns the path as a Gopher selector of ASCII letters, digits, `/`, `-`, `_` and `.`, with `_` and two hexadecimal
    /// digits for every other byte. RFC 1436 allows almost any character in a selector, but clients change the others.
    pub fn to_selector(&self) -> String {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
        let encode = |byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("_{byte:02X}") };
        self.0.bytes().map(encode).collect()
    }

    /// Reverses [`Self::to_selector`]. File names may contain such sequences: first look the selector up undecoded.
    pub fn from_selector(selector: &str) -> Result<Self, PathError> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
        let is_byte = |part: &str| part.get(..2).is_some_and(|digits| digits.bytes().all(is_digit));
        let mut parts = selector.split('_').map(|part| part.replace('%', "%25"));
        let mut url = parts.next().unwrap_or_default();
        for part in parts {
            url.push(if is_byte(&part) { '%' } else { '_' });
            url.push_str(&part);
        }
        let decoded = percent_decode_str(&url).decode_utf8().map_err(|_| PathError::Unnameable)?;
        Self::from_decoded(&decoded)
    }

    /// Returns whether this names a folder.
    pub fn is_folder(&self) -> bool {
        self.0.ends_with('/')
    }

    /// Returns the parts between the slashes, from the root downwards.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }

    /// Returns the last segment; empty for the root.
    pub fn name(&self) -> &str {
        self.segments().next_back().unwrap_or("")
    }

    /// Returns the last segment without its extension.
    pub fn stem(&self) -> &str {
        split_extension(self.name()).0
    }

    /// Returns what follows the last dot of the last segment, as written; empty if there is none.
    pub fn extension(&self) -> &str {
        split_extension(self.name()).1
    }

    /// Returns the folder this is in; the root is in itself.
    pub fn parent(&self) -> Self {
        let inner = self.0.strip_suffix('/').unwrap_or(&self.0);
        inner.rfind('/').map_or_else(Self::root, |at| Self(self.0[..=at].into()))
    }

    /// Returns the folders this is in, from the innermost to the root.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> {
        let above = |folder: &Self| Some(folder.parent()).filter(|parent| parent != folder);
        std::iter::successors(Some(self.parent()), above)
    }

    /// Returns the path as a folder, with a slash at its end.
    pub fn to_folder(&self) -> Self {
        if self.is_folder() { self.clone() } else { Self(format!("{}/", self.0).into()) }
    }

    /// Returns the path without a slash at its end; the root stays as it is.
    pub(super) fn without_slash(&self) -> Self {
        let bare = self.0.strip_suffix('/').filter(|path| !path.is_empty());
        bare.map_or_else(|| self.clone(), |path| Self(path.into()))
    }

    /// Returns the path without the extension of its last segment.
    pub fn without_extension(&self) -> Self {
        let length = self.extension().len();
        if length == 0 { self.clone() } else { Self(self.0[..self.0.len() - length - 1].into()) }
    }

    /// Returns the path with `.extension` added to its last segment; `extension` is a valid name.
    pub fn with_suffix(&self, extension: &str) -> Self {
        debug_assert!(!self.is_folder(), "a folder has no extension");
        Self(format!("{}.{extension}", self.0).into())
    }

    /// Resolves `reference` (decoded, without query and fragment) against this path.
    pub fn join(&self, reference: &str) -> Result<Self, PathError> {
        if reference.starts_with('/') {
            return Self::from_decoded(reference);
        }
        if reference.is_empty() {
            return Ok(self.clone());
        }
        let (base, _) = self.0.split_at(self.0.rfind('/').map_or(0, |at| at + 1));
        Self::from_decoded(&format!("{base}{reference}"))
    }

    /// Returns the path that this has if `folder`, which it is in, is the root.
    pub fn from_root(&self, folder: &Self) -> Self {
        let inner = self.0.strip_prefix(folder.as_str()).filter(|_| folder.as_str() != "/");
        inner.map_or_else(|| self.clone(), |inner| Self(format!("/{inner}").into()))
    }

    /// Returns whether this is `folder` or anywhere below it, by whole segments.
    pub fn is_within(&self, folder: &Self) -> bool {
        let mut mine = self.segments();
        folder.segments().all(|segment| mine.next() == Some(segment))
    }
}

/// Returns `name` in the Unicode form C, in which names are compared: macOS may store names decomposed.
pub fn nfc(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(name)
}

/// Returns the words of a title in lower case with hyphens between them, which most generators use as a name.
pub fn slug(title: &str) -> String {
    // An apostrophe does not separate words.
    let plain = title.to_lowercase().replace(['\'', '’'], "");
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// Splits a name at its last dot, unless that is the first character.
fn split_extension(name: &str) -> (&str, &str) {
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((name, ""))
}

impl fmt::Display for CapsulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
