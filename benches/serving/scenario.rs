//! What readers ask for.

/// How a reader comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Gemini, each time as if for the first time.
    Gemini,
    /// Gemini, with the session of the time before.
    Resumed,
    Gopher,
}

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) way: Way,
    /// The address at the capsule; of what servers of files are asked for see `Content`.
    pub(crate) path: &'static str,
    /// Requests in a round: enough for half a second of processor time.
    pub(crate) requests: usize,
}

pub(crate) const SCENARIOS: [Scenario; 6] = [
    Scenario { name: "essay, full handshake", way: Way::Gemini, path: "/essay.gmi", requests: 4_000 },
    Scenario { name: "essay, resumed", way: Way::Resumed, path: "/essay.gmi", requests: 4_000 },
    Scenario { name: "index of 200 links", way: Way::Gemini, path: "/", requests: 4_000 },
    Scenario { name: "file of 1 MiB", way: Way::Gemini, path: "/film.bin", requests: 600 },
    Scenario { name: "Gopher text", way: Way::Gopher, path: "/essay.txt", requests: 10_000 },
    Scenario { name: "Gopher menu", way: Way::Gopher, path: "/", requests: 10_000 },
];
