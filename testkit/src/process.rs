//! Servers in processes of their own, and what Linux tells of the resources of a process.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The clock ticks per second in which Linux counts processor time (`sysconf`(3), `_SC_CLK_TCK`).
const TICKS: u64 = 100;

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server in a process of its own, killed on drop.
pub struct Process {
    child: Child,
    lines: Arc<AtomicUsize>,
}

/// A Lamplit in a process of its own, with the ports it listens on, on loopback.
pub struct Lamplit {
    /// The process.
    pub process: Process,
    /// The port of Gemini; 0 if the startup message names none.
    pub gemini: u16,
    /// The port of Gopher; 0 if the startup message names none.
    pub gopher: u16,
}

impl Lamplit {
    /// Runs a `lamplit serve` and returns once it listens; `None` if it ends before that.
    pub fn start(command: &mut Command) -> Option<Self> {
        let (mut gemini, mut gopher) = (0, 0);
        let process = Process::start(command, |line| {
            gemini = port(line, "gemini://").unwrap_or(gemini);
            gopher = port(line, "gopher://").unwrap_or(gopher);
            line.starts_with("ready")
        })?;
        Some(Self { process, gemini, gopher })
    }

    /// Returns the port of Gopher or of Gemini.
    pub fn port(&self, gopher: bool) -> u16 {
        if gopher { self.gopher } else { self.gemini }
    }
}

impl Process {
    /// Starts a server and returns once one of its lines on standard error is `ready`; `None` if it ends before that.
    pub fn start(command: &mut Command, ready: impl FnMut(&str) -> bool) -> Option<Self> {
        let mut child = spawn(command.stderr(Stdio::piped()));
        let stderr = child.stderr.take().expect("piped");
        let process = Self { child, lines: Arc::default() };
        read_until(BufReader::new(stderr), ready, Arc::clone(&process.lines)).then_some(process)
    }

    /// Starts a server of another make and returns once it listens on `port`; `None` if it does not.
    pub fn start_listening(command: &mut Command, port: u16) -> Option<Self> {
        let mut process = Self { child: spawn(command.stderr(Stdio::null())), lines: Arc::default() };
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = process.child.try_wait().expect("a child process").is_some();
            if ended || started.elapsed() > PATIENCE {
                println!("{} is left out: it does not listen", command.get_program().display());
                return None;
            }
            thread::sleep(Duration::from_millis(20));
        }
        Some(process)
    }

    /// Returns the process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns how many lines the process has written to standard error since it was ready.
    pub fn lines(&self) -> usize {
        self.lines.load(Ordering::Relaxed)
    }

    /// Sends a signal, named as in `TERM`.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.id());
        let sent = Command::new("sh").arg("-c").arg(kill).status().expect("a shell");
        assert!(sent.success(), "there is no process {}", self.id());
    }

    /// Waits until the process ends.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().expect("a child process")
    }

    /// Returns the processor time of the process so far, with that of its ended threads and children, in steps of 10 ms
    /// (`proc_pid_stat`(5)).
    pub fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id())).expect("Linux");
        // The name of the program, in parentheses, may contain anything.
        let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
        // Fields 14 to 17 of the manual; the first behind the name is number 3.
        let fields = fields.split_whitespace().skip(11).take(4);
        let ticks: u64 = fields.map(|field| field.parse::<u64>().expect("a number")).sum();
        Duration::from_millis(ticks * 1_000 / TICKS)
    }

    /// Returns the processor time of the running threads so far, in nanoseconds.
    pub fn cpu_of_threads(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.id())).expect("Linux");
        let nanoseconds = tasks.filter_map(|task| {
            let stat = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            stat.split_whitespace().next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// Returns a size of memory in megabytes, by its name in `proc_pid_status`(5), such as `VmRSS`.
    pub fn memory(&self, name: &str) -> f64 {
        memory(self.id(), name).expect("a process that runs")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Resources of a process; zero where nothing is known, as of a process on another machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gauge {
    /// Resident memory, in megabytes.
    pub megabytes: f64,
    /// Threads.
    pub threads: usize,
    /// Open files.
    pub files: usize,
}

impl Gauge {
    /// Returns the present resources of a process.
    pub fn of(process: Option<u32>) -> Self {
        let Some(process) = process else { return Self::default() };
        let count = |name: &str| fs::read_dir(format!("/proc/{process}/{name}")).map_or(0, Iterator::count);
        Self { megabytes: memory(process, "VmRSS").unwrap_or_default(), threads: count("task"), files: count("fd") }
    }

    /// Returns the larger of each of two measurements.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            megabytes: self.megabytes.max(other.megabytes),
            threads: self.threads.max(other.threads),
            files: self.files.max(other.files),
        }
    }
}

/// A thread that watches a process for the most it takes of each resource.
pub struct Peak {
    done: Arc<AtomicBool>,
    thread: JoinHandle<Gauge>,
}

impl Peak {
    /// Starts to look at a process at an interval.
    pub fn watch(process: Option<u32>, interval: Duration) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&done);
        let watch = move || {
            let mut peak = Gauge::of(process);
            while !ended.load(Ordering::Relaxed) {
                thread::sleep(interval);
                peak = peak.max(Gauge::of(process));
            }
            peak
        };
        Self { done, thread: thread::spawn(watch) }
    }

    /// Ends the thread and returns what it found.
    pub fn stop(self) -> Gauge {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().expect("a thread that does not fail")
    }
}

/// Returns a port that is free at the moment, for servers that cannot choose one themselves.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Returns the port of the first URL with `scheme` in a line of the startup message.
pub fn port(line: &str, scheme: &str) -> Option<u16> {
    let (_, url) = line.split_once(scheme)?;
    let authority = url.split(|c: char| c == '/' || c.is_whitespace()).next()?;
    authority.rsplit_once(':')?.1.parse().ok()
}

fn memory(process: u32, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? * 1024.0 / 1e6)
}

fn spawn(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the program starts")
}

/// Reads lines until one is `ready`; returns whether one was. The lines behind it are counted.
fn read_until(
    mut stderr: impl BufRead + Send + 'static,
    mut ready: impl FnMut(&str) -> bool,
    lines: Arc<AtomicUsize>,
) -> bool {
    loop {
        let mut line = String::new();
        if stderr.read_line(&mut line).expect("text") == 0 {
            return false;
        }
        if ready(line.trim_end()) {
            break;
        }
    }
    // A full pipe would block the process.
    thread::spawn(move || {
        for _ in stderr.split(b'\n').map_while(Result::ok) {
            lines.fetch_add(1, Ordering::Relaxed);
        }
    });
    true
}
