//! Who is measured: the floor, Lamplit, and the other servers that are installed here.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tokio::net::TcpStream;

use crate::content::Content;
use crate::load;
use crate::process::{Process, free_port};
use crate::scenario::{SCENARIOS, Scenario, Way};
use crate::tls_client;

/// A server with what it is asked for.
pub(crate) struct Contestant<'f> {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    pub(crate) request: String,
    /// The bytes of its whole reply.
    pub(crate) length: usize,
    process: &'f Process,
}

impl Contestant<'_> {
    pub(crate) fn cpu(&self) -> Duration {
        self.process.cpu()
    }
}

/// All servers, running.
pub(crate) struct Fleet {
    /// One for each page: it knows no other.
    floors: HashMap<(bool, &'static str), Running>,
    lamplit: Lamplit,
    peers: Vec<(Peer, Running)>,
}

struct Running {
    process: Process,
    port: u16,
}

struct Lamplit {
    process: Process,
    gemini: u16,
    gopher: u16,
}

/// Another server of files.
struct Peer {
    name: &'static str,
    gopher: bool,
    start: fn(&Path, &Content) -> Option<Running>,
}

const PEERS: [Peer; 3] = [
    Peer { name: "agate", gopher: false, start: agate },
    Peer { name: "molly-brown", gopher: false, start: molly_brown },
    Peer { name: "gophernicus", gopher: true, start: gophernicus },
];

impl Fleet {
    /// Starts everybody; without `peers` only who is ours.
    pub(crate) fn start(folder: &Path, content: &Content, peers: bool) -> Self {
        let lamplit = lamplit(folder, content);
        let mut floors = HashMap::new();
        for scenario in &SCENARIOS {
            let gopher = scenario.way == Way::Gopher;
            if floors.contains_key(&(gopher, scenario.path)) {
                continue;
            }
            let port = if gopher { lamplit.gopher } else { lamplit.gemini };
            let reply = fetch(scenario.way, port, &request(scenario, port)).expect("a page of ours");
            let page = folder.join(format!("floor-{}", floors.len()));
            fs::write(&page, &reply).expect("writable");
            floors.insert((gopher, scenario.path), floor(gopher, &page));
            let body = match reply.windows(2).position(|two| two == b"\r\n") {
                Some(head) if !gopher => &reply[head + 2..],
                _ => &reply[..],
            };
            fs::write(content.pages.join(file_name(scenario)), body).expect("writable");
        }
        let running = |peer: Peer| Some(((peer.start)(folder, content)?, peer));
        let peers = PEERS
            .into_iter()
            .filter(|_| peers)
            .filter_map(running)
            .map(|(running, peer)| (peer, running))
            .collect();
        Self { floors, lamplit, peers }
    }

    /// The floor first, then Lamplit, then whoever else speaks the protocol.
    pub(crate) fn contestants(&self, scenario: &Scenario) -> Vec<Contestant<'_>> {
        let gopher = scenario.way == Way::Gopher;
        let contestant = |name, process, port| {
            let request = request(scenario, port);
            match fetch(scenario.way, port, &request) {
                Ok(reply) => Some(Contestant { name, port, request, length: reply.len(), process }),
                Err(error) => {
                    println!("{name} is left out: {error}");
                    None
                }
            }
        };
        let floor = &self.floors[&(gopher, scenario.path)];
        let port = if gopher { self.lamplit.gopher } else { self.lamplit.gemini };
        let ours = [("floor", &floor.process, floor.port), ("lamplit", &self.lamplit.process, port)];
        let peers = self.peers.iter().filter(|(peer, _)| peer.gopher == gopher);
        let peers = peers.map(|(peer, running)| (peer.name, &running.process, running.port));
        ours.into_iter()
            .chain(peers)
            .filter_map(|(name, process, port)| contestant(name, process, port))
            .collect()
    }

    pub(crate) fn names(&self) -> String {
        let peers: Vec<&str> = self.peers.iter().map(|(peer, _)| peer.name).collect();
        format!("floor lamplit {}", peers.join(" "))
    }

    /// Resident memory of each server, in millions of bytes.
    pub(crate) fn memory(&self) -> Vec<(&'static str, f64)> {
        let peers = self.peers.iter().map(|(peer, running)| (peer.name, running.process.megabytes()));
        std::iter::once(("lamplit", self.lamplit.process.megabytes())).chain(peers).collect()
    }
}

fn request(scenario: &Scenario, port: u16) -> String {
    match scenario.way {
        Way::Gopher => format!("{}\r\n", scenario.path),
        Way::Gemini | Way::Resumed => format!("gemini://localhost:{port}{}\r\n", scenario.path),
    }
}

