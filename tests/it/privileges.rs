//! The sandbox and the user of the process, and what the real program does about files that it cannot reach.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use lamplit::privileges::sandbox::{Sandbox, SandboxLevel, SandboxRules};
use lamplit::privileges::user::{create_dir, named};
use tempfile::TempDir;

use crate::support::{Configured, Server, configured, ended, eventually, lamplit, scratch_folder};

/// A change takes effect within two seconds; the rest is for tests that run at the same time.
const TAKEN_UP: Duration = Duration::from_secs(20);

/// Folders with an essay each, and a configuration elsewhere.
struct Home {
    folders: TempDir,
    config: Configured,
}

impl Home {
    fn new(folders: &[&str]) -> Self {
        let home = Self { folders: scratch_folder(), config: configured("") };
        for name in folders {
            home.make(name);
        }
        home
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folders.path().join(name)
    }

    fn make(&self, name: &str) {
        fs::create_dir(self.at(name)).expect("writable");
        fs::write(self.at(name).join("owls.md"), format!("# Owls\n\nThe {name} edition.\n")).expect("writable");
    }

    /// Serves `name`, with `more` about its capsule; none where the kernel has no sandbox.
    fn serve(&self, name: &str, more: &str) -> Option<Server> {
        self.config.write(&capsule(&self.at(name), more));
        let server = Server::from_command(self.config.serve());
        if more.contains("\"off\"") {
            return Some(server);
        }
        says(&server, "the sandbox is ");
        if server.said().contains("the sandbox is not enforced") {
            println!("skipped: no Landlock here");
            return None;
        }
        Some(server)
    }
}

fn capsule(content: &Path, more: &str) -> String {
    format!("[[capsule]]\ncontent = \"{}\"\n{more}", content.display())
}

fn shows(server: &Server, words: &str) {
    eventually(TAKEN_UP, || server.ask_gopher("/owls.txt"), |text| text.contains(words));
}

fn says(server: &Server, words: &str) {
    eventually(TAKEN_UP, || server.said(), |said| said.contains(words));
}

#[test]
fn replaced_folder_is_outside_the_sandbox() {
    let home = Home::new(&["essays"]);
    let Some(server) = home.serve("essays", "") else { return };
    fs::rename(home.at("essays"), home.at("away")).expect("the same folder");
    home.make("essays");
    fs::write(home.at("essays/bats.md"), "# Bats\n").expect("writable");
    says(&server, "was replaced by another one, which lies outside the sandbox");
    says(&server, "hint: write `swapped = true` into its `[[capsule]]`");
    assert!(!server.ask_gopher("").contains("Bats"));
    shows(&server, "The essays edition");

    // The original folder returns and is served again.
    fs::remove_dir_all(home.at("essays")).expect("ours");
    fs::rename(home.at("away"), home.at("essays")).expect("the same folder");
    fs::write(home.at("essays/owls.md"), "# Owls\n\nAt home.\n").expect("writable");
    shows(&server, "At home");
    let said = server.said();
    assert_eq!(said.matches("was replaced by another one").count(), 1, "said once:\n{said}");
}

#[test]
fn folder_configured_as_swapped_can_be_replaced() {
    let home = Home::new(&["essays", "next"]);
    let Some(server) = home.serve("essays", "swapped = true\n") else { return };
    fs::rename(home.at("essays"), home.at("away")).expect("the same folder");
    fs::rename(home.at("next"), home.at("essays")).expect("the same folder");
    shows(&server, "The next edition");
}

#[test]
fn link_can_be_turned_to_another_folder() {
    let home = Home::new(&[]);
    fs::create_dir(home.at("releases")).expect("writable");
    for release in ["releases/1", "releases/2"] {
        home.make(release);
    }
    fs::create_dir(home.at("www")).expect("writable");
    symlink("../releases/1", home.at("www/current")).expect("writable");
    let Some(server) = home.serve("www/current", "swapped = true\n") else { return };
    shows(&server, "The releases/1 edition");
    symlink("../releases/2", home.at("www/new")).expect("writable");
    fs::rename(home.at("www/new"), home.at("www/current")).expect("the same folder");
    shows(&server, "The releases/2 edition");
    home.make("releases/3");
    symlink("../releases/3", home.at("www/new")).expect("writable");
    fs::rename(home.at("www/new"), home.at("www/current")).expect("the same folder");
    shows(&server, "The releases/3 edition");
}

