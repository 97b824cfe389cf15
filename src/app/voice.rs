//! What the process says on standard error.
//!
//! While it starts, that is said at once. From then on a thread of its own says it: standard error may be a pipe that
//! nobody reads any more, and neither readers nor authors nor the end of the process may wait for whoever should. What
//! there is no room for is lost.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

/// How many messages may wait: more than a round over a large archive has.
const WAITING: usize = 1024;

/// There is one standard error, and one thread that writes to it.
static SPEAKER: OnceLock<SyncSender<Said>> = OnceLock::new();

/// What the thread is told.
enum Said {
    Text(Vec<u8>),
    /// Whoever asks waits until everything before is said.
    Finish(Sender<()>),
}

/// Says a line.
pub(super) fn say(line: impl Display) {
    // Nobody is left who could be told.
    let _ = Voice.write_all(format!("{line}\n").as_bytes());
}

/// Says everything from now on in a thread of its own, panics included.
///
/// # Errors
///
/// If there can be no thread.
pub(super) fn hand_over() -> io::Result<()> {
    let (speaker, said) = sync_channel(WAITING);
    thread::Builder::new().name("voice".to_owned()).spawn(move || speak(&said))?;
    if SPEAKER.set(speaker).is_ok() {
        std::panic::set_hook(Box::new(|panic| say(panic)));
    }
    Ok(())
}

/// Waits until everything is said, at most for `patience`.
pub(super) fn finish(patience: Duration) {
    let Some(speaker) = SPEAKER.get() else { return };
    let (done, all_said) = channel();
    if speaker.try_send(Said::Finish(done)).is_ok() {
        // Too late is as good as done.
        let _ = all_said.recv_timeout(patience);
    }
}

fn speak(said: &Receiver<Said>) {
    for said in said {
        // Whether anybody hears it, or hears that somebody waited, makes no difference here.
        match said {
            Said::Text(text) => _ = io::stderr().write_all(&text),
            Said::Finish(done) => _ = done.send(()),
        }
    }
}

/// Standard error, as something to write whole messages to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice;

impl Write for Voice {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        match SPEAKER.get() {
            Some(speaker) => _ = speaker.try_send(Said::Text(text.to_vec())),
            None => io::stderr().write_all(text)?,
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
