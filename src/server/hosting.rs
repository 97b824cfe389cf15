//! [`Hosting`]: capsules that belong to no site before somebody asks for them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio_rustls::rustls::server::ServerConfig;

use super::connection::ServerContext;
use crate::protocol::Protocol;
use crate::site::Sites;

/// Capsules that are brought when they are asked for, by host name.
pub trait Hosting: Send + Sync {
    /// The capsule of `host`, a name in lower case without a trailing dot; none if nobody is hosted under it.
    fn load<'a>(&'a self, host: &'a str) -> HostedFuture<'a>;
}

/// A capsule on its way. May be dropped: whoever else waits for it still gets it.
pub type HostedFuture<'a> = Pin<Box<dyn Future<Output = Option<Arc<Hosted>>> + Send + 'a>>;

/// A capsule that was brought.
#[derive(Debug, Clone)]
pub struct Hosted {
    /// How TLS is spoken with its readers; none while its key cannot be used, and no other may stand for it.
    pub tls: Option<Arc<ServerConfig>>,
    /// The capsule alone; none while it cannot be shown.
    pub sites: Option<Arc<Sites>>,
}

/// A name that only the hosting may know.
pub(super) struct Name<'c> {
    hosting: &'c dyn Hosting,
    host: String,
}

/// What a client means by `name` in the handshake, if it names no site.
pub(super) fn named<'c>(shell: &'c ServerContext, name: Option<&str>) -> Option<Name<'c>> {
    let hosting = shell.hosting.as_deref()?;
    let host = name?.trim_end_matches('.').to_ascii_lowercase();
    shell.sites.load().by_host(&host).is_none().then_some(Name { hosting, host })
}

/// The hosted capsule of that name.
pub(super) async fn bring(Name { hosting, host }: Name<'_>) -> Option<Arc<Hosted>> {
    hosting.load(&host).await
}

/// The sites that `request` is to be answered from: everybody's, unless it names a host that is only hosted. None
/// if that one cannot be shown.
pub(super) async fn sites(
    hosting: &dyn Hosting,
    shell: &ServerContext,
    protocol: &dyn Protocol,
    request: &[u8],
) -> Option<Arc<Sites>> {
    let usual = shell.sites.load();
    match protocol.host(request) {
        Some(host) if usual.by_host(&host).is_none() => match hosting.load(&host).await {
            Some(hosted) => hosted.sites.clone(),
            None => Some(usual),
        },
        _ => Some(usual),
    }
}
