//! The service from startup to shutdown.
//!
//! [`run`] binds sockets, becomes the configured user, publishes content, loads or creates keys and enters the sandbox,
//! in this order. Then threads start, which serve connections and reload what changes until a signal ends the process.

mod keys;
mod listeners;
mod messages;
mod process;
mod reload;
mod resources;
mod service;
mod sockets;
mod stderr;

use std::io::{self, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use sd_notify::NotifyState;
use time::OffsetDateTime;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind};
use tokio::task::JoinSet;
use tracing::Level;

pub use messages::{gopher_moved, shell_quoted};
pub use process::Signals;
pub use sockets::predict_gopher_port;

use crate::config::Config;
use crate::disk::AttachmentOpener;
use crate::hosting::{HostedCapsules, HostingContext, check_folder};
use crate::privileges::sandbox::Enforced;
use crate::publish::Publisher;
use crate::server::access_log::{AccessLog, LineStyle, LogFile};
use crate::server::{FileOpener, Hosting, Limits, ServerContext, WorkerPool, serve};
use keys::Keys;
use listeners::{AdvertisedAddresses, MetricsServer};
use messages::{StartupMessage, print_problems};
use service::{LoadConfig, Service};
use sockets::BoundSocket;

/// Threads that read attachments and folders: more would not make a disk faster, and pages need none.
const BLOCKING_THREADS: usize = 16;

/// The longest wait at shutdown for the last lines of the log, and again for the last messages.
const LAST_LINES: Duration = Duration::from_secs(2);

/// Serves the capsules of `load`, called now and at reloads, until SIGTERM or SIGINT; if `quiet`, prints warnings only.
pub fn run(load: LoadConfig, signals: Signals, quiet: bool) -> anyhow::Result<()> {
    let config = load()?;
    let started = Instant::now();
    let inherited = process::inherited_sockets()?;
    tracing_subscriber::fmt()
        .with_writer(|| stderr::StderrWriter)
        .with_ansi(crate::problem::print::has_colours(&io::stderr()))
        .with_target(false)
        .with_max_level(if quiet { Level::WARN } else { Level::INFO })
        .init();
    let shutdown = process::handled([SignalKind::terminate(), SignalKind::interrupt()])?;
    let startup = start_up(config, load, inherited)?;
    // Threads inherit the sandbox only if they start after it was entered.
    stderr::start_thread()?;
    let runtime = Builder::new_multi_thread().enable_all().max_blocking_threads(BLOCKING_THREADS).build()?;
    let result = runtime.block_on(serve_until(shutdown, signals, startup, started, quiet));
    // Does not wait for reads that hang on a slow disk. Aborted connections write their log lines now.
    runtime.shutdown_background();
    let (log_end, all_ended) = result?;
    let is_log_complete = log_end.recv_timeout(LAST_LINES) == Err(RecvTimeoutError::Disconnected);
    let outcome = match (all_ended, is_log_complete) {
        (true, true) => "stopped",
        (false, true) => "stopped; some connections had to be cut off",
        (_, false) => "stopped; the last lines of the log could not be written",
    };
    if !quiet || !is_log_complete {
        stderr::print(outcome);
    }
    stderr::flush(LAST_LINES);
    Ok(())
}

struct Startup {
    service: Service,
    sockets: Vec<BoundSocket>,
    limits: Limits,
    metrics: Option<MetricsServer>,
    message: String,
    /// What the sandbox enforces; `None` if it is turned off.
    enforced: Option<Enforced>,
}

