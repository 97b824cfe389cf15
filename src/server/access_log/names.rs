//! The words for how a request and a connection ended, the same in both directions.

use super::ConnectionOutcome;
use crate::protocol::Class;

const CLASSES: [(Class, &str); 5] = [
    (Class::Served, "served"),
    (Class::Redirected, "redirected"),
    (Class::NotFound, "not-found"),
    (Class::Refused, "refused"),
    (Class::Failed, "failed"),
];

const ENDINGS: [(ConnectionOutcome, &str); 14] = [
    (ConnectionOutcome::Whole, "whole"),
    (ConnectionOutcome::Truncated, "truncated"),
    (ConnectionOutcome::Silent, "silent"),
    (ConnectionOutcome::OtherProtocol, "other-protocol"),
    (ConnectionOutcome::HandshakeFailed, "handshake-failed"),
    (ConnectionOutcome::HandshakeTimeout, "handshake-timeout"),
    (ConnectionOutcome::Unfinished, "unfinished"),
    (ConnectionOutcome::RequestTimeout, "request-timeout"),
    (ConnectionOutcome::Refused, "refused"),
    (ConnectionOutcome::MadeRoom, "made-room"),
    (ConnectionOutcome::UnlistedProxy, "unlisted-proxy"),
    (ConnectionOutcome::NoProxyHeader, "no-proxy-header"),
    (ConnectionOutcome::Stopped, "stopped"),
    (ConnectionOutcome::Broken, "broken"),
];

/// The word for how a request ended.
pub fn class_name(class: Class) -> &'static str {
    name(&CLASSES, class)
}

/// The word for how a connection ended.
pub fn connection_outcome_name(ending: ConnectionOutcome) -> &'static str {
    name(&ENDINGS, ending)
}

/// The word in this program's own memory, if it is one of those above.
pub(super) fn known_class(word: &str) -> Option<Class> {
    CLASSES.iter().find(|(_, name)| *name == word).map(|(class, _)| *class)
}

/// As [`known_class`].
pub(super) fn known_ending(word: &str) -> Option<ConnectionOutcome> {
    ENDINGS.iter().find(|(_, name)| *name == word).map(|(ending, _)| *ending)
}

fn name<T: Copy + PartialEq>(names: &[(T, &'static str)], value: T) -> &'static str {
    // The test below holds that there is one for each.
    names.iter().find(|(named, _)| *named == value).map_or("-", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_word_of_its_own_for_everything() {
        assert!(CLASSES.iter().enumerate().all(|(at, (class, _))| *class as usize == at));
        assert!(ENDINGS.iter().enumerate().all(|(at, (ending, _))| *ending as usize == at));
        assert_eq!(
            (CLASSES.len() - 1, ENDINGS.len() - 1),
            (Class::Failed as usize, ConnectionOutcome::Broken as usize)
        );
        for (class, name) in CLASSES {
            assert_eq!((class_name(class), known_class(name)), (name, Some(class)));
        }
        for (ending, name) in ENDINGS {
            assert_eq!((connection_outcome_name(ending), known_ending(name)), (name, Some(ending)));
        }
    }
}
