//! The program under measurement, in a process of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) struct Server {
    process: Child,
    pub(crate) gemini: u16,
    pub(crate) gopher: u16,
    /// From its start to the end of the first page it served.
    pub(crate) first_answer: Duration,
}

impl Server {
    /// Serves `content` on ports of the system's choice, until dropped.
    pub(crate) fn start(content: &Path, certs: &Path) -> Self {
        let mut command = serve();
        command
            .arg(content)
            .args(["--hostname", "localhost", "--gemini", "127.0.0.1:0", "--gopher", "127.0.0.1:0"])
            .arg("--certs")
            .arg(certs);
        Self::run(command, |server| {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.gopher)).expect("it listens");
            stream.write_all(b"\r\n").expect("it reads");
            let mut menu = String::new();
            stream.read_to_string(&mut menu).expect("text");
            assert!(menu.ends_with("\r\n.\r\n"), "{menu}");
        })
    }

    /// Serves what the configuration in `config` says; `first` asks the first question.
    pub(crate) fn configured(config: &Path, first: impl FnOnce(&Self)) -> Self {
        let mut command = serve();
        command.arg("--config").arg(config);
        Self::run(command, first)
    }

    fn run(mut command: Command, first: impl FnOnce(&Self)) -> Self {
        let started = Instant::now();
        let mut process = command.spawn().expect("the program starts");
        let mut said = BufReader::new(process.stderr.take().expect("piped"));
        let (mut gemini, mut gopher) = (0, 0);
        loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).expect("text") > 0, "it ended before it was ready");
            gemini = port(&line, "gemini://").unwrap_or(gemini);
            gopher = port(&line, "gopher://").unwrap_or(gopher);
            if line.starts_with("ready") {
                break;
            }
        }
        // Whatever else it says must not fill the pipe.
        thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let mut server = Self { process, gemini, gopher, first_answer: Duration::ZERO };
        first(&server);
        server.first_answer = started.elapsed();
        server
    }

    /// A size in megabytes, as Linux tells it of processes (`proc_pid_status`(5)).
    pub(crate) fn memory(&self, what: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kibibytes.expect("a number") * 1024.0 / 1e6
    }

    /// The processor time it took so far, of all its threads.
    pub(crate) fn cpu(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.process.id())).expect("Linux");
        let nanoseconds = tasks.filter_map(|task| {
            let said = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            said.split_whitespace().next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamplit"));
    command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn port(line: &str, scheme: &str) -> Option<u16> {
    let (_, url) = line.split_once(scheme)?;
    let authority = url.split(|c: char| c == '/' || c.is_whitespace()).next()?;
    authority.rsplit_once(':')?.1.parse().ok()
}