/// Performs the startup steps that need privileges or may fail, and drops the privileges. No other threads exist yet.
fn start_up(config: Config, load: LoadConfig, inherited: Vec<(String, TcpListener)>) -> anyhow::Result<Startup> {
    let sockets = sockets::bind(&config, inherited)?;
    let metrics = MetricsServer::bind(&config)?;
    let advertised = AdvertisedAddresses::new(&config, &sockets);
    listeners::refuse_public_drafts(&config, &sockets.bound)?;
    let mut problems = resources::become_user(&config)?;
    let mut publisher = Publisher::new(advertised.publish_options(&config), None);
    let first = publisher.publish(OffsetDateTime::now_utc());
    if let Some(failure) = first.failures.into_iter().next() {
        return Err(failure.into());
    }
    // Keys are created after the content was found, so that a mistyped folder leaves none behind.
    config.hosting_folder().map(check_folder).transpose()?;
    let keys = Keys::load(&config, None)?;
    let tls = Arc::new(ArcSwap::from_pointee(keys.tls(&config)?));
    let mut limits = config.limits.clone();
    problems.extend(resources::fit_descriptors(&mut limits, config.capsules.len()));
    let (hosting_memory, low_memory) = resources::hosting_memory(&config);
    problems.extend(low_memory);
    let (sandbox, enforced) = resources::enter_sandbox(&config)?;
    publisher.sandbox = sandbox;
    let (folder, gemini_port) = (config.hosting_folder().map(Path::to_owned), advertised.gemini_port);
    let context = folder.map(|folder| Arc::new(HostingContext { folder, config: config.clone(), gemini_port }));
    // Its threads start in the sandbox.
    let hosted = context.map(|context| HostedCapsules::new(context, hosting_memory, |message| stderr::print(message)));
    let service = Service {
        load,
        startup_config: config.clone(),
        advertised,
        sites: Arc::new(ArcSwap::from_pointee(publisher.sites())),
        indexer: WorkerPool::in_background("index")?,
        indexed: Arc::default(),
        publisher,
        keys,
        tls,
        hosted: hosted.transpose()?,
        log_file: config.settings.log.file.value.clone().map(LogFile::new),
        metrics: metrics.as_ref().map(|server| server.metrics.clone()),
        lost_since: None,
        config,
    };
    service.update_metrics();
    print_problems(&first.problems);
    print_problems(&service.keys.warnings(OffsetDateTime::now_utc()));
    problems.extend(service.reopen_log());
    problems.extend(crate::identity::folder_warning(&service.config.certs));
    let Service { config, keys, publisher: Publisher { capsules, .. }, .. } = &service;
    problems.extend(listeners::unreachable_menus(capsules, &sockets.bound));
    print_problems(&problems);
    let message = StartupMessage { config, gemini_port, keys, capsules, sockets: &sockets }.text();
    Ok(Startup { service, sockets: sockets.bound, limits, metrics, message, enforced })
}

/// Serves connections until a signal ends the process, and obeys other `signals`. Returns a receiver that is
/// disconnected once the access log is written, and whether all connections ended by themselves.
async fn serve_until(
    [mut terminate, mut interrupt]: [Signal; 2],
    signals: Signals,
    startup: Startup,
    started: Instant,
    quiet: bool,
) -> anyhow::Result<(Receiver<()>, bool)> {
    let Startup { service, sockets, limits, metrics, message, enforced } = startup;
    let file = service.log_file.clone();
    let write = move |lines: &[u8]| match &file {
        Some(file) => file.append(lines),
        None => io::stderr().write_all(lines),
    };
    let log = &service.config.settings.log;
    let style = LineStyle::new(*log.format, *log.addresses);
    let lost = service.metrics.as_ref().map(|metrics| metrics.lost_lines.clone()).unwrap_or_default();
    let (log, log_end) = AccessLog::start(write, style, lost)?;
    let Service { config, publisher, tls, .. } = &service;
    let listeners = service.advertised.listeners(config, &publisher.capsules, sockets, tls)?;
    let now = Arc::new(AttachmentOpener::default());
    let (later, hosted) = (now.clone(), service.hosted.clone());
    let files = FileOpener::new(move |file| now.open_at_once(file), move |file| later.open(file), limits.files);
    let context = ServerContext {
        files,
        limits,
        sites: service.sites.clone(),
        hosting: hosted.clone().map(|hosted| -> Arc<dyn Hosting> { Arc::new(hosted) }),
        // More threads than processors do not help with work that only computes.
        workers: Arc::new(WorkerPool::start("answers", available_parallelism().map_or(1, usize::from))?),
        long_worker: Arc::new(WorkerPool::start("long answers", 1)?),
        log: Some(log),
        metrics: service.metrics.clone(),
        proxies: service.config.settings.proxy.from.value.clone(),
    };
    let names_user = service.config.settings.privileges.user.is_some();
    let reload = reload::watch(service, signals)?;
    if !quiet {
        stderr::print(format_args!("{message}ready in {} ms; Ctrl-C stops", started.elapsed().as_millis()));
    }
    resources::log_privileges(enforced.as_ref(), names_user);
    // Dropping the set aborts its tasks.
    let mut tasks = JoinSet::new();
    tasks.spawn(reload);
    tasks.spawn(process::notify_watchdog());
    hosted.map(|hosted| tasks.spawn(hosted.evict()));
    metrics.map(|server| server.start(&context, &mut tasks)).transpose()?;
    process::notify(NotifyState::Ready);
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        process::notify(NotifyState::Stopping);
        if !quiet {
            stderr::print("stopping after the requests that are being answered");
        }
    };
    Ok((log_end, serve(listeners, context, stop).await))
}
