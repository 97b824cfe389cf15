//! Host names in the configuration.

use std::ops::Range;

use super::Resolver;
use crate::host::HostName;
use crate::problem::Problem;

impl Resolver<'_> {
    /// Returns the host name in canonical form; reports a text that is not a host name.
    pub(super) fn host(&mut self, name: &str, place: Option<Range<usize>>) -> Option<HostName> {
        if let Ok(host) = name.parse() {
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

#[cfg(test)]
mod tests {
    use crate::config::Overrides;
    use crate::config::resolve::support::resolved;

    #[test]
    fn host_name_is_stored_in_canonical_form() {
        for (name, host) in [
            ("Example.ORG", Some("example.org")),
            ("müller.example", Some("xn--mller-kva.example")),
            ("[::1]", Some("::1")),
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
