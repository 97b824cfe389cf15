//! `lamplit serve`: startup, publishing, shutdown and failures.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use lamplit::app::{gopher_moved, shell_quoted};
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

use crate::support::{Server, ask_gopher, ended, eventually, lamplit, run, scratch_folder, serve};

/// A change is published within a second on a machine with nothing else to do; the rest is for the tests
/// that run beside this one.
const PUBLISHED: Duration = Duration::from_secs(5);

const OWLS: &str = "---\ntitle: Owls at night\ndate: 2024-05-01\n---\n\nThey call twice, then wait.\n";
const MOTHS: &str = "---\ntitle: Moths\ndate: 2024-06-01\n---\n\nThe lamp is theirs, not ours.\n";

fn archive(files: &[(&str, &str)]) -> TempDir {
    let folder = scratch_folder();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("writable");
    }
    folder
}

#[test]
fn folder_of_essays_is_served_over_both_protocols() {
    let folder = archive(&[("index.md", "# Night notes\n\nWhat happens after dark.\n"), ("owls.md", OWLS)]);
    let server = Server::start(folder.path());

    let index = server.ask_gemini("/");
    assert!(index.head.starts_with("20 text/gemini"), "{index:?}");
    assert!(index.body.starts_with("# Night notes\n"), "{index:?}");
    assert!(index.body.contains("owls.gmi 2024-05-01 Owls at night"), "{index:?}");
    let essay = server.ask_gemini("/owls.gmi");
    assert!(essay.head.starts_with("20 text/gemini"), "{essay:?}");
    assert!(essay.body.starts_with("# Owls at night\n\nThey call twice, then wait.\n"), "{essay:?}");
    assert!(server.ask_gemini("/bats.gmi").head.starts_with("51 "));
    let get = |url: &str| run(lamplit().args(["get", url]));
    assert_eq!(get(&server.gemini("/owls.gmi")), essay.body);
    assert!(get(&server.gopher("/0/owls.txt")).contains("They call twice"));

    let menu = server.ask_gopher("");
    assert!(menu.contains("Night notes") && menu.ends_with("\r\n.\r\n"), "{menu}");
    assert!(menu.contains("02024-05-01 Owls at night\t/owls.txt\tlocalhost\t"), "{menu}");
    let text = server.ask_gopher("/owls.txt");
    assert!(text.starts_with("Owls at night\r\n") && text.contains("They call twice"), "{text}");
}

#[test]
fn startup_message_names_addresses_and_key() {
    let folder = archive(&[("owls.md", OWLS), ("draft.md", "---\ndraft: true\n---\n\nNot yet.\n")]);
    let server = Server::start(folder.path());
    let said = server.said();
    let banner: Vec<&str> = said
        .lines()
        .scan(false, |ready, line| {
            (!*ready).then(|| {
                *ready = line.starts_with("ready");
                line
            })
        })
        .collect();
    assert!(banner.len() <= 12, "{said}");
    for expected in [
        "1 essay",
        "1 draft",
        "gemini://localhost:",
        "gopher://localhost:",
        "localhost.pem",
        "localhost, 127.0.0.1, ::1; until ",
    ] {
        assert!(banner.iter().any(|line| line.contains(expected)), "`{expected}` is missing in:\n{said}");
    }
    let hex = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert_eq!(said.split_whitespace().filter(|word| hex(word)).count(), 2, "two fingerprints in:\n{said}");
}

