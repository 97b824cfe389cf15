//! What is served on each socket, under which addresses it is advertised, and the metrics server.

use std::io;
use std::net::TcpListener as StdListener;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::sockets::{BoundSocket, SocketRole, Sockets, cannot_bind};
use crate::capsule::CapsulePath;
use crate::config::{Capsule, Config};
use crate::host::{GEMINI_PORT, HostName};
use crate::problem::{Problem, Problems};
use crate::protocol::Protocol;
use crate::protocol::gemini::Gemini;
use crate::protocol::gopher::Gopher;
use crate::protocol::metrics::MetricsPage;
use crate::publish::{CapsulePublisher, PublishOptions};
use crate::server::tls::LiveTls;
use crate::server::{Endpoint, Limits, Listeners, Metrics, ServerContext, Transport, bind, serve};
use crate::site::Authority;

/// Connections to the metrics at a time: more than the few collectors of one machine need.
const COLLECTORS: usize = 8;

/// The hosts and ports under which readers reach the service. They are fixed when the sockets are bound.
#[derive(Debug, Clone)]
pub(super) struct AdvertisedAddresses {
    pub(super) gemini_port: u16,
    /// The addresses for Gopher by the host name of the capsule; `None` for the first one, which a reload may rename.
    gopher: Vec<(Option<HostName>, Authority)>,
}

impl AdvertisedAddresses {
    /// Returns the configured addresses, with the ports of the bound sockets where none is configured.
    pub(super) fn new(config: &Config, sockets: &Sockets) -> Self {
        let gemini_port = config.gemini_port().or(sockets.port(SocketRole::Gemini)).unwrap_or(GEMINI_PORT);
        let gopher = |(index, capsule): (usize, &Capsule)| {
            let gopher = capsule.gopher.as_ref()?;
            let port = gopher.port.map(|port| port.0).or(sockets.port(SocketRole::Gopher(index)))?;
            Some((name(index, capsule), Authority { host: gopher.hostname.value.clone()?, port }))
        };
        Self { gemini_port, gopher: config.capsules.iter().enumerate().filter_map(gopher).collect() }
    }

    /// Returns how the capsules of `config` are published at these addresses.
    pub(super) fn publish_options(&self, config: &Config) -> Vec<PublishOptions> {
        let options = |(index, capsule): (usize, &Capsule)| {
            let name = name(index, capsule);
            let mut options = PublishOptions::new(config, capsule);
            options.site.gemini.port = self.gemini_port;
            let mut gopher = self.gopher.iter().filter(|(listener, _)| *listener == name);
            options.site.gopher = gopher.next().map(|(_, authority)| authority.clone());
            options
        };
        config.capsules.iter().enumerate().map(options).collect()
    }

    /// Turns sockets into listeners with the protocol and transport of `capsules`. Requires a tokio runtime.
    pub(super) fn listeners(
        &self,
        config: &Config,
        capsules: &[CapsulePublisher],
        sockets: Vec<BoundSocket>,
        tls: &LiveTls,
    ) -> io::Result<Listeners> {
        let mut ports = vec![self.gemini_port];
        let gemini = sockets.iter().filter(|bound| bound.role == SocketRole::Gemini);
        ports.extend(gemini.map(|bound| bound.address.port()));
        let gemini: Arc<dyn Protocol> = Arc::new(Gemini { ports, check_port: *config.settings.gemini.check_port });
        let listener = |bound: BoundSocket| {
            let (protocol, transport): (Arc<dyn Protocol>, Transport) = match bound.role {
                SocketRole::Gemini => (gemini.clone(), Transport::Tls(tls.clone())),
                SocketRole::Gopher(index) => {
                    let (capsule, site) = (config.capsules.get(index)?, &capsules.get(index)?.options.site);
                    let with_tls = *capsule.gopher.as_ref()?.tls;
                    let protocol = Gopher {
                        capsule: name(index, capsule),
                        advertised: site.gopher.clone()?,
                        tls: with_tls,
                        gemini_url: site.gemini_url(&CapsulePath::root()),
                    };
                    let transport = if with_tls { Transport::Either(tls.clone()) } else { Transport::Plain };
                    (Arc::new(protocol), transport)
                }
            };
            Some(TcpListener::from_std(bound.socket).map(|socket| (socket, Endpoint { protocol, transport })))
        };
        sockets.into_iter().filter_map(listener).collect()
    }
}

