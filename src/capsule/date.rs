//! [`EssayDate`]: the day an essay bears, as its author wrote it.

use std::fmt;

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// A day, perhaps with a time of that day. Orders by what was written, so that a list of dates reads in
/// order whatever time zones they come from; [`Self::instant`] is for comparing with a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EssayDate {
    day: Date,
    time: Time,
    offset: UtcOffset,
}

impl EssayDate {
    /// A day without a time.
    pub fn of_day(year: i32, month: u8, day: u8) -> Option<Self> {
        let day = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
        Some(Self { day, time: Time::MIDNIGHT, offset: UtcOffset::UTC })
    }

    /// Reads what authors write: `2024-05-01`, RFC 3339, `2024-05-01 10:00[:00] [zone]`, `2024-05`, `2024`.
    /// What follows a readable day and time (the name of a zone) is passed over.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (day, rest) = match text.find(|c: char| c == 'T' || c == 't' || c.is_ascii_whitespace()) {
            Some(at) => (&text[..at], text[at + 1..].trim_start()),
            None => (text, ""),
        };
        let date = Self::parse_day(day)?;
        if rest.is_empty() { Some(date) } else { date.at_time(rest) }
    }

    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, also with `/` or `.` between.
    fn parse_day(text: &str) -> Option<Self> {
        let mut parts = text.split(['-', '/', '.']);
        let year = parts.next().filter(|year| year.len() == 4).and_then(number)?;
        let mut part = || match parts.next() {
            Some(part) if (1..=2).contains(&part.len()) => number(part).and_then(|n| u8::try_from(n).ok()),
            Some(_) => None,
            None => Some(1),
        };
        let (month, day) = (part()?, part()?);
        if parts.next().is_some() {
            return None;
        }
        Self::of_day(i32::try_from(year).ok()?, month, day)
    }

    /// Adds `HH:MM[:SS[.fraction]] [zone]`; a zone that is not an offset counts as UTC.
    fn at_time(self, text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(text.len());
        let mut parts = text[..end].split(':').map(|part| number(part).and_then(|n| u8::try_from(n).ok()));
        let hour = parts.next()??;
        let minute = parts.next()??;
        let second = parts.next().unwrap_or(Some(0))?;
        let rest = text[end..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()).trim_start();
        Some(Self {
            time: Time::from_hms(hour, minute, second.min(59)).ok()?,
            offset: offset(rest).unwrap_or(UtcOffset::UTC),
            ..self
        })
    }

    /// The moment in time that is meant; midnight UTC if only a day was written.
    pub fn instant(&self) -> OffsetDateTime {
        PrimitiveDateTime::new(self.day, self.time).assume_offset(self.offset)
    }

    /// The moment as RFC 3339 writes it, with the offset that was written: `2024-05-01T21:00:00+01:00`.
    pub fn to_rfc3339(&self) -> String {
        let (hours, minutes, _) = self.offset.as_hms();
        let zone = if self.offset.is_utc() {
            "Z".to_owned()
        } else {
            let sign = if self.offset.is_negative() { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", hours.unsigned_abs(), minutes.unsigned_abs())
        };
        let (hour, minute, second) = self.time.as_hms();
        format!("{self}T{hour:02}:{minute:02}:{second:02}{zone}")
    }

    /// The year that was written.
    pub fn year(&self) -> i32 {
        self.day.year()
    }

    /// The month that was written, 1 to 12.
    pub fn month(&self) -> u8 {
        self.day.month().into()
    }
}

/// `+02:00`, `-0700`, `+02`; less than a day (RFC 3339, section 5.6).
fn offset(text: &str) -> Option<UtcOffset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').take_while(char::is_ascii_digit).collect();
    let hours = i8::try_from(number(digits.get(..2)?)?).ok().filter(|hours| *hours < 24)?;
    let minutes = i8::try_from(digits.get(2..4).and_then(number).unwrap_or(0)).ok()?;
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

fn number(digits: &str) -> Option<u32> {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// The date in the segments of a path, and the name without it: `2023-11-05-x`, `2023-11-05_x`, or folders
/// `2023/11/05/x`. `segments` are those of a page without its extension.
pub(super) fn in_path<'a>(segments: &[&'a str]) -> (Option<EssayDate>, &'a str) {
    let Some((&name, folders)) = segments.split_last() else { return (None, "") };
    if let Some(day) = name.get(..10).filter(|day| is_dashed_day(day)).and_then(EssayDate::parse_day) {
        let rest = &name[10..];
        if rest.is_empty() {
            return (Some(day), name);
        }
        if let Some(bare) = rest.strip_prefix(['-', '_', ' ']).filter(|bare| !bare.is_empty()) {
            return (Some(day), bare);
        }
    }
    let shaped = |window: &[&str]| {
        (window[0].len() == 4 && window[1].len() == 2 && window[2].len() == 2)
            .then(|| EssayDate::parse_day(&window.join("-")))
            .flatten()
    };
    (folders.windows(3).rev().find_map(shaped), name)
}

