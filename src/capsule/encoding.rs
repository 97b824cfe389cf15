//! The encoding of texts: UTF-8, or a guess at another one, which the author is told how to convert.

use crate::problem::{Problem, SourceText, Topic};

/// Returns the text in `bytes`, the content of `file`. Fails if it is not UTF-8.
pub(super) fn decode(file: &str, bytes: Vec<u8>) -> Result<String, Problem> {
    match String::from_utf8(bytes) {
        Ok(text) if utf16(text.as_bytes()).is_some() => Err(not_utf8(file, text.as_bytes(), 0)),
        Ok(text) => Ok(with_line_feeds(text)),
        Err(error) => Err(not_utf8(file, error.as_bytes(), error.utf8_error().valid_up_to())),
    }
}

/// Returns `text` with the line ends of the classic Mac OS (CR alone) as LF, which keeps the offsets.
fn with_line_feeds(text: String) -> String {
    let bytes = text.as_bytes();
    if memchr::memchr_iter(b'\r', bytes).all(|at| bytes.get(at + 1) == Some(&b'\n')) {
        return text;
    }
    text.split("\r\n").map(|part| part.replace('\r', "\n")).collect::<Vec<_>>().join("\r\n")
}

/// Returns the name of the encoding if `bytes` look like UTF-16: by the byte order mark, or by zeros in every other
/// byte, which make up at least a tenth of any text with spaces and line ends.
fn utf16(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Some("UTF-16");
    }
    memchr::memchr(0, bytes)?;
    let zeros = |parity| bytes.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    match (zeros(0), zeros(1)) {
        (0, odd) if odd * 10 >= bytes.len() => Some("UTF-16LE"),
        (even, 0) if even * 10 >= bytes.len() => Some("UTF-16BE"),
        _ => None,
    }
}

/// Returns the problem that the byte `at` of a file is not UTF-8, with the encoding that it probably has.
fn not_utf8(file: &str, bytes: &[u8], at: usize) -> Problem {
    let problem = Problem::error("the file is not UTF-8 text").about(Topic::File);
    let hint = |name, encoding| format!("it may be {name}; `iconv -f {encoding} -t UTF-8 OLD > NEW` converts it");
    if let Some(encoding) = utf16(bytes) {
        return problem.in_file(file).hint(hint("UTF-16", encoding));
    }
    let lossy = String::from_utf8_lossy(bytes);
    let problem = problem.at(SourceText::new(file, &lossy).place(at..at + 1));
    if !lossy.chars().all(|c| c.is_ascii() || c == char::REPLACEMENT_CHARACTER) {
        return problem.hint("save it with the encoding UTF-8");
    }
    // Windows uses the bytes that are control characters in Latin-1.
    let is_windows = bytes.iter().any(|byte| (0x80..0xA0).contains(byte));
    let (name, encoding) = if is_windows { ("Windows-1252", "WINDOWS-1252") } else { ("Latin-1", "ISO-8859-1") };
    problem.hint(hint(name, encoding))
}
