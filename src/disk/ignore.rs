//! Files of a content folder that are not published: those that match a pattern, and those of editors and tools.
//!
//! Patterns of gitignore are in the configuration and in `.capsuleignore` files, each for its folder. The nearest match
//! counts, and `!pattern` includes a file again. Without a match, files of tools ([`ToolFile`]) are left out.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::names::ToolFile;
use crate::capsule::nfc;
use crate::problem::{Problem, SourceText, Topic};

/// Stands for the file name of the patterns in the configuration.
pub(super) const CONFIGURATION: &str = "";

/// The name of the files with patterns.
pub(super) const FILE: &str = ".capsuleignore";

/// The largest file of patterns, in bytes: some thousand patterns.
pub(super) const MAX_FILE: u64 = 64 << 10;

/// The only hidden name that is published (RFC 8615).
const WELL_KNOWN: &str = ".well-known";

/// The name of files with metadata of the texts in their folder (Material for `MkDocs`), which are read only.
pub(super) const METADATA: &str = ".meta.yml";

/// Returns whether files of this name, or in folders of it, are hidden. Volumes of Kubernetes, in `..2024`, are not.
pub(super) fn is_hidden(name: &OsStr) -> bool {
    let bytes = name.as_bytes();
    bytes.starts_with(b".") && !bytes.starts_with(b"..") && name != WELL_KNOWN && name != METADATA
}

/// Why a file or folder is left out of what is published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exclusion {
    /// It matches a pattern, and no nearer pattern includes it.
    Pattern {
        /// The pattern as it is written.
        pattern: String,
        /// The file of patterns, relative to the content folder; [`TOOLS`] or, for the configuration, `None`.
        file: Option<String>,
    },
    /// Its name is that of a tool's file, and no pattern includes it.
    Name(ToolFile),
}

/// What the file is, as in `a configuration file` or ``ignored by `*.png` of `.capsuleignore` ``.
impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(kind) => kind.fmt(f),
            Self::Pattern { pattern, file: Some(file) } if file == TOOLS => {
                write!(f, "left out by the site generator (`{pattern}`)")
            }
            Self::Pattern { pattern, file: Some(file) } => write!(f, "ignored by `{pattern}` of `{file}`"),
            Self::Pattern { pattern, file: None } => write!(f, "ignored by `{pattern}` of the configuration"),
        }
    }
}

/// Stands for the file of the patterns of a site generator: no file has this name.
pub const TOOLS: &str = "/";

/// Returns why `pattern` is invalid, or `None` if it is valid.
pub fn pattern_error(pattern: &str) -> Option<String> {
    builder("").add_line(None, pattern).err().map(|error| message(&error))
}

/// Compiles `patterns` for paths in the content folder; invalid ones match nothing.
pub fn compiled(patterns: &[String]) -> Gitignore {
    let mut builder = builder("");
    for pattern in patterns {
        drop(builder.add_line(None, pattern));
    }
    build(&builder)
}

/// Patterns that are too many to be compiled match everything: what they exclude must not be published.
fn build(builder: &GitignoreBuilder) -> Gitignore {
    builder.build().unwrap_or_else(|_| compiled(&["*".to_owned()]))
}

/// The compiled patterns of one file or of the configuration.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) text: String,
    patterns: Gitignore,
    /// A problem for each invalid line.
    pub(super) problems: Vec<Problem>,
}

impl Compiled {
    /// Compiles `text`, that of `file` below the content folder, or of what [`CONFIGURATION`] or [`TOOLS`] stands for.
    pub(super) fn compile(file: &Path, text: &str) -> Self {
        let mut builder = builder(&*composed(file.parent().unwrap_or(Path::new(""))));
        let mut problems = Vec::new();
        let source = SourceText::new(file.to_string_lossy().into_owned(), text);
        let patterns = text.trim_start_matches('\u{feff}');
        let mut start = text.len() - patterns.len();
        let from = Some(file.to_owned()).filter(|file| file != Path::new(CONFIGURATION));
        for line in patterns.split_inclusive(['\n', '\r']) {
            let pattern = line.trim_end_matches(['\n', '\r']);
            if let Err(error) = builder.add_line(from.clone(), &nfc(pattern)) {
                let problem = Problem::warning(format!("this is not a pattern: {}", message(&error)));
                let problem = problem.about(Topic::File).at(source.place(start..start + pattern.len()));
                problems.push(problem.hint("patterns are those of gitignore, as in `drafts/` or `*.bak`"));
            }
            start += line.len();
        }
        let patterns = build(&builder);
        Self { text: text.to_owned(), patterns, problems }
    }
}

/// The patterns that apply in a folder: those of one file, and those with less precedence.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) own: Arc<Compiled>,
    pub(super) above: Option<Arc<Rules>>,
}

impl Rules {
    /// Returns why the file or folder at `relative`, a path below the content folder, is left out, if it is.
    pub(super) fn exclusion(&self, relative: &Path, is_folder: bool) -> Option<Exclusion> {
        let relative = &*composed(relative);
        let nearest_first = std::iter::successors(Some(self), |rules| rules.above.as_deref());
        let mut matches = nearest_first.map(|rules| rules.own.patterns.matched(relative, is_folder));
        match matches.find(|found| !found.is_none()) {
            Some(Match::Ignore(glob)) => {
                let file = glob.from().map(|file| file.to_string_lossy().into_owned());
                Some(Exclusion::Pattern { pattern: glob.original().to_owned(), file })
            }
            Some(_) => None,
            None => ToolFile::of(relative, is_folder).map(Exclusion::Name),
        }
    }
}

/// Returns `path` in the Unicode form of the patterns (NFC).
fn composed(path: &Path) -> Cow<'_, Path> {
    match path.to_str().map(nfc) {
        Some(Cow::Owned(path)) => Cow::Owned(path.into()),
        Some(Cow::Borrowed(_)) | None => Cow::Borrowed(path),
    }
}

/// Creates a builder for the patterns of `folder`. Unlike git, it rejects a bracket that is never closed as a mistake.
fn builder(folder: impl AsRef<Path>) -> GitignoreBuilder {
    let mut builder = GitignoreBuilder::new(folder);
    builder.allow_unclosed_class(false);
    builder
}

/// Returns the message of the crate without the pattern, which the problem names already.
fn message(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    }
}