#[test]
fn configuration_outside_the_sandbox_needs_a_restart() {
    let home = Home::new(&["essays", "other"]);
    let Some(server) = home.serve("essays", "") else { return };
    home.config.write(&capsule(&home.at("other"), ""));
    says(&server, "/other` lies outside the sandbox of this process");
    says(&server, "hint: restart Lamplit");
    says(&server, "stay in force");
    shows(&server, "The essays edition");
    drop(server);
    shows(&Server::from_command(home.config.serve()), "The other edition");
}

#[test]
fn sandbox_can_be_required_or_turned_off() {
    let home = Home::new(&["essays"]);
    let Some(server) = home.serve("essays", "[privileges]\nsandbox = \"off\"\n") else { return };
    fs::rename(home.at("essays"), home.at("away")).expect("the same folder");
    home.make("essays");
    fs::write(home.at("essays/owls.md"), "# Owls\n\nAnother folder.\n").expect("writable");
    shows(&server, "Another folder");
    assert!(!server.said().contains("sandbox"), "{}", server.said());
    drop(server);

    let best = home.serve("essays", "").is_some_and(|server| server.said().contains("fully enforced"));
    home.config.write(&capsule(&home.at("essays"), "[privileges]\nsandbox = \"require\"\n"));
    if best {
        shows(&Server::from_command(home.config.serve()), "Another folder");
    } else {
        let output = ended(&mut home.config.serve());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("though the configuration requires it"), "{said}");
        assert!(said.contains("hint: use Linux 6.12"), "{said}");
    }
}

/// Returns the distinct lines that begin with one of `keys` in the status of all threads of a process.
fn status(process: u32, keys: &[&str]) -> BTreeSet<String> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).expect("it runs");
    let status = tasks.map(|task| fs::read_to_string(task.expect("a task").path().join("status")));
    let lines: Vec<String> = status.map_while(Result::ok).collect();
    let lines = lines.iter().flat_map(|status| status.lines());
    let wanted = lines.filter(|line| keys.iter().any(|key| line.starts_with(key)));
    wanted.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Returns user and group of `nobody`, if they exist and the test runs as root.
pub(crate) fn nobody() -> Option<(u32, u32)> {
    let id = |what: &str| Command::new("id").args([what, "nobody"]).output().ok();
    let number = |what: &str| String::from_utf8(id(what)?.stdout).ok()?.trim().parse().ok();
    let is_root = fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0);
    let found = number("-u").zip(number("-g")).filter(|_| is_root);
    if found.is_none() {
        println!("skipped: this is not root, or there is no `nobody`");
    }
    found
}

#[test]
fn root_becomes_another_user_before_anything_is_read() {
    let Some((uid, gid)) = nobody() else { return };
    let home = Home::new(&["essays"]);
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(home.folders.path(), open.clone()).expect("ours");
    fs::set_permissions(home.config.file().parent().expect("a folder"), open).expect("ours");
    let certs = home.at("state/certs");
    let as_nobody = |more: &str| {
        home.config.write(&capsule(&home.at("essays"), more));
        let mut command = home.config.serve();
        command.args(["--user", "nobody", "--certs"]).arg(&certs);
        command
    };
    let server = Server::from_command(as_nobody(""));
    shows(&server, "The essays edition");
    let expected = [
        "CapEff: 0000000000000000".to_owned(),
        format!("Gid: {gid} {gid} {gid} {gid}"),
        format!("Groups: {gid}"),
        format!("Uid: {uid} {uid} {uid} {uid}"),
    ];
    assert_eq!(status(server.id(), &["Uid:", "Gid:", "Groups:", "CapEff:"]), expected.into());
    let key = certs.join("localhost.pem");
    for (path, mode) in [(home.at("state"), 0o700), (certs.clone(), 0o700), (key.clone(), 0o600)] {
        let metadata = fs::metadata(&path).expect("made");
        assert_eq!((metadata.uid(), metadata.mode() & 0o777), (uid, mode), "{}", path.display());
    }
    assert!(!server.said().contains("as root"), "{}", server.said());

    // Files are read again as that user, and new files belong to that user.
    fs::set_permissions(home.at("essays"), fs::Permissions::from_mode(0o700)).expect("ours");
    home.config.write(&(capsule(&home.at("essays"), "") + &capsule(&home.at("essays"), "hostname = \"b.example\"\n")));
    says(&server, "cannot be read: Permission denied");
    fs::set_permissions(home.at("essays"), fs::Permissions::from_mode(0o755)).expect("ours");
    server.signal("HUP");
    says(&server, "created a key for `b.example` in ");
    shows(&server, "The essays edition");
    drop(server);

    // A key that root created earlier keeps its owner.
    chown(&key, Some(0), Some(0)).expect("ours");
    let output = ended(&mut as_nobody(""));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("localhost.pem") && said.contains("`chown`"), "{said}");
    chown(&key, Some(uid), Some(gid)).expect("ours");
    shows(&Server::from_command(as_nobody("")), "The essays edition");
}

