//! Exports of the sample capsule, served by file servers.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use testkit::process::{Process, free_port};

use super::{sample, sample_server};
use crate::static_export::{address, files, is, without_search};
use crate::support::{Server, lamplit, run, scratch_folder};

#[test]
#[ignore = "needs molly-brown: run by .ci/run"]
fn molly_brown_serves_an_export_with_the_same_bytes() {
    let (live, folder) = (sample_server(), scratch_folder());
    let out = folder.path().join("copy");
    run(lamplit().arg("export").arg(&out).arg(sample()).arg("--gemini"));
    // A key for it, which a start of ours makes.
    drop(Server::start_with_keys(&sample(), folder.path()));
    let port = free_port();
    let key = folder.path().join("localhost.pem");
    let config = folder.path().join("molly.conf");
    let settings = format!(
        "Port = {port}\nHostname = \"localhost\"\nCertPath = {key:?}\nKeyPath = {key:?}\nDocBase = {:?}\n\
         AccessLog = \"/dev/null\"\nErrorLog = \"/dev/null\"\n",
        out.join("gemini")
    );
    fs::write(&config, settings).expect("writable");
    let _molly =
        Process::start_listening(Command::new("molly-brown").arg("-c").arg(&config), port).expect("it listens");
    let mut pages = 0;
    for file in files(&out.join("gemini")).into_keys().filter(|file| is(file, "gmi")) {
        let ask = |url: &str| lamplit().arg("get").arg(url).output().expect("the program starts");
        let theirs = ask(&format!("gemini://localhost:{port}{}", address(&file)));
        let ours = ask(&live.gemini(address(&file)));
        // Redirects are exported as pages.
        if ours.status.success() {
            assert_eq!(
                String::from_utf8_lossy(&theirs.stdout),
                without_search(&String::from_utf8_lossy(&ours.stdout)),
                "{file}"
            );
            pages += 1;
        }
    }
    assert!(pages > 20, "{pages} pages");
}

#[test]
#[ignore = "needs gophernicus: run by .ci/run"]
fn gophernicus_serves_an_export_with_the_same_menus_and_texts() {
    let (live, folder) = (sample_server(), scratch_folder());
    let out = folder.path().join("copy");
    run(lamplit().arg("export").arg(&out).arg(sample()).arg("--gopher"));
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("ours");
    let root = out.join("gopher");
    let (mut menus, mut texts) = (0, 0);
    for (file, bytes) in files(&root) {
        // It breaks lines of more than a kilobyte, which gemtext and Markdown have and wrapped text has not.
        let is_page = file.ends_with("/gophermap") || is(&file, "txt");
        if !is_page || bytes.starts_with(b"0This page has moved") {
            continue;
        }
        let theirs = gophernicus(&root, address(&file));
        let ours = live.ask_gopher(address(&file));
        if file.ends_with("/gophermap") {
            let lines =
                |menu: &str| -> Vec<String> { menu.lines().filter(|line| !line.starts_with('7')).map(leads).collect() };
            assert_eq!(lines(&theirs), lines(&ours), "{file}");
            menus += 1;
        } else {
            let text = |text: &str| -> Vec<String> { text.lines().map(without_port).collect() };
            assert_eq!(text(&theirs), text(&ours), "{file}");
            texts += 1;
        }
    }
    assert!(menus > 5 && texts > 10, "{menus} menus, {texts} texts");
}

/// Returns the text and the target of a menu line, without host and port.
fn leads(line: &str) -> String {
    let mut fields = line.split('\t');
    let display = fields.next().unwrap_or_default().trim_end();
    let selector = fields.next().filter(|_| !display.starts_with('i')).unwrap_or_default();
    format!("{}\t{}", without_port(display), without_port(selector))
}

/// Removes the port of the test server from a URL.
fn without_port(text: &str) -> String {
    let Some((before, after)) = text.split_once("://localhost:") else { return text.to_owned() };
    format!("{before}://localhost{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// Returns the reply of gophernicus, which is started for each request. It refuses to run as root.
fn gophernicus(root: &Path, selector: &str) -> String {
    let program = "/usr/sbin/gophernicus";
    let mut command = if run(Command::new("id").arg("-u")).trim() == "0" {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", program]);
        command
    } else {
        Command::new(program)
    };
    // Without footers, shared memory, scripts, home folders and conversions.
    command.args(["-h", "localhost", "-p", "70", "-nf", "-nm", "-nx", "-nu", "-no", "-r"]).arg(root);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    write!(process.stdin.take().expect("piped"), "{selector}\r\n").expect("it reads");
    let output = process.wait_with_output().expect("it ends");
    String::from_utf8(output.stdout).expect("UTF-8")
}
