//! Each client requests the same pages of the sample capsule over each of its protocols: the index, an essay, a
//! section, the search, and a picture.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Terminal, sample, sample_server};
use crate::support::{Server, eventually, lamplit, run, scratch_folder};

const INDEX: &str = "Essays by lamplight";
const ESSAY: &str = "unhurried";
const SECTION: &str = "Films, one at a time";
const PROMPT: &str = "Search Essays by lamplight";
const PICTURE: &str = "images/lamplit.png";

/// Returns the bytes of the picture.
fn picture() -> Vec<u8> {
    fs::read(sample().join(PICTURE)).expect("a picture")
}

/// Returns whether a client has written the picture to `path`.
fn is_saved(path: &Path) {
    let saved = || fs::read(path).unwrap_or_default();
    eventually(super::PATIENCE, saved, |saved| *saved == picture());
}

#[test]
#[ignore = "needs curl: run by .ci/run"]
fn curl_over_gopher_and_over_tls_on_the_same_port() {
    let (folder, sample) = (scratch_folder(), sample());
    let config = folder.path().join("config.toml");
    let text = format!(
        "certs = \"certs\"\n[[capsule]]\ncontent = {:?}\n[gemini]\nlisten = \"127.0.0.1:0\"\n\
         [gopher]\nlisten = \"127.0.0.1:0\"\ntls = true\n",
        sample.display().to_string()
    );
    fs::write(&config, text).expect("writable");
    let mut serve = lamplit();
    serve.arg("serve").arg("--config").arg(config);
    let server = Server::from_command(serve);
    for scheme in ["gopher", "gophers"] {
        let curl = |path: &str| {
            let url = server.gopher(path).replacen("gopher", scheme, 1);
            let output = Command::new("curl").args(["-sSk", "--max-time", "10", &url]).output().expect("curl runs");
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{url}: {error}"); // G10
            output.stdout
        };
        let text = |path: &str| String::from_utf8(curl(path)).expect("UTF-8");
        let index = text("/");
        assert!(index.starts_with(&format!("i{INDEX}\t")) && index.ends_with("\r\n.\r\n"), "{index}");
        let essay = text("/0/films/the-soft-skin.txt");
        assert!(essay.contains(ESSAY) && !essay.ends_with("\r\n.\r\n"), "{essay}");
        assert!(text("/1/films/").starts_with(&format!("i{SECTION}\t")));
        // curl sends a question mark unchanged.
        for search in ["/7/search%09staircase", "/7/search?staircase"] {
            let found = text(search);
            assert!(found.contains("\t/films/") && found.ends_with("\r\n.\r\n"), "{found}"); // G4
        }
        assert_eq!(curl(&format!("/I/{PICTURE}")), picture(), "over {scheme}"); // G14
    }
}

#[test]
#[ignore = "needs lynx and tmux: run by .ci/run"]
fn lynx_over_gopher() {
    let server = sample_server();
    let lynx = |how: &str, path: &str| {
        let mut lynx = Command::new("lynx");
        lynx.args([how, "-width=80", "-display_charset=utf-8", "-connect_timeout=10"]).arg(server.gopher(path));
        lynx
    };
    let index = run(&mut lynx("-dump", "/"));
    assert!(index.contains("(FILE)") && index.contains(INDEX), "{index}");
    let essay = run(&mut lynx("-dump", "/0/films/the-soft-skin.txt"));
    assert!(essay.contains(ESSAY) && essay.contains("References"), "{essay}");
    assert!(essay.lines().all(|line| line.chars().count() <= 80), "a line was wrapped by lynx:\n{essay}"); // G2
    let section = run(&mut lynx("-dump", "/1/films/"));
    assert!(section.contains(SECTION) && section.contains("(FILE)"), "{section}");
    let home = scratch_folder();
    Terminal::start(home.path(), &["lynx", &server.gopher("/7/search")]).shows("Enter a database query");
    let found = run(&mut lynx("-dump", "/7/search?staircase"));
    assert!(found.contains("(FILE)"), "{found}"); // G4
    let source = lynx("-source", &format!("/I/{PICTURE}")).output().expect("lynx runs");
    assert_eq!(source.stdout, picture());
}

