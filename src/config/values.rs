//! The types of settings. Each one checks a value while reading it, so every value of such a type is valid.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use toml::de::DeValue;
use toml::{Spanned, Value as TomlValue};

use super::table::{Origin, Report, Setting, SettingType};
use crate::capsule::{CapsulePath, is_language};
use crate::host::{Fingerprint, HostName};
use crate::privileges::SandboxMode;
use crate::problem::{Problem, SourceText, printable};
use crate::render::gemtext::{Emphasis, LinkMarkers, LinkPlacement};
use crate::server::access_log::{LogAddresses, LogFormat};
use crate::server::tls::TlsVersions;
use crate::site::MetaLine;

/// A type of setting that is a string in the file.
pub(super) trait Text: Sized {
    /// Reads the string. The error says why it is not valid; its place is set by the caller.
    fn parse(text: &str) -> Result<Self, Problem>;
    fn text(&self) -> String;
}

impl<T: Text> SettingType for T {
    fn accepts() -> String {
        "a string in quotes".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Option<Problem>> {
        T::parse(value.as_str().ok_or(None)?).map_err(Some)
    }

    fn show(&self) -> Option<TomlValue> {
        Some(self.text().into())
    }
}

/// A list of strings. A single string stands for a list of one.
impl<T: Text> SettingType for Vec<T> {
    fn accepts() -> String {
        "a string in quotes or a list of them".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Option<Problem>> {
        T::read(value).map(|only| vec![only])
    }

    fn show(&self) -> Option<TomlValue> {
        Some(self.iter().map(Text::text).collect::<Vec<_>>().into())
    }

    fn read_at(value: &Spanned<DeValue<'_>>, report: &mut Report<'_>) -> Option<Self> {
        match value.get_ref() {
            DeValue::Array(items) => Some(items.iter().filter_map(|item| T::read_at(item, report)).collect()),
            _ => T::read_at(value, report).map(|only| vec![only]),
        }
    }
}

/// A setting without a value if the key is left out.
impl<T: SettingType> SettingType for Option<T> {
    fn accepts() -> String {
        T::accepts()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Option<Problem>> {
        T::read(value).map(Some)
    }

    fn show(&self) -> Option<TomlValue> {
        self.as_ref().and_then(T::show)
    }
}

impl SettingType for bool {
    fn accepts() -> String {
        "`true` or `false`".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Option<Problem>> {
        value.as_bool().ok_or(None)
    }

    fn show(&self) -> Option<TomlValue> {
        Some((*self).into())
    }
}

/// A whole number within a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InRange<T, const LEAST: u64, const GREATEST: u64>(pub T);

pub(super) type Port = InRange<u16, 1, 65_535>;

/// A number of connections, up to the number of file descriptors that a system can provide.
pub(super) type Count = InRange<usize, 1, 1_000_000>;

/// A time limit in seconds. At most an hour, because a longer one would not limit anything.
pub(super) type Seconds = InRange<u64, 1, 3_600>;

/// An amount of memory in megabytes.
pub(super) type Megabytes = InRange<u64, 16, 1_000_000>;

/// A width of text in columns.
pub(super) type Width = InRange<usize, 40, 200>;

impl Megabytes {
    /// Returns the number of bytes.
    pub fn bytes(self) -> u64 {
        self.0 * 1_000_000
    }
}

impl Seconds {
    /// Returns the limit as a [`Duration`].
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl<T, const LEAST: u64, const GREATEST: u64> SettingType for InRange<T, LEAST, GREATEST>
where
    T: Copy + TryFrom<u64> + TryInto<i64>,
{
    fn accepts() -> String {
        format!("a whole number from {LEAST} to {GREATEST}")
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Option<Problem>> {
        let number = value.as_integer().ok_or(None)?;
        let number = u64::from_str_radix(number.as_str(), number.radix()).ok();
        let number = number.filter(|number| (LEAST..=GREATEST).contains(number)).map(T::try_from);
        number.and_then(Result::ok).map(Self).ok_or(None)
    }

    fn show(&self) -> Option<TomlValue> {
        self.0.try_into().ok().map(TomlValue::Integer)
    }
}

/// Implements [`SettingType`] for an enum whose variants are words in the file.
macro_rules! choice {
    ($Type:ident: $($word:literal => $Variant:ident),+) => {
        impl SettingType for $Type {
            fn accepts() -> String {
                format!("one of {}", [$(concat!("`\"", $word, "\"`")),+].join(", "))
            }

            fn read(value: &DeValue<'_>) -> Result<Self, Option<Problem>> {
                match value.as_str() {
                    $(Some($word) => Ok(Self::$Variant),)+
                    _ => Err(None),
                }
            }

            fn show(&self) -> Option<TomlValue> {
                Some(match self { $(Self::$Variant => $word,)+ }.into())
            }
        }
    };
}

choice!(Emphasis: "plain" => Plain, "markers" => Markers);
choice!(LinkMarkers: "none" => None, "number" => Number);
choice!(LinkPlacement: "block" => Block, "section" => Section, "end" => End, "off" => Off);
choice!(LogAddresses: "off" => Off, "hashed" => Hashed, "full" => Full);
choice!(LogFormat: "text" => Text, "json" => Json);
choice!(MetaLine: "footer" => Footer, "header" => Header, "none" => None);
choice!(SandboxMode: "best-effort" => BestEffort, "require" => Require, "off" => Off);
choice!(TlsVersions: "1.2" => From12, "1.3" => Only13);

/// Implements [`Text`] by an expression that reads the string and one that returns it. The first form is for an
/// existing type. The second one defines a newtype, whose string is that of the type inside.
macro_rules! text {
    (impl $Type:ty: |$text:ident| $read:expr, |$own:ident| $shown:expr) => {
        impl Text for $Type {
            fn parse($text: &str) -> Result<Self, Problem> {
                $read
            }

            fn text(&self) -> String {
                let $own = self;
                $shown
            }
        }
    };
    ($(#[doc = $doc:literal])* $Type:ident($Inner:ty): |$text:ident| $read:expr) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $Type(pub $Inner);

        text!(impl $Type: |$text| $read.map(Self), |own| own.0.text());
    };
}

/// Returns the value; if it is `None`, the problem that `text` is not `what`.
fn require<T>(value: Option<T>, text: &str, what: &str, hint: &str) -> Result<T, Problem> {
    value.ok_or_else(|| Problem::error(format!("`{text}` is not {what}")).hint(hint))
}

text!(impl String: |text| Ok(printable(text).into_owned()), |text| text.clone());
text!(impl PathBuf: |text| Ok(text.into()), |path| path.to_string_lossy().into_owned());

text! {
    impl HostName: |text| require(text.parse().ok(), text, "a host name", "write it as in `example.org`"),
    |host| host.to_string()
}

text! {
    impl Fingerprint: |text| {
        let hint = "readers who open the area and are not on the list see theirs, as in `SHA256:` and 64 digits";
        require(Self::parse(text), text, "a SHA-256 fingerprint", hint)
    },
    |fingerprint| format!("SHA256:{fingerprint}")
}

text! {
    // `localhost` stands for 127.0.0.1.
    impl SocketAddr: |text| {
        let port = || text.strip_prefix("localhost:")?.parse().ok();
        let localhost = || Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port()?)));
        let hint = "write it as in `0.0.0.0:1965` or `[::]:1965`";
        require(text.parse().ok().or_else(localhost), text, "an address with a port", hint)
    },
    |address| address.to_string()
}

text! {
    /// An address and port that only this machine can reach.
    LoopbackAddress(SocketAddr): |text| {
        let address = Some(SocketAddr::parse(text)?).filter(|address| address.ip().is_loopback());
        let hint = "metrics are for a collector on this machine: write `127.0.0.1:9965`";
        require(address, text, "a loopback address", hint)
    }
}

text! {
    // An address is a network with one host.
    impl IpNet: |text| {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok();
        let hint = "write it as in `10.0.0.7`, `10.0.0.0/8` or `2001:db8::/32`";
        require(network.map(|network| network.trunc()), text, "an address or a network", hint)
    },
    |address| address.to_string()
}

text! {
    /// The URL of a site on the Web.
    WebAddress(String): |text| {
        let is_web = url::Url::parse(text).is_ok_and(|url| text.contains("://") && url.has_host());
        let address = is_web.then(|| text.to_owned());
        require(address, text, "an address on the Web", "write it as in `https://example.org`")
    }
}

text! {
    /// One emoji: up to eight code points, which is what an emoji of a family takes.
    Icon(String): |text| {
        let is_plain = |c: char| c.is_ascii() || c.is_whitespace();
        let is_icon = (1..=8).contains(&text.chars().count()) && !printable(text).contains(is_plain);
        require(is_icon.then(|| text.to_owned()), text, "an icon", "an icon is one emoji")
    }
}

text! {
    /// A language tag (BCP 47), by its syntax: two to eight letters, and subtags of one to eight letters and digits.
    LanguageTag(String): |text| {
        let tag = is_language(text).then(|| text.to_owned());
        require(tag, text, "a language tag", "write it as in `en` or `pt-BR`")
    }
}

text! {
    // A name of the tz database or a fixed offset from UTC.
    impl TimeZone: |text| {
        let zone = DateTimeParser::new().parse_time_zone(text).ok().filter(|zone| !zone.text().is_empty());
        require(zone, text, "a time zone", "write it as in `Europe/Rome` or `+02:00`")
    },
    |zone| {
        let offset = || zone.to_fixed_offset().map(|offset| offset.to_string()).unwrap_or_default();
        zone.iana_name().map_or_else(offset, str::to_owned)
    }
}

text! {
    /// A pattern in the syntax of gitignore.
    Pattern(String): |text| match crate::disk::pattern_error(text) {
        Some(error) => Err(Problem::error(format!("`{text}` is not a pattern: {error}"))),
        None => Ok(text.to_owned()),
    }
}

fn path(text: &str) -> Option<CapsulePath> {
    CapsulePath::from_url(text).ok().filter(|_| text.starts_with('/'))
}

text! {
    impl CapsulePath: |text| {
        require(path(text), text, "an address in the capsule", "write it as in `/films/old.gmi`")
    },
    |path| path.to_url()
}

text! {
    /// The path of a file or folder in the capsule, other than the root.
    InnerPath(CapsulePath): |text| {
        let hint = "write it as in `/films/old.gmi` or `/diary/`";
        require(path(text).filter(|_| text != "/"), text, "an address in the capsule", hint)
    }
}

text! {
    /// The path of a folder in the capsule.
    FolderPath(CapsulePath): |text| {
        let folder = path(text).map(|path| path.to_folder());
        require(folder, text, "a folder of the capsule", "write it as in `/drafts/`")
    }
}

/// Addresses in the capsule, each with the address that it redirects to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redirects(pub Vec<(CapsulePath, Setting<CapsulePath>)>);

impl SettingType for Redirects {
    fn accepts() -> String {
        "a table of addresses, as in `\"/old\" = \"/new.gmi\"`".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Option<Problem>> {
        let address = |text: &str| CapsulePath::parse(text).map_err(Some);
        let redirect = |(old, new): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
            Ok((address(old.get_ref())?, address(new.get_ref().as_str().ok_or(None)?)?.into()))
        };
        value.as_table().ok_or(None)?.iter().map(redirect).collect::<Result<_, _>>().map(Self)
    }

    fn locate(&mut self, value: &DeValue<'_>, source: &SourceText<'_>) {
        let values = value.as_table().into_iter().flat_map(|table| table.values());
        for ((_, new), value) in self.0.iter_mut().zip(values) {
            new.origin = Origin::File(source.place(value.span()));
        }
    }

    fn show(&self) -> Option<TomlValue> {
        let pair = |(old, new): &(CapsulePath, Setting<CapsulePath>)| (old.to_url(), new.to_url().into());
        (!self.0.is_empty()).then(|| TomlValue::Table(self.0.iter().map(pair).collect()))
    }
}
