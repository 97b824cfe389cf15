//! [`Answer`]: what goes back over the wire, and what the log says about it.

use std::sync::Arc;

use bytes::Bytes;

use crate::capsule::FileRef;

/// A complete reply: head and body are written as one, then the connection is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The protocol's header with its line end; empty for protocols without one.
    pub head: Bytes,
    /// What follows it.
    pub body: Body,
    /// What became of the request, for the log.
    pub outcome: Outcome,
}

/// What follows the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// Bytes shared with the view cache, never copied per request.
    Bytes(Bytes),
    /// A file the shell opens, checks and streams. If that fails before anything was sent, the head is not
    /// sent either: [`Protocol::fault`](super::Protocol::fault) is.
    File(FileRef),
}

/// What became of a request, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub class: Class,
    /// The protocol's own status, as in `20`; for protocols without one, a word such as `menu`.
    pub status: &'static str,
    /// The resource that was asked for, as the reader named it but without any query, unescaped.
    pub resource: String,
    /// The host name of the capsule that answered; none if it was none in particular.
    pub host: Option<Arc<str>>,
}

/// How a request ended, in terms that hold for every protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The reader got what was asked for.
    Served,
    /// The reader was sent elsewhere.
    Redirected,
    /// There is no such thing here, or not any more.
    NotFound,
    /// The request was malformed, or for somebody else.
    Refused,
    /// Something broke on our side.
    Failed,
}

impl Class {
    /// All values, in the order of their declaration.
    const ALL: [Self; 5] = [Self::Served, Self::Redirected, Self::NotFound, Self::Refused, Self::Failed];

    /// Returns the word for it in the log and the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Redirected => "redirected",
            Self::NotFound => "not-found",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// Returns the value with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_name_of_its_own() {
        assert_eq!(Class::ALL.len() - 1, Class::Failed as usize);
        for (at, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!((class as usize, Class::from_name(class.name())), (at, Some(class)));
        }
    }
}
