//! [`EssayDate`]: the date of an essay, as its author wrote it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// A day, perhaps with a time of that day. Dates are ordered as written, regardless of their time zones, so that a list
/// of them reads in order; [`Self::instant`] is for comparison with a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EssayDate {
    day: Date,
    time: Time,
    /// The time zone, where one is written.
    offset: Option<UtcOffset>,
}

/// Whether the day precedes the month in dates that end with the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum DayOrder {
    /// As in `28/11/2026`.
    DayFirst,
    /// As in `11/28/2026`.
    MonthFirst,
}

impl EssayDate {
    /// Creates the date of a day without a time. Years from 1300 to 1499 are those of the Persian calendar.
    fn of_day(year: i32, month: u8, day: u8) -> Option<Self> {
        let day = if (1300..1500).contains(&year) {
            persian_day(year, month, day)?
        } else {
            Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?
        };
        Some(Self { day, time: Time::MIDNIGHT, offset: None })
    }

    /// Reads what authors write: `2024-05-01`, RFC 3339, `2024-05-01 10:00[:00] [zone]`, `2024-05`, `2024`,
    /// `13.5.2024`, `2024年5月1日`, seconds or milliseconds since 1970, and with the month in words: `May 1, 2024`,
    /// `1er mai 2024`, RFC 2822. Text after a valid day and time (the name of a zone) is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_in_order(text, None)
    }

    /// As [`parse`](Self::parse), where dates such as `05/06/2024` are in the order `order`, if it is known.
    pub(super) fn parse_in_order(text: &str, order: Option<DayOrder>) -> Option<Self> {
        let text = &*plain(text.trim());
        match text.len() {
            8 if is_number(text) => Self::parse_day(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])),
            10 | 13 if is_number(text) => {
                // The digits after the tenth are milliseconds.
                let moment = OffsetDateTime::from_unix_timestamp(text[..10].parse().ok()?).ok()?;
                Some(Self { day: moment.date(), time: moment.time(), offset: Some(UtcOffset::UTC) })
            }
            _ => Self::in_numbers(text, order).or_else(|| Self::in_words(text)),
        }
    }

    fn in_numbers(text: &str, order: Option<DayOrder>) -> Option<Self> {
        let text = text.replace(". ", ".").replace("- ", "-");
        let (day, rest) = match text.find(|c: char| c == 'T' || c == 't' || c.is_ascii_whitespace()) {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (&*text, ""),
        };
        let day = day.trim_end_matches(['.', ',']);
        let date = Self::parse_day(day).or_else(|| Self::year_last(day, order))?;
        // A weekday in Chinese, Japanese or Korean may precede the time.
        let time = rest.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        if time.is_empty() { Some(date) } else { date.at_time(time, is_afternoon(rest)) }
    }

    /// Reads `28.11.2026`, `13-05-2019` or `05/13/2019`: with dots the day comes first, else numbers or `order` decide.
    fn year_last(text: &str, order: Option<DayOrder>) -> Option<Self> {
        let (first, second, year) = numbers(text)?;
        match shown_order(text).or(if text.contains('.') { Some(DayOrder::DayFirst) } else { order }) {
            Some(DayOrder::DayFirst) => Self::of_day(year, second, first),
            None if first != second => None,
            _ => Self::of_day(year, first, second),
        }
    }

    /// Returns the later of the two days that `05/06/2024` may mean, or `None` if the text is not of this form.
    pub(super) fn latest_reading(text: &str) -> Option<Self> {
        let (first, second, year) = numbers(plain(text).split_whitespace().next()?)?;
        Self::of_day(year, first, second).max(Self::of_day(year, second, first))
    }

    /// Reads a date with the name of its month: one day, one year, and perhaps a weekday and a time.
    fn in_words(text: &str) -> Option<Self> {
        let mut text = text.replace("كانون ", "كانون_").replace("تشرين ", "تشرين_");
        if text.split('-').nth(1).is_some_and(|month| month.chars().all(char::is_alphabetic)) {
            text = text.replacen('-', " ", 2);
        }
        let (mut day, mut month, mut year, mut time) = (None, None, None, None);
        for (at, word) in words(&text) {
            let suffix = word.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = word.len() - suffix.len();
            let is_signed = text[..at].ends_with(['-', '+']);
            let is_complete = day.is_some() && month.is_some() && year.is_some();
            match word[..digits].parse::<i32>().ok() {
                _ if word.contains(':') => time = time.or(Some(&text[at..])),
                Some(_) if suffix.contains(|c: char| !c.is_alphabetic() && !".ºª°'’".contains(c)) => return None,
                Some(number @ 32..) if digits == 4 && year.is_none() && !(is_signed && time.is_some()) => {
                    year = Some(number);
                }
                Some(number @ ..=31) if day.is_none() => day = u8::try_from(number).ok(),
                Some(_) if time.is_none() => return None,
                Some(_) => {}
                None => match month_of(word) {
                    Some(found) if month.is_none() => month = Some(found),
                    // The first match abbreviates a weekday: `mar. 7 mai 2024`.
                    Some(found) if year.is_none() && month != Some(found) => month = Some(found),
                    None if day.is_none() && year.is_none() || is_complete || time.is_some() => {}
                    None if word.chars().count() <= MAX_PARTICLE => {}
                    _ => return None,
                },
            }
        }
        let date = Self::of_day(year?, month?, day?)?;
        time.map_or(Some(date), |time| date.at_time(time, is_afternoon(&text)))
    }

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, also separated by `/` or `.`.
    fn parse_day(text: &str) -> Option<Self> {
        let mut parts = text.split(['-', '/', '.']);
        let year = parts.next().filter(|year| year.len() == 4).and_then(number)?;
        let mut part = || match parts.next() {
            Some(part) if part.len() <= 2 => number(part),
            Some(_) => None,
            None => Some(1),
        };
        let (month, day) = (part()?, part()?);
        if parts.next().is_none() { Self::of_day(year, month, day) } else { None }
    }

    /// Adds `HH:MM[:SS[.fraction]] [zone]`.
    fn at_time(self, text: &str, is_afternoon: bool) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(text.len());
        let mut parts = text[..end].trim_end_matches(':').split(':').map(number::<u8>);
        let mut hour = parts.next()??;
        let minute = parts.next().unwrap_or(text[..end].ends_with(':').then_some(0))?;
        let second = parts.next().unwrap_or(Some(0))?;
        let rest = text[end..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()).trim_start();
        let rest = rest.to_lowercase();
        match rest.get(..2) {
            Some("am") if hour == 12 => hour = 0,
            is if hour < 12 && (is == Some("pm") || is_afternoon) => hour += 12,
            _ => {}
        }
        let zone = rest.trim_start_matches(['g', 'm', 't', 'u', 'c', 'z']);
        let is_universal = ["z", "utc", "gmt"].iter().any(|name| rest.starts_with(name));
        Some(Self {
            time: Time::from_hms(hour, minute, second.min(59)).ok()?,
            offset: offset(zone).or(is_universal.then_some(UtcOffset::UTC)),
            ..self
        })
    }

    /// Returns the date in `zone`, unless it has a time zone of its own.
    pub(super) fn in_zone(self, zone: Option<&TimeZone>) -> Self {
        let Some(zone) = zone.filter(|_| self.offset.is_none()) else { return self };
        let written = self.instant().unix_timestamp();
        let moment = jiff::Timestamp::from_second(written).ok();
        let moment = moment.and_then(|moment| zone.to_timestamp(TimeZone::UTC.to_datetime(moment)).ok());
        let offset = moment.and_then(|moment| i32::try_from(written - moment.as_second()).ok());
        Self { offset: offset.and_then(|offset| UtcOffset::from_whole_seconds(offset).ok()), ..self }
    }

    /// Returns the moment; midnight if only a day was written. A time without a zone is one of UTC.
    pub fn instant(&self) -> OffsetDateTime {
        let offset = self.offset.unwrap_or(UtcOffset::UTC);
        PrimitiveDateTime::new(self.day, self.time).assume_offset(offset)
    }

    /// Formats the moment by RFC 3339, with the offset that was written: `2024-05-01T21:00:00+01:00`.
    pub fn to_rfc3339(&self) -> String {
        let offset = self.offset.filter(|offset| !offset.is_utc()).map(|offset| offset.to_string());
        let zone = offset.as_ref().map_or("Z", |offset| &offset[.."+01:00".len()]);
        let (hour, minute, second) = self.time.as_hms();
        format!("{self}T{hour:02}:{minute:02}:{second:02}{zone}")
    }

    /// Returns the date in a format of `strftime`, or `None` if that is invalid.
    pub(super) fn format(&self, format: &str) -> Option<String> {
        jiff::fmt::strtime::format(format, self.to_rfc3339().get(..19)?.parse::<DateTime>().ok()?).ok()
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

impl fmt::Display for EssayDate {
    /// Formats the day as `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.day, f)
    }
}

