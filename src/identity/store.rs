//! The file of each capsule: one PEM file with its key and certificate, found, made, renewed or replaced.

use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::messages::{RESTORE, broken, missing, or_hint, unwritable};
use super::pem::{Pair, Privacy, chain_in, is_key_alone, key_in, read_secret};
use super::write::{clean_up, create, keep_old, make_folder, replace};
use super::{Identity, KeyOrigin, generate, names};
use crate::problem::Problem;

/// How often a first start tries again when another one is cleaning up or winning at the same time.
const ATTEMPTS: usize = 8;

/// What to do when a certificate of ours lacks a name of its capsule.
const ADD_NAMES: &str = "`lamplit cert renew` certifies the same key for all its names; clients that remember the key notice nothing";

pub(super) fn load_or_create(folder: &Path, names: &[String]) -> Result<(Identity, KeyOrigin), Problem> {
    let file = file_of(folder, first(names));
    make_folder(folder)?;
    clean_up(folder, &file);
    for _ in 0..ATTEMPTS {
        match read_secret(&file, Privacy::Owner)? {
            Some(bytes) if is_key_alone(&bytes) => {
                let key = key_in(&file, &bytes).map_err(or_hint(RESTORE))?;
                replace(&file, &certify(&file, key, names)?.to_pem())?;
                return Ok((load_file(&file)?, KeyOrigin::Certified));
            }
            Some(bytes) => {
                let identity = identity(&file, &bytes)?;
                names::check_names(&identity, names, ADD_NAMES)?;
                return Ok((identity, KeyOrigin::Loaded));
            }
            None => {
                let pem = certify(&file, new(&file)?, names)?.to_pem();
                if create(folder, &file, &pem).map_err(|error| unwritable(&file, &error))? {
                    return Ok((load_file(&file)?, KeyOrigin::Created));
                }
            }
        }
    }
    Err(broken(&file, "another process keeps changing it"))
}

pub(super) fn load_or_create_hosted(
    folder: &Path,
    names: &[String],
) -> Result<(Identity, KeyOrigin), Problem> {
    let file = file_of(folder, first(names));
    match read_secret(&file, Privacy::Owner)? {
        Some(bytes) if !is_key_alone(&bytes) => {
            let identity = identity(&file, &bytes)?;
            names::check_names(&identity, names, ADD_NAMES)?;
            Ok((identity, KeyOrigin::Loaded))
        }
        _ => load_or_create(folder, names),
    }
}

pub(super) fn load(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    load_file(&file_of(folder, first(names)))
}

pub(super) fn load_for(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    let identity = load(folder, names)?;
    names::check_names(&identity, names, ADD_NAMES)?;
    Ok(identity)
}

pub(super) fn renew(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    let file = file_of(folder, first(names));
    let bytes = read_secret(&file, Privacy::Owner)?.ok_or_else(|| missing(&file))?;
    let key = key_in(&file, &bytes).map_err(or_hint(RESTORE))?;
    // A damaged certificate is no obstacle: the key is what counts, and it is whole.
    if let Some(issuer) = identity(&file, &bytes).ok().and_then(|old| old.issuer) {
        return Err(Problem::error(format!(
            "the certificate is signed by `{issuer}`: only they can renew it"
        ))
        .in_file(file.display().to_string())
        .hint("get a new one for the same key from them, and take it over with `lamplit cert import`"));
    }
    replace(&file, &certify(&file, key, names)?.to_pem())?;
    load_file(&file)
}

pub(super) fn new_key(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    let file = file_of(folder, first(names));
    make_folder(folder)?;
    let pem = certify(&file, new(&file)?, names)?.to_pem();
    keep_old(&file)?;
    replace(&file, &pem)?;
    load_file(&file)
}

