//! The server under test, and requests to it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::Resumption;

use testkit::tls_client;

/// Clients of a crowd per address: fewer than servers allow.
const FROM_ONE_ADDRESS: usize = 50;

/// The protocol of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speech {
    Gemini,
    Gopher,
}

/// A listener of a server.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) speech: Speech,
    pub(crate) address: SocketAddr,
    /// The name in the handshake and in URLs.
    pub(crate) host: String,
    /// The path or selector of an ordinary page that stays as it is.
    pub(crate) page: String,
    /// The path or selector of a file too large for the buffers of the system.
    pub(crate) large: String,
}

/// Both directions of a connection, in TLS or not.
pub(crate) trait Both: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Both for S {}

pub(crate) type Stream = Pin<Box<dyn Both>>;

/// A connector that never resumes a session: each handshake costs what the first one costs.
static TLS: LazyLock<TlsConnector> = LazyLock::new(|| {
    let mut config = tls_client::connector(None).config().as_ref().clone();
    config.resumption = Resumption::disabled();
    TlsConnector::from(Arc::new(config))
});

impl Target {
    /// Returns the name of the protocol.
    pub(crate) fn name(&self) -> &'static str {
        match self.speech {
            Speech::Gemini => "gemini",
            Speech::Gopher => "gopher",
        }
    }

    /// Returns the request for `path`.
    pub(crate) fn request(&self, path: &str) -> String {
        match self.speech {
            Speech::Gemini => format!("gemini://{}:{}{path}\r\n", self.host, self.address.port()),
            Speech::Gopher => format!("{path}\r\n"),
        }
    }

    /// Connects as client `number` of a crowd, on loopback from one of many addresses.
    pub(crate) async fn reach(&self, number: usize) -> io::Result<TcpStream> {
        self.reach_with(number, None).await
    }

    /// Connects as [`Self::reach`] does, with a receive buffer of `ahead` bytes.
    pub(crate) async fn reach_with(&self, number: usize, ahead: Option<u32>) -> io::Result<TcpStream> {
        if self.address.ip() != IpAddr::V4(Ipv4Addr::LOCALHOST) {
            return TcpStream::connect(self.address).await;
        }
        let [.., high, low] = u32::try_from(number / FROM_ONE_ADDRESS).unwrap_or(0).to_be_bytes();
        let socket = TcpSocket::new_v4()?;
        if let Some(ahead) = ahead {
            socket.set_recv_buffer_size(ahead)?;
        }
        socket.bind(SocketAddr::from((Ipv4Addr::new(127, 1, high, low), 0)))?;
        socket.connect(self.address).await
    }

    /// Connects and performs the handshake, if any.
    pub(crate) async fn connect(&self, number: usize) -> io::Result<Stream> {
        self.greet(self.reach(number).await?).await
    }

    /// Performs the handshake, if any, on a connection.
    pub(crate) async fn greet(&self, stream: TcpStream) -> io::Result<Stream> {
        Ok(match self.speech {
            Speech::Gemini => Box::pin(TLS.connect(tls_client::name(&self.host), stream).await?),
            Speech::Gopher => bare(stream),
        })
    }

    /// Requests `path` and returns the whole reply of any status; an error if it was not ended properly.
    pub(crate) async fn ask(&self, path: &str) -> io::Result<Vec<u8>> {
        self.ask_over(TcpStream::connect(self.address).await?, path).await
    }

    async fn ask_over(&self, stream: TcpStream, path: &str) -> io::Result<Vec<u8>> {
        let mut stream = self.greet(stream).await?;
        stream.write_all(self.request(path).as_bytes()).await?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await?;
        Ok(reply)
    }

    /// Requests a page that must exist.
    pub(crate) async fn get(&self, path: &str) -> io::Result<Vec<u8>> {
        self.there(self.ask(path).await?)
    }

    /// Requests a page that must exist, as client `number` of a crowd.
    pub(crate) async fn get_as(&self, number: usize, path: &str) -> io::Result<Vec<u8>> {
        self.there(self.ask_over(self.reach(number).await?, path).await?)
    }

    /// Returns `reply` if it is a success.
    fn there(&self, reply: Vec<u8>) -> io::Result<Vec<u8>> {
        let is_there = match self.speech {
            Speech::Gemini => reply.starts_with(b"20 "),
            Speech::Gopher => !reply.is_empty() && !reply.starts_with(b"3"),
        };
        let beginning = || reply.escape_ascii().take(100).map(char::from).collect::<String>();
        if is_there { Ok(reply) } else { Err(io::Error::other(beginning())) }
    }
}

/// Returns a connection without TLS.
pub(crate) fn bare(stream: TcpStream) -> Stream {
    Box::pin(stream)
}
