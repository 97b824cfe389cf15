//! What flags, environment, file and defaults result in.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lamplit::config::{Config, Gopher, Overrides, resolve, state_folder};
use lamplit::host::HostName;
use lamplit::identity::KeyStore;
use lamplit::markup::markdown::MarkdownOptions;
use lamplit::render::gemtext::{Emphasis, GemtextOptions, LinkMarkers, LinkPlacement};
use lamplit::server::Limits;
use lamplit::site::{MetaLine, SiteOptions};

use super::{FILE, config, environment, read, with_environment};

#[test]
fn flag_overrides_environment_overrides_file_overrides_default() {
    let flags = Overrides {
        hostname: Some(("flag.example".into(), "--hostname")),
        gemini: Some((vec!["10.1.0.1:1".into()], "--gemini")),
        gopher: Some((vec!["10.1.0.2:2".into()], "--gopher")),
        certs: Some(("/flag".into(), "--certs")),
        ephemeral_keys: Some((true, "--ephemeral-keys")),
        user: Some(("flag".into(), "--user")),
        ..Overrides::default()
    };
    let variables = [
        ("LAMPLIT_HOSTNAME", "environment.example"),
        ("LAMPLIT_GEMINI", "10.2.0.1:1"),
        ("LAMPLIT_GOPHER", "10.2.0.2:2"),
        ("LAMPLIT_CERTS", "/environment"),
        ("LAMPLIT_USER", "environment"),
    ];
    let default = "[[capsule]]\ncontent = \"essays\"\n";
    let none = Overrides::default;
    for (overrides, text, host, gemini, gopher, certs, user) in [
        (with_environment(flags, &variables), FILE, "flag.example", "10.1.0.1:1", "10.1.0.2:2", "/flag", Some("flag")),
        (
            environment(&variables),
            FILE,
            "environment.example",
            "10.2.0.1:1",
            "10.2.0.2:2",
            "/environment",
            Some("environment"),
        ),
        (none(), FILE, "file.example", "10.0.0.1:1", "10.0.0.2:2", "/etc/lamplit/keys", None),
        (none(), default, "localhost", "127.0.0.1:1965", "127.0.0.1:70", "/state/certs", None),
    ] {
        let config = read(&overrides, text).expect("a configuration");
        let capsule = &config.capsules[0];
        assert_eq!(capsule.hosts, [host.parse().expect("a host")]);
        assert_eq!(capsule.content, Path::new("/etc/lamplit/essays"));
        assert_eq!(config.settings.gemini.listen[0].to_string(), gemini);
        assert_eq!(capsule.gopher.clone().expect("on").listen[0].to_string(), gopher);
        assert_eq!(config.certs, Path::new(certs));
        assert_eq!(capsule.key_store, KeyStore::Managed { folder: certs.into() });
        assert_eq!(config.settings.privileges.user.as_deref(), user);
    }
}

#[test]
fn ephemeral_keys_are_off_unless_given() {
    for (value, file, expected) in [
        ("", "", false),
        ("", "ephemeral_keys = true\n", true),
        ("yes", "", true),
        ("1", "ephemeral_keys = false\n", true),
        ("no", "ephemeral_keys = true\n", false),
    ] {
        let overrides = environment(&[("LAMPLIT_EPHEMERAL_KEYS", value)]);
        let config = read(&overrides, &format!("{file}{FILE}")).expect("a configuration");
        assert_eq!(*config.settings.ephemeral_keys, expected, "{value:?} {file:?}");
    }
}

#[test]
fn folder_without_a_file_is_served_on_loopback() {
    let overrides = Overrides { content: Some(("/home/me/essays".into(), "DIR")), ..Overrides::default() };
    let config = resolve(&overrides, None, Path::new("."), Path::new("/state")).expect("a configuration");
    assert_eq!(config.capsules[0].hosts, [HostName::localhost()]);
    let gopher = config.capsules[0].gopher.clone().expect("on");
    assert_eq!(gopher.hostname.as_deref(), Some("localhost"));
    assert_eq!(config.site_options(&config.capsules[0]).plain.width, 67);
    for listen in [&config.settings.gemini.listen, &gopher.listen] {
        assert!(listen.is_default() && listen.iter().all(|address| address.ip().is_loopback()));
        assert_eq!(listen.len(), 2);
    }
}

#[test]
fn folder_from_the_command_line_keeps_the_private_areas_of_the_only_capsule() {
    let text = "[[capsule]]\ncontent = \"e\"\nauthor = \"Ada\"\ntitle = \"Other\"\n\
                private = [{ path = \"/desk/\" }]\n";
    let overrides = Overrides { content: Some(("/elsewhere".into(), "DIR")), ..Overrides::default() };
    let config = read(&overrides, text).expect("a configuration");
    let capsule = &config.capsules[0];
    assert_eq!((capsule.private.len(), capsule.settings.details.author.as_deref()), (1, Some("Ada")));
    assert_eq!((capsule.content.as_path(), capsule.settings.details.title.as_deref()), (Path::new("/elsewhere"), None));
}

