//! `lamplit new`: creates the file of an essay, in the style of the newest essays of the archive.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};

use super::arguments::{Archive, require_capsule};
use crate::capsule::{Essay, EssayDate, TextKind, slug};
use crate::config::Overrides;
use crate::problem::{Problem, printable};
use crate::publish::{CapsuleSnapshot, PublishOptions};

/// How many of the newest essays determine the style of an archive.
const RECENT: usize = 20;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    title: String,
    #[command(flatten)]
    archive: Archive,
    #[arg(long)]
    public: bool,
    #[arg(long, hide = true, conflicts_with = "public")]
    draft: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let now = time::OffsetDateTime::now_utc();
    let config = arguments.archive.load(Overrides::default())?;
    require_capsule(&config, "name its folder: `lamplit new TITLE DIR`")?;
    let capsule = &config.capsules[0];
    let (snapshot, _) = CapsuleSnapshot::read(&PublishOptions::new(&config, capsule), now)?;
    let essays = snapshot.site.capsule().essays().iter().filter(|essay| essay.kind == TextKind::Markdown);
    let dated = essays.filter_map(|essay| Some((&**essay, essay.date?)));
    let recent: Vec<(&Essay, EssayDate)> = dated.take(RECENT).collect();
    let most = |has: &dyn Fn(&Essay, EssayDate) -> bool| {
        recent.iter().filter(|(essay, date)| has(essay, *date)).count() * 2 > recent.len()
    };
    let (today, slug) = (now.date(), slug(&arguments.title));
    let slug = if slug.is_empty() { "essay" } else { &slug };
    let has_date = |essay: &Essay, date| essay.source.path.stem().starts_with(&format!("{date}-"));
    let name = if most(&has_date) { format!("{today}-{slug}.md") } else { format!("{slug}.md") };
    let path = capsule.content.join(folder(&recent)).join(name);
    let has_toml = |essay: &Essay, _| essay.text().whole.trim_start_matches('\u{feff}').starts_with("+++");
    // The escapes of JSON strings are also those of YAML and of TOML.
    let title = serde_json::json!(printable(&arguments.title).trim());
    let values = [
        ("title", Some(title.to_string())),
        ("date", Some(today.to_string())),
        ("tags", most(&|essay, _| !essay.metadata.tags.is_empty()).then(|| "[]".to_owned())),
        ("draft", (!arguments.public).then(|| "true".to_owned())),
    ];
    let (fence, is) = if most(&has_toml) { ("+++", " =") } else { ("---", ":") };
    let keys = config.settings.presentation.front_matter.pairs();
    let line = |(key, value): (&str, Option<String>)| {
        // The archive may have a name of its own for a standard key.
        let own = keys.iter().find(|(standard, _)| standard == key);
        Some(format!("{}{is} {}\n", own.map_or(key, |(_, own)| own), value?))
    };
    let lines: String = values.into_iter().filter_map(line).collect();
    create(&path, &format!("{fence}\n{lines}{fence}\n\n"), "give the essay another title")?;
    Ok(writeln!(io::stdout(), "{}", path.display())?)
}

/// Returns the folder of the newest essay, or the root if any of the `recent` essays is there.
fn folder(recent: &[(&Essay, EssayDate)]) -> String {
    // By its address, because a bundle has a folder of its own, beside which the new file is created.
    let mut folders = recent.iter().map(|(essay, _)| essay.base.parent().as_relative().to_owned());
    let in_root = folders.clone().any(|folder| folder.is_empty());
    folders.next().filter(|_| !in_root).unwrap_or_default()
}

pub(super) fn create(path: &Path, text: &str, hint: &str) -> anyhow::Result<()> {
    let shown = path.display();
    let created = File::create_new(path);
    if created.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists) {
        bail!(Problem::error(format!("`{shown}` already exists and was not changed")).hint(hint));
    }
    let written = created.with_context(|| format!("cannot create `{shown}`"))?.write_all(text.as_bytes());
    if written.is_err() {
        // An incomplete essay would be published.
        let _ = fs::remove_file(path);
    }
    written.with_context(|| format!("cannot write `{shown}`"))
}
