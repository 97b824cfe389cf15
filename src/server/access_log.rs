//! [`AccessLog`]: one line for each connection.
//!
//! Lines are made by the connection's task and written by one thread of their own, in batches: the reader
//! never waits for the log. The thread ends, with everything written, when the log is dropped.

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::BuildHasher;
use std::io::{self, BufWriter, Write};
use std::net::IpAddr;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use time::OffsetDateTime;

use crate::protocol::Outcome;

/// How many lines may wait to be written. A log that is this far behind loses lines rather than readers.
const WAITING: usize = 16 * 1024;

/// What is written of each connection, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How much of the reader's address.
    pub addresses: Addresses,
    /// In which form.
    pub format: Format,
}

/// How much of a reader's address is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// Nothing.
    Off,
    /// A hash with a salt of this run.
    Hashed,
    /// The address.
    Full,
}

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

/// Writes one line for each connection.
#[derive(Debug)]
pub struct AccessLog {
    options: Options,
    salt: RandomState,
    lines: Option<SyncSender<String>>,
    writer: Option<JoinHandle<()>>,
}

/// What there is to say of one connection.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) time: OffsetDateTime,
    pub(super) protocol: &'static str,
    pub(super) peer: Option<IpAddr>,
    pub(super) end: End<'a>,
    pub(super) sent: u64,
    pub(super) took: Duration,
}

/// How a connection ended.
#[derive(Debug)]
pub(super) enum End<'a> {
    /// A request was answered; what became of the answer is `complete` or not.
    Answered { outcome: &'a Outcome, complete: bool },
    /// There was nothing to answer, for this reason.
    Silent(&'static str),
}

impl AccessLog {
    /// A log that goes to `out`.
    pub fn new(options: Options, out: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, waiting) = sync_channel(WAITING);
        let writer =
            thread::Builder::new().name("access log".into()).spawn(move || write_all(&waiting, out))?;
        Ok(Self { options, salt: RandomState::new(), lines: Some(lines), writer: Some(writer) })
    }

    pub(super) fn write(&self, entry: &Entry<'_>) {
        let line = match self.options.format {
            Format::Text => self.text(entry),
            Format::Json => self.json(entry),
        };
        if let Some(lines) = &self.lines {
            match lines.try_send(line) {
                Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
            }
        }
    }

    fn text(&self, entry: &Entry<'_>) -> String {
        let mut line = moment(entry.time);
        let (status, resource, note) = entry.words();
        // Writing into a string cannot fail.
        let _ = write!(line, " {} ", entry.protocol);
        if let Some(peer) = self.peer(entry) {
            let _ = write!(line, "{peer} ");
        }
        let _ = write!(line, "{status} ");
        escape(resource, &mut line);
        let _ = write!(line, " {}B {:.1}ms", entry.sent, millis(entry.took));
        if !note.is_empty() {
            let _ = write!(line, " ({note})");
        }
        line
    }

    fn json(&self, entry: &Entry<'_>) -> String {
        let (status, resource, note) = entry.words();
        let mut line = format!(
            "{{\"time\":\"{}\",\"protocol\":\"{}\",\"status\":\"{status}\",\"resource\":\"",
            moment(entry.time),
            entry.protocol
        );
        escape_json(resource, &mut line);
        let _ = write!(line, "\",\"bytes\":{},\"ms\":{:.1}", entry.sent, millis(entry.took));
        if let Some(peer) = self.peer(entry) {
            let _ = write!(line, ",\"peer\":\"{peer}\"");
        }
        if !note.is_empty() {
            let _ = write!(line, ",\"note\":\"{note}\"");
        }
        line.push('}');
        line
    }

    fn peer(&self, entry: &Entry<'_>) -> Option<String> {
        let peer = entry.peer?;
        match self.options.addresses {
            Addresses::Off => None,
            Addresses::Hashed => Some(format!("{:012x}", self.salt.hash_one(peer) >> 16)),
            Addresses::Full => Some(peer.to_string()),
        }
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        drop(self.lines.take());
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has nothing more to write.
            let _ = writer.join();
        }
    }
}

