//! The scenarios: which requests readers send.

/// The way a reader connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Gemini, with a full handshake each time.
    Gemini,
    /// Gemini, with a resumed session.
    Resumed,
    Gopher,
}

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) way: Way,
    /// The address at the capsule; `Content` has the names for file servers. `None` stands for the essays of the
    /// archive.
    pub(crate) path: Option<&'static str>,
    /// Requests in a round: enough for half a second of processor time.
    pub(crate) requests: usize,
    /// The most that a request may cost Lamplit, in proportion to the floor.
    pub(crate) at_most: f64,
    /// The most that a request may cost Lamplit, in proportion to agate.
    pub(crate) of_agate: Option<f64>,
}

impl Scenario {
    pub(crate) fn is_gopher(&self) -> bool {
        self.way == Way::Gopher
    }

    /// Returns the request for `path` to a server at `port`.
    pub(crate) fn request(&self, path: &str, port: u16) -> String {
        match self.way {
            Way::Gopher => format!("{path}\r\n"),
            Way::Gemini | Way::Resumed => format!("gemini://localhost:{port}{path}\r\n"),
        }
    }
}

/// The most that the first view of an essay of 10 KB may cost in addition to a later one, in microseconds.
pub(crate) const FIRST_VIEW: f64 = 150.0;

pub(crate) const SCENARIOS: [Scenario; 7] = [
    Scenario {
        name: "essay, full handshake",
        way: Way::Gemini,
        path: Some("/essay.gmi"),
        requests: 4_000,
        at_most: 1.15,
        of_agate: Some(0.55),
    },
    Scenario {
        name: "essay, resumed",
        way: Way::Resumed,
        path: Some("/essay.gmi"),
        requests: 4_000,
        at_most: 1.15,
        of_agate: None,
    },
    Scenario {
        name: "index of 200 links",
        way: Way::Gemini,
        path: Some("/"),
        requests: 4_000,
        at_most: 1.2,
        of_agate: None,
    },
    Scenario {
        name: "file of 1 MiB",
        way: Way::Gemini,
        path: Some("/film.bin"),
        requests: 1_500,
        at_most: 1.2,
        of_agate: Some(0.2),
    },
    Scenario { name: "essay of 10 KB", way: Way::Gemini, path: None, requests: 3_000, at_most: 1.15, of_agate: None },
    Scenario {
        name: "Gopher text",
        way: Way::Gopher,
        path: Some("/essay.txt"),
        requests: 20_000,
        at_most: 1.3,
        of_agate: None,
    },
    Scenario { name: "Gopher menu", way: Way::Gopher, path: Some("/"), requests: 20_000, at_most: 1.3, of_agate: None },
];