#[test]
#[ignore = "needs bombadillo and tmux: run by .ci/run"]
fn bombadillo_over_both_protocols() {
    let server = sample_server();
    let home = scratch_folder();
    let opened = |url: String| Terminal::start(home.path(), &["bombadillo", &url]);
    opened(server.gemini("/")).shows(INDEX);
    opened(server.gemini("/films/the-soft-skin.gmi")).shows("The Soft Skin");
    opened(server.gemini("/films/")).shows(SECTION);
    opened(server.gemini("/search")).shows("a phrase");
    // It draws pictures in Braille.
    opened(server.gemini(&format!("/{PICTURE}"))).shows("⠂⠁⠄");
    opened(server.gopher("/")).shows(INDEX);
    opened(server.gopher("/0/films/the-soft-skin.txt")).shows("The Soft Skin");
    opened(server.gopher("/1/films/")).shows(SECTION);
    let menu = opened(server.gopher("/"));
    menu.shows("Search");
    let screen = menu.screen();
    let line = screen.lines().find(|line| line.ends_with("Search")).expect("the search");
    let number = line.split(['[', ']']).nth(1).expect("a number").trim();
    menu.press(&[":"]);
    menu.press(&["-l", number]);
    menu.press(&["Enter"]);
    menu.shows("??");
    menu.press(&["-l", "staircase"]);
    menu.press(&["Enter"]);
    menu.shows("Search: staircase"); // G4
    opened(server.gopher(&format!("/I/{PICTURE}"))).shows("⠂⠁⠄");
}

#[test]
#[ignore = "needs amfora and tmux: run by .ci/run"]
fn amfora_over_gemini() {
    let server = sample_server();
    let home = scratch_folder();
    let opened = |path: &str| Terminal::start(home.path(), &["amfora", &server.gemini(path)]);
    opened("/").shows(INDEX);
    opened("/films/the-soft-skin.gmi").shows("The Soft Skin");
    opened("/films/").shows(SECTION);
    opened("/search").shows(PROMPT);
    // At times its dialog for a file does not have the focus: its frame is thin then.
    let asked = (0..10).map(|_| {
        let terminal = opened(&format!("/{PICTURE}"));
        terminal.shows("Download");
        terminal
    });
    let mut listening = asked.skip_while(|terminal| !terminal.screen().contains('╔'));
    let terminal = listening.next().expect("it listens sooner or later");
    terminal.press(&["Right", "Enter"]);
    is_saved(&home.path().join("Downloads/lamplit.png"));
}

/// The client of the University of Minnesota: it opens with a request for Gopher+ attributes (G5).
#[test]
#[ignore = "needs gopher and tmux: run by .ci/run"]
fn the_umn_client_over_gopher() {
    let server = sample_server();
    let home = scratch_folder();
    let port = server.gopher("").rsplit(':').next().expect("a port").to_owned();
    let opened = |kind: &str, selector: &str| {
        Terminal::start(home.path(), &["gopher", "-t", "lamplit.png", "-T", kind, "-p", selector, "localhost", &port])
    };
    let terminal = opened("1", "");
    // It shows a greeting at the first start.
    terminal.shows("Press RETURN");
    terminal.press(&["Enter"]);
    terminal.shows(INDEX);
    terminal.press(&["Enter"]);
    terminal.shows(ESSAY);
    opened("1", "/films/").shows(SECTION);
    opened("0", "/films/the-soft-skin.txt").shows(ESSAY);
    opened("7", "/search").shows("search for");
    let terminal = opened("I", &format!("/{PICTURE}"));
    terminal.shows("<s> to save");
    terminal.press(&["s"]);
    terminal.shows("lamplit.png");
    terminal.press(&["Enter"]);
    is_saved(&home.path().join("lamplit.png"));
}

#[test]
#[ignore = "needs sacc and tmux: run by .ci/run"]
fn sacc_over_gopher() {
    let server = sample_server();
    let home = scratch_folder();
    // It leaves text to a pager.
    let (pager, shown) = (home.path().join("pager"), home.path().join("shown"));
    fs::write(&pager, "#!/bin/sh\ncat > \"$HOME/shown\"\n").expect("writable");
    fs::set_permissions(&pager, fs::Permissions::from_mode(0o700)).expect("ours");
    let opened = |path: &str| Terminal::start(home.path(), &["sacc", &server.gopher(path)]);
    let terminal = opened("/1/");
    terminal.shows(INDEX);
    terminal.press(&["J", "l"]);
    let text = || fs::read_to_string(&shown).unwrap_or_default();
    // The first link is in the introduction.
    eventually(super::PATIENCE, text, |text| text.contains(ESSAY));
    fs::remove_file(&shown).expect("written by the pager");
    opened("/1/films/").shows(SECTION);
    let _terminal = opened("/0/films/the-soft-skin.txt");
    eventually(super::PATIENCE, text, |text| text.contains(ESSAY));
    opened("/7/search").shows("search");
    let terminal = opened(&format!("/I/{PICTURE}"));
    terminal.shows("Download");
    let saved = home.path().join("saved.png");
    terminal.press(&["-l", &saved.display().to_string()]);
    terminal.press(&["Enter"]);
    is_saved(&saved);
}

