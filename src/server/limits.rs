//! [`Limits`]: what one reader, and all of them together, may take up.

use std::time::Duration;

/// Every limit of the server, each with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once. Each costs a descriptor and about 20 KiB; a home capsule sees a handful.
    pub connections: usize,
    /// Connections at once from one IPv4 address or one IPv6 /64, the smallest unit a home is given:
    /// generous for a reader behind a shared address, a bound for everybody else.
    pub per_address: usize,
    /// For the TLS handshake, from the accept on. A slow mobile network needs two or three seconds.
    pub handshake: Duration,
    /// For the whole request, not for each read of it: a byte a second must not keep a connection open.
    pub request: Duration,
    /// For each piece of the answer to be taken: a reader that takes nothing for so long has gone away.
    pub write: Duration,
    /// For the end of the connection: how long the reader may go on sending before we close for good.
    pub linger: Duration,
    /// How long connections may go on after the server was asked to stop.
    pub grace: Duration,
}

impl Limits {
    /// The limits that suit a small machine on a public address.
    pub const fn standard() -> Self {
        Self {
            connections: 2_000,
            per_address: 64,
            handshake: Duration::from_secs(10),
            request: Duration::from_secs(10),
            write: Duration::from_secs(30),
            linger: Duration::from_secs(1),
            grace: Duration::from_secs(30),
        }
    }
}