#[test]
fn host_names_are_normalised() {
    for (name, host) in [
        ("Example.ORG", Some("example.org")),
        ("example.org.", Some("example.org")),
        ("müller.example", Some("xn--mller-kva.example")),
        ("[::1]", Some("::1")),
        ("127.0.0.1", Some("127.0.0.1")),
        ("two words", None),
        ("", None),
    ] {
        let text = format!("[[capsule]]\nhostname = \"{name}\"\ncontent = \"e\"\n");
        let config = read(&Overrides::default(), &text);
        let read = config.as_ref().ok().map(|config| config.capsules[0].hosts[0].to_string());
        assert_eq!(read.as_deref(), host, "{name}");
    }
}

#[test]
fn addresses_and_networks_are_read() {
    let shown = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<_>>();
    let public = config("[[capsule]]\nhostname = \"example.org\"\ncontent = \"e\"\n");
    let listen = shown(&mut public.settings.gemini.listen.iter().map(ToString::to_string));
    assert_eq!(listen, ["0.0.0.0:1965", "[::]:1965"]);
    for (written, metrics) in [("localhost:9965", "127.0.0.1:9965"), ("[::1]:1", "[::1]:1")] {
        let config = config(&format!("[[capsule]]\ncontent = \"e\"\n[metrics]\nlisten = \"{written}\"\n"));
        assert_eq!(shown(&mut config.settings.metrics.listen.iter().map(|address| address.0.to_string())), [metrics]);
    }
    let proxies =
        config(&format!("{FILE}[proxy]\nfrom = [\"10.0.0.7\", \"10.1.2.3/8\", \"2001:db8::/32\", \"::1\"]\n"));
    let networks = shown(&mut proxies.settings.proxy.from.iter().map(ToString::to_string));
    assert_eq!(networks, ["10.0.0.7/32", "10.0.0.0/8", "2001:db8::/32", "::1/128"]);
}

#[test]
fn keys_are_managed_unless_files_are_named() {
    let external =
        |certificate: &str, key: &str| KeyStore::External { certificate: certificate.into(), key: key.into() };
    for (keys, expected) in [
        ("", KeyStore::Managed { folder: "/state/certs".into() }),
        ("certificate = \"chain.pem\"\nkey = \"/etc/key.pem\"\n", external("/etc/lamplit/chain.pem", "/etc/key.pem")),
        ("certificate = \"both.pem\"\n", external("/etc/lamplit/both.pem", "/etc/lamplit/both.pem")),
    ] {
        let config = config(&format!("[[capsule]]\ncontent = \"e\"\n{keys}"));
        assert_eq!(config.capsules[0].key_store, expected, "{keys}");
    }
}

#[test]
fn private_area_is_a_folder_with_readers() {
    const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let config = config(&format!(
        "[[capsule]]\ncontent = \"e\"\n[[capsule.private]]\npath = \"/drafts\"\ndrafts = true\n\
         fingerprints = [\"SHA256:{DIGEST}\", \"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"]\n\
         [[capsule.private]]\npath = \"/my%20desk/\"\n"
    ));
    let [drafts, desk] = config.capsules[0].private.as_slice() else { panic!("two areas") };
    assert_eq!((drafts.path.as_str(), drafts.drafts), ("/drafts/", true));
    assert_eq!((desk.path.as_str(), desk.drafts), ("/my desk/", false));
    let shown: Vec<String> = drafts.readers.iter().map(ToString::to_string).collect();
    assert_eq!(shown, [DIGEST, DIGEST]);
    assert!(desk.readers.is_empty(), "the owner is shown what to add on the first visit");
}

/// Returns the first address, host name and port of each capsule over Gopher.
fn gopher(config: &Config) -> Vec<Option<(String, String, Option<u16>)>> {
    let shown = |gopher: &Gopher| {
        let hostname = gopher.hostname.as_ref().map(ToString::to_string).unwrap_or_default();
        (gopher.listen[0].to_string(), hostname, gopher.port.map(|port| port.0))
    };
    config.capsules.iter().map(|capsule| capsule.gopher.as_ref().map(shown)).collect()
}

