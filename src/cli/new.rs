//! `lamplit new`: creates the file of an essay, in the style of the newest essays of the archive.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use time::{Date, OffsetDateTime};

use super::arguments::{Archive, require_capsule};
use crate::capsule::{Essay, EssayDate, TextKind, slug};
use crate::config::Overrides;
use crate::problem::{Problem, printable};
use crate::publish::{CapsuleSnapshot, PublishOptions};
use crate::site::Site;

/// How many of the newest essays determine the style of an archive.
const RECENT: usize = 20;

#[derive(Debug, Args)]
#[command(
    about = "Create the Markdown file of an essay, with front matter and today's date",
    long_about = "Creates a Markdown file with a title and today's date, in DIR or in the folder of the \
                  configuration, and prints its path. It is a draft: remove that line to publish it. Its folder, its name (with or without the date) and its front \
                  matter (YAML or TOML) follow most of the newest essays there. Never overwrites a file.",
    after_help = "Example:\n  \"${EDITOR:-vi}\" \"$(lamplit new 'The Soft Skin' ~/essays)\""
)]
pub(super) struct Arguments {
    /// Title of the essay
    title: String,
    #[command(flatten)]
    archive: Archive,
    /// Do not mark it as a draft: it is published at once
    #[arg(long)]
    public: bool,
    /// The default, for scripts that state it
    #[arg(long, hide = true, conflicts_with = "public")]
    draft: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let now = OffsetDateTime::now_utc();
    let config = arguments.archive.load(Overrides::default())?.0;
    require_capsule(&config, "name its folder: `lamplit new TITLE DIR`")?;
    let capsule = &config.capsules[0];
    let (snapshot, _) = CapsuleSnapshot::read(&PublishOptions::new(&config, capsule), now)?;
    let style = Style::of(&snapshot.site);
    let path = capsule.content.join(&style.folder).join(style.name(&arguments.title, now.date()));
    let text = style.text(&arguments.title, now.date(), !arguments.public, &config.front_matter);
    create(&path, &text, "give the essay another title")?;
    writeln!(io::stdout(), "{}", path.display())?;
    Ok(())
}

/// Creates a file with `text`, or fails with `hint` if it exists.
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

/// What most of the newest essays have in common.
struct Style {
    folder: String,
    toml: bool,
    dated_names: bool,
    tags: bool,
}

impl Style {
    fn of(site: &Site) -> Self {
        let essays = site.capsule().essays().iter().filter(|essay| essay.kind == TextKind::Markdown);
        let recent: Vec<(&Essay, EssayDate)> =
            essays.filter_map(|essay| Some((&**essay, essay.date?))).take(RECENT).collect();
        let most = |has: &dyn Fn(&Essay, EssayDate) -> bool| {
            recent.iter().filter(|(essay, date)| has(essay, *date)).count() * 2 > recent.len()
        };
        // By its address, because a bundle has a folder of its own, beside which the new file is created.
        let folders = recent.iter().map(|(essay, _)| essay.base.parent().as_relative().to_owned());
        let folders: Vec<String> = folders.collect();
        let in_root = folders.iter().any(String::is_empty);
        Self {
            folder: folders.into_iter().next().filter(|_| !in_root).unwrap_or_default(),
            toml: most(&|essay, _| essay.text().whole().trim_start_matches('\u{feff}').starts_with("+++")),
            dated_names: most(&|essay, date| essay.source.path.stem().starts_with(&format!("{date}-"))),
            tags: most(&|essay, _| !essay.metadata.tags.is_empty()),
        }
    }

    fn name(&self, title: &str, today: Date) -> String {
        let slug = Some(slug(title)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "essay".to_owned());
        if self.dated_names { format!("{today}-{slug}.md") } else { format!("{slug}.md") }
    }

    /// Returns the text of the file. `own_keys` are the names that the archive uses for standard keys.
    fn text(&self, title: &str, today: Date, draft: bool, own_keys: &[(String, String)]) -> String {
        // The escapes of JSON strings are also those of YAML and of TOML.
        let quoted_title = json!(printable(title).trim());
        let (fence, is) = if self.toml { ("+++", " =") } else { ("---", ":") };
        let values = [
            ("title", Some(quoted_title.to_string())),
            ("date", Some(today.to_string())),
            ("tags", self.tags.then(|| "[]".to_owned())),
            ("draft", draft.then(|| "true".to_owned())),
        ];
        let line = |(key, value): (&str, Option<String>)| {
            let own = own_keys.iter().find(|(standard, _)| standard == key);
            Some(format!("{}{is} {}\n", own.map_or(key, |(_, own)| own), value?))
        };
        let lines: String = values.into_iter().filter_map(line).collect();
        format!("{fence}\n{lines}{fence}\n\n")
    }
}
