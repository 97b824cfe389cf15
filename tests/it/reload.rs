//! Changes of configuration, keys and certificates take effect completely or not at all, without dropping connections.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio_rustls::rustls::{DEFAULT_VERSIONS, HandshakeKind};

use crate::reader::{Reader, Seen};
use crate::support::{Server, ask_gopher, eventually, lamplit, run, scratch_folder};

/// A change takes effect within two seconds; the rest is for tests that run at the same time.
const TAKEN_UP: Duration = Duration::from_secs(20);

/// A server of one capsule, `a.example` with a page at `/`, and its configuration.
struct Home {
    folder: TempDir,
    server: Server,
}

impl Home {
    fn new() -> Self {
        let folder = scratch_folder();
        for name in ["a", "b"] {
            fs::create_dir(folder.path().join(name)).expect("writable");
            fs::write(folder.path().join(name).join("index.md"), format!("# Capsule {name}\n")).expect("writable");
        }
        write(folder.path(), &capsule("a"));
        let mut command = lamplit();
        command.args(["serve", "--config"]).arg(folder.path().join("lamplit.toml"));
        let server = Server::from_command(command);
        Self { folder, server }
    }

    fn write(&self, text: &str) {
        write(self.folder.path(), text);
    }

    fn certs(&self, name: &str) -> PathBuf {
        self.folder.path().join("certs").join(name)
    }

    fn cert(&self, action: &[&str]) {
        let config = self.folder.path().join("lamplit.toml");
        run(lamplit().arg("cert").args(action).arg("--config").arg(config));
    }

    /// Requests the index page with a new client.
    async fn ask(&self, host: &str) -> Seen {
        self.reader().ask(host, &format!("gemini://{host}:1970/")).await
    }

    fn reader(&self) -> Reader {
        Reader::new(self.server.gemini_sockets()[0], DEFAULT_VERSIONS)
    }

