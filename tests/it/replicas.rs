//! Two replicas behind HAProxy, as `packaging/haproxy` sets it up: how long readers wait when one of them is killed,
//! and when each is stopped and started again.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use testkit::process::free_port;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::rustls::{DEFAULT_VERSIONS, HandshakeKind};

use crate::reader::Reader;
use crate::support::{Server, eventually, lamplit, scratch_folder};

const PATIENCE: Duration = Duration::from_secs(30);

/// Readers at the same time over each protocol.
const READERS: u8 = 8;

/// The longest wait of a reader when a replica is gone.
const STALL: Duration = Duration::from_millis(1500);

/// Where HAProxy listens, and each of the replicas.
#[derive(Clone, Copy)]
struct Ports {
    gemini: u16,
    gopher: u16,
}

impl Ports {
    fn free() -> Self {
        Self { gemini: free_port(), gopher: free_port() }
    }
}

/// One replica: its place, and the server while it runs.
struct Replica {
    folder: TempDir,
    server: Option<Server>,
}

impl Replica {
    /// Returns a replica of `content` that listens on `ports` and advertises those of HAProxy.
    fn new(content: &Path, ports: Ports, front: Ports) -> Self {
        let folder = scratch_folder();
        let text = format!(
            "certs = \"certs\"\n[[capsule]]\ncontent = \"{}\"\n[gemini]\nlisten = \"127.0.0.1:{}\"\nport = {}\n\
             [gopher]\nlisten = \"127.0.0.1:{}\"\nport = {}\n[proxy]\nfrom = \"127.0.0.1\"\n\
             [log]\naddresses = \"full\"\nfile = \"access.log\"\n",
            content.display(),
            ports.gemini,
            front.gemini,
            ports.gopher,
            front.gopher
        );
        fs::write(folder.path().join("config.toml"), text).expect("writable");
        Self { folder, server: None }
    }

    fn start(&mut self) {
        let mut command = lamplit();
        command.args(["serve", "--config"]).arg(self.folder.path().join("config.toml"));
        self.server = Some(Server::from_command(command));
    }

    fn stop(&mut self) {
        assert!(self.server.take().expect("it runs").stop().success());
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("certs/localhost.pem")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("access.log")).unwrap_or_default()
    }
}

/// HAProxy, killed when dropped.
struct Proxy {
    process: Child,
    /// The folder of its configuration.
    _folder: TempDir,
}

