//! Essays in several languages: lists show one translation, and essays link to the others.

use super::SiteOptions;
use super::options::Medium;
use crate::capsule::{Capsule, Essay};

/// The native names of the languages with the most pages; other languages are shown by their code.
const NAMES: &str = "\
    ar=العربية|bg=Български|bn=বাংলা|ca=Català|cs=Čeština|cy=Cymraeg|da=Dansk|de=Deutsch|el=Ελληνικά|\
    en=English|eo=Esperanto|es=Español|et=Eesti|eu=Euskara|fa=فارسی|fi=Suomi|fr=Français|ga=Gaeilge|\
    gl=Galego|he=עברית|hi=हिन्दी|hr=Hrvatski|hu=Magyar|id=Bahasa Indonesia|is=Íslenska|it=Italiano|\
    ja=日本語|ko=한국어|la=Latina|lt=Lietuvių|lv=Latviešu|nb=Norsk bokmål|nl=Nederlands|nn=Norsk nynorsk|\
    no=Norsk|pl=Polski|pt=Português|ro=Română|ru=Русский|sk=Slovenčina|sl=Slovenščina|sr=Српски|\
    sv=Svenska|th=ไทย|tr=Türkçe|uk=Українська|vi=Tiếng Việt|zh=中文";

/// Returns the native name of the language `tag`, with its region or script: `Português (BR)`.
pub(super) fn name(tag: &str) -> String {
    let (code, rest) = tag.split_once('-').unwrap_or((tag, ""));
    let mut names = NAMES.split('|').filter_map(|pair| pair.split_once('='));
    match names.find(|(known, _)| known.eq_ignore_ascii_case(code)) {
        Some((_, name)) if rest.is_empty() => name.to_owned(),
        Some((_, name)) => format!("{name} ({rest})"),
        None => tag.to_owned(),
    }
}

/// Returns whether two tags mean one language, in whichever regions.
pub(super) fn equal(a: &str, b: &str) -> bool {
    let code = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    code(a) == code(b)
}

/// Returns the language of `essay`, or an empty string if it is unknown.
pub(super) fn of<'a>(essay: &'a Essay, options: &'a SiteOptions) -> &'a str {
    essay.metadata.language.as_ref().unwrap_or(&options.language)
}

/// Returns whether lists of the whole capsule show `essay` to readers of `medium`.
pub(super) fn lists(capsule: &Capsule, options: &SiteOptions, medium: Medium, essay: &Essay) -> bool {
    medium.serves(essay)
        && listed(capsule, options, medium, essay).is_none_or(|listed| listed.base == essay.base)
}

/// Returns the translation of `essay` that lists show: in the language of the capsule, else without a language suffix.
pub(super) fn listed<'a>(
    capsule: &'a Capsule,
    options: &SiteOptions,
    medium: Medium,
    essay: &Essay,
) -> Option<&'a Essay> {
    let served = capsule.translations(essay).map(AsRef::as_ref).filter(|other| medium.serves(other));
    served.min_by_key(|other| (!equal(of(other, options), &options.language), other.variant().is_some()))
}
