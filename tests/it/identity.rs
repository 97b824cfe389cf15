//! The managed key store: keys are created once, kept, and renewed, imported or replaced only on demand.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use lamplit::host::Fingerprint;
use lamplit::identity::{Identity, KeyOrigin, KeyStore};
use lamplit::problem::Problem;
use pem::Pem;
use rcgen::{CertificateParams, DnType, Issuer, KeyPair, SignatureAlgorithm};
use tempfile::TempDir;
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::support::scratch_folder;

const CERTIFICATE_HEAD: &str = "-----BEGIN CERTIFICATE-----";

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Returns the managed key store in `folder`.
fn managed(folder: impl Into<PathBuf>) -> KeyStore {
    KeyStore::Managed { folder: folder.into() }
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
fn first_start_makes_a_key_and_later_ones_keep_it() {
    let scratch = scratch_folder();
    let folder = scratch.path().join("state/certs");
    let all = names(&["localhost", "example.org", "127.0.0.1", "::1"]);
    let made = managed(&folder).load_or_create(&all).expect("made");
    assert_eq!(made.origin, KeyOrigin::Created);
    assert_eq!(made.names, all);
    let kept = managed(&folder).load_or_create(&all).expect("kept");
    assert_eq!(
        (kept.origin, kept.certificate, kept.public_key),
        (KeyOrigin::Loaded, made.certificate, made.public_key)
    );
    assert_eq!(entries(&folder), ["localhost.pem"]);
    let permissions = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
    assert_eq!((permissions(&folder), permissions(&made.key_file)), (0o700, 0o600));
    let years = (made.expires - OffsetDateTime::now_utc().unix_timestamp()) / (365 * 86_400);
    assert!((99..=101).contains(&years), "{years}");
}

/// T7.
#[test]
fn certificate_is_made_for_gemini() {
    for hosts in [&["example.org", "www.example.org"][..], &["192.0.2.7"]] {
        let serials = [(), ()].map(|()| {
            let scratch = scratch_folder();
            let now = OffsetDateTime::now_utc().unix_timestamp();
            let made = managed(scratch.path()).load_or_create(&names(hosts)).expect("made");
            assert_eq!(made.names, hosts);
            let (_, certificate) = X509Certificate::from_der(&made.certified.cert[0]).expect("a certificate");
            assert_eq!(certificate.subject(), certificate.issuer());
            let mut commons = certificate.subject().iter_common_name();
            assert_eq!(commons.next().and_then(|name| name.as_str().ok()), Some(hosts[0]));
            assert!(certificate.validity().not_before.timestamp() < now);
            assert_eq!((certificate.validity().not_after.timestamp() - now) / 86_400, 36_500);
            certificate.raw_serial().to_vec()
        });
        assert_ne!(serials[0], serials[1]);
    }
}

#[test]
fn end_of_a_certificate_is_warned_of_in_time() {
    let scratch = scratch_folder();
    let made = managed(scratch.path()).load_or_create(&names(&["example.org"])).expect("made");
    let self_signed = Identity { valid_from: 1_699_827_200, expires: 4_853_600_000, ..made };
    let signed = Identity { issuer: Some("CN=An Authority".to_owned()), ..self_signed.clone() };
    for (identity, days_left, says) in [
        (&self_signed, 36_500, None),
        (&self_signed, 181, None),
        (&self_signed, 180 - 1, Some("expires on 2123-10-21, 179 days")),
        (&self_signed, 0, Some("expired on 2123-10-21")),
        (&self_signed, -1, Some("expired")),
        (&self_signed, 36_503, Some("is not valid before 2023-11-12")),
        (&signed, 15, None),
        (&signed, 13, Some("13 days")),
        (&signed, 0, Some("expired")),
    ] {
        let warning = identity.warning(self_signed.expires - days_left * 86_400).map(|problem| problem.what);
        match says {
            None => assert_eq!(warning, None, "{days_left}"),
            Some(says) => {
                assert!(warning.as_ref().is_some_and(|warning| warning.contains(says)), "{warning:?}");
            }
        }
    }
}

#[test]
fn damaged_file_is_refused_and_left_alone() {
    let good = {
        let scratch = scratch_folder();
        let made = managed(scratch.path()).load_or_create(&names(&["localhost"])).expect("made");
        fs::read_to_string(made.key_file).expect("read")
    };
    let other = {
        let scratch = scratch_folder();
        let made = managed(scratch.path()).load_or_create(&names(&["localhost"])).expect("made");
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
        let scratch = scratch_folder();
        let file = scratch.path().join("localhost.pem");
        fs::write(&file, &content).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("set");
        let problem = managed(scratch.path()).load_or_create(&names(&["localhost"])).expect_err(what);
        assert!(problem.what.contains(says), "{what}: {problem}");
        assert!(problem.hint.is_some(), "{what}");
        assert_eq!(fs::read_to_string(&file).expect("still there"), content, "{what}");
        assert_eq!(entries(scratch.path()), ["localhost.pem"], "{what}");
    }
}

#[test]
fn key_that_other_users_may_read_is_refused() {
    let scratch = scratch_folder();
    let made = managed(scratch.path()).load_or_create(&names(&["localhost"])).expect("made");
    fs::set_permissions(&made.key_file, fs::Permissions::from_mode(0o640)).expect("set");
    let problem = managed(scratch.path()).load_or_create(&names(&["localhost"])).expect_err("refused");
    assert!(problem.to_string().contains("chmod 600"), "{problem}");
}

#[test]
fn certificate_without_a_name_is_refused_and_renewal_keeps_the_key() {
    let scratch = scratch_folder();
    let made = managed(scratch.path()).load_or_create(&names(&["example.org"])).expect("made");
    let more = names(&["example.org", "www.example.org"]);
    let problem = managed(scratch.path()).load_or_create(&more).expect_err("refused");
    assert!(problem.what.contains("`www.example.org`"), "{problem}");
    let renewed = managed(scratch.path()).renew(&more).expect("renewed");
    assert_eq!(renewed.public_key, made.public_key);
    assert_ne!(renewed.certificate, made.certificate);
    assert_eq!(managed(scratch.path()).load_or_create(&more).expect("loaded").origin, KeyOrigin::Loaded);
}

#[test]
fn key_without_certificate_is_certified() {
    let scratch = scratch_folder();
    let made = managed(scratch.path()).load_or_create(&names(&["localhost"])).expect("made");
    let pem = fs::read_to_string(&made.key_file).expect("read");
    let at = pem.find(CERTIFICATE_HEAD).expect("two halves");
    fs::write(&made.key_file, &pem[..at]).expect("written");
    let again = managed(scratch.path()).load_or_create(&names(&["localhost"])).expect("certified");
    assert_eq!((again.origin, again.public_key), (KeyOrigin::Certified, made.public_key));
}

#[test]
fn new_key_keeps_the_old_one_beside_it() {
    let scratch = scratch_folder();
    let made = managed(scratch.path()).load_or_create(&names(&["localhost"])).expect("made");
    let new = managed(scratch.path()).new_key(&names(&["localhost"])).expect("made");
    assert_ne!(new.public_key, made.public_key);
    let kept = entries(scratch.path()).into_iter().find(|name| name.ends_with(".old.pem")).expect("kept");
    let kept = scratch.path().join(kept);
    let kept = KeyStore::External { certificate: kept.clone(), key: kept };
    assert_eq!(kept.load(&[]).expect("whole").public_key, made.public_key);

    fs::write(&made.key_file, "damaged").expect("written");
    managed(scratch.path()).new_key(&names(&["localhost"])).expect("made");
    let contents = entries(scratch.path()).into_iter().map(|name| fs::read(scratch.path().join(name)));
    assert!(contents.flatten().any(|bytes| bytes == b"damaged"), "even a damaged key is kept");
}

#[test]
fn temporary_files_of_a_killed_start_are_removed() {
    let one = names(&["localhost"]);
    let elsewhere = scratch_folder();
    let made = managed(elsewhere.path()).load_or_create(&one).expect("made");
    let pem = fs::read_to_string(made.key_file).expect("read");
    // Every state a kill can leave: part of a temporary file, a whole one, and one with both its names.
    for (length, linked) in [(0, false), (10, false), (pem.len() - 1, false), (pem.len(), false), (pem.len(), true)] {
        let scratch = scratch_folder();
        let temporary = scratch.path().join("localhost.pem.4242.new");
        fs::write(&temporary, &pem[..length]).expect("written");
        fs::set_permissions(&temporary, fs::Permissions::from_mode(0o600)).expect("set");
        if linked {
            fs::hard_link(&temporary, scratch.path().join("localhost.pem")).expect("linked");
        }
        let identity = managed(scratch.path()).load_or_create(&one).expect("an identity");
        assert_eq!(identity.origin == KeyOrigin::Loaded, linked, "{length} bytes");
        assert_eq!(entries(scratch.path()), ["localhost.pem"], "{length} bytes");
    }
}

#[test]
fn simultaneous_starts_end_with_one_key() {
    let scratch = scratch_folder();
    let found: Vec<Fingerprint> = std::thread::scope(|scope| {
        let starts: Vec<_> =
            (0..8).map(|_| scope.spawn(|| managed(scratch.path()).load_or_create(&names(&["localhost"])))).collect();
        starts
            .into_iter()
            .map(|start| start.join().expect("no panic").expect("every start succeeds").public_key)
            .collect()
    });
    assert!(found.iter().all(|key| *key == found[0]), "{found:?}");
    managed(scratch.path()).load_or_create(&names(&["localhost"])).expect("loaded");
    assert_eq!(entries(scratch.path()), ["localhost.pem"]);
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name.push(DnType::CommonName, "example.org");
    params
}

fn key(algorithm: &'static SignatureAlgorithm) -> KeyPair {
    KeyPair::generate_for(algorithm).expect("a key")
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    pem::encode(&Pem::new(label, der)).into_bytes()
}

/// Returns the content of a PKCS #8 key after version and algorithm, which for RSA is a PKCS #1 key.
fn pkcs1(pkcs8: &[u8]) -> &[u8] {
    &pkcs8[26..]
}

fn sec1(key: &KeyPair) -> Vec<u8> {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.serialized_der()).expect("a key");
    let der: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().expect("a key");
    der.as_ref().to_vec()
}

