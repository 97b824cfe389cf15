//! Values of the `capsule` module that need no build: paths, media types and compressed texts.

use bytes::Bytes;
use lamplit::capsule::media::{self, Media};
use lamplit::capsule::{CapsulePath, PathError, TextCompressor, TextDictionary};

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
    assert_eq!(
        (essay.name(), essay.stem(), essay.extension()),
        ("the-soft-skin.gmi", "the-soft-skin", "gmi")
    );
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
fn extension_in_any_case_has_a_media_type() {
    for (extension, mime, item_type) in [
        ("gmi", "text/gemini", '0'),
        ("PNG", "image/png", 'I'),
        ("Jpeg", "image/jpeg", 'I'),
        ("", "application/octet-stream", '9'),
        ("nonsense", "application/octet-stream", '9'),
    ] {
        assert_eq!(media::of_extension(extension), Media { mime, item_type }, "{extension}");
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
