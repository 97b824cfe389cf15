//! Addresses to listen on: what was asked for, else the usual port on every interface that may be public.

use std::collections::HashSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;

use super::Resolver;
use crate::config::{Capsule, Gemini, Listen};
use crate::problem::Problem;

impl Resolver<'_> {
    pub(super) fn listen(
        &mut self,
        strong: &[String],
        weak: Option<&Vec<(String, Range<usize>)>>,
        port: u16,
        local: bool,
    ) -> Listen {
        let mut addresses = Vec::new();
        if !strong.is_empty() {
            for text in strong {
                match address(text) {
                    Some(address) => addresses.push(address),
                    None => self.problems.push(not_an_address(text)),
                }
            }
        } else if let Some(weak) = weak {
            for (text, place) in weak {
                match address(text) {
                    Some(address) => addresses.push(address),
                    None => self.problems.push(not_an_address(text).at(self.place(place.clone()))),
                }
            }
        } else {
            let (v4, v6) = if local {
                (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST)
            } else {
                (Ipv4Addr::UNSPECIFIED, Ipv6Addr::UNSPECIFIED)
            };
            let addresses = vec![SocketAddr::from((v4, port)), SocketAddr::from((v6, port))];
            return Listen { addresses, is_default: true };
        }
        Listen { addresses, is_default: false }
    }

    /// Where metrics are shown; reports addresses that others can reach.
    pub(super) fn metrics(&mut self) -> Vec<SocketAddr> {
        let Some(written) = self.file.metrics.listen.as_ref() else { return Vec::new() };
        let mut addresses = Vec::new();
        for (text, place) in written {
            match address(text) {
                Some(address) if address.ip().is_loopback() => addresses.push(address),
                Some(_) => {
                    let problem = Problem::error(format!("others than this machine can reach `{text}`"))
                        .hint("metrics are for a collector on this machine: write `127.0.0.1:9965`");
                    self.problems.push(problem.at(self.place(place.clone())));
                }
                None => self.problems.push(not_an_address(text).at(self.place(place.clone()))),
            }
        }
        addresses
    }

    /// Reports addresses that are listened on twice: two capsules cannot share a Gopher port.
    pub(super) fn every_address_once(&mut self, gemini: &Gemini, capsules: &[Capsule]) {
        let holes = capsules.iter().filter_map(|capsule| capsule.gopher.as_ref());
        let listens = [&gemini.listen].into_iter().chain(holes.map(|gopher| &gopher.listen));
        let mut seen = HashSet::new();
        for address in listens.flat_map(|listen| &listen.addresses) {
            // The system chooses another port 0 each time.
            if address.port() != 0 && !seen.insert(*address) {
                let what = format!("`{address}` would be listened on twice");
                self.problems
                    .push(Problem::error(what).hint("give each listener an address or port of its own"));
            }
        }
    }
}

/// `ADDR:PORT`; `localhost` stands for 127.0.0.1.
fn address(text: &str) -> Option<SocketAddr> {
    text.parse().ok().or_else(|| {
        let port = text.strip_prefix("localhost:")?;
        Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?)))
    })
}

fn not_an_address(text: &str) -> Problem {
    Problem::error(format!("`{text}` is not an address with a port"))
        .hint("write it as in `0.0.0.0:1965` or `[::]:1965`")
}

#[cfg(test)]
mod tests {
    use crate::config::Overrides;
    use crate::config::resolve::support::resolved;

    #[test]
    fn a_public_name_listens_publicly() {
        let config =
            resolved(&Overrides::default(), "[[capsule]]\nhostname = \"example.org\"\ncontent = \"e\"\n")
                .expect("a configuration");
        let shown: Vec<String> = config.gemini.listen.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["0.0.0.0:1965", "[::]:1965"]);
    }

    #[test]
    fn metrics_are_for_this_machine() {
        let read = |listen: &str| {
            let text = format!("[[capsule]]\ncontent = \"e\"\n[metrics]\nlisten = \"{listen}\"\n");
            resolved(&Overrides::default(), &text)
        };
        assert_eq!(
            read("localhost:9965").expect("loopback").metrics,
            ["127.0.0.1:9965".parse().expect("one")]
        );
        assert_eq!(read("[::1]:1").expect("loopback").metrics.len(), 1);
        for (listen, expected) in
            [("0.0.0.0:9965", "others than this machine"), ("9965", "is not an address")]
        {
            let problem = read(listen).expect_err(listen)[0].to_string();
            assert!(problem.contains(expected) && problem.contains("config.toml:4:10"), "{problem}");
        }
    }

    #[test]
    fn an_address_is_listened_on_once() {
        let text = "[[capsule]]\ncontent = \"e\"\n[gemini]\nlisten = \"127.0.0.1:70\"\n";
        let problems = resolved(&Overrides::default(), text).expect_err("twice");
        assert_eq!(problems[0].what, "`127.0.0.1:70` would be listened on twice");
    }
}
