//! The PROXY protocol (HAProxy's specification, versions 1 and 2): before anything else, a proxy says whose connection
//! it passes on.
//!
//! It is believed where proxies are known to be, and only there: anybody else could be whomever they like, to the
//! limits and to the log.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use ipnet::IpNet;
use proxy_header::{Error, ParseConfig, Protocol, ProxyHeader};
use tokio::io::AsyncRead;

use super::access_log::ConnectionOutcome;
use super::wire::read_once;

/// How a header of version 1 begins (section 2.1).
const V1: &[u8] = b"PROXY ";

/// The longest header of version 1 (section 2.1).
const LONGEST_V1: usize = 107;

/// How a header of version 2 begins (section 2.2).
const V2: &[u8] = b"\r\n\r\n\x00\r\nQUIT\n";

/// The longest header that is waited for: some hundred bytes are usual, with all that proxies know to add.
const LONGEST: usize = 4096;

/// Where proxies are that are believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Arc<[IpNet]>);

/// What the first bytes of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// So far they could become a header.
    Partial,
    /// They begin with one.
    Whole {
        /// How many of them it is.
        length: usize,
        /// The address of the reader; none if the proxy comes on its own behalf, as to see how we are.
        reader: Option<SocketAddr>,
    },
    /// They are something else.
    No,
}

impl Proxies {
    /// Those in `networks`.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    /// Where they are.
    pub fn networks(&self) -> &[IpNet] {
        &self.0
    }

    /// Whether one of them is at `address`.
    pub(super) fn include(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Reads a header; total.
pub fn header(bytes: &[u8]) -> Header {
    let begins = |with: &[u8]| bytes.iter().zip(with).all(|(ours, theirs)| ours == theirs);
    if !begins(V1) && !begins(V2) {
        return Header::No;
    }
    match ProxyHeader::parse(bytes, ParseConfig { include_tlvs: false, ..ParseConfig::default() }) {
        Err(Error::BufferTooShort) => Header::Partial,
        Err(_) => Header::No,
        Ok((header, length)) => match header.proxied_address() {
            Some(proxied) if proxied.protocol == Protocol::Datagram => Header::No,
            _ if begins(V1) && length > LONGEST_V1 => Header::No,
            proxied => Header::Whole { length, reader: proxied.map(|proxied| proxied.source) },
        },
    }
}

/// Whether these bytes are meant as a header, however it goes on: no reader of any protocol begins like this.
pub(super) fn is_meant_as_header(bytes: &[u8]) -> bool {
    let family = bytes.strip_prefix(V1).unwrap_or_default();
    bytes.starts_with(V2) || family.starts_with(b"TCP") || family.starts_with(b"UNKNOWN")
}

/// Waits for the header of a proxy; gives the address in it, and what came behind it already.
pub(super) async fn introduction(
    io: &mut (impl AsyncRead + Unpin),
) -> Result<(Option<SocketAddr>, Bytes), ConnectionOutcome> {
    let mut said = Bytes::new();
    loop {
        let piece = read_once(io).await.map_err(|_| ConnectionOutcome::Silent)?;
        if piece.is_empty() {
            return Err(if said.is_empty() {
                ConnectionOutcome::Silent
            } else {
                ConnectionOutcome::Unfinished
            });
        }
        said = if said.is_empty() { piece } else { [said, piece].concat().into() };
        match header(&said) {
            Header::Whole { length, reader } => return Ok((reader, said.split_off(length))),
            Header::Partial if said.len() < LONGEST => {}
            Header::Partial | Header::No => return Err(ConnectionOutcome::NoProxyHeader),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<(usize, Option<&str>)>) {
        let shown = bytes.escape_ascii();
        let whole = expected.map(|(length, reader)| Header::Whole {
            length,
            reader: reader.map(|reader| reader.parse().expect("an address")),
        });
        assert_eq!(header(bytes), whole.unwrap_or(Header::No), "{shown}");
        assert!(whole.is_none() || is_meant_as_header(bytes), "{shown}");
        for cut in 0..expected.map_or(0, |(length, _)| length) {
            assert_eq!(header(&bytes[..cut]), Header::Partial, "{cut} bytes of {shown}");
        }
    }

    /// A header of version 2 with this command, family and content.
    fn v2(command: u8, family: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).expect("short").to_be_bytes();
        [V2, &[0x20 | command, family], &length, content].concat()
    }

    #[test]
    fn proxies_say_whose_connection_it_is() {
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
        // A look at how we are.
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
    fn a_header_is_refused_from_whoever_is_no_proxy() {
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

    #[test]
    fn proxies_are_known_by_where_they_are() {
        let networks =
            ["10.0.0.0/8", "2001:db8::/64", "127.0.0.1/32"].map(|text| text.parse().expect("a network"));
        let proxies = Proxies::new(networks.to_vec());
        for (address, known) in [
            ("10.255.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("11.0.0.1", false),
            ("2001:db8::7", true),
            ("2001:db8:0:1::7", false),
            ("127.0.0.1", true),
            ("127.0.0.2", false),
        ] {
            assert_eq!(proxies.include(address.parse().expect("an address")), known, "{address}");
        }
    }
}