#[test]
fn unknown_user_is_refused_and_root_without_user_is_warned() {
    let home = Home::new(&["essays"]);
    home.config.write(&capsule(&home.at("essays"), "[privileges]\nuser = \"no-such-user\"\n"));
    let output = ended(&mut home.config.serve());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("there is no user `no-such-user`"), "{said}");
    assert!(said.contains("hint: make one with `useradd"), "{said}");
    let Some(_) = nobody() else { return };
    home.config.write(&capsule(&home.at("essays"), ""));
    says(&Server::from_command(home.config.serve()), "name a user with `--user NAME`");
}

/// A thread can be in a sandbox without the others.
#[test]
fn files_and_sockets_outside_the_rules_are_refused() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let at = |name: &str| scratch.path().join(name);
    for folder in ["essays", "keys", "outside", "live", "archive"] {
        fs::create_dir(at(folder)).expect("made");
        fs::write(at(folder).join("a"), folder).expect("written");
    }
    symlink(at("outside"), at("essays/link")).expect("linked");
    symlink("../archive/a", at("live/key.pem")).expect("linked");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let path = at("outside/socket");
    let _listener = UnixListener::bind(&path).expect("a socket");
    let mut access = SandboxRules::default();
    access.read.push(at("essays"));
    access.write.push(at("keys"));
    access.read.push(at("not-there"));
    access.read_replaceable(&at("live/key.pem"));
    let inside = || {
        let (sandbox, enforced) = access.enforce();
        if enforced.level != SandboxLevel::Full {
            println!("skipped: {enforced}");
            return Sandbox::default();
        }
        let refused = |result: io::Result<()>| {
            assert_eq!(result.map_err(|error| error.kind()), Err(io::ErrorKind::PermissionDenied));
        };
        let read = |name: &str| fs::read(at(name)).map(drop);
        read("essays/a").expect("content is read");
        read("archive/a").expect("the target of a link is read, and the file that replaces it");
        fs::read_dir(at("essays")).expect("and listed");
        refused(read("outside/a"));
        refused(read("essays/link/a"));
        refused(fs::read_dir(at("outside")).map(drop));
        for name in ["essays/a", "essays/new", "outside/a"] {
            refused(fs::write(at(name), "written"));
        }
        refused(fs::remove_file(at("essays/a")));
        refused(fs::create_dir(at("keys/folder")));
        refused(symlink("a", at("keys/link")));

        fs::write(at("keys/new"), "key").expect("keys are written");
        fs::rename(at("keys/new"), at("keys/a")).expect("and renamed");
        fs::hard_link(at("keys/a"), at("keys/b")).expect("and linked");
        fs::remove_file(at("keys/b")).expect("and tidied up");
        assert!(sandbox.permits(&at("essays/a")) && !sandbox.permits(&at("outside")));

        refused(TcpListener::bind("127.0.0.1:0").map(drop));
        refused(TcpStream::connect(address).map(drop));
        refused(UdpSocket::bind("127.0.0.1:0").map(drop));
        refused(UdpSocket::bind("[::1]:0").map(drop));
        refused(UnixStream::connect(&path).map(drop));
        refused(UnixDatagram::unbound().map(drop));
        refused(Command::new("/bin/true").status().map(drop));
        UnixStream::pair().expect("the runtime wakes itself with a pair");
        listener.set_nonblocking(true).expect("set");
        let waiting = listener.accept().expect_err("no client");
        assert_eq!(waiting.kind(), io::ErrorKind::WouldBlock, "listeners bound before still work");
        sandbox
    };
    let sandbox = thread::scope(|scope| scope.spawn(inside).join()).expect("no panic");
    fs::write(at("essays/a"), "written").expect("other threads are not in it");

    // Permission follows the folder and not its name. Without a sandbox, everything is permitted.
    let is_enforced = !sandbox.permits(scratch.path());
    let permits = |name: &str| sandbox.permits(&at(name));
    assert!(permits("essays") && permits("keys/a") && permits("missing"));
    fs::rename(at("essays"), at("away")).expect("the same folder");
    fs::create_dir(at("essays")).expect("made");
    assert!(permits("away"));
    assert_eq!(permits("essays"), !is_enforced);
}

