//! The folder of the keys: its default, and the folders that it must not be in.

use std::path::{Path, PathBuf};

/// Returns whether `path` is `folder` or lies within it, after links and dots are resolved.
pub(super) fn lies_within(path: &Path, folder: &Path) -> bool {
    // A folder that does not exist yet, or has an empty name (for commands that need none), is compared as written.
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (Ok(path), Ok(folder)) = (std::path::absolute(path), real(folder)) else { return false };
    path.ancestors().any(|above| above == folder || real(above).is_ok_and(|above| above == folder))
}

/// Returns the default folder of the keys: a state folder that outlives restarts, never a temporary one.
///
/// `variable` looks up an environment variable. `switches_user` says whether the process switches to another user:
/// then the home of the user who starts it is not used, because the other one cannot write there.
pub fn state_folder(variable: &dyn Fn(&str) -> Option<String>, switches_user: bool) -> PathBuf {
    let set = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = |name: &str| set(name).filter(|_| !switches_user);
    // systemd sets this variable for `StateDirectory=`, which may name several folders.
    let first = |paths: PathBuf| {
        paths.to_str().and_then(|paths| paths.split(':').next()).map(PathBuf::from).unwrap_or(paths)
    };
    set("STATE_DIRECTORY")
        .map(first)
        .or_else(|| home("XDG_STATE_HOME").map(|path| path.join("lamplit")))
        .or_else(|| home("HOME").map(|path| path.join(".local/state/lamplit")))
        .unwrap_or_else(|| PathBuf::from("/var/lib/lamplit"))
        .join("certs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_within_folder_is_recognised_through_links_and_dots() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let content = scratch.path().join("essays");
        std::fs::create_dir(&content).expect("writable");
        std::os::unix::fs::symlink(&content, scratch.path().join("link")).expect("writable");
        for (certs, content, inside) in [
            (content.join("not/there/yet"), content.clone(), true),
            (content.clone(), content.clone(), true),
            (scratch.path().join("link/keys"), content.clone(), true),
            (content.join("keys"), scratch.path().join("link"), true),
            (PathBuf::from("keys"), PathBuf::from("."), true),
            (scratch.path().join("essays-keys"), content.clone(), false),
            (scratch.path().join("keys"), content.clone(), false),
            (PathBuf::from("keys"), PathBuf::new(), false),
        ] {
            let (certs_shown, content_shown) = (certs.display(), content.display());
            assert_eq!(lies_within(&certs, &content), inside, "{certs_shown} in {content_shown}");
        }
    }
}
