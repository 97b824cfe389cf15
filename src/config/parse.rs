//! [`File`]: the settings in the text of a configuration file, with every mistake that the text alone shows.

use toml::de::DeTable;

use super::diagnostics::{Source, in_order};
use super::settings::{CapsuleDetails, CapsuleTable, HostedSettings, Presentation, Settings, StringTable};
use super::table::{Table, names, read_table};
use crate::problem::{Problem, Problems};

/// A configuration file, read. Its settings are not yet checked against each other.
#[derive(Debug, Clone, Default)]
pub struct File {
    pub(super) settings: Settings,
    /// Values of the right type that are not valid. [`resolve()`](super::resolve()) reports them together with
    /// settings that contradict each other.
    pub(super) invalid: Vec<Problem>,
}

impl File {
    /// Reads the text of a configuration file; `name` is the name of the file in messages.
    ///
    /// # Errors
    ///
    /// Every unknown key and every value of a wrong type, or the place where the text is not TOML.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        let mut settings = Settings::default();
        let mut source = Source::new(name, text, Vec::new());
        read_text(text, &mut settings, &mut source);
        Problems::refuse(in_order(source.problems))?;
        Ok(Self { settings, invalid: source.invalid })
    }

    /// Returns whether the file sets the user of the process.
    pub fn names_a_user(&self) -> bool {
        self.settings.privileges.user.is_some()
    }
}

impl HostedSettings {
    /// Reads the text of the `capsule.toml` of a hosted capsule. Its settings of the presentation override those of the
    /// server one by one; its front matter keys replace those of the server as a whole.
    ///
    /// # Errors
    ///
    /// Every mistake, and every key that only `config.toml` may set.
    pub(super) fn read(
        name: &str,
        text: &str,
        server: &Presentation,
    ) -> Result<(CapsuleDetails, Presentation), Problems> {
        let Presentation { pages, gemtext, words, .. } = server.clone();
        let presentation = Presentation { pages, gemtext, words, ..Presentation::default() };
        let mut settings = Self { details: CapsuleDetails::default(), presentation };
        let own: Vec<_> = names(&settings);
        let mut reserved = names(&CapsuleTable::default());
        reserved.extend(names(&Settings::default()));
        reserved.retain(|name| !own.contains(name));
        let mut source = Source::new(name, text, reserved);
        read_text(text, &mut settings, &mut source);
        source.problems.append(&mut source.invalid);
        Problems::refuse(in_order(source.problems))?;
        let Self { details, mut presentation } = settings;
        if presentation.front_matter == StringTable::default() {
            presentation.front_matter.clone_from(&server.front_matter);
        }
        Ok((details, presentation))
    }
}

/// Reads the text of a file into the settings outside of its tables.
fn read_text(text: &str, root: &mut dyn Table, source: &mut Source<'_>) {
    match DeTable::parse(text) {
        Ok(table) => read_table(root, "", table.get_ref(), source),
        Err(error) => {
            let what = format!("this is not TOML: {}", error.message().trim().replace('\n', ", "));
            let place = source.place(error.span().unwrap_or(0..0));
            source.problems.push(Problem::error(what).at(place));
        }
    }
}
