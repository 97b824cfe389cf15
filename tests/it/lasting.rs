//! Keys are not made where they would be lost: in a container without a volume, or in a folder in memory.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Server, ended, lamplit, run, scratch_folder};

/// Serves `content` as `host`; the key lies in `certs`, below a folder `memory` that is kept in memory. `before` is
/// run in the shell after that is mounted.
fn start(content: &Path, host: &str, memory: &Path, ephemeral: &str, before: &str) -> Command {
    let script = format!("mount -t tmpfs none '{}' && {before} exec \"$0\" \"$@\"", memory.display());
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &script]).arg(lamplit().get_program()).arg("serve").arg(content);
    command.args(["--hostname", host, "--gemini", "127.0.0.1:0", "--gopher", "127.0.0.1:0", "--certs"]);
    command.arg(memory.join("certs")).env("LAMPLIT_EPHEMERAL_KEYS", ephemeral);
    command
}

#[test]
fn no_key_is_made_where_it_does_not_last() {
    let (folder, memory) = (scratch_folder(), scratch_folder());
    fs::write(folder.path().join("a.md"), "# A\n").expect("writable");
    let mut mount = Command::new("unshare");
    mount.args(["-rm", "mount", "-t", "tmpfs", "none"]).arg(memory.path());
    if !mount.output().is_ok_and(|output| output.status.success()) {
        println!("skipped: no mounts of its own to be had here");
        return;
    }
    let start = |host, ephemeral, before: &str| start(folder.path(), host, memory.path(), ephemeral, before);
    let output = ended(&mut start("example.org", "no", ""));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("would be lost: this folder is kept in memory"), "{said}");
    assert!(said.contains("hint: mount a folder that stays there"), "{said}");
    // Nobody else trusts a key for `localhost`; and whoever asks for one gets it.
    for (host, ephemeral) in [("localhost", "no"), ("example.org", "yes")] {
        let server = Server::from_command(start(host, ephemeral, ""));
        assert!(server.ask_gopher("/").contains("/a.txt"), "{host}");
    }
    // A key that is there is used, wherever that is: it may be a secret that is handed in.
    let kept = scratch_folder();
    let mut made = lamplit();
    made.arg("cert").args(["new-key", "--yes", "--hostname", "example.org", "--certs"]).arg(kept.path());
    run(&mut made);
    let copy = format!("cp -rp '{}' '{}' &&", kept.path().display(), memory.path().join("certs").display());
    let server = Server::from_command(start("example.org", "no", &copy));
    assert!(server.stop().success());
}
