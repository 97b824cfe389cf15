//! The program under measurement, with the time to its first answer.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use testkit::process::Lamplit;

/// Serves `content` on free ports and asks for the Gopher menu; returns how long that took from the start.
pub(crate) fn start(content: &Path, certs: &Path) -> (Lamplit, Duration) {
    let mut command = serve();
    command
        .arg(content)
        .args(["--hostname", "localhost", "--gemini", "127.0.0.1:0", "--gopher", "127.0.0.1:0"])
        .arg("--certs")
        .arg(certs);
    run(command, |server| {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.gopher)).expect("it listens");
        stream.write_all(b"\r\n").expect("it reads");
        let mut menu = String::new();
        stream.read_to_string(&mut menu).expect("text");
        assert!(menu.ends_with("\r\n.\r\n"), "{menu}");
    })
}

/// Serves what `config` configures; returns how long it took from the start until `first` had its answer.
pub(crate) fn configured(config: &Path, first: impl FnOnce(&Lamplit)) -> (Lamplit, Duration) {
    let mut command = serve();
    command.arg("--config").arg(config);
    run(command, first)
}

fn run(mut command: Command, first: impl FnOnce(&Lamplit)) -> (Lamplit, Duration) {
    let started = Instant::now();
    let server = Lamplit::start(&mut command).expect("it ended before it was ready");
    first(&server);
    let took = started.elapsed();
    (server, took)
}

fn serve() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamplit"));
    command.arg("serve");
    command
}
