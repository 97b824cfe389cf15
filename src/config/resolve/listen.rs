//! Addresses to listen on: what was asked for, else the usual port on every interface that may be public.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;

use super::Resolver;
use crate::config::{GOPHER_PORT, Gopher, Listen, Overrides};
use crate::problem::Problem;

/// The width of Gopher text: what most of its authors wrap at, and what no server or client truncates.
const WIDTH: usize = 67;

impl Resolver<'_> {
    pub(super) fn gopher(&mut self, overrides: &Overrides, first: String, local: bool) -> Option<Gopher> {
        let table = &self.file.gopher;
        let off = match overrides.gopher.as_slice() {
            [] => table.enabled == Some(false),
            [only] => only == "off",
            _ => false,
        };
        if off {
            return None;
        }
        let hostname = match &table.hostname {
            Some((name, place)) => self.host(name, Some(place.clone())).unwrap_or_default(),
            None => first,
        };
        Some(Gopher {
            listen: self.listen(&overrides.gopher, table.listen.as_ref(), GOPHER_PORT, local),
            hostname,
            port: table.port,
            width: table.width.unwrap_or(WIDTH),
        })
    }

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
                    None => self.problems.push(not_an_address(text).at(
                        self.file.name.clone(),
                        &self.file.text,
                        place.clone(),
                    )),
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
    use super::*;
    use crate::config::resolve::support::{FILE, overrides, resolved};

    #[test]
    fn a_public_name_listens_publicly() {
        let config =
            resolved(&Overrides::default(), "[[capsule]]\nhostname = \"example.org\"\ncontent = \"e\"\n")
                .expect("a configuration");
        let shown: Vec<String> = config.gemini.listen.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["0.0.0.0:1965", "[::]:1965"]);
    }

    #[test]
    fn gopher_can_be_switched_off() {
        let off = overrides(&[("LAMPLIT_GOPHER", "off")]);
        assert_eq!(resolved(&off, FILE).expect("a configuration").gopher, None);
        let text = format!("{FILE}enabled = false\n");
        assert_eq!(resolved(&Overrides::default(), &text).expect("a configuration").gopher, None);
    }
}
