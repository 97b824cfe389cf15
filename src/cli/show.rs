//! `lamplit show FILE`: an essay as readers see it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use bytes::Bytes;
use clap::{Args, ValueEnum};

use crate::capsule::{BuildOptions, CapsulePath, Content, Keys, SourceFile, build};
use crate::site::{Lookup, Medium, Site, SiteOptions};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  lamplit show films/the-soft-skin.md --as text --width 60")]
pub(super) struct Arguments {
    /// A Markdown, gemtext or text file
    file: PathBuf,
    /// As readers of which form
    #[arg(long = "as", value_enum, default_value_t = Form::Gemtext, value_name = "FORM")]
    form: Form,
    /// Width of text in columns
    #[arg(long, value_name = "COLUMNS", default_value_t = 67, value_parser = clap::value_parser!(u16).range(20..=200))]
    width: u16,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// What Gemini readers get
    Gemtext,
    /// What Gopher readers get
    Text,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let shown = arguments.file.display().to_string();
    let text = fs::read(&arguments.file).with_context(|| format!("cannot read `{shown}`"))?;
    let name = arguments
        .file
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| CapsulePath::from_decoded(name).ok())
        .with_context(|| format!("`{shown}` has a name that cannot be an address"))?;
    let site = site_of(name, text, arguments);
    let extension = match arguments.form {
        Form::Gemtext => "gmi",
        Form::Text => "txt",
    };
    // The one essay there is; a folder's introduction is shown as its folder's page.
    let address = site.capsule().essays().first().map(|essay| essay.base.with_suffix(extension));
    let address = address.unwrap_or_else(CapsulePath::root);
    let Lookup::Page(page) = site.lookup(&address, Medium::Gemini) else {
        bail!("`{shown}` is not something that can be shown: Markdown, gemtext and text are");
    };
    std::io::stdout().write_all(&page.bytes)?;
    Ok(())
}

/// A capsule of this one file. Hidden ones are shown too: whoever can read the file may look at it.
fn site_of(path: CapsulePath, text: Vec<u8>, arguments: &Arguments) -> Site {
    let mut options = SiteOptions::standard("localhost");
    options.plain.width = usize::from(arguments.width);
    let source = Arc::new(SourceFile { path, content: Content::Text(Bytes::from(text)) });
    let build_options = BuildOptions {
        now: time::OffsetDateTime::now_utc(),
        title: None,
        name: folder_name(&arguments.file),
        keys: Keys::new([]),
        markdown: options.markdown,
    };
    let (capsule, problems) = build(&[source], &build_options, None);
    for problem in problems {
        eprintln!("{problem}");
    }
    Site::new(Arc::new(capsule), &options, None)
}

fn folder_name(file: &Path) -> String {
    let folder = file.canonicalize().ok();
    let folder = folder.as_deref().and_then(Path::parent).and_then(Path::file_name);
    folder.map_or_else(|| "essays".to_owned(), |name| name.to_string_lossy().into_owned())
}