/// A client that runs in Emacs.
#[test]
#[ignore = "needs emacs with elpher: run by .ci/run"]
fn elpher_over_gopher() {
    let server = sample_server();
    let home = scratch_folder();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/clients/elpher.el");
    let saved = home.path().join("saved.png");
    let mut emacs = Command::new("timeout");
    emacs.args(["60", "emacs", "--batch", "-l"]).arg(script).env("HOME", home.path()).env("LANG", "C.UTF-8");
    for path in ["/", "/0/films/the-soft-skin.txt", "/1/films/"] {
        emacs.args([&server.gopher(path), ""]);
    }
    emacs.args([&server.gopher("/7/search"), "staircase"]);
    emacs.arg(server.gopher(&format!("/I/{PICTURE}"))).arg(&saved);
    let shown = run(&mut emacs);
    for expected in [INDEX, ESSAY, SECTION, "Search: staircase"] {
        assert!(shown.contains(expected), "`{expected}` is missing in:\n{shown}");
    }
    is_saved(&saved);
}

/// Returns what a client without a screen prints.
fn printed(program: &str, arguments: &[&str], home: &Path) -> String {
    let mut client = Command::new("timeout");
    client.args(["30", program]).args(arguments).stdin(Stdio::null());
    run(client.env("HOME", home).env("LANG", "C.UTF-8").env_remove("XDG_CONFIG_HOME").env_remove("XDG_CACHE_HOME"))
}

#[test]
#[ignore = "needs offpunk: run by .ci/run"]
fn offpunk_over_both_protocols() {
    let server = sample_server();
    let home = scratch_folder();
    let shown = |url: String| printed("offpunk", &["--command", &format!("go {url}"), "quit"], home.path());
    for (url, expected) in [
        (server.gemini("/"), INDEX),
        (server.gemini("/films/the-soft-skin.gmi"), ESSAY),
        (server.gemini("/films/"), SECTION),
        (server.gemini("/search?staircase"), "Search: staircase"),
        (server.gopher("/"), INDEX),
        (server.gopher("/0/films/the-soft-skin.txt"), ESSAY),
        (server.gopher("/1/films/"), SECTION),
    ] {
        let screen = shown(url.clone());
        assert!(screen.contains(expected), "{url}:\n{screen}");
    }
    for url in [server.gemini(&format!("/{PICTURE}")), server.gopher(&format!("/I/{PICTURE}"))] {
        let kept = printed("netcache", &["--path", &url], home.path());
        is_saved(Path::new(kept.lines().last().unwrap_or_default()));
    }
}

#[test]
#[ignore = "needs agunua: run by .ci/run"]
fn agunua_over_gemini() {
    let server = sample_server();
    let home = scratch_folder();
    for (path, expected) in [
        ("/", INDEX),
        ("/films/the-soft-skin.gmi", ESSAY),
        ("/films/", SECTION),
        ("/search", PROMPT),
        ("/search?staircase", "# Search: staircase"),
    ] {
        let printed = printed("agunua", &[&server.gemini(path)], home.path());
        assert!(printed.contains(expected), "{path}:\n{printed}");
    }
    let mut agunua = Command::new("agunua");
    let output = agunua.arg(server.gemini(&format!("/{PICTURE}"))).env("HOME", home.path()).output();
    assert!(output.expect("agunua runs").stdout.starts_with(&picture()));
}

/// The client of a library; it prints text only.
#[test]
#[ignore = "needs wasat: run by .ci/run"]
fn wasat_over_gemini() {
    let server = sample_server();
    let home = scratch_folder();
    let shown = |arguments: &[&str]| printed("wasat", arguments, home.path());
    for (path, expected) in [
        ("/", INDEX),
        ("/films/the-soft-skin.gmi", ESSAY),
        ("/films/", SECTION),
        ("/search?staircase", "# Search: staircase"),
    ] {
        let printed = shown(&[&server.gemini(path)]);
        assert!(printed.contains(expected), "{path}:\n{printed}");
    }
}

