//! Binding sockets: what was handed over, what was asked for, or the defaults with their ways out.

use std::io;
use std::net::{SocketAddr, TcpListener};

use super::handed::Handed;
use crate::config::{Capsule, Config, Listen};
use crate::host::GOPHER_FALLBACK_PORT;
use crate::problem::Problem;
use crate::server::listen;

/// What is spoken on a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    Gemini,
    /// Gopher, for the capsule of this index.
    Gopher(usize),
}

/// A listening socket.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) socket: TcpListener,
    pub(super) port: u16,
    /// Where it is bound, if the system says.
    pub(super) address: Option<SocketAddr>,
    pub(super) spoken: Spoken,
}

/// Every listening socket.
#[derive(Debug)]
pub(super) struct Sockets {
    pub(super) listeners: Vec<Bound>,
    /// Why Gopher could not have its own port and moved; none if it did not.
    pub(super) gopher_moved: Option<io::ErrorKind>,
}

impl Sockets {
    /// The port of the first socket on which `spoken` is spoken.
    pub(super) fn port(&self, spoken: Spoken) -> Option<u16> {
        self.listeners.iter().find(|bound| bound.spoken == spoken).map(|bound| bound.port)
    }

    /// Where each socket is bound, and what is spoken there.
    pub(super) fn addresses(&self) -> Vec<(Spoken, SocketAddr)> {
        self.listeners.iter().filter_map(|bound| Some((bound.spoken, bound.address?))).collect()
    }
}

/// Binds what `config` says, but for what is spoken on sockets that were `handed` over.
pub(super) fn bind(config: &Config, handed: Vec<Handed>) -> Result<Sockets, Problem> {
    let mut listeners =
        handed.into_iter().map(|handed| take_over(config, handed)).collect::<Result<Vec<_>, _>>()?;
    let is_handed =
        |listeners: &[Bound], spoken| listeners.iter().any(|bound: &Bound| bound.spoken == spoken);
    if !is_handed(&listeners, Spoken::Gemini) {
        listeners.extend(
            all(&config.gemini.listen, Spoken::Gemini)
                .map_err(|(address, error)| cannot(address, &error, "--gemini"))?,
        );
    }
    let mut gopher_moved = None;
    let holes = config
        .capsules
        .iter()
        .enumerate()
        .filter_map(|(index, capsule)| Some((index, capsule.gopher.as_ref()?)));
    for (index, gopher) in holes {
        if is_handed(&listeners, Spoken::Gopher(index)) {
            continue;
        }
        match all(&gopher.listen, Spoken::Gopher(index)) {
            Ok(bound) => listeners.extend(bound),
            Err((_, error)) if gopher.listen.is_default && is_taken(&error) => {
                let mut moved = gopher.listen.clone();
                for address in &mut moved.addresses {
                    address.set_port(GOPHER_FALLBACK_PORT);
                }
                gopher_moved = Some(error.kind());
                listeners.extend(
                    all(&moved, Spoken::Gopher(index))
                        .map_err(|(address, error)| cannot(address, &error, "--gopher"))?,
                );
            }
            Err((address, error)) => return Err(cannot(address, &error, "--gopher")),
        }
    }
    Ok(Sockets { listeners, gopher_moved })
}

/// A socket that was handed over, for what its name says, or else its port.
fn take_over(config: &Config, Handed { name, socket }: Handed) -> Result<Bound, Problem> {
    let broken = |error: io::Error| Problem::error(format!("the socket `{name}` cannot be used: {error}"));
    let address = socket.local_addr().map_err(broken)?;
    let Some(spoken) = meant(config, &name, address.port()) else {
        let problem = Problem::error(format!("nothing says what is spoken on the socket at `{address}`"));
        return Err(problem.hint(
            "call it `gemini` or `gopher` (`FileDescriptorName=`), or name its port as `listen` in the configuration",
        ));
    };
    socket.set_nonblocking(true).map_err(broken)?;
    Ok(Bound { socket, port: address.port(), address: Some(address), spoken })
}

/// What is meant to be spoken on a socket with this name and port: `gemini`, `gopher`, or `gopher-` with the name of
/// another capsule.
fn meant(config: &Config, name: &str, port: u16) -> Option<Spoken> {
    let mut holes = config.capsules.iter().enumerate().filter(|(_, capsule)| capsule.gopher.is_some());
    let has = |listen: &Listen| listen.addresses.iter().any(|address| address.port() == port);
    let of_gopher = |(index, _): (usize, &Capsule)| Spoken::Gopher(index);
    match (name, name.strip_prefix("gopher-")) {
        ("gemini", _) => Some(Spoken::Gemini),
        ("gopher", _) => holes.next().map(of_gopher),
        (_, Some(host)) => holes.find(|(_, capsule)| capsule.hosts.iter().any(|h| h == host)).map(of_gopher),
        _ if has(&config.gemini.listen) => Some(Spoken::Gemini),
        _ => holes
            .find(|(_, capsule)| capsule.gopher.as_ref().is_some_and(|gopher| has(&gopher.listen)))
            .map(of_gopher),
    }
}

fn all(listen: &Listen, spoken: Spoken) -> Result<Vec<Bound>, (SocketAddr, io::Error)> {
    let mut bound: Vec<Bound> = Vec::new();
    let mut failed = None;
    for &wanted in &listen.addresses {
        // Two families on a port the system chose should be reached under one number.
        let mut address = wanted;
        if let (0, Some(first)) = (address.port(), bound.first())
            && listen.is_default
        {
            address.set_port(first.port);
        }
        match listen::bind(address) {
            Ok(socket) => {
                let is = socket.local_addr().ok();
                let port = is.unwrap_or(address).port();
                bound.push(Bound { socket, port, address: is, spoken });
            }
            // A machine without IPv6 is still a machine.
            Err(error) if address.is_ipv6() && lacks_family(&error) => failed = Some((address, error)),
            Err(error) => return Err((address, error)),
        }
    }
    match failed {
        Some(failed) if bound.is_empty() => Err(failed),
        _ => Ok(bound),
    }
}

/// Binds one address that `setting` names.
pub(super) fn one(address: SocketAddr, setting: &str) -> Result<TcpListener, Problem> {
    listen::bind(address).map_err(|error| cannot(address, &error, setting))
}

fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::AddrInUse)
}

fn lacks_family(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported)
        || error.raw_os_error() == Some(libc::EAFNOSUPPORT)
}

fn cannot(address: SocketAddr, error: &io::Error, flag: &str) -> Problem {
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!(
                "another program listens there (perhaps another Lamplit); stop it or choose `{flag} ADDR:PORT`"
            )
        }
        io::ErrorKind::PermissionDenied => {
            format!("ports below 1024 need a privilege; choose another with `{flag} ADDR:PORT`")
        }
        _ => format!("choose an address of this machine with `{flag} ADDR:PORT`"),
    };
    Problem::error(format!("cannot listen on `{address}`: {error}")).hint(hint)
}
