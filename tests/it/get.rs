//! `lamplit get` against servers that are not well.

use crate::private::identity;
use crate::scripted::Scripted;
use crate::support::{ended, lamplit};

/// Clients that look at dates refuse such a certificate, so a probe does; whoever only reads gets the page.
#[test]
fn a_check_says_of_a_certificate_what_clients_hold_against_it() {
    for (days, says) in [
        ((-3, -1), Some("error: the certificate expired on ")),
        ((1, 3), Some("error: the certificate is not valid before ")),
        ((-1, 1), None),
    ] {
        let identity = identity(days.0, days.1);
        let server = Scripted::start(&identity, "20 text/gemini\r\n# Owls\n");
        let output = ended(lamplit().args(["get", "--check", &server.url("/")]));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(i32::from(says.is_some())), "{days:?}: {said}");
        match says {
            None => assert_eq!(said, ""),
            Some(says) => assert!(said.starts_with(says), "{days:?}: {said}"),
        }
        // Nothing is asked of a server that is refused.
        assert_eq!(server.request().is_empty(), says.is_some(), "{days:?}");

        let server = Scripted::start(&identity, "20 text/gemini\r\n# Owls\n");
        let output = ended(lamplit().args(["get", &server.url("/")]));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "# Owls\n", "{days:?}");
    }
}
