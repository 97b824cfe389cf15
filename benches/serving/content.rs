//! The content of all servers: as Markdown for Lamplit, and as finished pages for file servers.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Essays besides the one that is read: what the index lists.
const OTHERS: usize = 199;

pub(crate) struct Content {
    /// What Lamplit serves.
    pub(crate) markdown: PathBuf,
    /// The folder of finished pages for file servers.
    pub(crate) pages: PathBuf,
}

impl Content {
    pub(crate) fn write(folder: &Path) -> Self {
        let content = Self { markdown: folder.join("markdown"), pages: folder.join("pages") };
        fs::create_dir_all(&content.markdown).expect("writable");
        fs::create_dir_all(&content.pages).expect("writable");
        let write = |name: &str, bytes: &[u8]| fs::write(content.markdown.join(name), bytes).expect("writable");
        write("essay.md", essay(0, 6_000).as_bytes());
        for number in 1..=OTHERS {
            write(&format!("essay-{number}.md"), essay(number, 2_000).as_bytes());
        }
        write("film.bin", &vec![0xA5; 1 << 20]);
        content
    }
}

/// Writes an essay of about `bytes` bytes.
pub(crate) fn write_essay(file: &Path, bytes: usize) {
    fs::write(file, essay(0, bytes)).expect("writable");
}

/// Returns an essay of the shape of a real one: paragraphs with a link in every third.
fn essay(number: usize, bytes: usize) -> String {
    let mut text = format!("---\ntitle: Essay number {number}\ndate: {}-03-01\n---\n", 1825 + number);
    let mut paragraph = 0;
    while text.len() < bytes {
        paragraph += 1;
        let sentence = "The lamp stood in the window and lit the snow, and nobody in the village slept. ";
        let _ = write!(text, "\n{}", sentence.repeat(5));
        if paragraph % 3 == 0 {
            let _ = write!(text, "[A link](https://example.org/{number}/{paragraph}) and *emphasis*.");
        }
        text.push('\n');
    }
    text
}
