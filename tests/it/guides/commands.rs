//! The commands of the README and the guides, run word for word.
//!
//! Each document is one session, of a user whose machine is like the one it speaks of: a home with `essays` and the
//! folders of other programs in it, a clone of the repository as the working folder, no privileges, and a network of
//! its own, in which the usual ports are free. Every line of a block `sh` is a command that must succeed; in a block
//! `console`, lines after `$ ` are, and what stands below them is what they say, with `…` for what differs from day to
//! day. A capsule is served in the background when a document begins, until the document itself serves one.
//!
//! Both `lamplit` and `cargo run --release` stand for the program under test. Lines that cannot be run are listed here,
//! with the reason.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{repository, text};
use crate::support::{run, scratch_folder};

/// Lines that are not run, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo install --locked --path .", "it builds the program that is under test"),
    ("cargo test", "it is what runs this"),
    ("sudo ufw allow 1965/tcp", "it changes the machine"),
    ("sudo ufw allow 70/tcp", "it changes the machine"),
    ("sudo setcap cap_net_bind_service=+ep \"$(command -v lamplit)\"", "it changes the machine"),
    ("packaging/debian/build", "packaging/debian/test does"),
    ("sudo apt install ./target/debian/lamplit_*.deb", "packaging/debian/test does"),
    ("sudo systemctl restart lamplit", "it needs systemd"),
    ("sudo systemctl reload lamplit", "it needs systemd"),
    ("journalctl -u lamplit -n 20", "it needs systemd"),
    ("journalctl -u lamplit -o cat --since today", "it needs systemd"),
    ("sudo cp -a /var/lib/lamplit/certs /var/backups/lamplit-certs", "it needs the installed package"),
    ("lamplit config --config /etc/lamplit/config.toml", "it needs the installed package"),
    ("lamplit stats /var/log/lamplit/access.log", "it needs the installed package"),
    ("journalctl -u lamplit -o cat --since '1 month ago' | lamplit stats", "it needs systemd"),
    ("lamplit get gemini://example.org/", "it needs the network"),
    ("lamplit get gopher://example.org/", "it needs the network"),
    (
        "lamplit get 'gemini://warmedal.se/~antenna/submit?gemini%3A%2F%2Fexample.org%2Fatom.xml'",
        "it needs the network",
    ),
];

#[test]
fn commands_of_documents_work_word_for_word() {
    if !can_isolate() {
        println!("skipped: no network of its own to be had here (unshare, nsenter, ip)");
        return;
    }
    let mut not_run: Vec<&str> = Vec::new();
    let mut count = 0;
    for (name, document) in text::documents() {
        if name != "README.md" && !name.starts_with("docs/") {
            continue;
        }
        let mut session = None;
        for command in commands(&document) {
            if let Some((line, _)) = NOT_RUN.iter().find(|(line, _)| *line == command.line) {
                not_run.push(line);
                continue;
            }
            session.get_or_insert_with(Session::start).run(&format!("{name}, line {}", command.at), &command);
            count += 1;
        }
    }
    for (line, reason) in NOT_RUN {
        assert!(not_run.contains(line), "no document says `{line}` any more");
        println!("not run: `{line}`: {reason}");
    }
    assert!(count >= 20, "{count} commands");
}

/// A command of a document.
struct Run {
    line: String,
    /// Its output, if the document shows it.
    says: Option<String>,
    /// The line of its block.
    at: usize,
}

