//! Making keys and certificates.

use rcgen::{CertificateParams, DistinguishedName, DnType, Error, KeyPair, SerialNumber};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::pem::Pair;

/// How long a certificate is valid: about a hundred years. Readers pin the key, so an earlier end would
/// protect nobody and lock readers out of a capsule that is left alone.
const VALID_FOR: Duration = Duration::days(100 * 365);

/// How far the validity starts in the past: clocks of small machines are off by hours.
const BACKDATED: Duration = Duration::days(2);

/// A new ECDSA key on P-256: the kind every Gemini client knows, and the cheapest handshake among those.
pub(super) fn key() -> Result<PrivateKeyDer<'static>, Error> {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    Ok(PrivatePkcs8KeyDer::from(key.serialize_der()).into())
}

/// `key` with a self-signed certificate for it from `now` on, with every name as a subject alternative name
/// (RFC 5280, section 4.2.1.6) and the first as common name.
pub(super) fn certify(
    key: PrivateKeyDer<'static>,
    names: &[String],
    now: OffsetDateTime,
) -> Result<Pair, Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    let common = names.first().map_or("localhost", String::as_str);
    params.distinguished_name.push(DnType::CommonName, common);
    params.serial_number = Some(serial()?);
    params.not_before = now - BACKDATED;
    params.not_after = now + VALID_FOR;
    let certificate = params.self_signed(&KeyPair::try_from(&key)?)?;
    Ok(Pair { key, chain: vec![certificate.into()] })
}

/// A random serial number, positive and below 2^127 (RFC 5280, section 4.1.2.2).
fn serial() -> Result<SerialNumber, Error> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::RingUnspecified)?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::{FromDer, X509Certificate};

    use super::*;

    /// T7: what a minted certificate says of itself.
    #[test]
    fn a_minted_certificate_is_made_for_gemini() {
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).expect("a moment");
        for (names, common) in
            [(&["example.org", "www.example.org"][..], "example.org"), (&["192.0.2.7"], "192.0.2.7")]
        {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let serials: Vec<Vec<u8>> = (0..2)
                .map(|_| {
                    let pair = certify(key().expect("a key"), &names, now).expect("a pair");
                    let (_, made) = X509Certificate::from_der(&pair.chain[0]).expect("a certificate");
                    assert_eq!(made.subject(), made.issuer());
                    let mut commons = made.subject().iter_common_name();
                    assert_eq!(commons.next().and_then(|name| name.as_str().ok()), Some(common));
                    assert_eq!(super::super::names::names_in(&made), names);
                    assert!(made.validity().not_before.timestamp() < now.unix_timestamp());
                    let days = (made.validity().not_after.timestamp() - now.unix_timestamp()) / 86_400;
                    assert_eq!(days, 36_500);
                    made.raw_serial().to_vec()
                })
                .collect();
            assert_ne!(serials[0], serials[1]);
        }
    }
}
