//! How the places of a word are written: numbers of as few bytes as they need.
//!
//! The list of a word is one posting after the other, in order of documents. A posting starts with how far its
//! document lies behind the one before, doubled, and one more if the word stands there once; then its place
//! follows, or else how many bytes of places there are, and the places, each by how far it lies behind the one
//! before. So a posting is passed over without looking at its places.

/// Appends `value`, seven bits a byte, the lowest first.
pub(super) fn push(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Takes a number off the front; zero at the end.
fn take(bytes: &mut &[u8]) -> u32 {
    let (mut value, mut shift) = (0_u32, 0);
    while let Some((&byte, rest)) = bytes.split_first() {
        *bytes = rest;
        value |= u32::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            break;
        }
        shift = (shift + 7).min(28);
    }
    value
}

/// A list of postings under construction.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) bytes: Vec<u8>,
    /// The number of the last document, and one more.
    next: u32,
}

impl List {
    /// Adds `document`, which comes after all others, with `places`: ascending, not empty.
    pub(super) fn push(&mut self, document: u32, places: impl Iterator<Item = u32> + Clone) {
        let gap = (document - self.next) << 1;
        self.next = document + 1;
        let mut ahead = places.clone();
        if let (Some(only), None) = (ahead.next(), ahead.next()) {
            push(&mut self.bytes, gap | 1);
            push(&mut self.bytes, only);
            return;
        }
        push(&mut self.bytes, gap);
        // Mostly one byte says how long the places are; where it takes more, they move.
        let start = self.bytes.len();
        let mut before = 0;
        for place in places {
            push(&mut self.bytes, place - before);
            before = place;
        }
        let length = u32::try_from(self.bytes.len() - start).unwrap_or(u32::MAX);
        let end = self.bytes.len();
        push(&mut self.bytes, length);
        let added = self.bytes.len() - end;
        self.bytes[start..].rotate_right(added);
    }

    /// Adds a posting of another list as `document`.
    pub(super) fn copy(&mut self, document: u32, posting: &Posting<'_>) {
        let gap = (document - self.next) << 1;
        self.next = document + 1;
        push(&mut self.bytes, gap | u32::from(posting.single));
        if !posting.single {
            push(&mut self.bytes, u32::try_from(posting.places.len()).unwrap_or(u32::MAX));
        }
        self.bytes.extend_from_slice(posting.places);
    }
}

/// Where a word stands in one document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting<'a> {
    /// The number of the document within its segment.
    pub(super) document: u32,
    single: bool,
    places: &'a [u8],
}

impl<'a> Posting<'a> {
    /// The places, ascending.
    pub(super) fn places(&self) -> Places<'a> {
        Places { bytes: self.places, last: 0 }
    }
}

/// The postings of a list, in order.
#[derive(Debug, Clone)]
pub(super) struct Postings<'a> {
    bytes: &'a [u8],
    next: u32,
}

impl<'a> Postings<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next: 0 }
    }
}

impl<'a> Iterator for Postings<'a> {
    type Item = Posting<'a>;

    fn next(&mut self) -> Option<Posting<'a>> {
        if self.bytes.is_empty() {
            return None;
        }
        let head = take(&mut self.bytes);
        let (document, single) = (self.next + (head >> 1), head & 1 == 1);
        self.next = document + 1;
        let length = if single {
            self.bytes.iter().position(|&byte| byte < 0x80).map_or(self.bytes.len(), |at| at + 1)
        } else {
            take(&mut self.bytes) as usize
        };
        let (places, rest) = self.bytes.split_at(length.min(self.bytes.len()));
        self.bytes = rest;
        Some(Posting { document, single, places })
    }
}

/// The places of a posting, ascending.
#[derive(Debug, Clone)]
pub(super) struct Places<'a> {
    bytes: &'a [u8],
    last: u32,
}

impl Places<'_> {
    /// How many are left.
    #[cfg(test)]
    pub(super) fn count_left(&self) -> usize {
        self.bytes.iter().filter(|&&byte| byte < 0x80).count()
    }
}

impl Iterator for Places<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.bytes.is_empty() {
            return None;
        }
        self.last += take(&mut self.bytes);
        Some(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_as_they_were_written() {
        let long: Vec<u32> = (0..500).map(|n| n * 300).collect();
        let rows: &[(u32, &[u32])] =
            &[(0, &[7]), (1, &[0, 1, 2]), (200, &[5, 1_000, 2_000_000]), (201, &[300]), (9_000, &long)];
        let mut list = List::default();
        for (document, places) in rows {
            list.push(*document, places.iter().copied());
        }
        let read: Vec<(u32, Vec<u32>)> = Postings::new(&list.bytes)
            .map(|posting| (posting.document, posting.places().collect()))
            .collect();
        let written: Vec<(u32, Vec<u32>)> = rows.iter().map(|(d, places)| (*d, places.to_vec())).collect();
        assert_eq!(read, written);

        let mut copy = List::default();
        for posting in Postings::new(&list.bytes) {
            copy.copy(posting.document, &posting);
        }
        assert_eq!(copy.bytes, list.bytes);
        assert!(Postings::new(&list.bytes).all(|p| p.places().count_left() == p.places().count()));
    }
}
