//! [`Identity`]: a certificate with its key, the names and time it is valid for, and which one a client gets.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use x509_parser::prelude::{GeneralName, X509Certificate};

use super::messages::error_in;
use crate::host::{Fingerprint, HostName};
use crate::problem::{Problem, Severity};

/// Seconds before a self-signed certificate expires at which warnings start: operators may log in seldom.
const SELF_SIGNED_WARNING: i64 = 180 * DAY;

/// Seconds before a CA-signed certificate expires at which warnings start: renewal, due at 30 days, must have failed.
const SIGNED_WARNING: i64 = 14 * DAY;

const DAY: i64 = 86_400;

/// A key pair with a certificate for it, ready to be used.
#[derive(Debug, Clone)]
pub struct Identity {
    /// How it came about.
    pub origin: KeyOrigin,
    /// The file of the key.
    pub key_file: PathBuf,
    /// The file of the certificate; in a managed store that of the key.
    pub certificate_file: PathBuf,
    /// The host names and addresses that the certificate is made for.
    pub names: Vec<String>,
    /// SHA-256 of the public key (`SubjectPublicKeyInfo`), which clients that accept a renewal pin.
    pub public_key: Fingerprint,
    /// SHA-256 of the whole certificate.
    pub certificate: Fingerprint,
    /// SHA-1 of the certificate in upper-case pairs with colons, which Bombadillo pins.
    pub certificate_sha1: String,
    /// The start of the validity, in seconds since 1970.
    pub valid_from: i64,
    /// The end of the validity, in seconds since 1970.
    pub expires: i64,
    /// The distinguished name of the authority that signed the certificate; `None` if it is self-signed.
    pub issuer: Option<String>,
    /// Key and certificates in the form that TLS uses.
    pub certified: Arc<CertifiedKey>,
}

/// How an identity came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOrigin {
    /// It existed before.
    Loaded,
    /// There was no file, so a new key was made.
    Created,
    /// The file held a key without certificate, and the key was certified.
    Certified,
}

impl Identity {
    /// Fails with `hint` if the certificate lacks one of `names`. Loopback addresses may lack: no authority signs them.
    pub(super) fn check_names(&self, names: &[String], hint: &str) -> Result<(), Problem> {
        let is_loopback = |name: &str| name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let lacking = names.iter().filter(|name| !is_loopback(name) && !covers(&self.names, name));
        let lacking: Vec<String> = lacking.map(|name| format!("`{name}`")).collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let what = format!("the certificate is not made for {}", lacking.join(", "));
        Err(error_in(&self.certificate_file, what).hint(hint))
    }

    /// Returns a warning about the validity of the certificate at `now`, in seconds since 1970, or `None` if it is
    /// valid for long enough. Clients warn outside the validity, but the capsule is served nevertheless.
    pub fn warning(&self, now: i64) -> Option<Problem> {
        let name = self.names.first().map_or("the capsule", String::as_str);
        let ahead = if self.issuer.is_some() { SIGNED_WARNING } else { SELF_SIGNED_WARNING };
        let hint = if self.issuer.is_some() {
            "check the tool that renews it; a new certificate is read as soon as it is there"
        } else {
            "`lamplit cert renew` certifies the same key again; clients that remember the key notice nothing"
        };
        let (from, until, left) = (utc_date(self.valid_from), utc_date(self.expires), self.expires - now);
        let what = match now {
            _ if now < self.valid_from => format!("is not valid before {from}"),
            _ if left <= 0 => format!("expired on {until}"),
            _ if left < ahead => format!("expires on {until}, {} days from now", left / DAY),
            _ => return None,
        };
        let what = format!("the certificate of `{name}` {what}");
        Some(Problem { severity: Severity::Warning, ..error_in(&self.certificate_file, what).hint(hint) })
    }
}

/// Returns the UTC date of a moment in seconds since 1970, or `never` if it is too late for a date.
pub fn utc_date(seconds: i64) -> String {
    time::OffsetDateTime::from_unix_timestamp(seconds)
        .map_or_else(|_| "never".to_owned(), |moment| moment.date().to_string())
}

/// Returns the names and addresses of a certificate: alternative names, else the common name, which clients accept too.
pub(super) fn names_in(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = certificate.subject_alternative_name() else {
        let common = certificate.subject().iter_common_name().filter_map(|name| name.as_str().ok());
        return common.map(str::to_ascii_lowercase).collect();
    };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from)).ok().map(|ip| ip.to_string())
        }
        _ => None,
    };
    names.value.general_names.iter().filter_map(name).collect()
}

/// Returns whether one of the `certified` names covers `name`; `*` in `*.example.org` stands for exactly one label.
fn covers(certified: &[String], name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    certified.iter().any(|certified| match certified.strip_prefix("*.") {
        Some(parent) => name.split_once('.').is_some_and(|(_, rest)| rest == parent),
        None => *certified == name,
    })
}

/// The certificates of all capsules, chosen by the name in the handshake (RFC 6066, section 3).
///
/// A client that names no known host gets the first certificate: the request will tell which capsule is meant.
#[derive(Debug)]
pub struct CertificateResolver {
    /// The first certificate.
    pub first: Arc<CertifiedKey>,
    /// The certificates of hosts.
    pub by_name: HashMap<HostName, Arc<CertifiedKey>>,
}

impl ResolvesServerCert for CertificateResolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().map(|name| name.trim_end_matches('.').to_ascii_lowercase());
        Some(name.and_then(|name| self.by_name.get(&*name)).unwrap_or(&self.first).clone())
    }
}
