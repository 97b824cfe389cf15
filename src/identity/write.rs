//! Writing key files, each whole or not at all.
//!
//! A new file is a link to a finished temporary file, and linking never replaces: a kill leaves no identity or a whole
//! one, and two first starts at once use one key. The next start removes temporary files of killed ones.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::messages::{unreadable, unwritable};
use crate::host::Fingerprint;
use crate::problem::Problem;

/// Age from which a temporary file cannot be in use: a start writes its file within seconds.
const LONG_AGO: Duration = Duration::from_secs(3600);

/// Creates `folder` for its owner alone, with the folders above it.
pub(super) fn make_folder(folder: &Path) -> Result<(), Problem> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| unwritable(folder, &error))
}

/// Gives `file`, if it exists, a second name with its fingerprint, even if it is damaged: its key may be recovered.
pub(super) fn keep_old(file: &Path) -> Result<(), Problem> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(file, &error)),
    };
    let short: String = Fingerprint::of(&bytes).to_string().chars().take(16).collect();
    let kept = file.with_extension(format!("{short}.old.pem"));
    match fs::hard_link(file, &kept) {
        // A file of this content was kept before.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(unwritable(&kept, &error)),
        _ => Ok(()),
    }
}

/// Creates `file` in one step. Returns `false` if another start was faster, or cleaned up at the same moment.
pub(super) fn create(folder: &Path, file: &Path, pem: &str) -> io::Result<bool> {
    let temporary = write_temporary(file, pem)?;
    let linked = fs::hard_link(&temporary, file);
    // Another start may have removed it already, and the next one removes what this one leaves.
    let _ = fs::remove_file(&temporary);
    match linked {
        Ok(()) => File::open(folder)?.sync_all().map(|()| true),
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Replaces the content of `file` in one step.
pub(super) fn replace(file: &Path, pem: &str) -> Result<(), Problem> {
    let folder = file.parent().unwrap_or(Path::new("."));
    write_temporary(file, pem)
        .and_then(|temporary| fs::rename(temporary, file))
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(|error| unwritable(file, &error))
}

/// Removes temporary files of killed starts in `folder`: of `file`, else any too old to be in use ([`LONG_AGO`]).
pub fn remove_temporary_files(folder: &Path, file: Option<&Path>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let parts = name.to_str().and_then(|name| name.strip_suffix(".new")?.rsplit_once('.'));
        let Some((of, number)) = parts else { continue };
        let is_pem = Path::new(of).extension().is_some_and(|extension| extension == "pem");
        let is_temporary = is_pem && number.bytes().all(|byte| byte.is_ascii_digit());
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        let is_stale = match file {
            Some(file) => file.file_name() == Some(of.as_ref()),
            None => age().is_some_and(|age| age > LONG_AGO),
        };
        if is_temporary && is_stale {
            // If this fails, a file with an unused key stays, which is no reason to stop.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Writes and syncs a temporary file beside `file` that only its owner may read, under a random name.
fn write_temporary(file: &Path, pem: &str) -> io::Result<PathBuf> {
    let mut random = [0; 8];
    aws_lc_rs::rand::fill(&mut random).map_err(io::Error::other)?;
    let temporary = file.with_extension(format!("pem.{}.new", u64::from_le_bytes(random)));
    let mut open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    if let Err(error) = open.write_all(pem.as_bytes()).and_then(|()| open.sync_all()) {
        // On a full disk even an empty file would be in the way.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    Ok(temporary)
}
