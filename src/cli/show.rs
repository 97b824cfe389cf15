//! `lamplit show`: prints one essay as it is served, and what its conversion leaves out.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::arguments::ConfigFile;
use super::hosted;
use crate::capsule::{CapsulePath, Content, Essay, FrontMatterKeys, SourceFile, media};
use crate::config::Overrides;
use crate::host::HostName;
use crate::markup::markdown::MarkdownOptions;
use crate::problem::{Place, Problem, SourceText};
use crate::publish::{PublishOptions, preview};
use crate::site::{Lookup, Medium, RenderedPage, Site, SiteOptions};

/// How many folders above a file are searched for the introduction of a capsule.
const MAX_LEVELS: usize = 6;

const INTRODUCTIONS: [&str; 2] = ["index.md", "_index.md"];

#[derive(Debug, Args)]
pub(super) struct Arguments {
    file: PathBuf,
    #[arg(long = "as", value_enum, default_value_t = Form::Gemtext, value_name = "FORM")]
    form: Form,
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=200))]
    width: Option<u16>,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// What is served over Gemini
    Gemtext,
    /// What is served over Gopher
    Text,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let shown = arguments.file.display().to_string();
    let read = fs::canonicalize(&arguments.file).and_then(|file| Ok((fs::read(&file)?, file)));
    let (text, file) = read.with_context(|| format!("cannot read `{shown}`"))?;
    let (mut options, stands_alone) = options(&file, &arguments.config)?;
    let relative = file.strip_prefix(&options.content).ok().and_then(Path::to_str);
    let path = relative.and_then(|relative| CapsulePath::from_decoded(relative).ok());
    let path = path.with_context(|| format!("`{shown}` has a name that cannot be an address"))?;
    if let Some(width) = arguments.width {
        options.site.plain.width = usize::from(width);
    }
    let source = SourceFile { path: path.clone(), target: None, content: Content::Text(text.into()) };
    let (site, problems) = preview(source, &options, stands_alone, time::OffsetDateTime::now_utc());
    for problem in problems.into_iter().filter(|problem| problem.position().0 == path.as_relative()) {
        let place = problem.place.map(|place| Place { file: shown.as_str().into(), ..place });
        eprintln!("{}", Problem { place, ..problem });
    }
    let essay = site.capsule().read.get(&path);
    let page = page(&site, essay.map(AsRef::as_ref), &path, arguments.form)
        .with_context(|| format!("`{shown}` has no page: it is not text, or it is not published"))?;
    for notice in essay.map(|essay| notices(essay, &options.site.markdown, &shown)).unwrap_or_default() {
        eprintln!("{notice}");
    }
    Ok(std::io::stdout().write_all(displayed(&page).as_bytes())?)
}

/// Returns how `file`, a canonical path, is published: in the configured capsule that it lies in; otherwise in the
/// outermost folder above it with an introduction; otherwise alone, so that its neighbours are not read.
fn options(file: &Path, config: &ConfigFile) -> anyhow::Result<(PublishOptions, bool)> {
    let config = config.load_if_valid(Overrides::default())?;
    let config = config.as_ref().map(|config| hosted::containing(config, file)).transpose()?.flatten().or(config);
    if let Some(config) = &config {
        for capsule in &config.capsules {
            // With its real path, as `file` has.
            let Ok(content) = fs::canonicalize(&capsule.content) else { continue };
            if file.starts_with(&content) {
                return Ok((PublishOptions { content, ..PublishOptions::new(config, capsule) }, false));
            }
        }
    }
    let is_introduced = |folder: &&Path| INTRODUCTIONS.iter().any(|name| folder.join(name).is_file());
    let introduced = file.ancestors().skip(1).take(MAX_LEVELS).filter(is_introduced).last();
    let folder = introduced.or(file.parent()).context("a file is in a folder")?;
    let site = SiteOptions::standard(&HostName::localhost());
    let keys = config.map(|config| config.settings.presentation.front_matter.pairs());
    let mut options = PublishOptions::unconfigured(folder, site);
    options.build.keys = FrontMatterKeys::new(keys.unwrap_or_default());
    Ok((options, introduced.is_none()))
}

fn page(site: &Site, essay: Option<&Essay>, path: &CapsulePath, form: Form) -> Option<RenderedPage> {
    let (extension, medium) = match form {
        Form::Gemtext => (media::GEMTEXT_PAGE, Medium::Gemini),
        Form::Text => (media::TEXT_PAGE, Medium::Gopher),
    };
    let address = match essay {
        Some(essay) if essay.base.is_folder() => essay.base.clone(),
        // Plain text is served unchanged over both protocols.
        Some(essay) if essay.address().extension() == media::TEXT_PAGE => essay.address(),
        Some(essay) => essay.base.with_suffix(extension),
        None => path.clone(),
    };
    let Lookup::Page(page) = site.lookup(&address, medium) else { return None };
    Some(page)
}

/// Returns the text of a page; for a menu, the display strings of its items.
fn displayed(page: &RenderedPage) -> String {
    let text = String::from_utf8_lossy(&page.bytes).replace("\r\n", "\n");
    if page.item_type != '1' {
        return text;
    }
    let display = |line: &str| format!("{}\n", line.get(1..).and_then(|line| line.split('\t').next()).unwrap_or(""));
    text.lines().filter(|line| *line != ".").map(display).collect()
}

fn notices(essay: &Essay, options: &MarkdownOptions, file: &str) -> Vec<Problem> {
    let text = essay.text();
    let source = SourceText::new(file, &text.whole);
    let problems = text.document(options).notices.into_iter().map(|notice| {
        let at = text.body_range.start + notice.offset;
        let word = source.window(at).split(char::is_whitespace).next().unwrap_or_default();
        Problem::warning(notice.what).at(source.place(at..at + word.len()))
    });
    problems.collect()
}