/// How the names of the months begin, a line for each month: in English, German, French, Spanish, Italian, Portuguese,
/// Dutch, Polish, Russian, Ukrainian, Turkish, Arabic, Hebrew, Persian and Hindi, then in the Persian calendar. Those
/// of one or two letters are whole names.
const MONTHS: &str = include_str!("month_names.txt");

/// The longest word, in characters, that may stand between the parts of a date, such as `de`, `of the` or `року`.
const MAX_PARTICLE: usize = 4;

/// Returns the number of the month whose name `word` is, also with the Hebrew prefix for `in`.
fn month_of(word: &str) -> Option<u8> {
    let word = word.to_lowercase();
    let is = |word: &str, stem: &str| if stem.chars().count() < 3 { word == stem } else { word.starts_with(stem) };
    let names = [&*word, word.strip_prefix('ב').unwrap_or(&word)];
    let is_named = |stems: &str| stems.split(' ').any(|stem| names.iter().any(|name| is(name, stem)));
    (1..).zip(MONTHS.lines()).find(|(_, stems)| is_named(stems)).map(|(month, _)| month)
}

/// Returns the day of the Persian solar calendar, by its usual cycle of 33 years.
fn persian_day(year: i32, month: u8, day: u8) -> Option<Date> {
    let length = if month <= 6 { 31 } else { 30 };
    if !(1..=12).contains(&month) || !(1..=length).contains(&day) {
        return None;
    }
    let leap_days = |year: i32| (year + 1595) / 33 * 8 + ((year + 1595) % 33 + 3) / 4;
    let (month, day) = (i32::from(month), i32::from(day));
    let in_year = (month - 1) * 31 - (month - 7).max(0) + day - 1;
    let new_year = Date::from_calendar_date(2024, Month::March, 20).ok()?;
    let days = 365 * (year - 1403) + leap_days(year) - leap_days(1403) + in_year;
    Date::from_julian_day(new_year.to_julian_day() + days).ok()
}

