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

    /// Reads what authors write: `2024-05-01`, RFC 3339, `2024-05-01 10:00[:00] [zone]`, `2024-05`, `2024`,
    /// `13.5.2024`, `2024年5月1日`, seconds or milliseconds since 1970, and with the month in words: `May 1, 2024`,
    /// RFC 2822. Text after a valid day and time (the name of a zone) is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text.len());
        if let Some(length @ (10 | 13)) = digits {
            let number: i64 = text.parse().ok()?;
            let seconds = if length == 10 { number } else { number / 1_000 };
            let moment = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
            return Some(Self { day: moment.date(), time: moment.time(), offset: UtcOffset::UTC });
        }
        if digits == Some(8) {
            return Self::parse_day(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]));
        }
        let plain = text.replace(['年', '月', '년', '월'], "-").replace(['日', '일'], " ").replace("- ", "-");
        Self::in_numbers(plain.trim()).or_else(|| Self::in_words(text))
    }

    fn in_numbers(text: &str) -> Option<Self> {
        let (day, rest) = match text.find(|c: char| c == 'T' || c == 't' || c.is_ascii_whitespace()) {
            Some(at) => (&text[..at], text[at + 1..].trim_start()),
            None => (text, ""),
        };
        let date = Self::parse_day(day).or_else(|| match day_last_year(day)? {
            // With dots, the day comes first.
            (first, second, year) if second <= 12 && (first > 12 || first == second || day.contains('.')) => {
                Self::of_day(year, second, first)
            }
            (first, second, year) if second > 12 => Self::of_day(year, first, second),
            _ => None,
        })?;
        if rest.is_empty() { Some(date) } else { date.at_time(rest) }
    }

    /// Returns the later of the two days that `05/06/2024` may mean, or `None` if the text is not of this form.
    pub(super) fn latest_reading(text: &str) -> Option<Self> {
        let (first, second, year) = day_last_year(text.split_whitespace().next()?)?;
        Self::of_day(year, first, second).max(Self::of_day(year, second, first))
    }

    /// Reads a date with the name of its month in English: one day, one year, and perhaps a weekday and a time.
    fn in_words(text: &str) -> Option<Self> {
        let (mut day, mut month, mut year, mut time) = (None, None, None, None);
        for (at, word) in words(text) {
            let number = number(word.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h', '.']));
            if time.is_none() && word.contains(':') {
                time = Some(&text[at..]);
            } else if let Some(number) = number.filter(|_| word.starts_with(|c: char| c.is_ascii_digit())) {
                if word.len() == 4 && number > 31 && year.is_none() {
                    year = i32::try_from(number).ok();
                } else if day.is_none() && number <= 31 {
                    day = u8::try_from(number).ok();
                } else if time.is_none() {
                    return None;
                }
            } else if let Some(found) = position(&MONTHS, word).filter(|_| month.is_none()) {
                month = u8::try_from(found + 1).ok();
            } else if position(&WEEKDAYS, word).is_none() && time.is_none() {
                return None;
            }
        }
        let date = Self::of_day(year?, month?, day?)?;
        let Some(time) = time else { return Some(date) };
        // The time may stand before the year: `Wed May 1 10:00:00 2024`.
        let year = format!(" {:04}", date.year());
        date.at_time(time.strip_suffix(&year).unwrap_or(time))
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
        let mut hour = parts.next()??;
        let minute = parts.next()??;
        let second = parts.next().unwrap_or(Some(0))?;
        let rest = text[end..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()).trim_start();
        let rest = rest.to_lowercase();
        match rest.get(..2) {
            Some("pm") if hour < 12 => hour += 12,
            Some("am") if hour == 12 => hour = 0,
            _ => {}
        }
        let rest = rest.trim_start_matches(['g', 'm', 't', 'u', 'c']);
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

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Returns the index of the name that `word` is or abbreviates to at least three letters.
fn position(names: &[&str], word: &str) -> Option<usize> {
    let word = word.trim_end_matches('.').to_lowercase();
    names.iter().position(|name| word.len() >= 3 && name.starts_with(&word))
}

/// Returns the words of `text` between blanks and commas, each with its offset.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_gap = |c: char| c.is_whitespace() || c == ',';
    let starts =
        text.char_indices().filter(move |&(at, c)| !is_gap(c) && !text[..at].ends_with(|c| !is_gap(c)));
    starts.map(move |(at, _)| (at, text[at..].split(is_gap).next().unwrap_or_default()))
}

/// Reads two numbers and a year of four digits, separated by `-`, `/` or `.`.
fn day_last_year(text: &str) -> Option<(u8, u8, i32)> {
    let mut parts = text.split(['-', '/', '.']);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || first.len() > 2 || second.len() > 2 || year.len() != 4 {
        return None;
    }
    let small = |part| number(part).and_then(|number| u8::try_from(number).ok());
    Some((small(first)?, small(second)?, i32::try_from(number(year)?).ok()?))
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

/// Returns the date in the `segments` of a path without extension, and the last segment without the date. The date may
/// be in the name, as in `2023-11-05-x` or `2023-11-05_x`, or in folders, as in `2023/11/05/x`.
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
