//! Attachments: opened and read on threads that may block, handed over in pieces of bounded size.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::spawn_blocking;

use crate::capsule::FileRef;

/// Opens an attachment, checks what was opened, and never blocks on what is no regular file.
pub type Open = Arc<dyn Fn(&FileRef) -> io::Result<File> + Send + Sync>;

/// Makes an [`Open`] of a function.
pub fn opener(open: impl Fn(&FileRef) -> io::Result<File> + Send + Sync + 'static) -> Open {
    Arc::new(open)
}

/// How much of a file is in memory for one reader: two records of TLS (RFC 8446, section 5.1).
pub(super) const PIECE: usize = 32 * 1024;

/// A file on its way out: what it held when it was opened, neither more nor less.
#[derive(Debug)]
pub(super) struct Stream {
    file: File,
    remaining: u64,
}

impl Stream {
    /// Opens a file and reads its first piece, in one trip to a thread that may block.
    pub(super) async fn open(open: &Open, file: FileRef) -> io::Result<(Self, Bytes)> {
        let open = Arc::clone(open);
        blocking(move || {
            let file = open(&file)?;
            let remaining = file.metadata()?.len();
            Self { file, remaining }.read()
        })
        .await
    }

    /// The next piece. An error if the file has become shorter since it was opened: the reader then gets a
    /// reply that is visibly cut off instead of one that only looks whole.
    pub(super) async fn next(self) -> io::Result<(Self, Bytes)> {
        blocking(move || self.read()).await
    }

    /// Whether everything was read.
    pub(super) fn is_done(&self) -> bool {
        self.remaining == 0
    }

    fn read(mut self) -> io::Result<(Self, Bytes)> {
        let wanted = self.remaining.min(PIECE as u64);
        let mut piece = Vec::with_capacity(usize::try_from(wanted).expect("at most one piece"));
        (&self.file).take(wanted).read_to_end(&mut piece)?;
        if piece.len() as u64 != wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.remaining -= wanted;
        Ok((self, piece.into()))
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    fn file_ref() -> FileRef {
        FileRef { root: Arc::from(Path::new("/nowhere")), relative: PathBuf::from("a"), length: 0 }
    }

    async fn read_all(open: Open) -> io::Result<Vec<u8>> {
        let (mut stream, first) = Stream::open(&open, file_ref()).await?;
        let mut all = first.to_vec();
        while !stream.is_done() {
            let (rest, piece) = stream.next().await?;
            assert!(piece.len() <= PIECE);
            all.extend_from_slice(&piece);
            stream = rest;
        }
        Ok(all)
    }

    #[tokio::test]
    async fn a_file_arrives_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        for length in [0, 1, 32_767, 32_768, 32_769, 300_000] {
            let path = folder.path().join(length.to_string());
            let bytes: Vec<u8> = (0..length).map(|at: u32| at.to_le_bytes()[1]).collect();
            std::fs::write(&path, &bytes).expect("written");
            let open = opener(move |_| File::open(&path));
            assert!(read_all(open).await.expect("readable") == bytes, "{length} bytes");
        }
    }

    #[tokio::test]
    async fn a_file_cut_short_on_the_way_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        std::fs::write(&path, vec![7; 100_000]).expect("written");
        let open = opener({
            let path = path.clone();
            move |_| File::open(&path)
        });
        let (stream, _) = Stream::open(&open, file_ref()).await.expect("readable");
        std::fs::write(&path, "short").expect("written");
        assert!(stream.next().await.is_err());
    }
}
