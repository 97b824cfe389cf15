//! What a line of the access log looks like. Clients choose many of its bytes, so all of theirs are escaped.
//! [`super::read`] takes it apart again.

use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;

use time::OffsetDateTime;

use super::Entry;
use super::names::{class_name, connection_outcome_name};

/// What is kept of a reader's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Addresses {
    /// Nothing.
    Off,
    /// A number that stands for it until the server is started again, and for nothing after.
    Hashed,
    /// All of it, without the port.
    Full,
}

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Words with spaces between: time, protocol, address, status, outcome, resource, bytes, milliseconds, ending; and
    /// the host name of the capsule that answered, where there is more than one.
    Text,
    /// One JSON object with the same fields.
    Json,
}

/// How lines are written.
#[derive(Debug)]
pub struct Style {
    format: Format,
    addresses: Addresses,
    /// Drawn anew for every run.
    salt: RandomState,
}

impl Style {
    /// Lines of this form, with this much of the addresses.
    pub fn new(format: Format, addresses: Addresses) -> Self {
        Self { format, addresses, salt: RandomState::new() }
    }

    /// Appends the line of `entry` to `text`.
    pub(super) fn write(&self, entry: &Entry, text: &mut String) {
        let when = timestamp(entry.when.into());
        let address = entry.peer.and_then(|peer| self.address(peer));
        let (protocol, sent, took, ending) =
            (entry.protocol, entry.sent, entry.took.as_millis(), connection_outcome_name(entry.ending));
        let outcome = entry.outcome.as_ref();
        let status = outcome.map(|outcome| outcome.status);
        let class = outcome.map(|outcome| class_name(outcome.class));
        let resource = outcome.map(|outcome| outcome.resource.as_str());
        let host = outcome.and_then(|outcome| outcome.host.as_deref());
        let result = match self.format {
            Format::Text => {
                let [address, status, class] =
                    [address.as_deref(), status, class].map(|word| word.unwrap_or("-"));
                let resource = resource.map_or_else(|| "-".to_owned(), escape_text);
                // Last, so that every other word is where it is in lines without it.
                let (gap, host) = host.map_or(("", String::new()), |host| (" ", escape_text(host)));
                writeln!(
                    text,
                    "{when} {protocol} {address} {status} {class} {resource} {sent} {took}ms {ending}{gap}{host}"
                )
            }
            Format::Json => {
                let word = |word: Option<&str>| word.map_or_else(|| "null".to_owned(), quote_json);
                let [address, status, class, resource] =
                    [address.as_deref(), status, class, resource].map(word);
                let host = host.map_or_else(String::new, |host| format!(",\"host\":{}", quote_json(host)));
                writeln!(
                    text,
                    "{{\"time\":\"{when}\",\"protocol\":\"{protocol}\",\"address\":{address},\
                     \"status\":{status},\"outcome\":{class},\"resource\":{resource},\"sent\":{sent},\"ms\":{took},\
                     \"ending\":\"{ending}\"{host}}}"
                )
            }
        };
        result.expect("a string takes everything");
    }

    fn address(&self, peer: SocketAddr) -> Option<String> {
        let address = peer.ip().to_canonical();
        match self.addresses {
            Addresses::Off => None,
            Addresses::Hashed => Some(format!("{:016x}", self.salt.hash_one(address))),
            Addresses::Full => Some(address.to_string()),
        }
    }
}

