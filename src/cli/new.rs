//! `lamplit new`: creates the file of an essay, in the style of the newest essays of the archive.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde_json::json;
use time::{Date, OffsetDateTime};

use super::arguments::{Archive, require_capsule};
use crate::capsule::{Essay, TextKind, slug};
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
    let config = arguments.archive.load()?;
    require_capsule(&config, "name its folder: `lamplit new TITLE DIR`")?;
    let capsule = &config.capsules[0];
    let options = PublishOptions {
        with_areas: false,
        ..PublishOptions::new(&config, capsule, config.site_options(capsule))
    };
    let (snapshot, _) = CapsuleSnapshot::read(&options, now)?;
    let style = Style::of(&snapshot.site);
    let path = capsule.content.join(&style.folder).join(style.name(&arguments.title, now.date()));
    let key = |standard: &str| {
        let own = config.front_matter.iter().find(|(meaning, _)| meaning == standard);
        own.map_or_else(|| standard.to_owned(), |(_, own)| own.clone())
    };
    let text = style.text(&arguments.title, now.date(), !arguments.public, &key);
    create(&path, &text, "give the essay another title")?;
    writeln!(io::stdout(), "{}", path.display())?;
    Ok(())
}

/// Creates a file with `text`, or fails with `hint` if it exists.
pub(super) fn create(path: &Path, text: &str, hint: &str) -> anyhow::Result<()> {
    let shown = path.display();
    let mut file = match File::create_new(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let problem = Problem::error(format!("`{shown}` already exists and was not changed"));
            return Err(problem.hint(hint).into());
        }
        Err(error) => return Err(error).with_context(|| format!("cannot create `{shown}`")),
    };
    let written = file.write_all(text.as_bytes());
    if written.is_err() {
        // An incomplete essay would be published.
        let _ = fs::remove_file(path);
    }
    written.with_context(|| format!("cannot write `{shown}`"))
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Style {
    folder: PathBuf,
    toml: bool,
    dated_names: bool,
    tags: bool,
}

impl Style {
    fn of(site: &Site) -> Self {
        let essays = site.capsule().essays().iter().map(AsRef::as_ref);
        let recent: Vec<&Essay> = essays
            .filter(|essay| essay.kind == TextKind::Markdown && essay.date.is_some())
            .take(RECENT)
            .collect();
        let most = |which: &dyn Fn(&Essay) -> bool| {
            recent.iter().filter(|essay| which(essay)).count() * 2 > recent.len()
        };
        let stem = |essay: &Essay| essay.source.path.stem().to_owned();
        // By its address, because a bundle has a folder of its own, beside which the new file is created.
        let folder_of = |essay: &Essay| PathBuf::from(essay.base.parent().as_str().trim_matches('/'));
        let in_root = recent.iter().any(|essay| folder_of(essay).as_os_str().is_empty());
        let folder = recent.first().filter(|_| !in_root).map(|essay| folder_of(essay)).unwrap_or_default();
        Self {
            folder,
            toml: most(&|essay| essay.text().whole().trim_start_matches('\u{feff}').starts_with("+++")),
            dated_names: most(&|essay| {
                essay.date.is_some_and(|date| stem(essay).starts_with(&format!("{date}-")))
            }),
            tags: most(&|essay| !essay.metadata.tags.is_empty()),
        }
    }

    fn name(&self, title: &str, today: Date) -> String {
        let slug = Some(slug(title)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "essay".to_owned());
        if self.dated_names { format!("{today}-{slug}.md") } else { format!("{slug}.md") }
    }

    /// Returns the text of the file. `key` returns the name that the archive uses for a standard key.
    fn text(&self, title: &str, today: Date, draft: bool, key: &dyn Fn(&str) -> String) -> String {
        // The escapes of JSON strings are also those of YAML and of TOML.
        let quoted_title = json!(printable(title).trim());
        let (fence, is) = if self.toml { ("+++", " =") } else { ("---", ":") };
        let mut values = vec![("title", quoted_title.to_string()), ("date", today.to_string())];
        if self.tags {
            values.push(("tags", "[]".to_owned()));
        }
        if draft {
            values.push(("draft", "true".to_owned()));
        }
        let lines: Vec<String> =
            values.iter().map(|(name, value)| format!("{}{is} {value}\n", key(name))).collect();
        format!("{fence}\n{}{fence}\n\n", lines.concat())
    }
}
