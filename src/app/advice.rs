//! What the owner should know at the start though everything works: addresses that nobody else can reach.

use std::net::SocketAddr;

use super::bind::Spoken;
use super::running::Running;
use crate::config::Capsule;
use crate::host::HostName;
use crate::problem::Problem;
use crate::site::Authority;

/// What to say about the menus of every hole, given where the sockets are.
pub(super) fn unreachable_menus(running: &Running, listening: &[(Spoken, SocketAddr)]) -> Vec<Problem> {
    let warning = |(index, capsule): (usize, &Capsule)| {
        let gopher = running.reach.gopher(index, capsule)?;
        let at = listening.iter().filter(|(spoken, _)| *spoken == Spoken::Gopher(index));
        unreachable_menu(gopher, &at.map(|(_, address)| *address).collect::<Vec<_>>())
    };
    running.config.capsules.iter().enumerate().filter_map(warning).collect()
}

/// A warning if menus name a host that is not the same machine for everybody, while the sockets at `listening` let
/// everybody in: readers would get one menu and no page.
fn unreachable_menu(gopher: &Authority, listening: &[SocketAddr]) -> Option<Problem> {
    let host = &gopher.host;
    let lets_everybody_in = listening.iter().any(|address| !address.ip().is_loopback());
    (lets_everybody_in && !host.parse().is_ok_and(|host: HostName| host.is_public())).then(|| {
        Problem::warning(format!("Gopher menus name `{host}`, which readers elsewhere cannot reach"))
            .hint("write the public name as `hostname` into `[gopher]`, or listen on loopback only")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn menus_that_lead_nowhere_are_warned_of() {
        for (host, listening, warned) in [
            ("example.org", "0.0.0.0:70", false),
            ("192.0.2.7", "0.0.0.0:70", false),
            ("localhost", "127.0.0.1:70", false),
            ("localhost", "[::1]:70", false),
            ("localhost", "0.0.0.0:70", true),
            ("localhost", "[::]:70", true),
            ("lamp.local", "192.0.2.7:70", true),
            ("lamp", "0.0.0.0:70", true),
            ("::1", "[::]:70", true),
        ] {
            let gopher = Authority { host: host.to_owned(), port: 70 };
            let listening = [listening.parse().expect("an address")];
            let warning = unreachable_menu(&gopher, &listening);
            assert_eq!(warning.is_some(), warned, "{host}, {listening:?}"); // G12
        }
    }
}
