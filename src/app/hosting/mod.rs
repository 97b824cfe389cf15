//! Hosting: each folder of one folder that is named like a host is its capsule, loaded when somebody asks for it.
//!
//! A [`Slot`] belongs to one name: of all who ask for it, one has it loaded and the others wait. What is
//! done then, on one of the loaders, is the business of a [`Guest`](guest::Guest): look at the folder, its settings
//! and its key, and make what readers get. The [`Rooms`] hold what is loaded, and drop what was asked for longest ago
//! when it takes too much.

mod guest;
mod key;
mod reports;
mod rooms;
mod slot;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::keys::HostedTls;
use crate::config::Config;
use crate::host::HostName;
use crate::identity;
use crate::problem::Problem;
use crate::server::hosting::HostedFuture;
use crate::server::{Hosted, Hosting, WorkerPool};
use reports::Reports;
use rooms::Rooms;
use slot::Slot;

/// Threads that load capsules: more than there are processors on small machines, so that one large capsule does not keep
/// all others waiting.
const LOADERS: usize = 4;

/// How often what is loaded is weighed.
const ROUND: Duration = Duration::from_secs(1);

/// How long a reader of a capsule that is loaded waits for another look at its folder, which mostly takes a few
/// milliseconds. A disk that takes longer keeps nobody from what is there already.
const LATE: Duration = Duration::from_millis(300);

/// What all hosted capsules have in common; replaced as a whole when the configuration changes.
pub(super) struct Ground {
    /// The folder with a folder for each of them.
    pub(super) folder: PathBuf,
    /// The configuration in force.
    pub(super) config: Config,
    /// The port of Gemini that readers are told.
    pub(super) gemini_port: u16,
    /// How TLS is spoken with their readers.
    pub(super) tls: HostedTls,
}

/// The hosted capsules.
#[derive(Clone)]
pub(super) struct Hosts(Arc<Shared>);

struct Shared {
    ground: ArcSwap<Ground>,
    rooms: Rooms,
    reports: Reports,
    loaders: WorkerPool,
}

impl Hosts {
    /// Those in the folder of `ground`, which may take `memory` bytes. Nothing in it is read.
    ///
    /// # Errors
    ///
    /// If there is no thread to load capsules on.
    pub(super) fn new(ground: Ground, memory: u64) -> Result<Self, Problem> {
        let loaders = WorkerPool::start("loader", LOADERS)
            .map_err(|error| Problem::error(format!("there are no threads to load capsules on: {error}")))?;
        // The keys of very many capsules take a while to look through, and nobody waits for it.
        let certs = ground.config.certs.clone();
        loaders.run(move || identity::clean_up(&certs));
        let rooms = Rooms::new(memory);
        let ground = ArcSwap::from_pointee(ground);
        Ok(Self(Arc::new(Shared { ground, rooms, reports: Reports::default(), loaders })))
    }

    /// Puts what all have in common in force anew; each capsule follows when it is next asked for.
    pub(super) fn replace(&self, config: Config, tls: HostedTls) {
        let before = self.0.ground.load();
        let Ground { folder, gemini_port, .. } = &**before;
        let ground = Ground { folder: folder.clone(), config, gemini_port: *gemini_port, tls };
        self.0.ground.store(Arc::new(ground));
    }

    /// Drops what nobody has asked for in a while, again and again; never returns.
    pub(super) async fn look_round(self) {
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            let shared = self.0.clone();
            // One at a time, however long they take. A panic was printed.
            let _ = self.0.loaders.run_and_notify(move || shared.rooms.look_round()).await;
        }
    }

    async fn find(&self, host: &str) -> Option<Arc<Hosted>> {
        if HostName::from_folder_name(host).is_none() {
            return None;
        }
        let slot = self.0.rooms.slot(host);
        let ground = self.0.ground.load_full();
        if let Ok(view) = slot.fresh(&ground) {
            return view;
        }
        let before = slot.hosted();
        let look = self.look(slot, ground);
        match before {
            Some(before) => timeout(LATE, look).await.unwrap_or(Some(before)),
            None => look.await,
        }
    }

    /// Looks at the folder of `slot`, unless somebody else just does.
    async fn look(&self, slot: Arc<Slot>, ground: Arc<Ground>) -> Option<Arc<Hosted>> {
        let turn = Arc::clone(&slot).turn().await;
        // Whoever had the turn before may have done it.
        if let Ok(view) = slot.fresh(&ground) {
            return view;
        }
        let shared = self.0.clone();
        let work = slot.clone();
        // To its end, whoever still waits for it: the next who asks is glad of it.
        let done = self.0.loaders.run_and_notify(move || {
            let before = work.look(turn, &ground, &shared.reports);
            shared.rooms.after(&work, before);
        });
        // Without an answer it panicked, which was printed; what was shown before is still good.
        let _ = done.await;
        slot.shown()
    }
}

impl Hosting for Hosts {
    fn load<'a>(&'a self, host: &'a str) -> HostedFuture<'a> {
        Box::pin(self.find(host))
    }
}

