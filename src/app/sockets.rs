//! Listening sockets: inherited ones, configured addresses, or the defaults with their fallbacks.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use crate::config::{Config, Gopher, Listen};
use crate::host::GOPHER_FALLBACK_PORT;
use crate::problem::Problem;
use crate::server;

/// The sockets of a listener, or the address that could not be bound.
type Bound = Result<Vec<BoundSocket>, (SocketAddr, io::Error)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SocketRole {
    Gemini,
    /// Gopher, for the capsule of this index.
    Gopher(usize),
}

#[derive(Debug)]
pub(super) struct BoundSocket {
    pub(super) socket: TcpListener,
    pub(super) address: SocketAddr,
    pub(super) role: SocketRole,
}

#[derive(Debug)]
pub(super) struct Sockets {
    pub(super) bound: Vec<BoundSocket>,
    /// Why Gopher had to move from its default port to the fallback port, if it did.
    pub(super) gopher_moved: Option<ErrorKind>,
}

impl Sockets {
    pub(super) fn port(&self, role: SocketRole) -> Option<u16> {
        self.bound.iter().find(|bound| bound.role == role).map(|bound| bound.address.port())
    }
}

/// Binds the sockets of `config` that are not inherited. Fails if it cannot, or if an inherited one matches no setting.
pub(super) fn bind(config: &Config, inherited: Vec<(String, TcpListener)>) -> Result<Sockets, Problem> {
    let inherited = inherited.into_iter().map(|socket| adopt(config, socket));
    let mut sockets = Sockets { bound: inherited.collect::<Result<_, _>>()?, gopher_moved: None };
    if sockets.port(SocketRole::Gemini).is_none() {
        let bound = bind_all(&config.settings.gemini.listen, SocketRole::Gemini);
        sockets.bound.extend(bound.map_err(|(address, error)| cannot_bind(address, &error, "--gemini"))?);
    }
    for (index, gopher) in gopher_tables(config) {
        if sockets.port(SocketRole::Gopher(index)).is_none() {
            let bound = bind_gopher(&gopher.listen, SocketRole::Gopher(index), &mut sockets.gopher_moved);
            sockets.bound.extend(bound.map_err(|(address, error)| cannot_bind(address, &error, "--gopher"))?);
        }
    }
    Ok(sockets)
}

fn gopher_tables(config: &Config) -> impl Iterator<Item = (usize, &Gopher)> {
    config.capsules.iter().enumerate().filter_map(|(index, capsule)| Some((index, capsule.gopher.as_ref()?)))
}

/// Binds the sockets of a Gopher listener, on the fallback port if the default one cannot be bound.
fn bind_gopher(listen: &Listen, role: SocketRole, moved: &mut Option<ErrorKind>) -> Bound {
    let bound = bind_all(listen, role);
    let Err((_, error)) = &bound else { return bound };
    if !listen.is_default() || !matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::AddrInUse) {
        return bound;
    }
    *moved = Some(error.kind());
    let mut listen = listen.clone();
    listen.value.iter_mut().for_each(|address| address.set_port(GOPHER_FALLBACK_PORT));
    bind_all(&listen, role)
}

/// Sets the Gopher port that `serve` would bind: the fallback port if this process may not bind the default one.
pub fn predict_gopher_port(config: &mut Config) {
    let listen = &mut Arc::make_mut(&mut config.settings).gopher.listener.listen;
    let is_denied = |address: &SocketAddr| {
        TcpListener::bind(address).is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
    };
    if listen.is_default() && listen.iter().any(is_denied) {
        listen.value.iter_mut().for_each(|address| address.set_port(GOPHER_FALLBACK_PORT));
        if let Some(gopher) = config.capsules.first_mut().and_then(|capsule| capsule.gopher.as_mut()) {
            gopher.listen.clone_from(listen);
        }
    }
}

/// Returns an inherited socket with its role, by its name or else by its port.
fn adopt(config: &Config, (name, socket): (String, TcpListener)) -> Result<BoundSocket, Problem> {
    let broken = |error: io::Error| Problem::error(format!("the socket `{name}` cannot be used: {error}"));
    let address = socket.local_addr().map_err(broken)?;
    let role = role_of(config, &name, address.port()).ok_or_else(|| {
        let what = format!("no setting tells what to serve on the inherited socket at `{address}`");
        let hint = "name it `gemini` or `gopher` (`FileDescriptorName=`), or put its port into `listen` in the \
                    configuration";
        Problem::error(what).hint(hint)
    })?;
    socket.set_nonblocking(true).map_err(broken)?;
    Ok(BoundSocket { socket, address, role })
}

/// Returns the role of an inherited socket: by name (`gemini`, `gopher` for the first, `gopher-HOST`), else by port.
fn role_of(config: &Config, name: &str, port: u16) -> Option<SocketRole> {
    let listens = |listen: &Listen| listen.iter().any(|address| address.port() == port);
    let named = |index: usize, host: &str| config.capsules[index].hosts.iter().any(|own| **own == *host);
    let mut gopher = gopher_tables(config);
    let gopher = match (name, name.strip_prefix("gopher-")) {
        ("gemini", _) => return Some(SocketRole::Gemini),
        ("gopher", _) => gopher.next(),
        (_, Some(host)) => gopher.find(|(index, _)| named(*index, host)),
        _ if listens(&config.settings.gemini.listen) => return Some(SocketRole::Gemini),
        _ => gopher.find(|(_, gopher)| listens(&gopher.listen)),
    };
    gopher.map(|(index, _)| SocketRole::Gopher(index))
}

fn bind_all(listen: &Listen, role: SocketRole) -> Bound {
    let mut bound: Vec<BoundSocket> = Vec::new();
    let mut without_family = None;
    let lacks_family = |error: &io::Error| {
        matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::Unsupported)
            || error.raw_os_error() == Some(libc::EAFNOSUPPORT)
    };
    for &wanted in listen.iter() {
        // With port 0, the system chooses the port of the first address, and the second one gets the same.
        let mut address = wanted;
        if let (0, true, Some(first)) = (address.port(), listen.is_default(), bound.first()) {
            address.set_port(first.address.port());
        }
        match server::bind(address, listen).and_then(|socket| Ok((socket.local_addr()?, socket))) {
            Ok((address, socket)) => bound.push(BoundSocket { socket, address, role }),
            // A machine without IPv6 serves IPv4 only.
            Err(error) if address.is_ipv6() && lacks_family(&error) => without_family = Some((address, error)),
            Err(error) => return Err((address, error)),
        }
    }
    without_family.filter(|_| bound.is_empty()).map_or(Ok(bound), Err)
}

pub(super) fn cannot_bind(address: SocketAddr, error: &io::Error, setting: &str) -> Problem {
    let hint = match error.kind() {
        ErrorKind::AddrInUse => "another program listens there (perhaps another Lamplit); stop it or choose",
        ErrorKind::PermissionDenied => "ports below 1024 need a privilege; choose another with",
        _ => "choose an address of this machine with",
    };
    let hint = format!("{hint} `{setting} ADDR:PORT`");
    Problem::error(format!("cannot listen on `{address}`: {error}")).hint(hint)
}
