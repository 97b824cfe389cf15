//! The encoding of postings: the documents and positions of one entry, as numbers of variable length.
//!
//! Postings follow each other in order of documents. Each starts with the distance from the document before, doubled,
//! plus one if there is a single position. That position follows, or else the length in bytes of the positions, and
//! each position as the distance from the one before. So a posting can be skipped without decoding its positions.

/// Appends `value` in groups of seven bits, the lowest first (LEB128).
fn push(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Removes a number from the front; returns 0 at the end.
fn take(bytes: &mut &[u8]) -> u32 {
    let (mut value, mut shift) = (0_u32, 0);
    while let Some(&byte) = bytes.split_off_first() {
        value |= u32::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            break;
        }
        shift = (shift + 7).min(28);
    }
    value
}

/// Encodes the postings of one entry.
#[derive(Debug, Default)]
pub(super) struct PostingsWriter {
    pub(super) bytes: Vec<u8>,
    /// The number of the last document plus one.
    next: u32,
    /// The positions in the document that is being added.
    pub(super) positions: Vec<u32>,
}

impl PostingsWriter {
    /// Adds `document`, which is greater than all before, with its positions, at least one. Overwrites `encoded`.
    pub(super) fn push(&mut self, document: u32, encoded: &mut Vec<u8>) {
        self.positions.sort_unstable();
        let (single, mut before) = (self.positions.len() == 1, 0);
        encoded.clear();
        for position in self.positions.drain(..) {
            push(encoded, position - before);
            before = position;
        }
        self.copy(document, &Posting { document, single, positions: encoded });
    }

    /// Adds a posting of another entry as `document`.
    pub(super) fn copy(&mut self, document: u32, posting: &Posting<'_>) {
        let gap = (document - self.next) << 1;
        self.next = document + 1;
        push(&mut self.bytes, gap | u32::from(posting.single));
        if !posting.single {
            push(&mut self.bytes, u32::try_from(posting.positions.len()).unwrap_or(u32::MAX));
        }
        self.bytes.extend_from_slice(posting.positions);
    }
}

/// The occurrences of an entry in one document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting<'a> {
    /// The number of the document within its segment.
    pub(super) document: u32,
    single: bool,
    positions: &'a [u8],
}

impl<'a> Posting<'a> {
    /// Returns the positions, ascending.
    pub(super) fn positions(&self) -> impl Iterator<Item = u32> + use<'a> {
        let (mut bytes, mut last) = (self.positions, 0);
        std::iter::from_fn(move || {
            let is_more = !bytes.is_empty();
            last += take(&mut bytes);
            is_more.then_some(last)
        })
    }
}

/// Returns the postings that `bytes` encode, in order.
pub(super) fn postings(mut bytes: &[u8]) -> impl Iterator<Item = Posting<'_>> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let head = (!bytes.is_empty()).then(|| take(&mut bytes))?;
        let (document, single) = (next + (head >> 1), head & 1 == 1);
        next = document + 1;
        let length = if single {
            bytes.iter().position(|&byte| byte < 0x80).map_or(bytes.len(), |at| at + 1)
        } else {
            take(&mut bytes) as usize
        };
        let positions = bytes.split_off(..length.min(bytes.len())).unwrap_or_default();
        Some(Posting { document, single, positions })
    })
}
