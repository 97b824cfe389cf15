//! Proxies in front of this server, by their networks.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Resolver;
use crate::problem::Problem;
use crate::server::Proxies;

impl Resolver<'_> {
    /// Where proxies are that may say whose connection they pass on.
    pub(super) fn proxies(&mut self) -> Proxies {
        let mut networks = Vec::new();
        for (written, place) in &self.file.proxy.from {
            match network(written) {
                Some(network) => networks.push(network),
                None => self.problems.push(
                    Problem::error(format!("`{written}` is neither an address nor a network"))
                        .at(self.place(place.clone()))
                        .hint("write it as in `10.0.0.7`, `10.0.0.0/8` or `2001:db8::/32`"),
                ),
            }
        }
        Proxies::new(networks)
    }
}

/// A network, or an address as a network of its own.
fn network(written: &str) -> Option<IpNet> {
    let network = written.parse().or_else(|_| written.parse::<IpAddr>().map(IpNet::from));
    network.ok().map(|network| network.trunc())
}

#[cfg(test)]
mod tests {
    use crate::config::Overrides;
    use crate::config::resolve::support::{FILE, resolved};

    #[test]
    fn proxies_are_addresses_and_networks() {
        let text =
            format!("{FILE}[proxy]\nfrom = [\"10.0.0.7\", \"10.1.2.3/8\", \"2001:db8::/32\", \"::1\"]\n");
        let config = resolved(&Overrides::default(), &text).expect("a configuration");
        let shown: Vec<String> = config.proxies.networks().iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["10.0.0.7/32", "10.0.0.0/8", "2001:db8::/32", "::1/128"]);
        let text = format!("{FILE}[proxy]\nfrom = \"haproxy.example\"\n");
        let problems = resolved(&Overrides::default(), &text).expect_err("a name");
        assert!(problems[0].to_string().contains("config.toml:10:8"), "{}", problems[0]);
    }
}