/// A folder with two files.
fn files(certificate: &[u8], key: &[u8]) -> TempDir {
    let folder = scratch_folder();
    fs::write(folder.path().join("certificate"), certificate).expect("writable");
    fs::write(folder.path().join("key"), key).expect("writable");
    folder
}

fn adopt(from: &TempDir, to: &TempDir, names: &[&str], replacing: bool) -> Result<Identity, Problem> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let file = |name: &str| from.path().join(name);
    managed(to.path()).import(&names, &file("certificate"), &file("key"), replacing)
}

/// T8, T9: every form that other servers write is taken over, and the key outlives a renewal.
#[test]
fn pair_of_another_server_is_imported() {
    let (ec, ed, rsa) = (key(&rcgen::PKCS_ECDSA_P256_SHA256), key(&rcgen::PKCS_ED25519), key(&rcgen::PKCS_RSA_SHA256));
    let p384 = key(&rcgen::PKCS_ECDSA_P384_SHA384);
    let authority = key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut authority_params = params(&[]);
    authority_params.distinguished_name.push(DnType::CommonName, "An Authority");
    let issuer = Issuer::from_params(&authority_params, &authority);
    let root = authority_params.self_signed(&authority).expect("a certificate");

    let alone = |key: &KeyPair| params(&["example.org"]).self_signed(key).expect("a certificate").der().to_vec();
    let certificate = |key: &KeyPair| pem("CERTIFICATE", &alone(key));
    let signed = params(&["example.org"]).signed_by(&ec, &issuer).expect("a certificate").der().to_vec();
    let chain = [pem("CERTIFICATE", &signed), pem("CERTIFICATE", root.der())].concat();
    let reversed = [pem("CERTIFICATE", root.der()), pem("CERTIFICATE", &signed)].concat();
    let common_name_only = params(&[]).self_signed(&ec).expect("a certificate").der().to_vec();
    let pkcs8 = |key: &KeyPair| pem("PRIVATE KEY", key.serialized_der());
    let with_parameters = [pem("EC PARAMETERS", b"\x06\x08"), pem("EC PRIVATE KEY", &sec1(&ec))].concat();
    let both = [certificate(&ec), pkcs8(&ec)].concat();

    for (what, certificate, key, length) in [
        ("two PEM files", certificate(&ec), pkcs8(&ec), 1),
        ("DER, as agate keeps it", alone(&ec), ec.serialized_der().to_vec(), 1),
        ("SEC 1 with its parameters, as openssl writes it", certificate(&ec), with_parameters, 1),
        ("SEC 1 in DER", alone(&ec), sec1(&ec), 1),
        ("Ed25519", certificate(&ed), pkcs8(&ed), 1),
        ("P-384", certificate(&p384), pkcs8(&p384), 1),
        ("RSA", certificate(&rsa), pkcs8(&rsa), 1),
        ("PKCS #1", certificate(&rsa), pem("RSA PRIVATE KEY", pkcs1(rsa.serialized_der())), 1),
        ("one file with both, certificate first", both.clone(), both, 1),
        ("a common name alone", pem("CERTIFICATE", &common_name_only), pkcs8(&ec), 1),
        ("a chain", chain, pkcs8(&ec), 2),
        ("a chain the other way round", reversed, pkcs8(&ec), 2),
    ] {
        let (from, to) = (files(&certificate, &key), scratch_folder());
        let taken = adopt(&from, &to, &["example.org"], false).unwrap_or_else(|problem| panic!("{what}: {problem}"));
        assert_eq!(taken.key_file, to.path().join("example.org.pem"), "{what}");
        assert_eq!(fs::metadata(&taken.key_file).expect("there").mode() & 0o777, 0o600, "{what}");
        assert_eq!(taken.certified.cert.len(), length, "{what}");
        let names = ["example.org".to_owned()];
        let again = managed(to.path()).load_or_create(&names).expect("usable");
        assert_eq!(again.certificate, taken.certificate, "{what}");
        if length == 1 {
            let renewed = managed(to.path()).renew(&names);
            let renewed = renewed.unwrap_or_else(|problem| panic!("{what}: {problem}"));
            assert_eq!(renewed.public_key, taken.public_key, "{what}");
            assert_ne!(renewed.certificate, taken.certificate, "{what}");
        } else {
            assert!(taken.issuer.is_some_and(|issuer| issuer.contains("An Authority")), "{what}");
            let problem = managed(to.path()).renew(&names).expect_err(what);
            assert!(problem.what.contains("An Authority"), "{what}: {problem}");
        }
    }
}

