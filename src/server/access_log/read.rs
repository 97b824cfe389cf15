//! A line of the access log taken apart: what [`super::line`] writes, in either form, is read here.
//!
//! What stands before the line is passed over, so that logs are read as other programs hand them on, with a time or a
//! name in front. The address is not even looked at: nothing that counts readers' requests needs it.

use std::time::Duration;

use serde::Deserialize;
use time::{Date, Month};

use super::ConnectionOutcome;
use super::names::{known_class, known_ending};
use crate::protocol::Class;

/// One connection, as far as its line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The day it ended on, in UTC.
    pub day: Date,
    /// What was spoken.
    pub protocol: String,
    /// The request; none if there was none to answer.
    pub request: Option<LoggedRequest>,
    /// Bytes sent.
    pub sent: u64,
    /// From beginning to end, to the millisecond.
    pub took: Duration,
    /// How the connection ended.
    pub ending: ConnectionOutcome,
}

/// What was asked for, and what became of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRequest {
    /// The protocol's own word or number for it.
    pub status: String,
    /// The same in terms of every protocol.
    pub class: Class,
    /// The resource, as the reader named it.
    pub resource: String,
    /// The host name of the capsule that answered; none if the line names none, as where there is only one.
    pub host: Option<String>,
}

impl LogLine {
    /// Takes a line of either form apart, line end or none; none if it is not one of ours.
    pub fn read(line: &str) -> Option<Self> {
        let line = line.trim_end();
        if line.ends_with('}') { json(line.get(line.find("{\"time\":")?..)?) } else { text(line) }
    }
}

fn text(line: &str) -> Option<LogLine> {
    // No host can be taken for an ending, since what is before that ends in `ms`.
    words(line, None).or_else(|| {
        let (line, host) = line.rsplit_once(' ')?;
        words(line, Some(unescaped(host)?))
    })
}

fn words(line: &str, host: Option<String>) -> Option<LogLine> {
    let mut words = line.rsplitn(10, ' ');
    let mut word = || words.next();
    let (ending, took, sent, resource, class) = (word()?, word()?, word()?, word()?, word()?);
    let (status, _address, protocol, when) = (word()?, word()?, word()?, word()?);
    let request = match (status, class) {
        ("-", "-") => None,
        _ => Some(LoggedRequest {
            status: status.to_owned(),
            class: known_class(class)?,
            resource: unescaped(resource)?,
            host,
        }),
    };
    let took = took.strip_suffix("ms")?.parse().ok()?;
    line_of(when, protocol, request, sent.parse().ok()?, took, ending)
}

fn json(line: &str) -> Option<LogLine> {
    #[derive(Deserialize)]
    struct Object {
        time: String,
        protocol: String,
        status: Option<String>,
        outcome: Option<String>,
        resource: Option<String>,
        sent: u64,
        ms: u64,
        ending: String,
        host: Option<String>,
    }
    let object: Object = serde_json::from_str(line).ok()?;
    let request = match (object.status, object.outcome, object.resource) {
        (None, None, None) => None,
        (Some(status), Some(class), Some(resource)) => {
            Some(LoggedRequest { status, class: known_class(&class)?, resource, host: object.host })
        }
        _ => return None,
    };
    line_of(&object.time, &object.protocol, request, object.sent, object.ms, &object.ending)
}

fn line_of(
    when: &str,
    protocol: &str,
    request: Option<LoggedRequest>,
    sent: u64,
    ms: u64,
    ending: &str,
) -> Option<LogLine> {
    let (day, took) = (day(when)?, Duration::from_millis(ms));
    let (protocol, ending) = (protocol.to_owned(), known_ending(ending)?);
    Some(LogLine { day, protocol, request, sent, took, ending })
}

/// The day of a time such as `2026-11-24T08:30:00.000Z`.
fn day(when: &str) -> Option<Date> {
    let (day, _) = when.strip_suffix('Z')?.split_once('T')?;
    let mut parts = day.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year, month, parts.next()?.parse().ok()?).ok()
}

