//! The trials, one file for each kind of fault.

mod authors;
mod changes;
mod crowds;
mod exhaustion;
mod kills;
mod reload;
mod slow;
mod soak;
mod special;
mod stop;
mod torn;

use crate::options::Options;
use crate::report::Report;

/// The name of a trial for `--only`, and the function that runs it.
type Trial = (&'static str, fn(&Options, &mut Report));

/// Trials that need only the address of a server.
pub(crate) const FROM_OUTSIDE: &[Trial] = &[
    ("flood", crowds::flood),
    ("silent", crowds::silent),
    ("half", crowds::half),
    ("held", crowds::held),
    ("drip", crowds::drip),
    ("unread", crowds::unread),
    ("idle", crowds::idle),
];

/// Trials that start a server and write its folder.
pub(crate) const FROM_INSIDE: &[Trial] = &[
    ("exhausted", exhaustion::exhausted),
    ("reload", reload::reload),
    ("rename", reload::rename),
    ("stop", stop::stop),
    ("torn", torn::torn),
    ("special", special::special),
    ("kill", kills::kill),
    ("uploads", changes::uploads),
    ("events", changes::events),
    ("signals", changes::signals),
    ("slow", slow::slow),
    ("authors", authors::authors),
    ("soak", soak::soak),
];
