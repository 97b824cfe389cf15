//! Whether a key that is made now would still be there at the next start.
//!
//! A container has a file system of its own that goes with it, unless somebody mounts a folder that stays; and a
//! system may keep a folder in memory. The kernel's list of mounts tells both.

use std::fs;
use std::path::{Path, PathBuf};

use super::KeyStore;
use super::store::file_of;
use crate::problem::Problem;

/// The mounts as this process sees them (proc(5), `/proc/pid/mountinfo`).
const MOUNTS: &str = "/proc/self/mountinfo";

/// Files by which containers are known: those of Docker, of Podman, of systemd-nspawn, of Kubernetes.
const MARKS: &[&str] =
    &["/.dockerenv", "/run/.containerenv", "/run/host/container-manager", "/run/secrets/kubernetes.io"];

/// Refuses a first start that would make a key in a place which does not last. There is no objection to a key that
/// exists, wherever it is, nor to one that its owner keeps.
///
/// # Errors
///
/// If the file for `names` has to be made, and its folder goes with the container or with the power.
pub fn check_persistence(key_store: &KeyStore, names: &[String]) -> Result<(), Problem> {
    let KeyStore::Managed { folder } = key_store else { return Ok(()) };
    let file = file_of(folder, names.first().map_or("localhost", String::as_str));
    if file.exists() {
        return Ok(());
    }
    // Where the list cannot be read, nothing is known against the folder.
    let Ok(mounts) = fs::read_to_string(MOUNTS) else { return Ok(()) };
    let in_container = MARKS.iter().any(|mark| Path::new(mark).exists());
    let Some(why) = passing(&mounts, &existing(folder), in_container) else { return Ok(()) };
    let what = format!("a key made in `{}` would be lost: {why}", folder.display());
    Err(Problem::error(what).hint(
        "mount a folder that stays there, or name another with `--certs DIR`; readers are warned of every new key. \
         Only where no reader comes twice, `--ephemeral-keys` makes one all the same",
    ))
}

/// The nearest folder above `folder`, or itself, that is there, by its real name.
fn existing(folder: &Path) -> PathBuf {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let real = absolute.ancestors().find_map(|above| fs::canonicalize(above).ok());
    real.unwrap_or(absolute)
}

/// Why what is written to `folder` does not last; none if it does, as far as `mounts` tell.
fn passing(mounts: &str, folder: &Path, in_container: bool) -> Option<&'static str> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        // Behind ` - ` stands the type of the file system; the fifth field is where it is mounted.
        let Some((fields, rest)) = line.split_once(" - ") else { continue };
        let Some(point) = fields.split(' ').nth(4).map(unescaped) else { continue };
        let depth = Path::new(&point).components().count();
        // Of several at one place the last one is seen.
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

/// A name as it is: blanks and the like are written as `\040`, in octal.
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
    fn what_does_not_last_is_told_by_the_mounts() {
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
            assert_eq!(passing(mounts, Path::new(folder), in_container), expected, "{folder} in\n{mounts}");
        }
    }

    #[test]
    fn names_are_read_as_they_are() {
        for (written, name) in [("/a", "/a"), ("/a\\040b\\134", "/a b\\"), ("/a\\9", "/a9"), ("\\0", "0")] {
            assert_eq!(unescaped(written), name);
        }
    }
}
