//! Which settings wait for the next start: those of sockets, and of what every connection shares.

use std::path::Path;

use super::{Config, Listen};

impl Config {
    /// The settings that are other ones than in `started`, the configuration at the start, and wait for the next:
    /// as they are called in the file. Everything else is in force as soon as it is read.
    pub fn needing_restart(&self, started: &Self) -> Vec<&'static str> {
        let settings = [
            ("[gemini] listen", self.gemini.listen != started.gemini.listen),
            ("[gemini] port", self.gemini.port != started.gemini.port),
            ("[gemini] check_port", self.gemini.check_port != started.gemini.check_port),
            ("[gopher]", self.holes() != started.holes()),
            ("capsules", self.hosting.folder != started.hosting.folder),
            ("[limits]", self.limits != started.limits || self.hosting.memory != started.hosting.memory),
            ("[log]", self.log != started.log),
            ("[metrics]", self.metrics != started.metrics),
            ("[privileges]", self.privileges != started.privileges),
            ("[proxy]", self.proxies != started.proxies),
            ("swapped", self.swapped() != started.swapped()),
        ];
        settings.into_iter().filter_map(|(setting, differs)| differs.then_some(setting)).collect()
    }

    /// The folders that others are put in place of.
    fn swapped(&self) -> Vec<&Path> {
        let swapped = self.capsules.iter().filter(|capsule| capsule.swapped);
        swapped.map(|capsule| capsule.content.as_path()).collect()
    }

    /// Where Gopher is served, and as what.
    fn holes(&self) -> Vec<(&Listen, &str, Option<u16>, bool)> {
        let holes = self.capsules.iter().filter_map(|capsule| capsule.gopher.as_ref());
        holes.map(|gopher| (&gopher.listen, gopher.hostname.as_str(), gopher.port, gopher.tls)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, File, Overrides, resolve};

    fn read(text: &str) -> Config {
        let file = File::parse("config.toml", text).expect("a file");
        resolve(&Overrides::default(), Some(&file), Path::new("/etc"), Path::new("/state")).expect("valid")
    }

    #[test]
    fn what_needs_a_restart_is_named() {
        let capsule = "[[capsule]]\nhostname = \"a.example\"\ncontent = \"/a\"\n";
        let started = read(capsule);
        for (text, expected) in [
            ("", &[][..]),
            ("[[capsule]]\nhostname = \"b.example\"\ncontent = \"/b\"\n", &[]),
            ("[gopher]\nwidth = 60\n[pages]\nsmart = true\n[gemini]\nmin_tls = \"1.3\"\n", &[]),
            ("title = \"Lamps\"\naliases = [\"c.example\"]\n", &[]),
            (
                "[gemini]\nlisten = \"127.0.0.1:1\"\nport = 2\ncheck_port = false\n",
                &["[gemini] listen", "[gemini] port", "[gemini] check_port"],
            ),
            ("[gopher]\nport = 7070\n", &["[gopher]"]),
            ("[gopher]\ntls = true\n", &["[gopher]"]),
            ("private = [{ path = \"/drafts/\" }]\n", &[]),
            ("[gopher]\nenabled = false\n", &["[gopher]"]),
            ("[limits]\nmemory = 128\n", &["[limits]"]),
            ("[limits]\nrequest = 5\n[log]\nformat = \"json\"\n", &["[limits]", "[log]"]),
            ("[metrics]\nlisten = \"127.0.0.1:9965\"\n", &["[metrics]"]),
            ("[privileges]\nsandbox = \"off\"\n", &["[privileges]"]),
            ("swapped = true\n", &["swapped"]),
            ("[proxy]\nfrom = \"10.0.0.1\"\n", &["[proxy]"]),
            ("[privileges]\nuser = \"lamp\"\n", &["[privileges]"]),
        ] {
            assert_eq!(read(&format!("{capsule}{text}")).needing_restart(&started), expected, "{text}");
        }
    }
}