impl Proxy {
    /// Runs the configuration that is shipped, with addresses of this machine.
    fn start(front: Ports, replicas: [Ports; 2]) -> Self {
        let folder = scratch_folder();
        let mut text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/haproxy/haproxy.cfg"))
            .expect("it is shipped");
        for (shipped, here) in [
            ("/run/haproxy/admin.sock", folder.path().join("admin.sock").display().to_string()),
            ("bind :1965", format!("bind 127.0.0.1:{}", front.gemini)),
            ("bind :70", format!("bind 127.0.0.1:{}", front.gopher)),
            ("10.0.0.11:1965", format!("127.0.0.1:{}", replicas[0].gemini)),
            ("10.0.0.12:1965", format!("127.0.0.1:{}", replicas[1].gemini)),
            ("10.0.0.11:70", format!("127.0.0.1:{}", replicas[0].gopher)),
            ("10.0.0.12:70", format!("127.0.0.1:{}", replicas[1].gopher)),
            ("gemini://example.org/", format!("gemini://localhost:{}/", front.gemini)),
            ("example.org", "localhost".to_owned()),
        ] {
            assert!(text.contains(shipped), "`{shipped}` is not in the configuration");
            text = text.replace(shipped, &here);
        }
        let file = folder.path().join("haproxy.cfg");
        fs::write(&file, text).expect("writable");
        let child = Command::new("haproxy").arg("-db").arg("-f").arg(&file).stdin(Stdio::null()).spawn();
        Self { process: child.expect("haproxy starts"), _folder: folder }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One request: when it started and ended, and its error.
#[derive(Debug)]
struct Asked {
    began: Instant,
    ended: Instant,
    wrong: Option<String>,
}

/// Clients that send requests continuously.
struct Load {
    over: Arc<AtomicBool>,
    readers: Vec<JoinHandle<Vec<Asked>>>,
}

impl Load {
    /// Readers at `127.1.PROTOCOL.NUMBER`, so that the log shows whether their addresses are passed on.
    fn start(front: Ports, expected: &[String; 2]) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let readers = (1..=READERS).flat_map(|number| [(0, number), (1, number)]).map(|(protocol, number)| {
            let (over, expected) = (over.clone(), expected.clone());
            tokio::spawn(async move {
                let mut asked = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    let own = Ipv4Addr::new(127, 1, protocol, number);
                    let answer = async {
                        if protocol == 0 { gemini(own, front.gemini).await } else { gopher(own, front.gopher).await }
                    };
                    let wrong = match tokio::time::timeout(PATIENCE, answer).await {
                        Ok(Ok(text)) if text == expected[usize::from(protocol)] => None,
                        Ok(Ok(text)) => Some(format!("half a page of {} bytes", text.len())),
                        Ok(Err(error)) => Some(error.to_string()),
                        Err(_) => Some("nothing".to_owned()),
                    };
                    asked.push(Asked { began, ended: Instant::now(), wrong });
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                asked
            })
        });
        Self { readers: readers.collect(), over }
    }

    /// Stops the clients and returns all requests.
    async fn stop(self) -> Vec<Asked> {
        self.over.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for reader in self.readers {
            all.extend(reader.await.expect("no panic"));
        }
        all
    }
}

async fn connect(own: Ipv4Addr, port: u16) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((own, 0)))?;
    socket.connect((Ipv4Addr::LOCALHOST, port).into()).await
}

async fn gemini(own: Ipv4Addr, port: u16) -> std::io::Result<String> {
    let connector = testkit::tls_client::connector(None);
    let mut stream = connector.connect(testkit::tls_client::name("localhost"), connect(own, port).await?).await?;
    stream.write_all(format!("gemini://localhost:{port}/owls.gmi\r\n").as_bytes()).await?;
    let mut reply = String::new();
    // Fails if the end is not the one that was meant.
    stream.read_to_string(&mut reply).await?;
    Ok(reply)
}