/// The time in UTC with milliseconds (RFC 3339).
fn timestamp(when: OffsetDateTime) -> String {
    let (year, month, day) = when.to_calendar_date();
    let (hour, minute, second, milli) = when.to_hms_milli();
    let month = u8::from(month);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// One word: no white space, no control characters, nothing that could look like two fields or two lines.
fn escape_text(resource: &str) -> String {
    if resource.is_empty() {
        return "\"\"".to_owned();
    }
    let mut word = String::with_capacity(resource.len());
    for c in resource.chars() {
        if c.is_ascii_graphic() && c != '\\' { word.push(c) } else { word.extend(c.escape_unicode()) }
    }
    word
}

/// A JSON string (RFC 8259, section 7), all in ASCII.
fn quote_json(value: &str) -> String {
    let mut quoted = String::from("\"");
    for unit in value.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if (byte.is_ascii_graphic() || byte == b' ') && !b"\"\\".contains(&byte) => {
                quoted.push(char::from(byte));
            }
            _ => write!(quoted, "\\u{unit:04x}").expect("a string takes everything"),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::protocol::{Class, Outcome};
    use crate::server::access_log::ConnectionOutcome;

    fn line(format: Format, addresses: Addresses, resource: Option<&str>) -> String {
        line_of(format, addresses, resource, None)
    }

    fn line_of(format: Format, addresses: Addresses, resource: Option<&str>, host: Option<&str>) -> String {
        let outcome = resource.map(|resource| Outcome {
            class: Class::Served,
            status: "20",
            resource: resource.to_owned(),
            host: host.map(Into::into),
        });
        let entry = Entry {
            when: SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
            protocol: "gemini",
            peer: Some(([192, 0, 2, 1], 4711).into()),
            ending: if outcome.is_some() {
                ConnectionOutcome::Whole
            } else {
                ConnectionOutcome::HandshakeFailed
            },
            outcome,
            sent: 1234,
            took: Duration::from_millis(5),
        };
        let mut text = String::new();
        Style::new(format, addresses).write(&entry, &mut text);
        assert!(text.is_ascii() && text.ends_with('\n') && text.lines().count() == 1, "{text}");
        text.trim_end().to_owned()
    }

    #[test]
    fn lines_say_what_happened() {
        let rows = [
            (
                Format::Text,
                Some("/a"),
                "2023-11-14T22:13:20.123Z gemini 192.0.2.1 20 served /a 1234 5ms whole",
            ),
            (Format::Text, None, "2023-11-14T22:13:20.123Z gemini 192.0.2.1 - - - 1234 5ms handshake-failed"),
            (
                Format::Json,
                Some("/a"),
                "{\"time\":\"2023-11-14T22:13:20.123Z\",\"protocol\":\"gemini\",\"address\":\"192.0.2.1\",\
                 \"status\":\"20\",\"outcome\":\"served\",\"resource\":\"/a\",\"sent\":1234,\"ms\":5,\"ending\":\"whole\"}",
            ),
        ];
        for (format, resource, expected) in rows {
            assert_eq!(line(format, Addresses::Full, resource), expected);
        }
    }

    #[test]
    fn one_capsule_of_several_is_named_at_the_end() {
        for (format, expected) in [
            (Format::Text, "2023-11-14T22:13:20.123Z gemini - 20 served /a 1234 5ms whole a.example"),
            (
                Format::Json,
                "{\"time\":\"2023-11-14T22:13:20.123Z\",\"protocol\":\"gemini\",\"address\":null,\
                 \"status\":\"20\",\"outcome\":\"served\",\"resource\":\"/a\",\"sent\":1234,\"ms\":5,\"ending\":\"whole\",\
                 \"host\":\"a.example\"}",
            ),
        ] {
            assert_eq!(line_of(format, Addresses::Off, Some("/a"), Some("a.example")), expected);
        }
    }

    #[test]
    fn a_client_cannot_write_lines_of_its_own() {
        for resource in ["/a\r\n2023 forged", "\u{1b}[2J", "a b", "\"}", "\\", "東", "\u{1f4a1}", ""] {
            let text = line(Format::Text, Addresses::Off, Some(resource));
            assert_eq!(text.split(' ').count(), 9, "{text}");
            line(Format::Json, Addresses::Off, Some(resource));
        }
    }

    #[test]
    fn addresses_are_kept_as_much_as_was_asked_for() {
        assert!(!line(Format::Text, Addresses::Off, Some("/")).contains("192.0.2.1"));
        assert!(!line(Format::Text, Addresses::Hashed, Some("/")).contains("192.0.2.1"));
        // Another run, another salt.
        assert_ne!(
            line(Format::Text, Addresses::Hashed, Some("/")),
            line(Format::Text, Addresses::Hashed, Some("/"))
        );
    }
}
