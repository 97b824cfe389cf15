//! The server that is started, and what the system says of it.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::Target;
use crate::process::Process;

/// The bytes of what is large.
const LARGE: u64 = 100 << 20;

/// A Lamplit of our own, with the limits that it has by default, for an archive of one page and one large file.
pub(crate) struct Server {
    process: Process,
    _folder: TempDir,
}

impl Server {
    /// Starts it; it may have `files` open, if that is said.
    pub(crate) fn start(files: Option<u64>) -> (Self, Target) {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let content = folder.path().join("essays");
        fs::create_dir(&content).expect("writable");
        let words = "They call twice, then wait for an answer.\n\n".repeat(150);
        fs::write(content.join("owls.md"), format!("# Owls\n\n{words}")).expect("writable");
        // Of nothing but holes, it takes no room.
        let large = fs::File::create(content.join("large.bin")).expect("writable");
        large.set_len(LARGE).expect("a file system with holes");
        let limit = files.map_or_else(String::new, |files| format!("ulimit -n {files} && "));
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{limit}exec \"$0\" \"$@\"")).arg(env!("CARGO_BIN_EXE_lamplit"));
        command.arg("serve").arg(&content).args(["--hostname", "localhost", "--gopher", "off"]);
        command.args(["--gemini", "127.0.0.1:0", "--certs"]).arg(folder.path().join("certs"));
        let mut port = None;
        let process = Process::talking(&mut command, |line| {
            let url = line.split_once("gemini://").map(|(_, url)| url.trim_end_matches('/'));
            port = url.and_then(|url| url.rsplit_once(':')?.1.parse().ok()).or(port);
            line.starts_with("ready")
        });
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.expect("the banner says the port")));
        let target = Target {
            address,
            host: "localhost".to_owned(),
            page: "/owls.gmi".to_owned(),
            large: "/large.bin".to_owned(),
        };
        (Self { process, _folder: folder }, target)
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

/// What a process takes; nothing is known of one on another machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Gauge {
    /// Resident memory in millions of bytes.
    pub(crate) megabytes: f64,
    pub(crate) threads: usize,
    /// Open files.
    pub(crate) files: usize,
}

impl Gauge {
    /// What it takes now.
    pub(crate) fn of(process: Option<u64>) -> Self {
        let Some(process) = process else { return Self::default() };
        let count = |name: &str| fs::read_dir(format!("/proc/{process}/{name}")).map_or(0, Iterator::count);
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = resident.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        Self {
            megabytes: kibibytes.unwrap_or_default() * 1024.0 / 1e6,
            threads: count("task"),
            files: count("fd"),
        }
    }

    /// The most of each that it takes until `until`.
    pub(crate) async fn most(process: Option<u64>, until: Instant) -> Self {
        let mut most = Self::of(process);
        while Instant::now() < until {
            sleep(Duration::from_millis(200)).await;
            let now = Self::of(process);
            most.megabytes = most.megabytes.max(now.megabytes);
            most.threads = most.threads.max(now.threads);
            most.files = most.files.max(now.files);
        }
        most
    }
}
