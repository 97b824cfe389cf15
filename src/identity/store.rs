//! The file on disk: one PEM file for each capsule, with key and certificate in it.
//!
//! It comes into being by a link to a finished temporary file, which fails rather than replaces: a kill
//! at any instant leaves no identity or a whole one, and of two first starts at once one wins and both
//! use its key. Temporary files of starts that were killed are cleaned up by the next one.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::KeyPair;
use time::OffsetDateTime;
use tokio_rustls::rustls::crypto::aws_lc_rs::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::{Fingerprint, Identity, Origin, mint};
use crate::problem::Problem;

/// How often a first start tries again when another one is cleaning up or winning at the same time.
const ATTEMPTS: usize = 8;

pub(super) fn obtain(folder: &Path, names: &[String]) -> Result<(Identity, Origin), Problem> {
    let file = file_of(folder, first(names));
    make_folder(folder)?;
    clean_up(folder, &file);
    for _ in 0..ATTEMPTS {
        match read_pem(&file)? {
            Some(pem) if is_key_alone(&pem) => {
                let key = parse_key(&file, &pem)?;
                replace(&file, &assemble(&key, &certify(&file, &key, names)?))?;
                return Ok((parse(&file)?, Origin::Certified));
            }
            Some(_) => {
                let identity = parse(&file)?;
                check_names(&identity, names)?;
                return Ok((identity, Origin::Loaded));
            }
            None => {
                let key = mint::key().map_err(|error| broken(&file, &error.to_string()))?;
                let pem = assemble(&key, &certify(&file, &key, names)?);
                if create(folder, &file, &pem).map_err(|error| unwritable(&file, &error))? {
                    return Ok((parse(&file)?, Origin::Created));
                }
            }
        }
    }
    Err(broken(&file, "another process keeps changing it"))
}

pub(super) fn load(folder: &Path, name: &str) -> Result<Identity, Problem> {
    parse(&file_of(folder, name))
}

pub(super) fn renew(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    let file = file_of(folder, first(names));
    let pem = read_pem(&file)?.ok_or_else(|| missing(&file))?;
    let key = parse_key(&file, &pem)?;
    replace(&file, &assemble(&key, &certify(&file, &key, names)?))?;
    parse(&file)
}

pub(super) fn new_key(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    let file = file_of(folder, first(names));
    make_folder(folder)?;
    keep_old(&file)?;
    let key = mint::key().map_err(|error| broken(&file, &error.to_string()))?;
    replace(&file, &assemble(&key, &certify(&file, &key, names)?))?;
    parse(&file)
}

/// A host name as the name of a file: letters, digits, dots and hyphens are; an IPv6 literal is not.
fn file_of(folder: &Path, name: &str) -> PathBuf {
    let safe: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' })
        .collect();
    folder.join(format!("{}.pem", safe.trim_start_matches('.').to_ascii_lowercase()))
}

fn first(names: &[String]) -> &str {
    names.first().map_or("localhost", String::as_str)
}

// ── reading ──────────────────────────────────────────────────────────────────────────────────────────

/// Whether a file ends right behind a key: its certificate was cut out. Anything else there is damage.
fn is_key_alone(pem: &str) -> bool {
    pem.trim_end().ends_with("PRIVATE KEY-----") && pem.contains("-----END ") && !pem.contains("CERTIFICATE")
}

fn read_pem(file: &Path) -> Result<Option<String>, Problem> {
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(file, &error)),
    };
    if metadata.mode() & 0o077 != 0 {
        return Err(Problem::error("the private key may be read or written by others")
            .in_file(display(file))
            .hint(format!("make it yours alone with `chmod 600 {}`", file.display())));
    }
    fs::read_to_string(file).map(Some).map_err(|error| unreadable(file, &error))
}

fn parse_key(file: &Path, pem: &str) -> Result<KeyPair, Problem> {
    KeyPair::from_pem(pem).map_err(|error| broken(file, &format!("its key cannot be read: {error}")))
}

