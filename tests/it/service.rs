//! Under a service manager: inherited sockets, notifications, and signals as process 1.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::support::{Server, ask_gopher, ended, eventually, lamplit, run, scratch_folder, serve};

const PATIENCE: Duration = Duration::from_secs(30);

fn archive() -> TempDir {
    let folder = scratch_folder();
    fs::write(folder.path().join("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    folder
}

fn listening() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port")
}

/// The socket is open before the program starts, so that no client is refused.
#[test]
fn inherited_socket_is_served() {
    let (folder, certs) = (archive(), scratch_folder());
    for (name, handed_is_gopher) in [("gopher", true), ("gemini", false)] {
        let socket = listening();
        let address = socket.local_addr().expect("bound");
        let mut command = serve(folder.path(), certs.path());
        // Standard input is the descriptor that a test can pass on most easily.
        command.stdin(Stdio::from(OwnedFd::from(socket)));
        command.envs([("LISTEN_FDS", "1"), ("LISTEN_FDS_FIRST_FD", "0"), ("LISTEN_FDNAMES", name)]);
        let server = Server::from_command(command);
        let expected = if handed_is_gopher { server.gopher_address() } else { server.gemini_address() };
        assert_eq!(address, expected, "{name}");
        assert!(ask_gopher(server.gopher_address(), "/owls.txt").contains("They call"));
        assert!(server.ask_gemini("/owls.gmi").body.contains("They call"));
        assert!(server.stop().success());
    }
    let mut command = serve(folder.path(), certs.path());
    command.stdin(Stdio::from(OwnedFd::from(listening())));
    command.envs([("LISTEN_FDS", "1"), ("LISTEN_FDS_FIRST_FD", "0"), ("LISTEN_FDNAMES", "web")]);
    let output = ended(&mut command);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("hint: name it `gemini` or `gopher`"), "{said}");
}

#[test]
#[ignore = "needs systemd-socket-activate; .ci/run has it"]
fn sockets_of_systemd_are_served() {
    let (folder, certs) = (archive(), scratch_folder());
    // Both are open at once, so that the ports differ.
    let sockets = [listening(), listening()];
    let ports = sockets.each_ref().map(|socket| socket.local_addr().expect("bound").port());
    drop(sockets);
    let mut command = Command::new("systemd-socket-activate");
    for port in ports {
        command.args(["-l", &format!("127.0.0.1:{port}")]);
    }
    let plain = serve(folder.path(), certs.path());
    command.arg("--fdname=gemini:gopher").arg(plain.get_program()).args(plain.get_args());
    let mut process = command.stderr(Stdio::piped()).spawn().expect("systemd-socket-activate starts");
    let mut lines = BufReader::new(process.stderr.take().expect("piped")).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("Listening on")));
    // The first reader starts the program, and is answered by it.
    let answer = ask_gopher((Ipv4Addr::LOCALHOST, ports[1]).into(), "/owls.txt");
    assert!(answer.contains("They call"), "{answer}");
    run(lamplit().args(["get", &format!("gemini://localhost:{}/owls.gmi", ports[0])]));
    run(Command::new("sh").arg("-c").arg(format!("kill -TERM {}", process.id())));
    lines.for_each(drop);
    assert_eq!(process.wait().expect("it ended").code(), Some(0)); // C6
}

#[test]
fn service_manager_is_notified_of_each_state() {
    let (folder, certs, place) = (archive(), scratch_folder(), scratch_folder());
    let path = place.path().join("notify");
    let told = UnixDatagram::bind(&path).expect("a socket");
    told.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    let next = || {
        let mut space = [0; 512];
        let length = told.recv(&mut space).expect("a message");
        String::from_utf8_lossy(&space[..length]).into_owned()
    };
    let mut command = serve(folder.path(), certs.path());
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "200000").env_remove("WATCHDOG_PID");
    let server = Server::from_command(command);
    let next = || loop {
        let message = next();
        if !message.starts_with("WATCHDOG=1") {
            return message;
        }
    };
    assert_eq!(next().trim_end(), "READY=1");
    server.signal("HUP");
    let reloading = next();
    assert!(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{reloading}");
    assert_eq!(next().trim_end(), "READY=1");
    let mut space = [0; 64];
    let length = told.recv(&mut space).expect("a sign of life");
    assert!(space[..length].starts_with(b"WATCHDOG=1"));
    server.signal("TERM");
    assert_eq!(next().trim_end(), "STOPPING=1");
}