fn is_dashed_day(text: &str) -> bool {
    text.bytes()
        .enumerate()
        .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
}

impl fmt::Display for EssayDate {
    /// `YYYY-MM-DD`, always ten characters for the years people write in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.day.year(), u8::from(self.day.month()), self.day.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_authors_write_them() {
        for (text, expected) in [
            ("2024-05-01", Some(("2024-05-01", "2024-05-01 0:00"))),
            (" 2024-5-1 ", Some(("2024-05-01", "2024-05-01 0:00"))),
            ("2024/05/01", Some(("2024-05-01", "2024-05-01 0:00"))),
            ("2024-05", Some(("2024-05-01", "2024-05-01 0:00"))),
            ("2024", Some(("2024-01-01", "2024-01-01 0:00"))),
            ("2024-05-01T23:30:00-02:00", Some(("2024-05-01", "2024-05-02 1:30"))),
            ("2024-05-01T10:00:00.123Z", Some(("2024-05-01", "2024-05-01 10:00"))),
            ("2024-05-01 10:00", Some(("2024-05-01", "2024-05-01 10:00"))),
            ("2024-05-01 10:00:59 +0200", Some(("2024-05-01", "2024-05-01 8:00"))),
            ("2024-05-01 10:00:00 CET", Some(("2024-05-01", "2024-05-01 10:00"))),
            ("2024-13-01", None),
            ("2023-02-29", None),
            ("24-05-01", None),
            ("2024-05-01 noon", None),
            ("2024-05-01 25:00", None),
            ("yesterday", None),
            ("20240501", None),
            ("", None),
            ("é024-05-01", None),
        ] {
            let found = EssayDate::parse(text).map(|date| {
                let utc = date.instant().to_offset(UtcOffset::UTC);
                let minute = format!("{} {}:{:02}", utc.date(), utc.hour(), utc.minute());
                (date.to_string(), minute)
            });
            let found = found.as_ref().map(|(day, utc)| (day.as_str(), utc.as_str()));
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn moments_in_feeds() {
        for (text, expected) in [
            ("2024-05-01", "2024-05-01T00:00:00Z"),
            ("2024-05-01T10:02:03.5Z", "2024-05-01T10:02:03Z"),
            ("2024-05-01T21:00:00+01:00", "2024-05-01T21:00:00+01:00"),
            ("2024-05-01 21:00 -0330", "2024-05-01T21:00:00-03:30"),
            ("2024-05-01 21:00 -00:30", "2024-05-01T21:00:00-00:30"),
            ("2024-05-01 21:00 +25:00", "2024-05-01T21:00:00Z"),
        ] {
            assert_eq!(
                EssayDate::parse(text).map(|date| date.to_rfc3339()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn dates_in_paths() {
        for (path, date, name) in [
            ("2023-11-05-x", Some("2023-11-05"), "x"),
            ("posts/2023-11-05_some-thing", Some("2023-11-05"), "some-thing"),
            ("2023-11-05", Some("2023-11-05"), "2023-11-05"),
            ("2023/11/05/x", Some("2023-11-05"), "x"),
            ("blog/2023/11/05/x", Some("2023-11-05"), "x"),
            ("2023/11/x", None, "x"),
            ("2023-13-05-x", None, "2023-13-05-x"),
            ("2023-11-05x", None, "2023-11-05x"),
            ("2023-11-0é", None, "2023-11-0é"),
            ("x", None, "x"),
        ] {
            let segments: Vec<&str> = path.split('/').collect();
            let (found, rest) = in_path(&segments);
            assert_eq!((found.map(|d| d.to_string()).as_deref(), rest), (date, name), "{path}");
        }
    }

    #[test]
    fn a_list_of_dates_reads_in_order() {
        let late = EssayDate::parse("2024-05-01T23:30:00-10:00").expect("a date");
        let early = EssayDate::parse("2024-05-02T00:10:00+10:00").expect("a date");
        assert!(late < early && late.instant() > early.instant());
    }
}
