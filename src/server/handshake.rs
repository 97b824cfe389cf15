//! The handshake: what a client says first decides how it is met.
//!
//! Readers of some hosts are asked for a certificate. And a client that says that it offers less than it can, because
//! something between us broke its first attempt, is told that this was not us: it need not settle for less.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::CipherSuite;
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::server::TlsStream;

use super::connection::ServerContext;
use super::hosting;
use super::tls::Tls;
use super::wire::Socket;

/// The signal of a client that falls back to an older version than it speaks (RFC 7507, section 2).
const FALLBACK_SCSV: u16 = 0x5600;

/// The suites of TLS 1.3 (RFC 8446, appendix B.4), which a client that offers this version has to offer.
const SUITES_OF_13: std::ops::RangeInclusive<u16> = 0x1301..=0x1305;

/// The record of a fatal alert `inappropriate_fallback` (RFC 7507, section 3).
const INAPPROPRIATE_FALLBACK: [u8; 7] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x56];

/// Completes the handshake with whoever is at the other end of `socket`. The host that they name may be one that
/// `hosting` has to bring first. What comes of it is boxed here, where all else that a handshake needs is about to be
/// given back.
pub(super) async fn shake_hands<S>(
    socket: Socket<S>,
    tls: &Tls,
    hosting: Option<&ServerContext>,
) -> io::Result<Box<TlsStream<Socket<S>>>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut start = LazyConfigAcceptor::new(Acceptor::default(), socket).await?;
    if is_needless_fallback(start.client_hello().cipher_suites()) {
        start.io.write_all(&INAPPROPRIATE_FALLBACK).await?;
        return Err(io::Error::other("a client offered less than both of us speak"));
    }
    let named = hosting.and_then(|shell| hosting::named(shell, start.client_hello().server_name()));
    let hosted = match named {
        Some(name) => Box::pin(hosting::bring(name)).await,
        None => None,
    };
    let config = match hosted {
        Some(hosted) => hosted.tls.clone().ok_or_else(|| io::Error::other("a host without a key"))?,
        None => tls.with(start.client_hello().server_name()).clone(),
    };
    Ok(Box::new(start.into_stream(config).await?))
}

/// Whether a client that offers `suites` says that it falls back, and to less than TLS 1.3, which is always spoken
/// here.
fn is_needless_fallback(suites: &[CipherSuite]) -> bool {
    let offers = |wanted: &dyn Fn(u16) -> bool| suites.iter().any(|suite| wanted(u16::from(*suite)));
    offers(&|suite| suite == FALLBACK_SCSV) && !offers(&|suite| SUITES_OF_13.contains(&suite))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_offers_less_than_they_can_is_told() {
        for (suites, needless) in [
            (&[0xc02b, 0x5600][..], true),
            (&[0x5600], true),
            (&[0x1301, 0xc02b, 0x5600], false),
            (&[0xc02b], false),
            (&[0x1303], false),
            (&[], false),
        ] {
            let suites: Vec<CipherSuite> = suites.iter().map(|suite| CipherSuite::from(*suite)).collect();
            assert_eq!(is_needless_fallback(&suites), needless, "{suites:?}"); // T1
        }
    }
}