/// C6: the kernel keeps signals from process 1 that it does not wait for.
#[test]
fn process_1_of_a_container_stops_when_asked() {
    let (folder, certs) = (archive(), scratch_folder());
    let inside = ["-rpf", "--kill-child"];
    if !Command::new("unshare").args(inside).arg("true").output().is_ok_and(|output| output.status.success()) {
        println!("skipped: no process 1 of its own to be had here");
        return;
    }
    let plain = serve(folder.path(), certs.path());
    let mut command = Command::new("unshare");
    command.args(inside).arg(plain.get_program()).args(plain.get_args());
    let mut process = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started");
    let mut said = BufReader::new(process.stderr.take().expect("piped"));
    let mut line = String::new();
    while !line.starts_with("ready") {
        line.clear();
        assert!(said.read_line(&mut line).expect("text") > 0, "it ended before it was ready");
    }
    let id = process.id();
    let children = Path::new("/proc").join(format!("{id}/task/{id}/children"));
    let child = fs::read_to_string(children).expect("Linux");
    run(Command::new("sh").arg("-c").arg(format!("kill -TERM {child}")));
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("text");
    let ended = eventually(PATIENCE, || process.try_wait().expect("our child"), Option::is_some);
    assert_eq!((ended.and_then(|status| status.code()), rest.contains("stopped\n")), (Some(0), true), "{rest}");
}

/// Returns whether process `id` handles the signal of this number.
fn handles(id: u32, signal: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask & 1 << (signal - 1) != 0)
}

/// C14: from the moment at which the end is handled, SIGHUP and SIGUSR1 are harmless, and the reload follows the start.
#[test]
fn signals_during_the_start_are_harmless() {
    const SIGTERM: u32 = 15;
    let (folder, certs) = (archive(), scratch_folder());
    for number in 0..300 {
        fs::write(folder.path().join(format!("{number}.md")), format!("# {number}\n\nText.\n")).expect("writable");
    }
    let mut process = serve(folder.path(), certs.path()).stderr(Stdio::piped()).spawn().expect("started");
    let id = process.id();
    eventually(PATIENCE, || handles(id, SIGTERM), |handles| *handles);
    let signals = format!("while kill -HUP {id} && kill -USR1 {id}; do :; done 2>/dev/null");
    let mut sender = Command::new("sh").arg("-c").arg(signals).spawn().expect("started");
    let mut said = String::new();
    let mut lines = BufReader::new(process.stderr.take().expect("piped")).lines().map_while(Result::ok);
    while !said.contains("\nready") || !said.contains("were reloaded") {
        let line = lines.next().unwrap_or_else(|| panic!("it ended: {said}"));
        said += &format!("{line}\n");
    }
    sender.kill().and_then(|()| sender.wait()).expect("it ran");
    run(Command::new("sh").arg("-c").arg(format!("kill -TERM {id}")));
    lines.for_each(drop);
    assert!(process.wait().expect("our child").success());
}

#[test]
fn configuration_and_keys_that_are_no_regular_files_end_the_start() {
    for (make, says) in [
        ("mkfifo \"$0\"", "not a regular file"),
        ("mkdir \"$0\"", "not a regular file"),
        ("ln -s /dev/zero \"$0\"", "not a regular file"),
        ("ln -s /dev/tty0 \"$0\"", "annot "),
        ("ln -s nothing \"$0\"", ""),
    ] {
        let (folder, certs) = (archive(), scratch_folder());
        let make = |path: &Path| run(Command::new("sh").arg("-c").arg(make).arg(path));
        let config = folder.path().join("lamplit.toml");
        make(&config);
        let output = ended(lamplit().args(["serve", "--config"]).arg(&config));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains(says), "{}: {said}", config.display());
        // A link to nothing among the keys is not written through, and the hint says what to do.
        make(&certs.path().join("localhost.pem"));
        let output = ended(&mut serve(folder.path(), certs.path()));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains("\nhint: "), "{said}");
    }
}

#[test]
fn folder_in_which_others_may_put_keys_is_named() {
    let (folder, certs) = (archive(), scratch_folder());
    for (mode, is_named) in [(0o777, true), (0o1777, true), (0o702, true), (0o775, false), (0o700, false)] {
        fs::set_permissions(certs.path(), fs::Permissions::from_mode(mode)).expect("ours");
        let server = Server::start_with_keys(folder.path(), certs.path());
        let said = server.said();
        assert_eq!(said.contains("every user may put keys into this folder"), is_named, "{mode:o}: {said}");
    }
}
