//! All running servers, with the same content.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::content::Content;
use crate::contestant::{Contestant, Running, fetch};
use crate::lamplit;
use crate::peers::{PEERS, Peer};
use crate::scenario::{SCENARIOS, Scenario, Way};
use testkit::archive::Archive;
use testkit::process::{Lamplit, Process};

/// Essays of the archive and bytes of each: ten times the size of the page cache, so that hardly any page is still
/// cached when it is requested again.
const ARCHIVE: (usize, usize) = (4_000, 10_000);

/// The factor by which servers that start a process for each request get fewer requests.
const FEWER: usize = 50;

pub(crate) struct Fleet {
    /// One for each page, because a floor serves a single page.
    floors: HashMap<(bool, String), Running>,
    lamplit: Lamplit,
    /// A Lamplit with a large archive, and its essays.
    archivist: Lamplit,
    essays: Vec<String>,
    peers: Vec<(Peer, Running)>,
}

impl Fleet {
    /// Starts all servers, with `peers` or without; with a small archive, if nothing is to be measured.
    pub(crate) fn start(folder: &Path, content: &Content, measures: bool, peers: bool) -> Self {
        let lamplit = lamplit::start(&folder.join("lamplit"), &content.markdown);
        let (count, bytes) = if measures { ARCHIVE } else { (20, 1_000) };
        let shelves = folder.join("archive");
        let archive = Archive::write(&shelves, count, bytes);
        let essays = archive.essays.iter().map(|essay| format!("{essay}.gmi")).collect();
        let archivist = lamplit::start(&folder.join("archivist"), &shelves);
        let mut fleet = Self { floors: HashMap::new(), lamplit, archivist, essays, peers: Vec::new() };
        for scenario in &SCENARIOS {
            fleet.floor(scenario, folder, content);
        }
        // A test does not run other servers.
        if peers {
            for peer in PEERS {
                match (peer.start)(folder, content) {
                    Some(running) => fleet.peers.push((peer, running)),
                    None => println!("{} is left out: it is not installed here, or does not start", peer.name),
                }
            }
        }
        fleet
    }

    /// Starts the floor of a scenario, if there is none for its page, and puts the page where peers find it.
    fn floor(&mut self, scenario: &Scenario, folder: &Path, content: &Content) {
        let key = self.key(scenario);
        if self.floors.contains_key(&key) {
            return;
        }
        let port = self.ours(scenario).port(key.0);
        let reply = fetch(scenario.way, port, &scenario.request(&key.1, port)).expect("a page of ours");
        let page = folder.join(format!("floor-{}", self.floors.len()));
        fs::write(&page, &reply).expect("writable");
        if let Some(path) = scenario.path {
            let body = match reply.windows(2).position(|two| two == b"\r\n") {
                Some(head) if !key.0 => &reply[head + 2..],
                _ => &reply[..],
            };
            fs::write(content.pages.join(file_name(path, scenario.way)), body).expect("writable");
        }
        self.floors.insert(key.clone(), floor(key.0, &page));
    }

    fn key(&self, scenario: &Scenario) -> (bool, String) {
        (scenario.is_gopher(), scenario.path.unwrap_or(&self.essays[0]).to_owned())
    }

    fn ours(&self, scenario: &Scenario) -> &Lamplit {
        if scenario.path.is_some() { &self.lamplit } else { &self.archivist }
    }

    /// Returns the floor first, then Lamplit, then other servers of the protocol.
    pub(crate) fn contestants(&self, scenario: &Scenario) -> Vec<Contestant<'_>> {
        let gopher = scenario.is_gopher();
        let ours = self.ours(scenario);
        let (_, path) = self.key(scenario);
        let floor = &self.floors[&(gopher, path.clone())];
        let mut contestants = vec![
            Contestant::new("floor", &floor.process, floor.port, scenario, &[&path]),
            Contestant::new("lamplit", &ours.process, ours.port(gopher), scenario, &[&path]),
        ];
        if scenario.path.is_some() {
            let peers = self.peers.iter().filter(|(peer, _)| peer.gopher == gopher);
            contestants.extend(peers.map(|(peer, running)| {
                let contestant = Contestant::new(peer.name, &running.process, running.port, scenario, &[&path])?;
                Some(if peer.forks { contestant.asked_less(FEWER) } else { contestant })
            }));
        } else {
            let all: Vec<&str> = self.essays.iter().map(String::as_str).collect();
            contestants.push(Contestant::new("lamplit, first view", &ours.process, ours.port(gopher), scenario, &all));
        }
        contestants.into_iter().flatten().collect()
    }

    pub(crate) fn names(&self) -> String {
        let peers: Vec<&str> = self.peers.iter().map(|(peer, _)| peer.name).collect();
        format!("floor lamplit {}", peers.join(" "))
    }

    /// Resident memory of each server, in millions of bytes.
    pub(crate) fn memory(&self) -> Vec<(&'static str, f64)> {
        let peers = self.peers.iter().map(|(peer, running)| (peer.name, running.process.memory("VmRSS")));
        std::iter::once(("lamplit", self.lamplit.process.memory("VmRSS"))).chain(peers).collect()
    }
}

/// Returns the name of the page at `path` in the folder of finished pages.
fn file_name(path: &str, way: Way) -> &str {
    match (path, way) {
        ("/", Way::Gopher) => "gophermap",
        ("/", _) => "index.gmi",
        (path, _) => path.trim_start_matches('/'),
    }
}

fn floor(gopher: bool, page: &Path) -> Running {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["floor", if gopher { "gopher" } else { "gemini" }]).arg(page);
    let mut port = 0;
    let process = Process::start(&mut command, |line| {
        port = line.strip_prefix("port ").and_then(|port| port.parse().ok()).unwrap_or(0);
        port != 0
    });
    let process = process.expect("it ended before it was ready");
    Running { process, port }
}