#[test]
fn startup_message_sums_up_the_capsule_in_numbers() {
    let draft = "---\ndraft: true\n---\n\nNot yet.\n";
    let folder = archive(&[("owls.md", OWLS), ("c.md", draft), ("d.md", draft), ("e.md", "---\ntitle: [\n---\n")]);
    fs::create_dir(folder.path().join("insects")).expect("writable");
    fs::write(folder.path().join("insects/moths.md"), MOTHS).expect("writable");
    let said = Server::start(folder.path()).said();
    let expected = "2 essays in 1 section, 2 drafts hidden, 1 file left out · from ";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn saved_file_is_published() {
    let folder = archive(&[("owls.md", OWLS)]);
    let server = Server::start(folder.path());
    let file = |name: &str| folder.path().join(name);
    let essay = |address: &str, expected: &str| {
        eventually(PUBLISHED, || server.ask_gopher(address), |text| text.contains(expected));
    };
    let indexes = |present: &[&str], absent: &[&str]| {
        for page in [server.ask_gemini("/").body, server.ask_gopher("")] {
            assert!(present.iter().all(|title| page.contains(title)), "{page}");
            assert!(!absent.iter().any(|title| page.contains(title)), "{page}");
        }
    };
    essay("/owls.txt", "They call twice");

    fs::write(file("owls.md"), OWLS.replace("twice", "three times")).expect("writable");
    essay("/owls.txt", "They call three times");
    assert!(server.ask_gemini("/owls.gmi").body.contains("They call three times")); // G13

    fs::write(file("moths.md"), MOTHS).expect("writable");
    essay("/moths.txt", "The lamp is theirs");
    indexes(&["Owls at night", "Moths"], &[]);

    // As editors do that write a temporary file and rename it.
    fs::write(file(".moths.md.swp"), MOTHS.replace("theirs", "nobody's")).expect("writable");
    fs::rename(file(".moths.md.swp"), file("moths.md")).expect("same folder");
    essay("/moths.txt", "The lamp is nobody's");

    fs::create_dir(file("insects")).expect("writable");
    fs::rename(file("moths.md"), file("insects/moths.md")).expect("same file system");
    essay("/insects/moths.txt", "The lamp is nobody's");
    fs::write(file("insects/moths.md"), MOTHS).expect("writable");
    essay("/insects/moths.txt", "The lamp is theirs");

    fs::remove_file(file("owls.md")).expect("writable");
    eventually(PUBLISHED, || server.ask_gemini("/owls.gmi").head, |head| head.starts_with("51 "));
    indexes(&["Moths"], &["Owls at night"]);
}

#[test]
fn broken_essay_is_reported_and_its_last_version_served() {
    let folder = archive(&[("owls.md", OWLS)]);
    let server = Server::start(folder.path());
    fs::write(folder.path().join("owls.md"), "---\ntitle: [\"Owls\ndate: 2024-05-01\n---\n\nHalf done.\n")
        .expect("writable");
    // Once the other file is served, the broken one has been read too.
    fs::write(folder.path().join("moths.md"), MOTHS).expect("writable");
    eventually(PUBLISHED, || server.ask_gopher("/moths.txt"), |text| text.contains("The lamp is theirs"));
    let broken = |said: &String| said.contains("--> owls.md:") && said.contains('^');
    eventually(PUBLISHED, || server.said(), broken);
    assert!(server.ask_gemini("/owls.gmi").body.contains("They call twice"));
    assert!(server.ask_gopher("").contains("Owls at night"));
    // Standard error is no terminal here, so there are no colours.
    let said = eventually(PUBLISHED, || server.said(), |said| said.contains("published"));
    assert!(said.contains("published +/moths.md in ") && !said.contains("/owls.md"), "{said}");
    assert!(said.contains("keep the last good version") && !said.contains('\u{1b}'), "{said}");

    fs::write(folder.path().join("owls.md"), OWLS.replace("twice", "once")).expect("writable");
    eventually(PUBLISHED, || server.ask_gopher("/owls.txt"), |text| text.contains("They call once"));
}

#[test]
fn removed_folder_leaves_the_last_snapshot() {
    let parent = scratch_folder();
    let folder = parent.path().join("essays");
    fs::create_dir(&folder).expect("writable");
    fs::write(folder.join("owls.md"), OWLS).expect("writable");
    let server = Server::start(&folder);
    let away = parent.path().join("away");
    fs::rename(&folder, &away).expect("same file system");
    server.signal("HUP");
    assert!(server.ask_gopher("/owls.txt").contains("They call twice"));
    fs::write(away.join("owls.md"), OWLS.replace("twice", "again")).expect("writable");
    fs::rename(&away, &folder).expect("same file system");
    server.signal("HUP");
    eventually(PUBLISHED, || server.ask_gopher("/owls.txt"), |text| text.contains("They call again"));
}

#[test]
fn key_survives_restarts_and_shutdown_exits_with_0() {
    let (folder, certs) = (archive(&[("owls.md", OWLS)]), scratch_folder());
    let fingerprints = || {
        let mut show = lamplit();
        run(show.args(["cert", "show", "--hostname", "localhost", "--certs"]).arg(certs.path()))
    };
    let first = Server::start_with_keys(folder.path(), certs.path());
    let shown = fingerprints();
    assert!(first.stop().success());
    let second = Server::start_with_keys(folder.path(), certs.path());
    assert_eq!(fingerprints(), shown);
    assert!(second.ask_gemini("/owls.gmi").body.contains("They call twice"));
    assert!(second.stop().success());
}

#[test]
fn killed_first_start_leaves_no_key_or_a_complete_one() {
    let folder = archive(&[("owls.md", OWLS)]);
    for round in 0..24 {
        let certs = scratch_folder();
        let mut killed = serve(folder.path(), certs.path()).spawn().expect("the program starts");
        // Each round kills the server at another instant.
        thread::sleep(Duration::from_millis(round));
        killed.kill().expect("it is our child");
        killed.wait().expect("it is our child");
        let key = certs.path().join("localhost.pem");
        let before = fs::read(&key).ok();
        let server = Server::start_with_keys(folder.path(), certs.path());
        let after = fs::read(&key).expect("there is a key now");
        assert!(before.is_none_or(|before| before == after), "round {round}: another key");
        let entries = fs::read_dir(certs.path()).expect("a folder").count();
        assert_eq!(entries, 1, "round {round}: a stray file");
        assert_eq!(fs::metadata(&key).expect("it is there").permissions().mode() & 0o777, 0o600);
        drop(server);
    }
}

#[test]
fn content_folder_is_never_written() {
    let folder = archive(&[("owls.md", OWLS), ("moths.md", MOTHS)]);
    let before = snapshot(folder.path());
    let server = Server::start(folder.path());
    assert!(server.ask_gemini("/").head.starts_with("20 "));
    server.signal("HUP");
    assert!(server.ask_gopher("/owls.txt").contains("They call twice"));
    assert!(server.stop().success());
    assert_eq!(snapshot(folder.path()), before); // C10
}

/// Returns each name with the time of its last change, the folder itself included.
fn snapshot(folder: &Path) -> BTreeMap<String, (i64, i64)> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .chain([folder.to_owned()])
        .map(|path| {
            let metadata = fs::metadata(&path).expect("it is there");
            (path.display().to_string(), (metadata.ctime(), metadata.ctime_nsec()))
        })
        .collect()
}

