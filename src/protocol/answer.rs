//! [`Answer`]: what is sent to the client, and what the log says about it.

use std::sync::Arc;

use bytes::Bytes;

use crate::capsule::FileRef;

/// A complete reply. Head and body are sent together, then the connection is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The header with its line end; empty for protocols without one.
    pub head: Bytes,
    /// The content.
    pub body: Body,
    /// The outcome of the request, for the log.
    pub outcome: Outcome,
}

/// The content of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// No content.
    Empty,
    /// Bytes, shared with the page cache.
    Bytes(Bytes),
    /// A file that the server opens, checks and sends in chunks. If that fails before any byte was sent, the answer is
    /// replaced by [`Protocol::fault`](super::Protocol::fault).
    File(FileRef),
}

/// The outcome of a request, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The outcome in terms of every protocol.
    pub class: Class,
    /// The status of the protocol, such as `20`; for protocols without one, a word such as `menu`.
    pub status: &'static str,
    /// The requested resource as the client wrote it, without a query.
    pub resource: String,
    /// The host name of the capsule that answered, if one did.
    pub host: Option<Arc<str>>,
}

/// The outcome of a request in terms of every protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The resource was sent.
    Served,
    /// The client was redirected.
    Redirected,
    /// The resource does not exist, or no longer.
    NotFound,
    /// The request was malformed, not allowed, or for another server.
    Refused,
    /// The server could not answer.
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
