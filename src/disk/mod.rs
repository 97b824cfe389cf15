//! The content folder: read whole, opened safely, watched for changes, never written to.
//!
//! [`read()`] walks the folder and returns one [`SourceFile`](crate::capsule::SourceFile) for each file that may be
//! published, texts with their content and attachments as references. A file unchanged since the previous
//! [`FolderContents`] is not read again. [`AttachmentOpener`] opens a reference. [`FolderWatcher`] tells when to read
//! the folder again, and [`FileWatcher`] does so for single files elsewhere: the configuration and keys.

mod contents;
mod files;
mod ignore;
mod names;
mod open;
mod read;
mod stamp;
mod watch;
mod writers;

pub use contents::{FolderContents, SETTINGS_FILE, VANISHED, read_settings, read_small};
pub use ignore::{Exclusion, TOOLS, compiled, pattern_error};
pub use names::ToolFile;
pub use open::{AttachmentOpener, open_attachment, unreported_kind};
pub use read::{ReadLimits, read};
pub use stamp::FileStamp;
pub use watch::{FileWatcher, FolderWatcher};
pub use writers::Writers;