#[test]
fn failed_start_exits_with_a_message() {
    let folder = archive(&[("owls.md", OWLS)]);

    let certs = scratch_folder();
    let key = certs.path().join("localhost.pem");
    fs::write(&key, "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n").expect("writable");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("ours");
    let output = ended(&mut serve(folder.path(), certs.path()));
    stops(&output, 1, &["localhost.pem", "hint: "]);
    assert!(fs::read_to_string(&key).expect("still there").ends_with("MIGHAgEAMBMGByqGSM49\n"));

    let certs = scratch_folder().path().join("certs");
    let output = ended(&mut serve(Path::new("no-such-folder"), &certs));
    stops(&output, 1, &["`no-such-folder` cannot be read", "hint: "]);
    assert!(!certs.exists(), "a mistyped folder leaves no key");

    let config = folder.path().join("lamplit.toml");
    fs::write(&config, "[[capsule]]\nhostnam = \"example.org\"\ncontent = \".\"\n[gopher]\nwidth = 1\n")
        .expect("writable");
    let output = ended(lamplit().args(["serve", "--config"]).arg(&config));
    stops(&output, 64, &["lamplit.toml:2:1", "did you mean `hostname`?", "lamplit.toml:5:9"]);

    for arguments in [&["serve", "--nonsense"][..], &["serve", "a", "--gemini", "nowhere"]] {
        let output = ended(lamplit().args(arguments));
        stops(&output, 64, &["error"]);
    }
    let empty = scratch_folder();
    let output = ended(lamplit().arg("serve").current_dir(empty.path()));
    stops(&output, 64, &["hint: name a folder"]);
}

#[test]
fn configuration_in_force_is_printed() {
    let arguments = ["config", "/essays", "--hostname", "example.org", "--gopher", "off", "--certs", "/keys"];
    let shown = run(lamplit().args(arguments));
    for expected in ["content = \"/essays\"", "hostname = \"example.org\"", "enabled = false", "\"[::]:1965\""] {
        assert!(shown.contains(expected), "`{expected}` is missing in:\n{shown}");
    }
}

fn stops(output: &Output, code: i32, expected: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(output.stdout.is_empty(), "words belong on standard error");
    for expected in expected {
        assert!(stderr.contains(expected), "`{expected}` is missing in:\n{stderr}");
    }
}

/// Descriptors that the program may open; five times as many clients hold a connection.
const FILES: usize = 128;
const HOLDING: usize = 5 * FILES;

/// Returns a connection from one of the addresses 127.1.0.1 to 127.1.0.100.
fn from_elsewhere(number: usize, to: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let home = Ipv4Addr::new(127, 1, 0, u8::try_from(number % 100 + 1).expect("at most 100"));
    socket.bind(&SocketAddr::from((home, 0)).into()).expect("all of 127/8 is this machine");
    socket.connect(&to.into()).expect("it listens");
    socket.into()
}

