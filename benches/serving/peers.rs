//! The other servers, if they are installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::content::Content;
use crate::contestant::Running;
use testkit::process::{Process, free_port};

/// Another file server.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) gopher: bool,
    /// Whether it starts a process for each request, and so gets fewer requests.
    pub(crate) forks: bool,
    pub(crate) start: fn(&Path, &Content) -> Option<Running>,
}

pub(crate) const PEERS: [Peer; 4] = [
    Peer { name: "agate", gopher: false, forks: false, start: agate },
    Peer { name: "molly-brown", gopher: false, forks: false, start: molly_brown },
    Peer { name: "gophernicus", gopher: true, forks: true, start: gophernicus },
    Peer { name: "pygopherd", gopher: true, forks: true, start: pygopherd },
];

fn agate(folder: &Path, content: &Content) -> Option<Running> {
    let port = free_port();
    let mut command = Command::new(installed("agate")?);
    command.args(["--hostname", "localhost", "--addr", &format!("127.0.0.1:{port}")]);
    command.arg("--content").arg(&content.pages).arg("--certs").arg(folder.join("agate"));
    Some(Running { process: Process::start_listening(&mut command, port)?, port })
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
    let process = Process::start_listening(Command::new(program).arg("-c").arg(file), port)?;
    Some(Running { process, port })
}

/// Starts gophernicus as its packages configure it.
fn gophernicus(_: &Path, content: &Content) -> Option<Running> {
    let (program, activate) = (installed("gophernicus")?, installed("systemd-socket-activate")?);
    if nix::unistd::geteuid().is_root() {
        println!("gophernicus does not run as root");
        return None;
    }
    let port = free_port();
    let mut command = Command::new(activate);
    command.args(["--accept", "--inetd", "-l", &format!("127.0.0.1:{port}")]).arg(program);
    command.args(["-h", "localhost", "-p", &port.to_string(), "-nx", "-nu", "-r"]).arg(&content.pages);
    Some(Running { process: Process::start_listening(&mut command, port)?, port })
}

/// Starts pygopherd as its package configures it, except for the port and the pages.
fn pygopherd(folder: &Path, content: &Content) -> Option<Running> {
    let program = installed("pygopherd")?;
    let its_own = fs::read_to_string("/etc/pygopherd/pygopherd.conf").ok()?;
    let port = free_port();
    let ours = [
        ("port =", format!("port = {port}\ninterface = 127.0.0.1")),
        ("root =", format!("root = {}", content.pages.display())),
        ("usechroot =", "usechroot = no".to_owned()),
        ("pidfile =", format!("pidfile = {}", folder.join("pygopherd.pid").display())),
        ("logmethod =", "logmethod = file".to_owned()),
    ];
    let line = |line: &str| {
        let line = ours.iter().find(|(key, _)| line.starts_with(key)).map_or(line, |(_, ours)| ours);
        format!("{line}\n")
    };
    let file = folder.join("pygopherd.conf");
    fs::write(&file, its_own.lines().map(line).collect::<Vec<_>>().concat()).expect("writable");
    Some(Running { process: Process::start_listening(Command::new(program).arg(file), port)?, port })
}

/// Returns the path of a program, if it is installed.
fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let elsewhere = [PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")];
    std::env::split_paths(&path).chain(elsewhere).map(|folder| folder.join(program)).find(|file| file.is_file())
}
