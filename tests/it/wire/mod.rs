//! The wire suite: one table of requests for each protocol, asked of the pure rooms in pieces of every kind, then
//! of the real program over sockets, then once more in packets of one byte.
//!
//! A case says how the reply begins. Over sockets the whole reply must also be, byte for byte, what the pure rooms
//! give: so the table need not spell out pages, and a reply that is cut short or doubled is noticed.

mod fixture;
mod gemini;
mod gopher;
mod pure;
mod sockets;

/// A request and the beginning of its reply.
struct Case {
    /// The behaviour it stands for.
    row: &'static str,
    /// All that is sent.
    request: Vec<u8>,
    /// How the reply begins.
    reply: Vec<u8>,
}

impl Case {
    fn new(row: &'static str, request: impl AsRef<[u8]>, reply: impl AsRef<[u8]>) -> Self {
        Self { row, request: request.as_ref().to_vec(), reply: reply.as_ref().to_vec() }
    }

    /// What is wrong about `reply`, in a line; none if nothing is.
    fn fault(&self, reply: &[u8]) -> Option<String> {
        (!reply.starts_with(&self.reply)).then(|| {
            let shown = |bytes: &[u8]| bytes[..bytes.len().min(120)].escape_ascii().to_string();
            let (asked, reply) = (shown(&self.request), shown(reply));
            format!("{} {asked}: {reply}, not {}", self.row, shown(&self.reply))
        })
    }
}

#[test]
fn the_tables_are_long_enough_to_mean_something() {
    let (gemini, gopher) = (gemini::table().len(), gopher::table().len());
    println!("{gemini} requests over Gemini, {gopher} over Gopher");
    assert!(gemini >= 120 && gopher >= 60);
}
