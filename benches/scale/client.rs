//! Clients of both protocols, several at once.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tokio_rustls::rustls::{ClientConfig, ClientConnection, StreamOwned};

use testkit::process::Lamplit;
use testkit::tls_client;

/// Number of clients.
const READERS: usize = 4;

/// Timeout of a reply.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    gemini: u16,
    gopher: u16,
    tls: Arc<ClientConfig>,
}

impl Client {
    pub(crate) fn new(server: &Lamplit) -> Self {
        Self { gemini: server.gemini, gopher: server.gopher, tls: tls_client::connector(None).config().clone() }
    }

    /// Returns the body of a page over Gemini; panics if it is no page or was cut off.
    pub(crate) fn gemini(&self, path: &str) -> String {
        self.hosted("localhost", path)
    }

    /// Returns the body of a page of the capsule `host`; panics as [`Self::gemini`] does.
    pub(crate) fn hosted(&self, host: &str, path: &str) -> String {
        let name = tls_client::name(host);
        let connection = ClientConnection::new(self.tls.clone(), name).expect("a configuration");
        let mut stream = StreamOwned::new(connection, connect(self.gemini));
        write!(stream, "gemini://{host}:{}{path}\r\n", self.gemini).expect("it reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("text, and a proper end");
        let (head, body) = reply.split_once("\r\n").expect("a head");
        assert!(head.starts_with("20 "), "{host}{path}: {head}");
        body.to_owned()
    }

    /// Returns a page over Gopher; panics if it is an error.
    pub(crate) fn gopher(&self, selector: &str) -> String {
        let mut stream = connect(self.gopher);
        write!(stream, "{selector}\r\n").expect("it reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("text");
        assert!(!reply.is_empty() && !reply.starts_with('3'), "{selector}: {reply}");
        reply
    }
}

/// Calls `read` for each of `pages` on several threads.
pub(crate) fn from_all<P: Sync>(pages: &[P], read: impl Fn(&P) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| {
                while let Some(page) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
                    read(page);
                }
            });
        }
    });
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    stream.set_nodelay(true).expect("a socket");
    stream
}
