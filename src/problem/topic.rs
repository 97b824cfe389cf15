//! [`Topic`]: what a problem is about, so that problems can be counted and filtered without reading them.

use std::fmt;

/// What a [`Problem`](super::Problem) is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// A file that cannot be published as it is: unreadable, too large, not text.
    File,
    /// What stands in the front matter of an essay.
    FrontMatter,
    /// Two essays at one address.
    DuplicateAddress,
    /// A link to something that is not in the capsule.
    DeadLink,
    /// A picture that is not in the capsule.
    MissingPicture,
    /// A picture without words for it.
    MissingAlt,
    /// HTML or a template tag that readers do not get.
    LeftOut,
    /// A date that is yet to come.
    FutureDate,
    /// A line for crawlers that they do not understand over Gemini.
    Robots,
    /// How the program was started or configured.
    Setup,
}

impl Topic {
    /// Its name, as in `dead-link`.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::FrontMatter => "front-matter",
            Self::DuplicateAddress => "duplicate-address",
            Self::DeadLink => "dead-link",
            Self::MissingPicture => "missing-picture",
            Self::MissingAlt => "missing-alt",
            Self::LeftOut => "left-out",
            Self::FutureDate => "future-date",
            Self::Robots => "robots",
            Self::Setup => "setup",
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
