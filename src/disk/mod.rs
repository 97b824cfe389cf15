//! The content folder, as values: read whole, opened safely, watched for changes. Never written to.
//!
//! [`read()`] walks the folder and hands in one [`SourceFile`](crate::capsule::SourceFile) for each file
//! that may be published; text comes along in memory, attachments only as references. A file that did not
//! change since the previous [`FolderContents`] is not read again. [`open_attachment`] gives a reference its bytes, after
//! checking what was opened rather than what it was called, and [`AttachmentOpener`] does so at once where it can.
//! [`FolderWatcher`] says when to read again, and [`FileWatcher`] does so for single files elsewhere: of the configuration and of
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

pub use attachments::AttachmentOpener;
pub use files::FileWatcher;
pub use ignore::pattern_error;
pub use open::open_attachment;
pub use read::{read, read_limited};
pub use reading::FolderContents;
pub use settings::{CapsuleSettings, SETTINGS_FILE, read_settings};
pub use stamp::FileStamp;
pub use walk::MAX_TEXT;
pub use watch::FolderWatcher;
