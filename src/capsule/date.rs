//! [`EssayDate`]: the date of an essay, as its author wrote it.

use std::fmt;

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// A day, perhaps with a time of that day. Dates are ordered as written, regardless of their time zones, so that a list
/// of them reads in order; [`Self::instant`] is for comparison with a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EssayDate {
    day: Date,
    time: Time,
    offset: UtcOffset,
}

impl EssayDate {
    /// Creates the date of a day without a time.
    fn of_day(year: i32, month: u8, day: u8) -> Option<Self> {
        let day = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
        Some(Self { day, time: Time::MIDNIGHT, offset: UtcOffset::UTC })
    }

    /// Reads what authors write: `2024-05-01`, RFC 3339, `2024-05-01 10:00[:00] [zone]`, `2024-05`, `2024`. Text after
    /// a valid day and time (the name of a zone) is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (day, rest) = match text.find(|c: char| c == 'T' || c == 't' || c.is_ascii_whitespace()) {
            Some(at) => (&text[..at], text[at + 1..].trim_start()),
            None => (text, ""),
        };
        let date = Self::parse_day(day)?;
        if rest.is_empty() { Some(date) } else { date.at_time(rest) }
    }

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, also separated by `/` or `.`.
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

    /// Returns the moment; midnight UTC if only a day was written.
    pub fn instant(&self) -> OffsetDateTime {
        PrimitiveDateTime::new(self.day, self.time).assume_offset(self.offset)
    }

    /// Formats the moment by RFC 3339, with the offset that was written: `2024-05-01T21:00:00+01:00`.
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

    /// Returns the year as written.
    pub fn year(&self) -> i32 {
        self.day.year()
    }

    /// Returns the month as written, 1 to 12.
    pub fn month(&self) -> u8 {
        self.day.month().into()
    }
}

/// Reads `+02:00`, `-0700` or `+02`, less than a day (RFC 3339, section 5.6).
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

/// Returns the date in `segments`, those of a path without extension, and the last one without it. The date may be in
/// the name, as in `2023-11-05-x` or `2023-11-05_x`, or in folders, as in `2023/11/05/x`.
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
    /// Formats the day as `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.day.year(), u8::from(self.day.month()), self.day.day())
    }
}
