//! The cache of hosted capsules, without a server around it.

use std::fmt::Display;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant, SystemTime};

use lamplit::capsule::CapsulePath;
use lamplit::config::{Config, File, Overrides, resolve};
use lamplit::hosting::{HostedCapsules, HostingContext, Print};
use lamplit::server::{Hosted, Hosting};
use lamplit::site::{Lookup, Medium};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::yield_now;

use super::{Host, PATIENCE};

/// Text that hardly compresses: three capsules with as much fit into [`MEMORY`], four do not.
const TEXT: usize = 500_000;

/// What the cache may take, in bytes.
const MEMORY: u64 = 1_350_000;

/// Hosted capsules and the configuration that hosts them.
struct Cache {
    host: Host,
    capsules: Arc<HostedCapsules>,
    config: Config,
    context: Weak<HostingContext>,
}

impl Cache {
    /// Creates a capsule of about [`TEXT`] bytes for each of `names`.
    fn new(names: &[&str], print: Print) -> Self {
        let host = Host::new("", names);
        for name in names {
            host.write(name, "notes.txt", &noise(TEXT));
        }
        let file = File::parse("config.toml", "capsules = \"hosted\"\n").expect("a file");
        let (root, certs) = (host.folder.path(), host.path("certs"));
        let config = resolve(&Overrides::default(), Some(&file), root, &certs).expect("good");
        let folder = host.path("hosted");
        let context = Arc::new(HostingContext { folder, config: config.clone(), gemini_port: 1965 });
        let weak = Arc::downgrade(&context);
        let capsules = HostedCapsules::new(context, MEMORY, print).expect("threads");
        Self { host, capsules, config, context: weak }
    }

    async fn find(&self, host: &str) -> Arc<Hosted> {
        let found = self.capsules.load(&host.parse().expect("a host")).await.expect("a capsule");
        assert!(found.sites.is_some() && found.tls.is_some(), "{host}");
        found
    }

    /// Checks that the capsule is loaded still.
    async fn has(&self, host: &str, loaded: &Arc<Hosted>) {
        assert!(Arc::ptr_eq(&self.find(host).await, loaded), "{host} was evicted");
    }
}

fn noise(length: usize) -> String {
    let mut state = 1_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    (0..length).map(|_| letter()).collect()
}

#[tokio::test]
async fn least_recently_requested_capsules_are_evicted() {
    let cache = Cache::new(&["a.example", "b.example", "c.example", "d.example", "large.example"], |_| {});
    cache.host.write("large.example", "notes.txt", &noise(8 * TEXT));
    let a = cache.find("a.example").await;
    let b = cache.find("b.example").await;
    let c = cache.find("c.example").await;
    cache.has("a.example", &a).await;
    let d = cache.find("d.example").await;
    for (host, loaded) in [("c.example", &c), ("a.example", &a), ("d.example", &d)] {
        cache.has(host, loaded).await;
    }
    let again = cache.find("b.example").await;
    assert!(!Arc::ptr_eq(&again, &b), "the fourth one took the place of the second");
    // A capsule larger than the budget is served alone, and evicted by the next one.
    let large = cache.find("large.example").await;
    cache.has("large.example", &large).await;
    assert!(!Arc::ptr_eq(&cache.find("d.example").await, &d));
    assert!(!Arc::ptr_eq(&cache.find("large.example").await, &large));
}

/// Settings that keep a folder private are waited for at the first load of a capsule, if an editor is just replacing them, and
/// again when a capsule that had some is loaded anew.
#[tokio::test(flavor = "multi_thread")]
async fn capsule_is_not_loaded_without_settings_that_are_being_replaced() {
    tokio::join!(
        load_without("capsule.toml", "private = [{ path = \"/desk/\" }]\n"),
        load_without("_config.yml", "exclude: [desk/]\n"),
    );
}

/// Loads a capsule while its `file` is missing, whose `text` keeps a page from readers.
async fn load_without(file: &str, text: &str) {
    let cache = Cache::new(&["a.example", "b.example", "c.example", "d.example"], |_| {});
    cache.host.write("a.example", "desk/letter.md", "# A letter\n");
    let settings = cache.host.content("a.example").join(file);
    let is_open = async || {
        let found = cache.find("a.example").await;
        let path = CapsulePath::from_decoded("/desk/letter.gmi").expect("a path");
        let site = found.sites.as_ref().and_then(|sites| sites.all.first()).expect("a site");
        matches!(site.lookup(&path, Medium::Gemini), Lookup::Page(_))
    };
    let returns_after = async |millis| {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        cache.host.write("a.example", file, text);
    };
    // At the first load, only the change of the folder tells that something is going on.
    assert!(!tokio::join!(is_open(), returns_after(300)).0, "while an editor replaces {file}");
    std::fs::remove_file(&settings).expect("there");
    // The folder has been quiet, so that only the capsule before the eviction tells of its settings.
    let folder = std::fs::File::open(cache.host.content("a.example")).expect("a folder");
    folder.set_modified(SystemTime::now() - Duration::from_secs(10)).expect("dated");
    for other in ["b.example", "c.example", "d.example"] {
        cache.find(other).await;
    }
    assert!(!tokio::join!(is_open(), returns_after(1_500)).0, "{file}, after an eviction");
    // Settings that stay away are at last taken for removed.
    std::fs::remove_file(&settings).expect("there");
    let removed = Instant::now();
    while !is_open().await {
        assert!(removed.elapsed() < PATIENCE);
    }
    assert!(removed.elapsed() > Duration::from_secs(4), "{:?}", removed.elapsed());
}