fn parse(file: &Path) -> Result<Identity, Problem> {
    let pem = read_pem(file)?.ok_or_else(|| missing(file))?;
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes())
        .map_err(|error| broken(file, &format!("it holds no whole private key: {error}")))?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| broken(file, &format!("a certificate in it is damaged: {error}")))?;
    let leaf = chain.first().ok_or_else(|| broken(file, "it holds no certificate"))?;
    let (rest, certificate) = X509Certificate::from_der(leaf)
        .map_err(|error| broken(file, &format!("its certificate cannot be read: {error}")))?;
    if !rest.is_empty() {
        return Err(broken(file, "its certificate has bytes behind its end"));
    }
    let key = any_supported_type(&key)
        .map_err(|error| broken(file, &format!("its key cannot be used: {error}")))?;
    let identity = Identity {
        file: file.to_owned(),
        names: names_in(&certificate),
        public_key: Fingerprint::of(certificate.public_key().raw),
        certificate: Fingerprint::of(leaf),
        expires: certificate.validity().not_after.timestamp(),
        certified: Arc::new(CertifiedKey::new(chain.clone(), key)),
    };
    identity
        .certified
        .keys_match()
        .map_err(|_| broken(file, "its key and its certificate do not belong together"))?;
    Ok(identity)
}

/// The host names and addresses a certificate is made for.
fn names_in(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return Vec::new() };
    names
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            GeneralName::IPAddress(bytes) => match bytes.len() {
                4 => <[u8; 4]>::try_from(*bytes).ok().map(|b| std::net::IpAddr::from(b).to_string()),
                16 => <[u8; 16]>::try_from(*bytes).ok().map(|b| std::net::IpAddr::from(b).to_string()),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

fn check_names(identity: &Identity, names: &[String]) -> Result<(), Problem> {
    let lacking: Vec<String> =
        names.iter().filter(|name| !covers(&identity.names, name)).map(|name| format!("`{name}`")).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    Err(Problem::error(format!("the certificate is not made for {}", lacking.join(", ")))
        .in_file(display(&identity.file))
        .hint("`lamplit cert renew` certifies the same key for the new names; readers notice nothing"))
}

/// Whether a name is covered, by whole labels: `*.example.org` covers one label more, never a suffix.
fn covers(certified: &[String], name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    certified.iter().any(|certified| match certified.strip_prefix("*.") {
        Some(parent) => name.split_once('.').is_some_and(|(_, rest)| rest == parent),
        None => *certified == name,
    })
}

// ── writing ──────────────────────────────────────────────────────────────────────────────────────────

fn certify(file: &Path, key: &KeyPair, names: &[String]) -> Result<String, Problem> {
    mint::certificate(key, names, OffsetDateTime::now_utc())
        .map_err(|error| broken(file, &format!("no certificate can be made: {error}")))
}

fn assemble(key: &KeyPair, certificate: &str) -> String {
    format!("{}{certificate}", key.serialize_pem())
}

fn make_folder(folder: &Path) -> Result<(), Problem> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| unwritable(folder, &error))
}

/// Gives what stands at `file` a second name. Even what cannot be read is kept: there may be a key in it
/// that somebody can still save.
fn keep_old(file: &Path) -> Result<(), Problem> {
    let fingerprint = match (parse(file), fs::read(file)) {
        (Ok(old), _) => old.public_key,
        (Err(_), Ok(bytes)) => Fingerprint::of(&bytes),
        (Err(_), Err(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        (Err(_), Err(error)) => return Err(unreadable(file, &error)),
    };
    let short: String = fingerprint.to_string().chars().take(16).collect();
    let kept = file.with_extension(format!("{short}.old.pem"));
    match fs::hard_link(file, &kept) {
        // The same fingerprint: it was kept before.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(unwritable(&kept, &error)),
        _ => Ok(()),
    }
}

/// Puts a finished file in place; false if another start was faster, or cleaned up at the same moment.
fn create(folder: &Path, file: &Path, pem: &str) -> io::Result<bool> {
    let temporary = write_temporary(file, pem)?;
    let linked = fs::hard_link(&temporary, file);
    // Another start may have cleaned it up already; what this one leaves, the next one cleans up.
    let _ = fs::remove_file(&temporary);
    match linked {
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => {
            Ok(false)
        }
        linked => {
            linked?;
            File::open(folder)?.sync_all()?;
            Ok(true)
        }
    }
}

/// Puts new content in place of the old in one step.
fn replace(file: &Path, pem: &str) -> Result<(), Problem> {
    let folder = file.parent().unwrap_or(Path::new("."));
    write_temporary(file, pem)
        .and_then(|temporary| fs::rename(temporary, file))
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(|error| unwritable(file, &error))
}

/// Writes and syncs a file beside `file` that only its owner may read. Its name is random, because process
/// numbers repeat in containers that share a folder.
fn write_temporary(file: &Path, pem: &str) -> io::Result<PathBuf> {
    let mut random = [0; 8];
    aws_lc_rs::rand::fill(&mut random).map_err(io::Error::other)?;
    let temporary = file.with_extension(format!("pem.{}.new", u64::from_le_bytes(random)));
    let mut open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    open.write_all(pem.as_bytes())?;
    open.sync_all()?;
    Ok(temporary)
}

/// Removes what starts that were killed left behind.
fn clean_up(folder: &Path, file: &Path) {
    let Some(stem) = file.file_name().and_then(|name| name.to_str()) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let number =
            name.to_str().and_then(|name| name.strip_prefix(stem)?.strip_prefix('.')?.strip_suffix(".new"));
        if number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
            // If this fails, a stray file with a key nobody uses stays: not worth stopping for.
            let _ = fs::remove_file(entry.path());
        }
    }
}

