//! What becomes public while files are being written, renamed, closed to readers and opened again, and changes that the
//! system does not report.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lamplit::disk::unreported_kind;

use crate::keys::start_in_overlay;
use crate::support::{Configured, Server, configured, eventually, run, scratch_folder};

/// A change takes effect within two seconds; the rest is for tests that run at the same time.
const TAKEN_UP: Duration = Duration::from_secs(20);

/// Serves `folder` as configured, with `more` about its capsule.
fn serve(folder: &Path, more: &str) -> (Configured, Server) {
    let config = configured(&format!("[[capsule]]\ncontent = \"{}\"\n{more}", folder.display()));
    let server = Server::from_command(config.serve());
    (config, server)
}

/// Waits until the reply to `selector` is `good`.
fn until(server: &Server, selector: &str, good: impl Fn(&str) -> bool) {
    eventually(TAKEN_UP, || server.ask_gopher(selector), |reply| good(reply));
}

const PIECES: usize = 12;

/// How a file is written.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Created, as by `scp` and `sftp`.
    New,
    /// Truncated first.
    Truncated,
    /// Written over from the start, as by `rsync --inplace`.
    InPlace,
    /// In a folder made for it.
    InNewFolder,
    /// Written under a name ending in `.part`, which is renamed before the file is closed.
    RenamedOpen,
}

const WAYS: [(&str, Way); 9] = [
    ("new.md", Way::New),
    ("new.txt", Way::New),
    ("new.jpg", Way::New),
    ("new.gmi", Way::New),
    ("films/truncated.md", Way::Truncated),
    ("truncated.jpg", Way::Truncated),
    ("in-place.md", Way::InPlace),
    ("folder/new.md", Way::InNewFolder),
    ("renamed.md", Way::RenamedOpen),
];

fn whole(edition: &str) -> String {
    let lines: Vec<String> = (0..PIECES).map(|number| format!("Line {number:02} of {edition}.\n\n")).collect();
    let lines = lines.concat();
    format!("{lines}The end of {edition}.\n")
}

/// Writes `path` in [`PIECES`], with pauses of `pause`.
fn write_slowly(path: &Path, way: Way, pause: Duration) {
    let text = whole("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(!matches!(way, Way::InPlace));
    if matches!(way, Way::InNewFolder) {
        fs::create_dir(path.parent().expect("a folder")).expect("writable");
    }
    let part = path.with_extension("md.part");
    let mut file = options.open(if matches!(way, Way::RenamedOpen) { &part } else { path }).expect("writable");
    for (number, piece) in text.as_bytes().chunks(text.len().div_ceil(PIECES)).enumerate() {
        file.write_all(piece).expect("writable");
        thread::sleep(pause);
        if number == PIECES / 2 && matches!(way, Way::RenamedOpen) {
            fs::rename(&part, path).expect("writable");
        }
    }
}

/// Lets readers look at every file while all are written slowly; returns how often they looked.
fn look_while_writing(pause: Duration, starts_meanwhile: bool) -> usize {
    let folder = scratch_folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("films")).expect("writable");
    fs::write(at("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    for name in ["films/truncated.md", "truncated.jpg", "in-place.md"] {
        fs::write(at(name), whole("old")).expect("writable");
    }
    let (written, looks) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        let begin = || {
            for (name, way) in WAYS {
                let (path, written) = (at(name), &written);
                scope.spawn(move || {
                    write_slowly(&path, way, pause);
                    written.fetch_add(1, Ordering::Relaxed);
                });
            }
        };
        if starts_meanwhile {
            begin();
            eventually(TAKEN_UP, || at("new.gmi").exists() && at("new.md").exists(), |there| *there);
        }
        let (_config, server) = serve(folder.path(), "");
        if !starts_meanwhile {
            begin();
        }
        let is_whole = |reply: &str, edition: &str| {
            (0..PIECES).all(|number| reply.contains(&format!("Line {number:02} of {edition}.")))
                && reply.contains(&format!("The end of {edition}."))
        };
        let selectors = WAYS.map(|(name, _)| format!("/{}", name.replace(".md", ".txt").replace(".gmi", ".txt")));
        while written.load(Ordering::Relaxed) < WAYS.len() {
            for selector in &selectors {
                let reply = server.ask_gopher(selector);
                looks.fetch_add(1, Ordering::Relaxed);
                let is_absent = reply.starts_with('3');
                let is_good = is_absent || is_whole(&reply, "new") || !starts_meanwhile && is_whole(&reply, "old");
                assert!(is_good, "{selector} in part:\n{reply}\n{}", server.said());
            }
        }
        for selector in &selectors {
            until(&server, selector, |reply| is_whole(reply, "new"));
        }
        assert!(server.ask_gopher("/owls.txt").contains("They call"));
    });
    looks.into_inner()
}

