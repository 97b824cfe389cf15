//! Generated folders in which essays are held back: readers get none of them.

use std::sync::Mutex;
use std::{env, panic, thread};

use testkit::checks::check_folder;
use testkit::folders::Folder;

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
