//! How the process is controlled from outside: sockets inherited from systemd, notifications to it, and signals.

use std::future::poll_fn;
use std::io;
use std::net::TcpListener;
use std::task::Poll;

use listenfd::ListenFd;
use sd_notify::NotifyState;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

use crate::problem::Problem;

/// A listening socket that systemd opened and passed on (`sd_listen_fds`(3)): the program needs no privilege for its
/// port, and clients can connect during a restart.
#[derive(Debug)]
pub(super) struct InheritedSocket {
    /// The name in the unit (`FileDescriptorName=`).
    pub(super) name: String,
    pub(super) socket: TcpListener,
}

/// Takes the inherited sockets. Must be called before there are threads, because it removes the variables that announce
/// the sockets from the environment, where child processes would find them.
/// An error if one of them is no listening TCP socket.
pub(super) fn inherited_sockets() -> Result<Vec<InheritedSocket>, Problem> {
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let mut names = names.split(':');
    let mut inherited = ListenFd::from_env();
    let mut sockets = Vec::new();
    for index in 0..inherited.len() {
        let name = names.next().unwrap_or_default().to_owned();
        match inherited.take_tcp_listener(index) {
            Ok(Some(socket)) => sockets.push(InheritedSocket { name, socket }),
            Ok(None) => {}
            Err(error) => {
                let what = format!("inherited socket {} is not a listening TCP socket: {error}", index + 1);
                return Err(Problem::error(what).hint("use `ListenStream=` with an address and a port"));
            }
        }
    }
    Ok(sockets)
}

/// Tells systemd (`sd_notify`(3)) in which state the service is.
pub(super) fn notify(state: NotifyState<'_>) {
    let mut states = vec![state];
    if matches!(states[..], [NotifyState::Reloading]) {
        // systemd kills a service that sends no time stamp with it.
        states.extend(NotifyState::monotonic_usec_now().ok());
    }
    if let Err(error) = sd_notify::notify(&states) {
        tracing::warn!(%error, "systemd cannot be notified of the state of this service");
    }
}

/// Notifies the watchdog of systemd twice in each of its periods that tasks are run. Returns if there is no watchdog.
pub(super) async fn notify_watchdog() {
    let Some(period) = sd_notify::watchdog_enabled().map(|period| period / 2) else { return };
    if period.is_zero() {
        return;
    }
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        notify(NotifyState::Watchdog);
    }
}

pub(super) struct ShutdownSignals(Vec<Signal>);

impl ShutdownSignals {
    /// Handles SIGTERM and SIGINT from now on. As process 1 of a container, signals without a handler are ignored.
    pub(super) fn handle() -> io::Result<Self> {
        Self::of(&[SignalKind::terminate(), SignalKind::interrupt()])
    }

    /// Needs neither a runtime nor another thread: a signal is kept for the first runtime that waits for it.
    fn of(kinds: &[SignalKind]) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let _inside = runtime.enter();
        kinds.iter().map(|kind| signal(*kind)).collect::<io::Result<_>>().map(Self)
    }

    pub(super) async fn received(&mut self) {
        poll_fn(|cx| {
            let received = self.0.iter_mut().any(|signal| signal.poll_recv(cx).is_ready());
            if received { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::*;

    #[test]
    fn signal_before_the_runtime_starts_is_received() {
        let mut signals = ShutdownSignals::of(&[SignalKind::user_defined1(), SignalKind::user_defined2()])
            .expect("signals");
        let sent = Command::new("sh").arg("-c").arg("kill -USR2 $PPID").status().expect("sh runs");
        assert!(sent.success());
        let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let received = async { tokio::time::timeout(Duration::from_secs(20), signals.received()).await };
        assert!(runtime.block_on(received).is_ok());
    }
}
