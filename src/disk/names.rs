//! Names of files that are not essays: what editors, tools and site generators leave in a content folder.
//!
//! Such a file is published only if a pattern of the author includes it, as `!config.toml` does.

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

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

/// Patterns of file names, separated by commas. `*` stands for any characters and `?` for a digit; small letters match in
/// either case, capital letters only themselves. A pattern after a slash is for the content folder itself: elsewhere, the name is too common.
static FILES: LazyLock<Vec<(ToolFile, &str)>> = LazyLock::new(|| {
    let lists = [
        (
            ToolFile::Temporary,
            "*~, #*#, *.bak, *.bak?, *.bck, *.bk, *.bkp, *.backup, *.old, *.orig, *.rej, *.swp, *.swo, *.swn, *.swm, *.swx, \
         4913, *.tmp, *.temp, ~$*, *.md.save, *.md.save.?, *.kate-swp, *.autosave, *___jb_*___, nohup.out, deadjoe, \
         *.part, *.partial, *.filepart, *.crdownload, *.download, *.opdownload, *.aria2, *.!ut, *.!qb, *.!sync, \
         thumbs.db, ehthumbs.db, desktop.ini, icon\r",
        ),
        (
            ToolFile::Conflict,
            "*.sync-conflict-?*, *(*conflicted copy*)*, *(*konfliktkopie*)*, *(*copie en conflit*)*, \
         *(*copia en conflicto*)*, *(*copia in conflitto*)*, *(case conflict*)*, *(conflict on ?*)*, *_conflict-?*, \
         *.conflict, *.conflict?, *.conflicted, *_LOCAL_?*, *_BASE_?*, *_REMOTE_?*, *_BACKUP_?*, *.LOCAL.?*, \
         *.BASE.?*, *.REMOTE.?*, *.BACKUP.?*",
        ),
        (
            ToolFile::Configuration,
            "config.toml, capsule.toml, lamplit.toml, hugo.toml, hugo.yaml, hugo.yml, hugo.json, config.production.json, \
         config.development.json, config.edn, book.toml, mkdocs.yml, mkdocs.yaml, _config.*, _quarto.*, antora.yml, \
         antora-playbook.yml, retype.yml, bridgetown.config.yml, gatsby-*.js, gatsby-*.ts, *.config.js, *.config.cjs, \
         *.config.mjs, *.config.ts, *.config.mts, *.config.cts, quartz.layout.ts, sidebars.js, sidebars.ts, \
         sidebars.json, pelicanconf.py, publishconf.py, package.json, tsconfig*.json, jsconfig.json, deno.json, \
         deno.jsonc, bunfig.toml, composer.json, netlify.toml, vercel.json, wrangler.toml, firebase.json, \
         renovate.json, gemfile, gemfile.*, pipfile, go.sum, *.lock, package-lock.json, npm-shrinkwrap.json, \
         pnpm-lock.yaml, pnpm-workspace.yaml, bun.lockb, /config.yaml, /config.yml, /config.json, /theme.toml, /conf.py, \
         /go.mod, /cargo.toml, /pyproject.toml, /docker-compose.yml, /docker-compose.yaml",
        ),
        (
            ToolFile::Secret,
            "env, *.env, *.env.local, *.pem, *.key, *.p12, *.pfx, *.jks, *.keystore, *.ppk, id_rsa*, id_dsa*, id_ecdsa*, \
         id_ed25519*, *.kdbx, *.kdb, htpasswd, *.htpasswd, htdigest, credentials.json, client_secret*.json, \
         secrets.toml, secrets.yaml, secrets.yml, secrets.json, secring.*",
        ),
        (ToolFile::Unread("R Markdown"), "*.rmarkdown"),
        (ToolFile::Unread("Markdown by another name"), "*.mdwn, *.mdtxt, *.mdtext"),
        (ToolFile::Unread("reStructuredText"), "*.rst"),
        (ToolFile::Unread("Jupyter"), "*.ipynb"),
        (ToolFile::Unread("Org"), "*.org"),
        (ToolFile::Unread("AsciiDoc"), "*.adoc, *.asciidoc"),
        (ToolFile::Unread("Textile"), "*.textile"),
        (ToolFile::Unread("wiki markup"), "*.mediawiki, *.wiki, *.creole, *.tid"),
        (ToolFile::Unread("Djot"), "*.dj, *.djot"),
        (ToolFile::Unread("Typst"), "*.typ"),
    ];
    let single = |(kind, list): (_, &'static str)| list.split(", ").map(move |pattern| (kind, pattern));
    lists.into_iter().flat_map(single).collect()
});

/// Folders of site generators, package managers and operating systems.
const FOLDERS: &str = "_data, _includes, _layouts, _plugins, _sass, _site, node_modules, bower_components, vendor/bundle, \
                       __pycache__, __MACOSX, $RECYCLE.BIN, System Volume Information, lost+found, @eaDir, #recycle, \
                       _gsdata_";

impl ToolFile {
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

    /// Returns what the file or folder at `relative`, a path below the content folder, is by its name, or `None` if the
    /// name does not keep it from being published.
    pub(super) fn of(relative: &Path, is_folder: bool) -> Option<Self> {
        let name = relative.file_name()?.to_str()?;
        if is_folder {
            return FOLDERS.split(", ").any(|folder| relative.ends_with(folder)).then_some(Self::Generator);
        }
        let is_in_root = relative.as_os_str() == name;
        let is = |(_, pattern): &&(Self, &str)| match pattern.strip_prefix('/') {
            Some(pattern) => is_in_root && matches(pattern.as_bytes(), name.as_bytes()),
            None => matches(pattern.as_bytes(), name.as_bytes()),
        };
        let kind = match FILES.iter().find(is) {
            Some((kind, _)) => *kind,
            // Hugo and Zola introduce a folder by `_index`; other names with an underscore are partials in all
            // generators.
            None if name.starts_with('_') && !name.starts_with("_index.") => Self::Generator,
            None => return None,
        };
        let is_public_key =
            kind == Self::Secret && relative.extension().is_some_and(|extension| extension == "pub");
        let is_essay = matches!(kind, Self::Configuration | Self::Secret) && has_markup(name);
        (!is_public_key && !is_essay).then_some(kind)
    }
}

/// Returns whether a file of this name is an essay: `id_rsa.md` is a text about a key.
fn has_markup(name: &str) -> bool {
    let kind = CapsulePath::from_decoded(name).ok().and_then(|path| TextKind::of(&path));
    matches!(kind, Some(TextKind::Markdown | TextKind::Gemtext))
}

/// Returns whether `name` matches `pattern`. Compares from the end, where most names differ.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let Some((last, pattern)) = pattern.split_last() else { return name.is_empty() };
    if *last == b'*' {
        if !pattern.contains(&b'*') {
            return name.get(..pattern.len()).is_some_and(|start| matches(pattern, start));
        }
        return (0..=name.len()).any(|end| matches(pattern, &name[..end]));
    }
    let Some((end, name)) = name.split_last() else { return false };
    let is_match =
        if *last == b'?' { end.is_ascii_digit() } else { last == end || *last == end.to_ascii_lowercase() };
    is_match && matches(pattern, name)
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
