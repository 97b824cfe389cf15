//! A configuration printed with its origins, and compared with the one at the start.

use lamplit::config::Overrides;

use super::{config, read, with_environment};

#[test]
fn every_value_is_shown_with_its_origin() {
    let text = "certs = \"keys\"\n[[capsule]]\ncontent = \"a\"\n[[capsule.private]]\npath = \"/x/\"\n\
                [[capsule.private]]\npath = \"/y/\"\n\n[[capsule]]\nhostname = \"b.example\"\ncontent = \"b\"\n\
                gopher = { listen = \"[::1]:71\" }\n[gemini]\nlisten = \"127.0.0.1:1\"\nmin_tls = \"1.3\"\n";
    let flags = Overrides { hostname: Some(("a.example".to_owned(), "--hostname")), ..Overrides::default() };
    let variables =
        [("LAMPLIT_HOSTNAME", "weak.example"), ("LAMPLIT_GEMINI", "127.0.0.1:2"), ("LAMPLIT_GOPHER", "[::1]:7071")];
    let overrides = with_environment(flags, &variables);
    let result = read(&overrides, text).expect("no mistakes");
    let shown = result.to_toml();
    for (setting, origin) in [
        ("certs = \"/etc/lamplit/keys\"", "config.toml:1"),
        ("hostname = \"a.example\"", "--hostname"),
        ("content = \"/etc/lamplit/a\"", "config.toml:3"),
        ("path = \"/x/\"", "config.toml:5"),
        ("path = \"/y/\"", "config.toml:7"),
        ("hostname = \"b.example\"", "config.toml:10"),
        ("content = \"/etc/lamplit/b\"", "config.toml:11"),
        ("listen = [\"[::1]:71\"]", "config.toml:12"),
        ("listen = [\"127.0.0.1:2\"]", "LAMPLIT_GEMINI"),
        ("listen = [\"[::1]:7071\"]", "LAMPLIT_GOPHER"),
        ("min_tls = \"1.3\"", "config.toml:15"),
        ("check_port = true", "default"),
    ] {
        let line = shown.lines().find(|line| line.starts_with(setting)).unwrap_or_default();
        assert!(line.ends_with(&format!(" # {origin}")), "`{setting}`: `{line}` in:\n{shown}");
    }
    assert_eq!(config(&shown), result, "it is a configuration file");
}

#[test]
fn output_can_be_read_back() {
    let every_setting = "certs = \"keys\"\n[[capsule]]\nhostname = \"a.example\"\naliases = [\"b.example\"]\n\
        content = \"essays \\\"quoted\\\"\"\nswapped = true\ntitle = \"Lamps\"\nauthor = \"Ada\"\nlanguage = \"en\"\n\
        gone = [\"/100%25 old.gmi\"]\n[[capsule.private]]\npath = \"/my%20desk/\"\ndrafts = true\n\
        fingerprints = [\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]\n\
        [[capsule]]\nhostname = \"c.example\"\ncontent = \"/c\"\ncertificate = \"/c.pem\"\nkey = \"/k.pem\"\n\
        gopher = { listen = \"[::1]:71\", port = 8 }\n\
        [gemini]\nlisten = \"127.0.0.1:1\"\nport = 2\ncheck_port = false\nmin_tls = \"1.3\"\n\
        [gopher]\nlisten = [\"[::1]:70\"]\nhostname = \"g.example\"\nport = 7\ntls = true\nwidth = 60\n\
        [limits]\nwrite = 5\n[log]\nfile = \"/log\"\naddresses = \"hashed\"\nformat = \"json\"\n\
        [metrics]\nlisten = \"127.0.0.1:9965\"\n[privileges]\nsandbox = \"require\"\nuser = \"lamp\"\n\
        [proxy]\nfrom = [\"10.0.0.1\", \"2001:db8::/32\"]\n[pages]\nmeta = \"header\"\nback_label = \"Home\"\n\
        shift_headings = true\nsmart = true\n[gemtext]\nemphasis = \"markers\"\nlinks = \"end\"\n\
        link_markers = \"number\"\n[front_matter]\ndate = \"when\"\n";
    let off = "[[capsule]]\ncontent = \"/c\"\n[gemini]\nlisten = \"127.0.0.1:1\"\n[gopher]\nenabled = false\n";
    let hosting = "capsules = \"/hosted\"\n[gemini]\nlisten = \"127.0.0.1:1\"\n[limits]\nmemory = 128\n";
    for written in [every_setting, off, hosting] {
        let result = config(written);
        // What is listened on by default is given explicitly in the output.
        let again = config(&result.to_toml());
        assert_eq!(again.to_table(), result.to_table(), "{}", result.to_toml());
    }
    let result = config(every_setting);
    assert_eq!(config(&result.to_toml()), result);
}

#[test]
fn changes_that_wait_for_a_restart_are_named() {
    let capsule = "[[capsule]]\nhostname = \"a.example\"\ncontent = \"/a\"\n";
    let started = config(capsule);
    for (text, expected) in [
        ("", &[][..]),
        ("[[capsule]]\nhostname = \"b.example\"\ncontent = \"/b\"\n", &[]),
        ("[gopher]\nwidth = 60\n[pages]\nsmart = true\n[gemini]\nmin_tls = \"1.3\"\n", &[]),
        ("title = \"Lamps\"\naliases = [\"c.example\"]\n", &[]),
        (
            "[gemini]\nlisten = \"127.0.0.1:1\"\nport = 2\ncheck_port = false\n",
            &["[gemini] check_port", "[gemini] listen", "[gemini] port"],
        ),
        ("[gopher]\nport = 7070\n", &["[gopher] port"]),
        ("[gopher]\ntls = true\n", &["[gopher] tls"]),
        ("private = [{ path = \"/drafts/\" }]\n", &[]),
        ("[gopher]\nenabled = false\n", &["[gopher] enabled"]),
        (
            "[[capsule]]\nhostname = \"b.example\"\ncontent = \"/b\"\ngopher = { listen = \"[::1]:71\" }\n",
            &["[[capsule]] gopher"],
        ),
        ("[limits]\nmemory = 128\n", &["[limits] memory"]),
        ("[limits]\nrequest = 5\n[log]\nformat = \"json\"\n", &["[limits] request", "[log] format"]),
        ("[metrics]\nlisten = \"127.0.0.1:9965\"\n", &["[metrics] listen"]),
        ("[privileges]\nsandbox = \"off\"\n", &["[privileges] sandbox"]),
        ("swapped = false\n", &[]),
        ("swapped = true\n", &["[[capsule]] swapped"]),
        ("[proxy]\nfrom = \"10.0.0.1\"\n", &["[proxy] from"]),
        ("[privileges]\nuser = \"lamp\"\n", &["[privileges] user"]),
    ] {
        assert_eq!(config(&format!("{capsule}{text}")).needing_restart(&started), expected, "{text}");
    }
    let hosting = config(&format!("capsules = \"/hosted\"\n{capsule}"));
    assert_eq!(hosting.needing_restart(&started), ["capsules"]);
    // The folder of a swapped capsule is part of the sandbox; that of another one is not.
    let swapped = |folder: &str| config(&format!("[[capsule]]\ncontent = \"{folder}\"\nswapped = true\n"));
    assert_eq!(swapped("/a").needing_restart(&swapped("/b")), ["[[capsule]] swapped"]);
}