#[test]
#[ignore = "needs rogallo and tmux: run by .ci/run"]
fn rogallo_over_both_protocols() {
    let server = sample_server();
    let home = scratch_folder();
    let opened = |url: String| Terminal::start(home.path(), &["rogallo", "open", &url]);
    opened(server.gemini("/")).shows(INDEX);
    opened(server.gemini("/films/the-soft-skin.gmi")).shows("The Soft Skin");
    opened(server.gemini("/films/")).shows(SECTION);
    opened(server.gemini("/search?staircase")).shows("Search: staircase");
    opened(server.gopher("/")).shows(INDEX);
    opened(server.gopher("/0/films/the-soft-skin.txt")).shows("The Soft Skin");
    opened(server.gopher("/1/films/")).shows(SECTION);
}

/// Feed readers that fetch over Gemini with another program.
#[test]
#[ignore = "needs newsboat and sfeed: run by .ci/run"]
fn newsboat_and_sfeed_read_the_feed() {
    const TITLE: &str = "The Soft Skin — an affair run against the clock";
    let server = sample_server();
    let home = scratch_folder();
    let (urls, cache) = (home.path().join("urls"), home.path().join("cache"));
    let get = format!("{} get {}", env!("CARGO_BIN_EXE_lamplit"), server.gemini("/atom.xml"));
    fs::write(&urls, format!("\"exec:{get}\"\n")).expect("writable");
    let newsboat = |command: &str| {
        let files = ["-u", &urls.display().to_string(), "-c", &cache.display().to_string()];
        printed("newsboat", &[&files[..], &["-x", command]].concat(), home.path())
    };
    newsboat("reload");
    assert_eq!(newsboat("print-unread").trim(), "13 unread articles");
    let listed = printed("sh", &["-c", &format!("{get} | sfeed | sfeed_plain")], home.path());
    assert!(listed.contains(TITLE) && listed.contains("2024-05-01"), "{listed}");
}

/// A graphical client on a virtual screen. The title of its window is that of the page.
#[test]
#[ignore = "needs kristall, xvfb-run and xdotool: run by .ci/run"]
fn kristall_over_both_protocols() {
    let server = sample_server();
    let home = scratch_folder();
    let script = home.path().join("tour.sh");
    fs::write(&script, include_str!("kristall.sh")).expect("writable");
    let settings = home.path().join(".config/kristall");
    fs::create_dir_all(&settings).expect("writable");
    fs::write(settings.join("config.ini"), "[Protocols]\ngemini=true\ngopher=true\n").expect("writable");
    // Address, what is typed into the prompt, and the title; over Gopher that is the last part of the address.
    let tour = [
        (server.gemini("/"), "", INDEX),
        (server.gemini("/films/the-soft-skin.gmi"), "", "The Soft Skin"),
        (server.gemini("/films/"), "", SECTION),
        (server.gemini("/search"), "staircase", "Search: staircase"),
        (server.gemini(&format!("/{PICTURE}")), "", "lamplit.png"),
        (server.gopher("/"), "", "localhost"),
        (server.gopher("/0/films/the-soft-skin.txt"), "", "the-soft-skin.txt"),
        (server.gopher("/1/films/"), "", "localhost"),
        (server.gopher("/7/search"), "staircase", "search"),
        (server.gopher(&format!("/I/{PICTURE}")), "", "lamplit.png"),
    ];
    let mut command = Command::new("timeout");
    command.args(["120", "xvfb-run", "-a", "-s", "-screen 0 1000x800x24", "sh"]).arg(&script);
    for (url, typed, expected) in &tour {
        command.args([url, *typed, *expected]);
    }
    command.env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path()).env("QT_QPA_PLATFORM", "xcb");
    let said = run(&mut command);
    assert_eq!(said.lines().filter(|line| line.starts_with("shown: ")).count(), tour.len(), "{said}");
    for asked in [
        "menu served / ",
        "text served /films/the-soft-skin.txt ",
        "menu served /films/ ",
        "menu served /search ",
        "file served /images/",
    ] {
        eventually(super::PATIENCE, || server.said(), |log| log.contains(&format!("gopher - {asked}")));
    }
}
