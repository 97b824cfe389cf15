//! Keys and certificates in the real program: shown, renewed, damaged, imported, and external ones. Clients such as
//! Lagrange, Amfora and Kristall remember the public key.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use rcgen::{CertificateParams, DnType, Issuer, KeyPair};
use tempfile::TempDir;
use tokio_rustls::rustls::DEFAULT_VERSIONS;

use crate::reader::{Reader, Seen};
use crate::support::{Server, ended, lamplit, run, scratch_folder, serve};

fn archive() -> TempDir {
    let folder = scratch_folder();
    fs::write(folder.path().join("index.md"), "# Night notes\n").expect("writable");
    folder
}

/// Starts the server with the keys in `certs` and returns what a client sees.
async fn read(content: &Path, certs: &Path) -> Seen {
    let server = Server::start_with_keys(content, certs);
    let url = server.gemini("/");
    let port = url.trim_start_matches("gemini://localhost:").trim_end_matches('/').parse().expect("a port");
    let seen = Reader::new(([127, 0, 0, 1], port).into(), DEFAULT_VERSIONS).ask("localhost", &url).await;
    assert!(seen.body().starts_with("# Night notes\n"), "{}", seen.whole());
    assert!(server.stop().success());
    seen
}

fn cert(certs: &Path, action: &[&str]) -> Command {
    let mut command = lamplit();
    command.arg("cert").args(action).args(["--hostname", "localhost", "--certs"]).arg(certs);
    command
}

fn fails(output: &Output, expected: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    for expected in expected {
        assert!(stderr.contains(expected), "`{expected}` is missing in:\n{stderr}");
    }
}

/// Cuts the block with this label out of a PEM file.
fn without(pem: &str, label: &str) -> String {
    let (begin, end) = (format!("-----BEGIN {label}-----\n"), format!("-----END {label}-----\n"));
    let (before, rest) = pem.split_once(&begin).expect("the block is there");
    let (_, after) = rest.split_once(&end).expect("and ends");
    format!("{before}{after}")
}

fn write_secret(file: &Path, content: &str) {
    fs::write(file, content).expect("writable");
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("ours");
}

/// T9: clients that trust the key never warn.
#[tokio::test]
async fn renewal_and_lost_certificate_keep_the_key() {
    let (content, certs) = (archive(), scratch_folder());
    let first = read(content.path(), certs.path()).await;
    run(&mut cert(certs.path(), &["renew"]));
    let renewed = read(content.path(), certs.path()).await;
    assert_eq!(renewed.public_key(), first.public_key());
    assert_ne!(renewed.chain, first.chain);

    let file = certs.path().join("localhost.pem");
    let whole = fs::read_to_string(&file).expect("a file");
    write_secret(&file, &without(&whole, "CERTIFICATE"));
    let again = read(content.path(), certs.path()).await;
    assert_eq!(again.public_key(), first.public_key());
    assert_ne!(again.chain, renewed.chain);

    let half = without(&whole, "PRIVATE KEY");
    write_secret(&file, &half);
    let output = ended(&mut serve(content.path(), certs.path()));
    fails(&output, &["localhost.pem", "no whole private key", "hint: restore the file from your backup"]);
    assert_eq!(fs::read_to_string(&file).expect("still there"), half);

    write_secret(&file, &whole);
    assert_eq!(read(content.path(), certs.path()).await.chain, renewed.chain);
}

/// T9: a renewal killed at any instant leaves a whole identity with the old key.
#[test]
fn killed_renewal_leaves_a_whole_identity() {
    let certs = scratch_folder();
    run(&mut cert(certs.path(), &["new-key", "--yes"]));
    let key = |text: &str| text.split("-----END PRIVATE KEY-----").next().map(str::to_owned);
    let file = certs.path().join("localhost.pem");
    let before = key(&fs::read_to_string(&file).expect("a file"));
    for round in 0..20 {
        let mut killed = cert(certs.path(), &["renew"]).spawn().expect("the program starts");
        // The delay is no wait for readiness: each round kills at another instant.
        thread::sleep(Duration::from_millis(round));
        killed.kill().expect("it is our child");
        killed.wait().expect("it is our child");
        run(&mut cert(certs.path(), &["show"]));
        assert_eq!(key(&fs::read_to_string(&file).expect("a file")), before, "round {round}");
    }
    // The next start cleans up.
    let content = archive();
    assert!(Server::start_with_keys(content.path(), certs.path()).stop().success());
    assert_eq!(fs::read_dir(certs.path()).expect("a folder").count(), 1);
}

