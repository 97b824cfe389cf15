//! Reading texts on all processors; each is compressed immediately, with a dictionary if there are many.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;

use super::open::Folder;
use super::stamp::FileStamp;
use crate::capsule::{CapsulePath, CompressedText, TextCompressor, TextDictionary};

/// Number of texts for each thread: fewer are read sooner than another thread starts.
const TEXTS_PER_THREAD: usize = 64;

/// Number of texts sampled for a dictionary.
const SAMPLES: usize = 64;

/// Bytes of text from which a dictionary saves more memory than it takes.
const DICTIONARY_FROM: u64 = 2 << 20;

/// A text that is new or has changed, as it was listed.
pub(super) struct UnreadText {
    pub(super) path: CapsulePath,
    /// The name of the file below the root.
    pub(super) relative: PathBuf,
    pub(super) stamp: FileStamp,
}

/// Reads and compresses `texts`. A text is `None` if its file has changed since it was listed.
pub(super) fn read(root: &Path, texts: &[UnreadText]) -> Vec<io::Result<Option<CompressedText>>> {
    let folder = Folder::new(root);
    let dictionary = dictionary(&folder, texts);
    let work = |share: &[UnreadText]| {
        let mut compressor = TextCompressor::new(dictionary.as_ref());
        let mut bytes = Vec::new();
        let read = |text| Ok(read_one(&folder, text, &mut bytes)?.then(|| compressor.compress(&bytes)));
        share.iter().map(read).collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(texts.len().div_ceil(TEXTS_PER_THREAD)).max(1);
    let (own, others) = texts.split_at(texts.len().div_ceil(threads));
    thread::scope(|scope| {
        let others = others.chunks(own.len().max(1)).map(|share| scope.spawn(move || work(share)));
        let others: Vec<_> = others.collect();
        let mut read = work(own);
        read.extend(others.into_iter().flat_map(|other| other.join().expect("reading does not panic")));
        read
    })
}

/// Makes a dictionary of samples from `texts`, if these are many.
fn dictionary(folder: &Folder<'_>, texts: &[UnreadText]) -> Option<TextDictionary> {
    let bytes: u64 = texts.iter().map(|text| text.stamp.length).sum();
    if texts.len() < SAMPLES || bytes < DICTIONARY_FROM {
        return None;
    }
    let read = |text: &UnreadText| {
        let mut bytes = Vec::new();
        read_one(folder, text, &mut bytes).ok().map(|_| bytes)
    };
    let samples: Vec<Vec<u8>> = texts.iter().step_by(texts.len() / SAMPLES).filter_map(read).collect();
    Some(TextDictionary::of(&samples))
}

/// Reads a text into `bytes`. Returns whether it is whole: `false` if the file has changed since it was listed.
fn read_one(folder: &Folder<'_>, text: &UnreadText, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let file = folder.open(&text.relative)?;
    // Files above `MAX_TEXT` are not listed, so this is bounded.
    bytes.resize(usize::try_from(text.stamp.length).unwrap_or(0), 0);
    match (&file).read_exact(bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.and_then(|()| Ok(FileStamp::of(&file.metadata()?) == text.stamp)),
    }
}
