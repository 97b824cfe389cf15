//! A Lamplit of our own, for an archive that is made up.

use std::fmt::Write;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use tempfile::TempDir;

use crate::target::{Speech, Target};
use testkit::process::{Lamplit, Process};

/// The bytes of what is large.
const LARGE: u64 = 100 << 20;

/// Capabilities that let a process read files against their permissions.
const READING_ALL: &str = "-dac_override,-dac_read_search";

/// A folder with everything that a server needs: `essays`, `certs`, `config.toml`.
pub(crate) struct Home {
    folder: TempDir,
}

/// What a server is like that is not like all others.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner<'m> {
    /// Lines of `[limits]`.
    pub(crate) limits: &'m str,
    /// How many files it may have open.
    pub(crate) files: Option<u64>,
    /// Whether permissions are to bind it, even where all of this runs as the superuser.
    pub(crate) bound: bool,
}

pub(crate) struct Server {
    process: Process,
    pub(crate) gemini: Target,
    pub(crate) gopher: Target,
    pub(crate) home: Home,
}

impl Home {
    /// An archive of one page, one picture and one large file.
    pub(crate) fn new() -> Self {
        let home = Self { folder: tempfile::tempdir().expect("a scratch folder") };
        fs::create_dir(home.essays()).expect("writable");
        fs::write(home.essays().join("owls.md"), page()).expect("writable");
        fs::write(home.essays().join("owl.png"), vec![7; 20_000]).expect("writable");
        // Of nothing but holes, it takes no room.
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

    /// The command that serves it.
    pub(crate) fn command(&self, manner: Manner<'_>) -> Command {
        let config = format!(
            "certs = \"certs\"\n[[capsule]]\nhostname = \"localhost\"\ncontent = \"essays\"\n\
             [gemini]\nlisten = [\"127.0.0.1:0\"]\n[gopher]\nlisten = [\"127.0.0.1:0\"]\n\
             [limits]\n{}\n[log]\nfile = \"access.log\"\n",
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
        command
    }
}

impl Server {
    /// Starts one.
    pub(crate) fn start(manner: Manner<'_>) -> Self {
        Self::at(Home::new(), manner)
    }

    /// Starts one in a folder that is there.
    pub(crate) fn at(home: Home, manner: Manner<'_>) -> Self {
        Self::perhaps_at(home, manner).expect("it ended before it was ready")
    }

    /// The same; none if it ends before it is ready.
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

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// How many lines it has said since it was ready, beside its log of connections.
    pub(crate) fn lines(&self) -> usize {
        self.process.lines()
    }

    /// The processor time it took so far.
    pub(crate) fn cpu(&self) -> Duration {
        self.process.cpu()
    }

    /// Sends it a signal, as in `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// Waits for its end. Its folder is left.
    pub(crate) fn wait(self) -> (ExitStatus, Home) {
        (self.process.wait(), self.home)
    }
}

/// An ordinary page of 6 KB.
fn page() -> String {
    format!("# Owls\n\n{}", "They call twice, then wait for an answer.\n\n".repeat(150))
}
