//! The form of a line: how a [`ConnectionRecord`] is written, and how a [`LogLine`] is read again.
//!
//! Clients choose many of the bytes, so all but printable ASCII is escaped.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, Serializer};
use time::{Date, Month, OffsetDateTime};

use crate::protocol::Class;
use crate::server::record::{ConnectionOutcome, ConnectionRecord};

/// The part of a client's address that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogAddresses {
    /// Nothing.
    #[default]
    Off,
    /// A number that is the same for an address until the server restarts.
    Hashed,
    /// The address without the port.
    Full,
}

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Words separated by spaces: time, protocol, address, status, outcome, resource, bytes, milliseconds, ending, and
    /// the host name of the capsule that answered, where there are several. A `-` stands for no value.
    #[default]
    Text,
    /// One JSON object with these fields.
    Json,
}

/// How records become lines.
#[derive(Debug)]
pub struct LineStyle {
    format: LogFormat,
    addresses: LogAddresses,
    /// The key of the hashes, chosen at random at every start.
    salt: RandomState,
}

/// A line in JSON.
#[derive(Serialize, Deserialize)]
struct JsonLine<'a> {
    time: String,
    protocol: Cow<'a, str>,
    address: Option<String>,
    status: Option<Cow<'a, str>>,
    outcome: Option<Cow<'a, str>>,
    resource: Option<Cow<'a, str>>,
    sent: u64,
    ms: u64,
    ending: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<Cow<'a, str>>,
}

impl LineStyle {
    /// Creates a style of this form, with this part of the addresses.
    pub fn new(format: LogFormat, addresses: LogAddresses) -> Self {
        Self { format, addresses, salt: RandomState::new() }
    }

    /// Appends the line of `record` to `lines`.
    pub(super) fn write(&self, record: &ConnectionRecord, lines: &mut Vec<u8>) {
        let request = record.request.as_ref();
        let line = JsonLine {
            time: timestamp(record.ended.into()),
            protocol: record.protocol.into(),
            address: record.peer.and_then(|peer| self.address(peer)),
            status: request.map(|request| request.status.into()),
            outcome: request.map(|request| request.class.name().into()),
            resource: request.map(|request| request.resource.as_str().into()),
            sent: record.sent,
            ms: u64::try_from(record.duration.as_millis()).unwrap_or(u64::MAX),
            ending: record.outcome.name().into(),
            host: request.and_then(|request| request.host.as_deref()).map(Into::into),
        };
        let written = match self.format {
            LogFormat::Text => line.write_text(lines),
            LogFormat::Json => line.write_json(lines),
        };
        written.expect("writing to memory cannot fail");
        lines.push(b'\n');
    }

    fn address(&self, peer: SocketAddr) -> Option<String> {
        let address = peer.ip().to_canonical();
        match self.addresses {
            LogAddresses::Off => None,
            LogAddresses::Hashed => Some(format!("{:016x}", self.salt.hash_one(address))),
            LogAddresses::Full => Some(address.to_string()),
        }
    }
}

impl JsonLine<'_> {
    fn write_text(&self, lines: &mut Vec<u8>) -> io::Result<()> {
        let Self { time, protocol, sent, ms, ending, .. } = self;
        let address = self.address.as_deref().unwrap_or("-");
        let [status, outcome] = [&self.status, &self.outcome].map(|word| word.as_deref().unwrap_or("-"));
        let resource = self.resource.as_deref().map_or_else(|| "-".to_owned(), escaped);
        write!(lines, "{time} {protocol} {address} {status} {outcome} {resource} {sent} {ms}ms {ending}")?;
        // Last, so that the other words have the same place in every line.
        self.host.iter().try_for_each(|host| write!(lines, " {}", escaped(host)))
    }

    fn write_json(&self, lines: &mut Vec<u8>) -> io::Result<()> {
        Ok(self.serialize(&mut Serializer::with_formatter(lines, AsciiJson))?)
    }
}

/// JSON whose strings are printable ASCII (RFC 8259, section 7).
struct AsciiJson;

impl Formatter for AsciiJson {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        fragment.encode_utf16().try_for_each(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_graphic() || byte == b' ' => writer.write_all(&[byte]),
            _ => write!(writer, "\\u{unit:04x}"),
        })
    }
}

