//! The sample capsule in real clients. They must be installed, so `cargo test` skips these tests; `.ci/run` installs
//! the clients and runs them.

mod servers;
mod tour;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Server, eventually, lamplit, run, scratch_folder};

/// How long a client may take to show something.
const PATIENCE: Duration = Duration::from_secs(10);

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("capsule")
}

fn sample_server() -> Server {
    Server::start(&sample())
}

/// T9: Amfora remembers the key and warns of another one.
#[test]
#[ignore = "needs amfora and tmux: run by .ci/run"]
fn amfora_trusts_a_renewed_certificate_and_no_other_key() {
    let (home, certs) = (scratch_folder(), scratch_folder());
    let server = Server::start_with_keys(&sample(), certs.path());
    let cert = |action: &[&str]| {
        let mut cert = lamplit();
        cert.arg("cert").args(action).args(["--hostname", "localhost", "--certs"]).arg(certs.path());
        run(&mut cert);
    };
    let shows = |expected: &str| {
        Terminal::start(home.path(), &["amfora", &server.gemini("/films/the-soft-skin.gmi")]).shows(expected);
    };
    let taken_up = |words: &str| {
        eventually(Duration::from_secs(20), || server.said(), |said| said.contains(words));
    };
    shows("The Soft Skin");
    cert(&["renew"]);
    taken_up("has another certificate for the same key");
    shows("The Soft Skin");
    cert(&["new-key", "--yes"]);
    taken_up("has another key");
    shows("has changed, possibly");
}

/// Bombadillo remembers the certificate, not the key. If this fails, the documentation must be corrected.
#[test]
#[ignore = "needs bombadillo and tmux: run by .ci/run"]
fn bombadillo_remembers_the_certificate() {
    let (home, certs) = (scratch_folder(), scratch_folder());
    let server = Server::start_with_keys(&sample(), certs.path());
    let shows = |expected: &str| Terminal::start(home.path(), &["bombadillo", &server.gemini("/")]).shows(expected);
    shows("The Soft Skin");
    shows("The Soft Skin");
    let mut renew = lamplit();
    run(renew.args(["cert", "renew", "--hostname", "localhost", "--certs"]).arg(certs.path()));
    eventually(Duration::from_secs(20), || server.said(), |said| said.contains("has another certificate"));
    shows("No matching certificate was found");
}

/// T1, T5: the scanner reports only the self-signed certificate.
#[test]
#[ignore = "needs sslscan: run by .ci/run"]
fn sslscan_finds_nothing_weak() {
    let server = sample_server();
    let port = server.gemini("").rsplit(':').next().expect("a port").to_owned();
    let scan = run(Command::new("timeout").args(["120", "sslscan", "--no-colour", &format!("127.0.0.1:{port}")]));
    let found = |words: &str| assert!(scan.contains(words), "`{words}` is missing in:\n{scan}");
    for (version, state) in [
        ("SSLv2", "disabled"),
        ("SSLv3", "disabled"),
        ("TLSv1.0", "disabled"),
        ("TLSv1.1", "disabled"),
        ("TLSv1.2", "enabled"),
        ("TLSv1.3", "enabled"),
    ] {
        found(&format!("{version:<10}{state}"));
    }
    found("Server supports TLS Fallback SCSV");
    found("Session renegotiation not supported");
    found("Preferred TLSv1.3  128 bits  TLS_AES_128_GCM_SHA256");
    let suites: Vec<&str> =
        scan.lines().filter(|line| line.starts_with("Accepted ") || line.starts_with("Preferred ")).collect();
    assert_eq!(suites.len(), 6, "{scan}");
    for suite in suites {
        let is_aead = suite.contains("GCM") || suite.contains("CHACHA20");
        let is_ephemeral = suite.contains("TLSv1.3") || suite.contains("ECDHE");
        assert!(is_aead && is_ephemeral, "{suite}");
    }
    let is_bad = |line: &&str| line.contains("vulnerable to") && !line.contains("not vulnerable to");
    assert_eq!(scan.lines().find(is_bad), None);
}

/// P10: openssl sends an address as server name, as some clients do, and is served.
#[test]
#[ignore = "needs openssl: run by .ci/run"]
fn openssl_connects_however_it_names_the_server() {
    let server = sample_server();
    let port = server.gemini("").rsplit(':').next().expect("a port").to_owned();
    for name in [&["-servername", "127.0.0.1"][..], &["-noservername"], &["-servername", "LOCALHOST"]] {
        for version in ["-tls1_2", "-tls1_3"] {
            let mut openssl = Command::new("timeout");
            openssl.args(["20", "openssl", "s_client", "-connect", &format!("127.0.0.1:{port}"), version]).args(name);
            let seen = run(openssl.stdin(Stdio::null()));
            assert!(seen.contains("subject=CN = localhost"), "{name:?} {version}:\n{seen}");
        }
    }
}

/// A program under tmux, ended when dropped. Each has a tmux server of its own.
struct Terminal {
    socket: PathBuf,
}

impl Terminal {
    fn start(home: &Path, command: &[&str]) -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let socket = home.join(format!("tmux-{number}"));
        let terminal = Self { socket };
        run(terminal
            .tmux()
            .args(["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "45", "-c"])
            .arg(home)
            .args(command)
            .env("HOME", home)
            .env("PAGER", home.join("pager"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("LANG", "C.UTF-8"));
        terminal
    }

    fn tmux(&self) -> Command {
        let mut tmux = Command::new("tmux");
        tmux.arg("-u").arg("-S").arg(&self.socket);
        tmux
    }

    /// Presses keys by their names in tmux.
    fn press(&self, keys: &[&str]) {
        run(self.tmux().arg("send-keys").args(keys));
    }

    /// Returns what is on the screen.
    fn screen(&self) -> String {
        let screen = self.tmux().args(["capture-pane", "-p"]).output().expect("tmux runs");
        String::from_utf8_lossy(&screen.stdout).into_owned()
    }

    /// Waits until the screen shows `expected`; panics with the screen after ten seconds.
    fn shows(&self, expected: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let screen = self.screen();
            if screen.contains(expected) {
                return;
            }
            assert!(Instant::now() < deadline, "`{expected}` is not on the screen:\n{screen}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The server may have ended with its client already.
        let _ = self.tmux().arg("kill-server").output();
    }
}