/// Returns a warning for each capsule whose Gopher menus name a host that readers at its `sockets` cannot reach.
pub(super) fn unreachable_menus(capsules: &[CapsulePublisher], sockets: &[BoundSocket]) -> Vec<Problem> {
    let warning = |(index, capsule): (usize, &CapsulePublisher)| {
        let host = &capsule.options.site.gopher.as_ref()?.host;
        let own = sockets.iter().filter(|bound| bound.role == SocketRole::Gopher(index));
        let accepts_others = own.map(|bound| bound.address.ip()).any(|address| !address.is_loopback());
        (accepts_others && !host.is_public()).then(|| {
            Problem::warning(format!("Gopher menus name `{host}`, which readers elsewhere cannot reach"))
                .hint("write the public name as `hostname` into `[gopher]`, or listen on loopback only")
        })
    };
    capsules.iter().enumerate().filter_map(warning).collect()
}

/// Refuses to show drafts to others: over `sockets` open to other machines, a public name, a proxy, or hosted capsules.
pub(super) fn refuse_public_drafts(config: &Config, sockets: &[BoundSocket]) -> Result<(), Problems> {
    if !config.drafts {
        return Ok(());
    }
    let public = config.capsules.iter().flat_map(|capsule| &capsule.hosts).find(|host| host.is_public());
    let open = sockets.iter().map(|bound| bound.address).find(|address| !address.ip().is_loopback());
    let why = match (open, public) {
        (Some(address), _) => format!("{address} accepts connections from other machines"),
        (None, Some(host)) => format!("`{host}` is a public name"),
        (None, None) if !config.settings.proxy.from.value.is_empty() => "a proxy is configured".to_owned(),
        (None, None) if config.hosting_folder().is_some() => "capsules of others are hosted".to_owned(),
        (None, None) => return Ok(()),
    };
    let problem = Problem::error(format!("`--drafts` shows drafts on this machine only, and {why}"));
    let hint = "serve the folder alone, as in `lamplit serve --drafts DIR --hostname localhost`";
    Err(Problems::usage(problem.hint(hint)))
}

/// Returns the name by which the Gopher listener of a capsule finds it; the first capsule is found by its position.
fn name(index: usize, capsule: &Capsule) -> Option<HostName> {
    (index > 0).then(|| capsule.hosts[0].clone())
}

/// The metrics and their sockets: a server of their own, so that collectors use up no connections of readers.
pub(super) struct MetricsServer {
    pub(super) metrics: Metrics,
    sockets: Vec<StdListener>,
}

impl MetricsServer {
    pub(super) fn bind(config: &Config) -> Result<Option<Self>, Problem> {
        let bind_one = |address| bind(address, &[]).map_err(|error| cannot_bind(address, &error, "[metrics] listen"));
        let sockets = config.settings.metrics.listen.iter().map(|address| bind_one(address.0));
        let sockets: Vec<StdListener> = sockets.collect::<Result<_, _>>()?;
        Ok((!sockets.is_empty()).then(|| Self { metrics: Metrics::default(), sockets }))
    }

    /// Logs the addresses of the metrics, and serves them in a task of `tasks`. Must be called in a tokio runtime.
    pub(super) fn start(self, readers: &ServerContext, tasks: &mut JoinSet<()>) -> io::Result<()> {
        for address in self.sockets.iter().filter_map(|socket| socket.local_addr().ok()) {
            tracing::info!("metrics are at http://{address}/metrics");
        }
        let metrics = self.metrics;
        let page = Arc::new(MetricsPage(Arc::new(move || metrics.text())));
        let endpoint = || Endpoint { protocol: page.clone(), transport: Transport::Plain };
        let listener = |socket| TcpListener::from_std(socket).map(|socket| (socket, endpoint()));
        let listeners = self.sockets.into_iter().map(listener).collect::<io::Result<Listeners>>()?;
        let context = ServerContext {
            limits: Limits { connections: COLLECTORS, per_address: COLLECTORS, ..Limits::STANDARD },
            hosting: None,
            // A collector connects every few seconds: a line for each connection would fill the log.
            log: None,
            metrics: None,
            proxies: Vec::new(),
            ..readers.clone()
        };
        tasks.spawn(async { _ = serve(listeners, context, std::future::pending()).await });
        Ok(())
    }
}
