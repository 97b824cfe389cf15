//! A protocol whose requests are words, and a server of it.

use std::fs::File;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use bytes::Bytes;
use lamplit::capsule::FileRef;
use lamplit::protocol::{Answer, Body, Class, Fault, Outcome, Peer, Protocol};
use lamplit::server::access_log::{AccessLog, LineStyle, LogAddresses, LogFormat, LostLines};
use lamplit::server::admission::ConnectionLimiter;
use lamplit::server::connection::serve_connection;
use lamplit::server::{ClientStream, Endpoint, FileOpener, Limits, ServerContext, Transport, WorkerPool, bind, serve};
use lamplit::site::Sites;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The address of each client on a pipe.
pub(crate) const CLIENT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 4711);

/// Bytes of the answers to `big` and to a whole `file`.
pub(crate) const BIG: usize = 1_000_000;

/// A protocol of one word per line, which answers `page`, `big`, `file` and `absent`, panics at `panic`, and answers
/// `what?` to any other word.
pub(crate) struct Words;

impl Protocol for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn scan(&self, bytes: &[u8]) -> Option<usize> {
        match bytes.iter().position(|&byte| byte == b'\n') {
            Some(at) => Some(at + 1),
            None if bytes.len() >= 64 => Some(64),
            None => None,
        }
    }

    fn respond(&self, request: &[u8], _: &Peer, _: &Sites, _: bool) -> Result<Answer, usize> {
        let word = String::from_utf8_lossy(request).trim().to_owned();
        let body = match word.as_str() {
            "page" => Body::Bytes(Bytes::from_static(b"a page")),
            "big" => Body::Bytes(vec![b'x'; BIG].into()),
            "file" | "absent" => {
                Body::File(FileRef { root: Arc::from(Path::new("")), relative: PathBuf::from(&word), length: 0 })
            }
            "panic" => panic!("a bug in a handler"),
            _ => Body::Bytes(Bytes::from_static(b"what?")),
        };
        let outcome = Outcome { class: Class::Served, status: "ok", resource: word, host: None };
        Ok(Answer { head: Bytes::from_static(b"ok "), body, outcome })
    }

    fn fault(&self, fault: Fault, _: &[u8]) -> Answer {
        let head = match fault {
            Fault::Missing => "missing",
            Fault::Internal => "broken",
            Fault::Busy => "busy",
        };
        let outcome = Outcome { class: Class::Failed, status: head, resource: String::new(), host: None };
        Answer { head: Bytes::from_static(head.as_bytes()), body: Body::Bytes(Bytes::new()), outcome }
    }
}

/// Creates a context whose only file is `file`, and its log.
pub(crate) fn context(limits: Limits, file: Option<PathBuf>) -> (ServerContext, Log) {
    context_with_log(limits, file, LineStyle::new(LogFormat::Text, LogAddresses::Off))
}

/// Creates a context whose only file is `file`, and its log of this style.
pub(crate) fn context_with_log(limits: Limits, file: Option<PathBuf>, style: LineStyle) -> (ServerContext, Log) {
    let text = Arc::new(Mutex::new(Vec::new()));
    let lines = text.clone();
    let write = move |bytes: &[u8]| {
        lines.lock().expect("unspoilt").extend_from_slice(bytes);
        Ok(())
    };
    let (log, end) = AccessLog::start(write, style, LostLines::default()).expect("a thread");
    let now = move |wanted: &FileRef| {
        let path = file.as_ref().filter(|_| wanted.relative == Path::new("file"))?;
        File::open(path).ok()
    };
    let files = FileOpener::new(now, |_| Err(io::ErrorKind::NotFound.into()), limits.files);
    let context = ServerContext {
        limits,
        sites: Arc::new(ArcSwap::from_pointee(Sites::default())),
        hosting: None,
        files,
        workers: Arc::new(WorkerPool::start("answers", 1).expect("threads")),
        long_worker: Arc::new(WorkerPool::start("long answers", 1).expect("threads")),
        log: Some(log),
        metrics: None,
        proxies: Vec::new(),
    };
    (context, Log { text, end })
}

/// Serves one connection of `protocol` to its end.
pub(crate) async fn serve_one(
    io: impl ClientStream,
    protocol: impl Protocol + 'static,
    transport: Transport,
    context: &ServerContext,
) {
    let endpoint = Endpoint { protocol: Arc::new(protocol), transport };
    let client = ConnectionLimiter::new(1, 1).admit(CLIENT, false).await.expect("a slot");
    serve_connection(io, client, &endpoint, context).await;
}

/// The access log of a server.
pub(crate) struct Log {
    text: Arc<Mutex<Vec<u8>>>,
    end: Receiver<()>,
}

impl Log {
    /// Returns the last word of each line, once every sender of the log was dropped.
    pub(crate) fn endings(self) -> Vec<String> {
        let lines = self.lines();
        lines.iter().map(|line| line.rsplit(' ').next().unwrap_or_default().to_owned()).collect()
    }

    /// Returns the lines, once every sender of the log was dropped.
    pub(crate) fn lines(self) -> Vec<String> {
        let end = self.end.recv_timeout(Duration::from_secs(30));
        assert_eq!(end, Err(RecvTimeoutError::Disconnected), "a sender of the log is left");
        let text = self.text.lock().expect("unspoilt");
        let text = String::from_utf8(text.clone()).expect("UTF-8");
        assert!(text.is_empty() || text.ends_with('\n'), "{text}");
        text.lines().map(str::to_owned).collect()
    }
}

/// A running server.
pub(crate) struct Server {
    /// The address it listens on.
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<bool>,
}

impl Server {
    /// Serves [`Words`] on a free port.
    pub(crate) fn start(context: ServerContext, transport: Transport) -> Self {
        Self::of(Words, context, transport)
    }

    /// Serves `protocol` on a free port.
    pub(crate) fn of(protocol: impl Protocol + 'static, context: ServerContext, transport: Transport) -> Self {
        let socket = bind(([127, 0, 0, 1], 0).into(), &[]).expect("a free port");
        let socket = TcpListener::from_std(socket).expect("within the runtime");
        let address = socket.local_addr().expect("bound");
        let endpoint = Endpoint { protocol: Arc::new(protocol), transport };
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(serve(vec![(socket, endpoint)], context, async {
            stopped.await.expect("the test says when");
        }));
        Self { address, stop, running }
    }

    /// Requests a shutdown.
    pub(crate) fn stop(self) -> JoinHandle<bool> {
        self.stop.send(()).expect("still running");
        self.running
    }
}
