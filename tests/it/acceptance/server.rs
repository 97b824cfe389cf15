//! Checks 4, 7 to 9, 11 and 12: what the program answers over both protocols.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use time::OffsetDateTime;

use crate::support::{Server, eventually, run, scratch_folder};

/// How long a test waits for a change before it fails.
const SOON: Duration = Duration::from_secs(20);

fn archive(files: &[(&str, &str)]) -> TempDir {
    let folder = scratch_folder();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    folder
}

#[test]
fn check_4_crawlers_get_a_clear_word() {
    let folder = archive(&[("a.md", "# A\n")]);
    let server = Server::start(folder.path());
    let robots = server.ask_gemini("/robots.txt");
    assert!(robots.head.starts_with("20 text/plain") && robots.body.contains("Disallow: /search"), "{robots:?}");
    let asked = server.ask_gemini("/robots.txt?kennedy-crawler");
    assert_eq!((asked.head, asked.body), (robots.head, robots.body));
    for at in ["/.well-known/security.txt", "/favicon.txt"] {
        let reply = server.ask_gemini(at);
        assert!(reply.head.starts_with("51 ") && reply.body.is_empty(), "{at}: {reply:?}");
    }
    // The author's own come first.
    fs::write(folder.path().join("robots.txt"), "User-agent: *\nDisallow: /\n").expect("written");
    let own = |reply: &crate::support::Reply| reply.body.ends_with("Disallow: /\n");
    eventually(SOON, || server.ask_gemini("/robots.txt"), own);
}

