//! The wire suite: one table of requests for each protocol, sent to the pure protocols in chunks of several sizes, to the
//! real program over sockets, and once more in packets of one byte.
//!
//! A case contains the beginning of the reply. Over sockets the whole reply must also be equal to that of the pure
//! protocol, so that the table need not contain pages, and a reply that is cut short or doubled is noticed.

mod fixture;
mod gemini;
mod gopher;
mod pure;
mod sockets;

/// A request and the beginning of its reply.
struct Case {
    /// The number of the behaviour.
    row: &'static str,
    /// The bytes to send.
    request: Vec<u8>,
    /// The first bytes of the reply.
    reply: Vec<u8>,
}

impl Case {
    fn new(row: &'static str, request: impl AsRef<[u8]>, reply: impl AsRef<[u8]>) -> Self {
        Self { row, request: request.as_ref().to_vec(), reply: reply.as_ref().to_vec() }
    }

    /// Describes the fault of `reply` in a line; `None` if it is as expected.
    fn fault(&self, reply: &[u8]) -> Option<String> {
        (!reply.starts_with(&self.reply)).then(|| {
            let shown = |bytes: &[u8]| bytes[..bytes.len().min(120)].escape_ascii().to_string();
            let (asked, reply) = (shown(&self.request), shown(reply));
            format!("{} {asked}: {reply}, not {}", self.row, shown(&self.reply))
        })
    }
}

#[test]
fn tables_have_enough_rows() {
    let (gemini, gopher) = (gemini::table().len(), gopher::table().len());
    println!("{gemini} requests over Gemini, {gopher} over Gopher");
    assert!(gemini >= 120 && gopher >= 60);
}
