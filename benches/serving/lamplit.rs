//! Lamplit with its default settings.

use std::fs;
use std::path::Path;
use std::process::Command;

use testkit::process::Lamplit;

/// Serves `content` with the default deadlines, limits and access log; only the limit of connections per address is
/// raised, since all readers come from one. The configuration and keys are kept in `folder`.
pub(crate) fn start(folder: &Path, content: &Path) -> Lamplit {
    fs::create_dir_all(folder).expect("writable");
    let file = folder.join("config.toml");
    let text = format!(
        "certs = '{}'\n[[capsule]]\nhostname = 'localhost'\ncontent = '{}'\n[gemini]\n\
         listen = [\"127.0.0.1:0\"]\n[gopher]\nlisten = [\"127.0.0.1:0\"]\n[limits]\nper_address = 1024\n",
        folder.join("certs").display(),
        content.display()
    );
    fs::write(&file, text).expect("writable");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamplit"));
    Lamplit::start(command.arg("serve").arg("--config").arg(file)).expect("it ended before it was ready")
}
