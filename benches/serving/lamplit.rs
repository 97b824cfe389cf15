//! Lamplit itself, as anybody runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::process::Process;

pub(crate) struct Lamplit {
    pub(crate) process: Process,
    gemini: u16,
    gopher: u16,
}

impl Lamplit {
    /// Serves `content`, with deadlines, limits and the access log on, as by default; only the limit of one address is
    /// raised, for all readers come from one. What it needs besides is kept in `folder`.
    pub(crate) fn start(folder: &Path, content: &Path) -> Self {
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
        command.arg("serve").arg("--config").arg(file);
        let (mut gemini, mut gopher) = (0, 0);
        let process = Process::talking(&mut command, |line| {
            let port = |scheme: &str| {
                let (_, rest) = line.split_once(scheme)?;
                rest.trim_end_matches('/').rsplit_once(':')?.1.parse().ok()
            };
            gemini = port("gemini://").unwrap_or(gemini);
            gopher = port("gopher://").unwrap_or(gopher);
            line.starts_with("ready")
        });
        Self { process, gemini, gopher }
    }

    pub(crate) fn port(&self, gopher: bool) -> u16 {
        if gopher { self.gopher } else { self.gemini }
    }
}
