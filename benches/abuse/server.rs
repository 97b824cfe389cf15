//! A Lamplit started for a trial, with a generated archive.

use std::fmt::Write;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use tempfile::TempDir;

use crate::report::Report;
use crate::target::{Speech, Target};
use testkit::process::{Lamplit, Process};

/// The size of the large file in bytes.
const LARGE: u64 = 100 << 20;

/// Capabilities that let a process read files against their permissions.
const READING_ALL: &str = "-dac_override,-dac_read_search";

/// A folder with the files of a server: `essays`, `certs`, `config.toml`.
pub(crate) struct Home {
    folder: TempDir,
}

/// How a server is started.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner<'m> {
    /// Lines of `[limits]`.
    pub(crate) limits: &'m str,
    /// The limit of open files.
    pub(crate) files: Option<u64>,
    /// Whether the server loses the superuser's right to read all files.
    pub(crate) bound: bool,
    /// How often folders are compared with what is published, in seconds.
    pub(crate) poll: Option<u64>,
    /// The folder of hosted capsules.
    pub(crate) hosted: Option<&'m str>,
}

pub(crate) struct Server {
    process: Process,
    pub(crate) gemini: Target,
    pub(crate) gopher: Target,
    pub(crate) home: Home,
}

impl Home {
    /// Creates an archive of one page, one picture and one large file.
    pub(crate) fn new() -> Self {
        let home = Self { folder: tempfile::tempdir().expect("a scratch folder") };
        fs::create_dir(home.essays()).expect("writable");
        fs::write(home.essays().join("owls.md"), page()).expect("writable");
        fs::write(home.essays().join("owl.png"), vec![7; 20_000]).expect("writable");
        // A sparse file takes no space.
        let large = fs::File::create(home.essays().join("large.bin")).expect("writable");
        large.set_len(LARGE).expect("a file system with holes");
        home
    }

    /// Reads the large file, so that the system has it in memory.
    pub(crate) fn read_large(&self) {
        let mut large = fs::File::open(self.essays().join("large.bin")).expect("it is there");
        io::copy(&mut large, &mut io::sink()).expect("readable");
    }

    pub(crate) fn essays(&self) -> PathBuf {
        self.folder.path().join("essays")
    }

    pub(crate) fn certs(&self) -> PathBuf {
        self.folder.path().join("certs")
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the command that serves the folder.
    pub(crate) fn command(&self, manner: Manner<'_>) -> Command {
        let config = format!(
            "certs = \"certs\"\n{}[[capsule]]\nhostname = \"localhost\"\ncontent = \"essays\"\n{}\
             [gemini]\nlisten = [\"127.0.0.1:0\"]\n[gopher]\nlisten = [\"127.0.0.1:0\"]\n\
             [limits]\n{}\n[log]\nfile = \"access.log\"\n",
            manner.hosted.map(|folder| format!("capsules = {folder:?}\n")).unwrap_or_default(),
            manner.poll.map(|seconds| format!("poll = {seconds}\n")).unwrap_or_default(),
            manner.limits
        );
        fs::write(self.path().join("config.toml"), config).expect("writable");
        let mut script = String::new();
        if let Some(files) = manner.files {
            write!(script, "ulimit -n {files} && ").expect("a string takes everything");
        }
        script.push_str("exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.arg("-c").arg(script);
        if manner.bound {
            command.args(["setpriv", "--bounding-set", READING_ALL, "--inh-caps", READING_ALL]);
        }
        command.arg(env!("CARGO_BIN_EXE_lamplit")).args(["serve", "--config"]);
        command.arg(self.path().join("config.toml"));
        // As in the systemd unit.
        command.env("MALLOC_MMAP_THRESHOLD_", "131072");
        command
    }
}

impl Server {
    /// Starts a server in a new folder.
    pub(crate) fn start(manner: Manner<'_>) -> Self {
        Self::at(Home::new(), manner)
    }

    /// Starts a server in an existing folder.
    pub(crate) fn at(home: Home, manner: Manner<'_>) -> Self {
        Self::perhaps_at(home, manner).expect("it ended before it was ready")
    }

    /// Starts a server as [`Self::at`] does; returns `None` if it ends before it is ready.
    pub(crate) fn perhaps_at(home: Home, manner: Manner<'_>) -> Option<Self> {
        let Lamplit { process, gemini, gopher } = Lamplit::start(&mut home.command(manner))?;
        let target = |speech, port: u16, page: &str| Target {
            speech,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            host: "localhost".to_owned(),
            page: page.to_owned(),
            large: "/large.bin".to_owned(),
        };
        let gemini = target(Speech::Gemini, gemini, "/owls.gmi");
        let gopher = target(Speech::Gopher, gopher, "/owls.txt");
        Some(Self { process, gemini, gopher, home })
    }

    /// Returns the process id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Returns the number of lines on standard error since the server was ready, without the access log.
    pub(crate) fn lines(&self) -> usize {
        self.process.lines()
    }

    /// Returns the processor time of the server so far.
    pub(crate) fn cpu(&self) -> Duration {
        self.process.cpu()
    }

    /// Judges whether an ordinary page is served at the end of a trial.
    pub(crate) fn ask_afterwards(&self, report: &mut Report) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let pages = [&self.gemini, &self.gopher].map(|target| runtime.block_on(target.get(&target.page)).is_ok());
        let measured = if pages == [true; 2] { "there" } else { "missing" };
        report.judge("a page afterwards", measured, "there", pages == [true; 2]);
    }

    /// Sends a signal, named as in `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// Waits until the server ends, and keeps its folder.
    pub(crate) fn wait(self) -> (ExitStatus, Home) {
        (self.process.wait(), self.home)
    }
}

/// Returns an ordinary page of 6 KB.
fn page() -> String {
    format!("# Owls\n\n{}", "They call twice, then wait for an answer.\n\n".repeat(150))
}
