//! The PROXY protocol (HAProxy's specification, versions 1 and 2): a proxy sends the address of the client before
//! anything else.
//!
//! It is read on connections from [trusted proxies](super::admission::Proxies) only. From any other address it is
//! refused, or a client could choose the address that limits and log see.

use std::net::SocketAddr;

use bytes::Bytes;
use proxy_header::{Error, ParseConfig, Protocol, ProxyHeader};
use tokio::io::AsyncRead;

use super::record::ConnectionOutcome;
use super::wire::read_once;

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
    /// A header, perhaps with more behind it.
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

/// Returns whether `bytes` are meant as a header, valid or not. No request of any protocol begins like one.
pub(super) fn is_meant_as_header(bytes: &[u8]) -> bool {
    let family = bytes.strip_prefix(V1).unwrap_or_default();
    bytes.starts_with(V2) || family.starts_with(b"TCP") || family.starts_with(b"UNKNOWN")
}

/// Reads the header from `io`; returns the address of the client in it, and the bytes that arrived behind it.
pub(super) async fn read_header(
    io: &mut (impl AsyncRead + Unpin),
) -> Result<(Option<SocketAddr>, Bytes), ConnectionOutcome> {
    let mut received = Bytes::new();
    loop {
        let chunk = read_once(io).await.map_err(|_| ConnectionOutcome::Silent)?;
        match (chunk.is_empty(), received.is_empty()) {
            (true, true) => return Err(ConnectionOutcome::Silent),
            (true, false) => return Err(ConnectionOutcome::Unfinished),
            (false, true) => received = chunk,
            (false, false) => received = [received, chunk].concat().into(),
        }
        match header(&received) {
            Header::Whole { length, client } => return Ok((client, received.split_off(length))),
            Header::Partial if received.len() < LONGEST => {}
            Header::Partial | Header::No => return Err(ConnectionOutcome::NoProxyHeader),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<(usize, Option<&str>)>) {
        let shown = bytes.escape_ascii();
        let whole = expected.map(|(length, client)| Header::Whole {
            length,
            client: client.map(|client| client.parse().expect("an address")),
        });
        assert_eq!(header(bytes), whole.unwrap_or(Header::No), "{shown}");
        assert!(whole.is_none() || is_meant_as_header(bytes), "{shown}");
        for cut in 0..expected.map_or(0, |(length, _)| length) {
            assert_eq!(header(&bytes[..cut]), Header::Partial, "{cut} bytes of {shown}");
        }
    }

    /// Builds a header of version 2.
    fn v2(command: u8, family: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).expect("short").to_be_bytes();
        [V2, &[0x20 | command, family], &length, content].concat()
    }

    #[test]
    fn headers_of_both_versions_are_parsed() {
        check(b"PROXY TCP4 192.0.2.1 10.0.0.9 4711 1965\r\nrest", Some((41, Some("192.0.2.1:4711"))));
        check(b"PROXY TCP6 2001:db8::1 ::1 4711 1965\r\n", Some((38, Some("[2001:db8::1]:4711"))));
        check(b"PROXY UNKNOWN\r\n", Some((15, None)));
        let v4 = [192, 0, 2, 1, 10, 0, 0, 9, 0x12, 0x67, 0x07, 0xad];
        check(&v2(1, 0x11, &v4), Some((28, Some("192.0.2.1:4711"))));
        let extended = [&v4[..], &[0x20, 0, 5, 1, 0, 0, 0, 0]].concat();
        check(&[v2(1, 0x11, &extended), b"\x16\x03".to_vec()].concat(), Some((36, Some("192.0.2.1:4711"))));
        let mut v6 = [0; 36];
        v6[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
        v6[15] = 1;
        v6[32..34].copy_from_slice(&[0x12, 0x67]);
        check(&v2(1, 0x21, &v6), Some((52, Some("[2001:db8::1]:4711"))));
        // Health checks.
        check(&v2(0, 0x00, b""), Some((16, None)));
        check(&v2(0, 0x11, &v4), Some((28, None)));
        for other in [
            &b"\x16\x03\x01\x02"[..],
            b"/owls.txt\r\n",
            b"PROXX",
            &[b"PROXY UNKNOWN ", &[b'x'; 92][..], b"\r\n"].concat(),
            b"PROXY TCP5 192.0.2.1 10.0.0.9 4711 1965\r\n",
            b"PROXY TCP4 192.0.2.1 10.0.0.9 4711 99999\r\n",
            b"PROXY TCP4 example.org 10.0.0.9 4711 1965\r\n",
            &v2(1, 0x12, &v4),
            &[&v2(1, 0x11, &v4[..8])[..], b"rest"].concat(),
            &v2(2, 0x11, &v4),
        ] {
            check(other, None);
        }
    }

    #[test]
    fn invalid_headers_are_recognised_as_meant() {
        for (bytes, meant) in [
            (&b"PROXY TCP4 192.0.2.1 10.0.0.9 4711 1965\r\n"[..], true),
            (b"PROXY UNKNOWN", true),
            (&v2(1, 0x11, b""), true),
            (b"\r\n", false),
            (b"PROXY wars\r\n", false),
            (b"", false),
        ] {
            assert_eq!(is_meant_as_header(bytes), meant, "{}", bytes.escape_ascii());
        }
    }
}
