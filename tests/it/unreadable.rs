//! Entries of a content folder that cannot be served: the program reports each once and answers 51.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Server, configured, eventually, run, scratch_folder, serve};

fn fifo(path: &Path) {
    run(Command::new("mkfifo").arg(path));
}

/// Returns the threads of a process.
fn threads(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/task")).expect("it runs").count()
}

/// P15, P16: each kind is reported by name and once, and a thousand requests for it start no threads.
#[test]
fn unpublishable_file_is_reported_once_and_answered_with_51() {
    let (parent, certs) = (scratch_folder(), scratch_folder());
    let folder = parent.path().join("essays");
    let at = |name: &str| folder.join(name);
    fs::create_dir(&folder).expect("writable");
    fs::write(at("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    fs::write(at("later.jpg"), "a picture").expect("writable");
    fs::write(parent.path().join("secret.md"), "# Secret\n").expect("writable");
    fifo(&at("fifo.md"));
    fifo(&at("fifo.jpg"));
    let _socket = UnixListener::bind(at("socket.jpg")).expect("a socket");
    symlink("/dev/zero", at("device.jpg")).expect("writable");
    symlink("loop.md", at("loop.md")).expect("writable");
    symlink("..", at("up")).expect("writable");
    symlink("../secret.md", at("out.md")).expect("writable");
    for locked in ["locked.md", "locked.jpg"] {
        fs::write(at(locked), "locked").expect("writable");
        fs::set_permissions(at(locked), fs::Permissions::from_mode(0o000)).expect("ours");
    }
    let plain = serve(&folder, certs.path());
    // The superuser reads files regardless of permissions unless these privileges are dropped.
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]);
    let has_setpriv = command.arg("true").output().is_ok_and(|output| output.status.success());
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]);
    command.arg(plain.get_program()).args(plain.get_args());
    let server = Server::from_command(if has_setpriv { command } else { plain });

    let good = |server: &Server| server.ask_gopher("/owls.txt").contains("They call");
    let mut names = vec!["fifo.md", "fifo.jpg", "socket.jpg", "device.jpg", "loop.md", "up", "out.md"];
    if has_setpriv {
        names.extend(["locked.md", "locked.jpg"]);
    }
    server.signal("HUP");
    eventually(Duration::from_secs(20), || server.said(), |said| said.contains("were reloaded"));
    let said = server.said();
    for name in &names {
        assert_eq!(said.matches(&format!("`{name}`")).count(), 1, "`{name}` in:\n{said}");
        let page = name.replace(".md", ".gmi");
        assert!(server.ask_gemini(&format!("/{page}")).head.starts_with("51 "), "{page}");
    }
    // A file that became a FIFO after it was listed is recognised when it is opened.
    fs::remove_file(at("later.jpg")).expect("there");
    fifo(&at("later.jpg"));
    assert!(good(&server));
    // Files are opened and folders read on threads that stay for a while.
    server.ask_gopher("/later.jpg");
    let before = threads(server.id());
    for _ in 0..500 {
        for selector in ["/fifo.jpg", "/later.jpg"] {
            let answer = server.ask_gopher(selector);
            assert!(answer.starts_with('3'), "{answer}"); // P16
        }
    }
    let after = threads(server.id());
    assert!(after <= before + 2, "{before} threads before, {after} afterwards");
    assert!(good(&server));
}

/// A page is the old version or the new one, never empty or half written.
#[test]
fn page_is_whole_while_its_file_is_written() {
    const FILLING: &str = "All the words that this page has to say, again.\n\n";
    let (folder, done) = (scratch_folder(), Arc::new(AtomicBool::new(false)));
    let page = |number: usize| format!("# Owls\n\nBegins {number}.\n\n{}Ends {number}.\n", FILLING.repeat(400));
    let path = folder.path().join("owls.md");
    fs::write(&path, page(0)).expect("writable");
    let server = Server::start(folder.path());
    let writer = thread::spawn({
        let done = Arc::clone(&done);
        move || {
            let mut longest = Duration::ZERO;
            for number in 1.. {
                if done.load(Ordering::Relaxed) {
                    return longest;
                }
                let text = page(number);
                let started = Instant::now();
                // Many editors write this way: the file is empty, then half written, then whole.
                let mut file = fs::File::create(&path).expect("writable");
                for half in text.as_bytes().chunks(text.len() / 2 + 1) {
                    std::io::Write::write_all(&mut file, half).expect("writable");
                    thread::sleep(Duration::from_millis(10));
                }
                drop(file);
                longest = longest.max(started.elapsed());
                thread::sleep(Duration::from_millis(250));
            }
            longest
        }
    });
    let number =
        |text: &str, word: &str| -> Option<usize> { text.split_once(word)?.1.split_once('.')?.0.trim().parse().ok() };
    let (mut seen, mut torn, mut reads) = (std::collections::BTreeSet::new(), Vec::new(), 0);
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(6) {
        let text = server.ask_gopher("/owls.txt");
        reads += 1;
        match (number(&text, "Begins "), number(&text, "Ends ")) {
            (Some(begins), Some(ends)) if begins == ends => drop(seen.insert(begins)),
            _ => torn.push(text),
        }
    }
    done.store(true, Ordering::Relaxed);
    let longest = writer.join().expect("it only writes");
    println!("{reads} reads of {} versions; the longest write took {longest:?}", seen.len());
    assert!(torn.is_empty(), "{} of {reads}", torn.len());
    assert!(seen.len() > 2, "versions {seen:?} in {reads} reads");
}

/// C10: a read-only folder is served, and a folder that takes its name is served instead.
#[test]
fn folder_replaced_by_rename_is_served() {
    let parent = scratch_folder();
    let at = |name: &str| parent.path().join(name);
    for (name, word) in [("one", "first"), ("two", "second")] {
        fs::create_dir(at(name)).expect("writable");
        fs::write(at(name).join("owls.md"), format!("# Owls\n\nThe {word} edition.\n")).expect("writable");
        fs::write(at(name).join("owls.bin"), format!("{word} picture")).expect("writable");
        fs::set_permissions(at(name), fs::Permissions::from_mode(0o555)).expect("ours");
    }
    fs::rename(at("one"), at("essays")).expect("the same folder");
    let config = configured(&format!("[[capsule]]\ncontent = \"{}\"\nswapped = true\n", at("essays").display()));
    let server = Server::from_command(config.serve());
    let has = |word: &str| {
        eventually(Duration::from_secs(20), || server.ask_gopher("/owls.txt"), |text| text.contains(word));
        eventually(Duration::from_secs(20), || server.ask_gopher("/owls.bin"), |text| text.contains(word));
    };
    has("first");
    fs::rename(at("essays"), at("one")).expect("the same folder");
    fs::rename(at("two"), at("essays")).expect("the same folder");
    has("second");
}
