//! Hosted capsules, served by the program.

mod budgets;
mod cache;
mod folders;
mod keys;
mod serving;
mod settings;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;
use tokio_rustls::rustls::DEFAULT_VERSIONS;

use crate::reader::{Reader, Seen};
use crate::support::{Server, lamplit, scratch_folder};

/// How long a change may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder of capsules with a configuration beside it.
struct Host {
    folder: TempDir,
}

impl Host {
    /// Creates a capsule for each of `hosts`, and a configuration with `more`.
    fn new(more: &str, hosts: &[&str]) -> Self {
        let host = Self { folder: scratch_folder() };
        fs::create_dir(host.path("hosted")).expect("writable");
        let text = format!(
            "certs = \"certs\"\ncapsules = \"hosted\"\n[gemini]\nlisten = \"127.0.0.1:0\"\n\
             [gopher]\nlisten = \"127.0.0.1:0\"\n{more}"
        );
        fs::write(host.path("lamplit.toml"), text).expect("writable");
        for name in hosts {
            host.write(name, "index.md", &format!("# {name}\n"));
        }
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn content(&self, host: &str) -> PathBuf {
        self.path("hosted").join(host)
    }

    /// Writes a file of a capsule with an old modification time.
    fn write(&self, host: &str, name: &str, text: &str) {
        let path = self.content(host).join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("writable");
        fs::write(&path, text).expect("writable");
        let file = fs::File::options().write(true).open(&path).expect("there");
        file.set_modified(SystemTime::now() - Duration::from_secs(10)).expect("dated");
    }

    fn start(&self) -> (Server, Client) {
        let mut command = lamplit();
        command.args(["serve", "--config"]).arg(self.path("lamplit.toml"));
        Self::read(Server::from_command(command))
    }

    /// Returns a reader of what `server` hosts.
    fn read(server: Server) -> (Server, Client) {
        let client = Client {
            reader: Reader::new(server.gemini_address(), DEFAULT_VERSIONS),
            port: server.gemini_address().port(),
        };
        (server, client)
    }

    /// Returns the names of the files with keys, in order.
    fn keys(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("certs")).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// A reader of every host.
struct Client {
    reader: Reader,
    port: u16,
}

impl Client {
    /// Returns the reply to `path` of `host`.
    async fn ask(&self, host: &str, path: &str) -> Seen {
        self.ask_as(host, host, path).await
    }

    /// Returns the reply to `path` of `host`, with another name in the handshake.
    async fn ask_as(&self, sni: &str, host: &str, path: &str) -> Seen {
        self.reader.ask(sni, &format!("gemini://{host}:{}{path}", self.port)).await
    }

    /// Repeats the request until the reply starts with `expected`.
    async fn until(&self, host: &str, path: &str, expected: &str) -> Seen {
        let asked = Instant::now();
        loop {
            let seen = self.ask(host, path).await;
            if seen.whole().starts_with(expected) {
                return seen;
            }
            assert!(asked.elapsed() < PATIENCE, "{host}{path}: {}", seen.whole());
        }
    }
}

/// Returns the beginning of the reply with the page called `title`.
fn page(title: &str) -> String {
    format!("20 text/gemini\r\n# {title}\n")
}