/// Whether there is a folder of capsules.
///
/// # Errors
///
/// If not, or if it cannot be read.
pub(super) fn check(folder: &Path) -> Result<(), Problem> {
    let refused = |error: &std::io::Error| {
        let shown = folder.display();
        Problem::error(format!("the folder of capsules `{shown}` cannot be read: {error}"))
            .hint("check its name and its permissions")
    };
    std::fs::read_dir(folder).map(drop).map_err(|error| refused(&error))
}

/// The folder of the capsule `host` in `folder`; none if there is none. A link counts if it leads to another folder
/// in there: this is how a capsule has a second name.
pub(crate) fn folder_of(folder: &Path, host: &str) -> Option<PathBuf> {
    let own = folder.join(host);
    let kind = std::fs::symlink_metadata(&own).ok()?.file_type();
    let is_ours = kind.is_dir() || kind.is_symlink() && leads_inside(folder, &own);
    is_ours.then_some(own)
}

fn leads_inside(folder: &Path, link: &Path) -> bool {
    let (Ok(folder), Ok(target)) = (folder.canonicalize(), link.canonicalize()) else { return false };
    target != folder && target.starts_with(folder) && target.is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::keys::Keys;
    use crate::config::{File, Overrides, resolve};

    /// The capsules `names` in a folder of their own, and the configuration they are hosted by.
    fn hosts(scratch: &Path, names: &[&str]) -> (Hosts, Config, Keys) {
        for name in names {
            let folder = scratch.join("hosted").join(name);
            std::fs::create_dir_all(&folder).expect("writable");
            std::fs::write(folder.join("index.md"), "# A capsule\n").expect("writable");
        }
        let file = File::parse("config.toml", "capsules = \"hosted\"\n").expect("a file");
        let config =
            resolve(&Overrides::default(), Some(&file), scratch, &scratch.join("certs")).expect("good");
        let config = Config { ephemeral_keys: true, ..config };
        let (keys, _) = Keys::obtain(&config).expect("keys");
        let tls = keys.hosted(&config).expect("TLS");
        let folder = scratch.join("hosted");
        let ground = Ground { folder, config: config.clone(), gemini_port: 1965, tls };
        (Hosts::new(ground, 64_000_000).expect("threads"), config, keys)
    }

    #[tokio::test]
    async fn what_is_loaded_is_shown_while_its_disk_hangs() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let (hosts, config, keys) = hosts(scratch.path(), &["a.example", "b.example"]);
        let before = hosts.find("a.example").await.expect("there");
        assert!(before.sites.is_some() && before.tls.is_some());
        // A look that does not come to its end, at what has to be looked at again.
        let turn = hosts.0.rooms.slot("a.example").turn().await;
        let tls = keys.hosted(&config).expect("TLS");
        hosts.replace(config, tls);
        let meanwhile = hosts.find("a.example").await.expect("there");
        assert!(Arc::ptr_eq(&meanwhile, &before));
        assert!(hosts.find("b.example").await.is_some_and(|hosted| hosted.sites.is_some()));
        drop(turn);
        let after = hosts.find("a.example").await.expect("there");
        assert!(after.sites.is_some() && !Arc::ptr_eq(&after, &before));
    }

    #[tokio::test]
    async fn names_without_a_folder_leave_nothing_behind() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let (hosts, ..) = hosts(scratch.path(), &["a.example"]);
        let ask = |number: usize| {
            let hosts = hosts.clone();
            async move { hosts.find(&format!("nobody-{}.example", number % 700)).await.is_none() }
        };
        let asked: tokio::task::JoinSet<bool> = (0..2_000).map(ask).collect();
        assert!(asked.join_all().await.into_iter().all(|is_nobody| is_nobody));
        assert_eq!(hosts.0.rooms.names(), Vec::<String>::new());
        assert!(hosts.find("a.example").await.is_some());
        assert_eq!(hosts.0.rooms.names(), ["a.example"]);
        let keys = std::fs::read_dir(scratch.path().join("certs")).expect("a folder");
        let mut keys: Vec<_> = keys.map(|key| key.expect("an entry").file_name()).collect();
        keys.sort();
        assert_eq!(keys, ["a.example.pem", "localhost.pem"]);
    }

    #[test]
    fn a_link_is_a_second_name_and_no_way_out() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let hosted = scratch.path().join("hosted");
        std::fs::create_dir_all(hosted.join("a.example")).expect("writable");
        std::fs::write(hosted.join("file.example"), "").expect("writable");
        let link = |target: &str, name: &str| {
            std::os::unix::fs::symlink(target, hosted.join(name)).expect("writable");
        };
        link("a.example", "www.a.example");
        link("..", "up.example");
        link(".", "all.example");
        link("nowhere", "dead.example");
        for (host, is) in [
            ("a.example", true),
            ("www.a.example", true),
            ("up.example", false),
            ("all.example", false),
            ("dead.example", false),
            ("file.example", false),
            ("b.example", false),
        ] {
            assert_eq!(folder_of(&hosted, host).is_some(), is, "{host}");
        }
    }
}