/// C12.
#[test]
fn file_being_written_slowly_is_never_published_in_part() {
    look_while_writing(Duration::from_millis(180), false);
}

#[test]
fn file_being_written_while_the_server_starts_is_not_published_in_part() {
    look_while_writing(Duration::from_millis(180), true);
}

#[test]
#[ignore = "takes 30 s"]
fn thousand_looks_at_uploads_of_a_piece_a_second_see_none_in_part() {
    for starts_meanwhile in [false, true] {
        let looks = look_while_writing(Duration::from_secs(1), starts_meanwhile);
        assert!(looks >= 1_000, "{looks} looks");
    }
}

/// Editors rename a text to a backup and write it anew, at times seconds later over a slow line.
#[test]
fn text_does_not_vanish_while_an_editor_writes_it_anew() {
    let folder = scratch_folder();
    let at = |name: &str| folder.path().join(name);
    let ways: [(&str, &str); 6] = [
        ("emacs.md", "emacs.md~"),
        ("numbered.md", "numbered.md.~1~"),
        ("vim.gmi", "vim.gmi.bak"),
        ("old.md", "old.md.orig"),
        ("hidden.md", ".hidden.md.backup"),
        ("plain.txt", "plain.txt~"),
    ];
    for (name, _) in ways {
        fs::write(at(name), "# Owls\n\nThe first edition.\n").expect("writable");
    }
    fs::write(at("withdrawn.md"), "# Bats\n\nThey sleep.\n").expect("writable");
    let (_config, server) = serve(folder.path(), "");
    let selector = |name: &str| format!("/{}.txt", name.split_once('.').expect("an extension").0);
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                for (name, _) in ways {
                    let reply = server.ask_gopher(&selector(name));
                    assert!(reply.contains(" edition."), "{name}: {reply}\n{}", server.said());
                }
            }
        });
        for pause in [0, 50, 700] {
            for (name, backup) in ways {
                fs::rename(at(name), at(backup)).expect("writable");
            }
            thread::sleep(Duration::from_millis(pause));
            for (name, _) in ways {
                fs::write(at(name), format!("# Owls\n\nThe {pause} edition.\n")).expect("writable");
            }
            for (name, _) in ways {
                until(&server, &selector(name), |reply| reply.contains(&format!("The {pause} edition.")));
            }
        }
        is_done.store(true, Ordering::Relaxed);
        reader.join().expect("it only reads");
    });
    fs::rename(at("withdrawn.md"), at("withdrawn.md.bak")).expect("writable");
    until(&server, "/withdrawn.txt", |reply| reply.starts_with('3'));
    assert!(server.ask_gopher("/owls.txt").starts_with('3'));
    assert!(server.ask_gopher("/emacs.txt").contains(" edition."));
}

/// A save in the way of Vim, by Vim itself.
#[test]
fn text_saved_by_vim_is_there_all_the_time() {
    if Command::new("vim").arg("--version").output().is_err() {
        println!("skipped: no vim here");
        return;
    }
    let folder = scratch_folder();
    let file = folder.path().join("owls.md");
    fs::write(&file, "# Owls\n\nEdition 0.\n").expect("writable");
    let (_config, server) = serve(folder.path(), "");
    for (number, settings) in
        ["set backup", "set backupcopy=no", "set backupcopy=yes", "set nowritebackup"].iter().enumerate()
    {
        let change = format!("%s/Edition .*/Edition {}./", number + 1);
        run(Command::new("vim")
            .args(["-N", "-u", "NONE", "-es", "-c", settings, "-c", &change, "-c", "wq"])
            .arg(&file));
        until(&server, "/owls.txt", |reply| {
            assert!(reply.contains("Edition"), "{settings}: {reply}");
            reply.contains(&format!("Edition {}.", number + 1))
        });
    }
}

/// The user and group `nobody`.
const OTHER: u32 = 65_534;

/// A server does not see what other users write; what they saved just before it starts is there.
#[test]
fn file_that_another_user_writes_during_a_start_is_not_published_in_part() {
    if !may_serve_as_other() {
        return;
    }
    let folder = scratch_folder();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("big.md"), "").expect("writable");
    fs::write(at("saved.md"), "# Saved\n").expect("writable");
    let (_config, command) = serve_as_other(folder.path());
    thread::scope(|scope| {
        let upload = scope.spawn(|| write_slowly(&at("big.md"), Way::New, Duration::from_millis(300)));
        let server = Server::from_command(command);
        assert!(server.ask_gopher("/saved.txt").contains("Saved"));
        let is_whole = |reply: &str| reply.contains("The end of new.");
        while !upload.is_finished() {
            let reply = server.ask_gopher("/big.txt");
            assert!(reply.starts_with('3') || is_whole(&reply), "in part: {reply}");
        }
        until(&server, "/big.txt", is_whole);
    });
}

