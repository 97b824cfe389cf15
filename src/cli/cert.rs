//! `lamplit cert`: the key and certificate of each capsule.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{hosted, settings};
use crate::config::{Capsule, Config, Overrides};
use crate::host::Fingerprint;
use crate::identity::{self, Identity};
use crate::problem::Problem;

#[derive(Debug, Args)]
#[command(after_help = "A server that is running takes every change up by itself.\n\nExamples:\n  \
                  lamplit cert show --config /etc/lamplit/config.toml\n  \
                  lamplit cert import cert.pem key.pem --hostname example.org")]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    /// Configuration file
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Folder of the keys
    #[arg(long, value_name = "DIR", global = true)]
    certs: Option<PathBuf>,
    /// Host name of the capsule; without it, all that are configured, else `localhost`
    #[arg(long, value_name = "NAME", global = true)]
    hostname: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print fingerprints in every form that clients show, names and expiry
    #[command(after_help = "Examples:\n  lamplit cert show\n  \
                            lamplit cert show --hostname example.org --json")]
    Show {
        /// Print a JSON array with one object for each capsule, for programs
        #[arg(long)]
        json: bool,
    },
    /// Make a new certificate for the same key: clients that remember the key, as most do, notice nothing
    ///
    /// It is made for all names of the capsule, from now on. Lagrange, Amfora and Kristall remember the key.
    /// Bombadillo remembers the certificate and will complain, so renew for a reason: another name, or the end of
    /// the old certificate.
    #[command(after_help = "Example:\n  lamplit cert renew --hostname example.org")]
    Renew,
    /// Make a new key: every reader who trusted the old one is warned
    #[command(after_help = "Example:\n  lamplit cert new-key --hostname example.org")]
    NewKey {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Take over the key and certificate of another server, so that its readers notice nothing
    ///
    /// Both may be PEM (as gmid, Molly Brown or certbot write them) or DER (as agate does). They are copied; a
    /// chain of certificates is taken over as it is.
    #[command(after_help = "Examples:\n  lamplit cert import cert.pem key.pem --hostname example.org\n  \
                            lamplit cert import .certificates/example.org/cert.der .certificates/example.org/key.der")]
    Import {
        /// The certificate, or a file with both
        certificate: PathBuf,
        /// Its private key
        key: Option<PathBuf>,
        /// Take the place of another key, which is kept beside the new one
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
            Action::Show { .. } => identity::load(key_store, &names),
            Action::Renew => identity::renew(key_store, &names),
            Action::NewKey { yes } => {
                let is_first = !identity::exists(key_store, &names);
                anyhow::ensure!(*yes || is_first || confirmed(&capsule.hosts[0])?, "nothing was changed");
                identity::new_key(key_store, &names)
            }
            Action::Import { certificate, key, replace } => {
                if capsules.len() > 1 {
                    let problem = Problem::error("there are several capsules, and a pair belongs to one");
                    return Err(problem.hint("say which, with `--hostname NAME`").into());
                }
                let key = key.as_ref().unwrap_or(certificate);
                identity::import(key_store, &names, certificate, key, *replace)
            }
        };
        let identity = identity?;
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

/// What `cert show` says, for programs.
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

/// The capsules that are meant: of the configuration, the one with the name that was said or all of them; else one of
/// that name, because a host name alone is enough to find a key.
fn capsules(arguments: &Arguments) -> anyhow::Result<Vec<Capsule>> {
    let flags = Overrides { certs: arguments.certs.clone(), ..Overrides::default() };
    let alone = |name: &String| Overrides {
        content: Some(PathBuf::new()),
        hostname: Some(name.clone()),
        ..flags.clone()
    };
    let file = arguments.config.as_deref();
    let Some(name) = &arguments.hostname else {
        // A folder that is served without more said about it is served as `localhost`.
        let flags = if settings::is_configured(file) {
            flags
        } else {
            Overrides { content: Some(PathBuf::new()), ..flags }
        };
        let config = settings::load(flags, file)?.0;
        hosted::none_is_named(&config, "say which is meant, with `--hostname NAME`")?;
        return Ok(config.capsules);
    };
    let named = settings::load(alone(name), file)?.0.capsules;
    let is_meant = |capsule: &Capsule| named.iter().all(|named| capsule.hosts.contains(&named.hosts[0]));
    let configured = |config: Config| config.capsules.into_iter().find(|capsule| is_meant(capsule));
    // A configuration that nobody named counts only if it is good.
    let found = match settings::load(flags.clone(), file) {
        Ok((config, _)) => configured(config),
        Err(error) if file.is_some() => return Err(error),
        Err(_) => None,
    };
    Ok(found.map_or(named, |capsule| vec![capsule]))
}

fn print(identity: &Identity) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut line = |label: &str, value: &str| writeln!(out, "{label:<12} {value}");
    line("names", &identity.names.join(", "))?;
    line("key in", &identity.key_file.display().to_string())?;
    if identity.certificate_file != identity.key_file {
        line("certificate", &format!("in {}", identity.certificate_file.display()))?;
    }
    line("signed by", identity.issuer.as_deref().unwrap_or("itself, as is usual over Gemini"))?;
    let (from, until) = (identity::utc_date(identity.valid_from), identity::utc_date(identity.expires));
    line("valid", &format!("from {from} to {until}"))?;
    let fingerprints: [(&str, &str, Fingerprint); 2] = [
        ("public key", "most clients remember this one, which renewal keeps", identity.public_key),
        ("certificate", "changes with every renewal", identity.certificate),
    ];
    for (label, remark, fingerprint) in fingerprints {
        line(label, &format!("SHA-256 in every form that clients show: {remark}"))?;
        for form in fingerprint.forms() {
            line("", &form)?;
        }
    }
    line("", &format!("{} (SHA-1, as Bombadillo remembers it)", identity.certificate_sha1))?;
    if let Some(warning) = identity.warning(time::OffsetDateTime::now_utc().unix_timestamp()) {
        eprintln!("{warning}");
    }
    Ok(())
}

fn confirmed(name: &str) -> anyhow::Result<bool> {
    let consequences = format!(
        "Every reader who trusted the old key of `{name}` will see a warning that somebody may be in between, and \
         some clients will refuse to go on. Subscriptions stop until their readers accept the new key. The old key \
         stays beside the new one. To replace a certificate only, `lamplit cert renew` is enough and warns nobody."
    );
    anyhow::ensure!(
        std::io::stdin().is_terminal(),
        "{consequences}\nhint: say `--yes` if a new key is meant"
    );
    eprint!("{consequences}\nMake a new key? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
