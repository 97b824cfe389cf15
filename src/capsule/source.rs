//! The files of a content folder as values: [`SourceFile`], with texts kept in memory as [`CompressedText`].
//!
//! Every text of an archive is kept, so that the last good version of a broken one is at hand and a page never shows a
//! half-saved file. Zstandard shrinks prose to less than half its size; a [`TextDictionary`] sampled from the archive
//! saves another fifth. Decompressing an essay takes about ten microseconds, once for each time its page is made.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use zstd_safe::{CCtx, CDict, DCtx, DDict, compress_bound};

/// The shortest text that is compressed, in bytes: for shorter ones the overhead of a frame outweighs the gain.
const MIN_COMPRESSED: usize = 256;

/// Zstandard level. Level 1 takes a sixth less time for up to a tenth more memory; 3 takes a fifth more for 2 % less.
const LEVEL: i32 = 2;

/// Size of a dictionary in bytes: the default of Zstandard's own trainer. Larger ones that were tried saved no more.
const DICTIONARY_SIZE: usize = 112 << 10;

thread_local! {
    /// Creating a context takes longer than decompressing an essay with it.
    static DECOMPRESSOR: RefCell<DCtx<'static>> = RefCell::new(DCtx::create());
}

/// One file of the content folder.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The name of the file below the content folder: `/films/the-soft-skin.md`.
    pub path: super::CapsulePath,
    /// For a link, the file that it leads to: what is withheld there is withheld here too.
    pub target: Option<super::CapsulePath>,
    /// The content, or a reference to it.
    pub content: Content,
}

impl SourceFile {
    /// Returns the text, decompressed; empty for an attachment.
    pub fn text(&self) -> Bytes {
        if let Content::Text(text) = &self.content { text.bytes() } else { Bytes::new() }
    }

    /// Returns whether this may introduce a section that hands metadata down, as with `cascade` of Hugo.
    pub fn may_cascade(&self) -> bool {
        // The first letter may be a capital.
        self.path.stem().split('.').next() == Some("_index") && self.may_contain("ascade")
    }

    /// Returns whether the text contains `key`, or cannot be read.
    pub(super) fn may_contain(&self, key: &str) -> bool {
        matches!(self.content, Content::Unread) || memchr::memmem::find(&self.text(), key.as_bytes()).is_some()
    }

    /// Returns the number of bytes of the text; 0 for an attachment.
    pub fn text_len(&self) -> usize {
        if let Content::Text(text) = &self.content { text.len() } else { 0 }
    }
}

/// Files are equal if they have one path and one text.
impl PartialEq for SourceFile {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, self.text()) == (&other.path, other.text())
    }
}

impl Eq for SourceFile {}

/// What a [`SourceFile`] holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// A text (Markdown, gemtext, plain text), kept in memory.
    Text(CompressedText),
    /// An attachment, streamed from disk when it is requested.
    File(FileRef),
    /// A text that cannot be read: what it may withhold, such as the texts below its folder, is withheld.
    Unread,
}

/// A reference to an attachment, as it was when the folder was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRef {
    /// The content folder; the file is only opened if its resolved name lies in it.
    pub root: Arc<Path>,
    /// The name of the file relative to `root`.
    pub relative: PathBuf,
    /// The size of the file in bytes.
    pub length: u64,
}

/// The bytes of a text, compressed where that saves memory.
#[derive(Clone)]
pub struct CompressedText {
    /// The text, or a frame of Zstandard.
    kept: Bytes,
    /// The length of the text in a frame, in bytes, and the dictionary that decompresses it.
    frame: Option<(u32, Option<Arc<DDict<'static>>>)>,
}

impl CompressedText {
    /// Returns the number of bytes of the text.
    #[expect(clippy::len_without_is_empty, reason = "no caller needs it")]
    pub fn len(&self) -> usize {
        self.frame.as_ref().map_or(self.kept.len(), |(length, _)| *length as usize)
    }

    /// Returns the number of bytes of memory that the text takes.
    pub fn compressed_len(&self) -> usize {
        self.kept.len()
    }

    /// Returns the bytes of the text; each call decompresses them again.
    pub fn bytes(&self) -> Bytes {
        let Some((length, dictionary)) = &self.frame else { return self.kept.clone() };
        let mut bytes = Vec::with_capacity(*length as usize);
        let read = DECOMPRESSOR.with_borrow_mut(|context| match dictionary {
            Some(dictionary) => context.decompress_using_ddict(&mut bytes, &self.kept, dictionary),
            None => context.decompress(&mut bytes, &self.kept),
        });
        // Only `TextCompressor` makes these frames, and they are immutable.
        debug_assert_eq!(read, Ok(*length as usize), "a frame made by TextCompressor");
        Bytes::from(bytes)
    }
}

impl<T: Into<Bytes>> From<T> for CompressedText {
    /// Keeps the text uncompressed.
    fn from(bytes: T) -> Self {
        Self { kept: bytes.into(), frame: None }
    }
}

impl fmt::Debug for CompressedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CompressedText({} of {} bytes)", self.compressed_len(), self.len())
    }
}

/// A Zstandard dictionary made of samples from the texts of an archive.
pub struct TextDictionary {
    compress: CDict<'static>,
    decompress: Arc<DDict<'static>>,
}

impl TextDictionary {
    /// Makes a dictionary of `samples`, texts from all over an archive; each contributes an equal share.
    pub fn of(samples: &[impl AsRef<[u8]>]) -> Self {
        let share = DICTIONARY_SIZE / samples.len().max(1);
        let mut words = Vec::with_capacity(DICTIONARY_SIZE + 1);
        // The first byte keeps a sample from being taken for a dictionary in the format of Zstandard's trainer.
        words.push(b'\n');
        for sample in samples {
            let sample = sample.as_ref();
            // The end of a text resembles other texts more than its front matter does.
            words.extend_from_slice(&sample[sample.len().saturating_sub(share)..]);
        }
        Self { compress: CDict::create(&words, LEVEL), decompress: Arc::new(DDict::create(&words)) }
    }
}

/// Compresses texts, one after the other.
pub struct TextCompressor<'a> {
    context: CCtx<'static>,
    dictionary: Option<&'a TextDictionary>,
    buffer: Vec<u8>,
}

impl<'a> TextCompressor<'a> {
    /// Creates a compressor that uses `dictionary`, if there is one.
    pub fn new(dictionary: Option<&'a TextDictionary>) -> Self {
        Self { context: CCtx::create(), dictionary, buffer: Vec::new() }
    }

    /// Compresses `bytes` if that saves memory.
    pub fn compress(&mut self, bytes: &[u8]) -> CompressedText {
        let plain = || CompressedText::from(Bytes::copy_from_slice(bytes));
        let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() >= MIN_COMPRESSED);
        let Some(length) = length else { return plain() };
        let buffer = &mut self.buffer;
        buffer.clear();
        buffer.reserve(compress_bound(bytes.len()));
        let written = match self.dictionary {
            Some(dictionary) => self.context.compress_using_cdict(buffer, bytes, &dictionary.compress),
            None => self.context.compress(buffer, bytes, LEVEL),
        };
        if written.is_err() || buffer.len() >= bytes.len() {
            return plain();
        }
        let dictionary = self.dictionary.map(|dictionary| Arc::clone(&dictionary.decompress));
        CompressedText { kept: Bytes::copy_from_slice(&self.buffer), frame: Some((length, dictionary)) }
    }
}