    /// Repeats the request to `host` until the outcome is `good`.
    async fn until(&self, host: &str, good: impl Fn(&Seen) -> bool) -> Seen {
        let deadline = tokio::time::Instant::now() + TAKEN_UP;
        loop {
            let seen = self.ask(host).await;
            if good(&seen) {
                return seen;
            }
            assert!(tokio::time::Instant::now() < deadline, "{seen:?}\n{}", self.server.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn until_said(&self, words: &str) {
        eventually(TAKEN_UP, || self.server.said(), |said| said.contains(words));
    }
}

fn capsule(name: &str) -> String {
    format!("[[capsule]]\nhostname = \"{name}.example\"\ncontent = \"{name}\"\n")
}

/// Replaces the configuration as editors do, by a rename.
fn write(folder: &Path, capsules: &str) {
    let text = format!(
        "certs = \"certs\"\n[gemini]\nlisten = \"127.0.0.1:0\"\nport = 1970\n[gopher]\nlisten = \"127.0.0.1:0\"\n\
         {capsules}"
    );
    fs::write(folder.join("lamplit.toml.new"), text).expect("writable");
    fs::rename(folder.join("lamplit.toml.new"), folder.join("lamplit.toml")).expect("the same folder");
}

#[tokio::test]
async fn changed_configuration_takes_effect() {
    let home = Home::new();
    assert!(home.ask("b.example").await.whole().starts_with("53 "));
    home.write(&format!("{}title = \"Lamps\"\n{}", capsule("a"), capsule("b")));
    // A handshake may be of a moment before and the request of one after.
    let is_all_there = |seen: &Seen| seen.whole().starts_with("20 ") && seen.common_name() == "b.example";
    let b = home.until("b.example", is_all_there).await;
    assert!(b.body().starts_with("# Capsule b\n"), "{}", b.whole());
    home.until_said("created a key for `b.example` in ");
    let a = home.ask("a.example").await;
    assert!(a.body().starts_with("# Lamps\n"), "{}", a.whole());
    assert!(ask_gopher(home.server.gopher_sockets()[0], "").starts_with("iLamps\t"));

    home.write(&capsule("b"));
    home.until("a.example", |seen| seen.whole().starts_with("53 ")).await;
    // The first capsule is the one that readers get who name none.
    assert!(ask_gopher(home.server.gopher_sockets()[0], "").starts_with("iCapsule b\t"));
    assert!(home.certs("a.example.pem").exists(), "a key is never thrown away");
}

#[tokio::test]
async fn invalid_configuration_is_reported_and_changes_nothing() {
    let home = Home::new();
    let before = home.ask("a.example").await;
    for (text, says) in [
        ("[[capsule]]\nhostnam = \"b.example\"\n".to_owned(), "did you mean `hostname`?"),
        ("[[capsule\n".to_owned(), "this is not TOML"),
        (capsule("a") + &capsule("no-such"), "no-such` cannot be read"),
        (capsule("a") + "aliases = [\"c.example\"]\n", "not made for `c.example`"),
        (capsule("a") + "certificate = \"no-such.pem\"\n", "no-such.pem"),
    ] {
        home.write(&text);
        home.until_said(says);
        // SIGHUP reports it again and changes nothing either.
        home.server.signal("HUP");
        let seen = home.ask("a.example").await;
        assert_eq!((seen.whole(), &seen.chain), (before.whole(), &before.chain), "{says}");
        assert!(home.server.said().contains("stay in force"), "{}", home.server.said());
    }
    assert_eq!(fs::read_dir(home.folder.path().join("certs")).expect("a folder").count(), 1);

    // An essay is published all the same.
    fs::write(home.folder.path().join("a/owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    home.until("a.example", |seen| seen.whole().contains("owls.gmi")).await;
}

/// A requested reload is confirmed even if nothing changed.
#[tokio::test]
async fn sighup_is_answered_even_if_nothing_changed() {
    let home = Home::new();
    home.server.signal("HUP");
    home.until_said("the configuration and the keys were reloaded");
    assert!(home.ask("a.example").await.whole().starts_with("20 "));
}

/// What the settings of a site generator hide is hidden once they are saved, also under the name of another file.
#[test]
fn changed_settings_of_a_generator_take_effect() {
    let hexo = "source_dir: source\nnew_post_name: :title.md\n";
    let tags = format!("{hexo}encrypt:\n  tags:\n    - {{name: hush, password: x}}\n");
    for (before, content, changed, settings) in [
        (("hugo.toml", "title = 'L'\n"), "content", "hugo.toml", "title = 'L'\nignoreFiles = ['hush']\n"),
        // Essays that were read before are hidden by their tags.
        (("_config.yml", hexo), "source", "_config.yml", &tags),
        // Files that were not there.
        ((".eleventy.js", "module.exports = {};\n"), "content", ".eleventyignore", "content/hush\n"),
        (("book.json", "{}\n"), "", ".bookignore", "hush\n"),
    ] {
        let folder = scratch_folder();
        let content = folder.path().join(content);
        fs::create_dir_all(content.join("hush")).expect("writable");
        fs::write(folder.path().join(before.0), before.1).expect("writable");
        fs::write(content.join("a.md"), "# A\n\nA.\n").expect("writable");
        fs::write(content.join("hush/b.md"), "---\ntags: [Hush]\n---\nB.\n").expect("writable");
        let server = Server::start(folder.path());
        assert!(server.ask_gemini("/hush/b.gmi").head.starts_with("20 "), "{changed}");
        let saved = folder.path().join("settings.new");
        fs::write(&saved, settings).expect("writable");
        fs::rename(saved, folder.path().join(changed)).expect("the same folder");
        eventually(TAKEN_UP, || server.ask_gemini("/hush/b.gmi").head, |head| head.starts_with("51 "));
        assert!(server.ask_gemini("/a.gmi").head.starts_with("20 "), "{changed}");
    }
}

/// Editors and git remove the settings of a site generator and write them anew.
#[test]
fn vanished_settings_of_a_generator_stay_in_force_for_a_while() {
    let folder = scratch_folder();
    let (file, settings) = (folder.path().join("mkdocs.yml"), "site_name: Lamps\nexclude_docs: inner/\n");
    fs::create_dir_all(folder.path().join("docs/inner")).expect("writable");
    fs::write(&file, settings).expect("writable");
    for name in ["a.md", "inner/one.txt"] {
        fs::write(folder.path().join("docs").join(name), "One.\n").expect("writable");
    }
    let server = Server::start(&folder.path().join("docs"));
    let ask = || server.ask_gemini("/inner/one.txt").head;
    let stays = || {
        let vanished = Instant::now();
        while vanished.elapsed() < Duration::from_secs(3) {
            assert!(ask().starts_with("51 "), "{}", server.said());
        }
    };
    assert!(ask().starts_with("51 "));
    fs::remove_file(&file).expect("there");
    stays();
    fs::write(&file, settings).expect("writable");
    stays();
    fs::write(&file, "").expect("writable");
    stays();
    fs::write(&file, settings).expect("writable");
    stays();
    fs::remove_file(&file).expect("there");
    eventually(TAKEN_UP, ask, |head| head.starts_with("20 "));
    assert!(server.said().contains("settings of a site generator are missing"), "{}", server.said());
    fs::write(&file, settings).expect("writable");
    eventually(TAKEN_UP, ask, |head| head.starts_with("51 "));
}

/// A folder that cannot be read keeps its last snapshot, unless a new configuration hides some of its essays.
#[tokio::test]
async fn essay_that_becomes_private_is_not_served_while_its_folder_is_missing() {
    let home = Home::new();
    let (folder, away) = (home.folder.path().join("a"), home.folder.path().join("away"));
    fs::write(folder.join("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    home.until("a.example", |seen| seen.whole().contains("owls.gmi")).await;
    fs::rename(&folder, &away).expect("the same folder");
    let nobody = "0".repeat(64);
    let private = format!("private = [{{ path = \"/\", fingerprints = [\"SHA256:{nobody}\"] }}]\n");
    home.write(&(capsule("a") + &private));
    home.until_said("stay in force");
    assert!(home.ask("a.example").await.whole().contains("owls.gmi"));
    fs::rename(&away, &folder).expect("the same folder");
    home.server.signal("HUP");
    home.until("a.example", |seen| seen.whole().starts_with("60 ")).await;
}

#[tokio::test]
async fn change_that_needs_a_restart_is_named() {
    let home = Home::new();
    home.write(&format!("{}[limits]\nrequest = 5\n[log]\nformat = \"json\"\n", capsule("a")));
    home.until_said("`[limits] request` was changed, which needs a restart");
    home.until_said("`[log] format` was changed, which needs a restart");
    assert!(!home.server.said().contains("`[gemini] listen` was changed"));
    assert!(home.ask("a.example").await.whole().starts_with("20 "));
}

/// T12: an open connection is not affected.
#[tokio::test]
async fn renewed_certificate_takes_effect_without_dropping_connections() {
    let home = Home::new();
    let reader = home.reader();
    let before = reader.ask("a.example", "gemini://a.example:1970/").await;
    let mut open = home.open("a.example").await;
    home.cert(&["renew"]);
    let renewed = home.until("a.example", |seen| seen.chain != before.chain).await;
    assert_eq!(renewed.public_key(), before.public_key()); // T9
    home.until_said("`a.example` has another certificate for the same key");
    let resumed = reader.ask("a.example", "gemini://a.example:1970/").await;
    assert_eq!(resumed.kind, Some(HandshakeKind::Resumed)); // T5
    assert_eq!(open.finish("gemini://a.example:1970/").await, before.whole());
}

/// T12: a new key is logged and ends the sessions of the old one.
#[tokio::test]
async fn new_key_takes_effect_and_is_logged() {
    let home = Home::new();
    let reader = home.reader();
    let before = reader.ask("a.example", "gemini://a.example:1970/").await;
    home.cert(&["new-key", "--yes"]);
    let new = home.until("a.example", |seen| seen.chain != before.chain).await;
    assert_ne!(new.public_key(), before.public_key());
    home.until_said("`a.example` has another key: clients warn readers who trusted the previous one");
    let seen = reader.ask("a.example", "gemini://a.example:1970/").await;
    assert_ne!(seen.kind, Some(HandshakeKind::Resumed));
    assert_eq!(seen.public_key(), new.public_key());
}

/// T12: a renewal writes key and certificate one after the other; in between they do not match.
#[tokio::test]
async fn external_files_are_read_again_once_they_match() {
    let home = Home::new();
    let ours = home.ask("a.example").await;
    let pair = || {
        let key = rcgen::KeyPair::generate().expect("a key");
        let params = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).expect("a name");
        let certificate = params.self_signed(&key).expect("a certificate");
        [("CERTIFICATE", certificate.der().to_vec()), ("PRIVATE KEY", key.serialize_der())]
    };
    let put = |(label, der): &(&str, Vec<u8>)| {
        let file = home.folder.path().join(label.replace(' ', "-"));
        fs::write(&file, pem::encode(&pem::Pem::new(*label, der.clone()))).expect("writable");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
    };
    let [certificate, key] = pair();
    put(&certificate);
    put(&key);
    home.write(&(capsule("a") + "certificate = \"CERTIFICATE\"\nkey = \"PRIVATE-KEY\"\n"));
    let first = home.until("a.example", |seen| seen.chain != ours.chain).await;
    assert_eq!(first.chain[0].as_ref(), certificate.1);

    let [certificate, key] = pair();
    put(&certificate);
    home.until_said("do not belong together");
    assert_eq!(home.ask("a.example").await.chain, first.chain);
    put(&key);
    let second = home.until("a.example", |seen| seen.chain != first.chain).await;
    assert_eq!(second.chain[0].as_ref(), certificate.1);
    assert!(home.certs("a.example.pem").exists(), "a key is never thrown away");
}

/// T12, T8: a key that is lost or damaged while the program runs is never replaced, and the loaded one stays in use.
#[tokio::test]
async fn key_lost_while_running_is_not_created_again() {
    let home = Home::new();
    let before = home.ask("a.example").await;
    let key = home.certs("a.example.pem");
    let whole = fs::read(&key).expect("a file");
    fs::remove_file(&key).expect("there");
    home.until_said("there is no key of the capsule here");
    fs::write(&key, "damaged").expect("writable");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("ours");
    home.until_said("no whole private key");
    home.server.signal("HUP");
    assert_eq!(home.ask("a.example").await.chain, before.chain);
    assert_eq!(fs::read(&key).expect("there"), b"damaged");

    fs::write(&key, whole).expect("writable");
    home.write(&(capsule("a") + &capsule("b")));
    home.until("b.example", |seen| seen.whole().starts_with("20 ")).await;
    assert_eq!(home.ask("a.example").await.chain, before.chain);
}

impl Home {
    /// Returns a connection after its handshake and before its request.
    async fn open(&self, host: &str) -> Open {
        let socket = tokio::net::TcpStream::connect(self.server.gemini_sockets()[0]).await.expect("it listens");
        let connector = testkit::tls_client::connector(None);
        Open(connector.connect(testkit::tls_client::name(host), socket).await.expect("a handshake"))
    }
}

struct Open(tokio_rustls::client::TlsStream<tokio::net::TcpStream>);

impl Open {
    async fn finish(&mut self, url: &str) -> String {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        self.0.write_all(format!("{url}\r\n").as_bytes()).await.expect("still open");
        let mut reply = String::new();
        self.0.read_to_string(&mut reply).await.expect("a whole reply");
        reply
    }
}

#[tokio::test]
async fn emptied_configuration_changes_nothing() {
    let home = Home::new();
    let folder = home.folder.path();
    for name in ["desk/letter.md", "index.md"] {
        fs::create_dir_all(folder.join("c/desk")).expect("writable");
        fs::write(folder.join("c").join(name), "# C\n").expect("writable");
    }
    let file = folder.join("lamplit.toml");
    write(folder, "[[capsule]]\nhostname = \"c.example\"\ncontent = \"c\"\nprivate = [{ path = \"/desk/\" }]\n");
    let mut command = lamplit();
    command.args(["serve", "--hostname", "c.example", "--gemini", "127.0.0.1:0", "--gopher", "off", "--certs"]);
    let server = Server::from_command({
        command.arg(folder.join("certs")).arg(folder.join("c")).arg("--config").arg(&file);
        command
    });
    let reader = Reader::new(server.gemini_sockets()[0], DEFAULT_VERSIONS);
    let url = "gemini://c.example:1970/desk/letter.gmi";
    assert!(reader.ask("c.example", url).await.whole().starts_with("60 "));
    for text in ["", " \n"] {
        fs::write(&file, text).expect("writable");
        server.signal("HUP");
        eventually(TAKEN_UP, || server.said(), |said| said.contains("the configuration file is empty"));
        assert!(reader.ask("c.example", url).await.whole().starts_with("60 "));
    }
}