/// T8: the start fails with a message, and the file stays as it was.
#[test]
fn damaged_key_file_stops_the_start() {
    let (content, certs, other) = (archive(), scratch_folder(), scratch_folder());
    for folder in [&certs, &other] {
        run(&mut cert(folder.path(), &["new-key", "--yes"]));
    }
    let read = |folder: &TempDir| fs::read_to_string(folder.path().join("localhost.pem")).expect("a file");
    let (good, foreign) = (read(&certs), read(&other));
    let mismatched = without(&good, "CERTIFICATE") + &without(&foreign, "PRIVATE KEY");
    let file = certs.path().join("localhost.pem");
    for (damaged, says) in [
        (good[..good.len() / 2].to_owned(), "cannot be used"),
        (good[..good.len() - 40].to_owned(), "is damaged"),
        (mismatched, "do not belong together"),
        (String::new(), "no whole private key"),
    ] {
        write_secret(&file, &damaged);
        let output = ended(&mut serve(content.path(), certs.path()));
        fails(&output, &["localhost.pem", says, "hint: restore the file"]);
        assert_eq!(fs::read_to_string(&file).expect("still there"), damaged);
    }
    write_secret(&file, &good);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("ours");
    let output = ended(&mut serve(content.path(), certs.path()));
    fails(&output, &["may be read or written by others", "hint: ", "chmod 600"]);

    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
    fs::rename(&file, certs.path().join("example.org.pem")).expect("the same folder");
    let mut elsewhere = lamplit();
    elsewhere.arg("serve").arg(content.path()).args(["--hostname", "example.org", "--gemini", "127.0.0.1:0"]);
    elsewhere.args(["--gopher", "off", "--certs"]).arg(certs.path());
    let output = ended(&mut elsewhere);
    fails(&output, &["not made for `example.org`", "hint: `lamplit cert renew`"]);
}

/// Fingerprints as other programs compute and print them.
#[tokio::test]
async fn fingerprints_are_shown_in_every_form() {
    let (content, certs) = (archive(), scratch_folder());
    let seen = read(content.path(), certs.path()).await;
    let shown = run(&mut cert(certs.path(), &["show"]));
    let keys: [&[u8]; 2] = [&seen.public_key(), &seen.chain[0]];
    for der in keys {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der);
        let lower: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let colons = lower.join(":");
        for form in [lower.concat(), lower.concat().to_uppercase(), colons.clone(), colons.to_uppercase()] {
            assert!(shown.lines().any(|line| line.trim() == form), "`{form}` is missing in:\n{shown}");
        }
    }
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &seen.chain[0]);
    let sha1: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    assert!(shown.contains(&sha1.join(":")), "{shown}");
    for expected in ["localhost, 127.0.0.1, ::1", "localhost.pem", "signed by", "valid"] {
        assert!(shown.contains(expected), "`{expected}` is missing in:\n{shown}");
    }
}

/// A new key needs a confirmation; without a terminal nothing happens unless `--yes` is given.
#[test]
fn new_key_needs_a_confirmation() {
    let certs = scratch_folder();
    // The first key replaces none.
    run(&mut cert(certs.path(), &["new-key"]));
    let file = certs.path().join("localhost.pem");
    let before = fs::read(&file).expect("a file");
    let output = cert(certs.path(), &["new-key"]).output().expect("the program starts");
    fails(&output, &["will see a warning", "`lamplit cert renew` is enough", "--yes"]);
    assert_eq!(fs::read(&file).expect("a file"), before);
    run(&mut cert(certs.path(), &["new-key", "--yes"]));
    assert_ne!(fs::read(&file).expect("a file"), before);
    let kept = fs::read_dir(certs.path()).expect("a folder").map(|entry| entry.expect("an entry").path());
    assert!(kept.into_iter().any(|path| fs::read(path).expect("readable") == before), "the old one is kept");
}

