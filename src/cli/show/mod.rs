//! `lamplit show FILE`: an essay as readers see it, and what its author should know about it.

mod home;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use time::OffsetDateTime;

use crate::capsule::{Capsule, CapsulePath, Content, Essay, SourceFile, media};
use crate::markup::markdown::MarkdownOptions;
use crate::problem::{Place, Problem};
use crate::publish::preview;
use crate::site::{Lookup, Medium, RenderedPage, Site};
use home::Home;

#[derive(Debug, Args)]
#[command(
    after_help = "What was left out of the page is said on standard error, with its line.\n\nExample:\n  \
                  lamplit show films/the-soft-skin.md --as text"
)]
pub(super) struct Arguments {
    /// A Markdown, gemtext or text file
    file: PathBuf,
    /// As readers of which form
    #[arg(long = "as", value_enum, default_value_t = Form::Gemtext, value_name = "FORM")]
    form: Form,
    /// Width of text in columns [default: as configured, else 67]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=200))]
    width: Option<u16>,
    /// Configuration file [default: config.toml here, if it is one of Lamplit's]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// What Gemini readers get
    Gemtext,
    /// What Gopher readers get
    Text,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let shown = arguments.file.display().to_string();
    let text = fs::read(&arguments.file).with_context(|| format!("cannot read `{shown}`"))?;
    let mut home = Home::of(&arguments.file, arguments.config.as_deref())?;
    if let Some(width) = arguments.width {
        home.options.site.plain.width = usize::from(width);
    }
    let source = SourceFile { path: home.path.clone(), content: Content::Text(text.into()) };
    let (site, problems) = preview(source, &home.options, home.stands_alone, OffsetDateTime::now_utc());
    for problem in problems.into_iter().filter(|problem| is_about(problem, &home.path)) {
        eprintln!("{}", renamed(problem, &shown));
    }
    let page = page(&site, &home.path, arguments.form)
        .with_context(|| format!("`{shown}` has no page: it is no text, or kept from these readers"))?;
    let page = readable(&page);
    let Some(essay) = essay_of(site.capsule(), &home.path) else {
        return Ok(std::io::stdout().write_all(page.as_bytes())?);
    };
    for notice in notices(essay, &home.options.site.markdown, &shown) {
        eprintln!("{notice}");
    }
    Ok(std::io::stdout().write_all(page.as_bytes())?)
}

/// The essay or introduction made from the file at `path`.
fn essay_of<'c>(capsule: &'c Capsule, path: &CapsulePath) -> Option<&'c Essay> {
    let introductions = capsule.sections().filter_map(|section| section.introduction.as_ref());
    capsule.essays().iter().chain(introductions).map(AsRef::as_ref).find(|essay| essay.source.path == *path)
}

/// The page that shows the file at `path`: an introduction is shown on its folder's.
fn page(site: &Site, path: &CapsulePath, form: Form) -> Option<RenderedPage> {
    let (extension, medium) = match form {
        Form::Gemtext => (media::GEMTEXT_PAGE, Medium::Gemini),
        Form::Text => (media::TEXT_PAGE, Medium::Gopher),
    };
    let address = match essay_of(site.capsule(), path) {
        Some(essay) if essay.base.is_folder() => essay.base.clone(),
        // Plain text has one form only.
        Some(essay) if essay.address().extension() == media::TEXT_PAGE => essay.address(),
        Some(essay) => essay.base.with_suffix(extension),
        None => path.clone(),
    };
    match site.lookup(&address, medium) {
        Lookup::Page(page) => Some(page),
        _ => None,
    }
}

/// A page as a client puts it on the screen: menus without what is not shown, and LF line ends.
fn readable(page: &RenderedPage) -> String {
    let text = String::from_utf8_lossy(&page.bytes).replace("\r\n", "\n");
    if page.item_type != '1' {
        return text;
    }
    let display =
        |line: &str| format!("{}\n", line.get(1..).and_then(|line| line.split('\t').next()).unwrap_or(""));
    text.lines().filter(|line| *line != ".").map(display).collect()
}

/// What the author should know about the words of an essay.
fn notices(essay: &Essay, options: &MarkdownOptions, file: &str) -> Vec<Problem> {
    let text = essay.text();
    let whole = text.whole();
    let problem = |(offset, what): (usize, String)| {
        let at = text.body_offset() + offset;
        let word =
            whole.get(at..).and_then(|rest| rest.split(char::is_whitespace).next()).unwrap_or_default();
        Problem::warning(what).at(file, whole, at..at + word.len())
    };
    let notices = text.document(options).notices;
    notices.into_iter().map(|notice| (notice.offset, notice.what)).map(problem).collect()
}

fn is_about(problem: &Problem, path: &CapsulePath) -> bool {
    problem.place.as_ref().is_some_and(|place| *place.file == *path.as_relative())
}

/// The same problem, with the file called what it was called on the command line.
fn renamed(problem: Problem, shown: &str) -> Problem {
    let place = problem.place.map(|place| Place { file: shown.into(), ..place });
    Problem { place, ..problem }
}
