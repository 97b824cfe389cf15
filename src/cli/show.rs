//! `lamplit show`: prints one essay as it is served, and what its conversion leaves out.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use time::OffsetDateTime;

use super::arguments::ConfigFile;
use super::hosted;
use crate::capsule::{Capsule, CapsulePath, Content, Essay, FrontMatterKeys, SourceFile, media};
use crate::config::{Config, Overrides};
use crate::host::HostName;
use crate::markup::markdown::MarkdownOptions;
use crate::problem::{Place, Problem, SourceText};
use crate::publish::{PublishOptions, preview};
use crate::site::{Lookup, Medium, RenderedPage, Site, SiteOptions};

/// How many folders above a file are searched for the introduction of a capsule.
const MAX_LEVELS: usize = 6;

#[derive(Debug, Args)]
#[command(
    about = "Print an essay as it is served",
    after_help = "What the page leaves out is reported on standard error, with its line.\n\n\
                  Example:\n  lamplit show films/the-soft-skin.md --as text"
)]
pub(super) struct Arguments {
    /// Markdown, gemtext or text file
    file: PathBuf,
    /// Form of the page
    #[arg(long = "as", value_enum, default_value_t = Form::Gemtext, value_name = "FORM")]
    form: Form,
    /// Width of plain text; by default as configured, otherwise 67
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
    let text = fs::read(&arguments.file).with_context(|| format!("cannot read `{shown}`"))?;
    let Preview { path, mut options, stands_alone } = Preview::of(&arguments.file, &arguments.config)?;
    if let Some(width) = arguments.width {
        options.site.plain.width = usize::from(width);
    }
    let source = SourceFile { path: path.clone(), content: Content::Text(text.into()) };
    let (site, problems) = preview(source, &options, stands_alone, OffsetDateTime::now_utc());
    for problem in problems.into_iter().filter(|problem| is_about(problem, &path)) {
        let place = problem.place.map(|place| Place { file: shown.as_str().into(), ..place });
        eprintln!("{}", Problem { place, ..problem });
    }
    let page = page(&site, &path, arguments.form)
        .with_context(|| format!("`{shown}` has no page: it is not text, or it is not published"))?;
    if let Some(essay) = essay_of(site.capsule(), &path) {
        for notice in notices(essay, &options.site.markdown, &shown) {
            eprintln!("{notice}");
        }
    }
    Ok(std::io::stdout().write_all(displayed(&page).as_bytes())?)
}

struct Preview {
    path: CapsulePath,
    options: PublishOptions,
    /// Whether the file belongs to no capsule, so that its neighbours are not read.
    stands_alone: bool,
}

impl Preview {
    /// Returns how `file` is published: in the configured capsule that it lies in; otherwise in the outermost folder
    /// above it with an introduction; otherwise alone.
    fn of(file: &Path, config: &ConfigFile) -> anyhow::Result<Self> {
        let shown = file.display();
        let real = fs::canonicalize(file).with_context(|| format!("cannot read `{shown}`"))?;
        let folder = real.parent().with_context(|| format!("`{shown}` is not in a folder"))?;
        let config = match config.load(Overrides::default()) {
            Ok((config, _)) => Some(config),
            // Other programs have a `config.toml` too: the default file is ignored if it is not valid.
            Err(_) if config.config.is_none() => None,
            Err(error) => return Err(error),
        };
        let hosted = config.as_ref().map(|config| hosted::containing(config, &real)).transpose()?.flatten();
        let config = hosted.or(config);
        let introduced = folder.ancestors().take(MAX_LEVELS).filter(|folder| has_introduction(folder)).last();
        let configured = config.as_ref().and_then(|config| configured(config, &real));
        let stands_alone = configured.is_none() && introduced.is_none();
        let options = configured.unwrap_or_else(|| {
            let site = SiteOptions::standard(&HostName::localhost());
            let keys = config.map(|config| config.front_matter).unwrap_or_default();
            PublishOptions {
                keys: FrontMatterKeys::new(keys),
                ..PublishOptions::unconfigured(introduced.unwrap_or(folder), site)
            }
        });
        let relative = real.strip_prefix(&options.content).ok().and_then(Path::to_str);
        let path = relative.and_then(|relative| CapsulePath::from_decoded(relative).ok());
        let Some(path) = path else { bail!("`{shown}` has a name that cannot be an address") };
        Ok(Self { path, options, stands_alone })
    }
}

/// Returns the options of the capsule of `config` that `file` lies in, with the real path of its folder.
fn configured(config: &Config, file: &Path) -> Option<PublishOptions> {
    config.capsules.iter().find_map(|capsule| {
        let content = fs::canonicalize(&capsule.content).ok()?;
        let options = || PublishOptions::new(config, capsule, config.site_options(capsule));
        file.starts_with(&content).then(|| PublishOptions { content, ..options() })
    })
}

fn has_introduction(folder: &Path) -> bool {
    ["index.md", "_index.md"].iter().any(|name| folder.join(name).is_file())
}

fn essay_of<'c>(capsule: &'c Capsule, path: &CapsulePath) -> Option<&'c Essay> {
    capsule.all_read().map(AsRef::as_ref).find(|essay| essay.source.path == *path)
}

fn page(site: &Site, path: &CapsulePath, form: Form) -> Option<RenderedPage> {
    let (extension, medium) = match form {
        Form::Gemtext => (media::GEMTEXT_PAGE, Medium::Gemini),
        Form::Text => (media::TEXT_PAGE, Medium::Gopher),
    };
    let address = match essay_of(site.capsule(), path) {
        Some(essay) if essay.base.is_folder() => essay.base.clone(),
        // Plain text is served unchanged over both protocols.
        Some(essay) if essay.address().extension() == media::TEXT_PAGE => essay.address(),
        Some(essay) => essay.base.with_suffix(extension),
        None => path.clone(),
    };
    match site.lookup(&address, medium) {
        Lookup::Page(page) => Some(page),
        _ => None,
    }
}

fn displayed(page: &RenderedPage) -> String {
    let text = String::from_utf8_lossy(&page.bytes).replace("\r\n", "\n");
    if page.item_type != '1' {
        return text;
    }
    let display =
        |line: &str| format!("{}\n", line.get(1..).and_then(|line| line.split('\t').next()).unwrap_or(""));
    text.lines().filter(|line| *line != ".").map(display).collect()
}

fn notices(essay: &Essay, options: &MarkdownOptions, file: &str) -> Vec<Problem> {
    let text = essay.text();
    let source = SourceText::new(file, text.whole());
    let problem = |offset: usize, what: String| {
        let at = text.body_offset() + offset;
        let word = source.window(at).split(char::is_whitespace).next().unwrap_or_default();
        Problem::warning(what).at(source.place(at..at + word.len()))
    };
    let notices = text.document(options).notices;
    notices.into_iter().map(|notice| problem(notice.offset, notice.what)).collect()
}

fn is_about(problem: &Problem, path: &CapsulePath) -> bool {
    problem.place.as_ref().is_some_and(|place| *place.file == *path.as_relative())
}
