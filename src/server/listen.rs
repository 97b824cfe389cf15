//! Binding: listeners for IPv4 and IPv6 side by side.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;

#[cfg(target_os = "linux")]
use socket2::SockRef;
use socket2::{Domain, Protocol, Socket, Type};

/// How many connections the system keeps for us until they are accepted. With the customary 128, bursts of
/// readers meet stalls of a second and more, while their first packet waits to be sent again.
pub(super) const BACKLOG: i32 = 1024;

/// A listener on `address`. One on `[::]` leaves IPv4 to a listener of its own, so that both can stand side
/// by side whatever the system's setting is. It does not block, as tokio wants it.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // A restart need not wait for the connections of the previous run to fade. On Windows the same option
    // would let two servers share a port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Has the system keep little for each reader who connects to `listener`; a system that cannot goes on as it does.
#[cfg(target_os = "linux")]
pub(super) fn keep_little(listener: &impl AsFd) {
    /// How many bytes the system takes ahead of what the network carries. It would keep up to 4 MB for a reader who reads
    /// nothing; with less than this, a picture of usual size is not handed over in one go, which costs a seventh more.
    const AHEAD: u32 = 1024 * 1024;

    // Connections take it over from their listener, so that none of them costs a call.
    let _: io::Result<()> = SockRef::from(listener).set_tcp_notsent_lowat(AHEAD);
}

#[cfg(not(target_os = "linux"))]
pub(super) fn keep_little(_: &impl AsFd) {}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpStream;

    use super::*;

    /// C5: many who ask for something large and read nothing must not fill the memory of the system either.
    #[test]
    #[cfg(target_os = "linux")]
    fn little_is_kept_for_who_reads_nothing() {
        let listener = bind("127.0.0.1:0".parse().expect("an address")).expect("a listener");
        keep_little(&listener);
        listener.set_nonblocking(false).expect("a socket");
        let _reader = TcpStream::connect(listener.local_addr().expect("bound")).expect("connected");
        let (mut stream, _) = listener.accept().expect("accepted");
        stream.set_nonblocking(true).expect("a socket");
        let (piece, mut taken) = (vec![0; 64 * 1024], 0);
        let error = loop {
            match stream.write(&piece) {
                Ok(written) => taken += written,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        // What the reader's system takes comes on top.
        assert!(taken < 2 * 1024 * 1024, "{taken} bytes");
    }

    #[test]
    fn both_families_share_a_port() {
        let v4 = bind("0.0.0.0:0".parse().expect("an address")).expect("a listener");
        let port = v4.local_addr().expect("bound").port();
        // P12. A machine without IPv6 cannot show it.
        match bind(SocketAddr::new("::".parse().expect("an address"), port)) {
            Ok(v6) => assert_eq!(v6.local_addr().expect("bound").port(), port),
            Err(error) => println!("skipped: no IPv6 here ({error})"),
        }
    }

    #[test]
    fn a_taken_port_is_an_error() {
        let first = bind("127.0.0.1:0".parse().expect("an address")).expect("a listener");
        let error = bind(first.local_addr().expect("bound")).expect_err("taken");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }
}
