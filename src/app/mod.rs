//! The parts joined: sockets bound, folders read, keys found, readers served, changes followed.

mod advice;
mod banner;
mod bind;
mod confine;
mod descriptors;
mod follow;
mod handed;
mod hosting;
mod keys;
mod listeners;
mod manager;
mod memory;
mod metrics;
mod reach;
mod running;
mod source;
mod stop;
mod voice;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tracing::Level;

pub(crate) use hosting::folder_of;
pub use source::Source;

use crate::config::{Config, LogAddresses, LogFormat};
use crate::disk::AttachmentOpener;
use crate::problem::print::colours_stderr;
use crate::publish::Publisher;
use crate::server::access_log::{AccessLog, Addresses, Format, LogFile, Style, Writer};
use crate::server::{FileOpener, Hosting, Limits, LiveSites, ServerContext, WorkerPool, serve};
use bind::Bound;
use confine::Confined;
use follow::Lookout;
use handed::Handed;
use hosting::{Ground, Hosts};
use keys::Keys;
use reach::Reach;
use running::Running;
use stop::Stop;

/// Threads that read attachments and folders. Without a bound, each reader of a large file would soon have one; a disk
/// is not faster for more of them, and pages need none.
const BLOCKING: usize = 16;

/// How long the last lines of the log may take at the end, and as long again what is said last.
const LAST_LINES: Duration = Duration::from_secs(2);

/// Serves what `config`, which was read from `source`, says, until the process is asked to stop (SIGTERM, Ctrl-C).
/// If it is to be `quiet`, it says only what needs attention.
///
/// # Errors
///
/// If the start fails: an address or folder that cannot be used, a damaged identity. Once readers are
/// served, nothing ends that but a signal.
pub fn run(config: Config, source: Source, quiet: bool) -> anyhow::Result<()> {
    let started = Instant::now();
    let handed = handed::take()?;
    tracing_subscriber::fmt()
        .with_writer(|| voice::Voice)
        .with_ansi(colours_stderr())
        .with_target(false)
        .with_max_level(if quiet { Level::WARN } else { Level::INFO })
        .init();
    let stop = Stop::heed()?;
    let prepared = prepare(config, source, handed)?;
    // Not before now: its threads are in the sandbox from their first moment on.
    voice::hand_over()?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(BLOCKING).build()?;
    let ended = runtime.block_on(readers(prepared, stop, started, quiet));
    // Blocking reads of attachments may hang on a slow disk; the process does not wait for them. Connections that
    // were cut off leave their lines now.
    runtime.shutdown_background();
    let Ended { log, all_left } = ended?;
    let written = log.finish(LAST_LINES);
    let how = match (all_left, written) {
        (true, true) => "stopped",
        (false, true) => "stopped; some connections had to be cut off",
        (_, false) => "stopped; the last lines of the log could not be written",
    };
    if !quiet || !written {
        voice::say(how);
    }
    voice::finish(LAST_LINES);
    Ok(())
}

/// Everything that is ready before the first reader.
struct Prepared {
    running: Running,
    bound: Vec<Bound>,
    limits: Limits,
    metrics: Option<metrics::Shown>,
    banner: String,
    confined: Confined,
}

