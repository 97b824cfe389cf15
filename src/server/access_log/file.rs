//! [`LogFile`]: a file that lines are appended to, and that log rotation may move away.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;

/// Access mode of a new log: readable by its owner and group.
const MODE: u32 = 0o640;

/// A file that lines are appended to. Clones are handles to one file. It need not exist, nor be writable: after a failure,
/// the next write tries again.
#[derive(Debug, Clone)]
pub struct LogFile(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    path: PathBuf,
    file: Option<File>,
    /// Whether the open file is to be replaced as soon as the path can be opened.
    is_stale: bool,
    /// Whether the last write was cut off within a line, as on a full disk.
    is_torn: bool,
}

impl LogFile {
    /// Uses the file at `path`, which is created with the first line if it does not exist.
    pub fn new(path: PathBuf) -> Self {
        Self(Arc::new(Mutex::new(State { path, file: None, is_stale: true, is_torn: false })))
    }

    /// Opens the file that is at the path now, and closes the previous one, which may have been moved away. Fails if it
    /// cannot be opened: each later write tries again, and until one succeeds, lines go to the previous file.
    pub fn reopen(&self) -> io::Result<()> {
        self.0.lock().open()
    }

    /// Appends `lines`, after a line end if the previous ones were cut off.
    pub fn append(&self, lines: &[u8]) -> io::Result<()> {
        self.0.lock().append(lines)
    }

    /// Returns whether a file is open.
    pub fn is_open(&self) -> bool {
        self.0.lock().file.is_some()
    }
}

impl State {
    fn open(&mut self) -> io::Result<()> {
        self.is_stale = true;
        // Opening a FIFO without a reader would wait for one.
        let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
        let mut options = OpenOptions::new();
        let options = options.append(true).create(true).mode(MODE).custom_flags(flags);
        self.file = Some(options.open(&self.path)?);
        self.is_stale = false;
        Ok(())
    }

    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let tried = if self.is_stale { self.open() } else { Ok(()) };
        let Some(file) = &mut self.file else { return tried };
        let ended = if self.is_torn { file.write_all(b"\n") } else { Ok(()) };
        let written = ended.and_then(|()| file.write_all(lines));
        self.is_torn = written.is_err();
        written
    }
}