async fn gopher(own: Ipv4Addr, port: u16) -> std::io::Result<String> {
    let mut stream = connect(own, port).await?;
    stream.write_all(b"/owls.txt\r\n").await?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await?;
    Ok(reply)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs haproxy; .ci/run has it"]
async fn readers_of_two_replicas_wait_briefly_when_one_is_killed() {
    let content = scratch_folder();
    let essay = format!("# Owls\n\n{}They call to the end.\n", "They call twice, then wait.\n\n".repeat(300));
    fs::write(content.path().join("owls.md"), essay).expect("writable");
    let (front, ports) = (Ports::free(), [Ports::free(), Ports::free()]);
    let [mut one, mut two] = ports.map(|ports| Replica::new(content.path(), ports, front));
    one.start();
    // One identity, copied: `fs::copy` keeps who may read it.
    fs::create_dir(two.folder.path().join("certs")).expect("writable");
    fs::copy(one.key(), two.key()).expect("copied");
    two.start();
    let _proxy = Proxy::start(front, ports);
    let up = || std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, front.gopher)).is_ok();
    eventually(PATIENCE, up, |up| *up);

    // A reader stays with a replica, and so a session lasts.
    let reader = Reader::new((Ipv4Addr::LOCALHOST, front.gemini).into(), DEFAULT_VERSIONS);
    let url = format!("gemini://localhost:{}/owls.gmi", front.gemini);
    for (visit, kind) in [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed].into_iter().enumerate() {
        assert_eq!(reader.ask("localhost", &url).await.kind, Some(kind), "visit {visit}");
    }

    let reader = Ipv4Addr::LOCALHOST;
    let expected =
        [gemini(reader, front.gemini).await.expect("a page"), gopher(reader, front.gopher).await.expect("a page")];
    assert!(expected.iter().all(|page| page.contains("They call to the end")), "{expected:?}");

    let load = Load::start(front, &expected);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let killed = Instant::now();
    // Dropping it is `kill -9`, and it waits until there is nothing left of the process.
    tokio::task::block_in_place(|| drop(one.server.take()));
    let gone = Instant::now();
    tokio::time::sleep(Duration::from_secs(4)).await;
    tokio::task::block_in_place(|| one.start());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let asked = load.stop().await;
    let (before, after): (Vec<_>, Vec<_>) = asked.into_iter().partition(|asked| asked.began < gone);
    let lost = before.iter().filter(|asked| asked.wrong.is_some());
    let in_flight = before.iter().filter(|asked| asked.ended >= killed).count();
    let lost: Vec<&Asked> = lost.collect();
    let longest = after.iter().map(|asked| asked.ended - asked.began).max().unwrap_or_default();
    println!(
        "killed: {} of {} lost, {in_flight} in flight; {} afterwards, the longest in {longest:?}",
        lost.len(),
        before.len(),
        after.len()
    );
    assert!(lost.iter().all(|asked| asked.ended >= killed), "{lost:?}");
    assert!(lost.len() <= 2 * usize::from(READERS), "no more than were asking: {lost:?}");
    let wrong: Vec<&Asked> = after.iter().filter(|asked| asked.wrong.is_some()).collect();
    assert!(wrong.is_empty() && after.len() > 100, "{wrong:?}");
    assert!(longest <= STALL, "{longest:?}");

    let load = Load::start(front, &expected);
    for _ in 0..3 {
        for replica in [&mut one, &mut two] {
            tokio::time::sleep(Duration::from_secs(1)).await;
            tokio::task::block_in_place(|| replica.stop());
            tokio::time::sleep(Duration::from_millis(500)).await;
            tokio::task::block_in_place(|| replica.start());
        }
    }
    let asked = load.stop().await;
    let wrong: Vec<&Asked> = asked.iter().filter(|asked| asked.wrong.is_some()).collect();
    println!("stopped and started 6 times: {} of {} lost", wrong.len(), asked.len());
    assert!(wrong.is_empty() && asked.len() > 100, "{wrong:?}");

    // A client that is no trusted proxy cannot send a header.
    let mut forged = connect(Ipv4Addr::new(127, 0, 0, 9), ports[0].gopher).await.expect("it listens");
    forged.write_all(b"PROXY TCP4 192.0.2.1 10.0.0.9 4711 70\r\n/owls.txt\r\n").await.expect("it reads");
    let mut reply = Vec::new();
    // What was not read when it hung up may come back as a reset.
    let _ = forged.read_to_end(&mut reply).await;
    assert!(reply.is_empty());
    eventually(PATIENCE, || one.log(), |log| log.contains(" 127.0.0.9 ") && log.contains("unlisted-proxy"));

    tokio::task::block_in_place(|| [&mut one, &mut two].map(Replica::stop));
    for log in [one.log(), two.log()] {
        let pages: Vec<&str> = log.lines().filter(|line| line.contains("/owls.") && line.ends_with(" whole")).collect();
        let from = |reader: &str| pages.iter().filter(|line| line.split(' ').nth(2) == Some(reader)).count();
        assert!(pages.len() > 50, "{} pages", pages.len());
        let readers = (0..2).flat_map(|protocol| (1..=READERS).map(move |number| format!("127.1.{protocol}.{number}")));
        let named: usize = readers.map(|reader| from(&reader)).sum();
        assert!(named + from("127.0.0.1") == pages.len() && from("127.0.0.1") <= 5, "the one without a replica's name");
        assert!(
            log.lines().any(|line| line.contains(" 127.0.0.1 ") && line.contains(" /robots.txt ")),
            "HAProxy looks how it is"
        );
    }
}
