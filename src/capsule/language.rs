//! The languages of texts by their file names: `skin.fr.md` is `skin.md` in French.
//!
//! Not every dot divides off a language: `node.js.md` and `notes.io.md` are names. So a part counts only if it is a
//! code of a language and some text of the archive is there in that language beside another one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{CapsulePath, Content, SourceFile, TextKind};

/// The codes of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
                     de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz \
                     ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln \
                     lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi \
                     pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti \
                     tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// What a text is called in another language than the rest of its archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageVariant {
    /// The address without extension that the text has without its language: the same for all translations.
    pub of: CapsulePath,
    /// The language (BCP 47), as the file name writes it.
    pub language: String,
}

/// Divides `skin.pt-BR` into `skin` and `pt-BR`.
pub(super) fn divide(stem: &str) -> Option<(&str, &str)> {
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
    /// Those in which some text of `sources` stands beside another language. Sources stand in order of their paths.
    pub(super) fn of(sources: &[Arc<SourceFile>]) -> Self {
        let mut tags = HashSet::new();
        let mut others: HashMap<(CapsulePath, &str), &str> = HashMap::new();
        for source in sources {
            let Some((bare, tag)) = divide(source.path.stem()).filter(|_| is_read(source)) else { continue };
            let folder = source.path.parent();
            let is_there = |extension: &&str| {
                let name = folder.join(&format!("{bare}.{extension}")).ok();
                name.is_some_and(|name| sources.binary_search_by(|other| other.path.cmp(&name)).is_ok())
            };
            if ["md", "gmi", "markdown", "mkd", "gemini"].iter().any(is_there) {
                tags.insert(tag.to_owned());
            }
            if let Some(other) = others.insert((folder, bare), tag) {
                tags.extend([other.to_owned(), tag.to_owned()]);
            }
        }
        Self { tags }
    }

    /// Whether no file name states one.
    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// Divides a file name without extension into what all translations are called, and the language.
    pub(super) fn divide<'n>(&self, stem: &'n str) -> (&'n str, Option<&'n str>) {
        if self.tags.is_empty() {
            return (stem, None);
        }
        match divide(stem) {
            Some((bare, tag)) if self.tags.contains(tag) => (bare, Some(tag)),
            _ => (stem, None),
        }
    }
}

fn is_read(source: &SourceFile) -> bool {
    matches!(source.content, Content::Text(_))
        && matches!(TextKind::of(&source.path), Some(TextKind::Markdown | TextKind::Gemtext))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_known_code_behind_a_name() {
        for (stem, expected) in [
            ("skin.fr", Some(("skin", "fr"))),
            ("skin.pt-BR", Some(("skin", "pt-BR"))),
            ("skin.zh_hans", Some(("skin", "zh_hans"))),
            ("_index.de", Some(("_index", "de"))),
            ("v1.2.fr", Some(("v1.2", "fr"))),
            ("node.js", None),
            ("skin.fra", None),
            ("skin.FR", None),
            ("skin.fr-", None),
            (".fr", None),
            ("fr", None),
        ] {
            assert_eq!(divide(stem), expected, "{stem}");
        }
    }

    #[test]
    fn a_code_counts_where_something_is_there_in_two_languages() {
        let of = |names: &[&str]| {
            let mut sources: Vec<_> = (names.iter())
                .map(|name| {
                    let path = CapsulePath::from_decoded(name).expect("a name");
                    Arc::new(SourceFile { path, content: Content::Text("x".into()) })
                })
                .collect();
            sources.sort_by(|a, b| a.path.cmp(&b.path));
            let mut tags: Vec<String> = Languages::of(&sources).tags.into_iter().collect();
            tags.sort();
            tags.join(" ")
        };
        assert_eq!(of(&["a.md", "notes.io.md", "b.fr.md"]), "");
        assert_eq!(of(&["a.md", "a.fr.md", "notes.io.md", "b.fr.md"]), "fr");
        assert_eq!(of(&["a.en.md", "a.fr.md", "x/a.de.md"]), "en fr");
        assert_eq!(of(&["a.txt", "a.fr.md"]), "");
    }
}
