//! Gopher holes: a Gopher request names no host, so each capsule that is served over it has addresses of its own.

use super::Resolver;
use crate::config::file::{CapsuleTable, HoleTable};
use crate::config::{Capsule, Gopher, Overrides};
use crate::host::GOPHER_PORT;
use crate::problem::Problem;

/// The width of Gopher text: what most of its authors wrap at, and what no server or client truncates.
const WIDTH: usize = 67;

impl Resolver<'_> {
    /// Where `capsule`, written as `table`, is served over Gopher. The `first` one is served as `[gopher]` says,
    /// the others if they have a table for it.
    pub(super) fn gopher(
        &mut self,
        capsule: &Capsule,
        table: Option<&CapsuleTable>,
        first: bool,
        overrides: &Overrides,
        local: bool,
    ) -> Option<Gopher> {
        let shared = &self.file.gopher;
        let off = match overrides.gopher.as_slice() {
            [] => shared.enabled == Some(false),
            [only] => only == "off",
            _ => false,
        };
        let nothing = HoleTable::default();
        let own = table.and_then(|table| table.gopher.as_ref());
        if off || !(first || own.is_some()) {
            return None;
        }
        let own = own.unwrap_or(&nothing);
        let (flags, common) =
            if first { (overrides.gopher.as_slice(), &shared.hole) } else { (&[][..], &nothing) };
        let listen = own.listen.as_ref().or(common.listen.as_ref());
        if let (false, None, Some(table)) = (first, listen, table) {
            let problem = Problem::error("this capsule has no addresses for Gopher")
                .at(self.place(table.place.clone()))
                .hint("write them as in `gopher = { listen = [\"0.0.0.0:7071\"] }`; the port 70 is the first one's");
            self.problems.push(problem);
        }
        let hostname = match own.hostname.as_ref().or(common.hostname.as_ref()) {
            Some((name, place)) => {
                self.host(name, Some(place.clone())).unwrap_or_else(|| capsule.hosts[0].clone())
            }
            None => capsule.hosts[0].clone(),
        };
        Some(Gopher {
            listen: self.listen(flags, listen, GOPHER_PORT, local),
            hostname,
            port: own.port.or(common.port),
            tls: own.tls.or(common.tls).unwrap_or(false),
            width: shared.width.unwrap_or(WIDTH),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::config::resolve::support::{FILE, overrides, resolved};

    /// The first address, host name and port of each capsule's hole.
    fn holes(config: &Config) -> Vec<Option<(String, String, Option<u16>)>> {
        let hole = |gopher: &Gopher| {
            (gopher.listen.addresses[0].to_string(), gopher.hostname.to_string(), gopher.port)
        };
        config.capsules.iter().map(|capsule| capsule.gopher.as_ref().map(hole)).collect()
    }

    #[test]
    fn the_first_capsule_has_the_usual_hole_and_the_others_their_own() {
        let some = |listen: &str, host: &str, port| Some((listen.to_owned(), host.to_owned(), port));
        let capsules = |first: &str, second: &str| {
            format!(
                "[gopher]\nlisten = \"10.0.0.1:1\"\nport = 9\nwidth = 60\n[[capsule]]\nhostname = \"a.example\"\n\
                 content = \"a\"\n{first}[[capsule]]\nhostname = \"b.example\"\ncontent = \"b\"\n{second}"
            )
        };
        for (first, second, expected) in [
            ("", "", [some("10.0.0.1:1", "a.example", Some(9)), None]),
            (
                "",
                "gopher = { listen = \"10.0.0.1:2\" }\n",
                [some("10.0.0.1:1", "a.example", Some(9)), some("10.0.0.1:2", "b.example", None)],
            ),
            (
                "[capsule.gopher]\nlisten = [\"10.0.0.1:3\"]\nhostname = \"c.example\"\n",
                "[capsule.gopher]\nlisten = [\"10.0.0.1:2\"]\nport = 70\n",
                [some("10.0.0.1:3", "c.example", Some(9)), some("10.0.0.1:2", "b.example", Some(70))],
            ),
        ] {
            let config = resolved(&Overrides::default(), &capsules(first, second)).expect("a configuration");
            assert_eq!(holes(&config), expected, "{first}{second}");
            assert!(
                config.capsules.iter().flat_map(|capsule| &capsule.gopher).all(|gopher| gopher.width == 60)
            );
            assert_eq!(
                holes(
                    &resolved(&overrides(&[("LAMPLIT_GOPHER", "off")]), &capsules(first, second))
                        .expect("off")
                ),
                [None, None]
            );
        }
        let problems = resolved(&Overrides::default(), &capsules("", "gopher = { port = 70 }\n"));
        let problem = &problems.expect_err("no addresses")[0];
        assert_eq!(problem.what, "this capsule has no addresses for Gopher");
    }

    #[test]
    fn gopher_can_be_switched_off() {
        let off = overrides(&[("LAMPLIT_GOPHER", "off")]);
        assert_eq!(holes(&resolved(&off, FILE).expect("a configuration")), [None]);
        let text = format!("{FILE}enabled = false\n");
        assert_eq!(holes(&resolved(&Overrides::default(), &text).expect("a configuration")), [None]);
    }
}
