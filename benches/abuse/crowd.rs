//! The crowds, and what each of them does.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_rustls::client::TlsStream;

use crate::{Target, tls_client};

/// What a crowd does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crowd {
    /// Nothing: for comparison.
    Nobody,
    /// Connect and go, over and over.
    Flood,
    /// Connect and say nothing.
    Silent,
    /// Begin a handshake and leave it there.
    Half,
    /// Shake hands and ask nothing.
    Held,
    /// Shake hands and send a byte of a request each second.
    Drip,
    /// Ask for something large and read nothing of it.
    Unread,
    /// Ask the process to reload, over and over.
    Reload,
}

pub(crate) const CROWDS: [Crowd; 8] = [
    Crowd::Nobody,
    Crowd::Flood,
    Crowd::Silent,
    Crowd::Half,
    Crowd::Held,
    Crowd::Drip,
    Crowd::Unread,
    Crowd::Reload,
];

/// From one address come so many, fewer than servers let in from one.
const FROM_ONE_ADDRESS: usize = 50;

impl Crowd {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Flood => "flood",
            Self::Silent => "silent",
            Self::Half => "half",
            Self::Held => "held",
            Self::Drip => "drip",
            Self::Unread => "unread",
            Self::Reload => "reload",
        }
    }

    /// How many of them come where `holding` of those come who hold connections.
    pub(crate) fn size(self, holding: usize) -> usize {
        match self {
            Self::Nobody => 0,
            Self::Flood => holding.min(16),
            Self::Unread => holding.min(200),
            Self::Reload => 1,
            Self::Silent | Self::Half | Self::Held | Self::Drip => holding,
        }
    }
}

/// Lets the crowd do what it does until `until`; how long each of those was held whom the server hung up on.
pub(crate) async fn come(
    crowd: Crowd,
    size: usize,
    target: Target,
    until: Instant,
    process: Option<u64>,
) -> Vec<Duration> {
    let mut all = JoinSet::new();
    for number in 0..size {
        let target = target.clone();
        all.spawn(async move { one(crowd, number, &target, until, process).await.unwrap_or(None) });
    }
    all.join_all().await.into_iter().flatten().collect()
}

async fn one(
    crowd: Crowd,
    number: usize,
    target: &Target,
    until: Instant,
    process: Option<u64>,
) -> io::Result<Option<Duration>> {
    match crowd {
        Crowd::Nobody => Ok(None),
        Crowd::Flood => loop {
            if Instant::now() >= until {
                return Ok(None);
            }
            drop(connect(number, target).await);
        },
        Crowd::Silent => held(connect(number, target).await?, until).await,
        Crowd::Half => {
            let mut stream = connect(number, target).await?;
            stream.write_all(&[0x16, 0x03, 0x01]).await?;
            held(stream, until).await
        }
        Crowd::Held => held(shake_hands(number, target).await?, until).await,
        Crowd::Drip => {
            let (mut reads, writes) = split(shake_hands(number, target).await?);
            let start = Instant::now();
            let mut nothing = [0; 1];
            tokio::select! {
                () = drip(writes) => {}
                _ = reads.read(&mut nothing) => {}
                () = sleep_until(until) => return Ok(None),
            }
            Ok(Some(start.elapsed()))
        }
        Crowd::Unread => {
            let mut stream = shake_hands(number, target).await?;
            stream.write_all(target.request(&target.large).as_bytes()).await?;
            let start = Instant::now();
            // Only by writing does it notice that nobody is there any more.
            let closed = timeout_at(until, drip(stream)).await.is_ok();
            Ok(closed.then(|| start.elapsed()))
        }
        Crowd::Reload => {
            while let Some(process) = process.filter(|_| Instant::now() < until) {
                let kill = format!("kill -HUP {process}");
                let asked = tokio::task::spawn_blocking(|| Command::new("sh").arg("-c").arg(kill).status());
                asked.await.map_err(io::Error::other)??;
                sleep(Duration::from_millis(100)).await;
            }
            Ok(None)
        }
    }
}

/// How long the server stays, if it does not until `until`.
async fn held(mut stream: impl AsyncRead + Unpin, until: Instant) -> io::Result<Option<Duration>> {
    let start = Instant::now();
    let closed = timeout_at(until, stream.read(&mut [0; 1])).await.is_ok();
    Ok(closed.then(|| start.elapsed()))
}

/// A byte each second for as long as somebody takes it.
async fn drip(mut stream: impl AsyncWrite + Unpin) {
    while stream.write_all(b"g").await.is_ok() && stream.flush().await.is_ok() {
        sleep(Duration::from_secs(1)).await;
    }
}

/// A connection; on loopback from one of many addresses.
async fn connect(number: usize, target: &Target) -> io::Result<TcpStream> {
    if target.address.ip() != IpAddr::V4(Ipv4Addr::LOCALHOST) {
        return TcpStream::connect(target.address).await;
    }
    let [.., high, low] = u32::try_from(number / FROM_ONE_ADDRESS).unwrap_or(0).to_be_bytes();
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 1, high, low), 0)))?;
    socket.connect(target.address).await
}

async fn shake_hands(number: usize, target: &Target) -> io::Result<TlsStream<TcpStream>> {
    let stream = connect(number, target).await?;
    tls_client::connector(None).connect(tls_client::name(&target.host), stream).await
}
