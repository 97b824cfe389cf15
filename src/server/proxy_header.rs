//! The PROXY protocol (HAProxy, versions 1 and 2): a proxy sends the address of the client before anything else.
//!
//! The header is read on connections from [trusted proxies](super::ServerContext::proxies) only. From any other address
//! it is refused, or a client could choose the address that limits and log see.

use std::net::SocketAddr;

use bytes::Bytes;
use proxy_header::{Error, ParseConfig, Protocol, ProxyHeader};
use tokio::io::AsyncRead;

use super::record::{ConnectionOutcome, Stage};

/// The first bytes of version 1 (section 2.1).
const V1: &[u8] = b"PROXY ";

/// The longest header of version 1 in bytes (section 2.1).
const LONGEST_V1: usize = 107;

/// The first bytes of version 2 (section 2.2).
const V2: &[u8] = b"\r\n\r\n\x00\r\nQUIT\n";

/// The longest header that is read, in bytes. With every extension that proxies add, some hundred are usual.
const LONGEST: usize = 4096;

/// What the first bytes of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// Possibly the beginning of a header.
    Partial,
    /// A header, perhaps followed by further bytes.
    Whole {
        /// The length of the header in bytes.
        length: usize,
        /// The address of the client; `None` if the proxy connects for itself, as in a health check.
        client: Option<SocketAddr>,
    },
    /// No header.
    No,
}

/// Parses the header at the start of `bytes`. Never panics.
pub fn header(bytes: &[u8]) -> Header {
    let may_begin_with = |start: &[u8]| bytes.iter().zip(start).all(|(ours, theirs)| ours == theirs);
    if !may_begin_with(V1) && !may_begin_with(V2) {
        return Header::No;
    }
    match ProxyHeader::parse(bytes, ParseConfig { include_tlvs: false, ..ParseConfig::default() }) {
        Err(Error::BufferTooShort) => Header::Partial,
        Err(_) => Header::No,
        Ok((header, length)) => match header.proxied_address() {
            Some(proxied) if proxied.protocol == Protocol::Datagram => Header::No,
            _ if may_begin_with(V1) && length > LONGEST_V1 => Header::No,
            proxied => Header::Whole { length, client: proxied.map(|proxied| proxied.source) },
        },
    }
}

/// Returns whether `bytes` begin like a header, valid or not, as no request of any protocol does.
pub(super) fn is_meant_as_header(bytes: &[u8]) -> bool {
    let family = bytes.strip_prefix(V1).unwrap_or_default();
    bytes.starts_with(V2) || family.starts_with(b"TCP") || family.starts_with(b"UNKNOWN")
}

/// Reads the header from `io`; returns the address of the client in it, and the bytes that arrived after it.
pub(super) async fn read_header(io: &mut (impl AsyncRead + Unpin)) -> Stage<(Option<SocketAddr>, Bytes)> {
    let mut received = Bytes::new();
    loop {
        let chunk = super::wire::read_once(io).await.map_err(|_| ConnectionOutcome::Silent)?;
        received = match (chunk.is_empty(), received.is_empty()) {
            (true, true) => return Err(ConnectionOutcome::Silent),
            (true, false) => return Err(ConnectionOutcome::Unfinished),
            (false, _) => [received, chunk].concat().into(),
        };
        match header(&received) {
            Header::Whole { length, client } => return Ok((client, received.split_off(length))),
            Header::Partial if received.len() < LONGEST => {}
            Header::Partial | Header::No => return Err(ConnectionOutcome::NoProxyHeader),
        }
    }
}
