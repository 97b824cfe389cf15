//! Values that need no build: paths, media types, compressed texts, host names, fingerprints, authorities of URLs.

use bytes::Bytes;
use lamplit::capsule::media::{self, Media};
use lamplit::capsule::{CapsulePath, PathError, TextCompressor, TextDictionary};
use lamplit::host::{Fingerprint, HostName, InvalidHost};
use lamplit::site::Authority;

#[test]
fn url_path_is_decoded_once_and_resolved() {
    use PathError::{Climbs, Unnameable};
    let rows: &[(&str, Result<&str, PathError>)] = &[
        ("", Ok("/")),
        ("/", Ok("/")),
        ("//", Ok("/")),
        ("/a", Ok("/a")),
        ("/a/", Ok("/a/")),
        ("/a//b", Ok("/a/b")),
        ("/a/./b", Ok("/a/b")),
        ("/a/.", Ok("/a/")),
        ("/a/../b", Ok("/b")),
        ("/a/..", Ok("/")),
        ("/a/%2e%2E/b", Ok("/b")),
        ("/the%20soft%20skin.gmi", Ok("/the soft skin.gmi")),
        ("/%E6%9D%B1", Ok("/東")),
        ("/%2525", Ok("/%25")),
        ("/..", Err(Climbs)),
        ("/../a", Err(Climbs)),
        ("/%2e%2e/a", Err(Climbs)),
        ("/a/../../b", Err(Climbs)),
        ("/a%2fb", Err(Unnameable)),
        ("/a%2f..%2fb", Err(Unnameable)),
        ("/a%00", Err(Unnameable)),
        ("/a%0d%0a", Err(Unnameable)),
        ("/a%ff", Err(Unnameable)),
        ("/.git/config", Err(Unnameable)),
        ("/%2egit", Err(Unnameable)),
        ("/...", Err(Unnameable)),
        ("/.well-known/security.txt", Ok("/.well-known/security.txt")),
        ("/a/.well-known", Ok("/a/.well-known")),
    ];
    for (raw, expected) in rows {
        let path = CapsulePath::from_url(raw);
        assert_eq!(path.as_ref().map(CapsulePath::as_str), expected.as_ref().map(|s| *s), "{raw}");
    }
}

#[test]
fn path_round_trips_through_a_url() {
    for raw in ["/", "/a b/c#d?e%f", "/東京/ü.gmi", "/a/", "/[x]{y}|`^\"<>\\"] {
        let path = CapsulePath::from_decoded(raw).expect("a name");
        let url = path.to_url();
        assert!(!url.contains([' ', '#', '?', '<', '>', '"']), "{url}");
        assert!(url.is_ascii());
        assert_eq!(CapsulePath::from_url(&url), Ok(path));
    }
}

#[test]
fn path_round_trips_through_a_plain_selector() {
    for (raw, selector) in [
        ("/", "/"),
        ("/films/skin.txt", "/films/skin.txt"),
        ("/the soft skin.txt", "/the_20soft_20skin.txt"),
        ("/東/ü.txt", "/_E6_9D_B1/_C3_BC.txt"),
        ("/100%.png", "/100_25.png"),
        ("/a_b/__c-d", "/a_b/__c-d"),
        ("/a#b?c&d", "/a_23b_3Fc_26d"),
    ] {
        let path = CapsulePath::from_decoded(raw).expect("a name");
        assert_eq!(path.to_selector(), selector); // G9
        assert_eq!(CapsulePath::from_selector(selector), Ok(path));
    }
    for selector in ["/_2E_2E/", "/a_2F_2E_2E_2F_2E_2E", "/_FF", "/_2Egit", "/a_00"] {
        assert!(CapsulePath::from_selector(selector).is_err(), "{selector}"); // P13
    }
}

#[test]
fn path_is_taken_apart() {
    let path = |raw| CapsulePath::from_decoded(raw).expect("a name");
    let essay = path("/films/the-soft-skin.gmi");
    assert_eq!((essay.name(), essay.stem(), essay.extension()), ("the-soft-skin.gmi", "the-soft-skin", "gmi"));
    assert_eq!(essay.without_extension(), path("/films/the-soft-skin"));
    assert_eq!(essay.without_extension().with_suffix("txt"), path("/films/the-soft-skin.txt"));
    assert_eq!(essay.parent(), path("/films/"));
    assert_eq!(path("/films/").parent(), CapsulePath::root());
    assert_eq!(path("/films").parent(), CapsulePath::root());
    assert_eq!(CapsulePath::root().parent(), CapsulePath::root());
    assert_eq!(path("/films").to_folder(), path("/films/"));
    assert_eq!(CapsulePath::root().to_folder(), CapsulePath::root());
    assert_eq!((path("/v1.2/").extension(), path("/a").extension()), ("2", ""));
}

