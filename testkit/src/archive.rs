//! Archives of generated essays, at least as hard to compress as real ones.
//!
//! Each word is drawn from the essays of the sample capsule with its frequency there, and independently of the word
//! before it. So no phrase recurs, while real prose has many that do, and compresses better.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::files_below;

/// Years over which the essays are spread; each is a folder.
const YEARS: usize = 30;

/// About how many tags there are.
const TAGS: usize = 200;

/// An archive that was written.
pub struct Archive {
    /// Addresses of essays without their extensions, oldest first.
    pub essays: Vec<String>,
    /// Addresses of pages that list them.
    pub folders: Vec<String>,
    /// Bytes of all files.
    pub bytes: u64,
    titles: HashMap<String, String>,
}

impl Archive {
    /// Writes `count` essays of about `size` bytes into `folder`.
    pub fn write(folder: &Path, count: usize, size: usize) -> Self {
        Self::write_drawn(folder, count, size, &words(), &mut Random::new(1))
    }

    /// Writes an archive as [`Self::write`] does, of `words` drawn by `random`.
    pub fn write_drawn(folder: &Path, count: usize, size: usize, words: &[String], random: &mut Random) -> Self {
        let mut archive = Self { essays: Vec::new(), folders: vec!["/".to_owned()], bytes: 0, titles: HashMap::new() };
        for number in 0..count {
            let place = number * YEARS * 12 * 28 / count;
            let (year, month, day) = (1995 + place / (12 * 28), place / 28 % 12 + 1, place % 28 + 1);
            let parent = format!("/{year}/");
            if archive.folders.last() != Some(&parent) {
                fs::create_dir_all(folder.join(year.to_string())).expect("writable");
                archive.folders.extend([parent, format!("/archive/{year}/")].into_iter().rev());
            }
            let title = format!("{} {number}", sentence(words, random, 4));
            let page = format!("/{year}/essay-{number}");
            let tag = words[random.below(TAGS)].trim_end_matches(',').to_lowercase();
            let mut text =
                format!("---\ntitle: \"{title}\"\ndate: {year}-{month:02}-{day:02}\ntags: [{tag}, essays]\n---\n\n");
            while text.len() < size {
                text.push_str(&part(words, random, archive.essays.last()));
            }
            fs::write(folder.join(format!("{}.md", &page[1..])), &text).expect("writable");
            archive.bytes += text.len() as u64;
            archive.titles.insert(page.clone(), title);
            archive.essays.push(page);
        }
        archive
    }

    /// Returns the title of the essay at `page`; none for a folder.
    pub fn title(&self, page: &str) -> Option<&str> {
        self.titles.get(page).map(String::as_str)
    }
}

/// Returns a paragraph or another construct of essays: a heading, a list, a link, emphasis.
fn part(words: &[String], random: &mut Random, other: Option<&String>) -> String {
    match random.below(8) {
        0 => format!("## {}\n\n", sentence(words, random, 5)),
        1 => {
            let items: Vec<String> = (0..3).map(|_| format!("- {}\n", sentence(words, random, 12))).collect();
            format!("{}\n", items.concat())
        }
        2 => {
            let label = sentence(words, random, 3);
            let target = other.map_or("https://example.org/".to_owned(), |page| format!("{page}.md"));
            format!("{} [{label}]({target}).\n\n", sentence(words, random, 20))
        }
        3 => format!("{} *{}*.\n\n", sentence(words, random, 30), sentence(words, random, 2)),
        _ => {
            let lengths: Vec<usize> = (0..4).map(|_| 8 + random.below(20)).collect();
            let sentences = lengths.into_iter().map(|length| sentence(words, random, length) + ".");
            format!("{}\n\n", sentences.collect::<Vec<_>>().join(" "))
        }
    }
}

fn sentence(words: &[String], random: &mut Random, count: usize) -> String {
    let drawn: Vec<&str> = (0..count).map(|_| words[random.below(words.len())].as_str()).collect();
    drawn.join(" ")
}

/// Returns all words of the sample capsule, each as often as it is used.
pub fn words() -> Vec<String> {
    let essays = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../capsule"), "md");
    let text: String = essays.iter().map(|file| fs::read_to_string(file).expect("an essay")).collect();
    let is_word = |word: &&str| word.trim_end_matches(',').chars().all(char::is_alphabetic);
    text.split_whitespace().filter(is_word).map(str::to_owned).collect()
}

/// Pseudo-random numbers that are the same in every run (xorshift).
pub struct Random(u64);

impl Random {
    /// Returns the numbers that belong to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// Returns the numbers below `count` in random order.
    pub fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..count).collect();
        for at in (1..count).rev() {
            numbers.swap(at, self.below(at + 1));
        }
        numbers
    }

    /// Returns a number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}
