//! `lamplit cert`: shows, renews, replaces and imports keys and certificates.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::arguments::{ConfigFile, require_capsule};
use crate::config::{Capsule, Overrides};
use crate::identity::{self, Identity};
use crate::problem::{Problem, printable};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    file: ConfigFile,
    #[arg(long, value_name = "DIR")]
    certs: Option<PathBuf>,
    #[arg(long, value_name = "NAME")]
    hostname: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Action {
    Show {
        #[arg(long)]
        json: bool,
    },
    Renew,
    NewKey {
        #[arg(long)]
        yes: bool,
    },
    Import {
        certificate: PathBuf,
        key: Option<PathBuf>,
        #[arg(long)]
        replace: bool,
    },
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let capsules = capsules(arguments)?;
    let mut shown = Vec::new();
    for capsule in &capsules {
        let (key_store, names) = (&capsule.key_store, capsule.certified_names());
        let identity = match &arguments.action {
            Action::Show { .. } => key_store.load(&names),
            Action::Renew => key_store.renew(&names),
            Action::NewKey { yes } => {
                let is_first = !key_store.exists(&names);
                anyhow::ensure!(*yes || is_first || confirmed(&capsule.hosts[0])?, "nothing was changed");
                key_store.new_key(&names)
            }
            Action::Import { certificate, key, replace } => {
                if capsules.len() > 1 {
                    let problem = Problem::error("there are several capsules, and a key belongs to one");
                    anyhow::bail!(problem.hint("choose one with `--hostname NAME`"));
                }
                key_store.import(&names, certificate, key.as_ref().unwrap_or(certificate), *replace)
            }
        }?;
        if matches!(arguments.action, Action::Show { json: true }) {
            shown.push(object(&identity));
        } else {
            print(&identity)?;
        }
    }
    if !shown.is_empty() {
        writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&shown)?)?;
    }
    Ok(())
}

fn object(identity: &Identity) -> serde_json::Value {
    serde_json::json!({
        "names": identity.names,
        "key_file": identity.key_file,
        "certificate_file": identity.certificate_file,
        "issuer": identity.issuer,
        "valid_from": identity::utc_date(identity.valid_from),
        "expires": identity::utc_date(identity.expires),
        "public_key_sha256": identity.public_key.to_string(),
        "certificate_sha256": identity.certificate.to_string(),
        "certificate_sha1": identity.certificate_sha1,
    })
}

/// Returns the configured capsules, or the one in `arguments`, which need not be configured: its name leads to the key.
fn capsules(arguments: &Arguments) -> anyhow::Result<Vec<Capsule>> {
    let Arguments { file, hostname, .. } = arguments;
    let certs = arguments.certs.clone().map(|folder| (folder, "--certs"));
    let flags = Overrides { certs, ..Overrides::default() };
    if hostname.is_none() && file.exists() {
        let config = file.load(flags)?;
        require_capsule(&config, "choose one with `--hostname NAME`")?;
        return Ok(config.capsules);
    }
    // As `lamplit serve DIR` would serve it, which is as localhost if it has no host name.
    let content = Some((PathBuf::new(), "DIR"));
    let name = hostname.clone().map(|name| (name, "--hostname"));
    let unconfigured = file.load(Overrides { content, hostname: name, ..flags.clone() })?.capsules;
    let host = &unconfigured[0].hosts[0];
    let Some(mut config) = file.load_if_valid(flags)? else { return Ok(unconfigured) };
    config.capsules.retain(|capsule| capsule.hosts.contains(host));
    if config.capsules.is_empty() && config.hosting_folder().is_some() {
        // It may be hosted, even before its folder exists.
        config = config.hosted(host, Path::new(""), None)?;
    }
    Ok(if config.capsules.is_empty() { unconfigured } else { config.capsules })
}

fn print(identity: &Identity) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut line = |label: &str, value: &str| writeln!(out, "{label:<12} {}", printable(value));
    line("names", &identity.names.join(", "))?;
    line("key in", &identity.key_file.display().to_string())?;
    if identity.certificate_file != identity.key_file {
        line("certificate", &format!("in {}", identity.certificate_file.display()))?;
    }
    line("signed by", identity.issuer.as_deref().unwrap_or("itself, as usual for Gemini"))?;
    let (from, until) = (identity::utc_date(identity.valid_from), identity::utc_date(identity.expires));
    line("valid", &format!("from {from} to {until}"))?;
    let fingerprints = [
        ("public key", "most clients remember this one, and renewal keeps it", identity.public_key),
        ("certificate", "changes with every renewal", identity.certificate),
    ];
    for (label, remark, fingerprint) in fingerprints {
        line(label, &format!("SHA-256 in all forms that clients use: {remark}"))?;
        fingerprint.forms().iter().try_for_each(|form| line("", form))?;
    }
    line("", &format!("{} (SHA-1, used by Bombadillo)", identity.certificate_sha1))?;
    if let Some(warning) = identity.warning(time::OffsetDateTime::now_utc().unix_timestamp()) {
        eprintln!("{warning}");
    }
    Ok(())
}

fn confirmed(name: &str) -> anyhow::Result<bool> {
    let consequences = format!(
        "All readers who trusted the old key of `{name}` will see a warning about a possible attack, and some \
         clients will refuse to connect. Subscriptions stop until their readers accept the new key. The old key is \
         kept in a backup file. To replace only the certificate, `lamplit cert renew` is enough and causes no warning."
    );
    anyhow::ensure!(std::io::stdin().is_terminal(), "{consequences}\nhint: confirm with `--yes`");
    eprint!("{consequences}\nCreate a new key? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
