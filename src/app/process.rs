//! How the process is controlled from outside: sockets inherited from systemd, notifications to it, and signals.

use std::io;
use std::net::TcpListener;

use sd_notify::NotifyState;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;

use crate::problem::Problem;

/// Takes sockets that systemd passed on, with names (`sd_listen_fds`(3)). Must be called before threads start: it
/// removes the environment variables that child processes would read. Fails if one is not a listening TCP socket.
pub(super) fn inherited_sockets() -> Result<Vec<(String, TcpListener)>, Problem> {
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let mut names = names.split(':');
    let mut inherited = listenfd::ListenFd::from_env();
    let mut sockets = Vec::new();
    for index in 0..inherited.len() {
        let name = names.next().unwrap_or_default().to_owned();
        let socket = inherited.take_tcp_listener(index).map_err(|error| {
            Problem::error(format!("inherited socket {} is not a listening TCP socket: {error}", index + 1))
                .hint("use `ListenStream=` with an address and a port")
        })?;
        sockets.extend(socket.map(|socket| (name, socket)));
    }
    Ok(sockets)
}

pub(super) fn notify(state: NotifyState<'_>) {
    let mut states = vec![state];
    if matches!(states[..], [NotifyState::Reloading]) {
        // systemd kills a service that announces a reload without a time stamp.
        states.extend(NotifyState::monotonic_usec_now().ok());
    }
    if let Err(error) = sd_notify::notify(&states) {
        tracing::warn!(%error, "systemd cannot be notified of the state of this service");
    }
}

/// Notifies the watchdog of systemd, twice per watchdog period, that tasks still run. Returns if there is no watchdog.
pub(super) async fn notify_watchdog() {
    let period = sd_notify::watchdog_enabled().map(|period| period / 2);
    let Some(period) = period.filter(|period| !period.is_zero()) else { return };
    loop {
        notify(NotifyState::Watchdog);
        sleep(period).await;
    }
}

/// The signals that the service obeys, handled from the moment this is created.
///
/// Signals are kept for the first runtime that waits. Unhandled ones end a process, but not process 1 of a container.
pub struct Signals {
    /// SIGHUP: reload.
    pub(super) hangup: Signal,
    /// SIGUSR1: open the log again.
    pub(super) reopen: Signal,
}

impl Signals {
    /// Handles SIGHUP and SIGUSR1 from now on, which needs neither a runtime nor another thread.
    pub fn handle() -> io::Result<Self> {
        let [hangup, reopen] = handled([SignalKind::hangup(), SignalKind::user_defined1()])?;
        Ok(Self { hangup, reopen })
    }
}

/// Handles the signals of these kinds from now on.
pub(super) fn handled(kinds: [SignalKind; 2]) -> io::Result<[Signal; 2]> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let _inside = runtime.enter();
    let [first, second] = kinds.map(signal);
    Ok([first?, second?])
}