/// C1, C2: idle connections are closed for new ones, no reader is refused, and the log has few warnings.
#[test]
fn readers_are_served_while_descriptors_run_out() {
    rlimit::increase_nofile_limit(u64::MAX).expect("a limit");
    let (folder, certs) = (scratch_folder(), scratch_folder());
    fs::write(folder.path().join("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    let plain = serve(folder.path(), certs.path());
    let mut limited = Command::new("sh");
    limited.arg("-c").arg(format!("ulimit -n {FILES} && exec \"$0\" \"$@\""));
    limited.arg(plain.get_program()).args(plain.get_args());
    let server = Server::from_command(limited);
    let gopher = server.gopher_address();
    let page = || ask_gopher(gopher, "/owls.txt").contains("They call");
    let mut holding = Vec::new();
    for number in 0..HOLDING {
        let mut stream = from_elsewhere(number, if number % 2 == 0 { gopher } else { server.gemini_address() });
        stream.write_all(&[0x16, 3, 1][..number % 4]).or_else(|_| stream.write_all(b"")).expect("hung up on at most");
        holding.push(stream);
        if number % 32 == 0 {
            assert!(page(), "after {number} who hold on");
        }
    }
    assert!(page() && server.ask_gemini("/owls.gmi").body.contains("They call"));
    let said = server.said();
    assert!(said.contains("may open 128 files, which is enough for 45 connections"), "{said}");
    let warnings = said.lines().filter(|line| line.contains("WARN")).count();
    assert!((1..10).contains(&warnings), "{warnings} warnings:\n{said}");
    drop(holding);
    assert!(server.stop().success());
}

/// C2: descriptors are left for everything else, a quarter of them for attachments.
#[test]
fn connections_are_lowered_to_what_the_descriptors_allow() {
    for (files, connections, expected) in
        [(256, 1024, Some(141)), (1024, 1024, Some(717)), (1024, 717, None), (1024, 500, None)]
    {
        let (folder, certs) = (scratch_folder(), scratch_folder());
        fs::write(folder.path().join("lamplit.toml"), format!("[limits]\nconnections = {connections}\n"))
            .expect("writable");
        let mut plain = serve(folder.path(), certs.path());
        plain.arg("--config").arg(folder.path().join("lamplit.toml"));
        let mut limited = Command::new("sh");
        limited.arg("-c").arg(format!("ulimit -n {files} && exec \"$0\" \"$@\""));
        limited.arg(plain.get_program()).args(plain.get_args());
        let server = Server::from_command(limited);
        let said = server.said();
        let warning = expected.map(|number| format!("enough for {number} connections at once"));
        match warning {
            Some(warning) => assert!(said.contains(&warning), "{files}: {said}"),
            None => assert!(!said.contains("enough for"), "{files}: {said}"),
        }
        assert!(server.stop().success());
    }
}

/// Drafts are shown on this machine only.
#[test]
fn drafts_are_refused_to_other_machines() {
    let (folder, certs) = (scratch_folder(), scratch_folder());
    fs::write(folder.path().join("a.md"), "---\ndraft: true\n---\n# A lamp\n\nText.\n").expect("writable");
    let server = Server::from_command({
        let mut command = serve(folder.path(), certs.path());
        command.arg("--drafts");
        command
    });
    assert!(server.ask_gemini("/").body.contains("=> /a.gmi [draft] A lamp"));
    assert!(server.said().contains("Drafts and future essays are shown"), "{}", server.said());
    for (host, gemini, gopher) in [
        ("localhost", "0.0.0.0:0", "127.0.0.1:0"),
        ("localhost", "[::]:0", "127.0.0.1:0"),
        ("localhost", "127.0.0.1:0", "0.0.0.0:0"),
        ("example.org", "127.0.0.1:0", "127.0.0.1:0"),
    ] {
        let mut command = lamplit();
        command.arg("serve").arg(folder.path()).args(["--drafts", "--hostname", host, "--gemini", gemini]);
        command.args(["--gopher", gopher, "--certs"]).arg(certs.path());
        let output = ended(&mut command);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(64), "{host} {gemini} {gopher}: {stderr}");
        assert!(stderr.contains("on this machine only") && stderr.contains("hint: "), "{stderr}");
    }
}

/// On its own, because few test systems refuse port 70; the other cases are tested with the real program.
#[test]
fn missing_privilege_for_the_default_port_is_explained_with_a_command() {
    let program = std::env::current_exe().expect("this test").display().to_string();
    let begins = "Gopher is on port 7070, because";
    let command = format!("`sudo setcap cap_net_bind_service=+ep {}`", shell_quoted(&program));
    let denied = format!("{begins} 70 needs a privilege: {command}");
    assert_eq!(gopher_moved(ErrorKind::PermissionDenied), denied);
    assert_eq!(gopher_moved(ErrorKind::AddrInUse), format!("{begins} another program has 70"));
    assert_eq!(shell_quoted("/home/ann's/$x"), "'/home/ann'\\''s/$x'");
}