/// T8: an unusable pair is refused with a message, and nothing is written.
#[test]
fn names_are_covered_by_whole_labels() {
    let key = key(&rcgen::PKCS_ECDSA_P256_SHA256);
    for (certified, name, is_covered) in [
        ("example.org", "example.org", true),
        ("example.org", "EXAMPLE.org", true),
        ("example.org", "badexample.org", false), // P11
        ("example.org", "www.example.org", false),
        ("*.example.org", "www.example.org", true),
        ("*.example.org", "example.org", false),
        ("*.example.org", "a.b.example.org", false),
    ] {
        let certificate = params(&[certified]).self_signed(&key).expect("a certificate");
        let pair = files(certificate.der(), key.serialized_der());
        let imported = adopt(&pair, &scratch_folder(), &[name], false);
        assert_eq!(imported.is_ok(), is_covered, "{certified} {name}");
    }
}

#[test]
fn unusable_pair_is_refused() {
    let (one, two) = (key(&rcgen::PKCS_ECDSA_P256_SHA256), key(&rcgen::PKCS_ECDSA_P256_SHA256));
    let certificate =
        |key: &KeyPair| pem("CERTIFICATE", params(&["example.org"]).self_signed(key).expect("a certificate").der());
    let pkcs8 = pem("PRIVATE KEY", one.serialized_der());
    for (certificate, key, says) in [
        (certificate(&two), pkcs8.clone(), "do not belong together"),
        (certificate(&one), certificate(&one), "no whole private key"),
        (certificate(&one), pkcs8[..80].to_vec(), "no whole private key"),
        (certificate(&one), pem("ENCRYPTED PRIVATE KEY", b"0000"), "locked with a passphrase"),
        (pkcs8.clone(), pkcs8.clone(), "no certificate in it"),
        (b"0\x82".to_vec(), pkcs8.clone(), "certificate cannot be read"),
        (Vec::new(), pkcs8.clone(), "no certificate in it"),
    ] {
        let (from, to) = (files(&certificate, &key), scratch_folder());
        let problem = adopt(&from, &to, &["example.org"], true).expect_err(says);
        assert!(problem.what.contains(says), "{says}: {problem}");
        assert!(problem.hint.is_some(), "{says}");
        assert_eq!(fs::read_dir(to.path()).expect("a folder").count(), 0, "{says}");
    }
    let (from, to) = (files(&certificate(&one), &pkcs8), scratch_folder());
    let problem = adopt(&from, &to, &["example.com"], false).expect_err("another name");
    assert!(problem.what.contains("not made for `example.com`"), "{problem}");
}

