//! [`Aggregator`]: a page that lists what is new in many capsules, and is told of a feed by a request.
//!
//! There is no standard for this, only a habit that Antenna began: the address of the feed is the query of the
//! request, as if a reader had typed it where a page asks for input. Others run Antenna's program or do the same.

use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::problem::Problem;

/// The longest request of Gemini, in bytes without its end (Gemini, section "Requests").
const MAX_REQUEST: usize = 1024;

/// What stands for itself in a query: the unreserved characters (RFC 3986, section 2.3). Some aggregators take a
/// query apart at the others.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Those that are known by a name. Only what says of itself how it is told of a feed, and is not one of a kind that
/// asks first.
const KNOWN: &[(&str, &str)] = &[("Antenna", "gemini://warmedal.se/~antenna/submit")];

/// Who is told of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Aggregator {
    /// What it is called; its host if it is not known by a name.
    pub(super) name: String,
    /// The address that takes the feed as its query.
    submit: Url,
}

impl Aggregator {
    /// The request that tells it of `feed`, a whole URL.
    pub(super) fn request(&self, feed: &str) -> Result<Url, Problem> {
        let mut request = self.submit.clone();
        request.set_query(Some(&utf8_percent_encode(feed, QUERY).to_string()));
        if request.as_str().len() > MAX_REQUEST {
            let what = format!("the request would be longer than the {MAX_REQUEST} bytes that Gemini allows");
            return Err(Problem::error(what).hint("announce the feed of the whole capsule"));
        }
        Ok(request)
    }
}

impl FromStr for Aggregator {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        if let Some((name, submit)) = KNOWN.iter().find(|(name, _)| name.eq_ignore_ascii_case(typed)) {
            let submit = Url::parse(submit).map_err(|error| error.to_string())?;
            return Ok(Self { name: (*name).to_owned(), submit });
        }
        if !typed.contains("://") {
            let known: Vec<String> =
                KNOWN.iter().map(|(name, _)| format!("`{}`", name.to_lowercase())).collect();
            return Err(format!(
                "known by name: {}; any other is named by its submit address, a gemini URL",
                known.join(", ")
            ));
        }
        let mut submit = Url::parse(typed).map_err(|error| error.to_string())?;
        if submit.scheme() != "gemini" {
            return Err("only gemini URLs can be asked".to_owned());
        }
        if submit.query().is_some_and(|query| !query.is_empty()) {
            return Err("the feed is to be its query: name it without one".to_owned());
        }
        if submit.fragment().is_some() || !submit.username().is_empty() || submit.password().is_some() {
            return Err(
                "a request has neither a fragment nor a user name (Gemini, section \"Requests\")".to_owned()
            );
        }
        let host = submit.host_str().filter(|host| !host.is_empty()).ok_or("it names no host")?;
        let name = host.to_owned();
        if submit.path().is_empty() {
            submit.set_path("/");
        }
        Ok(Self { name, submit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_is_the_query_of_the_request() {
        for (aggregator, feed, request) in [
            (
                "antenna",
                "gemini://example.org/atom.xml",
                "gemini://warmedal.se/~antenna/submit?gemini%3A%2F%2Fexample.org%2Fatom.xml",
            ),
            (
                "Antenna",
                "gemini://example.org:1970/a%20b/atom.xml",
                "gemini://warmedal.se/~antenna/submit?gemini%3A%2F%2Fexample.org%3A1970%2Fa%2520b%2Fatom.xml",
            ),
            (
                "gemini://news.example/submit",
                "gemini://example.org/~ann/?a=b&c+d",
                "gemini://news.example/submit?gemini%3A%2F%2Fexample.org%2F~ann%2F%3Fa%3Db%26c%2Bd",
            ),
            (
                "gemini://news.example:1966/cgi/submit?",
                "gemini://[2001:db8::7]/",
                "gemini://news.example:1966/cgi/submit?gemini%3A%2F%2F%5B2001%3Adb8%3A%3A7%5D%2F",
            ),
            (
                "gemini://news.example",
                "gemini://a.example/",
                "gemini://news.example/?gemini%3A%2F%2Fa.example%2F",
            ),
        ] {
            let aggregator: Aggregator = aggregator.parse().expect("an aggregator");
            assert_eq!(aggregator.request(feed).expect("short").as_str(), request);
        }
        let antenna: Aggregator = "antenna".parse().expect("known");
        let problem =
            antenna.request(&format!("gemini://example.org/{}", "a".repeat(1000))).expect_err("long");
        assert!(problem.what.contains("1024 bytes"), "{problem}");
    }

    #[test]
    fn what_takes_no_feed_is_no_aggregator() {
        for (typed, says) in [
            ("antena", "known by name: `antenna`"),
            ("", "known by name"),
            ("news.example/submit", "a gemini URL"),
            ("https://news.example/submit", "only gemini URLs"),
            ("gemini://news.example/submit?url=", "without one"),
            ("gemini://news.example/submit#here", "neither a fragment"),
            ("gemini://ann@news.example/submit", "nor a user name"),
            ("gemini:///submit", "no host"),
            ("gemini://", "host"),
        ] {
            let error = typed.parse::<Aggregator>().expect_err(typed);
            assert!(error.contains(says), "{typed}: {error}");
        }
    }
}