#[test]
fn first_capsule_is_served_over_gopher_and_others_by_their_own_settings() {
    let some = |listen: &str, host: &str, port| Some((listen.to_owned(), host.to_owned(), port));
    for (first, second, expected) in [
        ("", "", [some("10.0.0.1:1", "a.example", Some(9)), None]),
        (
            "",
            "gopher = { listen = \"10.0.0.1:2\" }\n",
            [some("10.0.0.1:1", "a.example", Some(9)), some("10.0.0.1:2", "b.example", None)],
        ),
        (
            "[capsule.gopher]\nlisten = [\"10.0.0.1:3\"]\nhostname = \"c.example\"\n",
            "[capsule.gopher]\nlisten = [\"10.0.0.1:2\"]\nport = 70\n",
            [some("10.0.0.1:3", "c.example", Some(9)), some("10.0.0.1:2", "b.example", Some(70))],
        ),
    ] {
        let text = format!(
            "[gopher]\nlisten = \"10.0.0.1:1\"\nport = 9\nwidth = 60\n[[capsule]]\nhostname = \"a.example\"\n\
             content = \"a\"\n{first}[[capsule]]\nhostname = \"b.example\"\ncontent = \"b\"\n{second}"
        );
        let config = config(&text);
        assert_eq!(gopher(&config), expected, "{first}{second}");
        let mut served = config.capsules.iter().filter(|capsule| capsule.gopher.is_some());
        assert!(served.all(|capsule| config.site_options(capsule).plain.width == 60));
        let off = read(&environment(&[("LAMPLIT_GOPHER", "off")]), &text).expect("off");
        assert_eq!(gopher(&off), [None, None]);
    }
    let off = environment(&[("LAMPLIT_GOPHER", "off")]);
    assert_eq!(gopher(&read(&off, FILE).expect("a configuration")), [None]);
    assert_eq!(gopher(&config(&format!("{FILE}enabled = false\n"))), [None]);
    let on = environment(&[("LAMPLIT_GOPHER", "10.0.0.3:3")]);
    let on = read(&on, &format!("{FILE}enabled = false\n")).expect("a configuration");
    assert_eq!(gopher(&on), [some("10.0.0.3:3", "file.example", None)]);
}

#[test]
fn limits_are_the_standard_ones_unless_given() {
    let config = config(&format!("{FILE}[limits]\nper_address = 8\nrequest = 5\n"));
    let expected = Limits { per_address: 8, request: Duration::from_secs(5), ..Limits::STANDARD };
    assert_eq!(config.limits, expected);
}

/// The change that one line of a file makes.
type Change = fn(&mut SiteOptions);

#[test]
fn every_choice_for_pages_changes_its_option_only() {
    let options = |text: &str| {
        let config = config(text);
        config.site_options(&config.capsules[0])
    };
    let standard = options(FILE);
    assert_eq!(standard.markdown, MarkdownOptions::STANDARD);
    assert_eq!((standard.meta, standard.shift_headings), (MetaLine::Footer, false));
    assert_eq!(standard.gemtext, GemtextOptions::default());
    let rows: &[(&str, &str, Change)] = &[
        ("pages", "meta = \"footer\"", |options| options.meta = MetaLine::Footer),
        ("pages", "meta = \"header\"", |options| options.meta = MetaLine::Header),
        ("pages", "meta = \"none\"", |options| options.meta = MetaLine::None),
        ("pages", "back_label = \"Home\"", |options| {
            options.words = options.words.with_own([("back".to_owned(), "Home".to_owned())]);
        }),
        ("pages", "shift_headings = true", |options| options.shift_headings = true),
        ("pages", "smart = true", |options| options.markdown.smart_punctuation = true),
        ("pages", "line_breaks = true", |options| options.markdown.line_breaks = true),
        ("gemtext", "emphasis = \"plain\"", |options| options.gemtext.emphasis = Emphasis::Plain),
        ("gemtext", "emphasis = \"markers\"", |options| options.gemtext.emphasis = Emphasis::Markers),
        ("gemtext", "links = \"block\"", |options| options.gemtext.links = LinkPlacement::Block),
        ("gemtext", "links = \"section\"", |options| options.gemtext.links = LinkPlacement::Section),
        ("gemtext", "links = \"end\"", |options| options.gemtext.links = LinkPlacement::End),
        ("gemtext", "links = \"off\"", |options| options.gemtext.links = LinkPlacement::Off),
        ("gemtext", "link_markers = \"none\"", |options| options.gemtext.link_markers = LinkMarkers::None),
        ("gemtext", "link_markers = \"number\"", |options| {
            options.gemtext.link_markers = LinkMarkers::Number;
        }),
    ];
    for (table, line, change) in rows {
        let mut expected = standard.clone();
        change(&mut expected);
        assert_eq!(options(&format!("{FILE}[{table}]\n{line}\n")), expected, "{line}");
    }
}

#[test]
fn essays_may_use_other_front_matter_keys() {
    let config = config(&format!("{FILE}[front_matter]\ndate = \"published_at\"\n"));
    assert_eq!(config.settings.presentation.front_matter.pairs(), [("date".to_owned(), "published_at".to_owned())]);
}

const HOST: &str = "capsules = \"hosted\"\ncerts = \"keys\"\n[pages]\nback_label = \"Home\"\n[gemini]\nport = 7\n";

