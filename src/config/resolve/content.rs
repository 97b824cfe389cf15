//! What is said of the content of a capsule: what of it is for readers, what was withdrawn, where else it is.

use super::Resolver;
use crate::capsule::CapsulePath;
use crate::config::file::CapsuleTable;
use crate::config::reader::At;
use crate::disk;

impl Resolver<'_> {
    /// Patterns of what is left out.
    pub(super) fn ignore(&mut self, table: &CapsuleTable) -> Vec<String> {
        self.good(&table.ignore, |pattern| match disk::pattern_error(pattern) {
            Some(why) => Err(format!("this is no pattern: {why}")),
            None => Ok(pattern.to_owned()),
        })
    }

    /// Addresses of what was withdrawn.
    pub(super) fn gone(&mut self, table: &CapsuleTable) -> Vec<CapsulePath> {
        self.good(&table.gone, |address| match CapsulePath::from_url(address) {
            Ok(path) if address.starts_with('/') && address != "/" => Ok(path),
            _ => Err(format!("`{address}` is not an address in the capsule, as in `/films/old.gmi`")),
        })
    }

    /// The address of the archive on the Web.
    pub(super) fn web(&mut self, table: &CapsuleTable) -> Option<String> {
        let read = |web: &str| match url::Url::parse(web) {
            Ok(url) if web.contains("://") && url.has_host() => Ok(web.to_owned()),
            _ => Err(format!("`{web}` is not an address on the Web, as in `https://example.org`")),
        };
        self.good(table.web.as_slice(), read).pop()
    }

    /// The icon: one emoji, in code points at most as many as a family takes.
    pub(super) fn icon(&mut self, table: &CapsuleTable) -> Option<String> {
        let read = |icon: &str| {
            let plain = |c: char| c.is_ascii() || c.is_whitespace() || c.is_control();
            let one = (1..=8).contains(&icon.chars().count()) && !icon.contains(plain);
            if one { Ok(icon.to_owned()) } else { Err(format!("`{icon}` is not an icon: it is one emoji")) }
        };
        self.good(table.icon.as_slice(), read).pop()
    }

    /// What the good ones of `values` come to; the others are errors at their place.
    fn good<T>(&mut self, values: &[At<String>], read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let mut good = Vec::with_capacity(values.len());
        for (value, place) in values {
            match read(value) {
                Ok(value) => good.push(value),
                Err(what) => self.error(place.clone(), what),
            }
        }
        good
    }
}
