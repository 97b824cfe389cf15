//! The managed key store: one PEM file for each capsule with its key and certificate, made, renewed or replaced.

use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::certificate::Identity;
use super::messages::{RESTORE, broken, display, missing, or_hint, unwritable};
use super::pair::{Pair, Privacy, chain_in, generate_key, is_key_alone, key_in, read_secret};
use super::write::{clean_up, create, keep_old, make_folder, replace};
use crate::problem::Problem;

/// How often a first start tries again when another start cleans up or creates the file at the same moment.
const ATTEMPTS: usize = 8;

/// Hint for a certificate that lacks a name of its capsule.
const ADD_NAMES: &str = "`lamplit cert renew` certifies the same key for all its names; clients that remember the key \
                         notice nothing";

/// How a managed identity came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOrigin {
    /// The file existed and was whole.
    Loaded,
    /// There was no file, so a new key was made: the first start.
    Created,
    /// The file held a key without certificate, and the key was certified.
    Certified,
}

pub(super) fn load_or_create(folder: &Path, names: &[String]) -> Result<(Identity, KeyOrigin), Problem> {
    let file = file_of(folder, names);
    make_folder(folder)?;
    clean_up(folder, Some(&file));
    for _ in 0..ATTEMPTS {
        match read_secret(&file, Privacy::Owner)? {
            Some(bytes) if is_key_alone(&bytes) => {
                let key = key_in(&file, &bytes).map_err(or_hint(RESTORE))?;
                replace(&file, &certify(&file, key, names)?)?;
                return Ok((load_file(&file)?, KeyOrigin::Certified));
            }
            Some(bytes) => {
                let identity = identity(&file, &bytes)?.for_names(names, ADD_NAMES)?;
                return Ok((identity, KeyOrigin::Loaded));
            }
            None => {
                let pem = certify(&file, new_secret(&file)?, names)?;
                if create(folder, &file, &pem).map_err(|error| unwritable(&file, &error))? {
                    return Ok((load_file(&file)?, KeyOrigin::Created));
                }
            }
        }
    }
    Err(broken(&file, "another process changes it again and again"))
}

pub(super) fn load_or_create_hosted(
    folder: &Path,
    names: &[String],
) -> Result<(Identity, KeyOrigin), Problem> {
    let file = file_of(folder, names);
    match read_secret(&file, Privacy::Owner)? {
        Some(bytes) if !is_key_alone(&bytes) => {
            Ok((identity(&file, &bytes)?.for_names(names, ADD_NAMES)?, KeyOrigin::Loaded))
        }
        _ => load_or_create(folder, names),
    }
}

pub(super) fn load(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    load_file(&file_of(folder, names))
}

pub(super) fn load_for(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    load(folder, names)?.for_names(names, ADD_NAMES)
}

pub(super) fn renew(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    let file = file_of(folder, names);
    let bytes = read_secret(&file, Privacy::Owner)?.ok_or_else(|| missing(&file))?;
    let key = key_in(&file, &bytes).map_err(or_hint(RESTORE))?;
    // A damaged certificate does not matter: the key is whole.
    if let Some(issuer) = identity(&file, &bytes).ok().and_then(|old| old.issuer) {
        return Err(Problem::error(format!(
            "the certificate is signed by `{issuer}`: only that authority can renew it"
        ))
        .in_file(display(&file))
        .hint("get a new certificate for this key there, and import it with `lamplit cert import`"));
    }
    replace(&file, &certify(&file, key, names)?)?;
    load_file(&file)
}

pub(super) fn new_key(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    let file = file_of(folder, names);
    make_folder(folder)?;
    let pem = certify(&file, new_secret(&file)?, names)?;
    keep_old(&file)?;
    replace(&file, &pem)?;
    load_file(&file)
}

/// Stores `pair`, which makes the identity `found`. Another key that is there already is left alone unless `replacing`,
/// which keeps it beside the new one.
pub(super) fn adopt(
    folder: &Path,
    names: &[String],
    pair: &Pair,
    found: &Identity,
    replacing: bool,
) -> Result<Identity, Problem> {
    found.check_names(names, "name the capsule it is made for with `--hostname NAME`")?;
    let file = file_of(folder, names);
    make_folder(folder)?;
    let present = load_file(&file);
    let is_same_key = present.as_ref().is_ok_and(|present| present.public_key == found.public_key);
    if !is_same_key && !replacing && file.exists() {
        let what = match present {
            Ok(present) => format!("the capsule has another key already, `{}`", present.public_key),
            Err(_) => {
                "there is a file already that cannot be used, but may hold the key of the capsule".to_owned()
            }
        };
        return Err(Problem::error(what).in_file(display(&file)).hint(
            "readers who trust that key would be warned; with `--replace` it is kept beside the new one",
        ));
    }
    if !is_same_key {
        keep_old(&file)?;
    }
    replace(&file, &pair.to_pem())?;
    load_file(&file)
}

fn load_file(file: &Path) -> Result<Identity, Problem> {
    identity(file, &read_secret(file, Privacy::Owner)?.ok_or_else(|| missing(file))?)
}

fn identity(file: &Path, bytes: &[u8]) -> Result<Identity, Problem> {
    let key = key_in(file, bytes).map_err(or_hint(RESTORE))?;
    let chain = chain_in(file, bytes).map_err(or_hint(RESTORE))?;
    Pair { key, chain }.identity(file, file).map_err(or_hint(RESTORE))
}

/// Returns the file of the capsule with `names` in `folder`. Of the first name it takes letters, digits, dots and
/// hyphens; an IPv6 address has other characters.
pub(super) fn file_of(folder: &Path, names: &[String]) -> PathBuf {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let name = names.first().map_or("localhost", String::as_str);
    let safe: String = name.chars().map(|c| if is_safe(c) { c } else { '_' }).collect();
    folder.join(format!("{}.pem", safe.trim_start_matches('.').to_ascii_lowercase()))
}

fn new_secret(file: &Path) -> Result<PrivateKeyDer<'static>, Problem> {
    generate_key().map_err(|error| broken(file, &format!("no key can be made: {error}")))
}

/// Returns the content of `file` for `key` with a new certificate.
fn certify(file: &Path, key: PrivateKeyDer<'static>, names: &[String]) -> Result<String, Problem> {
    let pair = Pair::certify(key, names, OffsetDateTime::now_utc())
        .map_err(|error| broken(file, &format!("no certificate can be made: {error}")).hint(RESTORE))?;
    Ok(pair.to_pem())
}