/// What the page of a scenario is called in a folder of finished pages.
fn file_name(scenario: &Scenario) -> &'static str {
    match (scenario.path, scenario.way) {
        ("/", Way::Gopher) => "gophermap",
        ("/", _) => "index.gmi",
        (path, _) => path.trim_start_matches('/'),
    }
}

/// One reply, whole.
fn fetch(way: Way, port: u16, request: &str) -> io::Result<Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        if way == Way::Gopher {
            return load::ask(stream, request).await;
        }
        let tls = tls_client::connector(None);
        load::ask(tls.connect(tls_client::name("localhost"), stream).await.expect("a handshake"), request)
            .await
    })
}

fn floor(gopher: bool, page: &Path) -> Running {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["floor", if gopher { "gopher" } else { "gemini" }]).arg(page);
    let mut port = 0;
    let process = Process::talking(&mut command, |line| {
        port = line.strip_prefix("port ").and_then(|port| port.parse().ok()).unwrap_or(0);
        port != 0
    });
    Running { process, port }
}

/// With deadlines, limits and the access log on, as by default; only the limit of one address is raised, for all
/// readers come from one.
fn lamplit(folder: &Path, content: &Content) -> Lamplit {
    let file = folder.join("config.toml");
    let text = format!(
        "certs = '{}'\n[[capsule]]\nhostname = 'localhost'\ncontent = '{}'\n[gemini]\nlisten = [\"127.0.0.1:0\"]\n\
         [gopher]\nlisten = [\"127.0.0.1:0\"]\n[limits]\nper_address = 1024\n",
        folder.join("certs").display(),
        content.markdown.display()
    );
    fs::write(&file, text).expect("writable");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamplit"));
    command.arg("serve").arg("--config").arg(file);
    let (mut gemini, mut gopher) = (0, 0);
    let process = Process::talking(&mut command, |line| {
        let port = |scheme: &str| {
            let (_, rest) = line.split_once(scheme)?;
            rest.trim_end_matches('/').rsplit_once(':')?.1.parse().ok()
        };
        gemini = port("gemini://").unwrap_or(gemini);
        gopher = port("gopher://").unwrap_or(gopher);
        line.starts_with("ready")
    });
    Lamplit { process, gemini, gopher }
}

fn agate(folder: &Path, content: &Content) -> Option<Running> {
    let port = free_port();
    let mut command = Command::new(installed("agate")?);
    command.args(["--hostname", "localhost", "--addr", &format!("127.0.0.1:{port}")]);
    command.arg("--content").arg(&content.pages).arg("--certs").arg(folder.join("agate"));
    Some(Running { process: Process::silent(&mut command, port)?, port })
}

fn molly_brown(folder: &Path, content: &Content) -> Option<Running> {
    let program = installed("molly-brown")?;
    let port = free_port();
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let write = |name: &str, tag: &str, der: Vec<u8>| {
        let file = folder.join(name);
        fs::write(&file, pem::encode(&pem::Pem::new(tag, der))).expect("writable");
        file
    };
    let certificate = write("molly.crt", "CERTIFICATE", pair.cert.der().to_vec());
    let key = write("molly.key", "PRIVATE KEY", pair.signing_key.serialize_der());
    let file = folder.join("molly.conf");
    let text = format!(
        "Hostname = \"localhost\"\nPort = {port}\nCertPath = '{}'\nKeyPath = '{}'\nDocBase = '{}'\n\
         AccessLog = '{}'\nErrorLog = '{}'\n",
        certificate.display(),
        key.display(),
        content.pages.display(),
        folder.join("molly.access").display(),
        folder.join("molly.error").display(),
    );
    fs::write(&file, text).expect("writable");
    let process = Process::silent(Command::new(program).arg("-c").arg(file), port)?;
    Some(Running { process, port })
}

/// A process for each request, as its packages set it up.
fn gophernicus(_: &Path, content: &Content) -> Option<Running> {
    let (program, activate) = (installed("gophernicus")?, installed("systemd-socket-activate")?);
    let port = free_port();
    let mut command = Command::new(activate);
    command.args(["--accept", "--inetd", "-l", &format!("127.0.0.1:{port}")]).arg(program);
    command.args(["-h", "localhost", "-p", &port.to_string(), "-nx", "-nu", "-r"]).arg(&content.pages);
    Some(Running { process: Process::silent(&mut command, port)?, port })
}

/// Where a program is, if it is anywhere.
fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let elsewhere = [PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")];
    std::env::split_paths(&path)
        .chain(elsewhere)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
