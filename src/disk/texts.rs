//! Texts come off the disk packed: many at once on all processors, in the style of the archive they belong to.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;

use super::MAX_TEXT;
use super::open::open_inside;
use super::stamp::Stamp;
use crate::capsule::{Packer, Style, Text};

/// So many texts are read by several threads; fewer are read before threads have started.
const MANY: usize = 64;

/// How many texts make a dictionary for all of them.
const SAMPLES: usize = 64;

/// Bytes of text for which a dictionary saves more than it takes.
const WORTH_A_DICTIONARY: u64 = 2 << 20;

/// A text to be read.
pub(super) struct Wanted {
    /// Its name below the root.
    pub(super) relative: PathBuf,
    /// What the file was like when it was listed.
    pub(super) stamp: Stamp,
}

/// Reads and packs `wanted`, each of which is none if it changed since it was listed.
pub(super) fn read<W: AsRef<Wanted> + Sync>(root: &Path, wanted: &[W]) -> Vec<io::Result<Option<Text>>> {
    let style = style(root, wanted);
    let several = |wanted: &[W]| {
        let mut packer = Packer::new(style.as_ref());
        let mut bytes = Vec::new();
        let mut one = |wanted: &W| {
            let whole = text(root, wanted.as_ref(), &mut bytes)?;
            Ok(whole.then(|| packer.pack(&bytes)))
        };
        wanted.iter().map(&mut one).collect::<Vec<_>>()
    };
    if wanted.len() < MANY {
        return several(wanted);
    }
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let parts = wanted.chunks(wanted.len().div_ceil(threads));
        let threads: Vec<_> = parts.map(|part| scope.spawn(|| several(part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("reading does not panic")).collect()
    })
}

/// How to pack `wanted`: with a dictionary, if they are many.
fn style<W: AsRef<Wanted>>(root: &Path, wanted: &[W]) -> Option<Style> {
    let bytes: u64 = wanted.iter().map(|wanted| wanted.as_ref().stamp.length()).sum();
    if wanted.len() < SAMPLES || bytes < WORTH_A_DICTIONARY {
        return None;
    }
    let read = |wanted: &W| {
        let mut bytes = Vec::new();
        text(root, wanted.as_ref(), &mut bytes).ok().map(|_| bytes)
    };
    let samples: Vec<Vec<u8>> = wanted.iter().step_by(wanted.len() / SAMPLES).filter_map(read).collect();
    Some(Style::of(&samples))
}

/// Reads a text into `bytes`; false if it changed since it was listed.
fn text(root: &Path, wanted: &Wanted, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let file = open_inside(root, &root.join(&wanted.relative))?;
    bytes.clear();
    (&file).take(MAX_TEXT + 1).read_to_end(bytes)?;
    Ok(Stamp::of(&file.metadata()?) == wanted.stamp)
}