#[test]
fn check_7_the_root_has_two_selectors_and_one_menu() {
    let server = Server::start(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/capsule")));
    let menu = server.ask_gopher("");
    assert!(menu.lines().count() > 10 && menu.ends_with("\r\n.\r\n"), "{menu}");
    assert_eq!(menu, server.ask_gopher("/"));
}

#[test]
fn check_8_a_broken_header_is_shown_and_the_last_good_version_stays() {
    let folder = archive(&[("a.md", "---\ntitle: Good\ndate: 2024-05-01\n---\n\nText.\n")]);
    let server = Server::start(folder.path());
    let broken = "\n---\ntitle: Broken\ntags: [one\ndate: 2024-05-01\n---\n\nText.\n";
    fs::write(folder.path().join("a.md"), broken).expect("written");
    let said = eventually(SOON, || server.said(), |said| said.contains("hint:"));
    let place = said.lines().find(|line| line.contains("--> a.md:")).unwrap_or_else(|| panic!("{said}"));
    // Lines count in the file, where the header begins with line 2.
    let line: u32 = place.split(':').nth(1).and_then(|line| line.parse().ok()).expect("a line");
    assert!((4..=6).contains(&line), "{said}");
    assert!(said.lines().any(|line| line.trim_start().trim_start_matches('|').trim().starts_with('^')), "{said}");
    let essay = server.ask_gemini("/a.gmi");
    assert!(essay.body.starts_with("# Good\n"), "{essay:?}");
}

#[test]
fn check_9_old_addresses_lead_to_the_new_one() {
    let folder = archive(&[
        ("films/skin.md", "---\ntitle: Skin\naliases: [/old/skin/, old/skin.html, The Soft One]\n---\nText.\n"),
        ("films/jules.md", "---\nredirect_from: /2001/jules/\n---\n# Jules\n\nSee [[The Soft One]].\n"),
    ]);
    let server = Server::start(folder.path());
    for (at, expected) in [
        ("/old/skin/", "31 /films/skin.gmi"),
        ("/old/skin", "31 /films/skin.gmi"),
        ("/old/skin.html", "31 /films/skin.gmi"),
        ("/2001/jules/", "31 /films/jules.gmi"),
        ("/films/skin", "31 /films/skin.gmi"),
        ("/The%20Soft%20One", "51 There is nothing at this address"),
        ("/films/The%20Soft%20One", "51 There is nothing at this address"),
    ] {
        assert_eq!(server.ask_gemini(at).head, expected, "{at}");
    }
    assert!(server.ask_gemini("/films/jules.gmi").body.contains("=> /films/skin.gmi The Soft One\n"));
    assert!(server.ask_gopher("/old/skin/").starts_with("Skin\r\n"));
}

/// Runs the shell command `start` in a network of its own, in which the usual ports are free and the first 1024 need a
/// privilege, with the program as `$0` and the arguments that serve the capsule of this repository as `$@`, until it is
/// ready. Returns what the program printed, or `None` if no such network is to be had here.
fn started_alone(start: &str, program: &Path) -> Option<String> {
    let certs = scratch_folder();
    let start = format!("ip link set lo up && exec {start}");
    let mut command = Command::new("unshare");
    command.args(["-rn", "sh", "-c", &start]).arg(program).arg("serve");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/capsule")).arg("--certs").arg(certs.path());
    let alone = Command::new("unshare").args(["-rn", "sh", "-c", "ip link set lo up && setpriv --version"]).output();
    if !alone.is_ok_and(|output| output.status.success()) {
        println!("skipped: no network of its own to be had here");
        return None;
    }
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started");
    let mut said = String::new();
    let mut lines = BufReader::new(process.stderr.take().expect("piped")).lines();
    for line in lines.by_ref().map_while(Result::ok) {
        said.push_str(&line);
        said.push('\n');
        if line.starts_with("ready") {
            break;
        }
    }
    let stop = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", process.id())).status();
    assert!(stop.is_ok_and(|status| status.success()), "{said}");
    lines.for_each(drop);
    assert_eq!(process.wait().expect("it ended").code(), Some(0), "{said}");
    Some(said)
}

#[test]
fn check_11_an_ordinary_user_needs_no_privilege() {
    let unprivileged = "setpriv --bounding-set=-net_bind_service --inh-caps=-net_bind_service \"$0\" \"$@\"";
    let program = Path::new(env!("CARGO_BIN_EXE_lamplit"));
    let quoted = scratch_folder();
    let quoted = quoted.path().join("ann's $x");
    fs::copy(program, &quoted).expect("copied");
    let because = "Gopher is on port 7070, because 70 needs a privilege: `sudo setcap cap_net_bind_service=+ep ";
    let shell = quoted.to_str().expect("a plain name").replace('\'', "'\\''");
    for (program, shown) in [(program, program.display().to_string()), (&quoted, format!("'{shell}'"))] {
        let Some(said) = started_alone(unprivileged, program) else { return };
        let has = |part: &str| said.lines().filter(|line| line.contains(part)).count();
        let expected = ["gemini://localhost/", "gopher://localhost:7070/", &format!("{because}{shown}`")];
        assert_eq!(expected.map(has), [1, 1, 1], "{said}");
    }
    // `config` and `check` tell the port that the server takes.
    for (port, command) in [(7070, unprivileged), (70, "\"$0\" \"$@\"")] {
        let alone = format!("ip link set lo up && exec {command}");
        let mut config = Command::new("unshare");
        config.args(["-rn", "sh", "-c", &alone]).arg(program).args(["config", "."]).current_dir(std::env::temp_dir());
        let shown = run(&mut config);
        let line = format!("listen = [\"127.0.0.1:{port}\", \"[::1]:{port}\"]");
        assert!(shown.contains(&line), "{shown}");
    }
    let Some(said) = started_alone("\"$0\" \"$@\" --gemini 0.0.0.0:70", program) else { return };
    assert!(said.contains("Gopher is on port 7070, because another program has 70\n"), "{said}");
}

/// Essays that no reader may get, each with a word that occurs nowhere else.
const HIDDEN: &[(&str, &str)] = &[
    (
        "drafts/one.md",
        "---\ntitle: Quokka title\ntags: [quokkatag]\nseries: Quokkaseries\ndraft: true\n---\n\nQuokka.\n",
    ),
    ("two.md", "---\npublished: false\naliases: [/was/quokka/]\n---\n# Quokka two\n"),
    ("three.md", "+++\ntitle = \"Quokka three\"\ndate = 2999-01-01\n+++\n\nQuokka.\n"),
    ("four.md", "---\ndate: 2001-01-01\nexpiryDate: 2002-01-01\nslug: quokka-four\n---\n# Quokka four\n"),
    ("five.md", "---\npublish: false\nlang: cy\n---\n# Quokka five\n"),
    ("_drafts/six.md", "# Quokka six\n"),
    ("seven/index.md", "---\ndraft: true\ndate: 2024-01-01\n---\n# Quokka seven\n"),
    ("seven/picture.txt", "Quokka seven in a picture\n"),
    ("eight.md", "---\npermalink: false\n---\n# Quokka eight\n"),
    ("2998-01-01-nine.txt", "Quokka nine\n"),
    ("ten.md", "---\npublishDate: 2999-01-01\ndate: 2020-01-01\n---\n# Quokka ten\n"),
    ("quokkas/_index.md", "---\ntitle: Quokkas\ndraft: true\n---\nQuokka.\n"),
    ("ignored/eleven.md", "# Quokka eleven\n"),
];

const SEEN: &[(&str, &str)] = &[
    (".capsuleignore", "ignored/\n"),
    ("index.md", "# Lamps\n"),
    (
        "a.md",
        "---\ndate: 2024-05-01\ntags: [lamps]\nseries: Oil\n---\n# Wick\n\nSee [one](drafts/one.md) and [[two]].\n",
    ),
    ("b.md", "---\ndate: 2024-06-01\ntags: [lamps]\nseries: Oil\n---\n# Oil\n\nText.\n"),
    ("deep/er/c.md", "# Deep\n\nText.\n"),
];

#[test]
fn check_12_hidden_essays_are_found_nowhere() {
    let files: Vec<(&str, &str)> = SEEN.iter().chain(HIDDEN).copied().collect();
    let folder = archive(&files);
    let server = Server::start(folder.path());
    let mut seen = BTreeSet::new();
    let mut next: Vec<String> =
        ["/", "/atom.xml", "/robots.txt", "/tags/lamps/atom.xml", "/search?quokka", "/search\tquokka"]
            .map(str::to_owned)
            .to_vec();
    // The addresses by file name, and those that generators would use.
    for (name, _) in HIDDEN {
        let bare = name.trim_end_matches(".md").trim_end_matches(".txt").trim_end_matches("/index");
        let forms = ["", "/", ".gmi", ".txt", ".md", ".html", "/index.md", "/index.html", "/picture.txt"];
        next.extend(forms.map(|form| format!("/{bare}{form}")));
    }
    let others = [
        "/tags/quokkatag/",
        "/series/quokkaseries/",
        "/was/quokka/",
        "/quokka-four.gmi",
        "/archive/2999/",
        "/archive/2001/",
        "/archive/2020/",
        "/languages/cy/",
        "/quokkas/",
        "/drafts/",
        "/2999/01/01/three/",
    ];
    next.extend(others.map(str::to_owned));
    while let Some(at) = next.pop() {
        if !seen.insert(at.clone()) {
            continue;
        }
        let reply = server.ask_gemini(&at);
        let menu = server.ask_gopher(&at);
        for page in [&reply.body, &menu] {
            // A page of search results repeats the query.
            let said = page.lines().skip(usize::from(at.starts_with("/search")));
            let told: Vec<&str> = said.filter(|line| line.to_lowercase().contains("quokka")).collect();
            assert_eq!(told, [""; 0], "{at}");
        }
        let links = reply.body.lines().filter_map(|line| line.strip_prefix("=> ")?.split(' ').next());
        next.extend(links.filter(|link| link.starts_with('/')).map(str::to_owned));
        let selectors =
            menu.lines().filter(|line| line.starts_with(['0', '1'])).filter_map(|line| line.split('\t').nth(1));
        next.extend(selectors.filter(|selector| selector.starts_with('/')).map(str::to_owned));
        let raw = at.strip_suffix(".gmi").map(|bare| format!("{bare}.md"));
        next.extend(raw);
    }
    for there in ["/a.gmi", "/a.md", "/b.txt", "/deep/er/c.gmi", "/tags/", "/series/oil/"] {
        assert!(seen.contains(there), "{there} was not crawled: {seen:?}");
    }
    assert!(server.ask_gemini("/a.md").body.contains("[one](drafts/one.md)"));
}

#[test]
fn essay_appears_and_expires_on_its_dates() {
    let in_seconds = |seconds| {
        let when = OffsetDateTime::now_utc() + Duration::from_secs(seconds);
        format!("{}T{:02}:{:02}:{:02}Z", when.date(), when.hour(), when.minute(), when.second())
    };
    let coming = format!("---\ndate: {}\n---\n# Coming\n\nText.\n", in_seconds(3));
    let going = format!("---\ndate: 2024-01-01\nexpiryDate: {}\n---\n# Going\n\nText.\n", in_seconds(3));
    let folder = archive(&[("coming.md", &coming), ("going.md", &going)]);
    // The files are old, so that only the date causes a new snapshot.
    for name in ["coming.md", "going.md"] {
        let file = fs::File::options().write(true).open(folder.path().join(name)).expect("opened");
        file.set_modified(UNIX_EPOCH + Duration::from_secs(1_700_000_000)).expect("dated");
    }
    let started = SystemTime::now();
    let server = Server::start(folder.path());
    let index = server.ask_gemini("/").body;
    if started.elapsed().is_ok_and(|passed| passed < Duration::from_millis(1_500)) {
        assert!(index.contains("Going") && !index.contains("Coming"), "{index}");
    }
    let turned = |index: &String| index.contains("Coming") && !index.contains("Going");
    eventually(SOON, || server.ask_gemini("/").body, turned);
    assert!(server.ask_gemini("/coming.gmi").head.starts_with("20 "));
    assert!(server.ask_gemini("/going.gmi").head.starts_with("51 "));
}
