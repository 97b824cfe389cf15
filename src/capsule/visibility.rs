//! [`Visibility`]: whether readers get an essay on a given day, and why not.

use time::OffsetDateTime;

use super::{CapsulePath, Essay};

/// Whether readers may see an essay. An author's word counts before the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// They may.
    Visible,
    /// It is a draft, by its front matter or by its folder `_drafts`.
    Draft,
    /// Its author says that it is not published.
    Unpublished,
    /// Its day is over.
    Expired,
    /// Its day is yet to come.
    Future,
}

impl Visibility {
    /// How `essay` stands at `now`.
    pub fn of(essay: &Essay, now: OffsetDateTime) -> Self {
        let metadata = &essay.metadata;
        if metadata.draft || Self::is_hidden_by(&essay.source.path) {
            Self::Draft
        } else if metadata.unpublished {
            Self::Unpublished
        } else if vanishes(essay).is_some_and(|at| at <= now) {
            Self::Expired
        } else if appears(essay).is_some_and(|at| at > now) {
            Self::Future
        } else {
            Self::Visible
        }
    }

    /// Whether the folder that a file lies in is one of drafts, as Jekyll has it.
    pub(super) fn is_hidden_by(path: &CapsulePath) -> bool {
        path.segments().any(|segment| segment == "_drafts")
    }
}

/// When readers may first see `essay`, if it bears a date.
pub(super) fn appears(essay: &Essay) -> Option<OffsetDateTime> {
    [essay.date, essay.metadata.publish].into_iter().flatten().map(|date| date.instant()).max()
}

/// When its day is over.
pub(super) fn vanishes(essay: &Essay) -> Option<OffsetDateTime> {
    essay.metadata.expiry.map(|date| date.instant())
}
