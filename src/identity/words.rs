//! What is said when an identity cannot be had.

use std::io;
use std::path::Path;

use crate::problem::Problem;

pub(super) fn display(file: &Path) -> String {
    file.display().to_string()
}

pub(super) fn broken(file: &Path, why: &str) -> Problem {
    Problem::error(format!("the identity of the capsule cannot be used: {why}")).in_file(display(file)).hint(
        "restore the file from your backup; it was left as it is. Only if the key is lost for good, \
         `lamplit cert new-key` makes another, and every reader will be warned",
    )
}

pub(super) fn missing(file: &Path) -> Problem {
    Problem::error("the capsule has no key yet").in_file(display(file)).hint("the first start makes one")
}

pub(super) fn unreadable(file: &Path, error: &io::Error) -> Problem {
    Problem::error(format!("the identity of the capsule cannot be read: {error}"))
        .in_file(display(file))
        .hint("check who owns the file and its folder")
}

pub(super) fn unwritable(file: &Path, error: &io::Error) -> Problem {
    Problem::error(format!("the identity of the capsule cannot be written: {error}"))
        .in_file(display(file))
        .hint("choose a folder that this user may write to, with `--certs DIR`")
}
