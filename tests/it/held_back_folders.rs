//! Generated folders in which essays are held back: readers get none of them.

use std::os::unix::fs::symlink;
use std::sync::Mutex;
use std::{env, fs, panic, thread};

use testkit::checks::check_folder;
use testkit::files_below;
use testkit::folders::{Folder, Text};

use crate::support::{lamplit, run, scratch_folder};

/// Folders that every run of the tests checks.
const FOLDERS: u64 = 300;

/// `LAMPLIT_FOLDERS=100000 cargo test --release --test it held_back` checks more folders than every run does, and
/// `LAMPLIT_FOLDER=7` the one of a message.
#[test]
fn folders_with_essays_held_back_give_nothing_away() {
    let number = |name| env::var(name).ok().map(|value| value.parse::<u64>().expect("a number"));
    if let Some(seed) = number("LAMPLIT_FOLDER") {
        return check_folder(&Folder::of_seed(seed));
    }
    let seeds = Mutex::new(0..number("LAMPLIT_FOLDERS").unwrap_or(FOLDERS));
    let failed = Mutex::new(Vec::new());
    let next = || seeds.lock().expect("no panic").next();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(seed) = next() {
                    if panic::catch_unwind(|| check_folder(&Folder::of_seed(seed))).is_err() {
                        failed.lock().expect("no panic").push(seed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("no panic");
    assert!(failed.is_empty(), "set LAMPLIT_FOLDER to one of {failed:?} for its message alone");
}

/// On disk there are also links, backups of editors and ignored files, and an export writes what readers get.
#[test]
fn export_of_generated_folders_has_nothing_that_is_held_back() {
    let scratch = scratch_folder();
    for seed in 0..12 {
        let folder = Folder::of_seed(seed);
        let root = scratch.path().join(seed.to_string());
        let (content, out, config) = (root.join("essays"), root.join("copy"), root.join("config.toml"));
        let put = |name: &str, bytes: &[u8]| {
            let path = content.join(name.trim_start_matches('/'));
            fs::create_dir_all(path.parent().expect("below the folder")).expect("writable");
            fs::write(path, bytes).expect("writable");
        };
        folder.files.iter().for_each(|(name, bytes)| put(name, bytes));
        let held: Vec<&Text> = folder.texts.iter().filter(|text| text.fate.is_held_back()).collect();
        for (number, text) in held.iter().enumerate() {
            let (place, name) = text.file.rsplit_once('/').expect("a path");
            for backup in [format!("{name}~"), format!(".{name}.swp"), format!("#{name}#"), format!("{name}.bak")] {
                put(&format!("{place}/{backup}"), text.word.as_bytes());
            }
            put(&format!("/ignored/{name}"), text.word.as_bytes());
            // By a link a text has a second address, at which it is as hidden as at its own.
            symlink(content.join(&text.file[1..]), content.join(format!("link-{number}.md"))).expect("linked");
            symlink(content.join("ignored").join(name), content.join(format!("back-{number}.md"))).expect("linked");
        }
        let settings = "[[capsule]]\nhostname = \"example.org\"\ncontent = \"essays\"\nignore = [\"/ignored/\"]\n\n\
                        [[capsule.private]]\npath = \"/closed/\"\nfingerprints = []\n";
        fs::write(&config, settings).expect("writable");
        run(lamplit().arg("export").arg(&out).arg("--config").arg(&config));
        let files = files_below(&out, "");
        assert!(files.len() > 8, "{files:?}");
        for file in files {
            let page = format!("{}\n{}", file.display(), String::from_utf8_lossy(&fs::read(&file).expect("a file")));
            for Text { word, name, said, .. } in &held {
                let is_absent = !page.contains(word) && (folder.mentions || !page.contains(name));
                assert!(is_absent, "folder {seed}: {word} or {name}, {said}, is in {page}");
            }
        }
    }
}
