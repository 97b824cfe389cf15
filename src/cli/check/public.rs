//! What going public takes, as far as it can be known without asking anybody: addresses, the certificate, and what is
//! to be done outside of this machine.

use std::fmt::Write;
use std::net::SocketAddr;

use crate::config::{Capsule, Config, Gopher, Listen};
use crate::identity::{self, Identity};
use crate::problem::Problem;

/// A paragraph for each capsule with a public name; nothing if there is none.
pub(super) fn text(config: &Config) -> String {
    let public = config.capsules.iter().filter(|capsule| capsule.hosts[0].is_public());
    let paragraph = |capsule: &Capsule| {
        let names = capsule.certified_names();
        let is_made = identity::exists(&capsule.key_store, &names);
        let identity = is_made.then(|| identity::load(&capsule.key_store, &names));
        of_capsule(capsule, config, identity.as_ref())
    };
    public.map(paragraph).collect()
}

fn of_capsule(capsule: &Capsule, config: &Config, identity: Option<&Result<Identity, Problem>>) -> String {
    let host = &capsule.hosts[0];
    let mut out = format!("\nin public, as {host} (nobody was asked):\n");
    let gopher = capsule.gopher.as_ref();
    let _ = writeln!(out, "  gemini       {}", reach(&config.gemini.listen));
    let _ =
        writeln!(out, "  gopher       {}", gopher.map_or("off".to_owned(), |gopher| reach(&gopher.listen)));
    let certificate = match identity {
        None => format!("made at the first start, for {}", capsule.hosts.join(", ")),
        Some(Ok(identity)) => {
            format!("for {}, until {}", identity.names.join(", "), identity::utc_date(identity.expires))
        }
        Some(Err(problem)) => format!("cannot be used: {}", problem.what),
    };
    let _ = writeln!(out, "  certificate  {certificate}");
    let mut ports = vec![config.gemini.told_port()];
    ports.extend(gopher.map(Gopher::told_port));
    let ports: Vec<String> = ports.iter().map(|port| format!("{port}/tcp")).collect();
    let ports = ports.join(" and ");
    let _ = writeln!(
        out,
        "  DNS          records A and AAAA of {} must name this machine",
        capsule.hosts.join(", ")
    );
    let _ = writeln!(out, "  firewall     must let {ports} in");
    let _ = writeln!(out, "  router       at home, must forward {ports} to this machine");
    out
}

/// Who can come to these addresses.
fn reach(listen: &Listen) -> String {
    let shown: Vec<String> = listen.addresses.iter().map(ToString::to_string).collect();
    let shown = shown.join(" and ");
    let outside = || listen.addresses.iter().filter(|address| !address.ip().is_loopback());
    match (outside().any(SocketAddr::is_ipv4), outside().any(SocketAddr::is_ipv6)) {
        (true, true) => format!("listens on {shown}"),
        (true, false) => format!("listens on {shown}: readers with IPv6 only cannot come"),
        (false, true) => format!("listens on {shown}: readers with IPv4 only cannot come"),
        (false, false) => format!("listens on {shown}: only this machine can come"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{File, Overrides, resolve};

    fn said(text: &str) -> String {
        let file = File::parse("config.toml", text).expect("a file");
        let config =
            resolve(&Overrides::default(), Some(&file), Path::new("/nowhere"), Path::new("/nowhere"));
        super::text(&config.expect("a configuration"))
    }

    #[test]
    fn what_going_public_takes_is_said() {
        let capsule =
            "[[capsule]]\nhostname = \"example.org\"\naliases = [\"www.example.org\"]\ncontent = \"e\"\n";
        let shown = said(capsule);
        for line in [
            "in public, as example.org (nobody was asked):",
            "  gemini       listens on 0.0.0.0:1965 and [::]:1965",
            "  gopher       listens on 0.0.0.0:70 and [::]:70",
            "  certificate  made at the first start, for example.org, www.example.org",
            "  DNS          records A and AAAA of example.org, www.example.org must name this machine",
            "  firewall     must let 1965/tcp and 70/tcp in",
        ] {
            assert!(shown.lines().any(|said| said == line), "no `{line}` in\n{shown}");
        }
        for (more, expected) in [
            ("[gemini]\nlisten = \"127.0.0.1:1965\"\n", "127.0.0.1:1965: only this machine can come"),
            ("[gemini]\nlisten = \"0.0.0.0:1965\"\n", "readers with IPv6 only cannot come"),
            ("[gemini]\nlisten = \"[::]:1965\"\n", "readers with IPv4 only cannot come"),
            ("[gopher]\nenabled = false\n", "must let 1965/tcp in"),
            ("[gemini]\nlisten = \"0.0.0.0:4711\"\nport = 1965\n", "must let 1965/tcp and 70/tcp in"),
        ] {
            let shown = said(&format!("{capsule}{more}"));
            assert!(shown.contains(expected), "{more}{shown}");
        }
        assert_eq!(said("[[capsule]]\ncontent = \"e\"\n"), "");
    }
}