/// Returns `text` with the digits of all scripts as ASCII, and the signs for year, month, day and hour as punctuation.
fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let ascii = |c: char| match c {
        '年' | '月' | '년' | '월' => '-',
        '日' | '号' | '號' | '일' | '分' | '분' | '،' => ' ',
        '时' | '時' | '点' | '點' | '시' => ':',
        _ => {
            let digit = |zero: char| char::from_digit(u32::from(c).checked_sub(zero.into())?, 10);
            ['٠', '۰', '०', '０'].into_iter().find_map(digit).unwrap_or(c)
        }
    };
    let visible = text.chars().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}'));
    visible.map(ascii).collect::<String>().replace(" -", "-").replace(": ", ":").into()
}

fn is_afternoon(text: &str) -> bool {
    ["下午", "午後", "午后", "오후"].iter().any(|word| text.contains(word))
}

/// Returns the words of `text`, separated by white space and commas, each with its offset.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_gap = |c: char| c.is_whitespace() || c == ',';
    let starts = text.char_indices().filter(move |&(at, c)| !is_gap(c) && !text[..at].ends_with(|c| !is_gap(c)));
    starts.map(move |(at, _)| (at, text[at..].split(is_gap).next().unwrap_or_default()))
}

/// Returns the order of day and month in a date that ends with the year, if one number is too large for a month.
pub(super) fn shown_order(text: &str) -> Option<DayOrder> {
    match numbers(plain(text).split_whitespace().next()?)? {
        (13.., ..=12, _) => Some(DayOrder::DayFirst),
        (..=12, 13.., _) => Some(DayOrder::MonthFirst),
        _ => None,
    }
}

/// Reads two numbers and a year of four digits, separated by `-`, `/` or `.`.
fn numbers(text: &str) -> Option<(u8, u8, i32)> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let &[first, second, year] = &*parts else { return None };
    let is_date = first.len() <= 2 && second.len() <= 2 && year.len() == 4;
    is_date.then_some((number(first)?, number(second)?, number(year)?))
}

/// Reads `+02:00`, `-0700` or `+02`, less than a day (RFC 3339, section 5.6).
fn offset(text: &str) -> Option<UtcOffset> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !"+-:".contains(c)).unwrap_or(text.len());
    let zone = DateTimeParser::new().parse_time_zone(&text[..end]).ok()?.to_fixed_offset().ok()?;
    let seconds = Some(zone.seconds()).filter(|seconds| seconds.abs() < 86_400)?;
    UtcOffset::from_whole_seconds(seconds).ok()
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn number<N: FromStr>(digits: &str) -> Option<N> {
    if is_number(digits) { digits.parse().ok() } else { None }
}

/// Returns the date in the `segments` of a path without extension, and the last segment without the date. The date may
/// be in the name, as in `2023-11-05-x`, `2023_11_05 x` or `20231105-x`, or in folders, as in `2023/11/05/x`.
pub(super) fn in_path<'a>(segments: &[&'a str]) -> (Option<EssayDate>, &'a str) {
    let Some((&name, folders)) = segments.split_last() else { return (None, "") };
    if let Some((day, bare)) = in_name(name) {
        return (Some(day), bare);
    }
    let shaped = |window: &[&str]| {
        let is_date = window.iter().map(|part| part.len()).eq([4, 2, 2]);
        is_date.then(|| EssayDate::parse_day(&window.join("-"))).flatten()
    };
    (folders.windows(3).rev().find_map(shaped), name)
}

/// Returns the date at the start of a file name, and the name after it; the whole name if there is no more.
fn in_name(name: &str) -> Option<(EssayDate, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(name);
    let day = match name[end..].chars().next() {
        _ if matches!(end, 8 | 12 | 14) => name[..8].to_owned(),
        Some(separator @ ('-' | '_' | '.')) => {
            for _ in 0..2 {
                end += name[end..].strip_prefix(separator).map(|rest| 1 + digits(rest))?;
            }
            name[..end].replace('_', "-")
        }
        _ => return None,
    };
    let day = EssayDate::parse(&day)?;
    let rest = name[end..].trim_start_matches(['-', '_', '.', ' ', '–', '—']);
    let is_apart = rest.len() < name.len() - end || rest.is_empty();
    is_apart.then_some((day, if rest.is_empty() { name } else { rest }))
}
