//! The parts joined: sockets bound, folders read, keys found, readers served, changes followed.

mod advice;
mod banner;
mod bind;
mod publisher;

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use arc_swap::ArcSwap;
use time::OffsetDateTime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::cli::Stopped;
use crate::config::{Capsule, Config, LogAddresses, LogFormat};
use crate::disk::{self, Watch};
use crate::identity::{self, Certificates, Identity, Origin};
use crate::protocol::gemini::{self, Gemini};
use crate::protocol::gopher::{self, Gopher};
use crate::server::access_log::{AccessLog, Addresses, Format, Style};
use crate::server::tls::{self, Versions};
use crate::server::{Current, Listener, Shell, Transport, opener, serve};
use publisher::{Publisher, Reach};

/// A file that was being written is looked at again after this long.
const UNSETTLED: Duration = Duration::from_millis(60);

/// Serves what `config` says until the process is asked to stop (SIGTERM, Ctrl-C).
///
/// # Errors
///
/// If the start fails: an address or folder that cannot be used, a damaged identity. Once readers are
/// served, nothing ends that but a signal.
pub fn run(config: &Config) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(start(config));
    // Blocking reads of attachments may hang on a slow disk; the process does not wait for them.
    runtime.shutdown_background();
    ended
}

async fn start(config: &Config) -> anyhow::Result<()> {
    let started = std::time::Instant::now();
    let sockets = bind::bind(config).map_err(Stopped)?;
    let reach = Reach::of(config, &sockets);
    let listening = sockets.addresses();
    let mut publisher = Publisher::new(config, &reach);
    let first = publisher.publish(OffsetDateTime::now_utc());
    if let Some(failure) = first.failures.into_iter().next() {
        return Err(Stopped(failure).into());
    }
    // Not before it is sure that there is something to serve: a mistyped folder must not leave a key.
    let identities = identities(config)?;
    let current = Current::new(first.shelf);
    let (log, log_writer) = AccessLog::start(std::io::stderr(), style(config))?;
    let listeners = listeners(config, sockets.listeners, &identities, &reach)?;

    let mut stop = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let following = follow(config, publisher, current.clone())?;
    banner::problems(&first.problems);
    let gopher_at: Vec<_> =
        listening.iter().filter(|(spoken, _)| *spoken == bind::Spoken::Gopher).map(|(_, at)| *at).collect();
    banner::problems(
        reach
            .gopher
            .iter()
            .filter_map(|gopher| advice::unreachable_menus(gopher, &gopher_at))
            .collect::<Vec<_>>()
            .as_slice(),
    );
    banner::print(&banner::Start {
        config,
        reach: &reach,
        summaries: &first.summaries,
        identities: &identities,
        listening: &listening,
        gopher_moved: sockets.gopher_moved,
        took: started.elapsed(),
    });
    let stopped = async {
        tokio::select! {
            _ = stop.0.recv() => {}
            _ = stop.1.recv() => {}
        }
        eprintln!("stopping: what is being read may be read to its end");
    };
    let shell = Shell { limits: config.limits.clone(), current, open: opener(disk::open), log };
    let all_left = serve(listeners, shell, stopped).await;
    following.abort();
    if all_left {
        // Every line of theirs is in the channel now, and nobody else writes.
        tokio::task::spawn_blocking(move || log_writer.finish()).await?;
    }
    eprintln!("{}", if all_left { "stopped" } else { "stopped; some connections had to be cut off" });
    Ok(())
}

fn style(config: &Config) -> Style {
    let addresses = match config.log.addresses {
        LogAddresses::Off => Addresses::Off,
        LogAddresses::Hashed => Addresses::Hashed,
        LogAddresses::Full => Addresses::Full,
    };
    let format = match config.log.format {
        LogFormat::Text => Format::Text,
        LogFormat::Json => Format::Json,
    };
    Style::new(format, addresses)
}

