//! Pages of private areas and of the public site, without a server.

use std::sync::Arc;

use lamplit::capsule::{Audience, BuildOptions, PrivateArea, build};
use lamplit::host::Fingerprint;
use lamplit::protocol::gemini::Gemini;
use lamplit::protocol::gopher::Gopher;
use lamplit::protocol::{Answer, Body, Credential, Peer, Protocol, Validity};
use lamplit::site::{Lookup, Medium, PrivateSite, Site, SiteOptions, Sites};
use testkit::capsule::{NOW, build_options, path, sources};

use super::FILES;

fn id(byte: u8) -> Fingerprint {
    Fingerprint::parse(&format!("{byte:02x}").repeat(32)).expect("64 digits")
}

/// Returns the site, with areas whose reader is known by a key of as many sevens as its path has letters.
fn site(areas: &[(&str, bool)]) -> Site {
    let sources = sources(FILES);
    let areas: Vec<PrivateArea> = areas
        .iter()
        .map(|(name, drafts)| PrivateArea { path: path(name), drafts: *drafts, readers: vec![id(7)] })
        .collect();
    let options = BuildOptions { private: areas.clone(), ..build_options(NOW) };
    let site_options = SiteOptions::standard(&"example.org".parse().expect("a host"));
    let made = areas.iter().map(|area| {
        let (capsule, problems) =
            build(&sources, &BuildOptions { audience: Audience::Area(area.clone()), ..options.clone() }, None);
        assert!(problems.is_empty(), "{problems:?}");
        let options = SiteOptions { private_area: Some(area.path.clone()), ..site_options.clone() };
        let site = Arc::new(Site::new(Arc::new(capsule), &options, None));
        PrivateSite { area: area.clone(), site }
    });
    let made = made.collect();
    let (capsule, _) = build(&sources, &options, None);
    Site::new(Arc::new(capsule), &site_options, None).with_private_sites(made)
}

fn sites() -> Sites {
    Sites::new([(vec!["example.org".parse().expect("a host")], Arc::new(site(&[("/desk/", true)])))])
}

fn gemini(sites: &Sites, at: &str, credential: Option<Credential>) -> (String, Answer) {
    let gemini = Gemini { ports: vec![1965], check_port: true };
    let peer = Peer { credential, ..Peer::default() };
    let answer = gemini.answer(format!("gemini://example.org{at}\r\n").as_bytes(), &peer, sites);
    (String::from_utf8(answer.head.to_vec()).expect("UTF-8"), answer)
}

fn credential(certificate: u8, public_key: u8, validity: Validity) -> Credential {
    Credential { certificate: id(certificate), public_key: id(public_key), validity }
}

fn body(answer: &Answer) -> String {
    match &answer.body {
        Body::Bytes(bytes) => String::from_utf8(bytes.to_vec()).expect("UTF-8"),
        Body::File(file) => format!("file {}", file.relative.display()),
    }
}

#[test]
fn private_area_is_served_to_listed_readers_only() {
    let sites = sites();
    let listed = Some(credential(7, 1, Validity::Valid));
    for (at, who, status) in [
        ("/desk/", None, "60 "),
        ("/desk", None, "60 "),
        ("/desk?q", None, "60 "),
        ("/desk/letter.gmi", None, "60 "),
        ("/desk/letter.txt", None, "60 "),
        ("/desk/letter.md", None, "60 "),
        ("/desk/hush.jpg", None, "60 "),
        // A missing page requests a certificate too, so that the reply does not show which pages exist.
        ("/desk/nothing", None, "60 "),
        ("/films/../desk/letter.gmi", None, "60 "),
        ("/%64esk/letter.gmi", None, "60 "),
        ("//desk//letter.gmi", None, "60 "),
        ("/desk/films/new.gmi", None, "60 "),
        ("/desk/", Some(credential(1, 2, Validity::Valid)), "61 "),
        ("/desk/nothing", Some(credential(1, 2, Validity::Valid)), "61 "),
        ("/desk/", Some(credential(7, 1, Validity::Expired)), "62 "),
        ("/desk/", Some(credential(7, 1, Validity::NotYet)), "62 "),
        ("/desk/", Some(credential(1, 2, Validity::Expired)), "62 "),
        ("/desk/", listed, "20 text/gemini"),
        ("/desk/letter.gmi", listed, "20 text/gemini"),
        // The key outlives its certificate.
        ("/desk/letter.gmi", Some(credential(1, 7, Validity::Valid)), "20 text/gemini"),
        ("/desk", listed, "31 /desk/\r\n"),
        ("/desk/hush.jpg", listed, "20 image/jpeg"),
        ("/desk/nothing", listed, "51 "),
        // Areas are compared by whole segments, and no certificate is requested outside of them.
        ("/deskwork.gmi", None, "20 "),
        ("/desk%2fletter.gmi", None, "51 "),
        ("/Desk/", None, "51 "),
        ("/films/skin.gmi", Some(credential(1, 2, Validity::Expired)), "20 "),
        ("/films/new.gmi", None, "51 "),
        ("/films/new.gmi", listed, "51 "),
        ("/access.gmi", None, "20 text/gemini"),
    ] {
        let (head, answer) = gemini(&sites, at, who);
        assert!(head.starts_with(status), "T11 P14 {at} {who:?}: {head}, not {status}");
        assert_eq!(answer.outcome.status, &status[..2]);
    }
}