/// Formats a time in UTC with milliseconds (RFC 3339).
fn timestamp(when: OffsetDateTime) -> String {
    let (year, month, day) = when.to_calendar_date();
    let (hour, minute, second, milli) = when.to_hms_milli();
    let month = u8::from(month);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// Returns the date of a time such as `2026-11-24T08:30:00.000Z`.
fn date(when: &str) -> Option<Date> {
    let (date, _) = when.strip_suffix('Z')?.split_once('T')?;
    let mut parts = date.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year, month, parts.next()?.parse().ok()?).ok()
}

/// Escapes a text to one word: `\u{a}` for a character that is not printable ASCII, `""` for an empty text.
fn escaped(text: &str) -> String {
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    let mut word = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_graphic() && c != '\\' { word.push(c) } else { word.extend(c.escape_unicode()) }
    }
    word
}

/// Reverses [`escaped`]; `None` if `word` is not a result of it.
fn unescaped(word: &str) -> Option<String> {
    if word == "\"\"" {
        return Some(String::new());
    }
    let mut parts = word.split("\\u{");
    let mut text = parts.next()?.to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}')?;
        text.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
        text.push_str(rest);
    }
    Some(text)
}

/// A line that was read. The address of the client is left out: no statistics need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The day on which the connection ended, in UTC.
    pub day: Date,
    /// The name of the protocol.
    pub protocol: String,
    /// The request; `None` if no request was completed.
    pub request: Option<LoggedRequest>,
    /// Bytes sent, including those that TLS adds.
    pub sent: u64,
    /// Time from `accept` to the end, in whole milliseconds.
    pub took: Duration,
    /// How the connection ended.
    pub ending: ConnectionOutcome,
}

/// A request and its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRequest {
    /// The status in the protocol's own terms.
    pub status: String,
    /// The outcome in terms of every protocol.
    pub class: Class,
    /// The resource, as the client named it.
    pub resource: String,
    /// The host name of the capsule that answered; `None` if the line names none, as where there is only one.
    pub host: Option<String>,
}

impl LogLine {
    /// Reads a line of either form; `None` if it is not from an access log. Text in front of it, such as the time and
    /// name that a log collector adds, is skipped.
    pub fn read(line: &str) -> Option<Self> {
        let line = line.trim_end();
        if line.ends_with('}') {
            let object: JsonLine<'_> = serde_json::from_str(line.get(line.find("{\"time\":")?..)?).ok()?;
            return object.read();
        }
        // A host name is never read as an ending, because the word before an ending ends in `ms`.
        read_words(line, None).or_else(|| {
            let (line, host) = line.rsplit_once(' ')?;
            read_words(line, Some(unescaped(host)?))
        })
    }
}

fn read_words(line: &str, host: Option<String>) -> Option<LogLine> {
    let mut words = line.rsplitn(10, ' ');
    let mut word = || words.next();
    let (ending, took, sent, resource, outcome) = (word()?, word()?, word()?, word()?, word()?);
    let (status, _address, protocol, time) = (word()?, word()?, word()?, word()?);
    let has_request = (status, outcome) != ("-", "-");
    let line = JsonLine {
        time: time.to_owned(),
        protocol: protocol.into(),
        address: None,
        status: has_request.then(|| status.into()),
        outcome: has_request.then(|| outcome.into()),
        resource: if has_request { Some(unescaped(resource)?.into()) } else { None },
        sent: sent.parse().ok()?,
        ms: took.strip_suffix("ms")?.parse().ok()?,
        ending: ending.into(),
        host: host.map(Into::into),
    };
    line.read()
}

impl JsonLine<'_> {
    /// Converts the words to values; `None` if one of them is not valid.
    fn read(self) -> Option<LogLine> {
        let request = match (self.status, self.outcome, self.resource) {
            (None, None, None) => None,
            (Some(status), Some(outcome), Some(resource)) => Some(LoggedRequest {
                status: status.into_owned(),
                class: Class::from_name(&outcome)?,
                resource: resource.into_owned(),
                host: self.host.map(Cow::into_owned),
            }),
            _ => return None,
        };
        Some(LogLine {
            day: date(&self.time)?,
            protocol: self.protocol.into_owned(),
            request,
            sent: self.sent,
            took: Duration::from_millis(self.ms),
            ending: ConnectionOutcome::from_name(&self.ending)?,
        })
    }
}
