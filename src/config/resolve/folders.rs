//! Folders: where keys are kept, and where they must not be.

use std::path::{Path, PathBuf};

/// Whether `path` is `folder` or below it, whatever links and dots their names contain.
pub(super) fn lies_within(path: &Path, folder: &Path) -> bool {
    // A folder that is not there yet, or has no name (a command that needs none), is compared as it is written.
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (Ok(path), Ok(folder)) = (std::path::absolute(path), real(folder)) else { return false };
    path.ancestors().any(|above| above == folder || real(above).is_ok_and(|above| above == folder))
}

/// Where keys are kept when nobody says otherwise: a state folder that outlives restarts, never a
/// temporary one. `variable` looks up an environment variable. Where the process becomes another `user` than the one
/// who starts it, the home of the latter is no place for them.
pub fn state_folder(variable: &dyn Fn(&str) -> Option<String>, user: bool) -> PathBuf {
    let set = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = |name: &str| set(name).filter(|_| !user);
    // systemd's `StateDirectory=` comes first; it may name several folders.
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
    use std::collections::HashMap;

    use super::*;
    use crate::config::Overrides;
    use crate::config::resolve::support::resolved;

    #[test]
    fn keys_never_lie_in_the_content_folder() {
        let text = "certs = \"essays/keys\"\n[[capsule]]\ncontent = \"essays\"\n";
        let problems = resolved(&Overrides::default(), text).expect_err("refused");
        assert!(problems[0].what.contains("inside the content folder"), "{problems:?}");
        let text =
            "[[capsule]]\ncontent = \"essays\"\ncertificate = \"chain.pem\"\nkey = \"essays/key.pem\"\n";
        let problems = resolved(&Overrides::default(), text).expect_err("refused");
        assert!(problems[0].what.contains("essays/key.pem"), "{problems:?}");

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

    #[test]
    fn keys_are_kept_where_restarts_find_them() {
        let folder = |pairs: &[(&str, &str)], user: bool| {
            let map: HashMap<String, String> =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            state_folder(&|name| map.get(name).cloned(), user)
        };
        for (pairs, user, expected) in [
            (&[("STATE_DIRECTORY", "/var/lib/a:/b"), ("HOME", "/root")][..], true, "/var/lib/a/certs"),
            (&[("XDG_STATE_HOME", "/x"), ("HOME", "/home/me")], false, "/x/lamplit/certs"),
            (
                &[("XDG_STATE_HOME", "relative"), ("HOME", "/home/me")],
                false,
                "/home/me/.local/state/lamplit/certs",
            ),
            (&[("XDG_STATE_HOME", "/x"), ("HOME", "/root")], true, "/var/lib/lamplit/certs"),
            (&[], false, "/var/lib/lamplit/certs"),
        ] {
            assert_eq!(folder(pairs, user), Path::new(expected));
        }
    }
}
