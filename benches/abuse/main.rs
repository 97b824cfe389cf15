//! What clients who mean harm cost those who do not.
//!
//! Each row is a crowd that does one thing for some seconds, while one reader asks for page after page and checks what
//! comes. `cargo bench --bench abuse` starts a Lamplit of its own and shows what the crowds do to it. To aim at
//! another server of Gemini, which then must be yours:
//!
//! `cargo bench --bench abuse -- --at 127.0.0.1:1965 --page / --large /film.bin`
//!
//! `--only NAME` picks rows, `--crowd N` sets how many come (of those who hold connections), `--seconds N` how long
//! they stay, `--files N` limits the open files of the server that is started, `--pid N` names the process of another
//! one on this machine, for its memory, threads and files.

mod crowd;
mod reader;
mod server;

#[allow(dead_code, reason = "shared with the benchmark of pages")]
#[path = "../serving/process.rs"]
mod process;
#[allow(dead_code, reason = "shared with the tests, which need more of it")]
#[path = "../../tests/it/tls_client.rs"]
mod tls_client;

use std::env;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use tokio::time::Instant;

use crowd::{CROWDS, Crowd};
use reader::Readings;
use server::{Gauge, Server};

/// Where the crowds go, and what is asked there.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// The name in the handshake and in URLs.
    pub(crate) host: String,
    /// The path of an ordinary page.
    pub(crate) page: String,
    /// The path of something too large for any buffer on the way.
    pub(crate) large: String,
}

impl Target {
    /// The request for `path`.
    pub(crate) fn request(&self, path: &str) -> String {
        format!("gemini://{}:{}{path}\r\n", self.host, self.address.port())
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let number = |name: &str| value(name).map(|number| number.parse::<u64>().expect("a number"));
    let measures = arguments.iter().any(|argument| argument == "--bench");
    // As a test: a look at everything, in a moment.
    let usual = if measures { (1_000, 40) } else { (20, 1) };
    let size = usize::try_from(number("--crowd").unwrap_or(usual.0)).expect("a number of connections");
    let stay = Duration::from_secs(number("--seconds").unwrap_or(usual.1));
    rlimit::increase_nofile_limit(u64::MAX).expect("a limit of open files");
    let (server, target) = match value("--at") {
        None => {
            let (server, target) = Server::start(number("--files"));
            (Some(server), target)
        }
        Some(at) => {
            let address = at.to_socket_addrs().expect("HOST:PORT").next().expect("an address");
            let host = at.rsplit_once(':').map_or(at.as_str(), |(host, _)| host).to_owned();
            let path = |name: &str, usual: &str| value(name).unwrap_or_else(|| usual.to_owned());
            (None, Target { address, host, page: path("--page", "/"), large: path("--large", "/large.bin") })
        }
    };
    let process = number("--pid").or(server.as_ref().map(|server| u64::from(server.id())));
    println!("{HEAD}");
    let only = value("--only");
    for crowd in CROWDS.iter().filter(|crowd| only.as_ref().is_none_or(|only| crowd.name() == only)) {
        println!("{}", row(*crowd, size, stay, &target, process));
    }
}

const HEAD: &str = "\
| crowd     | size  | pages read | failed | median ms | 99th ms | held s        | MB before | MB most | threads | files |
|-----------|-------|------------|--------|-----------|---------|---------------|-----------|---------|---------|-------|";

/// What one crowd does, as a row of the table. Panics if there is no page to be had afterwards.
fn row(crowd: Crowd, size: usize, stay: Duration, target: &Target, process: Option<u64>) -> String {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let size = crowd.size(size);
    let (readings, held, before, most) = runtime.block_on(async {
        let before = Gauge::of(process);
        let until = Instant::now() + stay;
        let gauging = tokio::spawn(Gauge::most(process, until));
        let crowd = tokio::spawn(crowd::come(crowd, size, target.clone(), until, process));
        let readings = reader::read(target.clone(), until).await;
        let held = crowd.await.expect("a crowd does not fail");
        (readings, held, before, gauging.await.expect("a gauge does not fail"))
    });
    runtime.shutdown_background();
    afterwards(target);
    let Readings { failed, median, highest, .. } = readings;
    let held = match (held.iter().min(), held.iter().max()) {
        (Some(least), Some(most)) => format!("{:.1} to {:.1}", least.as_secs_f64(), most.as_secs_f64()),
        _ => "-".to_owned(),
    };
    format!(
        "| {:9} | {size:5} | {:10} | {failed:6} | {median:9.1} | {highest:7.1} | {held:13} | {:9.1} | {:7.1} | {:7} | {:5} |",
        crowd.name(),
        readings.read,
        before.megabytes,
        most.megabytes,
        most.threads,
        most.files,
    )
}

/// Whatever was done to the server, it still has a page.
fn afterwards(target: &Target) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let answer = runtime.block_on(reader::ask(target, &target.page));
    assert!(answer.is_ok(), "no page afterwards: {answer:?}");
}
