//! Sockets that a service manager has opened and hands over (`sd_listen_fds`(3)): the program then needs no privilege
//! for their ports, and a restart refuses nobody.

use std::net::TcpListener;

use listenfd::ListenFd;

use crate::problem::Problem;

/// One such socket.
#[derive(Debug)]
pub(super) struct Handed {
    /// What the unit calls it (`FileDescriptorName=`).
    pub(super) name: String,
    pub(super) socket: TcpListener,
}

/// All that were handed over. Must be called before there are threads: it takes what announces them out of the
/// environment, so that no program started by this one takes them for its own.
///
/// # Errors
///
/// If one of them is no listening TCP socket.
pub(super) fn take() -> Result<Vec<Handed>, Problem> {
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let mut names = names.split(':');
    let mut handed = ListenFd::from_env();
    let mut sockets = Vec::new();
    for index in 0..handed.len() {
        let name = names.next().unwrap_or_default().to_owned();
        match handed.take_tcp_listener(index) {
            Ok(Some(socket)) => sockets.push(Handed { name, socket }),
            Ok(None) => {}
            Err(error) => {
                let what =
                    format!("socket {} that was handed over is not one to listen on: {error}", index + 1);
                return Err(Problem::error(what).hint("use `ListenStream=` with an address and a port"));
            }
        }
    }
    Ok(sockets)
}