/// A service manager gets datagrams; there are no other new sockets then.
#[test]
fn service_manager_is_told_from_within_the_sandbox() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let path = scratch.path().join("notify");
    let manager = UnixDatagram::bind(&path).expect("a socket");
    let mut access = SandboxRules::default();
    access.service_manager = Some(false);
    let inside = || {
        let (_, enforced) = access.enforce();
        if enforced.level != SandboxLevel::Full {
            println!("skipped: {enforced}");
            return false;
        }
        let refused = |result: io::Result<()>| {
            assert_eq!(result.map_err(|error| error.kind()), Err(io::ErrorKind::PermissionDenied));
        };
        let socket = UnixDatagram::unbound().expect("a socket");
        socket.connect(&path).expect("the manager");
        socket.send(b"READY=1").expect("sent");
        refused(UnixStream::connect(&path).map(drop));
        refused(UdpSocket::bind("127.0.0.1:0").map(drop));
        refused(TcpListener::bind("127.0.0.1:0").map(drop));
        true
    };
    if thread::scope(|scope| scope.spawn(inside).join()).expect("no panic") {
        let mut space = [0; 16];
        assert_eq!(manager.recv(&mut space).expect("a datagram"), 7);
    }
}

/// Root needs only to access files of other users; and a configuration in a home, or beside those of other programs,
/// does not open the folder.
#[test]
fn service_keeps_no_more_than_it_needs() {
    for variable in ["HOME", "XDG_CONFIG_HOME"] {
        keeps_no_more_than_it_needs(variable);
    }
    let folder = scratch_folder();
    let file = folder.path().join(".config/lamplit.toml");
    fs::create_dir(folder.path().join(".config")).expect("writable");
    fs::write(&file, "").expect("writable");
    let mut access = SandboxRules::default();
    access.read_replaceable(&file);
    assert!(access.read.iter().all(|read| read.ends_with("lamplit.toml")), "{access:?}");
}

/// Starts a service whose configuration lies directly in the folder that `variable` names.
fn keeps_no_more_than_it_needs(variable: &str) {
    let home = Home::new(&["essays", ".ssh"]);
    let config = home.at("config.toml");
    let write = |content: &str| {
        let text = format!("certs = \"{}\"\n{}", home.at("certs").display(), capsule(&home.at(content), ""));
        fs::write(&config, text).expect("writable");
    };
    write("essays");
    let mut command = lamplit();
    command.args(["serve", "--gemini", "127.0.0.1:0", "--gopher", "127.0.0.1:0", "--config"]).arg(&config);
    command.env(variable, home.folders.path());
    let server = Server::from_command(command);
    shows(&server, "The essays edition");
    if !server.said().contains("fully enforced") {
        println!("skipped: no whole sandbox here");
        return;
    }
    let kept = status(server.id(), &["CapEff:", "CapPrm:", "CapInh:", "Seccomp:", "NoNewPrivs:"]);
    let none = "0000000000000000";
    let of_root = if nobody().is_some() { "0000000000000002" } else { none };
    let expected = [
        format!("CapEff: {of_root}"),
        format!("CapInh: {none}"),
        format!("CapPrm: {of_root}"),
        "NoNewPrivs: 1".to_owned(),
        "Seccomp: 2".to_owned(),
    ];
    assert_eq!(kept, expected.into());
    // The file is read again after a change, but nothing beside it.
    write(".ssh");
    says(&server, "/.ssh` lies outside the sandbox of this process");
    shows(&server, "The essays edition");
    // Another file of its name is not what was allowed.
    fs::write(home.at("new.toml"), fs::read_to_string(&config).expect("readable")).expect("writable");
    fs::rename(home.at("new.toml"), &config).expect("the same folder");
    says(&server, "/config.toml` lies outside the sandbox of this process");
    says(&server, "a file that replaces one in a home is another file");
    shows(&server, "The essays edition");
}

#[test]
fn missing_folders_are_created_for_the_user() {
    let problem = named("no-such-user").expect_err("no such user");
    assert!(problem.to_string().contains("hint: make one with `useradd"), "{problem}");
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let (folder, taken) = (scratch.path().join("lamplit/certs"), scratch.path().join("file"));
    let Some((uid, _)) = nobody() else { return };
    let user = named("nobody").expect("a user of every system");
    create_dir(&folder, &user).expect("made");
    for made in [folder.parent().expect("a parent"), &folder] {
        let metadata = fs::metadata(made).expect("made");
        assert_eq!((metadata.mode() & 0o777, metadata.uid()), (0o700, uid));
    }
    assert_eq!(fs::metadata(scratch.path()).expect("there").uid(), 0, "it existed before");
    fs::write(&taken, "").expect("written");
    assert!(create_dir(&taken, &user).is_err());
}