#[test]
fn folder_of_capsules_is_a_configuration() {
    let hosting = config(HOST);
    assert!(hosting.capsules.is_empty());
    assert_eq!(hosting.hosting_folder(), Some(Path::new("/etc/lamplit/hosted")));
    assert_eq!(hosting.settings.limits.memory.bytes(), 64_000_000);
    assert!(hosting.settings.gemini.listen.iter().all(|address| address.ip().is_unspecified()));
    let alone = Overrides { content: Some(("/e".into(), "DIR")), ..Overrides::default() };
    let alone = read(&alone, HOST).expect("a configuration");
    assert_eq!((alone.hosting_folder(), alone.capsules.len()), (None, 1));
}

#[test]
fn hosted_capsule_has_the_settings_of_the_server_and_of_its_own_file() {
    let folder = Path::new("/etc/lamplit/hosted/a.example");
    let hosted = |text: &str| {
        config(HOST)
            .hosted(&"a.example".parse().expect("a host"), folder, Some(("capsule.toml", text)))
            .expect("settings")
    };
    let plain = hosted("");
    let [capsule] = plain.capsules.as_slice() else { panic!("one capsule") };
    assert_eq!((&*capsule.hosts[0], capsule.settings.details.title.as_deref()), ("a.example", None));
    assert_eq!(capsule.key_store, KeyStore::Managed { folder: "/etc/lamplit/keys".into() });
    assert_eq!((plain.settings.presentation.pages.back_label.as_deref(), plain.gemini_port()), (Some("Home"), Some(7)));
    let own = hosted(
        "title = \"Lamps\"\nauthor = \"Ada\"\nlanguage = \"en\"\nignore = [\"*.bak\"]\ngone = [\"/old.gmi\"]\n\
         [[private]]\npath = \"/desk/\"\n[pages]\nmeta = \"header\"\n[front_matter]\ndate = \"when\"\n",
    );
    let (capsule, pages) = (&own.capsules[0], &own.settings.presentation.pages);
    assert_eq!(
        (capsule.settings.details.title.as_deref(), capsule.private.len(), capsule.settings.details.gone.len()),
        (Some("Lamps"), 1, 1)
    );
    assert_eq!((pages.back_label.as_deref(), *pages.meta), (Some("Home"), MetaLine::Header));
    assert_eq!(own.settings.presentation.front_matter.pairs(), [("date".to_owned(), "when".to_owned())]);
}

#[test]
fn keys_are_kept_in_a_folder_that_outlives_restarts() {
    let folder = |pairs: &[(&str, &str)], switches_user: bool| {
        let map: HashMap<String, String> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        state_folder(&|name| map.get(name).cloned(), switches_user)
    };
    for (pairs, switches_user, expected) in [
        (&[("STATE_DIRECTORY", "/var/lib/a:/b"), ("HOME", "/root")][..], true, "/var/lib/a/certs"),
        (&[("XDG_STATE_HOME", "/x"), ("HOME", "/home/me")], false, "/x/lamplit/certs"),
        (&[("XDG_STATE_HOME", "relative"), ("HOME", "/home/me")], false, "/home/me/.local/state/lamplit/certs"),
        (&[("XDG_STATE_HOME", "/x"), ("HOME", "/root")], true, "/var/lib/lamplit/certs"),
        (&[], false, "/var/lib/lamplit/certs"),
    ] {
        assert_eq!(folder(pairs, switches_user), PathBuf::from(expected));
    }
}

#[test]
fn redirects_are_read_with_their_mistakes() {
    let text =
        "[[capsule]]\ncontent = \"a\"\n[redirects]\n\"/old films/\" = \"/films/\"\n\"/cv.html\" = \"/about.gmi\"\n";
    let read = config(text);
    let redirects: Vec<String> =
        read.site_options(&read.capsules[0]).redirects.iter().map(|(old, new)| format!("{old} {new}")).collect();
    assert_eq!(redirects, ["/cv.html /about.gmi", "/old films/ /films/"]);
    assert_eq!(config(&read.to_toml()), read);
    for (row, mistake) in [
        ("\"old\" = \"/new\"", "`old` is not an address in the capsule"),
        ("\"/old\" = \"new\"", "`new` is not an address in the capsule"),
        ("\"/old\" = \"gemini://a.example/\"", "`gemini://a.example/` is not an address in the capsule"),
        ("\"/old\" = \"/../new\"", "`/../new` is not an address in the capsule"),
        ("\"/old\" = 1", "`redirects` must be a table of addresses, as in `\"/old\" = \"/new.gmi\"`"),
    ] {
        assert_eq!(super::mistakes(&format!("[[capsule]]\ncontent = \"a\"\n[redirects]\n{row}\n")), [mistake], "{row}");
    }
}
