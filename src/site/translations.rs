//! What is there in several languages: lists show it once, and its pages lead to each other.

use super::{Medium, SiteOptions};
use crate::capsule::{Capsule, Essay};

/// What languages call themselves, for those with the most pages; others go by their code.
const NAMES: &[(&str, &str)] = &[
    ("ar", "العربية"),
    ("bg", "Български"),
    ("bn", "বাংলা"),
    ("ca", "Català"),
    ("cs", "Čeština"),
    ("cy", "Cymraeg"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("eo", "Esperanto"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("eu", "Euskara"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("ga", "Gaeilge"),
    ("gl", "Galego"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hr", "Hrvatski"),
    ("hu", "Magyar"),
    ("id", "Bahasa Indonesia"),
    ("is", "Íslenska"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("la", "Latina"),
    ("lt", "Lietuvių"),
    ("lv", "Latviešu"),
    ("nb", "Norsk bokmål"),
    ("nl", "Nederlands"),
    ("nn", "Norsk nynorsk"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("sr", "Српски"),
    ("sv", "Svenska"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
];

/// What the language `tag` calls itself, with its region or script: `Português (BR)`.
pub(super) fn name(tag: &str) -> String {
    let (code, rest) = tag.split_once('-').unwrap_or((tag, ""));
    let Some((_, name)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)) else {
        return tag.to_owned();
    };
    if rest.is_empty() { (*name).to_owned() } else { format!("{name} ({rest})") }
}

/// Whether `a` and `b` are the same language, whatever their regions.
pub(super) fn same(a: &str, b: &str) -> bool {
    let code = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    code(a) == code(b)
}

/// The language of `essay`; empty if nobody says it.
pub(super) fn language<'a>(essay: &'a Essay, options: &'a SiteOptions) -> &'a str {
    essay.metadata.language.as_ref().unwrap_or(&options.language)
}

/// Of `essay` in all its languages the one that stands for it where readers get only one: that in the language of
/// the capsule, else that whose file name states none, else the first. None if it is not there in several.
fn chosen<'a>(
    capsule: &'a Capsule,
    options: &SiteOptions,
    medium: Medium,
    essay: &Essay,
) -> Option<&'a Essay> {
    let served = capsule.translations(essay).map(AsRef::as_ref).filter(|other| medium.serves(other));
    served.min_by_key(|other| (!same(language(other, options), &options.language), other.variant().is_some()))
}

/// Whether lists for all readers of `medium` show `essay`.
pub(super) fn lists(capsule: &Capsule, options: &SiteOptions, medium: Medium, essay: &Essay) -> bool {
    medium.serves(essay)
        && (!capsule.is_translated()
            || chosen(capsule, options, medium, essay).is_none_or(|chosen| chosen.base == essay.base))
}

/// Whether the list of the folder that `essay` lies in shows it: unless it shows a translation.
pub(super) fn lists_in_folder(
    capsule: &Capsule,
    options: &SiteOptions,
    medium: Medium,
    essay: &Essay,
) -> bool {
    let elsewhere = |chosen: &Essay| chosen.base == essay.base || chosen.base.parent() != essay.base.parent();
    medium.serves(essay)
        && (!capsule.is_translated() || chosen(capsule, options, medium, essay).is_none_or(elsewhere))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_go_by_their_own_names() {
        for (tag, expected) in
            [("fr", "Français"), ("pt-BR", "Português (BR)"), ("FR", "Français"), ("tlh", "tlh")]
        {
            assert_eq!(name(tag), expected, "{tag}");
        }
        assert!(same("en", "en-GB") && same("EN", "en") && !same("en", "fr") && same("", ""));
    }
}