/// Returns whether a server can be started as [`OTHER`], and says so if not.
fn may_serve_as_other() -> bool {
    let is_superuser = run(Command::new("id").arg("-u")).trim() == "0";
    let may = is_superuser && Command::new("setpriv").arg("--version").output().is_ok();
    if !may {
        println!("skipped: only the superuser, with setpriv, starts a server as another user");
    }
    may
}

/// Returns the command of a server of `folder` that runs as [`OTHER`], and its configuration.
fn serve_as_other(folder: &Path) -> (Configured, Command) {
    let config = configured(&format!("[[capsule]]\ncontent = \"{}\"\n", folder.display()));
    let home = config.file().parent().expect("a folder").to_owned();
    for folder in [folder, &home] {
        fs::set_permissions(folder, Permissions::from_mode(0o755)).expect("ours");
    }
    chown(&home, Some(OTHER), Some(OTHER)).expect("the superuser may");
    let serve = config.serve();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(serve.get_program()).args(serve.get_args());
    command.env("HOME", &home).env("LAMPLIT_EPHEMERAL_KEYS", "yes");
    (config, command)
}

/// Permissions keep an essay from readers, and give it to them, without another change.
#[test]
fn permissions_publish_and_withdraw() {
    if !may_serve_as_other() {
        return;
    }
    let folder = scratch_folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("films")).expect("writable");
    for name in ["a.md", "b.txt", "c.jpg", "films/d.md", "e.md"] {
        fs::write(at(name), "Words of an essay.\n").expect("writable");
    }
    let mode = |path: &Path, bits| fs::set_permissions(path, Permissions::from_mode(bits)).expect("ours");
    chown(at("e.md"), Some(0), Some(0)).expect("the superuser may");
    let (_config, command) = serve_as_other(folder.path());
    let server = Server::from_command(command);
    let is_there = |reply: &str| reply.contains("Words of an essay");
    for (name, selector, closed, open) in [
        ("a.md", "/a.txt", 0o600, 0o644),
        ("b.txt", "/b.txt", 0o000, 0o444),
        ("c.jpg", "/c.jpg", 0o640, 0o644),
        ("films", "/films/d.txt", 0o700, 0o755),
        ("films/d.md", "/films/d.txt", 0o600, 0o664),
    ] {
        until(&server, selector, is_there);
        let start = Instant::now();
        mode(&at(name), closed);
        until(&server, selector, |reply| !is_there(reply));
        println!("{name} withdrawn after {:?}", start.elapsed());
        let start = Instant::now();
        mode(&at(name), open);
        until(&server, selector, is_there);
        println!("{name} published after {:?}", start.elapsed());
    }
    mode(&at("e.md"), 0o600);
    until(&server, "/e.txt", |reply| !is_there(reply));
    chown(at("e.md"), Some(OTHER), None).expect("the superuser may");
    until(&server, "/e.txt", is_there);
    assert!(is_there(&server.ask_gopher("/a.txt")));
}

/// Kubernetes writes a volume into a new hidden folder and turns a link to it.
#[test]
fn volume_of_kubernetes_is_taken_up_when_its_link_turns() {
    let folder = scratch_folder();
    let at = |name: &str| folder.path().join(name);
    let make = |generation: usize| {
        let name = format!("..2024_05_{generation:02}");
        fs::create_dir_all(at(&name).join("films")).expect("writable");
        fs::write(at(&name).join("a.md"), format!("# A\n\nEdition {generation}.\n")).expect("writable");
        fs::write(at(&name).join("films/b.md"), format!("# B\n\nEdition {generation}.\n")).expect("writable");
        symlink(&name, at("..data_tmp")).expect("linked");
        fs::rename(at("..data_tmp"), at("..data")).expect("writable");
    };
    make(1);
    symlink("..data/a.md", at("a.md")).expect("linked");
    symlink("..data/films", at("films")).expect("linked");
    let (_config, server) = serve(folder.path(), "");
    for generation in 1..4 {
        let words = format!("Edition {generation}.");
        for selector in ["/a.txt", "/films/b.txt"] {
            until(&server, selector, |reply| reply.contains(&words));
        }
        make(generation + 1);
        if generation > 1 {
            fs::remove_dir_all(at(&format!("..2024_05_{generation:02}"))).expect("writable");
        }
    }
    // A save in the folder that the link leads to.
    fs::write(at("..data/a.md"), "# A\n\nSaved in place.\n").expect("writable");
    until(&server, "/a.txt", |reply| reply.contains("Saved in place."));
}