/// T8: clients notice nothing when a capsule moves here from another server.
#[tokio::test]
async fn pair_of_another_server_is_imported() {
    let (content, certs, other) = (archive(), scratch_folder(), scratch_folder());
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name").self_signed(&key);
    let file = |name: &str| other.path().join(name);
    fs::write(file("cert.der"), certificate.expect("a certificate").der()).expect("writable");
    fs::write(file("key.der"), key.serialized_der()).expect("writable");
    run(cert(certs.path(), &["import"]).arg(file("cert.der")).arg(file("key.der")));
    let seen = read(content.path(), certs.path()).await;
    assert_eq!(seen.chain[0].as_ref(), fs::read(file("cert.der")).expect("a file"));

    let mine = scratch_folder();
    run(&mut cert(mine.path(), &["new-key", "--yes"]));
    let output = cert(mine.path(), &["import"]).arg(file("cert.der")).arg(file("key.der")).output();
    fails(&output.expect("the program starts"), &["has another key already", "--replace"]);
}

/// Writes an external certificate signed by an authority, with its chain, its key, and a configuration that names both.
fn external(folder: &Path, names: &[&str]) -> PathBuf {
    external_until(folder, names, 365, true)
}

/// As [`external`], valid for `days` from now, and `signed` by an authority or self-signed.
fn external_until(folder: &Path, names: &[&str], days: i64, signed: bool) -> PathBuf {
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.distinguished_name.push(DnType::CommonName, "An Authority");
    let authority_key = KeyPair::generate().expect("a key");
    let root = authority.self_signed(&authority_key).expect("a certificate");
    let issuer = Issuer::from_params(&authority, &authority_key);
    let key = KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut leaf = CertificateParams::new(names).expect("names");
    leaf.distinguished_name.push(DnType::CommonName, "example.org");
    leaf.not_before = time::OffsetDateTime::now_utc() - time::Duration::days(400);
    // Some hours more, so that the day does not turn while the test runs.
    leaf.not_after = time::OffsetDateTime::now_utc() + time::Duration::hours(days * 24 + 2);
    let leaf = if signed { leaf.signed_by(&key, &issuer) } else { leaf.self_signed(&key) }.expect("a certificate");
    let chain = [leaf.der(), root.der()].map(|der| pem::Pem::new("CERTIFICATE", der.as_ref()));
    let chain = &chain[..=usize::from(signed)];
    fs::write(folder.join("chain.pem"), pem::encode_many(chain)).expect("writable");
    let key = pem::encode(&pem::Pem::new("PRIVATE KEY", key.serialized_der()));
    write_secret(&folder.join("key.pem"), &key);
    fs::create_dir_all(folder.join("essays")).expect("writable");
    fs::write(folder.join("essays/index.md"), "# Night notes\n").expect("writable");
    let config = folder.join("lamplit.toml");
    let text = "certs = \"certs\"\n[gemini]\nlisten = \"127.0.0.1:0\"\nport = 1970\n[gopher]\nenabled = false\n\
                [[capsule]]\nhostname = \"example.org\"\naliases = [\"www.example.org\"]\ncontent = \"essays\"\n\
                certificate = \"chain.pem\"\nkey = \"key.pem\"\n";
    fs::write(&config, text).expect("writable");
    config
}

fn configured(command: &str, config: &Path) -> Command {
    let mut lamplit = lamplit();
    lamplit.args(command.split(' ')).arg("--config").arg(config);
    lamplit
}

