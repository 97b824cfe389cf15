//! Sockets become listeners: what is spoken on each, for which capsule, and in what.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::bind::{Bound, Spoken};
use super::keys::Keys;
use super::reach::Reach;
use crate::config::Config;
use crate::protocol::Protocol;
use crate::protocol::gemini::{self, Gemini};
use crate::protocol::gopher::{self, Gopher};
use crate::server::{Listener, Transport};

/// Must be called within a tokio runtime.
pub(super) fn listeners(
    config: &Config,
    bound: Vec<Bound>,
    keys: &Keys,
    reach: &Reach,
) -> io::Result<Vec<Listener>> {
    let mut ports = vec![reach.gemini_port];
    ports.extend(bound.iter().filter(|bound| bound.spoken == Spoken::Gemini).map(|bound| bound.port));
    let options = gemini::GeminiOptions { ports, check_port: config.gemini.check_port };
    let gemini: Arc<dyn Protocol> = Arc::new(Gemini::new(options));
    let listener = |bound: Bound| {
        let (protocol, transport) = match bound.spoken {
            Spoken::Gemini => (gemini.clone(), Transport::Tls(keys.server())),
            Spoken::Gopher(index) => {
                let tls = config.capsules.get(index)?.gopher.as_ref()?.tls;
                let transport = if tls { Transport::Either(keys.server()) } else { Transport::Plain };
                (gopher(config, index, reach)?, transport)
            }
        };
        Some(TcpListener::from_std(bound.socket).map(|socket| Listener { socket, protocol, transport }))
    };
    bound.into_iter().filter_map(listener).collect()
}

fn gopher(config: &Config, index: usize, reach: &Reach) -> Option<Arc<dyn Protocol>> {
    let capsule = config.capsules.get(index)?;
    let authority = reach.gopher(index, capsule)?;
    Some(Arc::new(Gopher::new(gopher::GopherOptions {
        // The first capsule is the first one whatever it is called after a change of the configuration.
        capsule: (index > 0).then(|| capsule.hosts[0].to_string()),
        host: authority.host.clone(),
        port: authority.port,
        tls: capsule.gopher.as_ref().is_some_and(|gopher| gopher.tls),
        gemini_url: Some(reach.gemini_url(capsule)),
    })))
}
