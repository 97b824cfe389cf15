//! Names of files that are not published: those that editors, tools and site generators leave in a content folder.
//!
//! Such a file is published only if a pattern of the author includes it, as `!config.toml` does.

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::capsule::{CapsulePath, TextKind};

/// The kind of a file or folder that is not published because of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ToolFile {
    /// A backup, temporary or unfinished file of an editor or another program.
    Temporary,
    /// One of two versions of a file that were changed at the same time.
    Conflict,
    /// The configuration of Lamplit, a site generator or a package manager.
    Configuration,
    /// A private key, or a file with passwords.
    Secret,
    /// A template, data or files of a site generator or an operating system.
    Generator,
    /// A text in a markup language that is not read, with the name of the language.
    Unread(&'static str),
}

/// Patterns of gitignore, each from its kind of files or markup. The last match counts; lower-case letters match both
/// cases. One that starts with a slash matches in the content folder itself: elsewhere, the name is too common.
static PATTERNS: LazyLock<Gitignore> = LazyLock::new(|| {
    let mut builder = GitignoreBuilder::new("");
    let lines = include_str!("tool_files.txt").lines().filter_map(|line| line.split_once(": "));
    let patterns = lines.flat_map(|(kind, patterns)| patterns.split(", ").map(move |one| (kind, one)));
    // macOS keeps the icon of a folder in a file whose name ends with a carriage return.
    for (kind, pattern) in patterns.chain([("temporary", "icon[\r]")]) {
        builder.add_line(Some(kind.into()), pattern).expect("a valid pattern");
    }
    builder.build().expect("patterns within the limits of the crate")
});

/// Folders of site generators, package managers and operating systems.
const FOLDERS: &str = "_data, _includes, _layouts, _plugins, _sass, _site, node_modules, bower_components, \
                       vendor/bundle, __pycache__, __MACOSX, $RECYCLE.BIN, System Volume Information, lost+found, \
                       @eaDir, #recycle, _gsdata_";

impl ToolFile {
    fn named(kind: &'static str) -> Self {
        match kind {
            "temporary" => Self::Temporary,
            "conflict" => Self::Conflict,
            "configuration" => Self::Configuration,
            "secret" => Self::Secret,
            markup => Self::Unread(markup),
        }
    }

    /// Returns the words for one and for several files of this kind.
    pub fn nouns(self) -> (&'static str, &'static str) {
        match self {
            Self::Temporary => ("backup or temporary file", "backups or temporary files"),
            Self::Conflict => ("copy from an editing conflict", "copies from editing conflicts"),
            Self::Configuration => ("configuration file", "configuration files"),
            Self::Secret => ("private key or password file", "private keys or password files"),
            Self::Generator => ("file of a site generator or system", "files of site generators or systems"),
            Self::Unread(_) => ("text that is not read", "texts that are not read"),
        }
    }

    /// Returns the kind of the file or folder at `relative` in the content folder if its name keeps it from readers.
    pub(super) fn of(relative: &Path, is_folder: bool) -> Option<Self> {
        let name = relative.file_name()?.to_str()?;
        if is_folder {
            return FOLDERS.split(", ").any(|folder| relative.ends_with(folder)).then_some(Self::Generator);
        }
        let path = relative.to_str()?;
        let lower_case = path.to_ascii_lowercase();
        let found = PATTERNS.matched(&lower_case, false);
        let found = if lower_case == path { found } else { found.or(PATTERNS.matched(path, false)) };
        let Some(pattern) = found.inner().filter(|_| !found.is_whitelist()) else {
            // Hugo and Zola introduce a folder by `_index`; other names with an underscore are partials everywhere.
            let is_read = ["_index.", "_metadata.", "_data.", "_defaults."].iter().any(|start| name.starts_with(start));
            return (name.starts_with('_') && !is_read).then_some(Self::Generator);
        };
        let kind = Self::named(pattern.from()?.to_str()?);
        // `id_rsa.md` is a text about a key.
        let has_markup = CapsulePath::from_decoded(name).is_ok_and(|path| TextKind::has_markup(&path));
        let is_essay = matches!(kind, Self::Configuration | Self::Secret) && has_markup;
        (!is_essay).then_some(kind)
    }
}

/// The kind of a file after an article, as in `a backup or temporary file`.
impl fmt::Display for ToolFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(markup) => write!(f, "a text in {markup}, which is not read"),
            kind => write!(f, "a {}", kind.nouns().0),
        }
    }
}