fn commands(document: &str) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    for block in text::blocks(document) {
        let at = block.line;
        match block.language.as_str() {
            "sh" => {
                let lines = block.text.lines().map(without_comment).filter(|line| !line.is_empty());
                found.extend(lines.map(|line| Run { line: line.to_owned(), says: None, at }));
            }
            "console" => {
                for line in block.text.lines() {
                    if let Some(line) = line.strip_prefix("$ ") {
                        found.push(Run { line: line.to_owned(), says: Some(String::new()), at });
                    } else if let Some(says) = found.last_mut().and_then(|run| run.says.as_mut()) {
                        says.push_str(line);
                        says.push('\n');
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn without_comment(line: &str) -> &str {
    line.split(" # ").next().unwrap_or_default().trim()
}

/// Returns whether a network namespace can be created, as on most Linux systems.
fn can_isolate() -> bool {
    let mut unshare = Command::new("unshare");
    unshare.args(["-rn", "sh", "-c", "ip link set lo up && command -v nsenter setpriv"]);
    unshare.output().is_ok_and(|output| output.status.success())
}

/// The environment of one document.
struct Session {
    folder: TempDir,
    holder: Child,
    serving: Option<Child>,
}

impl Session {
    fn start() -> Self {
        let folder = scratch_folder();
        furnish(folder.path());
        let mut holder = Command::new("unshare")
            .args(["-rn", "sh", "-c", "ip link set lo up && echo up && exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare starts");
        let mut line = String::new();
        BufReader::new(holder.stdout.take().expect("piped")).read_line(&mut line).expect("text");
        assert_eq!(line, "up\n");
        let mut session = Self { folder, holder, serving: None };
        session.serve("before the document", "lamplit serve ~/essays");
        session
    }

    /// Returns the shell that reads `script`: in the session's network and home, and without privileges.
    fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["-t", &self.holder.id().to_string(), "-U", "-n", "--preserve-credentials", "setpriv"])
            .args(["--bounding-set=-all", "--inh-caps=-all", "sh", "-c", script])
            .stdin(Stdio::null())
            .env_clear()
            .env("HOME", self.folder.path().join("home"))
            .env("LANG", "C.UTF-8")
            .env("PATH", format!("{}:/usr/bin:/bin", self.folder.path().join("bin").display()))
            .current_dir(self.working_folder());
        command
    }

    /// Returns the current folder of the session.
    fn working_folder(&self) -> PathBuf {
        let said = fs::read_to_string(self.folder.path().join("pwd")).expect("always there");
        PathBuf::from(said.trim_end())
    }

    fn run(&mut self, place: &str, command: &Run) {
        let line = command.line.replace("cargo run --release", "lamplit");
        if line == "lamplit" || line.starts_with("lamplit serve") {
            return self.serve(place, &line);
        }
        let pwd = self.folder.path().join("pwd");
        let script = format!("{line}\nstatus=$?; pwd > '{}'; exit $status", pwd.display());
        // A program whose reader has gone ends with an error in a pipe: both streams go to a file.
        let said = self.folder.path().join("said");
        let file = fs::File::create(&said).expect("writable");
        let mut shell = self.shell(&script);
        shell.stdout(file.try_clone().expect("a file")).stderr(file);
        let status = shell.status().expect("nsenter starts");
        let said = fs::read_to_string(said).expect("UTF-8");
        assert!(status.success(), "{place}: `{}` fails:\n{said}", command.line);
        if let Some(expected) = &command.says {
            assert!(fits(&said, expected), "{place}: `{}` says:\n{said}", command.line);
        }
    }

    /// Returns when it is ready.
    fn serve(&mut self, place: &str, line: &str) {
        self.stop();
        let mut process = self.shell(&format!("exec {line}")).stderr(Stdio::piped()).spawn().expect("nsenter starts");
        let mut lines = BufReader::new(process.stderr.take().expect("piped")).lines();
        let mut said = String::new();
        loop {
            let Some(Ok(line)) = lines.next() else { panic!("{place}: `{line}` ends:\n{said}") };
            if line.starts_with("ready") {
                break;
            }
            said.extend([&line, "\n"]);
        }
        // It never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        self.serving = Some(process);
    }

    fn stop(&mut self) {
        if let Some(mut serving) = self.serving.take() {
            serving.kill().expect("it is our child");
            serving.wait().expect("it is our child");
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.stop();
        drop(self.holder.stdin.take());
        // It ends with its input.
        let _ = self.holder.wait();
    }
}

/// Creates the files that the documents assume.
fn furnish(folder: &Path) {
    let home = folder.join("home");
    let clone = folder.join("clone");
    let sample = repository().join("capsule");
    for name in ["hugo-site", "zola-site"] {
        write(&home.join(name).join("content/_index.md"), "+++\ntitle = \"Evenings\"\n+++\n");
    }
    write(&home.join("jekyll-site/_posts/2024-05-01-on-lamps.md"), "# On lamps\n");
    write(&home.join("vault/Essays/On lamps.md"), "See [[On lamps]].\n");
    fs::create_dir_all(folder.join("bin")).expect("writable");
    fs::create_dir_all(&clone).expect("writable");
    run(Command::new("cp").arg("-r").arg(&sample).arg(home.join("essays")));
    run(Command::new("cp").arg("-r").arg(&sample).arg(repository().join("config.toml")).arg(&clone));
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lamplit"), folder.join("bin/lamplit")).expect("writable");
    // The pair of another server, in the folder where the guide for going public imports it.
    let key = rcgen::KeyPair::generate().expect("a key");
    let names = ["example.org".to_owned()];
    let certificate = rcgen::CertificateParams::new(names).and_then(|params| params.self_signed(&key));
    let certificate = certificate.expect("a certificate").der().to_vec();
    for (name, tag, der) in [("cert.pem", "CERTIFICATE", certificate), ("key.pem", "PRIVATE KEY", key.serialize_der())]
    {
        write(&home.join("capsule").join(name), &pem::encode(&pem::Pem::new(tag, der)));
    }
    run(Command::new("chmod").arg("600").arg(home.join("capsule/key.pem")));
    fs::write(folder.join("pwd"), clone.to_str().expect("UTF-8")).expect("writable");
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("in a folder")).expect("writable");
    fs::write(path, text).expect("writable");
}

/// Returns whether `said` is what was `expected`, in which `…` stands for anything within a line, or, alone in a line,
/// for any lines.
fn fits(said: &str, expected: &str) -> bool {
    let Some((before, after)) = expected.split_once('…') else { return said == expected };
    let Some(rest) = said.strip_prefix(before) else { return false };
    let is_line = (before.is_empty() || before.ends_with('\n')) && after.starts_with('\n');
    let after = if is_line { &after[1..] } else { after };
    (0..=rest.len())
        .filter(|&at| rest.is_char_boundary(at))
        .take_while(|&at| is_line || !rest[..at].contains('\n'))
        .any(|at| fits(&rest[at..], after))
}

#[test]
fn ellipsis_matches_any_text() {
    for (said, expected, fit) in [
        ("a\n", "a\n", true),
        ("a\n", "b\n", false),
        ("took 3 ms\n", "took … ms\n", true),
        ("took 3\n4 ms\n", "took … ms\n", false),
        ("a\nb\nc\n", "a\n…\nc\n", true),
        ("a\nc\n", "a\n…\nc\n", true),
        ("a\nb\n", "a\n…\nc\n", false),
        ("a\nb\n", "…\nb\n", true),
    ] {
        assert_eq!(fits(said, expected), fit, "{said:?} as {expected:?}");
    }
}