/// The numbers are those of `statfs`(2), and of virtual machines for the folders of their hosts.
#[test]
fn file_systems_that_do_not_report_changes_of_others_are_known_by_their_numbers() {
    let kinds = [
        (0x6969, Some("NFS")),
        (0x517b, Some("SMB")),
        (0xff53_4d42, Some("SMB")),
        (0xffff_ffff_ff53_4d42, Some("SMB")),
        (0xfe53_4d42, Some("SMB")),
        (0x6573_5546, Some("FUSE")),
        (0x0102_1997, Some("9P")),
        (0x794c_7630, Some("overlay")),
        (0x00c3_6400, Some("Ceph")),
        (0x6b41_4653, Some("AFS")),
        (0x786f_4256, Some("a folder of the host")),
        (0xbacb_acbc, Some("a folder of the host")),
        (0x7c7c_6673, Some("a folder of the host")),
        // ext4, XFS, Btrfs, tmpfs, ZFS.
        (0xef53, None),
        (0x5846_5342, None),
        (0x9123_683e, None),
        (0x0102_1994, None),
        (0x2fc1_2fc1, None),
    ];
    for (magic, expected) in kinds {
        assert_eq!(unreported_kind(magic), expected, "{magic:#x}");
    }
}

#[test]
fn file_system_that_does_not_report_changes_of_others_is_named_at_the_start() {
    let (certs, root) = (scratch_folder(), scratch_folder());
    let start = |then: &str| start_in_overlay(Path::new("/essays"), root.path(), certs.path(), then);
    if !start("exit 0").output().is_ok_and(|output| output.status.success()) {
        println!("skipped: no overlay of its own to be had here");
        return;
    }
    let server = Server::from_command(start("mkdir root/essays; echo Text. > root/essays/a.md"));
    let told = "changes by others in `/essays`, which is on overlay, are not reported";
    eventually(TAKEN_UP, || server.said(), |said| said.contains(told));
}

/// A write through a name outside of the folder is not reported, as on a file system that others change.
#[test]
fn change_that_is_not_reported_is_found_by_comparing() {
    let (folder, outside) = (scratch_folder(), scratch_folder());
    let names = ["a.md", "b.txt", "films/c.gmi", "d.jpg"];
    fs::create_dir_all(folder.path().join("films")).expect("writable");
    let other = |name: &str| outside.path().join(name.replace('/', "-"));
    for name in names {
        fs::write(other(name), "Edition 0.\n").expect("writable");
        fs::hard_link(other(name), folder.path().join(name)).expect("one file system");
    }
    let (_config, server) = serve(folder.path(), "poll = 1\n");
    for edition in 1..4 {
        let words = format!("Edition {edition}.");
        for name in names {
            fs::write(other(name), format!("{words}\n")).expect("writable");
        }
        for name in names {
            let selector = format!("/{}", name.replace(".md", ".txt").replace(".gmi", ".txt"));
            until(&server, &selector, |reply| reply.contains(&words));
        }
    }
    // What changed while the first watch was being set up proves nothing.
    let (_config, server) = serve(folder.path(), "poll = 4\n");
    let said = "was not reported; the folder is compared with what is published every 4 s";
    for edition in 5.. {
        let words = format!("Edition {edition}.");
        fs::write(other("a.md"), format!("{words}\n")).expect("writable");
        until(&server, "/a.txt", |reply| reply.contains(&words));
        if server.said().contains(said) {
            break;
        }
        assert!(edition < 20, "{}", server.said());
    }
}

/// The folder is deleted and made anew, as build scripts do.
#[test]
fn folder_deleted_and_made_anew_keeps_its_readers() {
    let parent = scratch_folder();
    let folder = parent.path().join("public");
    let make = |edition: usize| {
        fs::create_dir(&folder).expect("writable");
        fs::write(folder.join("owls.md"), format!("# Owls\n\nEdition {edition}.\n")).expect("writable");
    };
    make(0);
    let (_config, server) = serve(&folder, "swapped = true\n");
    for edition in 1..4 {
        fs::remove_dir_all(&folder).expect("writable");
        make(edition);
        until(&server, "/owls.txt", |reply| {
            assert!(reply.contains("Edition"), "{reply}\n{}", server.said());
            reply.contains(&format!("Edition {edition}."))
        });
    }
}
