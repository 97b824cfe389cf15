//! [`CompressedText`]: the bytes of a text, kept in memory without filling it.
//!
//! Every text of an archive is kept, so that the last good version of a broken one is there, and a page never shows
//! a half-saved file. Prose packs to less than half its size, and essays of one archive have so many words in
//! common that a sample of them as a [`Dictionary`] saves another fifth. Zstandard reads them at several hundred
//! megabytes a second: some ten microseconds for an essay, once for each time its page is made anew.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use zstd_safe::{CCtx, CDict, DCtx, DDict, compress_bound};

/// Texts below this are kept as they are: the frame around a packed one would eat what is gained.
const WORTH_PACKING: usize = 256;

/// How hard to try. Above 3 packing takes three times as long for a twentieth less; below, a dictionary hardly helps.
const LEVEL: i32 = 3;

/// The size of a dictionary: what Zstandard's own trainer makes. The larger ones tried were no better.
const DICTIONARY: usize = 112 << 10;

thread_local! {
    /// Making one takes longer than reading an essay with it.
    static READER: RefCell<DCtx<'static>> = RefCell::new(DCtx::create());
}

/// The bytes of a text.
#[derive(Clone)]
pub struct CompressedText(Form);

#[derive(Clone)]
enum Form {
    Plain(Bytes),
    Packed { packed: Arc<[u8]>, length: u32, dictionary: Option<Arc<Dictionary>> },
}

impl CompressedText {
    /// How many bytes it has.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Plain(bytes) => bytes.len(),
            Form::Packed { length, .. } => *length as usize,
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes of memory it takes.
    pub fn size(&self) -> usize {
        match &self.0 {
            Form::Plain(bytes) => bytes.len(),
            Form::Packed { packed, .. } => packed.len(),
        }
    }

    /// The bytes; unpacked each time, where they are packed.
    pub fn bytes(&self) -> Bytes {
        match &self.0 {
            Form::Plain(bytes) => bytes.clone(),
            Form::Packed { packed, length, dictionary } => {
                let mut bytes = Vec::with_capacity(*length as usize);
                let read = READER.with_borrow_mut(|reader| match dictionary {
                    Some(dictionary) => reader.decompress_using_ddict(&mut bytes, packed, &dictionary.0),
                    None => reader.decompress(&mut bytes, packed),
                });
                // Nobody but the compressor makes these bytes, and nobody changes them.
                debug_assert_eq!(read, Ok(*length as usize), "a text that was packed here");
                Bytes::from(bytes)
            }
        }
    }
}

impl<T: Into<Bytes>> From<T> for CompressedText {
    /// A text that is kept as it is.
    fn from(bytes: T) -> Self {
        Self(Form::Plain(bytes.into()))
    }
}

impl fmt::Debug for CompressedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompressedText").field("len", &self.len()).field("size", &self.size()).finish()
    }
}

/// What the texts of an archive have in common.
struct Dictionary(DDict<'static>);

/// Packs texts, one after the other.
pub struct TextCompressor<'a> {
    context: CCtx<'static>,
    style: Option<&'a TextDictionary>,
    buffer: Vec<u8>,
}

/// How the texts of an archive are packed: with a dictionary made of a sample of them.
pub struct TextDictionary {
    writer: CDict<'static>,
    dictionary: Arc<Dictionary>,
}

impl TextDictionary {
    /// From `samples`, texts from all over an archive; each counts for the same part.
    pub fn of(samples: &[impl AsRef<[u8]>]) -> Self {
        let part = DICTIONARY / samples.len().max(1);
        let mut words = Vec::with_capacity(DICTIONARY + 1);
        // No text can be taken for a dictionary in the format of Zstandard's trainer then.
        words.push(b'\n');
        for sample in samples {
            let sample = sample.as_ref();
            // The end of a text is more like other texts than its head.
            words.extend_from_slice(&sample[sample.len().saturating_sub(part)..]);
        }
        Self { writer: CDict::create(&words, LEVEL), dictionary: Arc::new(Dictionary(DDict::create(&words))) }
    }
}

impl<'a> TextCompressor<'a> {
    /// In `style`; without one each text stands for itself.
    pub fn new(style: Option<&'a TextDictionary>) -> Self {
        Self { context: CCtx::create(), style, buffer: Vec::new() }
    }

    /// Packs `bytes`, if that saves anything.
    pub fn pack(&mut self, bytes: &[u8]) -> CompressedText {
        let plain = || CompressedText::from(Bytes::copy_from_slice(bytes));
        let Ok(length) = u32::try_from(bytes.len()) else { return plain() };
        if bytes.len() < WORTH_PACKING {
            return plain();
        }
        self.buffer.clear();
        self.buffer.reserve(compress_bound(bytes.len()));
        let written = match self.style {
            Some(style) => self.context.compress_using_cdict(&mut self.buffer, bytes, &style.writer),
            None => self.context.compress(&mut self.buffer, bytes, LEVEL),
        };
        if written.is_err() || self.buffer.len() >= bytes.len() {
            return plain();
        }
        let dictionary = self.style.map(|style| Arc::clone(&style.dictionary));
        CompressedText(Form::Packed { packed: Arc::from(self.buffer.as_slice()), length, dictionary })
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dictionary")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prose of no meaning: words of a short list in a disorder of their own.
    fn prose(seed: u32, bytes: usize) -> Vec<u8> {
        let words = ["lamp", "the", "rain", "of", "a", "window", "and", "slowly", "film", "it"];
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
        let mut text = Vec::new();
        while text.len() < bytes {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.extend_from_slice(words[(state >> 24) as usize % words.len()].as_bytes());
            text.push(b' ');
        }
        text
    }

    #[test]
    fn whatever_is_packed_comes_back() {
        let noise: Vec<u8> = (0..5_000u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
        let samples = [prose(1, 4_000), prose(2, 4_000), Vec::new()];
        let style = TextDictionary::of(&samples);
        for style in [None, Some(&style), Some(&TextDictionary::of(&[b""]))] {
            let mut compressor = TextCompressor::new(style);
            for bytes in [&b""[..], b"short", &prose(3, 300), &prose(4, 100_000), &noise, &[0; 1_000]] {
                let text = compressor.pack(bytes);
                assert_eq!((text.bytes(), text.len()), (Bytes::copy_from_slice(bytes), bytes.len()));
                assert!(text.size() <= bytes.len());
            }
        }
    }

    #[test]
    fn prose_takes_less_than_half_and_what_is_common_is_kept_once() {
        let samples: Vec<Vec<u8>> = (0..64).map(|seed| prose(seed, 2_000)).collect();
        let style = TextDictionary::of(&samples);
        let essay = prose(1_000, 5_000);
        let alone = TextCompressor::new(None).pack(&essay).size();
        let together = TextCompressor::new(Some(&style)).pack(&essay).size();
        assert!(alone * 2 < essay.len() && together < alone, "{alone} and {together} of {}", essay.len());
    }
}
