//! What the server is put through, one file for each kind of trouble.

mod crowds;
mod exhaustion;
mod kills;
mod reload;
mod soak;
mod special;
mod stop;
mod torn;

use crate::options::Options;
use crate::report::Report;

/// A name to pick it by, and what is done.
type Trial = (&'static str, fn(&Options, &mut Report));

/// Trials that need no more of a server than its address.
pub(crate) const FROM_OUTSIDE: &[Trial] = &[
    ("flood", crowds::flood),
    ("silent", crowds::silent),
    ("half", crowds::half),
    ("held", crowds::held),
    ("drip", crowds::drip),
    ("unread", crowds::unread),
    ("idle", crowds::idle),
];

/// Trials of a process and a folder that are ours.
pub(crate) const FROM_INSIDE: &[Trial] = &[
    ("exhausted", exhaustion::exhausted),
    ("reload", reload::reload),
    ("rename", reload::rename),
    ("stop", stop::stop),
    ("torn", torn::torn),
    ("special", special::special),
    ("kill", kills::kill),
    ("soak", soak::soak),
];