/// What [`wait`] waits for.
static GATE: Mutex<()> = Mutex::const_new(());

/// Counts the calls of [`wait`].
static WAITING: Semaphore = Semaphore::const_new(0);

/// Prints nothing until the gate opens, so that the load which reports something does not end.
fn wait(_: &dyn Display) {
    WAITING.add_permits(1);
    drop(GATE.blocking_lock());
}

#[tokio::test(flavor = "multi_thread")]
async fn loaded_capsule_is_served_and_not_evicted_while_its_disk_hangs() {
    let cache = Cache::new(&["a.example", "b.example", "c.example", "d.example"], wait);
    let before = cache.find("a.example").await;
    let gate = GATE.lock().await;
    // The new configuration makes another load necessary, which stands still where it reports the mistake.
    cache.host.write("a.example", "broken.md", "---\ntitle: [x\n---\n");
    cache.capsules.replace_config(cache.config.clone());
    cache.has("a.example", &before).await;
    WAITING.acquire().await.expect("open").forget();
    let b = cache.find("b.example").await;
    cache.find("c.example").await;
    cache.find("d.example").await;
    cache.has("a.example", &before).await;
    // As many loads as there are threads for them stand still, and another capsule is loaded.
    let hanging: Vec<String> = (0..5).map(|number| format!("hanging{number}.example")).collect();
    for name in &hanging {
        cache.host.write(name, "broken.md", "---\ntitle: [x\n---\n");
        let (capsules, name) = (cache.capsules.clone(), name.clone());
        tokio::spawn(async move { capsules.load(&name.parse().expect("a name")).await });
    }
    WAITING.acquire_many(4).await.expect("open").forget();
    cache.host.write("another.example", "index.md", "# Another\n");
    cache.find("another.example").await;
    drop(gate);
    assert!(!Arc::ptr_eq(&cache.find("b.example").await, &b), "another one made room");
    let asked = Instant::now();
    while Arc::ptr_eq(&cache.find("a.example").await, &before) {
        assert!(asked.elapsed() < PATIENCE, "the load ends");
    }
}

#[tokio::test(start_paused = true)]
async fn idle_capsule_is_evicted_though_there_is_memory() {
    let cache = Cache::new(&["a.example", "b.example"], |_| {});
    let idle = Arc::downgrade(&cache.find("a.example").await);
    tokio::time::advance(Duration::from_secs(1_200)).await;
    let used = Arc::downgrade(&cache.find("b.example").await);
    let eviction = tokio::spawn(cache.capsules.clone().evict());
    let started = Instant::now();
    while idle.strong_count() > 0 {
        assert!(started.elapsed() < PATIENCE, "it is evicted");
        yield_now().await;
    }
    eviction.abort();
    assert!(used.strong_count() > 0);
}

#[tokio::test]
async fn names_without_a_folder_get_no_key() {
    let cache = Cache::new(&["a.example"], |_| {});
    let capsules = &cache.capsules;
    let unknown: tokio::task::JoinSet<bool> = (0..2_000)
        .map(|number| {
            let capsules = capsules.clone();
            let unknown = format!("unknown-{}.example", number % 700).parse().expect("a host");
            async move { capsules.load(&unknown).await.is_none() }
        })
        .collect();
    assert!(unknown.join_all().await.into_iter().all(|is_unknown| is_unknown));
    cache.find("a.example").await;
    assert_eq!(cache.host.keys(), ["a.example.pem"]);
}

#[tokio::test]
async fn name_without_a_capsule_leaves_no_entry() {
    let Cache { host: _host, capsules, config, context } = Cache::new(&[], |_| {});
    let unknown = "unknown.example".parse().expect("a host");
    for _ in 0..2 {
        assert!(capsules.load(&unknown).await.is_none());
    }
    // An entry would keep the context that it was loaded with.
    capsules.replace_config(config);
    assert_eq!(context.strong_count(), 0);
}