/// T8: external files are served unchanged and never written.
#[tokio::test]
async fn external_chain_is_served_whole_and_only_read() {
    let folder = scratch_folder();
    let config = external(folder.path(), &["example.org", "*.example.org"]);
    let key = folder.path().join("key.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).expect("ours");
    let server = Server::from_command(configured("serve", &config));
    let reader = Reader::new(server.gemini_sockets()[0], DEFAULT_VERSIONS);
    let seen = reader.ask("www.example.org", "gemini://www.example.org:1970/").await;
    assert!(seen.body().starts_with("# Night notes"), "{}", seen.whole());
    assert_eq!(seen.chain.len(), 2);
    assert!(!folder.path().join("certs").exists(), "no managed key is made");
    let shown = run(&mut configured("cert show", &config));
    assert!(shown.contains("An Authority") && shown.contains("key.pem") && shown.contains("chain.pem"), "{shown}");
    for action in ["cert renew", "cert new-key --yes"] {
        let output = configured(action, &config).output().expect("the program starts");
        fails(&output, &["files of your own", "hint: "]);
    }
    drop(server);

    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("ours");
    let output = ended(&mut configured("serve", &config));
    fails(&output, &["may be read or written by others", "chmod 640"]);
    fs::remove_file(&key).expect("there");
    let output = ended(&mut configured("serve", &config));
    fails(&output, &["key.pem", "cannot be read"]);

    let config = external(folder.path(), &["example.org"]);
    let output = ended(&mut configured("serve", &config));
    fails(&output, &["not made for `www.example.org`", "chain.pem", "hint: have it made for every name"]);
}

/// The start warns of a certificate that ends soon, and the capsule is served all the same.
#[tokio::test]
async fn certificate_that_ends_soon_is_warned_of() {
    for (days, signed, says) in [
        (5, true, Some("expires on ")),
        (90, true, None),
        (90, false, Some("days from now")),
        (200, false, None),
        (-1, false, Some("expired on ")),
    ] {
        let folder = scratch_folder();
        let config = external_until(folder.path(), &["example.org", "www.example.org"], days, signed);
        let server = Server::from_command(configured("serve", &config));
        let warned = server.said().lines().find(|line| line.starts_with("warning: the certificate")).map(str::to_owned);
        assert_eq!(warned.is_some(), says.is_some(), "{days} {signed}: {}", server.said());
        assert!(says.is_none_or(|says| server.said().contains(says)), "{days} {signed}: {}", server.said());
        let reader = Reader::new(server.gemini_sockets()[0], DEFAULT_VERSIONS);
        let seen = reader.ask("example.org", "gemini://example.org:1970/").await;
        assert!(seen.whole().starts_with("20 "), "{}", seen.whole());
    }
}

/// `--hostname` picks a configured capsule with all its names.
#[test]
fn hostname_selects_a_configured_capsule() {
    let folder = scratch_folder();
    let config = folder.path().join("lamplit.toml");
    let text = "certs = \"certs\"\n[[capsule]]\nhostname = \"a.example\"\ncontent = \"a\"\n[[capsule]]\n\
                hostname = \"b.example\"\naliases = [\"www.b.example\"]\ncontent = \"b\"\n";
    fs::write(&config, text).expect("writable");
    run(configured("cert new-key --yes", &config).args(["--hostname", "www.b.example"]));
    let shown = run(configured("cert show", &config).args(["--hostname", "b.example"]));
    assert!(shown.contains("b.example, www.b.example"), "{shown}");
    assert!(!folder.path().join("certs/a.example.pem").exists());
    // Without a configuration it is the capsule that `lamplit serve FOLDER` serves.
    let elsewhere = scratch_folder();
    let mut alone = lamplit();
    alone.args(["cert", "new-key", "--yes", "--certs"]).arg(elsewhere.path()).current_dir(elsewhere.path());
    assert!(run(&mut alone).contains("localhost, 127.0.0.1"));
    let output = configured("cert import nothing.pem", &config).output().expect("the program starts");
    fails(&output, &["several capsules", "--hostname"]);
}

/// T7: a full disk leaves neither half a key nor a stray file, and the next start succeeds.
#[test]
fn key_on_a_full_disk_is_not_half_written() {
    let (folder, parent) = (scratch_folder(), scratch_folder());
    fs::write(folder.path().join("owls.md"), "# Owls\n").expect("writable");
    let certs = parent.path().join("certs");
    let plain = serve(folder.path(), &certs);
    let mut full = Command::new("sh");
    full.arg("-c").arg("trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"");
    full.arg(plain.get_program()).args(plain.get_args()).env("LAMPLIT_EPHEMERAL_KEYS", "yes");
    let output = ended(&mut full);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("cannot be written"), "{said}");
    assert_eq!(fs::read_dir(&certs).expect("a folder").count(), 0);
    let server = Server::start_with_keys(folder.path(), &certs);
    assert!(server.ask_gopher("/owls.txt").contains("Owls"));
}

/// Serves `content` as `host`; the key is in `certs` below `memory`, where a file system in memory is mounted. `before`
/// is run in the shell after that.
fn start_in_memory(content: &Path, host: &str, memory: &Path, ephemeral: &str, before: &str) -> Command {
    let script = format!("mount -t tmpfs none '{}' && {before} exec \"$0\" \"$@\"", memory.display());
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &script]).arg(lamplit().get_program()).arg("serve").arg(content);
    command.args(["--hostname", host, "--gemini", "127.0.0.1:0", "--gopher", "127.0.0.1:0", "--certs"]);
    command.arg(memory.join("certs")).env("LAMPLIT_EPHEMERAL_KEYS", ephemeral);
    command
}

