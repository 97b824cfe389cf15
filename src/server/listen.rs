//! [`bind`]: sockets that listen the way a public server should.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

/// How many connections the system keeps for us while we are busy: with fewer, a burst of 64 makes some
/// readers wait a second for the retransmission of their first packet.
const BACKLOG: i32 = 1024;

/// Binds `address` and listens. IPv6 sockets take IPv6 only, so that `0.0.0.0` and `[::]` can be listened
/// on side by side. Must be called within a tokio runtime.
///
/// # Errors
///
/// What the system says: the address is in use, not ours, or needs a privilege.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}
