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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{File, Overrides, resolve};

    fn text(text: &str) -> String {
        let file = File::parse("config.toml", text).expect("a file");
        let config =
            resolve(&Overrides::default(), Some(&file), Path::new("/nowhere"), Path::new("/nowhere"));
        super::text(&config.expect("a configuration"))
    }

    #[test]
    fn public_capsule_lists_what_it_takes_to_be_reached() {
        let capsule =
            "[[capsule]]\nhostname = \"example.org\"\naliases = [\"www.example.org\"]\ncontent = \"e\"\n";
        let shown = text(capsule);
        for expected in [
            "to reach example.org from the Internet (as configured; the network was not tested):",
            "  gemini       listens on 0.0.0.0:1965 and [::]:1965",
            "  gopher       listens on 0.0.0.0:70 and [::]:70",
            "  certificate  will be created at the first start, for example.org, www.example.org",
            "  DNS          A and AAAA records of example.org, www.example.org must name this machine",
            "  firewall     must let 1965/tcp and 70/tcp in",
        ] {
            assert!(shown.lines().any(|line| line == expected), "no `{expected}` in\n{shown}");
        }
        for (more, expected) in [
            ("[gemini]\nlisten = \"127.0.0.1:1965\"\n", "127.0.0.1:1965: reachable from this machine only"),
            ("[gemini]\nlisten = \"0.0.0.0:1965\"\n", "not reachable over IPv6"),
            ("[gemini]\nlisten = \"[::]:1965\"\n", "not reachable over IPv4"),
            ("[gopher]\nenabled = false\n", "must let 1965/tcp in"),
            ("[gemini]\nlisten = \"0.0.0.0:4711\"\nport = 1965\n", "must let 1965/tcp and 70/tcp in"),
        ] {
            let shown = text(&format!("{capsule}{more}"));
            assert!(shown.contains(expected), "{more}{shown}");
        }
        assert_eq!(text("[[capsule]]\ncontent = \"e\"\n"), "");
    }
}
