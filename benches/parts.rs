//! The time of each step of a reply: reading a request, finding its target, making a page, searching, a feed,
//! publishing a saved file.
//!
//! `cargo bench --bench parts -- --save FILE` keeps the figures, `-- --compare FILE` prints those after a change in
//! relation to them, and a word picks the steps that have it in their names. Ratios to something else (pages to a
//! floor, conversion to the bare parser) have benchmarks of their own, since only contestants that take turns give
//! honest ratios. In `cargo test --benches` each step runs once.

use std::hint::black_box;
use std::sync::Arc;

use lamplit::capsule::{Capsule, CapsulePath, Content, SourceFile, build};
use lamplit::disk::{self, ReadLimits};
use lamplit::protocol::gemini::Gemini;
use lamplit::protocol::gopher::Gopher;
use lamplit::protocol::{Peer, Protocol};
use lamplit::site::{Medium, Site, SiteOptions, Sites};
use testkit::archive::Archive;
use testkit::bench::Bench;
use testkit::capsule::build_options;

/// Essays of the archive, and bytes of each.
const ESSAYS: usize = 1_000;
const BYTES: usize = 10_000;

/// An archive in all the forms that are measured.
struct Published {
    sources: Vec<Arc<SourceFile>>,
    capsule: Arc<Capsule>,
    site: Arc<Site>,
    /// The site without a cache, so that every view is rendered.
    uncached: Site,
    /// The address of an essay, without its extension.
    essay: String,
}

impl Published {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let archive = Archive::write(folder.path(), ESSAYS, BYTES);
        let reading =
            disk::read(folder.path(), &[], &[], &[], None, ReadLimits::NONE).expect("a folder that can be read");
        let capsule = Arc::new(build(&reading.files, &build_options(1_900_000_000), None).0);
        let site =
            Arc::new(Site::new(capsule.clone(), &SiteOptions::standard(&lamplit::host::HostName::localhost()), None));
        let none_cached =
            SiteOptions { cache_bytes: 0, ..SiteOptions::standard(&lamplit::host::HostName::localhost()) };
        let uncached = Site::new(capsule.clone(), &none_cached, None);
        Self { sources: reading.files, capsule, site, uncached, essay: archive.essays[ESSAYS / 2].clone() }
    }

    fn path(&self, extension: &str) -> CapsulePath {
        CapsulePath::from_decoded(&format!("{}.{extension}", self.essay)).expect("an address")
    }
}

fn main() {
    let published = Published::new();
    let mut bench = Bench::from_arguments();
    requests(&published, &mut bench);
    paths(&mut bench);
    pages(&published, &mut bench);
    search(&published, &mut bench);
    publishing(&published, &mut bench);
    bench.finish();
}

/// Measures replies with cached pages, from the bytes of the request to those of the reply.
fn requests(published: &Published, bench: &mut Bench) {
    let sites = Sites::new([(vec!["localhost".parse().expect("a host")], published.site.clone())]);
    let gemini = Gemini { ports: vec![1965], check_port: true };
    let gopher = Gopher {
        capsule: None,
        advertised: lamplit::site::Authority { host: "localhost".parse().expect("a host"), port: 70 },
        tls: false,
        gemini_url: String::new(),
    };
    let peer = Peer::default();
    let essay = &published.essay;
    for (name, protocol, request) in [
        ("request/gemini page", &gemini as &dyn Protocol, format!("gemini://localhost{essay}.gmi\r\n")),
        ("request/gemini index", &gemini, "gemini://localhost/\r\n".to_owned()),
        ("request/gemini escapes", &gemini, "gemini://localhost/caf%C3%A9/%2e%2e/1995/\r\n".to_owned()),
        ("request/gemini not found", &gemini, "gemini://localhost/nothing/here.gmi\r\n".to_owned()),
        ("request/gemini refused", &gemini, "https://example.org/\r\n".to_owned()),
        ("request/gopher text", &gopher, format!("{essay}.txt\r\n")),
        ("request/gopher menu", &gopher, "\r\n".to_owned()),
    ] {
        bench.measure(name, || {
            let request = black_box(request.as_bytes());
            (protocol.scan(request), protocol.answer(request, &peer, &sites))
        });
    }
}

fn paths(bench: &mut Bench) {
    let folder = CapsulePath::from_decoded("/films/1964/").expect("an address");
    bench.measure("path/from URL", || CapsulePath::from_url(black_box("/films/the%20soft%20skin.gmi")));
    bench.measure("path/from selector", || CapsulePath::from_selector(black_box("/films/the_20soft_20skin.txt")));
    bench.measure("path/join", || folder.join(black_box("../1962/jules.gmi")));
}

/// Measures pages that are not cached.
fn pages(published: &Published, bench: &mut Bench) {
    let feed = CapsulePath::from_decoded("/atom.xml").expect("an address");
    for (name, path, medium) in [
        ("first view/essay as gemtext", published.path("gmi"), Medium::Gemini),
        ("first view/essay as text", published.path("txt"), Medium::Gopher),
        ("first view/index", CapsulePath::root(), Medium::Gemini),
        ("first view/menu", CapsulePath::root(), Medium::Gopher),
        ("first view/feed", feed, Medium::Gemini),
    ] {
        bench.measure(name, || published.uncached.lookup(black_box(&path), medium));
    }
}

fn search(published: &Published, bench: &mut Bench) {
    for (name, typed) in
        [("search/one word", "lamp"), ("search/two words", "reader page"), ("search/a phrase", "\"of the\"")]
    {
        bench.measure(name, || published.site.results(black_box(typed), 1, Medium::Gemini));
    }
}

/// Measures the first snapshot of a folder, and the one after a file was saved.
fn publishing(published: &Published, bench: &mut Bench) {
    let Published { sources, capsule, site, .. } = published;
    let standard = SiteOptions::standard(&lamplit::host::HostName::localhost());
    let options = build_options(1_900_000_000);
    bench.measure("publishing/first snapshot", || {
        Site::new(Arc::new(build(sources, &options, None).0), &standard, None)
    });
    let mut saved = sources.clone();
    let text = [&sources[0].text(), &b"\nOne more line.\n"[..]].concat();
    saved[0] =
        Arc::new(SourceFile { path: sources[0].path.clone(), target: None, content: Content::Text(text.into()) });
    bench.measure("publishing/after a save", || {
        Site::new(Arc::new(build(&saved, &options, Some(capsule)).0), &standard, Some(site))
    });
}