/// Undoes the escapes of a word: `\u{a}` for what is not plain, `""` for nothing.
fn unescaped(word: &str) -> Option<String> {
    if word == "\"\"" {
        return Some(String::new());
    }
    let mut parts = word.split("\\u{");
    let mut resource = parts.next()?.to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}')?;
        resource.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
        resource.push_str(rest);
    }
    Some(resource)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::super::{Addresses, Entry, Format, Style};
    use super::*;
    use crate::protocol::Outcome;

    /// What is written and what is read cannot drift apart.
    #[test]
    fn whatever_is_written_is_read() {
        let resources =
            ["/a", "", "-", "/a b\r\n", "\"}", "\\u{61}", "{\"time\":", "東", "\u{1f4a1}", "/ends}", "\"\""];
        // Words that also say how a connection ended are host names too.
        let hosts = [None, Some("a.example"), Some("whole"), Some("5ms"), Some("2001:db8::7"), Some("-")];
        let (day, took) =
            (Date::from_calendar_date(2023, Month::November, 14).expect("a day"), Duration::from_millis(5));
        for (format, host) in
            [Format::Text, Format::Json].into_iter().flat_map(|format| hosts.map(|host| (format, host)))
        {
            let requests = resources.map(|resource| Some((resource, Class::NotFound, "51")));
            for request in requests.into_iter().chain([None]) {
                let outcome = request.map(|(resource, class, status)| Outcome {
                    class,
                    status,
                    resource: resource.to_owned(),
                    host: host.map(Into::into),
                });
                let ending =
                    if request.is_some() { ConnectionOutcome::Whole } else { ConnectionOutcome::Silent };
                let entry = Entry {
                    when: SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
                    protocol: "gemini",
                    peer: Some(([192, 0, 2, 1], 4711).into()),
                    outcome,
                    ending,
                    sent: 1234,
                    took,
                };
                let mut written = String::new();
                Style::new(format, Addresses::Full).write(&entry, &mut written);
                let expected = LogLine {
                    day,
                    protocol: "gemini".to_owned(),
                    request: request.map(|(resource, class, status)| LoggedRequest {
                        status: status.to_owned(),
                        class,
                        // Nothing at all and two quotes look the same in text; nobody asks for two quotes.
                        resource: if (format, resource) == (Format::Text, "\"\"") { "" } else { resource }
                            .to_owned(),
                        host: host.map(str::to_owned),
                    }),
                    sent: 1234,
                    took,
                    ending,
                };
                assert_eq!(LogLine::read(&written).as_ref(), Some(&expected), "{written}");
                let handed_on = format!("Nov 24 08:30:00 host lamplit[7]: {written}");
                assert_eq!(LogLine::read(&handed_on), Some(expected), "{handed_on}");
            }
        }
    }

    #[test]
    fn what_is_not_ours_is_nothing() {
        for line in [
            "",
            "ready in 5 ms; Ctrl-C stops",
            "2023-11-14T22:13:20.123Z  INFO published owls.md in 3 ms",
            "2023-11-14T22:13:20.123Z gemini - 20 served /a 1234 5ms",
            "2023-11-14T22:13:20.123Z gemini - 20 served /a 1234 5ms elsewhere",
            "2023-11-14T22:13:20.123Z gemini - 20 eaten /a 1234 5ms whole",
            "2023-13-14T22:13:20.123Z gemini - 20 served /a 1234 5ms whole",
            "yesterday gemini - 20 served /a 1234 5ms whole",
            "2023-11-14T22:13:20.123Z gemini - 20 served \\u{110000} 1234 5ms whole",
            "{\"time\":\"2023-11-14T22:13:20.123Z\"}",
            "}",
            "192.0.2.1 - - [14/Nov/2023:22:13:20 +0000] \"GET / HTTP/1.1\" 200 5",
        ] {
            assert_eq!(LogLine::read(line), None, "{line}");
        }
    }
}
