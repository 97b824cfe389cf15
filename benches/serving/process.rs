//! A server in a process of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The clock ticks of a second in which Linux counts processor time for everybody (`sysconf`(3), `_SC_CLK_TCK`).
const TICKS: u64 = 100;

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Process {
    child: Child,
    lines: Arc<AtomicUsize>,
}

impl Process {
    /// Starts a server that says where it listens; hands its standard error line by line to `ready` until that is
    /// content.
    pub(crate) fn talking(command: &mut Command, ready: impl FnMut(&str) -> bool) -> Self {
        Self::perhaps(command, ready).expect("it ended before it was ready")
    }

    /// The same; none if it ends before that.
    pub(crate) fn perhaps(command: &mut Command, ready: impl FnMut(&str) -> bool) -> Option<Self> {
        let mut child = spawn(command.stderr(Stdio::piped()));
        let said = child.stderr.take().expect("piped");
        let process = Self { child, lines: Arc::default() };
        listen(BufReader::new(said), ready, Arc::clone(&process.lines)).then_some(process)
    }

    /// Starts a server that listens on `port` when it is ready; none if it never is. What others need to run, and
    /// where, is theirs to know.
    pub(crate) fn silent(command: &mut Command, port: u16) -> Option<Self> {
        let mut process = Self { child: spawn(command.stderr(Stdio::null())), lines: Arc::default() };
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = process.child.try_wait().expect("a process of ours").is_some();
            if ended || started.elapsed() > PATIENCE {
                println!("{} is left out: it does not listen", command.get_program().display());
                return None;
            }
            thread::sleep(Duration::from_millis(20));
        }
        Some(process)
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How many lines it has said since it was ready.
    pub(crate) fn lines(&self) -> usize {
        self.lines.load(Ordering::Relaxed)
    }

    /// Sends it a signal, as in `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        signal(u64::from(self.id()), name);
    }

    /// Waits for its end, however long that takes.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().expect("a process of ours")
    }

    /// The processor time it took so far, with that of children that have ended (`proc_pid_stat`(5)).
    pub(crate) fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("Linux");
        // The name of the program, in parentheses, may contain anything.
        let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
        // Fields 14 to 17 of the manual; the first behind the name is number 3.
        let ticks: u64 = fields
            .split_whitespace()
            .skip(11)
            .take(4)
            .map(|field| field.parse::<u64>().expect("a number"))
            .sum();
        Duration::from_millis(ticks * 1_000 / TICKS)
    }

    /// Resident memory in millions of bytes.
    pub(crate) fn megabytes(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process that runs");
        let kibibytes: f64 = line.split_whitespace().next().and_then(|kb| kb.parse().ok()).expect("a number");
        kibibytes * 1024.0 / 1e6
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on at the moment, for servers that cannot be asked to choose one.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Sends a signal, as in `TERM`, to a process.
pub(crate) fn signal(process: u64, name: &str) {
    let kill = format!("kill -{name} {process}");
    let sent = Command::new("sh").arg("-c").arg(kill).status().expect("a shell");
    assert!(sent.success(), "there is no process {process}");
}

fn spawn(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the program starts")
}

fn listen(
    mut said: impl BufRead + Send + 'static,
    mut ready: impl FnMut(&str) -> bool,
    lines: Arc<AtomicUsize>,
) -> bool {
    loop {
        let mut line = String::new();
        if said.read_line(&mut line).expect("text") == 0 {
            return false;
        }
        if ready(line.trim_end()) {
            break;
        }
    }
    // Whatever else it says must not fill the pipe.
    thread::spawn(move || {
        for _ in said.split(b'\n').map_while(Result::ok) {
            lines.fetch_add(1, Ordering::Relaxed);
        }
    });
    true
}