#[test]
fn key_is_not_made_where_it_would_be_lost() {
    let (folder, memory) = (scratch_folder(), scratch_folder());
    fs::write(folder.path().join("a.md"), "# A\n\nText.\n").expect("writable");
    let mut mount = Command::new("unshare");
    mount.args(["-rm", "mount", "-t", "tmpfs", "none"]).arg(memory.path());
    if !mount.output().is_ok_and(|output| output.status.success()) {
        println!("skipped: no mounts of its own to be had here");
        return;
    }
    let start = |host, ephemeral, before: &str| start_in_memory(folder.path(), host, memory.path(), ephemeral, before);
    let output = ended(&mut start("example.org", "no", ""));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("would be lost: this folder is kept in memory"), "{said}");
    assert!(said.contains("hint: mount a folder that stays there"), "{said}");
    // A key for `localhost` is trusted by no other machine; and `--ephemeral-keys` accepts the loss.
    for (host, ephemeral) in [("localhost", "no"), ("example.org", "yes")] {
        let server = Server::from_command(start(host, ephemeral, ""));
        assert!(server.ask_gopher("/").contains("/a.txt"), "{host}");
    }
    // A key that exists is used wherever it is: it may be a mounted secret.
    let kept = scratch_folder();
    let mut made = lamplit();
    made.arg("cert").args(["new-key", "--yes", "--hostname", "example.org", "--certs"]).arg(kept.path());
    run(&mut made);
    let copy = format!("cp -rp '{}' '{}' &&", kept.path().display(), memory.path().join("certs").display());
    let server = Server::from_command(start("example.org", "no", &copy));
    assert!(server.stop().success());
}

/// Serves `content` in a root directory that is an overlay, as that of a container, with the key in `certs`. Of the
/// system it has what programs need, mounted.
pub(crate) fn start_in_overlay(content: &Path, root: &Path, certs: &Path, mark: &str) -> Command {
    let plain = lamplit();
    let program = Path::new(plain.get_program());
    let script = format!(
        "set -e; mount -t tmpfs none '{root}'; cd '{root}'; mkdir lower upper work root; \
         mount -t overlay overlay -o userxattr,lowerdir=lower,upperdir=upper,workdir=work root; \
         for part in bin lib lib64 usr proc dev tmp '{built}'; do \
         test ! -e \"/$part\" || {{ mkdir -p \"root/$part\"; mount --rbind \"/$part\" \"root/$part\"; }}; done; \
         mkdir root/run; {mark}; exec chroot root \"$0\" \"$@\"",
        root = root.display(),
        built = program.parent().and_then(Path::parent).expect("two folders above").display(),
    );
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &script]).arg(program).arg("serve").arg(content).arg("--certs").arg(certs);
    command.args(["--hostname", "example.org", "--gemini", "127.0.0.1:0", "--gopher", "127.0.0.1:0"]);
    command.env("LAMPLIT_EPHEMERAL_KEYS", "no");
    command
}

#[test]
fn key_is_not_made_in_the_layer_of_a_container() {
    let (folder, root) = (scratch_folder(), scratch_folder());
    fs::write(folder.path().join("a.md"), "# A\n\nText.\n").expect("writable");
    let start = |certs: &Path, mark: &str| start_in_overlay(folder.path(), root.path(), certs, mark);
    if !start(Path::new("/certs"), "exit 0").output().is_ok_and(|output| output.status.success()) {
        println!("skipped: no overlay of its own to be had here");
        return;
    }
    for mark in ["/run/.containerenv", "/.dockerenv"] {
        let output = ended(&mut start(Path::new("/certs"), &format!("touch root{mark}")));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("would be lost: this folder goes with the container"), "{said}");
    }
    // A mounted volume stays, and so does the overlay of a router, which is no container.
    let volume = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on disk");
    for (certs, mark) in [(volume.path(), "touch root/.dockerenv"), (Path::new("/certs"), "true")] {
        let server = Server::from_command(start(certs, mark));
        assert!(server.ask_gopher("/").contains("/a.txt"), "{}", certs.display());
    }
}
