//! A protocol of one word a line, and a shell to serve it.

use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use lamplit::capsule::FileRef;
use lamplit::protocol::{Answer, Body, Class, Fault, Outcome, Peer, Protocol, Scan};
use lamplit::server::access_log::{AccessLog, Addresses, Format, Style, Writer};
use lamplit::server::{FileOpener, Limits, LiveSites, Proxies, WorkerPool, listen, serve};
use lamplit::server::{Listener, ServerContext, Transport};
use lamplit::site::Sites;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The length of what `big` and a whole `file` answer.
pub(crate) const BIG: usize = 1_000_000;

/// [`Words`], to be shared.
pub(crate) fn in_words() -> Arc<dyn Protocol> {
    Arc::new(Words)
}

/// Answers `page`, `big`, `file` and `absent`; panics at `panic`; says `what?` to everything else.
pub(crate) struct Words;

impl Protocol for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn scan(&self, bytes: &[u8]) -> Scan {
        match bytes.iter().position(|&byte| byte == b'\n') {
            Some(at) => Scan::Complete(at + 1),
            None if bytes.len() >= 64 => Scan::Complete(64),
            None => Scan::More,
        }
    }

    fn answer(&self, request: &[u8], _peer: &Peer, _shelf: &Sites) -> Answer {
        let word = String::from_utf8_lossy(request).trim().to_owned();
        let body = match word.as_str() {
            "page" => Body::Bytes(Bytes::from_static(b"a page")),
            "big" => Body::Bytes(vec![b'x'; BIG].into()),
            "file" | "absent" => Body::File(FileRef {
                root: Arc::from(Path::new("")),
                relative: PathBuf::from(&word),
                length: 0,
            }),
            "panic" => panic!("a bug in a handler"),
            _ => Body::Bytes(Bytes::from_static(b"what?")),
        };
        let outcome = Outcome { class: Class::Served, status: "ok", resource: word, host: None };
        Answer { head: Bytes::from_static(b"ok "), body, outcome }
    }

    fn fault(&self, fault: Fault) -> Answer {
        let head = match fault {
            Fault::Missing => "missing",
            Fault::Internal => "broken",
        };
        let outcome = Outcome { class: Class::Failed, status: head, resource: String::new(), host: None };
        Answer { head: Bytes::from_static(head.as_bytes()), body: Body::Empty, outcome }
    }
}

/// A shell whose `file` is `file`, with what it logs.
pub(crate) fn shell(limits: Limits, file: Option<PathBuf>) -> (ServerContext, Log) {
    let text = Text::default();
    let style = Style::new(Format::Text, Addresses::Off);
    let (log, writer) = AccessLog::start(text.clone(), style, None).expect("a thread");
    let at_once = move |wanted: &FileRef| {
        let path = file.as_ref().filter(|_| wanted.relative == Path::new("file"))?;
        File::open(path).ok()
    };
    let open = FileOpener::new(at_once, |_| Err(io::ErrorKind::NotFound.into()));
    (
        ServerContext {
            limits,
            sites: LiveSites::new(Sites::default()),
            hosting: None,
            files: open,
            workers: Arc::new(WorkerPool::start("answers", 1).expect("threads")),
            log,
            proxies: Proxies::default(),
        },
        Log { text, writer },
    )
}

/// What was logged.
pub(crate) struct Log {
    text: Text,
    writer: Writer,
}

impl Log {
    /// The last word of each line, once everybody who logs has gone.
    pub(crate) fn endings(self) -> Vec<String> {
        assert!(self.writer.finish(Duration::from_secs(30)), "somebody still logs");
        let text = self.text.0.lock().expect("unspoilt");
        let text = String::from_utf8(text.clone()).expect("UTF-8");
        text.lines().map(|line| line.rsplit(' ').next().unwrap_or_default().to_owned()).collect()
    }
}

#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("unspoilt").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A running server.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<bool>,
}

impl Server {
    /// Serves [`Words`] on a free port.
    pub(crate) fn start(shell: ServerContext, transport: Transport) -> Self {
        let socket = listen::bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let socket = TcpListener::from_std(socket).expect("within the runtime");
        let address = socket.local_addr().expect("bound");
        let listener = Listener { socket, protocol: Arc::new(Words), transport };
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(serve(vec![listener], shell, async {
            stopped.await.expect("the test says when");
        }));
        Self { address, stop, running }
    }

    /// Asks it to stop.
    pub(crate) fn stop(self) -> JoinHandle<bool> {
        self.stop.send(()).expect("still running");
        self.running
    }
}
