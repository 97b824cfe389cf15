//! The end of a certificate, told long before it comes.

use time::OffsetDateTime;

use super::Identity;
use super::messages::display;
use crate::problem::Problem;

/// How long before its end a self-signed certificate is worth a warning: nobody renews it unasked, and whoever
/// looks after a capsule looks at it a few times a year.
const LONG_BEFORE: i64 = 180 * DAY;

/// The same for one that is signed by others, whose tools renew it some 30 days before: these must have failed.
const SHORTLY_BEFORE: i64 = 14 * DAY;

const DAY: i64 = 86_400;

impl Identity {
    /// What to say about the validity of the certificate at `now`, in seconds since 1970; nothing while it has long
    /// to go. Readers' clients warn on both sides of the validity, but a capsule is served all the same.
    pub fn warning(&self, now: i64) -> Option<Problem> {
        let name = self.names.first().map_or("the capsule", String::as_str);
        let (ahead, hint) = match self.issuer {
            Some(_) => (SHORTLY_BEFORE, "look after what renews it; the new one is read when it is there"),
            None => (
                LONG_BEFORE,
                "`lamplit cert renew` certifies the same key again; clients that remember the key notice nothing",
            ),
        };
        let what = if now < self.valid_from {
            format!("the certificate of `{name}` is not valid before {}", utc_date(self.valid_from))
        } else if now >= self.expires {
            format!("the certificate of `{name}` expired on {}", utc_date(self.expires))
        } else if self.expires - now < ahead {
            let days = (self.expires - now) / DAY;
            format!("the certificate of `{name}` expires on {}, {days} days from now", utc_date(self.expires))
        } else {
            return None;
        };
        Some(Problem::warning(what).in_file(display(&self.certificate_file)).hint(hint))
    }
}

/// The day of a moment in seconds since 1970, in UTC.
pub fn utc_date(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .map_or_else(|_| "never".to_owned(), |moment| moment.date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::generate;

    #[test]
    fn the_end_is_told_long_before_it_comes() {
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).expect("a moment");
        let pair = generate::certify(generate::key().expect("a key"), &["example.org".to_owned()], now)
            .expect("a pair");
        let file = std::path::Path::new("example.org.pem");
        let ours = pair.identity(file, file).expect("an identity");
        let signed = Identity { issuer: Some("CN=An Authority".to_owned()), ..ours.clone() };
        for (identity, days_left, says) in [
            (&ours, 36_500, None),
            (&ours, 181, None),
            (&ours, 180 - 1, Some("expires on 2123-10-21, 179 days")),
            (&ours, 0, Some("expired on 2123-10-21")),
            (&ours, -1, Some("expired")),
            (&ours, 36_503, Some("is not valid before 2023-11-12")),
            (&signed, 15, None),
            (&signed, 13, Some("13 days")),
            (&signed, 0, Some("expired")),
        ] {
            let warning = identity.warning(ours.expires - days_left * DAY).map(|problem| problem.what);
            match says {
                None => assert_eq!(warning, None, "{days_left}"),
                Some(says) => {
                    assert!(warning.as_ref().is_some_and(|warning| warning.contains(says)), "{warning:?}");
                }
            }
        }
    }
}
