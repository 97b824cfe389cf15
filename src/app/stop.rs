//! The signals that ask the process to stop.

use std::io;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals that are waited for. As process 1 of a container, one that nobody waits for is lost.
pub(super) struct Stop(Vec<Signal>);

impl Stop {
    /// Waits from now on for SIGTERM and Ctrl-C.
    pub(super) fn heed() -> io::Result<Self> {
        Self::on(&[SignalKind::terminate(), SignalKind::interrupt()])
    }

    /// There need not be a runtime yet, nor any other thread: what comes meanwhile is kept for the first one there is.
    fn on(kinds: &[SignalKind]) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let _inside = runtime.enter();
        kinds.iter().map(|kind| signal(*kind)).collect::<io::Result<_>>().map(Self)
    }

    /// Waits until one of them comes.
    pub(super) async fn asked(&mut self) {
        std::future::poll_fn(|cx| {
            let came = self.0.iter_mut().any(|signal| signal.poll_recv(cx).is_ready());
            if came { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
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
    fn a_signal_before_there_is_a_runtime_is_kept_for_it() {
        let mut stop =
            Stop::on(&[SignalKind::user_defined1(), SignalKind::user_defined2()]).expect("signals");
        let sent = Command::new("sh").arg("-c").arg("kill -USR2 $PPID").status().expect("sh runs");
        assert!(sent.success());
        let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let asked = async { tokio::time::timeout(Duration::from_secs(20), stop.asked()).await };
        assert!(runtime.block_on(asked).is_ok());
    }
}
