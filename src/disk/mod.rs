//! The content folder, as values: read whole, opened safely, watched for changes. Never written to.
//!
//! [`read()`] walks the folder and hands in one [`SourceFile`](crate::capsule::SourceFile) for each file
//! that may be published; text comes along in memory, attachments only as references. A file that did not
//! change since the previous [`Reading`] is not read again. [`open()`] gives a reference its bytes, after
//! checking what was opened rather than what it was called, and [`Attachments`] does so at once where it can.
//! [`Watch`] says when to read again, and [`Files`] does so for single files elsewhere: of the configuration and of
//! keys.

mod attachments;
mod files;
mod ignore;
mod open;
mod read;
mod reading;
mod settings;
mod stamp;
mod texts;
mod walk;
mod watch;

pub use attachments::Attachments;
pub use files::Files;
pub use ignore::pattern_error;
pub use open::open;
pub use read::{read, read_within};
pub use reading::Reading;
pub use settings::{SETTINGS, Settings, settings};
pub use stamp::Stamp;
pub use walk::MAX_TEXT;
pub use watch::Watch;
