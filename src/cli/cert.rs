//! `lamplit cert`: the key and certificate of each capsule.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Stopped;
use super::settings;
use crate::config::Overrides;
use crate::identity::{self, Identity};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  lamplit cert show --config /etc/lamplit/config.toml")]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    /// Configuration file
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Folder of the keys
    #[arg(long, value_name = "DIR", global = true)]
    certs: Option<PathBuf>,
    /// Host name of the capsule
    #[arg(long, value_name = "NAME", global = true)]
    hostname: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print fingerprints, names and expiry
    Show,
    /// Make a new certificate for the same key: readers notice nothing
    Renew,
    /// Make a new key: every reader who trusted the old one is warned
    NewKey {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let flags = Overrides {
        // A host name alone is enough to find a key: no folder of essays is needed for that.
        content: arguments.hostname.as_ref().map(|_| PathBuf::new()),
        hostname: arguments.hostname.clone(),
        certs: arguments.certs.clone(),
        ..Overrides::default()
    };
    let (config, _) = settings::load(flags, arguments.config.as_deref())?;
    for capsule in &config.capsules {
        let identity = match &arguments.action {
            Action::Show => identity::load(&config.certs, &capsule.hosts[0]),
            Action::Renew => identity::renew(&config.certs, &capsule.hosts),
            Action::NewKey { yes } => {
                anyhow::ensure!(*yes || confirmed(&capsule.hosts[0])?, "nothing was changed");
                identity::new_key(&config.certs, &capsule.hosts)
            }
        };
        print(&identity.map_err(Stopped)?)?;
    }
    Ok(())
}

fn print(identity: &Identity) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "file                     {}", identity.file.display())?;
    writeln!(out, "names                    {}", identity.names.join(", "))?;
    writeln!(out, "expires                  {}", date(identity.expires))?;
    writeln!(out, "public key  SHA-256      {}", identity.public_key)?;
    writeln!(out, "                         {}", identity.public_key.with_colons())?;
    writeln!(out, "certificate SHA-256      {}", identity.certificate)?;
    writeln!(out, "                         {}", identity.certificate.with_colons())
}

/// The day of a moment in seconds since 1970, in UTC.
pub(crate) fn date(seconds: i64) -> String {
    time::OffsetDateTime::from_unix_timestamp(seconds)
        .map_or_else(|_| "never".to_owned(), |moment| moment.date().to_string())
}

fn confirmed(name: &str) -> anyhow::Result<bool> {
    anyhow::ensure!(
        std::io::stdin().is_terminal(),
        "a new key makes every reader of `{name}` see a warning; say `--yes` if that is meant"
    );
    eprint!(
        "Every reader who trusted the old key of `{name}` will see a warning that somebody may be in \
         between.\nMake a new key? [y/N] "
    );
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
