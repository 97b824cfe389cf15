//! Host names in the form they are compared in: lower case, punycode, no trailing dot.

use std::net::IpAddr;
use std::ops::Range;

use super::Resolver;
use crate::problem::Problem;

impl Resolver<'_> {
    /// A host name in the form it is compared in.
    pub(super) fn host(&mut self, name: &str, place: Option<Range<usize>>) -> Option<String> {
        let bare = name.trim_end_matches('.').trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Some(address.to_string());
        }
        if let Ok(url::Host::Domain(host)) = url::Host::parse(bare) {
            return Some(host.to_ascii_lowercase());
        }
        let what = format!("`{name}` is not a host name");
        match place {
            Some(place) => self.error(place, what),
            None => self.problems.push(Problem::error(what).hint("write it as in `example.org`")),
        }
        None
    }
}

/// Whether a host name means this machine and nothing else.
pub(super) fn is_local(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
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
}
