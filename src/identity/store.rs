//! [`KeyStore`]: where the identity of a capsule is kept, and how it is loaded, made, renewed or replaced there.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::certificate::{Identity, KeyOrigin};
use super::messages::{RESTORE, broken, error_in, missing, or_hint, unwritable};
use super::pair::{self, FORBIDDEN, Pair, chain_in, is_key_alone, key_in, read_secret};
use super::write::{create, keep_old, make_folder, remove_temporary_files, replace};
use crate::problem::Problem;

/// How often a first start tries again when another start cleans up or creates the file at the same moment.
const ATTEMPTS: usize = 8;

/// Files that exist in containers of Docker, Podman, systemd-nspawn and Kubernetes.
const CONTAINER_MARKS: &[&str] =
    &["/.dockerenv", "/run/.containerenv", "/run/host/container-manager", "/run/secrets/kubernetes.io"];

/// Types of file systems in memory: tmpfs and ramfs (statfs(2)).
const IN_MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];

/// Types of file systems that containers have as their root: overlay, aufs, and FUSE for `fuse-overlayfs` (statfs(2)).
const LAYERED: [u64; 3] = [0x794c_7630, 0x6175_6673, 0x6573_5546];

/// Where the identity of a capsule is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStore {
    /// In a file that Lamplit makes and keeps.
    Managed {
        /// The folder; the file in it is named after the first name of the capsule.
        folder: PathBuf,
    },
    /// In files that another program keeps and Lamplit only reads.
    External {
        /// The file of the certificate, and of those between it and an authority.
        certificate: PathBuf,
        /// The file of the key, which may be the same.
        key: PathBuf,
    },
}

impl KeyStore {
    /// Returns the folder of a managed store, and its file for the capsule with `names`. Fails for an external store.
    fn managed(&self, names: &[String]) -> Result<(&Path, PathBuf), Problem> {
        match self {
            Self::Managed { folder } => Ok((folder, file_of(folder, names))),
            Self::External { certificate, .. } => {
                let what = "this key and certificate are files of your own, which Lamplit only reads";
                let hint = "change them where they are made; Lamplit reads them again when they change";
                Err(error_in(certificate, what).hint(hint))
            }
        }
    }

    /// Loads the identity of a capsule with these `names`, hosts and IP addresses, or makes it in a managed store that
    /// has none. Fails as [`Self::reload`] does if there is one, and if the folder or file cannot be written.
    pub fn load_or_create(&self, names: &[String]) -> Result<Identity, Problem> {
        let Ok((folder, file)) = self.managed(names) else { return self.reload(names) };
        make_folder(folder)?;
        remove_temporary_files(folder, Some(&file));
        for _ in 0..ATTEMPTS {
            match read_secret(&file, FORBIDDEN)? {
                Some(bytes) if is_key_alone(&bytes) => {
                    return Ok(Identity { origin: KeyOrigin::Certified, ..certify(&file, &bytes, names)? });
                }
                Some(_) => return self.reload(names),
                None => {
                    let pem = generate(&file, names)?.to_pem();
                    if create(folder, &file, &pem).map_err(|error| unwritable(&file, &error))? {
                        return Ok(Identity { origin: KeyOrigin::Created, ..load_file(&file)? });
                    }
                }
            }
        }
        if fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_symlink()) {
            let hint = "restore the file that it leads to, or remove the link: then a new key is made, and readers who \
                        trusted the old one are warned";
            return Err(broken(&file, "it is a link that leads to nothing").hint(hint));
        }
        let hint = "stop other programs that write there, such as another Lamplit or a synchroniser";
        Err(broken(&file, "another process changes it again and again").hint(hint))
    }

    /// Loads an identity that must exist. Fails as [`Self::load`] does, and if the certificate lacks one of `names`.
    pub fn reload(&self, names: &[String]) -> Result<Identity, Problem> {
        let identity = self.load(names)?;
        let hint = match self {
            Self::Managed { .. } => {
                "`lamplit cert renew` certifies the same key for all its names; clients that remember the key notice \
                 nothing"
            }
            Self::External { .. } => "have it made for every name of the capsule, or take the name out of `aliases`",
        };
        identity.check_names(names, hint).map(|()| identity)
    }

    /// Loads an identity to show it, even if it lacks one of `names`. Fails if a file cannot be read or is damaged,
    /// other users may read the key, or it is not that of the certificate.
    pub fn load(&self, names: &[String]) -> Result<Identity, Problem> {
        match self {
            Self::Managed { folder } => load_file(&file_of(folder, names)),
            Self::External { certificate, key } => pair::load(certificate, key),
        }
    }

    /// Returns whether there is a key for the capsule. An external store is assumed to have it.
    pub fn exists(&self, names: &[String]) -> bool {
        self.managed(names).map_or(true, |(_, file)| file.exists())
    }

    /// Fails if there is no key yet and a new one would be lost when the container or the machine restarts.
    pub fn check_persistence(&self, names: &[String]) -> Result<(), Problem> {
        let Self::Managed { folder } = self else { return Ok(()) };
        let Some(why) = volatility(folder).filter(|_| !self.exists(names)) else { return Ok(()) };
        let what = format!("a key made in `{}` would be lost: {why}", folder.display());
        Err(Problem::error(what).hint(
            "mount a folder that stays there, or name another with `--certs DIR`; readers are warned of every new key. \
             `--ephemeral-keys` makes one nevertheless, for capsules without returning readers",
        ))
    }

    /// Certifies the managed key again, for `names`. Only the few clients that remember the certificate and not the key
    /// warn. Fails if the store is external or cannot be written, has no key, or an authority signed the certificate.
    pub fn renew(&self, names: &[String]) -> Result<Identity, Problem> {
        let (_, file) = self.managed(names)?;
        let bytes = read_secret(&file, FORBIDDEN)?.ok_or_else(|| missing(&file))?;
        // A damaged certificate does not matter as long as the key is whole.
        if let Some(issuer) = identity(&file, &bytes).ok().and_then(|old| old.issuer) {
            let what = format!("the certificate is signed by `{issuer}`: only that authority can renew it");
            let hint = "get a new certificate for this key there, and import it with `lamplit cert import`";
            return Err(error_in(&file, what).hint(hint));
        }
        certify(&file, &bytes, names)
    }

    /// Makes a new key. The old identity is kept beside it under a name with its fingerprint. Every client that trusts
    /// the old key will warn its user. Fails if the store is external, or its folder or file cannot be read or written.
    pub fn new_key(&self, names: &[String]) -> Result<Identity, Problem> {
        let (folder, file) = self.managed(names)?;
        make_folder(folder)?;
        let pair = generate(&file, names)?;
        keep_old(&file)?;
        replace_and_load(&file, &pair)
    }

    /// Copies a key and certificate of another server into the managed store. One file may hold both and the chain. An
    /// existing file is replaced if it has the same key, or if `replace` is set, which keeps the old one beside it.
    /// Fails, without a change, if the pair cannot be used or lacks one of `names`, or another key exists.
    pub fn import(&self, names: &[String], certificate: &Path, key: &Path, replace: bool) -> Result<Identity, Problem> {
        let (folder, file) = self.managed(names)?;
        let (pair, found) = pair::read_foreign(certificate, key)?;
        found.check_names(names, "name the capsule it is made for with `--hostname NAME`")?;
        make_folder(folder)?;
        let present = load_file(&file);
        let is_same_key = present.as_ref().is_ok_and(|present| present.public_key == found.public_key);
        if !is_same_key && !replace && file.exists() {
            let what = match present {
                Ok(present) => format!("the capsule has another key already, `{}`", present.public_key),
                Err(_) => "there is a file already that cannot be used, but may hold the key of the capsule".to_owned(),
            };
            let hint = "readers who trust that key would be warned; with `--replace` it is kept beside the new one";
            return Err(error_in(&file, what).hint(hint));
        }
        if !is_same_key {
            keep_old(&file)?;
        }
        replace_and_load(&file, &pair)
    }
}

