//! Readers that take bytes slowly, but steadily, and one that takes them in bursts, as a proxy does for a slow reader.

use std::fs;
use std::io;
use std::thread;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::options::Options;
use crate::report::Report;
use crate::server::{Manner, Server};
use crate::target::{Speech, Target};

/// Bytes of a segment, as on a network: on loopback, windows open in larger steps.
const SEGMENT: u32 = 1_400;

/// How long before the readers leave the log is read.
const BEFORE: Duration = Duration::from_secs(2);

/// How a client reads: the bytes that its system receives ahead, those that it reads at once, and the pause afterwards.
#[derive(Debug, Clone, Copy)]
struct Pace {
    name: &'static str,
    ahead: u32,
    bytes: usize,
    pause: Duration,
}

const fn pace(name: &'static str, ahead: u32, bytes: usize, millis: u64) -> Pace {
    Pace { name, ahead, bytes, pause: Duration::from_millis(millis) }
}

/// Each empties its receive buffer within the deadline: until then, nothing tells the server that it reads.
const PACES: [Pace; 6] = [
    pace("32 KB/s", 128 * 1024, 8 * 1024, 250),
    pace("4 KB/s", 32 * 1024, 1024, 250),
    pace("1 KB/s", 8 * 1024, 256, 250),
    // Its pauses are longer than the deadline of 30 seconds.
    pace("1 MB each 45 s", 64 * 1024, 1024 * 1024, 45_000),
    // Over Gopher only: inside TLS, a client receives 16 KB at once, for which these would take longer than the deadline.
    pace("200 B/s", 4 * 1024, 20, 100),
    pace("100 B/s", 4 * 1024, 10, 100),
];

/// How many of the paces are those of a client inside TLS.
const INSIDE_TLS: usize = 4;

/// Reads a large file at each pace over both protocols for longer than twice the deadline.
pub(crate) fn slow(options: &Options, report: &mut Report) {
    let stay = options.seconds("--seconds", 100);
    let server = Server::start(Manner::default());
    server.home.read_large();
    let runtime = Runtime::new().expect("a runtime");
    for target in [&server.gemini, &server.gopher] {
        report.begin(format!("slow {}", target.name()));
        let mut readers = JoinSet::new();
        let paces = if target.speech == Speech::Gemini { &PACES[..INSIDE_TLS] } else { &PACES };
        for pace in paces.iter().copied() {
            let target = target.clone();
            readers.spawn_on(async move { (pace.name, read(&target, pace, stay).await) }, runtime.handle());
        }
        // A client meets the end only behind what its system has received, so the log is asked first.
        thread::sleep(stay.saturating_sub(BEFORE));
        let log = fs::read_to_string(server.home.path().join("access.log")).unwrap_or_default();
        let cut = log.lines().filter(|line| line.ends_with(" truncated") && line.contains(target.name())).count();
        report.judge("cut off, as the log says", cut, "0", cut == 0);
        for (name, read) in runtime.block_on(readers.join_all()) {
            let measured = match &read {
                Ok(bytes) => format!("still reading, {bytes} bytes"),
                Err(error) => error.to_string(),
            };
            report.judge(name, measured, "not cut off", read.is_ok());
        }
    }
    server.ask_afterwards(report);
}

/// Reads the large file at this pace for `stay`; returns the number of bytes. An error if the reply ends.
async fn read(target: &Target, pace: Pace, stay: Duration) -> io::Result<usize> {
    let (start, mut total) = (Instant::now(), 0);
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(pace.ahead)?;
    SockRef::from(&socket).set_tcp_mss(SEGMENT)?;
    let mut stream = target.greet(socket.connect(target.address).await?).await?;
    stream.write_all(target.request(&target.large).as_bytes()).await?;
    let mut space = vec![0; pace.bytes];
    // TLS passes on whole records, so that a client reads one of them and then takes its bytes out of memory.
    let record = if target.speech == Speech::Gemini { 16 * 1024 } else { 0 };
    while start.elapsed() < stay {
        stream.read_exact(&mut space).await.map_err(|error| {
            let seconds = start.elapsed().as_secs_f64();
            io::Error::other(format!("ended after {seconds:.0} s, {total} bytes: {error}"))
        })?;
        total += pace.bytes;
        let left = stay.saturating_sub(start.elapsed());
        sleep(if total <= record { Duration::ZERO } else { pace.pause.min(left) }).await;
    }
    Ok(total)
}
