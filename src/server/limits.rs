//! [`Limits`]: how much of the machine one reader, or all of them, may take.

use std::time::Duration;

/// Every limit of the shell. All of them need a restart to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections at the same time, over all listeners. At most some 10 KB each while idle. For one beyond, the one
    /// that has taken longest over its request is closed; while all are being answered it waits in the backlog of
    /// the system. Default 1024. Where the system allows fewer open files than these and `files` take, the desk lowers
    /// both.
    pub connections: usize,
    /// Attachments open at the same time, each of them for one connection; those beyond wait until one is sent, at most
    /// as long as a reply may stand still. As many as there are connections: only where descriptors are few must
    /// somebody wait.
    pub files: usize,
    /// Connections at the same time from one IPv4 address or one IPv6 /64 (which is what one household
    /// gets). Those beyond are closed at once. Default 64: clients open a handful, crawlers a dozen.
    pub per_address: usize,
    /// From `accept` to the end of the TLS handshake. Default 10 s: three round trips on the worst of
    /// satellite links, with one lost packet.
    pub handshake: Duration,
    /// From there to the end of the request line, all of it: a byte now and then does not extend it.
    /// Default 10 s.
    pub request: Duration,
    /// How long a reply may stand still, not a single byte going out, before it is given up. Default 30 s;
    /// a slow reader who keeps reading is never cut off.
    pub write_stall: Duration,
    /// How long unread input is thrown away after the reply, so that the system does not answer it with a
    /// reset that destroys what the reader has not read yet. Default 1 s.
    pub linger: Duration,
    /// How many bytes of it. Default 1 MiB: clients that upload send everything before they look for an answer,
    /// and an essay with a picture should still learn that nothing is taken here.
    pub linger_bytes: usize,
    /// How long connections may go on after a shutdown was asked for. Default 10 s, well below the patience
    /// of service managers.
    pub grace: Duration,
}

impl Limits {
    /// What the documentation of each field calls its default.
    pub const STANDARD: Self = Self {
        connections: 1024,
        files: 1024,
        per_address: 64,
        handshake: Duration::from_secs(10),
        request: Duration::from_secs(10),
        write_stall: Duration::from_secs(30),
        linger: Duration::from_secs(1),
        linger_bytes: 1024 * 1024,
        grace: Duration::from_secs(10),
    };
}