/// Returns a warning if users other than the owner may create keys in `folder`.
pub fn folder_warning(folder: &Path) -> Option<Problem> {
    (fs::metadata(folder).ok()?.mode() & 0o002 != 0).then(|| {
        Problem::warning("every user may put keys into this folder, which the next start would use")
            .in_file(folder.display().to_string())
            .hint(format!("remove their access with `chmod o-w {}`", folder.display()))
    })
}

/// Returns why files in `folder` may be lost at a restart, or `None` if no reason is known.
fn volatility(folder: &Path) -> Option<&'static str> {
    let absolute = std::path::absolute(folder).ok()?;
    let existing = absolute.ancestors().find_map(|above| fs::canonicalize(above).ok())?;
    let kind = u64::try_from(rustix::fs::statfs(&existing).ok()?.f_type).ok()?;
    if IN_MEMORY.contains(&kind) {
        return Some("this folder is kept in memory");
    }
    // Another file system than that of the root is a mounted volume.
    let device = |path: &Path| path.metadata().map(|metadata| metadata.dev()).ok();
    let is_of_root = LAYERED.contains(&kind) && device(&existing) == device(Path::new("/"));
    let in_container = || CONTAINER_MARKS.iter().any(|mark| Path::new(mark).exists());
    (is_of_root && in_container()).then_some("this folder goes with the container")
}

fn replace_and_load(file: &Path, pair: &Pair) -> Result<Identity, Problem> {
    replace(file, &pair.to_pem())?;
    load_file(file)
}

fn load_file(file: &Path) -> Result<Identity, Problem> {
    identity(file, &read_secret(file, FORBIDDEN)?.ok_or_else(|| missing(file))?)
}

fn identity(file: &Path, bytes: &[u8]) -> Result<Identity, Problem> {
    let pair = || Ok(Pair { key: key_in(file, bytes)?, chain: chain_in(file, bytes)? });
    pair().and_then(|pair| pair.identity(file, file)).map_err(or_hint(RESTORE))
}

/// Returns the file in `folder` named after the first of `names`, which may be an IPv6 address with unusual characters.
fn file_of(folder: &Path, names: &[String]) -> PathBuf {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let name = names.first().map_or("localhost", String::as_str);
    let safe: String = name.chars().map(|c| if is_safe(c) { c } else { '_' }).collect();
    folder.join(format!("{}.pem", safe.trim_start_matches('.').to_ascii_lowercase()))
}

fn generate(file: &Path, names: &[String]) -> Result<Pair, Problem> {
    Pair::generate(names).map_err(|error| broken(file, &format!("no key can be made: {error}")))
}

/// Gives the key in `bytes`, the content of `file`, a new certificate.
fn certify(file: &Path, bytes: &[u8], names: &[String]) -> Result<Identity, Problem> {
    let pair = Pair::certify(key_in(file, bytes).map_err(or_hint(RESTORE))?, names)
        .map_err(|error| broken(file, &format!("no certificate can be made: {error}")).hint(RESTORE))?;
    replace_and_load(file, &pair)
}