#[test]
fn reference_is_resolved_against_its_page() {
    let page = CapsulePath::from_decoded("/films/the-soft-skin.gmi").expect("a name");
    let rows = [
        ("jules.md", Ok("/films/jules.md")),
        ("../craft/light.md", Ok("/craft/light.md")),
        ("./", Ok("/films/")),
        ("..", Ok("/")),
        ("/about", Ok("/about")),
        ("", Ok("/films/the-soft-skin.gmi")),
        ("../../x", Err(PathError::Climbs)),
    ];
    for (reference, expected) in rows {
        let joined = page.join(reference);
        assert_eq!(joined.as_ref().map(CapsulePath::as_str).map_err(|e| *e), expected, "{reference}");
    }
    let folder = CapsulePath::from_decoded("/films/").expect("a name");
    assert_eq!(folder.join("a.md").as_ref().map(CapsulePath::as_str), Ok("/films/a.md"));
}

#[test]
fn containment_is_by_whole_segments() {
    let path = |raw| CapsulePath::from_decoded(raw).expect("a name");
    assert!(path("/a/b").is_within(&path("/a/")));
    assert!(path("/a").is_within(&path("/a/")));
    assert!(path("/anything").is_within(&CapsulePath::root()));
    assert!(!path("/ab").is_within(&path("/a/")));
    assert!(!path("/").is_within(&path("/a/")));
}

#[test]
fn name_in_any_case_has_a_media_type() {
    for (names, mime, item_type) in [
        ("a.gmi a.gemini", "text/gemini", '0'),
        ("a.PNG", "image/png", 'I'),
        ("a.Jpeg", "image/jpeg", 'I'),
        ("a.c a.RS a.py a.sh a.php a.patch a.asc key.pub a.rst a.tex a.srt a.log", "text/plain", '0'),
        ("LICENSE Makefile src/README films/COPYING notes.org a.adoc a.mdwn", "text/plain", '0'),
        ("a.vcf", "text/vcard", '0'),
        ("a.rss", "application/rss+xml", '0'),
        ("a.gpx", "application/gpx+xml", '0'),
        ("live.m3u8", "application/vnd.apple.mpegurl", 's'),
        ("cast.ass", "text/x-ssa", '0'),
        ("code.wasm", "application/wasm", '9'),
        ("book.epub", "application/epub+zip", '9'),
        ("book.mobi", "application/x-mobipocket-ebook", '9'),
        ("src.tar.gz all.mbox.gz", "application/gzip", '9'),
        ("data.json", "application/json", '0'),
        ("a a.nonsense license.bin", "application/octet-stream", '9'),
    ] {
        for name in names.split(' ') {
            assert_eq!(media::of(&testkit::capsule::path(name)), Media { mime, item_type }, "{name}");
        }
    }
}

/// Meaningless prose: pseudo-random words of a short list.
fn prose(seed: u32, bytes: usize) -> Vec<u8> {
    let words = ["lamp", "the", "rain", "of", "a", "window", "and", "slowly", "film", "it"];
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut text = Vec::new();
    while text.len() < bytes {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.extend_from_slice(words[(state >> 24) as usize % words.len()].as_bytes());
        text.push(b' ');
    }
    text
}

#[test]
fn compressed_text_round_trips() {
    let noise: Vec<u8> = (0..5_000u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    let samples = [prose(1, 4_000), prose(2, 4_000), Vec::new()];
    let dictionary = TextDictionary::of(&samples);
    for dictionary in [None, Some(&dictionary), Some(&TextDictionary::of(&[b""]))] {
        let mut compressor = TextCompressor::new(dictionary);
        for bytes in [&b""[..], b"short", &prose(3, 300), &prose(4, 100_000), &noise, &[0; 1_000]] {
            let text = compressor.compress(bytes);
            assert_eq!((text.bytes(), text.len()), (Bytes::copy_from_slice(bytes), bytes.len()));
            assert!(text.compressed_len() <= bytes.len());
        }
    }
}

#[test]
fn prose_takes_less_than_half_and_less_still_with_a_dictionary() {
    let samples: Vec<Vec<u8>> = (0..64).map(|seed| prose(seed, 2_000)).collect();
    let dictionary = TextDictionary::of(&samples);
    let essay = prose(1_000, 5_000);
    let alone = TextCompressor::new(None).compress(&essay).compressed_len();
    let together = TextCompressor::new(Some(&dictionary)).compress(&essay).compressed_len();
    assert!(alone * 2 < essay.len() && together < alone, "{alone} and {together} of {}", essay.len());
}

/// The digest of the empty string, from FIPS 180-4's test vectors.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn host_is_brought_into_canonical_form() {
    for (written, expected) in [
        ("Example.ORG", Ok("example.org")),
        ("example.org.", Ok("example.org")),
        ("example.org\u{3002}", Ok("example.org")),
        ("m\u{fc}ller.example", Ok("xn--mller-kva.example")), // P8
        ("a_b.example", Ok("a_b.example")),
        ("[2001:DB8::7]", Ok("2001:db8::7")), // P12
        ("::1", Ok("::1")),
        ("127.0.0.1", Ok("127.0.0.1")),
        ("0X7F.1", Err(InvalidHost::UnusualAddress)),
        ("[::1", Err(InvalidHost::Malformed)),
        ("[127.0.0.1]", Err(InvalidHost::Malformed)),
        ("two words", Err(InvalidHost::Malformed)),
        (".", Err(InvalidHost::Malformed)),
        ("", Err(InvalidHost::Malformed)),
    ] {
        let host = written.parse::<HostName>();
        assert_eq!(host.as_deref(), expected.as_ref().copied(), "{written}");
    }
}