/// Does what takes more privileges than serving, and gives them up. There are no other threads yet.
fn prepare(config: Config, source: Source, handed: Vec<Handed>) -> anyhow::Result<Prepared> {
    let sockets = bind::bind(&config, handed)?;
    let metrics = metrics::bind(&config)?;
    let reach = Reach::of(&config, &sockets);
    let listening = sockets.addresses();
    let unread = confine::become_user(&config, &source)?;
    let mut publisher = Publisher::new(reach.publish_options(&config), None);
    let first = publisher.publish(OffsetDateTime::now_utc());
    if let Some(failure) = first.failures.into_iter().next() {
        return Err(failure.into());
    }
    // Not before it is sure that there is something to serve: a mistyped folder must not leave a key.
    let hosting = config.hosting.folder.clone();
    hosting.as_deref().map(hosting::check).transpose()?;
    let (keys, origins) = Keys::obtain(&config)?;
    let mut limits = config.limits.clone();
    let crowded = descriptors::make_room(&mut limits, config.capsules.len());
    let (left, cramped) = memory::for_hosted(&config);
    let confined = confine::enter(&config, &source)?;
    publisher.sandbox = confined.sandbox.clone();
    let hosts = hosting.map(|folder| hosts(folder, left, &config, &keys, &reach)).transpose()?;

    let current = LiveSites::new(first.sites);
    let log_file = config.log.file.clone().map(LogFile::new);
    let running = Running {
        source,
        started: config.clone(),
        config,
        reach,
        publisher,
        keys,
        hosts,
        current,
        log_file,
        metrics: metrics.as_ref().map(|shown| shown.metrics.clone()),
    };
    running.count();
    banner::problems(&first.problems);
    banner::problems(&running.keys.warnings(OffsetDateTime::now_utc()));
    banner::problems(crowded.as_slice());
    banner::problems(cramped.as_slice());
    banner::problems(&unread);
    banner::problems(running.reopen_log().as_slice());
    banner::problems(&advice::unreachable_menus(&running, &listening));
    let banner = banner::Start {
        running: &running,
        summaries: &first.summaries,
        origins: &origins,
        listening: &listening,
        gopher_moved: sockets.gopher_moved,
    };
    let banner = banner.lines();
    Ok(Prepared { running, bound: sockets.listeners, limits, metrics, banner, confined })
}

/// The hosted capsules in `folder`, which may take `memory` bytes. Their threads start now, in the sandbox.
fn hosts(folder: PathBuf, memory: u64, config: &Config, keys: &Keys, reach: &Reach) -> anyhow::Result<Hosts> {
    let tls = keys.hosted(config)?;
    let ground = Ground { folder, config: config.clone(), gemini_port: reach.gemini_port, tls };
    Ok(Hosts::new(ground, memory)?)
}

/// How serving ended.
struct Ended {
    log: Writer,
    /// Whether nobody had to be cut off.
    all_left: bool,
}

/// Serves readers until `stop`.
async fn readers(prepared: Prepared, mut stop: Stop, started: Instant, quiet: bool) -> anyhow::Result<Ended> {
    let Prepared { running, bound, limits, metrics, banner, confined } = prepared;
    let out: Box<dyn Write + Send> = match &running.log_file {
        Some(file) => Box::new(file.clone()),
        None => Box::new(std::io::stderr()),
    };
    let (log, log_writer) = AccessLog::start(out, style(&running.config), running.metrics.clone())?;
    let listeners = listeners::listeners(&running.config, bound, &running.keys, &running.reach)?;
    let hosts = running.hosts.clone();
    let hosting = hosts.clone().map(|hosts| -> Arc<dyn Hosting> { Arc::new(hosts) });
    let (files, proxies) = (attachments().with_limit(limits.files), running.config.proxies.clone());
    let sites = running.current.clone();
    let workers = Arc::new(WorkerPool::per_processor("answers")?);
    let shell = ServerContext { limits, sites, hosting, files, workers: workers.clone(), log, proxies };
    let current = running.current.clone();
    let lookout = Lookout::new(running)?;
    if !quiet {
        voice::say(format_args!("{banner}ready in {} ms; Ctrl-C stops", started.elapsed().as_millis()));
    }
    confined.tell();
    metrics.as_ref().inspect(|shown| shown.tell());
    let metrics = metrics.map(|shown| shown.start(current, workers)).transpose()?;
    manager::ready();
    let watchdog = tokio::spawn(manager::keep_watchdog_quiet());
    let following = tokio::spawn(follow::follow(lookout));
    let hosting = hosts.map(|hosts| tokio::spawn(hosts.look_round()));
    let stopped = async {
        stop.asked().await;
        manager::stopping();
        if !quiet {
            voice::say("stopping: what is being read may be read to its end");
        }
    };
    let all_left = serve(listeners, shell, stopped).await;
    following.abort();
    hosting.inspect(JoinHandle::abort);
    metrics.inspect(JoinHandle::abort);
    watchdog.abort();
    Ok(Ended { log: log_writer, all_left })
}

/// How attachments are opened: at once where that can be done, else on a thread that may wait.
fn attachments() -> FileOpener {
    let attachments = Arc::new(AttachmentOpener::default());
    let waiting = attachments.clone();
    FileOpener::new(move |file| attachments.open_at_once(file), move |file| waiting.open(file))
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
