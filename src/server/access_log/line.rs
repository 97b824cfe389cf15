//! The form of a line: a [`LogLine`] is made of a [`ConnectionRecord`], written, and read again.
//!
//! Clients choose many of the bytes, so all but printable ASCII is escaped.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, Serializer};
use time::UtcDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::protocol::Class;
use crate::server::record::{ConnectionOutcome, ConnectionRecord};

/// The form of a time: RFC 3339, in UTC with milliseconds.
const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

time::serde::format_description!(timestamp, UtcDateTime, TIMESTAMP);

/// A line of the log, with the fields of its JSON form in order; those of a request are `None` if none was completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine<'l> {
    /// When the connection ended.
    #[serde(with = "timestamp")]
    pub time: UtcDateTime,
    /// The name of the protocol.
    pub protocol: Cow<'l, str>,
    /// The address of the client in the form of [`LogAddresses`], if it is logged.
    pub address: Option<Cow<'l, str>>,
    /// The status in the protocol's own terms.
    pub status: Option<Cow<'l, str>>,
    /// The outcome of the request in terms that all protocols share.
    pub outcome: Option<Class>,
    /// The resource, as the client named it.
    pub resource: Option<Cow<'l, str>>,
    /// Bytes sent, including those that TLS adds.
    pub sent: u64,
    /// Time from `accept` to the end, in whole milliseconds.
    pub ms: u64,
    /// How the connection ended.
    pub ending: ConnectionOutcome,
    /// The host name of the capsule that answered; `None` if there is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<Cow<'l, str>>,
}

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

impl LineStyle {
    /// Creates a style of this form, with this part of the addresses.
    pub fn new(format: LogFormat, addresses: LogAddresses) -> Self {
        Self { format, addresses, salt: RandomState::new() }
    }

    pub(super) fn write(&self, record: &ConnectionRecord, lines: &mut Vec<u8>) {
        let request = record.request.as_ref();
        let line = LogLine {
            time: record.ended.into(),
            protocol: record.protocol.into(),
            address: self.address(record.peer).map(Into::into),
            status: request.map(|request| request.status.into()),
            outcome: request.map(|request| request.class),
            resource: request.map(|request| request.resource.as_str().into()),
            sent: record.sent,
            ms: u64::try_from(record.duration.as_millis()).unwrap_or(u64::MAX),
            ending: record.outcome,
            host: request.and_then(|request| request.host.as_deref()).map(Into::into),
        };
        let written = match self.format {
            LogFormat::Text => line.write_text(lines),
            LogFormat::Json => {
                line.serialize(&mut Serializer::with_formatter(&mut *lines, AsciiJson)).map_err(Into::into)
            }
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

impl LogLine<'_> {
    fn write_text(&self, lines: &mut Vec<u8>) -> io::Result<()> {
        let Self { time, protocol, sent, ms, ending, .. } = self;
        let time = time.format(TIMESTAMP).map_err(io::Error::other)?;
        let [address, status] = [&self.address, &self.status].map(|word| word.as_deref().unwrap_or("-"));
        let outcome = self.outcome.map_or("-", Class::name);
        let resource = self.resource.as_deref().map_or_else(|| "-".to_owned(), escaped);
        write!(lines, "{time} {protocol} {address} {status} {outcome} {resource} {sent} {ms}ms {ending}")?;
        // Last, so that the other words have the same place in every line.
        self.host.iter().try_for_each(|host| write!(lines, " {}", escaped(host)))
    }
}

impl LogLine<'static> {
    /// Reads a line of either form, if it is one. Skips text before it, such as time and name from a log collector.
    pub fn read(line: &str) -> Option<Self> {
        let line = line.trim_end();
        if line.ends_with('}') {
            return serde_json::from_str(line.get(line.find("{\"time\":")?..)?).ok();
        }
        // A host name is never read as an ending, because the word before an ending ends in `ms`.
        Self::read_words(line, None).or_else(|| {
            let (line, host) = line.rsplit_once(' ')?;
            Self::read_words(line, Some(unescaped(host)?))
        })
    }

    fn read_words(line: &str, host: Option<String>) -> Option<Self> {
        let mut words = line.rsplitn(10, ' ');
        let mut word = || words.next();
        let (ending, took, sent, resource, outcome) = (word()?, word()?, word()?, word()?, word()?);
        let (status, address, protocol, time) = (word()?, word()?, word()?, word()?);
        let has_request = (status, outcome) != ("-", "-");
        let request = if has_request { Some((named(outcome)?, unescaped(resource)?)) } else { None };
        let (outcome, resource) = request.unzip();
        Some(Self {
            time: UtcDateTime::parse(time, TIMESTAMP).ok()?,
            protocol: protocol.to_owned().into(),
            address: (address != "-").then(|| address.to_owned().into()),
            status: has_request.then(|| status.to_owned().into()),
            outcome,
            resource: resource.map(Into::into),
            sent: sent.parse().ok()?,
            ms: took.strip_suffix("ms")?.parse().ok()?,
            ending: named(ending)?,
            host: host.map(Into::into),
        })
    }
}

fn named<'n, T: Deserialize<'n>>(name: &'n str) -> Option<T> {
    T::deserialize(serde::de::IntoDeserializer::<serde::de::value::Error>::into_deserializer(name)).ok()
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
