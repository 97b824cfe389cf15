//! Taking over the pair of another server, so that its readers need not be warned.

use std::fs;
use std::path::Path;

use super::messages::{broken, or_hint, unreadable};
use super::pem::Pair;
use super::{Identity, external, store};
use crate::problem::Problem;

/// What to do about files that are no pair.
const NOTHING_CHANGED: &str =
    "nothing was changed; name the file of the certificate and then that of its key";

pub(super) fn import(
    folder: &Path,
    names: &[String],
    certificate: &Path,
    key: &Path,
    replacing: bool,
) -> Result<Identity, Problem> {
    // Whoever could read it here could have read it before; the copy will be for the owner alone.
    let secret = fs::read(key).map_err(|error| unreadable(key, &error))?;
    let pair = external::read(certificate, key, &secret).and_then(|pair| leaf_first(pair, key, certificate));
    let (pair, found) = pair.map_err(or_hint(NOTHING_CHANGED))?;
    store::adopt(folder, names, &pair, &found, replacing)
}

/// The pair with the certificate of its key before the others: some servers want them the other way round.
fn leaf_first(mut pair: Pair, key: &Path, certificate: &Path) -> Result<(Pair, Identity), Problem> {
    let mut first = None;
    for at in 0..pair.chain.len().max(1) {
        match pair.identity(key, certificate) {
            Ok(found) => return Ok((pair, found)),
            Err(problem) => first = first.or(Some(problem)),
        }
        if at + 1 < pair.chain.len() {
            pair.chain.swap(0, at + 1);
        }
    }
    Err(first.unwrap_or_else(|| broken(certificate, "there is no certificate in it")))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der};
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
    use pem::Pem;
    use rcgen::{CertificateParams, DnType, Issuer, KeyPair, SignatureAlgorithm};
    use tempfile::TempDir;

    use super::*;

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

    /// What is in a PKCS #8 key, which is PKCS #1 if it is one of RSA: what follows the version and the algorithm.
    fn pkcs1(pkcs8: &[u8]) -> &[u8] {
        &pkcs8[26..]
    }

    fn sec1(key: &KeyPair) -> Vec<u8> {
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.serialized_der()).expect("a key");
        let der: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().expect("a key");
        der.as_ref().to_vec()
    }

    /// A folder with two files.
    fn files(certificate: &[u8], key: &[u8]) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("certificate"), certificate).expect("writable");
        fs::write(folder.path().join("key"), key).expect("writable");
        folder
    }

    fn adopt(from: &TempDir, to: &TempDir, names: &[&str], replacing: bool) -> Result<Identity, Problem> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let file = |name: &str| from.path().join(name);
        import(to.path(), &names, &file("certificate"), &file("key"), replacing)
    }

    fn scratch() -> TempDir {
        tempfile::tempdir().expect("a folder")
    }

    /// T8, T9: whatever servers before us wrote, it is taken over as it is, and the key outlives a renewal.
    #[test]
    fn pairs_of_other_servers_are_taken_over() {
        let (ec, ed, rsa) =
            (key(&rcgen::PKCS_ECDSA_P256_SHA256), key(&rcgen::PKCS_ED25519), key(&rcgen::PKCS_RSA_SHA256));
        let p384 = key(&rcgen::PKCS_ECDSA_P384_SHA384);
        let authority = key(&rcgen::PKCS_ECDSA_P256_SHA256);
        let mut authority_params = params(&[]);
        authority_params.distinguished_name.push(DnType::CommonName, "An Authority");
        let issuer = Issuer::from_params(&authority_params, &authority);
        let root = authority_params.self_signed(&authority).expect("a certificate");

        let alone =
            |key: &KeyPair| params(&["example.org"]).self_signed(key).expect("a certificate").der().to_vec();
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
            let (from, to) = (files(&certificate, &key), scratch());
            let taken = adopt(&from, &to, &["example.org"], false)
                .unwrap_or_else(|problem| panic!("{what}: {problem}"));
            assert_eq!(taken.key_file, to.path().join("example.org.pem"), "{what}");
            assert_eq!(fs::metadata(&taken.key_file).expect("there").mode() & 0o777, 0o600, "{what}");
            assert_eq!(taken.certified.cert.len(), length, "{what}");
            let names = ["example.org".to_owned()];
            let again = store::load_or_create(to.path(), &names).expect("usable").0;
            assert_eq!(again.certificate, taken.certificate, "{what}");
            if length == 1 {
                let renewed = store::renew(to.path(), &names);
                let renewed = renewed.unwrap_or_else(|problem| panic!("{what}: {problem}"));
                assert_eq!(renewed.public_key, taken.public_key, "{what}");
                assert_ne!(renewed.certificate, taken.certificate, "{what}");
            } else {
                assert!(taken.issuer.is_some_and(|issuer| issuer.contains("An Authority")), "{what}");
                let problem = store::renew(to.path(), &names).expect_err(what);
                assert!(problem.what.contains("An Authority"), "{what}: {problem}");
            }
        }
    }

    /// T8: what cannot be used is refused in words, and nothing is written.
    #[test]
    fn what_is_no_pair_is_refused() {
        let (one, two) = (key(&rcgen::PKCS_ECDSA_P256_SHA256), key(&rcgen::PKCS_ECDSA_P256_SHA256));
        let certificate = |key: &KeyPair| {
            pem("CERTIFICATE", params(&["example.org"]).self_signed(key).expect("a certificate").der())
        };
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
            let (from, to) = (files(&certificate, &key), scratch());
            let problem = adopt(&from, &to, &["example.org"], true).expect_err(says);
            assert!(problem.what.contains(says), "{says}: {problem}");
            assert!(problem.hint.is_some(), "{says}");
            assert_eq!(fs::read_dir(to.path()).expect("a folder").count(), 0, "{says}");
        }
        let (from, to) = (files(&certificate(&one), &pkcs8), scratch());
        let problem = adopt(&from, &to, &["example.com"], false).expect_err("another name");
        assert!(problem.what.contains("not made for `example.com`"), "{problem}");
    }

    /// T8: the key of readers' trust is not given up for another by accident.
    #[test]
    fn another_key_is_replaced_only_on_demand_and_kept() {
        let to = scratch();
        let ours = store::load_or_create(to.path(), &["example.org".to_owned()]).expect("made").0;
        let before = fs::read(&ours.key_file).expect("there");
        let new = key(&rcgen::PKCS_ECDSA_P256_SHA256);
        let certificate = |names: &[&str]| {
            pem("CERTIFICATE", params(names).self_signed(&new).expect("a certificate").der())
        };
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
        adopt(&from, &to, &["example.org"], false).expect_err("it may be a key");
        assert_eq!(fs::read(&again.key_file).expect("there"), b"damaged");
    }
}