#[test]
fn name_of_this_machine_is_local() {
    for (host, local) in [
        ("localhost", true),
        ("films.localhost", true),
        ("127.9.9.9", true),
        ("::1", true),
        ("notlocalhost", false),
        ("192.0.2.7", false),
    ] {
        assert_eq!(host.parse::<HostName>().expect("a host").is_local(), local, "{host}");
    }
}

#[test]
fn name_for_one_network_is_not_public() {
    for (host, public) in [
        ("example.org", true),
        ("xn--mller-kva.example", true),
        ("192.0.2.7", true),
        ("2001:db8::1", true),
        ("localhost", false),
        ("a.localhost", false),
        ("lamp", false),
        ("lamp.local", false),
        ("lamp.home.arpa", false),
        ("127.0.0.1", false),
        ("192.168.1.2", false),
        ("0.0.0.0", false),
        ("::1", false),
        ("fd00::1", false),
        ("fe80::1", false),
    ] {
        let host: HostName = host.parse().expect("a host");
        assert_eq!(host.is_public(), public, "{host}"); // G12
    }
}

#[test]
fn folder_named_by_a_canonical_dns_name_is_recognised() {
    for (name, is) in [
        ("example.org", true),
        ("localhost", true),
        ("xn--bcher-kva.example", true),
        ("a_b.example", true),
        ("1.example", true),
        ("1password", true),
        ("192.0.2.7", false),
        ("a.1", false),
        ("7", false),
        ("Example.org", false),
        ("b\u{fc}cher.example", false),
        ("example..org", false),
        (".example.org", false),
        ("example.org.", false),
        ("..", false),
        (".", false),
        ("", false),
        ("a/b", false),
        ("-a.example", false),
        ("a b", false),
        (&"a".repeat(64), false),
        (&"a.".repeat(130), false),
    ] {
        assert_eq!(HostName::from_folder_name(name).is_some(), is, "{name}");
    }
}

#[test]
fn fingerprint_is_shown_in_every_form_of_clients() {
    let empty = Fingerprint::of(b"");
    assert_eq!(empty.to_string(), EMPTY);
    let forms = empty.forms();
    let beginnings = ["e3b0c44298fc", "E3B0C44298FC", "e3:b0:c4:42:98:fc", "E3:B0:C4:42:98:FC", "47DEQpj8HBSa"];
    for (form, beginning) in forms.iter().zip(beginnings) {
        assert!(form.starts_with(beginning), "{form}");
    }
    assert_eq!(forms.map(|form| form.len()), [64, 64, 95, 95, 44]);
    assert_eq!(empty.forms()[4], "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

#[test]
fn fingerprint_in_any_printed_form_is_read() {
    let pairs: Vec<&str> = (0..32).map(|at| &EMPTY[at * 2..at * 2 + 2]).collect();
    let (colons, spaces) = (pairs.join(":"), pairs.join(" "));
    let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    for text in [
        EMPTY,
        &EMPTY.to_uppercase(),
        &format!("SHA256:{EMPTY}"),
        &format!("sha256:{}", EMPTY.to_uppercase()),
        &format!(" SHA-256 {colons}"),
        &format!("sha256 Fingerprint={}", colons.to_uppercase()),
        &format!("SHA256 Fingerprint: {colons}"),
        &spaces,
        base64,
        &base64[..43],
        &format!("SHA256:{base64}"),
        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
    ] {
        let id = Fingerprint::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(id.to_string(), EMPTY, "{text}");
    }
}

#[test]
fn text_that_is_no_fingerprint_is_refused() {
    for text in [
        "",
        "SHA256:",
        &EMPTY[1..],
        &format!("{EMPTY}0"),
        &format!("{EMPTY}00"),
        &EMPTY.replace('e', "g"),
        "MD5:d41d8cd98f00b204e9800998ecf8427e",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF",
        "ü",
        "sha25ü",
    ] {
        assert_eq!(Fingerprint::parse(text), None, "{text}");
    }
}

#[test]
fn authority_in_a_url_has_port_and_brackets_where_needed() {
    for (host, port, url) in [
        ("example.org", 70, "gopher://example.org"),
        ("example.org", 7070, "gopher://example.org:7070"),
        ("192.0.2.7", 70, "gopher://192.0.2.7"),
        ("2001:db8::7", 70, "gopher://[2001:db8::7]"),
        ("2001:db8::7", 7070, "gopher://[2001:db8::7]:7070"),
    ] {
        let authority = Authority { host: host.parse().expect("a host"), port };
        assert_eq!(authority.url("gopher", 70), url); // P12
    }
}
