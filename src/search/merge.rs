//! Several segments become one, without what has gone.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::build;
use super::codec::List;
use super::index::{GONE, Part};
use super::segment::Writer;

/// The essays of all `parts` in one.
pub(super) fn merge(parts: &[Part]) -> Part {
    let mut documents = Vec::new();
    let mut essays = Vec::new();
    let mut languages = Vec::new();
    // The number that each document of each part gets.
    let mut numbers: Vec<Vec<u32>> = Vec::with_capacity(parts.len());
    for part in parts {
        let mut of_part = Vec::with_capacity(part.essays.len());
        for (document, &essay) in part.segment.documents.iter().zip(&part.essays) {
            if essay == GONE {
                of_part.push(GONE);
            } else {
                of_part.push(u32::try_from(essays.len()).unwrap_or(GONE));
                essays.push(essay);
                documents.push(*document);
            }
        }
        numbers.push(of_part);
        for language in &part.segment.languages {
            build::add_language(&mut languages, *language);
        }
    }
    let mut writer = Writer::default();
    let mut heads: BinaryHeap<Reverse<(&str, usize, u32)>> = BinaryHeap::new();
    let head = |part: usize, id: u32| {
        let segment = &parts[part].segment;
        (id < segment.len()).then(|| Reverse((segment.entry(id), part, id)))
    };
    heads.extend((0..parts.len()).filter_map(|part| head(part, 0)));
    while let Some(&Reverse((entry, _, _))) = heads.peek() {
        let mut list = List::default();
        let mut spelling = None;
        // Those of one entry come in order of their parts, and so of their documents.
        while let Some(&Reverse((same, part, id))) = heads.peek().filter(|head| head.0.0 == entry) {
            heads.pop();
            heads.extend(head(part, id + 1));
            let segment = &parts[part].segment;
            if spelling.is_none() && segment.spelling(id) != same {
                spelling = Some(segment.spelling(id).into());
            }
            for posting in segment.postings(id) {
                let number = numbers[part][posting.document as usize];
                if number != GONE {
                    list.copy(number, &posting);
                }
            }
        }
        if !list.bytes.is_empty() {
            writer.push(entry, spelling, &list.bytes);
        }
    }
    Part { segment: writer.finish(documents, languages).into(), essays: essays.into() }
}