fn identities(config: &Config) -> anyhow::Result<Vec<(Identity, Origin)>> {
    config
        .capsules
        .iter()
        .map(|capsule| Ok(identity::obtain(&config.certs, &certified_names(capsule)).map_err(Stopped)?))
        .collect()
}

/// The names a certificate is made for: a capsule on this machine is also reached by its address.
pub(crate) fn certified_names(capsule: &Capsule) -> Vec<String> {
    let mut names = capsule.hosts.clone();
    if names.iter().any(|name| name == "localhost") {
        names.extend(["127.0.0.1", "::1"].map(str::to_owned));
    }
    names
}

fn listeners(
    config: &Config,
    bound: Vec<bind::Bound>,
    identities: &[(Identity, Origin)],
    reach: &Reach,
) -> anyhow::Result<Vec<Listener>> {
    let (first, _) = identities.first().context("a configuration has at least one capsule")?;
    let mut certificates = Certificates::new(first.certified.clone());
    for (capsule, (identity, _)) in config.capsules.iter().zip(identities) {
        certificates.add(capsule.hosts.iter().map(String::as_str), &identity.certified);
    }
    let tls = tls::config(Versions::From12, Arc::new(certificates)).context("TLS cannot be set up")?;
    let tls = Transport::Tls(Arc::new(ArcSwap::from_pointee(tls)));
    let mut ports = vec![reach.gemini_port];
    ports.extend(bound.iter().filter(|bound| bound.spoken == bind::Spoken::Gemini).map(|bound| bound.port));
    let gemini = Arc::new(Gemini::new(gemini::Options { ports, check_port: true }));
    let gopher = reach.gopher.as_ref().map(|authority| {
        Arc::new(Gopher::new(gopher::Options {
            host: authority.host.clone(),
            port: authority.port,
            gemini_url: Some(reach.gemini_url(&config.capsules[0])),
        }))
    });
    let mut listeners = Vec::new();
    for bound in bound {
        match (bound.spoken, &gopher) {
            (bind::Spoken::Gemini, _) => listeners.push(Listener {
                socket: bound.socket,
                protocol: gemini.clone(),
                transport: tls.clone(),
            }),
            (bind::Spoken::Gopher, Some(gopher)) => listeners.push(Listener {
                socket: bound.socket,
                protocol: gopher.clone(),
                transport: Transport::Plain,
            }),
            (bind::Spoken::Gopher, None) => {}
        }
    }
    Ok(listeners)
}

/// Publishes anew whenever a folder changes, an essay's day comes, or SIGHUP asks for it.
fn follow(config: &Config, publisher: Publisher, current: Current) -> std::io::Result<JoinHandle<()>> {
    let mut hangup = signal(SignalKind::hangup())?;
    let changed = Arc::new(tokio::sync::Notify::new());
    for capsule in &config.capsules {
        let mut watch = Watch::new(&capsule.content);
        let changed = changed.clone();
        tokio::spawn(async move {
            loop {
                watch.changed().await;
                changed.notify_one();
            }
        });
    }
    let publisher = Arc::new(Mutex::new(publisher));
    Ok(tokio::spawn(async move {
        // What changed between the first reading and the first watch would be missed otherwise.
        let mut again_after = Some(Duration::ZERO);
        loop {
            let wait = async {
                match again_after {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = changed.notified() => {}
                _ = hangup.recv() => {}
                () = wait => {}
            }
            let publisher = publisher.clone();
            let round = tokio::task::spawn_blocking(move || {
                let mut publisher = publisher.lock().unwrap_or_else(PoisonError::into_inner);
                publisher.publish(OffsetDateTime::now_utc())
            });
            match round.await {
                Ok(edition) => {
                    banner::reload(&edition);
                    again_after = edition.again_after(OffsetDateTime::now_utc(), UNSETTLED);
                    current.swap(edition.shelf);
                }
                // A bug in reading one folder must not end the serving of what was read before.
                Err(error) => tracing::error!("the folder could not be published anew: {error}"),
            }
        }
    }))
}
