//! Host names in the form they are compared in: lower case, punycode, no trailing dot.

use std::net::IpAddr;
use std::ops::Range;

use super::Resolver;
use crate::problem::Problem;

impl Resolver<'_> {
    /// A host name in the form it is compared in.
    pub(super) fn host(&mut self, name: &str, place: Option<Range<usize>>) -> Option<String> {
        if let Some(host) = host_name(name) {
            return Some(host);
        }
        let what = format!("`{name}` is not a host name");
        match place {
            Some(place) => self.error(place, what),
            None => self.problems.push(Problem::error(what).hint("write it as in `example.org`")),
        }
        None
    }
}

/// A host name or address in the form it is compared and logged in; none if it is neither.
pub fn host_name(name: &str) -> Option<String> {
    let bare = name.trim_end_matches('.').trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some(address.to_string());
    }
    match url::Host::parse(bare) {
        Ok(url::Host::Domain(host)) => Some(host.to_ascii_lowercase()),
        _ => None,
    }
}

/// Whether a host name means this machine and nothing else.
pub fn is_local(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a host name or address can mean the same machine to everybody.
pub fn is_public(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => {
            !(v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified())
        }
        Ok(IpAddr::V6(v6)) => {
            !(v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_unspecified())
        }
        Err(_) => {
            // Names for use within one network (RFC 6761, RFC 6762, RFC 8375, and "internal" by ICANN).
            let private = ["localhost", "local", "internal", "lan", "test", "invalid"];
            let last = host.rsplit('.').next().unwrap_or_default();
            host.contains('.') && !private.contains(&last) && !host.ends_with(".home.arpa")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_public;
    use crate::config::Overrides;
    use crate::config::resolve::support::resolved;

    #[test]
    fn host_names_are_brought_into_the_form_they_are_compared_in() {
        for (name, host) in [
            ("Example.ORG", Some("example.org")),
            ("example.org.", Some("example.org")),
            ("müller.example", Some("xn--mller-kva.example")),
            ("[::1]", Some("::1")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("two words", None),
            ("", None),
        ] {
            let text = format!("[[capsule]]\nhostname = \"{name}\"\ncontent = \"e\"\n");
            let config = resolved(&Overrides::default(), &text);
            assert_eq!(
                config.as_ref().ok().map(|config| config.capsules[0].hosts[0].as_str()),
                host,
                "{name}"
            );
        }
    }

    #[test]
    fn names_for_one_network_are_not_public() {
        for (host, public) in [
            ("example.org", true),
            ("xn--mller-kva.example", true),
            ("192.0.2.7", true),
            ("2001:db8::1", true),
            ("localhost", false),
            ("a.localhost", false),
            ("lamp", false),
            ("lamp.local", false),
            ("lamp.home.arpa", false),
            ("127.0.0.1", false),
            ("192.168.1.2", false),
            ("0.0.0.0", false),
            ("::1", false),
            ("fd00::1", false),
            ("fe80::1", false),
        ] {
            assert_eq!(is_public(host), public, "{host}"); // G12
        }
    }
}