/// T8: the key that readers trust is not replaced by accident.
#[test]
fn another_key_is_replaced_only_on_demand_and_kept() {
    let to = scratch_folder();
    let ours = managed(to.path()).load_or_create(&["example.org".to_owned()]).expect("made");
    let before = fs::read(&ours.key_file).expect("there");
    let new = key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let certificate =
        |names: &[&str]| pem("CERTIFICATE", params(names).self_signed(&new).expect("a certificate").der());
    let pkcs8 = pem("PRIVATE KEY", new.serialized_der());
    let from = files(&certificate(&["example.org"]), &pkcs8);
    let problem = adopt(&from, &to, &["example.org"], false).expect_err("another key");
    assert!(problem.what.contains(&ours.public_key.to_string()), "{problem}");
    assert_eq!(fs::read(&ours.key_file).expect("there"), before);

    let taken = adopt(&from, &to, &["example.org"], true).expect("asked for");
    assert_ne!(taken.public_key, ours.public_key);
    let kept: Vec<Vec<u8>> = fs::read_dir(to.path())
        .expect("a folder")
        .map(|entry| fs::read(entry.expect("an entry").path()).expect("readable"))
        .collect();
    assert!(kept.contains(&before), "the old key stands beside the new one");

    // Another certificate for the same key needs no permission.
    let from = files(&certificate(&["example.org", "www.example.org"]), &pkcs8);
    let again = adopt(&from, &to, &["example.org", "www.example.org"], false).expect("the same key");
    assert_eq!((again.public_key, again.names.len()), (taken.public_key, 2));
    assert_eq!(fs::read_dir(to.path()).expect("a folder").count(), 2);

    fs::write(&again.key_file, "damaged").expect("writable");
    fs::set_permissions(&again.key_file, fs::Permissions::from_mode(0o600)).expect("ours");
    assert!(adopt(&from, &to, &["example.org"], false).is_err(), "it may be a key");
    assert_eq!(fs::read(&again.key_file).expect("there"), b"damaged");
}