// ── words ────────────────────────────────────────────────────────────────────────────────────────────

fn display(file: &Path) -> String {
    file.display().to_string()
}

fn broken(file: &Path, why: &str) -> Problem {
    Problem::error(format!("the identity of the capsule cannot be used: {why}")).in_file(display(file)).hint(
        "restore the file from your backup; it was left as it is. Only if the key is lost for good, \
         `lamplit cert new-key` makes another, and every reader will be warned",
    )
}

fn missing(file: &Path) -> Problem {
    Problem::error("the capsule has no key yet").in_file(display(file)).hint("the first start makes one")
}

fn unreadable(file: &Path, error: &io::Error) -> Problem {
    Problem::error(format!("the identity of the capsule cannot be read: {error}"))
        .in_file(display(file))
        .hint("check who owns the file and its folder")
}

fn unwritable(file: &Path, error: &io::Error) -> Problem {
    Problem::error(format!("the identity of the capsule cannot be written: {error}"))
        .in_file(display(file))
        .hint("choose a folder that this user may write to, with `--certs DIR`")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

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
        let (made, origin) = obtain(&folder, &all).expect("made");
        assert_eq!(origin, Origin::Created);
        assert_eq!(made.names, all);
        let (kept, origin) = obtain(&folder, &all).expect("kept");
        assert_eq!(
            (origin, kept.certificate, kept.public_key),
            (Origin::Loaded, made.certificate, made.public_key)
        );
        assert_eq!(entries(&folder), ["localhost.pem"]);
        let permissions = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
        assert_eq!((permissions(&folder), permissions(&made.file)), (0o700, 0o600));
        let years = (made.expires - OffsetDateTime::now_utc().unix_timestamp()) / (365 * 86_400);
        assert!((99..=101).contains(&years), "{years}");
    }

    #[test]
    fn damage_stops_the_start_and_nothing_is_touched() {
        let good = {
            let scratch = scratch();
            let (made, _) = obtain(scratch.path(), &names(&["localhost"])).expect("made");
            fs::read_to_string(made.file).expect("read")
        };
        let other = {
            let scratch = scratch();
            let (made, _) = obtain(scratch.path(), &names(&["localhost"])).expect("made");
            fs::read_to_string(made.file).expect("read")
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
            let problem = obtain(scratch.path(), &names(&["localhost"])).expect_err(what);
            assert!(problem.what.contains(says), "{what}: {problem}");
            assert!(problem.hint.is_some(), "{what}");
            assert_eq!(fs::read_to_string(&file).expect("still there"), content, "{what}");
            assert_eq!(entries(scratch.path()), ["localhost.pem"], "{what}");
        }
    }

    #[test]
    fn a_key_others_may_read_stops_the_start() {
        let scratch = scratch();
        let (made, _) = obtain(scratch.path(), &names(&["localhost"])).expect("made");
        fs::set_permissions(&made.file, fs::Permissions::from_mode(0o640)).expect("set");
        let problem = obtain(scratch.path(), &names(&["localhost"])).expect_err("refused");
        assert!(problem.to_string().contains("chmod 600"), "{problem}");
    }

    #[test]
    fn other_names_stop_the_start_and_renewal_keeps_the_key() {
        let scratch = scratch();
        let (made, _) = obtain(scratch.path(), &names(&["example.org"])).expect("made");
        let more = names(&["example.org", "www.example.org"]);
        let problem = obtain(scratch.path(), &more).expect_err("refused");
        assert!(problem.what.contains("`www.example.org`"), "{problem}");
        let renewed = renew(scratch.path(), &more).expect("renewed");
        assert_eq!(renewed.public_key, made.public_key);
        assert_ne!(renewed.certificate, made.certificate);
        assert_eq!(obtain(scratch.path(), &more).expect("loaded").1, Origin::Loaded);
    }

    #[test]
    fn a_key_without_certificate_is_certified_anew() {
        let scratch = scratch();
        let (made, _) = obtain(scratch.path(), &names(&["localhost"])).expect("made");
        let pem = fs::read_to_string(&made.file).expect("read");
        let at = pem.find(CERTIFICATE_HEAD).expect("two halves");
        fs::write(&made.file, &pem[..at]).expect("written");
        let (again, origin) = obtain(scratch.path(), &names(&["localhost"])).expect("certified");
        assert_eq!((origin, again.public_key), (Origin::Certified, made.public_key));
    }

    #[test]
    fn a_new_key_keeps_the_old_one_beside_it() {
        let scratch = scratch();
        let (made, _) = obtain(scratch.path(), &names(&["localhost"])).expect("made");
        let new = new_key(scratch.path(), &names(&["localhost"])).expect("made");
        assert_ne!(new.public_key, made.public_key);
        let kept = entries(scratch.path()).into_iter().find(|name| name.ends_with(".old.pem")).expect("kept");
        assert_eq!(parse(&scratch.path().join(kept)).expect("whole").public_key, made.public_key);

        fs::write(&made.file, "damaged").expect("written");
        new_key(scratch.path(), &names(&["localhost"])).expect("made");
        let contents = entries(scratch.path()).into_iter().map(|name| fs::read(scratch.path().join(name)));
        assert!(contents.flatten().any(|bytes| bytes == b"damaged"), "even a damaged key is kept");
    }

    #[test]
    fn a_start_cleans_up_after_one_that_was_killed() {
        let one = names(&["localhost"]);
        let key = mint::key().expect("a key");
        let pem = assemble(&key, &mint::certificate(&key, &one, OffsetDateTime::now_utc()).expect("a pair"));
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
            let (_, origin) = obtain(scratch.path(), &one).expect("an identity");
            assert_eq!(origin == Origin::Loaded, linked, "{length} bytes");
            assert_eq!(entries(scratch.path()), ["localhost.pem"], "{length} bytes");
        }
    }

    #[test]
    fn starts_at_the_same_time_end_with_one_key() {
        let scratch = scratch();
        let found: Vec<Fingerprint> = std::thread::scope(|scope| {
            let starts: Vec<_> =
                (0..8).map(|_| scope.spawn(|| obtain(scratch.path(), &names(&["localhost"])))).collect();
            starts
                .into_iter()
                .map(|start| start.join().expect("no panic").expect("every start succeeds").0.public_key)
                .collect()
        });
        assert!(found.iter().all(|key| *key == found[0]), "{found:?}");
        obtain(scratch.path(), &names(&["localhost"])).expect("loaded");
        assert_eq!(entries(scratch.path()), ["localhost.pem"]);
    }

    #[test]
    fn names_match_by_whole_labels() {
        for (certified, name, covered) in [
            ("example.org", "example.org", true),
            ("example.org", "EXAMPLE.org", true),
            ("example.org", "badexample.org", false),
            ("example.org", "www.example.org", false),
            ("*.example.org", "www.example.org", true),
            ("*.example.org", "example.org", false),
            ("*.example.org", "a.b.example.org", false),
        ] {
            assert_eq!(covers(&[certified.to_owned()], name), covered, "{certified} {name}");
        }
    }
}
