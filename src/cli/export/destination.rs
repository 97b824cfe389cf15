//! [`Destination`]: the folder of an export, which is complete or not there at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::problem::Problem;

/// The file that tells an export from a folder that somebody may miss.
const MARK: &str = ".lamplit-export";

const MARK_TEXT: &str = "Made by `lamplit export`. The next export replaces this folder as a whole.\n";

/// A folder under construction beside the one it will replace. It is removed when dropped before that.
pub(super) struct Destination {
    /// Where the export is to stand.
    out: PathBuf,
    /// Where it is made: in the same folder, so that a rename is all it takes.
    draft: PathBuf,
}

impl Destination {
    /// Makes sure that `out` may be replaced and starts a folder for what will replace it.
    pub(super) fn claim(out: &Path, contents: &[&Path]) -> anyhow::Result<Self> {
        let shown = out.display();
        let out = resolved(out).with_context(|| format!("`{shown}` cannot be made"))?;
        for content in contents {
            let content = fs::canonicalize(content).unwrap_or_else(|_| content.to_path_buf());
            if out.starts_with(&content) || content.starts_with(&out) {
                let what = format!("`{shown}` and the essays in `{}` lie in one another", content.display());
                let hint = "nothing is ever written into a folder of essays: name a folder beside it";
                return Err(Problem::error(what).hint(hint).into());
            }
        }
        match fs::read_dir(&out) {
            Ok(mut entries) => {
                if entries.next().is_some() && !out.join(MARK).is_file() {
                    let what = format!("`{shown}` is not empty, and not an earlier export");
                    let hint = "name a new folder, or empty that one yourself";
                    return Err(Problem::error(what).hint(hint).into());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("`{shown}` cannot be replaced")),
        }
        let draft = beside(&out, "new");
        fs::create_dir(&draft).with_context(|| format!("`{}` cannot be made", draft.display()))?;
        let destination = Self { out, draft };
        fs::write(destination.draft.join(MARK), MARK_TEXT)?;
        Ok(destination)
    }

    /// The folder to write into.
    pub(super) fn folder(&self) -> &Path {
        &self.draft
    }

    /// Puts what was written in its place.
    pub(super) fn replace(self) -> anyhow::Result<PathBuf> {
        let old = beside(&self.out, "old");
        let moved_away = match fs::rename(&self.out, &old) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error).with_context(|| format!("`{}`", self.out.display())),
        };
        if let Err(error) = fs::rename(&self.draft, &self.out) {
            if moved_away {
                fs::rename(&old, &self.out)?;
            }
            return Err(error).with_context(|| format!("`{}`", self.out.display()));
        }
        if moved_away {
            fs::remove_dir_all(&old).with_context(|| format!("`{}` can be removed", old.display()))?;
        }
        Ok(self.out.clone())
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        // After `replace` there is nothing of that name.
        let _ = fs::remove_dir_all(&self.draft);
    }
}

/// The real place of `out`, which need not exist; the folder it lies in is made.
fn resolved(out: &Path) -> io::Result<PathBuf> {
    if let Ok(real) = fs::canonicalize(out) {
        return Ok(real);
    }
    let name = out.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    Ok(fs::canonicalize(parent)?.join(name))
}

fn beside(out: &Path, what: &str) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!(".{name}.{what}-{}", std::process::id()))
}