#[test]
fn refused_reader_is_told_what_to_do() {
    let sites = sites();
    let (head, _) = gemini(&sites, "/desk/", None);
    assert!(head.contains("gemini://example.org/access.gmi"), "{head}");
    let (head, answer) = gemini(&sites, "/desk/", Some(credential(0xab, 2, Validity::Valid)));
    assert!(head.contains(&format!("SHA256:{}", "ab".repeat(32))), "{head}");
    assert!(!format!("{:?}", answer.outcome).contains("abab"), "fingerprints are nothing for the log"); // C5
    for validity in [Validity::Expired, Validity::NotYet] {
        assert!(gemini(&sites, "/desk/", Some(credential(7, 7, validity))).0.len() > 30);
    }
    let (_, page) = gemini(&sites, "/access.gmi", None);
    assert!(body(&page).starts_with("# How to read what is private\n") && !body(&page).contains("desk"));
    let without = site(&[]);
    assert_eq!(without.lookup(&path("/access.gmi"), Medium::Gemini), Lookup::Missing);
}

#[test]
fn page_of_a_private_area_lists_its_essays_and_drafts() {
    let sites = sites();
    let read = |at: &str| body(&gemini(&sites, at, Some(credential(7, 7, Validity::Valid))).1);
    assert_eq!(
        read("/desk/"),
        "# My desk\n\n=> /desk/letter.gmi 2024-04-02 A letter, hush\n=> /desk/films/new.gmi 2024-04-01 Hush\n\
         => /desk/_drafts/early.gmi Hush, early\n\n=> /desk/_drafts/ Drafts\n=> /desk/films/ Films\n\
         => / ← Back to all essays\n"
    );
    let letter = read("/desk/letter.gmi");
    assert!(letter.contains("=> /films/skin.gmi the skin\n"), "{letter}");
    assert!(letter.ends_with("=> /desk/ ↑ Up: My desk\n"), "{letter}");
    let draft = read("/desk/films/new.gmi");
    assert!(draft.contains("=> /films/jules.gmi Jules\n"), "{draft}");
    assert!(draft.contains("=> /desk/_drafts/early.gmi early\n"), "{draft}");
    let early = read("/desk/_drafts/early.gmi");
    assert!(early.contains("=> /desk/_drafts/e.jpg A hushed lamp [image]\n"), "{early}");
    assert_eq!(read("/desk/_drafts/e.jpg"), "file _drafts/e.jpg");
    assert_eq!(read("/desk/atom.xml"), "", "what is private has no feed");
}

#[test]
fn private_texts_appear_on_no_public_page() {
    let site = site(&[("/desk/", true)]);
    let private = ["/desk/", "/desk/letter.gmi", "/desk/letter.txt", "/desk/letter.md", "/desk/hush.jpg"];
    let drafts = ["/films/new.gmi", "/films/new.txt", "/films/new.md", "/_drafts/early.gmi", "/_drafts/e.jpg"];
    let public = [
        "/",
        "/films/",
        "/films/skin.gmi",
        "/films/skin.txt",
        "/archive/",
        "/archive/2024/",
        "/tags/",
        "/tags/cinema/",
        "/atom.xml",
        "/films/atom.xml",
        "/tags/cinema/atom.xml",
    ];
    for medium in [Medium::Gemini, Medium::Gopher] {
        for at in private.iter().chain(&drafts).chain(&["/tags/hush/", "/desk/films/new.gmi"]) {
            assert_eq!(site.lookup(&path(at), medium), Lookup::Missing, "{at} over {medium:?}");
        }
        for at in public {
            let Lookup::Page(page) = site.lookup(&path(at), medium) else { panic!("{at} is no page") };
            let text = String::from_utf8_lossy(&page.bytes).to_lowercase();
            assert!(!text.contains("hush"), "{at} over {medium:?}:\n{text}");
        }
    }
    let (_, found) = gemini(&sites(), "/search?hush", None);
    assert!(body(&found).starts_with("# Search: hush\n"), "{}", body(&found));
    assert!(!body(&found).contains(".gmi"), "{}", body(&found));
    assert!(site.capsule().read.values().all(|essay| !essay.source.path.is_within(&path("/desk/"))));
}

#[test]
fn private_area_is_missing_over_gopher() {
    let gopher = Gopher {
        capsule: None,
        advertised: lamplit::site::Authority { host: "example.org".parse().expect("a host"), port: 70 },
        tls: true,
        gemini_url: "gemini://example.org/".to_owned(),
    };
    let peer = Peer { credential: Some(credential(7, 7, Validity::Valid)), ..Peer::default() };
    for selector in ["/desk/", "/desk/letter.txt", "1/desk/", "/desk/hush.jpg", "/access.gmi", "/films/new.txt"] {
        let answer = gopher.answer(format!("{selector}\r\n").as_bytes(), &peer, &sites());
        assert!(body(&answer).starts_with("3There is nothing at this selector\t"), "{selector}");
    }
}

#[test]
fn inner_private_area_has_its_own_readers() {
    let site = site(&[("/", false), ("/desk/", false)]);
    let area = |at: &str| site.private_area(&path(at)).map(|area| area.area.path.to_string());
    assert_eq!(area("/films/skin.gmi").as_deref(), Some("/"));
    assert_eq!(area("/desk/letter.gmi").as_deref(), Some("/desk/"));
    assert_eq!(area("/access.gmi"), None);
    let all = &site.private_area(&path("/films/")).expect("an area").site;
    assert_eq!(all.lookup(&path("/desk/letter.gmi"), Medium::Gemini), Lookup::Missing);
    assert!(matches!(all.lookup(&path("/films/skin.gmi"), Medium::Gemini), Lookup::Page(_)));
    assert_eq!(site.lookup(&path("/films/skin.gmi"), Medium::Gemini), Lookup::Missing);
}
