//! What the parts of a reply cost, each alone: reading a request, finding what it is for, making a page, searching, a
//! feed, publishing a saved file.
//!
//! `cargo bench --bench parts -- --save-baseline before` keeps the figures, and `-- --baseline before` sets those after
//! a change beside them; a name behind `--` picks some. What is measured in proportion to something else (pages to
//! the floor, conversion to the bare parser) has benchmarks of its own, since only taking turns gives honest ratios.
//! From `cargo test --benches` each runs once.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

use lamplit::capsule::{Capsule, CapsulePath, Content, SourceFile, build};
use lamplit::disk;
use lamplit::protocol::gemini::{self, Gemini};
use lamplit::protocol::gopher::{self, Gopher};
use lamplit::protocol::{Peer, Protocol};
use lamplit::site::{Medium, Site, SiteOptions, Sites};
use testkit::archive::Archive;
use testkit::capsule::build_options;

/// Essays of the archive, and bytes of each.
const ESSAYS: usize = 1_000;
const BYTES: usize = 10_000;

/// An archive with everything that is made of it.
struct Published {
    sources: Vec<Arc<SourceFile>>,
    capsule: Arc<Capsule>,
    site: Arc<Site>,
    /// The same capsule, but no page is kept: each view is a first one.
    forgetful: Site,
    /// The address of an essay, without its extension.
    essay: String,
}

impl Published {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let archive = Archive::write(folder.path(), ESSAYS, BYTES);
        let reading = disk::read(folder.path(), &[], &[], None, u64::MAX).expect("a folder that can be read");
        let capsule = Arc::new(build(&reading.files, &build_options(1_900_000_000), None).0);
        let site = Arc::new(Site::new(capsule.clone(), &SiteOptions::standard("localhost"), None));
        let none_kept = SiteOptions { cache_bytes: 0, ..SiteOptions::standard("localhost") };
        let forgetful = Site::new(capsule.clone(), &none_kept, None);
        Self { sources: reading.files, capsule, site, forgetful, essay: archive.essays[ESSAYS / 2].clone() }
    }

    fn path(&self, extension: &str) -> CapsulePath {
        CapsulePath::from_decoded(&format!("{}.{extension}", self.essay)).expect("an address")
    }
}

/// From the bytes of a request to those of the reply, with pages that are kept.
fn requests(criterion: &mut Criterion) {
    let published = Published::new();
    let sites = Sites::new([(vec!["localhost".to_owned()], published.site.clone())]);
    let gemini = Gemini::new(gemini::GeminiOptions { ports: vec![1965], check_port: true });
    let gopher = Gopher::new(gopher::GopherOptions {
        capsule: None,
        host: "localhost".to_owned(),
        port: 70,
        tls: false,
        gemini_url: None,
    });
    let peer = Peer::default();
    let essay = &published.essay;
    let mut group = criterion.benchmark_group("request");
    for (name, protocol, request) in [
        ("gemini page", &gemini as &dyn Protocol, format!("gemini://localhost{essay}.gmi\r\n")),
        ("gemini index", &gemini, "gemini://localhost/\r\n".to_owned()),
        ("gemini escapes", &gemini, "gemini://localhost/caf%C3%A9/%2e%2e/1995/\r\n".to_owned()),
        ("gemini not found", &gemini, "gemini://localhost/nothing/here.gmi\r\n".to_owned()),
        ("gemini refused", &gemini, "https://example.org/\r\n".to_owned()),
        ("gopher text", &gopher, format!("{essay}.txt\r\n")),
        ("gopher menu", &gopher, "\r\n".to_owned()),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let request = black_box(request.as_bytes());
                (protocol.scan(request), protocol.answer(request, &peer, &sites))
            });
        });
    }
    group.finish();
}

fn paths(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("path");
    let folder = CapsulePath::from_decoded("/films/1964/").expect("an address");
    group.bench_function("from URL", |bencher| {
        bencher.iter(|| CapsulePath::from_url(black_box("/films/the%20soft%20skin.gmi")));
    });
    group.bench_function("from selector", |bencher| {
        bencher.iter(|| CapsulePath::from_selector(black_box("/films/the_20soft_20skin.txt")));
    });
    group.bench_function("join", |bencher| bencher.iter(|| folder.join(black_box("../1962/jules.gmi"))));
    group.finish();
}

/// Pages as they are made for their first reader.
fn pages(criterion: &mut Criterion) {
    let published = Published::new();
    let mut group = criterion.benchmark_group("first view");
    group.throughput(Throughput::Bytes(BYTES as u64));
    for (name, path, medium) in [
        ("essay as gemtext", published.path("gmi"), Medium::Gemini),
        ("essay as text", published.path("txt"), Medium::Gopher),
        ("index", CapsulePath::root(), Medium::Gemini),
        ("menu", CapsulePath::root(), Medium::Gopher),
        ("feed", CapsulePath::from_decoded("/atom.xml").expect("an address"), Medium::Gemini),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| published.forgetful.lookup(black_box(&path), medium));
        });
    }
    group.finish();
}

fn search(criterion: &mut Criterion) {
    let published = Published::new();
    let mut group = criterion.benchmark_group("search");
    for (name, typed) in [("one word", "lamp"), ("two words", "reader page"), ("a phrase", "\"of the\"")] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| published.site.results(black_box(typed), 1, Medium::Gemini));
        });
    }
    group.finish();
}

/// An edition: the first one, and the one after a file was saved.
fn publishing(criterion: &mut Criterion) {
    let published = Published::new();
    let Published { sources, capsule, site, .. } = &published;
    let standard = SiteOptions::standard("localhost");
    let mut saved = sources.clone();
    let text = [&sources[0].text(), &b"\nOne more line.\n"[..]].concat();
    saved[0] = Arc::new(SourceFile { path: sources[0].path.clone(), content: Content::Text(text.into()) });
    let mut group = criterion.benchmark_group("publishing");
    group.sample_size(20);
    group.bench_function("the first edition", |bencher| {
        bencher.iter(|| {
            Site::new(Arc::new(build(sources, &build_options(1_900_000_000), None).0), &standard, None)
        });
    });
    group.bench_function("after a save", |bencher| {
        let next = |saved: Vec<_>| {
            let capsule = Arc::new(build(&saved, &build_options(1_900_000_000), Some(capsule)).0);
            Site::new(capsule, &standard, Some(site))
        };
        bencher.iter_batched(|| saved.clone(), next, BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group!(parts, requests, paths, pages, search, publishing);
criterion_main!(parts);
