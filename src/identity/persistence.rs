//! Whether a key that is made now would still exist at the next start.
//!
//! The file system of a container is lost with it, unless a folder that stays is mounted; and a system may keep a
//! folder in memory. The kernel's list of mounts tells both.

use std::fs;
use std::path::{Path, PathBuf};

use crate::problem::Problem;

/// The mounts as this process sees them (proc(5), `/proc/pid/mountinfo`).
const MOUNTS: &str = "/proc/self/mountinfo";

/// Files that exist in containers of Docker, Podman, systemd-nspawn and Kubernetes.
const CONTAINER_MARKS: &[&str] =
    &["/.dockerenv", "/run/.containerenv", "/run/host/container-manager", "/run/secrets/kubernetes.io"];

/// Checks that files in `folder` last.
///
/// # Errors
///
/// If the folder is lost with the container or the power.
pub(super) fn check(folder: &Path) -> Result<(), Problem> {
    // Where the list of mounts cannot be read, the folder is taken to be persistent.
    let Ok(mounts) = fs::read_to_string(MOUNTS) else { return Ok(()) };
    let in_container = CONTAINER_MARKS.iter().any(|mark| Path::new(mark).exists());
    let Some(why) = volatility(&mounts, &existing(folder), in_container) else { return Ok(()) };
    let what = format!("a key made in `{}` would be lost: {why}", folder.display());
    Err(Problem::error(what).hint(
        "mount a folder that stays there, or name another with `--certs DIR`; readers are warned of every new key. \
         `--ephemeral-keys` makes one nevertheless, for capsules without returning readers",
    ))
}

/// Returns the canonical path of `folder`, or of the nearest folder above it that exists.
fn existing(folder: &Path) -> PathBuf {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let real = absolute.ancestors().find_map(|above| fs::canonicalize(above).ok());
    real.unwrap_or(absolute)
}

/// Returns why files in `folder` do not last, or `None` if they do as far as `mounts` tell.
fn volatility(mounts: &str, folder: &Path, in_container: bool) -> Option<&'static str> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        // The fifth field is the mount point; the type of the file system follows ` - `.
        let Some((fields, rest)) = line.split_once(" - ") else { continue };
        let Some(point) = fields.split(' ').nth(4).map(unescaped) else { continue };
        let depth = Path::new(&point).components().count();
        // Of several mounts at one point the last one is visible.
        if folder.starts_with(&point) && best.is_none_or(|(most, _)| depth >= most) {
            best = Some((depth, rest.split(' ').next().unwrap_or_default()));
        }
    }
    match best?.1 {
        "tmpfs" | "ramfs" => Some("this folder is kept in memory"),
        "overlay" | "aufs" | "fuse.fuse-overlayfs" if in_container => {
            Some("this folder goes with the container")
        }
        _ => None,
    }
}

/// Decodes a name in which blanks and similar characters are written in octal, as `\040`.
fn unescaped(written: &str) -> String {
    let mut parts = written.split('\\');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                name.push(char::from(byte));
                name.push_str(&part[3..]);
            }
            None => name.push_str(part),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_tell_which_folders_do_not_last() {
        let container = "600 500 0:60 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w\n\
             601 600 0:61 / /proc rw - proc proc rw\n\
             602 600 0:62 / /tmp rw shared:1 - tmpfs tmpfs rw\n\
             603 600 8:1 /volumes/keys /keys rw,relatime master:1 - ext4 /dev/sda1 rw\n\
             604 600 8:1 /volumes/more /my\\040keys rw,relatime - xfs /dev/sda2 rw\n\
             605 603 0:63 / /keys/cache rw - tmpfs tmpfs rw\n";
        let machine = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / /run rw - tmpfs tmpfs rw\n\
             3 1 0:6 / /keys rw - tmpfs tmpfs rw\n4 1 8:2 / /keys rw - btrfs /dev/sdb1 rw\n";
        let router = "1 0 0:1 / / rw - overlay overlayfs:/overlay rw,upperdir=/overlay/upper\n";
        let (memory, layer) =
            (Some("this folder is kept in memory"), Some("this folder goes with the container"));
        for (mounts, folder, in_container, expected) in [
            (container, "/var/lib/lamplit/certs", true, layer),
            (container, "/tmp/keys", true, memory),
            (container, "/tmpkeys", true, layer),
            (container, "/keys", true, None),
            (container, "/keys/capsule", true, None),
            (container, "/keys/cache/x", true, memory),
            (container, "/my keys/x", true, None),
            (machine, "/var/lib/lamplit", false, None),
            (machine, "/run/lamplit", false, memory),
            (machine, "/keys", false, None),
            (machine, "/var/lib/lamplit", true, None),
            (router, "/etc/lamplit", false, None),
            ("", "/etc/lamplit", true, None),
            ("noise\n1 2 3 - \n", "/etc/lamplit", true, None),
        ] {
            assert_eq!(
                volatility(mounts, Path::new(folder), in_container),
                expected,
                "{folder} in\n{mounts}"
            );
        }
    }

    #[test]
    fn octal_escapes_are_decoded() {
        for (written, name) in [("/a", "/a"), ("/a\\040b\\134", "/a b\\"), ("/a\\9", "/a9"), ("\\0", "0")] {
            assert_eq!(unescaped(written), name);
        }
    }
}
