//! The access log of the program: where its lines go, and that writing them delays no reader.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::{Server, ask_gopher, eventually, lamplit, run, scratch_folder, serve};

const PATIENCE: Duration = Duration::from_secs(20);

/// A server with `log` in its table `[log]`, and its folders.
struct Home {
    folder: TempDir,
    server: Server,
}

impl Home {
    fn new(log: &str) -> Self {
        let folder = scratch_folder();
        let content = folder.path().join("essays");
        fs::create_dir(&content).expect("writable");
        fs::write(content.join("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
        let config = format!(
            "certs = \"keys\"\n[[capsule]]\ncontent = \"essays\"\n[gemini]\nlisten = \"127.0.0.1:0\"\n\
             [gopher]\nlisten = \"127.0.0.1:0\"\n[limits]\ngrace = 1\n[log]\n{log}\n"
        );
        fs::write(folder.path().join("lamplit.toml"), config).expect("writable");
        let mut command = lamplit();
        command.args(["serve", "--config"]).arg(folder.path().join("lamplit.toml"));
        let server = Server::from_command(command);
        Self { folder, server }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Requests the page at `selector`, whose lookup is logged even if it does not exist.
    fn ask(&self, selector: &str) -> String {
        ask_gopher(self.server.gopher_address(), selector)
    }
}

/// Returns the resources that the log at `path` names, in order.
fn logged(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| line.split(' ').nth(5).unwrap_or_default().to_owned()).collect()
}

#[test]
fn log_file_is_created_again_after_a_rename() {
    for signal in ["HUP", "USR1"] {
        let home = Home::new("file = \"access.log\"");
        let (log, moved) = (home.path("access.log"), home.path("access.log.1"));
        home.ask("/owls.txt");
        eventually(PATIENCE, || logged(&log), |seen| seen == &["/owls.txt"]);
        assert!(!home.server.said().contains("/owls.txt"), "lines go to one place");
        fs::rename(&log, &moved).expect("writable");
        home.server.signal(signal);
        eventually(PATIENCE, || log.exists(), |exists| *exists);
        for number in 0..20 {
            home.ask(&format!("/no-{number:02}"));
        }
        // What was asked for last is written before the end.
        let Home { folder, server } = home;
        assert!(server.stop().success());
        let expected: Vec<String> = (0..20).map(|number| format!("/no-{number:02}")).collect();
        let mut seen = logged(&log);
        seen.sort();
        assert_eq!((logged(&moved), seen), (vec!["/owls.txt".to_owned()], expected), "{signal}");
        drop(folder);
    }
}

#[test]
fn connection_cut_off_at_shutdown_is_logged() {
    let home = Home::new("file = \"access.log\"");
    let mut idle = TcpStream::connect(home.server.gopher_address()).expect("it listens");
    idle.write_all(b"/ow").expect("it reads");
    home.ask("/owls.txt");
    let Home { folder, server } = home;
    assert!(server.stop().success());
    let log = fs::read_to_string(folder.path().join("access.log")).expect("a log");
    let endings: Vec<&str> = log.lines().filter_map(|line| line.rsplit(' ').next()).collect();
    assert_eq!(endings, ["whole", "stopped"]);
}

#[test]
fn unwritable_log_does_not_delay_readers() {
    let pipes = scratch_folder();
    let pipe = pipes.path().join("fifo");
    run(Command::new("mkfifo").arg(&pipe));
    for (file, said) in [
        ("no/such/folder/log", "cannot be opened"),
        ("/dev/full", "could not be written"),
        (pipe.to_str().expect("UTF-8"), "start the program that reads this FIFO"),
        ("essays", "cannot be opened"),
    ] {
        let home = Home::new(&format!("file = \"{file}\""));
        for _ in 0..3 {
            assert!(home.ask("/owls.txt").contains("They call"));
        }
        let told = eventually(PATIENCE, || home.server.said(), |text| text.contains(said));
        assert_eq!(told.matches("lines of the access log").count().max(1), 1, "{told}");
        assert!(home.ask("/owls.txt").contains("They call"));
        assert!(home.server.stop().success());
    }
}

#[test]
fn log_in_the_content_folder_is_not_published() {
    let folder = scratch_folder();
    let config = folder.path().join("lamplit.toml");
    fs::write(&config, "[[capsule]]\ncontent = \"essays\"\n[log]\nfile = \"essays/log\"\n").expect("writable");
    let output = lamplit().args(["config", "--config"]).arg(&config).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(64), "{said}");
    assert!(said.contains("lamplit.toml:4:8") && said.contains("inside the content folder"), "{said}");
}

#[test]
fn written_log_is_counted_by_stats() {
    for format in ["text", "json"] {
        let home = Home::new(&format!("file = \"access.log\"\naddresses = \"full\"\nformat = \"{format}\""));
        for selector in ["/owls.txt", "/owls.txt", "/atom.xml", "/no-such", "/", ""] {
            home.ask(selector);
        }
        assert!(home.server.ask_gemini("/owls.gmi").head.starts_with("20 "));
        assert!(home.server.ask_gemini("/owls").head.starts_with("31 "));
        let Home { folder, server } = home;
        assert!(server.stop().success());
        let log = folder.path().join("access.log");
        let shown = run(lamplit().arg("stats").arg(&log));
        for expected in [
            "8 requests on ",
            "6 gopher, 2 gemini",
            "6 served, 1 redirected, 1 not-found",
            "\nessays read\n    3  /owls\n",
            "\nfeeds fetched\n    1  /atom.xml\n",
            "\nnot found\n    1  /no-such\n",
        ] {
            assert!(shown.contains(expected), "{format}: `{expected}` is missing in:\n{shown}");
        }
        let json = run(lamplit().args(["stats", "--json"]).stdin(fs::File::open(&log).expect("a log")));
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!((&json["requests"], &json["other_lines"]), (&8.into(), &0.into()));
        assert!(!json.to_string().contains("127.0.0.1"));
    }
}

/// A full pipe as standard error delays neither replies nor publishing nor the shutdown.
#[test]
fn full_standard_error_does_not_delay_readers() {
    let (folder, certs) = (scratch_folder(), scratch_folder());
    let page = |name: &str| folder.path().join(name);
    fs::write(page("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    let mut process = serve(folder.path(), certs.path()).spawn().expect("started");
    let mut said = BufReader::new(process.stderr.take().expect("piped"));
    let (mut line, mut gopher) = (String::new(), None);
    while !line.starts_with("ready") {
        line.clear();
        assert!(said.read_line(&mut line).expect("text") > 0, "it ended before it was ready");
        let port = line.split_once("gopher://localhost:").and_then(|(_, rest)| rest.split(['/', ' ']).next());
        gopher = gopher.or_else(|| port?.trim().parse().ok());
    }
    let gopher = (Ipv4Addr::LOCALHOST, gopher.expect("the banner says the port")).into();
    // A pipe holds 64 KiB on Linux, and each request is a line.
    let selector = format!("/{}", "x".repeat(200));
    for _ in 0..400 {
        assert!(ask_gopher(gopher, &selector).starts_with('3'));
    }
    fs::write(page("broken.md"), "---\ntitle: [\n---\nWords.\n").expect("writable");
    for edition in 0..2 {
        fs::write(page("larks.md"), format!("# Larks\n\nEdition {edition}.\n")).expect("writable");
        let words = format!("Edition {edition}.");
        eventually(PATIENCE, || ask_gopher(gopher, "/larks.txt"), |page| page.contains(&words));
    }
    run(Command::new("sh").arg("-c").arg(format!("kill -TERM {}", process.id())));
    let ended = eventually(PATIENCE, || process.try_wait().expect("our child"), Option::is_some);
    assert_eq!(ended.and_then(|status| status.code()), Some(0));
    drop(said);
}
