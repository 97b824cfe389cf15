//! [`FileWatcher`]: says when one of a few single files changed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

use super::stamp::FileStamp;

/// How often they are looked at. They are few, and may lie anywhere: what replaces them (editors, tools that renew
/// certificates, links that are turned to another folder) escapes a watch on one name.
const POLL: Duration = Duration::from_millis(400);

/// FileWatcher outside the content: of the configuration, of keys.
#[derive(Debug, Default)]
pub struct FileWatcher {
    known: Stamps,
    /// What they looked like the last time, if that was not what is known.
    changing: Option<Stamps>,
    interval: Option<Interval>,
}

/// Each file with its stamp; none for one that is not there.
type Stamps = BTreeMap<PathBuf, Option<FileStamp>>;

impl FileWatcher {
    /// Looks at exactly these from now on. What changed since the last look at one of them is noticed all the same.
    pub fn watch(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        let mut known = Stamps::new();
        for path in paths {
            let stamp = self.known.get(&path).copied().unwrap_or_else(|| FileStamp::at(&path));
            known.insert(path, stamp);
        }
        self.known = known;
        self.changing = None;
    }

    /// Waits until one of them changed and was then left alone for a moment. May be dropped and called again.
    pub async fn changed(&mut self) {
        loop {
            let interval = self.interval.get_or_insert_with(|| {
                let mut interval = interval(POLL);
                interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
                interval
            });
            interval.tick().await;
            let paths: Vec<PathBuf> = self.known.keys().cloned().collect();
            let look = move || -> Stamps {
                let stamped = |path: PathBuf| (path.clone(), FileStamp::at(&path));
                paths.into_iter().map(stamped).collect()
            };
            // A look that fails can only have been cut short by the end of the program.
            let Ok(now) = tokio::task::spawn_blocking(look).await else { continue };
            if now == self.known {
                self.changing = None;
            } else if self.changing.as_ref() == Some(&now) {
                self.known = now;
                self.changing = None;
                return;
            } else {
                self.changing = Some(now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[tokio::test]
    async fn every_way_to_change_a_file_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| fs::write(path(name), text).expect("writable");
        write("a", "one");
        write("b", "one");
        let mut files = FileWatcher::default();
        files.watch([path("a"), path("absent")]);
        let changes: [(&str, &dyn Fn()); 5] = [
            ("written", &|| write("a", "two, which is longer")),
            ("replaced", &|| {
                write("new", "three");
                fs::rename(path("new"), path("a")).expect("same folder");
            }),
            ("removed", &|| fs::remove_file(path("a")).expect("there")),
            ("a link", &|| std::os::unix::fs::symlink(Path::new("b"), path("a")).expect("a link")),
            ("appeared", &|| write("absent", "here")),
        ];
        for (what, change) in changes {
            change();
            let noticed = tokio::time::timeout(Duration::from_secs(20), files.changed()).await;
            assert!(noticed.is_ok(), "{what}");
        }
        write("b", "two, which is longer");
        // A key and its certificate may be one file.
        files.watch([path("a"), path("a")]);
        let noticed = tokio::time::timeout(Duration::from_secs(20), files.changed()).await;
        assert!(noticed.is_ok(), "before it was watched again");
    }
}
