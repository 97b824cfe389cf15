//! The names a certificate is made for, and whether they are those of the capsule.

use std::net::IpAddr;

use x509_parser::prelude::{GeneralName, X509Certificate};

use super::Identity;
use super::messages::display;
use crate::problem::Problem;

/// The host names and addresses a certificate is made for. One without alternative names is made for its common
/// name: many capsules have such a certificate, and clients take it.
pub(super) fn names_in(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = certificate.subject_alternative_name() else {
        let common = certificate.subject().iter_common_name().filter_map(|name| name.as_str().ok());
        return common.map(str::to_ascii_lowercase).collect();
    };
    names
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            GeneralName::IPAddress(bytes) => match bytes.len() {
                4 => <[u8; 4]>::try_from(*bytes).ok().map(|b| IpAddr::from(b).to_string()),
                16 => <[u8; 16]>::try_from(*bytes).ok().map(|b| IpAddr::from(b).to_string()),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// Refuses a certificate that lacks one of `names`; `hint` says what to do then. The addresses of this machine to
/// itself may be lacking: we certify them, and others do not.
pub(super) fn check_names(identity: &Identity, names: &[String], hint: &str) -> Result<(), Problem> {
    let own = |name: &str| name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let lacking = names.iter().filter(|name| !own(name) && !covers(&identity.names, name));
    let lacking: Vec<String> = lacking.map(|name| format!("`{name}`")).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let what = format!("the certificate is not made for {}", lacking.join(", "));
    Err(Problem::error(what).in_file(display(&identity.certificate_file)).hint(hint))
}

/// Whether a name is covered, by whole labels: `*.example.org` covers one label more, never a suffix.
fn covers(certified: &[String], name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    certified.iter().any(|certified| match certified.strip_prefix("*.") {
        Some(parent) => name.split_once('.').is_some_and(|(_, rest)| rest == parent),
        None => *certified == name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_by_whole_labels() {
        for (certified, name, covered) in [
            ("example.org", "example.org", true),
            ("example.org", "EXAMPLE.org", true),
            ("example.org", "badexample.org", false), // P11
            ("example.org", "www.example.org", false),
            ("*.example.org", "www.example.org", true),
            ("*.example.org", "example.org", false),
            ("*.example.org", "a.b.example.org", false),
        ] {
            assert_eq!(covers(&[certified.to_owned()], name), covered, "{certified} {name}");
        }
    }
}
