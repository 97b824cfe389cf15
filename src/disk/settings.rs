//! What a hosted capsule says of itself, in a file of its own folder that no reader gets.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use super::open::open_inside;
use super::stamp::is_settled;

/// The name of the file. It is no essay and no attachment, whether or not anybody reads it for settings.
pub const SETTINGS_FILE: &str = "capsule.toml";

/// The longest such file, in bytes: some thousand addresses that are gone.
const MAX: u64 = 64 << 10;

/// What the file of settings holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CapsuleSettings {
    /// There is none.
    Absent,
    /// Its text.
    Text(String),
    /// Its text, while it is being written: what it says now may be half of what is meant.
    Unsettled(String),
}

/// The settings in the folder `root`.
///
/// # Errors
///
/// If there is such a file and it cannot be read, leads out of the folder, is too long or no UTF-8.
pub fn read_settings(root: &Path) -> io::Result<CapsuleSettings> {
    let path = root.join(SETTINGS_FILE);
    if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(CapsuleSettings::Absent);
    }
    let file = open_inside(&fs::canonicalize(root)?, &path)?;
    let metadata = file.metadata()?;
    if metadata.len() > MAX {
        return Err(io::Error::other(format!("it is larger than {} KiB", MAX >> 10)));
    }
    let mut text = String::new();
    file.take(MAX).read_to_string(&mut text)?;
    let settled = is_settled(&metadata, SystemTime::now());
    Ok(if settled { CapsuleSettings::Text(text) } else { CapsuleSettings::Unsettled(text) })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::time::Duration;

    use super::*;

    #[test]
    fn settings_are_a_settled_text_inside_the_folder() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join(SETTINGS_FILE);
        assert_eq!(read_settings(folder.path()).expect("absent"), CapsuleSettings::Absent);
        fs::write(&path, "title = \"Lamps\"\n").expect("writable");
        let text = "title = \"Lamps\"\n".to_owned();
        assert_eq!(
            read_settings(folder.path()).expect("being written"),
            CapsuleSettings::Unsettled(text.clone())
        );
        let settle = || {
            let file = fs::File::options().write(true).open(&path).expect("there");
            file.set_modified(SystemTime::now() - Duration::from_secs(10)).expect("dated");
        };
        settle();
        assert_eq!(read_settings(folder.path()).expect("text"), CapsuleSettings::Text(text));
        fs::write(&path, vec![b'#'; 70_000]).expect("writable");
        settle();
        assert!(read_settings(folder.path()).expect_err("refused").to_string().contains("64 KiB"));
        fs::remove_file(&path).expect("there");
        symlink("/etc/hostname", &path).expect("a link");
        assert!(read_settings(folder.path()).is_err(), "another's file");
    }
}
