//! Names of files that are not essays: what editors, tools and site generators leave in a content folder.
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

/// Patterns of gitignore, with alternatives in braces, for the names of files. The last match counts, and small letters
/// match in either case. A pattern after a slash is for the content folder itself: elsewhere, the name is too common.
const FILES: [(ToolFile, &str); 14] = [
    (ToolFile::Unread("Typst"), "*.typ"),
    (ToolFile::Unread("Djot"), "*.{dj,djot}"),
    (ToolFile::Unread("wiki markup"), "*.{mediawiki,wiki,creole,tid}"),
    (ToolFile::Unread("Textile"), "*.textile"),
    (ToolFile::Unread("AsciiDoc"), "*.{adoc,asciidoc}"),
    (ToolFile::Unread("Org"), "*.org"),
    (ToolFile::Unread("Jupyter"), "*.ipynb"),
    (ToolFile::Unread("reStructuredText"), "*.rst"),
    (ToolFile::Unread("Markdown by another name"), "*.{mdwn,mdtxt,mdtext}"),
    (ToolFile::Unread("R Markdown"), "*.rmarkdown"),
    (
        ToolFile::Secret,
        "env, *.env, *.env.local, *.{pem,key,p12,pfx,jks,keystore,ppk,kdbx,kdb}, id_{rsa,dsa,ecdsa,ed25519}*, htpasswd, \
         *.htpasswd, htdigest, credentials.json, client_secret*.json, secrets.{toml,yaml,yml,json}, secring.*, \
         !id_*.pub, !secring.{pub,*.pub}",
    ),
    (
        ToolFile::Configuration,
        "config.{toml,edn}, config.{production,development}.json, hugo.{toml,yaml,yml,json}, mkdocs.{yml,yaml}, \
         {capsule,lamplit,book,bunfig,netlify,wrangler}.toml, {antora,antora-playbook,retype,bridgetown.config}.yml, \
         _config.*, _quarto.*, gatsby-*.{js,ts}, *.config.{js,cjs,mjs,ts,mts,cts}, quartz.layout.ts, sidebars.{js,ts}, \
         {sidebars,package,package-lock,npm-shrinkwrap,tsconfig*,jsconfig,deno,composer,vercel,firebase,renovate}.json, \
         deno.jsonc, {pelicanconf,publishconf}.py, gemfile, gemfile.*, pipfile, go.sum, *.lock, bun.lockb, \
         pnpm-{lock,workspace}.yaml, /config.{yaml,yml,json}, /docker-compose.{yml,yaml}, /{theme,cargo,pyproject}.toml, \
         /conf.py, /go.mod",
    ),
    (
        ToolFile::Conflict,
        "*.sync-conflict-[0-9]*, *(*{conflicted copy,konfliktkopie,copie en conflit}*)*, *_conflict-[0-9]*, \
         *(*{copia en conflicto,copia in conflitto}*)*, *(case conflict*)*, *(conflict on [0-9]*)*, *.conflict, \
         *.conflict[0-9], *.conflicted, *_{LOCAL,BASE,REMOTE,BACKUP}_[0-9]*, *.{LOCAL,BASE,REMOTE,BACKUP}.[0-9]*",
    ),
    (
        ToolFile::Temporary,
        "*~, \\#*#, *.{bak,bck,bk,bkp,backup,old,orig,rej,tmp,temp}, *.bak[0-9], *.sw[opnmx], 4913, ~$*, *.md.save, \
         *.md.save.[0-9], *.kate-swp, *.autosave, *___jb_*___, nohup.out, deadjoe, *.{part,partial,filepart}, \
         *.{crdownload,download,opdownload,aria2,!ut,!qb,!sync}, {thumbs,ehthumbs}.db, desktop.ini, icon[\r]",
    ),
];

static PATTERNS: LazyLock<Gitignore> = LazyLock::new(|| {
    let mut builder = GitignoreBuilder::new("");
    for pattern in FILES.iter().flat_map(|(_, patterns)| patterns.split(", ")) {
        builder.add_line(None, pattern).expect("a valid pattern");
    }
    builder.build().expect("patterns within the limits of the crate")
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
        let lower_case = relative.to_str()?.to_ascii_lowercase();
        let found = PATTERNS.matched(lower_case, false).or(PATTERNS.matched(relative, false));
        let Some(pattern) = found.inner().filter(|_| !found.is_whitelist()) else {
            // Hugo and Zola introduce a folder by `_index`; other names with an underscore are partials in all
            // generators.
            let is_partial =
                name.starts_with('_') && !name.starts_with("_index.") && !name.starts_with("_metadata.");
            return is_partial.then_some(Self::Generator);
        };
        let is_here =
            |(_, patterns): &&(Self, &str)| patterns.split(", ").any(|one| one == pattern.original());
        let (kind, _) = FILES.iter().find(is_here)?;
        // `id_rsa.md` is a text about a key.
        let has_markup = CapsulePath::from_decoded(name).is_ok_and(|path| has_markup(&path));
        let is_essay = matches!(kind, Self::Configuration | Self::Secret) && has_markup;
        (!is_essay).then_some(*kind)
    }
}

/// Returns whether a file at `path` has markup: Markdown or gemtext.
pub(super) fn has_markup(path: &CapsulePath) -> bool {
    matches!(TextKind::of(path), Some(TextKind::Markdown | TextKind::Gemtext))
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
