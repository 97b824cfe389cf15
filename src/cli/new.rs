//! `lamplit new`: a file for an essay that is still to be written, as this archive keeps its others.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use time::{Date, OffsetDateTime};

use super::settings;
use crate::capsule::{Essay, TextKind};
use crate::config::Overrides;
use crate::problem::Problem;
use crate::publish::{CapsuleSnapshot, PublishOptions};
use crate::site::Site;

/// How many of the newest essays say what the habits of an archive are.
const RECENT: usize = 20;

#[derive(Debug, Args)]
#[command(
    about = "Start an essay: a dated Markdown file with front matter",
    long_about = "Makes a Markdown file with a title and the date of today, in the folder of the configuration or in \
                  DIR. It is called, and its front matter is written, as in most of the newest essays there: YAML \
                  or TOML, with or without the date in its name, in the same folder. No file is ever overwritten. \
                  The path of the new one is printed.",
    after_help = "Example:\n  \"${EDITOR:-vi}\" \"$(lamplit new 'The Soft Skin' ~/essays --draft)\""
)]
pub(super) struct Arguments {
    /// Title of the essay
    title: String,
    /// Folder in which the file is made
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Keep it from readers for now
    #[arg(long)]
    draft: bool,
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let now = OffsetDateTime::now_utc();
    let flags = Overrides { content: arguments.folder.clone(), ..Overrides::default() };
    let (config, _) = settings::load(flags, arguments.config.as_deref())?;
    let capsule = config.capsules.first().context("a configuration has at least one capsule")?;
    let options = PublishOptions::new(&config, capsule, config.site_options(capsule)).public_only();
    let snapshot = CapsuleSnapshot::read(&options, now)?;
    let habits = Habits::of(&snapshot.site);
    let folder = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => capsule.content.join(&habits.folder),
    };
    let path = folder.join(habits.name(&arguments.title, now.date()));
    let key = |usual: &str| {
        let own = config.front_matter.iter().find(|(meaning, _)| meaning == usual);
        own.map_or_else(|| usual.to_owned(), |(_, own)| own.clone())
    };
    create(&path, &habits.text(&arguments.title, now.date(), arguments.draft, &key))?;
    writeln!(io::stdout(), "{}", path.display())?;
    Ok(())
}

fn create(path: &Path, text: &str) -> anyhow::Result<()> {
    let shown = path.display();
    let mut file = match File::create_new(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let problem = Problem::error(format!("`{shown}` is there already"));
            return Err(problem.hint("give the essay another title").into());
        }
        Err(error) => return Err(error).with_context(|| format!("`{shown}` cannot be made")),
    };
    let written = file.write_all(text.as_bytes());
    if written.is_err() {
        // Half a file would be published.
        let _ = fs::remove_file(path);
    }
    written.with_context(|| format!("`{shown}` cannot be written"))
}

/// How most of the newest essays of an archive are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Habits {
    /// Where they lie, below the content folder; empty for that folder itself.
    folder: PathBuf,
    /// Whether their front matter is TOML between `+++`, and not YAML between `---`.
    toml: bool,
    /// Whether their names start with the date.
    dated_names: bool,
    /// Whether they have tags.
    tags: bool,
}

impl Habits {
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
        // A bundle lies in a folder of its own; its neighbours lie above that.
        let lies = |essay: &Essay| {
            let folder = essay.source.path.parent();
            let is_bundle = stem(essay).eq_ignore_ascii_case("index");
            let folder = if is_bundle { folder.parent() } else { folder };
            PathBuf::from(folder.as_str().trim_matches('/'))
        };
        let in_root = recent.iter().any(|essay| lies(essay).as_os_str().is_empty());
        let folder = recent.first().filter(|_| !in_root).map(|essay| lies(essay)).unwrap_or_default();
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
        let slug = slug(title);
        if self.dated_names { format!("{today}-{slug}.md") } else { format!("{slug}.md") }
    }

    /// The text of the file; `key` is what the author calls a usual key.
    fn text(&self, title: &str, today: Date, draft: bool, key: &dyn Fn(&str) -> String) -> String {
        let (fence, is) = if self.toml { ("+++", " =") } else { ("---", ":") };
        let mut text =
            format!("{fence}\n{}{is} {}\n{}{is} {today}\n", key("title"), quoted(title), key("date"));
        if self.tags {
            text += &key("tags");
            text += is;
            text += " []\n";
        }
        if draft {
            text += &key("draft");
            text += is;
            text += " true\n";
        }
        text + fence + "\n\n"
    }
}

/// The title as a file is called: its letters and digits in lower case, with hyphens between its words.
fn slug(title: &str) -> String {
    // An apostrophe divides no word.
    let plain = title.to_lowercase().replace(['\'', '’'], "");
    let words: Vec<&str> =
        plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "essay".to_owned() } else { words.join("-") }
}

/// The title between quotation marks, in which YAML and TOML escape alike.
fn quoted(title: &str) -> String {
    let clean: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{}\"", clean.trim().replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_name() {
        for (title, expected) in [
            ("The Soft Skin", "the-soft-skin"),
            ("  What's new?  ", "whats-new"),
            ("Été à 東京", "été-à-東京"),
            ("../../etc/passwd", "etc-passwd"),
            ("C++ & Rust: 1/2", "c-rust-1-2"),
            ("?!", "essay"),
            ("", "essay"),
        ] {
            assert_eq!(slug(title), expected, "{title:?}");
        }
    }

    #[test]
    fn front_matter_is_written_as_the_archive_has_it() {
        let day = Date::from_calendar_date(2024, time::Month::May, 1).expect("a day");
        let own = |usual: &str| if usual == "date" { "published_at".to_owned() } else { usual.to_owned() };
        let yaml = Habits { folder: PathBuf::new(), toml: false, dated_names: false, tags: false };
        assert_eq!(
            yaml.text("The \"Soft\" \\ Skin\n", day, false, &str::to_owned),
            "---\ntitle: \"The \\\"Soft\\\" \\\\ Skin\"\ndate: 2024-05-01\n---\n\n"
        );
        let toml = Habits { toml: true, dated_names: true, tags: true, ..yaml };
        assert_eq!(
            toml.text("Skin", day, true, &own),
            "+++\ntitle = \"Skin\"\npublished_at = 2024-05-01\ntags = []\ndraft = true\n+++\n\n"
        );
        assert_eq!(toml.name("The Soft Skin", day), "2024-05-01-the-soft-skin.md");
    }
}
