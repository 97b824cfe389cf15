//! [`LogFile`]: a file that is logged into, and that may be moved away meanwhile to make room for a new one.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Who may read a log: its owner and their group.
const MODE: u32 = 0o640;

/// A file that is appended to. All clones are the same one.
///
/// It need not be there, nor be writable: whatever is wrong, every write tries again, and nothing else stops.
#[derive(Debug, Clone)]
pub struct LogFile(Arc<Mutex<Place>>);

#[derive(Debug)]
struct Place {
    path: PathBuf,
    opened: Option<Opened>,
    /// Whether what is open is to be left as soon as what is at the path can be opened.
    leaves: bool,
}

#[derive(Debug)]
struct Opened {
    file: File,
    /// Whether what was written last was cut off within a line, as by a full disk.
    torn: bool,
}

impl LogFile {
    /// The file at `path`, which is made with the first line if it is not there.
    pub fn new(path: PathBuf) -> Self {
        Self(Arc::new(Mutex::new(Place { path, opened: None, leaves: false })))
    }

    /// Opens what is at the path now, and leaves the file from before, which may have been moved away.
    ///
    /// # Errors
    ///
    /// If it cannot be opened. The next lines try again, and go into the file from before, if there is one, until that
    /// works.
    pub fn reopen(&self) -> io::Result<()> {
        self.lock().open()
    }

    /// Whether there is a file that lines go into.
    pub fn is_open(&self) -> bool {
        self.lock().opened.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Place> {
        // Nothing under the lock panics half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn open(&mut self) -> io::Result<()> {
        self.leaves = true;
        let file = OpenOptions::new().append(true).create(true).mode(MODE).open(&self.path)?;
        self.opened = Some(Opened { file, torn: false });
        self.leaves = false;
        Ok(())
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let tried = if self.leaves || self.opened.is_none() { self.open() } else { Ok(()) };
        match &mut self.opened {
            Some(opened) => opened.write(lines),
            None => tried,
        }
    }
}

impl Opened {
    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let written = if self.torn { self.file.write_all(b"\n") } else { Ok(()) };
        let written = written.and_then(|()| self.file.write_all(lines));
        self.torn = written.is_err();
        written
    }
}

impl Write for LogFile {
    /// Writes whole lines, so that the next ones start a line again after something went wrong.
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.write_all(lines).map(|()| lines.len())
    }

    fn write_all(&mut self, lines: &[u8]) -> io::Result<()> {
        self.lock().write(lines)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_that_was_moved_away_is_left_when_told_so() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let (path, moved) = (folder.path().join("log"), folder.path().join("log.1"));
        let mut log = LogFile::new(path.clone());
        let handle = log.clone();
        log.write_all(b"one\n").expect("writable");
        assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, MODE);
        fs::rename(&path, &moved).expect("writable");
        log.write_all(b"two\n").expect("writable");
        handle.reopen().expect("writable");
        log.write_all(b"three\n").expect("writable");
        let read = |path| fs::read_to_string(path).expect("it is there");
        assert_eq!((read(&moved), read(&path)), ("one\ntwo\n".to_owned(), "three\n".to_owned()));
    }

    #[test]
    fn lines_go_where_they_went_until_the_new_file_can_be_opened() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let (path, moved) = (folder.path().join("log"), folder.path().join("log.1"));
        let mut log = LogFile::new(path.clone());
        assert!(!log.is_open());
        log.write_all(b"one\n").expect("writable");
        fs::rename(&path, &moved).expect("writable");
        fs::create_dir(&path).expect("writable");
        assert!(log.reopen().is_err() && log.is_open());
        log.write_all(b"two\n").expect("writable");
        fs::remove_dir(&path).expect("writable");
        log.write_all(b"three\n").expect("writable");
        let read = |path| fs::read_to_string(path).expect("it is there");
        assert_eq!((read(&moved), read(&path)), ("one\ntwo\n".to_owned(), "three\n".to_owned()));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_tried_again() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("logs/log");
        let mut log = LogFile::new(path.clone());
        assert!(log.write_all(b"lost\n").is_err() && log.reopen().is_err());
        fs::create_dir(folder.path().join("logs")).expect("writable");
        log.write_all(b"kept\n").expect("writable");
        // A device that is always full; then there is room again.
        let other = LogFile::new("/dev/full".into());
        log.0 = Arc::clone(&other.0);
        assert!(log.write_all(b"lost\n").is_err());
        let file = OpenOptions::new().append(true).open(&path).expect("it is there");
        log.lock().opened.as_mut().expect("it is open").file = file;
        log.write_all(b"last\n").expect("writable");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "kept\n\nlast\n");
    }
}
