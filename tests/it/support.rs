//! Helpers for tests of the program: a server in a process of its own, and requests to it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use testkit::process::port;

/// How long a test waits before it fails. It is reached only if something is broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// Returns a folder that is removed on drop.
pub(crate) fn scratch_folder() -> TempDir {
    tempfile::Builder::new().prefix("lamplit-test-").tempdir().expect("a scratch folder")
}

/// Returns the program, without variables of the environment that affect it.
pub(crate) fn lamplit() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamplit"));
    for name in ["CONFIG", "CONTENT", "HOSTNAME", "GEMINI", "GOPHER", "CERTS", "USER"] {
        command.env_remove(format!("LAMPLIT_{name}"));
    }
    // Some machines keep the folders of tests in memory.
    command.env("LAMPLIT_EPHEMERAL_KEYS", "yes");
    command.stdin(Stdio::null());
    command
}

/// Runs a command that must succeed and gives what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{stderr}", output.status);
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs a command that must end by itself, and gives how it ended. A process that does not end, such as a server that
/// should not start, is killed, and the test fails with its output.
pub(crate) fn ended(command: &mut Command) -> Output {
    ended_within(PATIENCE, command)
}

fn ended_within(patience: Duration, command: &mut Command) -> Output {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let stdout = Collected::of(process.stdout.take().expect("piped"));
    let stderr = Collected::of(process.stderr.take().expect("piped"));
    let deadline = Instant::now() + patience;
    let status = loop {
        if let Some(status) = process.try_wait().expect("it is our child") {
            break status;
        }
        if Instant::now() >= deadline {
            process.kill().expect("it is our child");
            process.wait().expect("it is our child");
            panic!("{command:?} goes on, and said so far:\n{}", stderr.so_far());
        }
        thread::sleep(Duration::from_millis(5));
    };
    Output { status, stdout: stdout.all(), stderr: stderr.all() }
}

#[test]
#[should_panic(expected = "goes on, and said so far:\nready")]
fn program_that_does_not_end_fails_its_test() {
    let mut shell = Command::new("sh");
    shell.args(["-c", "echo ready >&2; exec sleep 600"]);
    ended_within(Duration::from_secs(1), &mut shell);
}

/// The output of a process on one stream, read continuously so that the process never blocks.
struct Collected(Arc<Mutex<Vec<u8>>>, thread::JoinHandle<()>);

impl Collected {
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&said);
        let reading = thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Some(read) = stream.read(&mut buffer).ok().filter(|read| *read > 0) {
                kept.lock().expect("unspoilt").extend(&buffer[..read]);
            }
        });
        Self(said, reading)
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("unspoilt")).into_owned()
    }

    /// Returns everything, once all writers have closed the stream.
    fn all(self) -> Vec<u8> {
        self.1.join().expect("it only reads");
        std::mem::take(&mut *self.0.lock().expect("unspoilt"))
    }
}