/// Puts `pair`, whose identity is `found`, in the place of the capsule. Another key that is there already is left
/// alone unless `replacing`, which keeps it beside the new one.
pub(super) fn adopt(
    folder: &Path,
    names: &[String],
    pair: &Pair,
    found: &Identity,
    replacing: bool,
) -> Result<Identity, Problem> {
    names::check_names(found, names, "name the capsule it is made for with `--hostname NAME`")?;
    let file = file_of(folder, first(names));
    make_folder(folder)?;
    let there = load_file(&file);
    let is_same_key = there.as_ref().is_ok_and(|there| there.public_key == found.public_key);
    if !is_same_key && !replacing && file.exists() {
        let what = match there {
            Ok(there) => format!("the capsule has another key already, `{}`", there.public_key),
            Err(_) => {
                "there is a file already that cannot be used, but may hold the key of the capsule".to_owned()
            }
        };
        return Err(Problem::error(what).in_file(file.display().to_string()).hint(
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

/// A host name as the name of a file: letters, digits, dots and hyphens are; an IPv6 literal is not.
pub(super) fn file_of(folder: &Path, name: &str) -> PathBuf {
    let safe: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' })
        .collect();
    folder.join(format!("{}.pem", safe.trim_start_matches('.').to_ascii_lowercase()))
}

fn first(names: &[String]) -> &str {
    names.first().map_or("localhost", String::as_str)
}

fn new(file: &Path) -> Result<PrivateKeyDer<'static>, Problem> {
    generate::key().map_err(|error| broken(file, &format!("no key can be made: {error}")))
}

fn certify(file: &Path, key: PrivateKeyDer<'static>, names: &[String]) -> Result<Pair, Problem> {
    generate::certify(key, names, OffsetDateTime::now_utc())
        .map_err(|error| broken(file, &format!("no certificate can be made: {error}")).hint(RESTORE))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;
    use crate::host::Fingerprint;

    const CERTIFICATE_HEAD: &str = "-----BEGIN CERTIFICATE-----";

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn scratch() -> tempfile::TempDir {
        tempfile::tempdir().expect("a scratch folder")
    }

    fn entries(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_first_start_makes_a_key_and_later_ones_keep_it() {
        let scratch = scratch();
        let folder = scratch.path().join("state/certs");
        let all = names(&["localhost", "example.org", "127.0.0.1", "::1"]);
        let (made, origin) = load_or_create(&folder, &all).expect("made");
        assert_eq!(origin, KeyOrigin::Created);
        assert_eq!(made.names, all);
        let (kept, origin) = load_or_create(&folder, &all).expect("kept");
        assert_eq!(
            (origin, kept.certificate, kept.public_key),
            (KeyOrigin::Loaded, made.certificate, made.public_key)
        );
        assert_eq!(entries(&folder), ["localhost.pem"]);
        let permissions = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
        assert_eq!((permissions(&folder), permissions(&made.key_file)), (0o700, 0o600));
        let years = (made.expires - OffsetDateTime::now_utc().unix_timestamp()) / (365 * 86_400);
        assert!((99..=101).contains(&years), "{years}");
    }

    #[test]
    fn damage_stops_the_start_and_nothing_is_touched() {
        let good = {
            let scratch = scratch();
            let (made, _) = load_or_create(scratch.path(), &names(&["localhost"])).expect("made");
            fs::read_to_string(made.key_file).expect("read")
        };
        let other = {
            let scratch = scratch();
            let (made, _) = load_or_create(scratch.path(), &names(&["localhost"])).expect("made");
            fs::read_to_string(made.key_file).expect("read")
        };
        let cut = |pem: &str| {
            let at = pem.find(CERTIFICATE_HEAD).expect("two halves");
            (pem[..at].to_owned(), pem[at..].to_owned())
        };
        let ((key, certificate), (_, foreign)) = (cut(&good), cut(&other));
        for (what, content, says) in [
            ("empty", String::new(), "no whole private key"),
            ("half a file", good[..good.len() / 2].to_owned(), ""),
            ("half a key", key[..key.len() / 2].to_owned(), "no whole private key"),
            ("a certificate cut short", format!("{key}-----BEGIN CERTIF"), "is damaged"),
            ("no key", certificate.clone(), "no whole private key"),
            ("a foreign certificate", format!("{key}{foreign}"), "do not belong together"),
            ("a damaged certificate", format!("{key}{}", certificate.replacen('M', "!", 1)), "certificate"),
            ("noise", "\u{0}\u{1}noise".to_owned(), "no whole private key"),
        ] {
            let scratch = scratch();
            let file = scratch.path().join("localhost.pem");
            fs::write(&file, &content).expect("written");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("set");
            let problem = load_or_create(scratch.path(), &names(&["localhost"])).expect_err(what);
            assert!(problem.what.contains(says), "{what}: {problem}");
            assert!(problem.hint.is_some(), "{what}");
            assert_eq!(fs::read_to_string(&file).expect("still there"), content, "{what}");
            assert_eq!(entries(scratch.path()), ["localhost.pem"], "{what}");
        }
    }

    #[test]
    fn a_key_others_may_read_stops_the_start() {
        let scratch = scratch();
        let (made, _) = load_or_create(scratch.path(), &names(&["localhost"])).expect("made");
        fs::set_permissions(&made.key_file, fs::Permissions::from_mode(0o640)).expect("set");
        let problem = load_or_create(scratch.path(), &names(&["localhost"])).expect_err("refused");
        assert!(problem.to_string().contains("chmod 600"), "{problem}");
    }

    #[test]
    fn other_names_stop_the_start_and_renewal_keeps_the_key() {
        let scratch = scratch();
        let (made, _) = load_or_create(scratch.path(), &names(&["example.org"])).expect("made");
        let more = names(&["example.org", "www.example.org"]);
        let problem = load_or_create(scratch.path(), &more).expect_err("refused");
        assert!(problem.what.contains("`www.example.org`"), "{problem}");
        let renewed = renew(scratch.path(), &more).expect("renewed");
        assert_eq!(renewed.public_key, made.public_key);
        assert_ne!(renewed.certificate, made.certificate);
        assert_eq!(load_or_create(scratch.path(), &more).expect("loaded").1, KeyOrigin::Loaded);
    }

    #[test]
    fn a_key_without_certificate_is_certified_anew() {
        let scratch = scratch();
        let (made, _) = load_or_create(scratch.path(), &names(&["localhost"])).expect("made");
        let pem = fs::read_to_string(&made.key_file).expect("read");
        let at = pem.find(CERTIFICATE_HEAD).expect("two halves");
        fs::write(&made.key_file, &pem[..at]).expect("written");
        let (again, origin) = load_or_create(scratch.path(), &names(&["localhost"])).expect("certified");
        assert_eq!((origin, again.public_key), (KeyOrigin::Certified, made.public_key));
    }

    #[test]
    fn a_new_key_keeps_the_old_one_beside_it() {
        let scratch = scratch();
        let (made, _) = load_or_create(scratch.path(), &names(&["localhost"])).expect("made");
        let new = new_key(scratch.path(), &names(&["localhost"])).expect("made");
        assert_ne!(new.public_key, made.public_key);
        let kept = entries(scratch.path()).into_iter().find(|name| name.ends_with(".old.pem")).expect("kept");
        assert_eq!(load_file(&scratch.path().join(kept)).expect("whole").public_key, made.public_key);

        fs::write(&made.key_file, "damaged").expect("written");
        new_key(scratch.path(), &names(&["localhost"])).expect("made");
        let contents = entries(scratch.path()).into_iter().map(|name| fs::read(scratch.path().join(name)));
        assert!(contents.flatten().any(|bytes| bytes == b"damaged"), "even a damaged key is kept");
    }

    #[test]
    fn a_start_cleans_up_after_one_that_was_killed() {
        let one = names(&["localhost"]);
        let key = generate::key().expect("a key");
        let pem = generate::certify(key, &one, OffsetDateTime::now_utc()).expect("a pair").to_pem();
        // Every state a kill can leave: part of a temporary file, a whole one, and one with both its names.
        for (length, linked) in
            [(0, false), (10, false), (pem.len() - 1, false), (pem.len(), false), (pem.len(), true)]
        {
            let scratch = scratch();
            let temporary = scratch.path().join("localhost.pem.4242.new");
            fs::write(&temporary, &pem[..length]).expect("written");
            fs::set_permissions(&temporary, fs::Permissions::from_mode(0o600)).expect("set");
            if linked {
                fs::hard_link(&temporary, scratch.path().join("localhost.pem")).expect("linked");
            }
            let (_, origin) = load_or_create(scratch.path(), &one).expect("an identity");
            assert_eq!(origin == KeyOrigin::Loaded, linked, "{length} bytes");
            assert_eq!(entries(scratch.path()), ["localhost.pem"], "{length} bytes");
        }
    }

    #[test]
    fn starts_at_the_same_time_end_with_one_key() {
        let scratch = scratch();
        let found: Vec<Fingerprint> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| load_or_create(scratch.path(), &names(&["localhost"]))))
                .collect();
            starts
                .into_iter()
                .map(|start| start.join().expect("no panic").expect("every start succeeds").0.public_key)
                .collect()
        });
        assert!(found.iter().all(|key| *key == found[0]), "{found:?}");
        load_or_create(scratch.path(), &names(&["localhost"])).expect("loaded");
        assert_eq!(entries(scratch.path()), ["localhost.pem"]);
    }
}
