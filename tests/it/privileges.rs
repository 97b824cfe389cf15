//! What the real program gives up, and what it does about what it then cannot reach.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::support::{Configured, Server, configured, eventually, scratch_folder};

/// A change is taken up within a second or two; the rest is for the tests that run beside this one.
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
        fs::write(self.at(name).join("owls.md"), format!("# Owls\n\nThe {name} edition.\n"))
            .expect("writable");
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
fn another_folder_of_the_same_name_is_out_of_reach() {
    let home = Home::new(&["essays"]);
    let Some(server) = home.serve("essays", "") else { return };
    fs::rename(home.at("essays"), home.at("away")).expect("the same folder");
    home.make("essays");
    fs::write(home.at("essays/bats.md"), "# Bats\n").expect("writable");
    says(&server, "was replaced by another one, which lies outside the sandbox");
    says(&server, "hint: write `swapped = true` into its `[[capsule]]`");
    assert!(!server.ask_gopher("").contains("Bats"));
    shows(&server, "The essays edition");

    // It comes back under its name, and is itself again.
    fs::remove_dir_all(home.at("essays")).expect("ours");
    fs::rename(home.at("away"), home.at("essays")).expect("the same folder");
    fs::write(home.at("essays/owls.md"), "# Owls\n\nAt home.\n").expect("writable");
    shows(&server, "At home");
    let said = server.said();
    assert_eq!(said.matches("was replaced by another one").count(), 1, "said once:\n{said}");
}

#[test]
fn deployments_swap_a_folder_that_is_said_to_be_swapped() {
    let home = Home::new(&["essays", "next"]);
    let Some(server) = home.serve("essays", "swapped = true\n") else { return };
    fs::rename(home.at("essays"), home.at("away")).expect("the same folder");
    fs::rename(home.at("next"), home.at("essays")).expect("the same folder");
    shows(&server, "The next edition");
}

#[test]
fn deployments_turn_a_link() {
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
fn a_configuration_that_leads_out_of_the_sandbox_waits_for_a_restart() {
    let home = Home::new(&["essays", "other"]);
    let Some(server) = home.serve("essays", "") else { return };
    home.config.write(&capsule(&home.at("other"), ""));
    says(&server, "/other` lies outside the sandbox that this process is in");
    says(&server, "hint: restart Lamplit");
    says(&server, "stay in force");
    shows(&server, "The essays edition");
    drop(server);
    shows(&Server::from_command(home.config.serve()), "The other edition");
}

#[test]
fn a_sandbox_can_be_required_and_left() {
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
        let output = home.config.serve().output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("though the configuration requires it"), "{said}");
        assert!(said.contains("hint: use Linux 6.12"), "{said}");
    }
}
