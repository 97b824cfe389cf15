//! Sockets, deadlines and counting: everything between a reader's bytes and a [`Protocol`]'s answer.
//!
//! The [`supervisor`](serve) accepts and never waits for a single reader. Each connection is a task of its
//! own: handshake, request, answer, a polite end, one log line. It loads one edition of the shelf and uses
//! it to the end. The server knows no protocol by name; adding one does not touch this room.

mod access_log;
mod admission;
mod connection;
mod current;
mod limits;
mod listen;
mod supervisor;
mod tls;

use std::fs::File;
use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::capsule::FileRef;
use crate::protocol::Protocol;

pub use access_log::{AccessLog, Addresses, Format, Options as LogOptions};
pub use current::Current;
pub use limits::Limits;
pub use listen::bind;
pub use supervisor::serve;
pub use tls::acceptor;

/// A bound socket with what is spoken on it.
pub struct Listener {
    /// The socket, already listening.
    pub socket: TcpListener,
    /// What is spoken.
    pub protocol: Arc<dyn Protocol>,
    /// Whether it is spoken inside TLS.
    pub transport: Transport,
}

/// What lies between the socket and the protocol.
#[derive(Clone)]
pub enum Transport {
    /// Nothing.
    Plain,
    /// TLS.
    Tls(TlsAcceptor),
}

/// Opens an attachment, having checked that it is what it should be. Called on a blocking thread.
pub type OpenFile = Arc<dyn Fn(&FileRef) -> io::Result<File> + Send + Sync>;
