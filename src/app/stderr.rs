//! The writer of standard error.
//!
//! During startup it writes directly. Afterwards a thread of its own writes: standard error may be a pipe that is no
//! longer read, and neither connections nor the reload nor the shutdown may block on it. Messages that do not fit the
//! queue are lost.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

/// How many messages can wait for the thread: more than publishing a large archive prints.
const QUEUE: usize = 1024;

/// The queue of the thread, once it was started.
static WRITER: OnceLock<SyncSender<Message>> = OnceLock::new();

enum Message {
    Text(Vec<u8>),
    /// Answered when everything before it was written.
    Flush(Sender<()>),
}

/// Prints a line.
pub(super) fn print(line: impl Display) {
    // A failure could only be reported to standard error.
    let _ = StderrWriter.write_all(format!("{line}\n").as_bytes());
}

/// Starts the thread that writes everything from now on, panic messages included.
pub(super) fn start_thread() -> io::Result<()> {
    let (writer, messages) = sync_channel(QUEUE);
    thread::Builder::new().name("stderr".to_owned()).spawn(move || write_all(&messages))?;
    if WRITER.set(writer).is_ok() {
        std::panic::set_hook(Box::new(|panic| print(panic)));
    }
    Ok(())
}

/// Waits at most `timeout` until everything is written.
pub(super) fn flush(timeout: Duration) {
    let Some(writer) = WRITER.get() else { return };
    let (done, is_done) = channel();
    if writer.try_send(Message::Flush(done)).is_ok() {
        // The process ends after the timeout in any case.
        let _ = is_done.recv_timeout(timeout);
    }
}

fn write_all(messages: &Receiver<Message>) {
    for message in messages {
        match message {
            // A failure could only be reported to standard error.
            Message::Text(text) => _ = io::stderr().write_all(&text),
            Message::Flush(done) => _ = done.send(()),
        }
    }
}

/// Standard error, for whole messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct StderrWriter;

impl Write for StderrWriter {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        match WRITER.get() {
            Some(writer) => _ = writer.try_send(Message::Text(text.to_vec())),
            None => io::stderr().write_all(text)?,
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
