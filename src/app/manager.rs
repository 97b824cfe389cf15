//! What the service manager is told (`sd_notify`(3)), if there is one that wants to know.

use sd_notify::NotifyState;
use tokio::time::{MissedTickBehavior, interval};

/// Readers are served, or served anew after a reload.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// A reload was asked for; [`ready`] ends it.
pub(super) fn reloading() {
    // Without the time the manager would wait for it, and give up on us.
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now]);
    }
}

/// Nobody new is let in.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Says twice in each period of the watchdog that tasks still get their turn; returns where there is none.
pub(super) async fn keep_watchdog_quiet() {
    let Some(period) = sd_notify::watchdog_enabled().map(|period| period / 2) else { return };
    if period.is_zero() {
        return;
    }
    let mut turns = interval(period);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        tell(&[NotifyState::Watchdog]);
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager cannot be told how this goes");
    }
}
