//! The TLS handshake: chooses a configuration by what the client offers, and reads the certificate that it presents.

use std::io;
use std::ops::RangeInclusive;

use tokio::io::AsyncWriteExt;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::server::{Acceptor, ServerConnection};
use tokio_rustls::server::TlsStream;

use super::context::ServerContext;
use super::tls::{Tls, parse_certificate};
use super::wire::{ClientStream, Socket, TLS_BUFFER};
use crate::host::{Fingerprint, HostName};
use crate::protocol::{Credential, Peer, Validity};

/// The signal of a client that falls back to an older version than it supports (RFC 7507, section 2).
const FALLBACK_SCSV: u16 = 0x5600;

/// The suites of TLS 1.3 (RFC 8446, appendix B.4), at least one of which is offered by each client of that version.
const TLS13_SUITES: RangeInclusive<u16> = 0x1301..=0x1305;

/// The record of a fatal alert `inappropriate_fallback` (RFC 7507, section 3).
const INAPPROPRIATE_FALLBACK: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x56];

/// The longest client hello, in bytes. Real ones have some 2 KB; the library would keep 64 KB of each.
const MAX_HELLO: usize = 16 * 1024;

/// Completes the handshake on `socket`. With a `context`, the configuration depends on the server name, whose capsule
/// is loaded first if hosted; else no client certificate is requested. Boxes the stream here, as the rest is freed.
pub(super) async fn accept<S: ClientStream>(
    mut socket: Socket<S>,
    tls: &Tls,
    context: Option<&ServerContext>,
) -> io::Result<Box<TlsStream<Socket<S>>>> {
    socket.most = MAX_HELLO;
    let mut start = tokio_rustls::LazyConfigAcceptor::new(Acceptor::default(), socket).await?;
    start.io.most = usize::MAX;
    let hello = start.client_hello();
    let offers = |wanted: &dyn Fn(u16) -> bool| hello.cipher_suites().iter().any(|suite| wanted(u16::from(*suite)));
    // A fallback to less than TLS 1.3, which is always supported.
    if offers(&|suite| suite == FALLBACK_SCSV) && !offers(&|suite| TLS13_SUITES.contains(&suite)) {
        // A device in between broke the first attempt. The alert tells the client that the server supports TLS 1.3.
        start.io.write_all(&INAPPROPRIATE_FALLBACK).await?;
        return Err(io::Error::other("the client offers an older version than both sides support"));
    }
    // Without client certificates and hosting, all clients get one configuration.
    let has_choice = context.is_some_and(|context| tls.client_auth.is_some() || context.hosting.is_some());
    let host: Option<HostName> = hello.server_name().filter(|_| has_choice).and_then(|name| name.parse().ok());
    let capsule = match (context, &host) {
        (Some(context), Some(host)) => context.hosted(host).await,
        _ => None,
    };
    let config = match (capsule, &tls.client_auth) {
        (Some(capsule), _) => capsule.tls.clone().ok_or_else(|| io::Error::other("the capsule has no key"))?,
        (None, Some((config, hosts))) if context.is_some() && hosts.contains(&host) => config.clone(),
        (None, _) => tls.default.clone(),
    };
    let has_ticket = config.send_tls13_tickets > 0;
    let mut stream = Box::new(start.into_stream(config).await?);
    stream.get_mut().1.set_buffer_limit(Some(TLS_BUFFER));
    if !has_ticket {
        // A ticket would carry the acknowledgement of the handshake, for which many clients wait before they send.
        stream.get_ref().0.io.acknowledge_now();
    }
    Ok(stream)
}

/// Returns what the handshake told about the client.
pub(super) fn peer(session: &ServerConnection) -> Peer {
    let certificate = session.peer_certificates().and_then(|chain| chain.first());
    Peer { server_name: session.server_name().map(str::to_owned), credential: certificate.and_then(credential) }
}

/// Describes a client certificate whose signature was verified in the handshake.
fn credential(certificate: &CertificateDer<'_>) -> Option<Credential> {
    let parsed = parse_certificate(certificate).ok()?;
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let validity = match parsed.validity() {
        validity if now < validity.not_before.timestamp() => Validity::NotYet,
        validity if now > validity.not_after.timestamp() => Validity::Expired,
        _ => Validity::Valid,
    };
    Some(Credential {
        certificate: Fingerprint::of(certificate),
        public_key: Fingerprint::of(parsed.public_key().raw),
        validity,
    })
}
