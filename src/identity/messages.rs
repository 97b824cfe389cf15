//! Messages about identities that cannot be loaded or written.

use std::io;
use std::path::Path;

use crate::problem::Problem;

/// Hint for a managed file that cannot be used.
pub(super) const RESTORE: &str = "restore the file from your backup; it was left as it is. Only if the key is lost for \
                                  good, `lamplit cert new-key` makes another, and every reader will be warned";

/// Hint for an external file that cannot be used.
pub(super) const REPAIR: &str = "repair it where it was made, or name other files with the keys `certificate` and \
                                 `key`; Lamplit only reads them";

pub(super) fn error_in(file: &Path, what: impl Into<String>) -> Problem {
    Problem::error(what).in_file(file.display().to_string())
}

/// Returns the problem of a file whose content cannot be used.
pub(super) fn broken(file: &Path, why: &str) -> Problem {
    error_in(file, format!("the identity of the capsule cannot be used: {why}"))
}

/// Returns the problem of a managed file that does not exist.
pub(super) fn missing(file: &Path) -> Problem {
    error_in(file, "there is no key of the capsule here").hint("the first start makes one")
}

/// Returns the problem of a file that cannot be read.
pub(super) fn unreadable(file: &Path, error: &io::Error) -> Problem {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "give the file and its folder to the user who runs Lamplit, with `chown`; the key of an external store may \
             also be readable by a group of that user"
        }
        _ => "check the name of the file",
    };
    error_in(file, format!("the identity of the capsule cannot be read: {error}")).hint(hint)
}

/// Returns the problem of a file or folder that cannot be written.
pub(super) fn unwritable(file: &Path, error: &io::Error) -> Problem {
    error_in(file, format!("the identity of the capsule cannot be written: {error}"))
        .hint("choose a folder that this user may write to, with `--certs DIR`")
}

/// Returns a function that adds `hint` to a problem without one.
pub(super) fn or_hint(hint: &str) -> impl Fn(Problem) -> Problem {
    move |problem| if problem.hint.is_some() { problem } else { problem.hint(hint) }
}