impl Entry<'_> {
    fn words(&self) -> (&str, &str, &str) {
        match &self.end {
            End::Answered { outcome, complete } => {
                (outcome.status, &outcome.resource, if *complete { "" } else { "cut off" })
            }
            End::Silent(why) => ("-", "-", why),
        }
    }
}

fn write_all(waiting: &Receiver<String>, out: impl Write) {
    let mut out = BufWriter::new(out);
    while let Ok(line) = waiting.recv() {
        // Whoever reads the log may go away; serving goes on.
        let _ = writeln!(out, "{line}");
        while let Ok(line) = waiting.try_recv() {
            let _ = writeln!(out, "{line}");
        }
        let _ = out.flush();
    }
}

fn moment(time: OffsetDateTime) -> String {
    let (date, clock) = (time.date(), time.time());
    format!("{date}T{:02}:{:02}:{:02}Z", clock.hour(), clock.minute(), clock.second())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Appends what a client sent so that it can neither drive a terminal nor pretend to be another field.
fn escape(text: &str, line: &mut String) {
    if text.is_empty() {
        line.push('-');
    }
    for c in text.chars() {
        if c.is_control()
            || c.is_whitespace()
            || matches!(c, '\\' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        {
            line.extend(c.escape_unicode());
        } else {
            line.push(c);
        }
    }
}

fn escape_json(text: &str, line: &mut String) {
    for c in text.chars() {
        match c {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            c if c.is_control() => {
                // Control characters all lie in the basic plane.
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use super::*;
    use crate::protocol::Class;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(options: Options, resource: &str) -> String {
        let out = Shared::default();
        let log = AccessLog::new(options, out.clone()).expect("a log");
        let outcome = Outcome { class: Class::Served, status: "20", resource: resource.to_owned() };
        log.write(&Entry {
            time: OffsetDateTime::from_unix_timestamp(1_700_000_000).expect("a moment"),
            protocol: "gemini",
            peer: Some("192.0.2.7".parse().expect("an address")),
            end: End::Answered { outcome: &outcome, complete: true },
            sent: 1234,
            took: Duration::from_micros(1_500),
        });
        drop(log);
        let bytes = out.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn one_line_says_what_happened_and_addresses_only_when_asked() {
        let text = |addresses| written(Options { addresses, format: Format::Text }, "/a.gmi");
        assert_eq!(text(Addresses::Off), "2023-11-14T22:13:20Z gemini 20 /a.gmi 1234B 1.5ms\n");
        assert!(text(Addresses::Full).contains(" 192.0.2.7 20 "));
        let hashed = text(Addresses::Hashed);
        assert!(!hashed.contains("192.0.2.7") && hashed.split(' ').count() == 7, "{hashed}");
        assert_eq!(
            written(Options { addresses: Addresses::Off, format: Format::Json }, "/\"a\""),
            "{\"time\":\"2023-11-14T22:13:20Z\",\"protocol\":\"gemini\",\"status\":\"20\",\
             \"resource\":\"/\\\"a\\\"\",\"bytes\":1234,\"ms\":1.5}\n"
        );
    }

    #[test]
    fn what_clients_send_stays_one_harmless_field() {
        for hostile in ["/a\r\n2020 fake", "/\u{1b}[2J", "/a b", "/\u{202e}x", ""] {
            for format in [Format::Text, Format::Json] {
                let line = written(Options { addresses: Addresses::Off, format }, hostile);
                assert_eq!(line.matches('\n').count(), 1, "{line:?}");
                assert!(!line.contains(['\u{1b}', '\r']), "{line:?}");
            }
            let line = written(Options { addresses: Addresses::Off, format: Format::Text }, hostile);
            assert_eq!(line.split(' ').count(), 6, "{line:?}");
        }
    }
}
