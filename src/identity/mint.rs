//! Making keys and certificates.

use rcgen::{CertificateParams, DistinguishedName, DnType, Error, KeyPair, SerialNumber};
use time::{Duration, OffsetDateTime};

/// How long a certificate is valid: about a hundred years. Readers pin the key, so an earlier end would
/// protect nobody and lock readers out of a capsule that is left alone.
const VALID_FOR: Duration = Duration::days(100 * 365);

/// How far the validity starts in the past: clocks of small machines are off by hours.
const BACKDATED: Duration = Duration::days(2);

/// A new ECDSA key on P-256: the kind every Gemini client knows, and the cheapest handshake among those.
pub(super) fn key() -> Result<KeyPair, Error> {
    KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)
}

/// A self-signed certificate for `key` in PEM form, with every name as a subject alternative name
/// (RFC 5280, section 4.2.1.6) and the first as common name.
pub(super) fn certificate(key: &KeyPair, names: &[String], now: OffsetDateTime) -> Result<String, Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    let common = names.first().map_or("localhost", String::as_str);
    params.distinguished_name.push(DnType::CommonName, common);
    params.serial_number = Some(serial()?);
    params.not_before = now - BACKDATED;
    params.not_after = now + VALID_FOR;
    Ok(params.self_signed(key)?.pem())
}

/// A random serial number, positive and below 2^127 (RFC 5280, section 4.1.2.2).
fn serial() -> Result<SerialNumber, Error> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::RingUnspecified)?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}
