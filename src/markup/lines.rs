//! [`Lines`]: the lines of a source with where they start.

/// Lines without their ends (LF or CRLF).
pub(super) struct Lines<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    /// The lines of `source` from byte `at` on, which starts a line.
    pub(super) fn from(source: &'a str, at: usize) -> Self {
        Self { source, at }
    }

    /// Where the next line starts.
    pub(super) fn at(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = self.source.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
        self.at = start + length;
        let line = rest[..length].strip_suffix('\n').unwrap_or(&rest[..length]);
        Some((start, line.strip_suffix('\r').unwrap_or(line)))
    }
}
