//! Texts come off the disk packed: many at once on all processors, in the style of the archive they belong to.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::open::Folder;
use super::stamp::FileStamp;
use crate::capsule::{CompressedText, TextCompressor, TextDictionary};

/// How many texts a thread takes at a time: at the end one waits for the other no longer than that takes.
const BATCH: usize = 16;

/// How many texts there must be for another thread; fewer are read before it has started.
const WORTH_A_THREAD: usize = 64;

/// How many texts make a dictionary for all of them.
const SAMPLES: usize = 64;

/// Bytes of text for which a dictionary saves more than it takes.
const WORTH_A_DICTIONARY: u64 = 2 << 20;

/// A text to be read.
pub(super) struct Wanted {
    /// Its name below the root.
    pub(super) relative: PathBuf,
    /// What the file was like when it was listed.
    pub(super) stamp: FileStamp,
}

/// Reads and packs `wanted`, each of which is none if it changed since it was listed.
pub(super) fn read<W: AsRef<Wanted> + Sync>(
    root: &Path,
    wanted: &[W],
) -> Vec<io::Result<Option<CompressedText>>> {
    let folder = Folder::new(root);
    let style = style(&folder, wanted);
    let batches: Vec<&[W]> = wanted.chunks(BATCH).collect();
    let next = AtomicUsize::new(0);
    // Each thread takes what comes next, for one may have a processor to itself and another may not.
    let work = || {
        let mut compressor = TextCompressor::new(style.as_ref());
        let mut bytes = Vec::new();
        let mut read = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(batch) = batches.get(number) else { return read };
            let mut one = |wanted: &W| {
                let whole = text(&folder, wanted.as_ref(), &mut bytes)?;
                Ok(whole.then(|| compressor.compress(&bytes)))
            };
            read.push((number, batch.iter().map(&mut one).collect::<Vec<_>>()));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(wanted.len().div_ceil(WORTH_A_THREAD));
    let mut read = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut read = work();
        read.extend(others.into_iter().flat_map(|other| other.join().expect("reading does not panic")));
        read
    });
    read.sort_unstable_by_key(|(number, _)| *number);
    read.into_iter().flat_map(|(_, texts)| texts).collect()
}

/// How to pack `wanted`: with a dictionary, if they are many.
fn style<W: AsRef<Wanted>>(folder: &Folder<'_>, wanted: &[W]) -> Option<TextDictionary> {
    let bytes: u64 = wanted.iter().map(|wanted| wanted.as_ref().stamp.length()).sum();
    if wanted.len() < SAMPLES || bytes < WORTH_A_DICTIONARY {
        return None;
    }
    let read = |wanted: &W| {
        let mut bytes = Vec::new();
        text(folder, wanted.as_ref(), &mut bytes).ok().map(|_| bytes)
    };
    let samples: Vec<Vec<u8>> = wanted.iter().step_by(wanted.len() / SAMPLES).filter_map(read).collect();
    Some(TextDictionary::of(&samples))
}

/// Reads a text into `bytes`; false if it changed since it was listed.
fn text(folder: &Folder<'_>, wanted: &Wanted, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let file = folder.open(&wanted.relative)?;
    // What is longer than a text may be is not wanted, so this is bounded.
    bytes.resize(usize::try_from(wanted.stamp.length()).unwrap_or(0), 0);
    match (&file).read_exact(bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.and_then(|()| Ok(FileStamp::of(&file.metadata()?) == wanted.stamp)),
    }
}
