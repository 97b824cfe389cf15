//! The options of the command line.

use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use crate::target::{Speech, Target};

/// How long a crowd stays in a test.
const MOMENT: Duration = Duration::from_millis(400);

/// The given options. Every size has a default, which depends on whether this is a measurement or a test.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    arguments: Vec<String>,
    /// Whether this is a measurement, not a test that everything works.
    pub(crate) measures: bool,
}

impl Options {
    pub(crate) fn new(arguments: Vec<String>) -> Self {
        let has = |name: &str| arguments.iter().any(|argument| argument == name);
        let measures = has("--bench") && !has("--test");
        Self { arguments, measures }
    }

    /// Returns the number behind `name`, by default the first of `usual` in a measurement and the second in a test.
    pub(crate) fn count(&self, name: &str, usual: (u64, u64)) -> usize {
        let usual = if self.measures { usual.0 } else { usual.1 };
        usize::try_from(self.asked(name).unwrap_or(usual)).expect("a number that fits")
    }

    /// Returns the seconds behind `name`, by default `usual` in a measurement and [`MOMENT`] in a test.
    pub(crate) fn seconds(&self, name: &str, usual: u64) -> Duration {
        let usual = if self.measures { Duration::from_secs(usual) } else { MOMENT };
        self.asked(name).map_or(usual, Duration::from_secs)
    }

    /// Returns the number behind `name`, if it is there.
    pub(crate) fn asked(&self, name: &str) -> Option<u64> {
        self.value(name).map(|number| number.parse().expect("a number"))
    }

    /// Returns the process of the server behind `--at`, if it is on this machine.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.asked("--pid").map(|pid| u32::try_from(pid).expect("a process id"))
    }

    /// Returns whether a trial is wanted.
    pub(crate) fn wants(&self, trial: &str) -> bool {
        self.value("--only").is_none_or(|only| only.split(',').any(|name| name == trial))
    }

    /// Returns the server behind `--at`, if there is one.
    pub(crate) fn target(&self) -> Option<Target> {
        let at = self.value("--at")?;
        let address = at.to_socket_addrs().expect("HOST:PORT").next().expect("an address");
        let host = at.rsplit_once(':').map_or(at, |(host, _)| host).to_owned();
        let is_gopher = self.arguments.iter().any(|argument| argument == "--gopher");
        let speech = if is_gopher { Speech::Gopher } else { Speech::Gemini };
        let path = |name: &str, usual: &str| self.value(name).unwrap_or(usual).to_owned();
        let (page, large) = (path("--page", "/"), path("--large", "/large.bin"));
        Some(Target { speech, address: loopback(address), host, page, large })
    }

    fn value(&self, name: &str) -> Option<&str> {
        let at = self.arguments.iter().position(|argument| argument == name)?;
        self.arguments.get(at + 1).map(String::as_str)
    }
}

/// Returns 127.0.0.1 for any IPv4 loopback address, else `address`.
fn loopback(address: SocketAddr) -> SocketAddr {
    if address.ip().is_loopback() && address.is_ipv4() {
        SocketAddr::from(([127, 0, 0, 1], address.port()))
    } else {
        address
    }
}
