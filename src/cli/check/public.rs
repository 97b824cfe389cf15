//! What must be set up for a capsule to be reached from the Internet, as far as the configuration tells.

use std::net::SocketAddr;

use crate::config::{Capsule, Config, Gopher, Listen};
use crate::identity::{self, Identity};
use crate::problem::Problem;

/// Returns a paragraph for each capsule with a public host name.
pub(super) fn text(config: &Config) -> String {
    let public = config.capsules.iter().filter(|capsule| capsule.hosts[0].is_public());
    let paragraph = |capsule: &Capsule| {
        let names = capsule.certified_names();
        let exists = identity::exists(&capsule.key_store, &names);
        let identity = exists.then(|| identity::load(&capsule.key_store, &names));
        requirements(capsule, config, identity.as_ref())
    };
    public.map(paragraph).collect()
}

fn requirements(capsule: &Capsule, config: &Config, identity: Option<&Result<Identity, Problem>>) -> String {
    let hosts = capsule.hosts.join(", ");
    let gopher = capsule.gopher.as_ref();
    let certificate = match identity {
        None => format!("will be created at the first start, for {hosts}"),
        Some(Ok(identity)) => {
            format!("for {}, until {}", identity.names.join(", "), identity::utc_date(identity.expires))
        }
        Some(Err(problem)) => format!("cannot be used: {}", problem.what),
    };
    let ports = [Some(config.gemini.told_port()), gopher.map(Gopher::told_port)];
    let ports: Vec<String> = ports.into_iter().flatten().map(|port| format!("{port}/tcp")).collect();
    let ports = ports.join(" and ");
    format!(
        "\nto reach {} from the Internet (as configured; the network was not tested):\n  \
           gemini       {}\n  \
           gopher       {}\n  \
           certificate  {certificate}\n  \
           DNS          A and AAAA records of {hosts} must name this machine\n  \
           firewall     must let {ports} in\n  \
           router       must forward {ports} to this machine, if there is one\n",
        capsule.hosts[0],
        reach(&config.gemini.listen),
        gopher.map_or_else(|| "off".to_owned(), |gopher| reach(&gopher.listen)),
    )
}

/// Returns the addresses, and which readers cannot connect to any of them.
fn reach(listen: &Listen) -> String {
    let shown: Vec<String> = listen.addresses.iter().map(ToString::to_string).collect();
    let shown = shown.join(" and ");
    let outside = || listen.addresses.iter().filter(|address| !address.ip().is_loopback());
    match (outside().any(SocketAddr::is_ipv4), outside().any(SocketAddr::is_ipv6)) {
        (true, true) => format!("listens on {shown}"),
        (true, false) => format!("listens on {shown}: not reachable over IPv6"),
        (false, true) => format!("listens on {shown}: not reachable over IPv4"),
        (false, false) => format!("listens on {shown}: reachable from this machine only"),
    }
}
