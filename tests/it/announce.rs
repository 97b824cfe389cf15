//! `lamplit announce` over real sockets: nothing is sent unasked, and every reply is put into words.

use std::fs;
use std::process::Output;

use tempfile::TempDir;

use crate::private::identity;
use crate::scripted::Scripted;
use crate::support::{Server, ended, lamplit, scratch_folder};

const OWLS: &str = "---\ntitle: Owls\ndate: 2024-05-01\ntags: [Birds]\n---\n\nThey call at night.\n";

/// A folder with a dated essay and a section without one.
fn archive() -> TempDir {
    let folder = scratch_folder();
    fs::write(folder.path().join("owls.md"), OWLS).expect("writable");
    fs::create_dir(folder.path().join("notes")).expect("writable");
    fs::write(folder.path().join("notes/one.md"), "# One\n").expect("writable");
    folder
}

/// What it printed, what it said, and its exit code.
fn told(output: &Output) -> (String, String, i32) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().expect("it ended by itself"))
}

fn announce(folder: &TempDir, arguments: &[&str]) -> (String, String, i32) {
    told(&ended(lamplit().current_dir(folder.path()).arg("announce").args(arguments)))
}

#[test]
fn the_request_is_shown_and_nothing_is_sent() {
    let folder = archive();
    for (arguments, feed) in [
        (&["antenna", ".", "--hostname", "example.org"][..], "gemini%3A%2F%2Fexample.org%2Fatom.xml"),
        (
            &["antenna", ".", "--hostname", "Example.ORG", "--feed", "/tags/birds/atom.xml"],
            "gemini%3A%2F%2Fexample.org%2Ftags%2Fbirds%2Fatom.xml",
        ),
        (&["antenna", ".", "--hostname", "example.org", "--feed", "/"], "gemini%3A%2F%2Fexample.org%2F"),
    ] {
        let (printed, said, code) = announce(&folder, arguments);
        assert_eq!(printed, format!("gemini://warmedal.se/~antenna/submit?{feed}\n"), "{said}");
        assert!(said.contains("with 1 essay") && said.contains("nothing was sent"), "{said}");
        assert_eq!(code, 0);
    }
    for (arguments, code, says) in [
        (&["antenna", "."][..], 64, "nobody else can reach a capsule called `localhost`"),
        (&["antenna", ".", "--hostname", "lamp.local"], 64, "hint: give it its public name"),
        (&["antenna", ".", "--hostname", "192.168.1.7", "--send"], 64, "nobody else can reach"),
        (&["antena", "."], 64, "known by name: `antenna`"),
        (&["https://news.example/", "."], 64, "only gemini URLs"),
        (&["antenna", "notes", "--hostname", "example.org"], 1, "there is no essay with a date"),
        (
            &["antenna", ".", "--hostname", "example.org", "--feed", "/notes/"],
            1,
            "hint: aggregators list essays by",
        ),
        (
            &["antenna", ".", "--hostname", "example.org", "--feed", "/nothing"],
            1,
            "there is no feed at `/nothing`",
        ),
        (&["antenna", ".", "--hostname", "example.org", "--feed", "/../x"], 1, "there can be nothing"),
        (&["antenna", "nowhere", "--hostname", "example.org"], 1, "cannot be read"),
    ] {
        let (printed, said, ended) = announce(&folder, arguments);
        assert!(said.contains(says) && printed.is_empty(), "{arguments:?}: {said}{printed}");
        assert_eq!(ended, code, "{arguments:?}: {said}");
    }
}

#[test]
fn the_capsule_and_the_port_are_those_of_the_configuration() {
    let folder = archive();
    for (config, more, expected) in [
        (
            "[[capsule]]\nhostname = \"a.example\"\ncontent = \".\"\n",
            "",
            "gemini%3A%2F%2Fa.example%2Fatom.xml",
        ),
        (
            "[[capsule]]\nhostname = \"a.example\"\ncontent = \".\"\n[gemini]\nlisten = \"0.0.0.0:1970\"\n",
            "",
            "gemini%3A%2F%2Fa.example%3A1970%2Fatom.xml",
        ),
        (
            "[[capsule]]\nhostname = \"a.example\"\ncontent = \".\"\n[gemini]\nlisten = \"0.0.0.0:1970\"\nport = 1965\n",
            "",
            "gemini%3A%2F%2Fa.example%2Fatom.xml",
        ),
        (
            "[[capsule]]\nhostname = \"a.example\"\ncontent = \"notes\"\n[[capsule]]\nhostname = \"b.example\"\n\
             aliases = [\"www.b.example\"]\ncontent = \".\"\n",
            "www.b.example",
            "gemini%3A%2F%2Fb.example%2Fatom.xml",
        ),
    ] {
        fs::write(folder.path().join("config.toml"), config).expect("writable");
        let mut arguments = vec!["antenna"];
        arguments.extend((!more.is_empty()).then_some(["--hostname", more]).into_iter().flatten());
        let (printed, said, _) = announce(&folder, &arguments);
        assert_eq!(printed, format!("gemini://warmedal.se/~antenna/submit?{expected}\n"), "{config}{said}");
    }
    for (arguments, says) in [
        (&["antenna"][..], "there are several capsules"),
        (&["antenna", "--hostname", "c.example"], "hint: there are a.example, b.example"),
    ] {
        let (_, said, code) = announce(&folder, arguments);
        assert!(said.contains(says) && code == 64, "{said}");
    }
}

#[test]
fn what_is_sent_is_what_was_shown_and_the_reply_is_put_into_words() {
    let (folder, key) = (archive(), identity(-1, 1));
    for (reply, code, says, printed_too) in [
        ("20 text/gemini\r\nThank you!\u{1b}[31m\n", 0, "took the request", "Thank you![31m\n"),
        ("30 /done\r\n", 1, "it leads on to `/done`", ""),
        ("10 Which feed?\r\n", 1, "it asks for something else: Which feed?", ""),
        ("44 60\r\n", 1, "wants 60 seconds of peace", ""),
        ("51 Not here\r\n", 1, "hint: look for the submit address", ""),
        ("nonsense\r\n", 1, "not one of Gemini", ""),
    ] {
        let server = Scripted::start(&key, reply);
        let at = server.url("/submit");
        let (printed, said, ended) = announce(&folder, &[&at, ".", "--hostname", "example.org", "--send"]);
        let request = format!("{at}?gemini%3A%2F%2Fexample.org%2Fatom.xml");
        assert_eq!(server.request(), request, "{said}");
        assert_eq!(printed, format!("{request}\n{printed_too}"), "{said}");
        assert!(said.contains(says) && said.contains("compared with nothing"), "{said}");
        assert_eq!(ended, code, "{said}");
    }
}

/// Whoever checks the key has the fingerprint that `lamplit cert show` prints on the other side.
#[test]
fn the_key_of_the_other_server_is_named() {
    let (folder, certs) = (archive(), scratch_folder());
    let server = Server::start_with_keys(folder.path(), certs.path());
    // Any address that takes a query will do.
    let (printed, said, code) =
        announce(&folder, &[&server.gemini("/search"), ".", "--hostname", "example.org", "--send"]);
    assert_eq!(code, 0, "{said}");
    assert!(printed.contains("# "), "{printed}");
    let shown = ended(lamplit().args(["cert", "show", "--json", "--certs"]).arg(certs.path()));
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    let key = shown[0]["public_key_sha256"].as_str().expect("a fingerprint");
    assert!(said.contains(&format!("SHA-256 {key}")), "{said}{shown}");
}
