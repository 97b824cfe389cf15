//! Languages stated by file names: `skin.fr.md` is `skin.md` in French.
//!
//! A dot also separates other things, as in `node.js.md` or `notes.io.md`. So a part of a name counts as a language
//! only if it is a known code and some text of the archive exists in that language and in another one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::CapsulePath;
use super::media::TextKind;
use super::source::{Content, SourceFile};

/// The codes of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
                     de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz \
                     ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln \
                     lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi \
                     pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti \
                     tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// The language that the file name of a text states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageVariant {
    /// The base address that the text would have without its language, shared by all its translations.
    pub of: CapsulePath,
    /// The language (BCP 47).
    pub language: String,
}

impl LanguageVariant {
    /// Creates the variant of `of` in the language that a file name writes as `tag`.
    pub(super) fn new(of: CapsulePath, tag: &str) -> Self {
        Self { of, language: tag.replace('_', "-") }
    }
}

/// Splits `skin.pt-BR` into `skin` and `pt-BR`.
fn split_tag(stem: &str) -> Option<(&str, &str)> {
    let (bare, tag) = stem.rsplit_once('.')?;
    let (code, region) = tag.split_once(['-', '_']).unwrap_or((tag, "US"));
    let known = code.len() == 2 && CODES.split(' ').any(|known| known == code);
    let region = (2..=4).contains(&region.len()) && region.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (!bare.is_empty() && known && region).then_some((bare, tag))
}

/// The languages that file names of an archive state.
#[derive(Debug, Default)]
pub(super) struct Languages {
    tags: HashSet<String>,
}

impl Languages {
    /// Returns the languages in which some text of `sources`, sorted by path, exists beside another language.
    pub(super) fn of(sources: &[Arc<SourceFile>]) -> Self {
        let mut tags = HashSet::new();
        let mut others: HashMap<(CapsulePath, &str), &str> = HashMap::new();
        for source in sources {
            let Some((bare, tag)) = split_tag(source.path.stem()).filter(|_| has_markup(source)) else {
                continue;
            };
            let folder = source.path.parent();
            let exists = |extension: &str| {
                let name = folder.join(&format!("{bare}.{extension}")).ok();
                name.is_some_and(|name| sources.binary_search_by(|other| other.path.cmp(&name)).is_ok())
            };
            if TextKind::markup_extensions().any(exists) {
                tags.insert(tag.to_owned());
            }
            if let Some(other) = others.insert((folder, bare), tag) {
                tags.extend([other.to_owned(), tag.to_owned()]);
            }
        }
        Self { tags }
    }

    /// Returns whether no file name states a language.
    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// Splits a file name without extension into the part shared by all translations and the language.
    pub(super) fn split<'n>(&self, stem: &'n str) -> (&'n str, Option<&'n str>) {
        match split_tag(stem) {
            Some((bare, tag)) if self.tags.contains(tag) => (bare, Some(tag)),
            _ => (stem, None),
        }
    }
}

fn has_markup(source: &SourceFile) -> bool {
    matches!(source.content, Content::Text(_))
        && matches!(TextKind::of(&source.path), Some(TextKind::Markdown | TextKind::Gemtext))
}