/// Repeats `answer` until it is `good`; panics with the last answer after `within`.
pub(crate) fn eventually<T: std::fmt::Debug>(
    within: Duration,
    mut answer: impl FnMut() -> T,
    good: impl Fn(&T) -> bool,
) -> T {
    let deadline = Instant::now() + within;
    loop {
        let last = answer();
        if good(&last) {
            return last;
        }
        assert!(Instant::now() < deadline, "still not after {within:?}: {last:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// An answer over Gemini.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The header line, as in `20 text/gemini; lang=en`.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: String,
}

/// `lamplit serve` on ports of the system's choice; killed when dropped.
pub(crate) struct Server {
    process: Child,
    said: Arc<Mutex<String>>,
    gemini_port: u16,
    gopher_port: u16,
    /// The line of the startup message about sockets, if any.
    listening: String,
    /// Kept until the server is dropped; none if the folder is the test's own.
    certs: Option<TempDir>,
}

impl Server {
    /// Serves `content` with keys of its own; returns once it listens.
    pub(crate) fn start(content: &Path) -> Self {
        let certs = scratch_folder();
        let mut server = Self::start_with_keys(content, certs.path());
        server.certs = Some(certs);
        server
    }

    /// Serves `content` with the keys in `certs`; returns once it listens.
    pub(crate) fn start_with_keys(content: &Path, certs: &Path) -> Self {
        Self::from_command(serve(content, certs))
    }

    /// Runs `command`, one that serves; returns once it listens.
    pub(crate) fn from_command(mut command: Command) -> Self {
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the program starts");
        let said = Arc::new(Mutex::new(String::new()));
        let lines = listen(&mut process, &said);
        let (mut gemini_port, mut gopher_port, mut listening) = (None, None, String::new());
        loop {
            let line = lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("no line that starts with `ready` in:\n{}", said.lock().expect("unspoilt")));
            gemini_port = gemini_port.or(port(&line, "gemini://"));
            gopher_port = gopher_port.or(port(&line, "gopher://"));
            if line.trim_start().starts_with("listening on ") {
                listening = line;
            } else if line.starts_with("ready") {
                break;
            }
        }
        Self {
            process,
            said,
            gemini_port: gemini_port.unwrap_or(1965),
            gopher_port: gopher_port.unwrap_or(70),
            listening,
            certs: None,
        }
    }

    /// Returns the sockets of Gemini in the startup message, which names them if another port is advertised.
    pub(crate) fn gemini_sockets(&self) -> Vec<SocketAddr> {
        self.sockets("(Gemini)")
    }

    /// As [`gemini_sockets`](Self::gemini_sockets), for Gopher.
    pub(crate) fn gopher_sockets(&self) -> Vec<SocketAddr> {
        self.sockets("(Gopher)")
    }

    fn sockets(&self, spoken: &str) -> Vec<SocketAddr> {
        let words: Vec<&str> = self.listening.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let found = words.windows(2).filter(|two| two[1] == spoken).map(|two| two[0].parse().expect("an address"));
        found.collect()
    }

    /// Returns the loopback address of Gemini.
    pub(crate) fn gemini_address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.gemini_port).into()
    }

    /// Returns the loopback address of Gopher.
    pub(crate) fn gopher_address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.gopher_port).into()
    }

    /// Returns the URL of `path` over Gemini.
    pub(crate) fn gemini(&self, path: &str) -> String {
        format!("gemini://localhost:{}{path}", self.gemini_port)
    }

    /// Returns the URL of `path`, item type included, over Gopher.
    pub(crate) fn gopher(&self, path: &str) -> String {
        format!("gopher://localhost:{}{path}", self.gopher_port)
    }

    /// Returns the reply to `path` over Gemini, by `lamplit get`.
    pub(crate) fn ask_gemini(&self, path: &str) -> Reply {
        let output = lamplit().arg("get").arg(self.gemini(path)).output().expect("the program starts");
        Reply {
            head: String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned(),
            body: String::from_utf8(output.stdout).expect("UTF-8"),
        }
    }

    /// Returns the reply to `selector` over a plain socket.
    pub(crate) fn ask_gopher(&self, selector: &str) -> String {
        ask_gopher(self.gopher_address(), selector)
    }

    /// Returns the output on standard error so far.
    pub(crate) fn said(&self) -> String {
        self.said.lock().expect("unspoilt").clone()
    }

    /// Returns the process id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a signal by its name without `SIG`.
    pub(crate) fn signal(&self, name: &str) {
        // The shell's own `kill` is everywhere; the program of that name is not.
        run(Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.process.id())));
    }

    /// Sends SIGTERM and returns the exit status.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        eventually(PATIENCE, || self.process.try_wait().expect("it is our child"), Option::is_some).expect("it ended")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the reply to `selector` of the Gopher server at `address`.
pub(crate) fn ask_gopher(address: SocketAddr, selector: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    stream.write_all(format!("{selector}\r\n").as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers with text and closes");
    answer
}

/// `lamplit serve` on loopback, on ports of the system's choice.
pub(crate) fn serve(content: &Path, certs: &Path) -> Command {
    let mut command = lamplit();
    command
        .arg("serve")
        .arg(content)
        .args(["--hostname", "localhost", "--gemini", "127.0.0.1:0", "--gopher", "127.0.0.1:0", "--certs"])
        .arg(certs)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// Returns a configuration in a folder of its own, with keys there, on loopback, on ports of the system's choice; and
/// `capsules`.
pub(crate) fn configured(capsules: &str) -> Configured {
    let configured = Configured(scratch_folder());
    configured.write(capsules);
    configured
}

pub(crate) struct Configured(TempDir);

impl Configured {
    /// Replaces the text, as editors do.
    pub(crate) fn write(&self, capsules: &str) {
        let text = format!(
            "certs = \"certs\"\n[gemini]\nlisten = \"127.0.0.1:0\"\n[gopher]\nlisten = \"127.0.0.1:0\"\n{capsules}"
        );
        fs::write(self.0.path().join("new"), text).expect("writable");
        fs::rename(self.0.path().join("new"), self.file()).expect("the same folder");
    }

    /// Returns the path of the configuration.
    pub(crate) fn file(&self) -> PathBuf {
        self.0.path().join("lamplit.toml")
    }

    /// Returns the command `lamplit serve` with the configuration.
    pub(crate) fn serve(&self) -> Command {
        let mut command = lamplit();
        command.args(["serve", "--config"]).arg(self.file());
        command
    }
}

/// Reads standard error to its end, so that the process never blocks, and passes on each line.
fn listen(process: &mut Child, said: &Arc<Mutex<String>>) -> Receiver<String> {
    let stderr = BufReader::new(process.stderr.take().expect("piped"));
    let said = Arc::clone(said);
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            let mut said = said.lock().expect("unspoilt");
            said.push_str(&line);
            said.push('\n');
            // The receiver is dropped once the server is ready.
            let _ = sender.send(line);
        }
    });
    receiver
}
