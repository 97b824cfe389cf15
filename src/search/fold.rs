//! Folding: what words that readers take for the same have in common.
//!
//! Case, accents and the compatibility forms of Unicode (ligatures, full width) do not count; neither do the
//! letters that are written as one and spelled as two. Marks that make another sound of a letter, as in Hindi
//! or Thai, stay.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Appends `word` as it is compared.
pub(super) fn push(out: &mut String, word: &str) {
    if word.is_ascii() {
        let start = out.len();
        out.push_str(word);
        out[start..].make_ascii_lowercase();
        return;
    }
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(word.chars());
    for c in decomposed.filter(|&c| !is_passed_over(c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ħ' => out.push('h'),
            'ı' => out.push('i'),
            'ł' => out.push('l'),
            'ς' => out.push('σ'),
            _ => out.push(c),
        }
    }
}

/// A run of a script that is written without spaces, as it is compared: composed, full width.
pub(super) fn dense(run: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize_iter(run.chars());
    composed.filter(|&c| !is_passed_over(c)).collect()
}

/// Accents, and characters that show nothing: soft hyphens, joiners, direction and variation marks.
fn is_passed_over(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}'
        | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_do_not_count() {
        for (word, expected) in [
            ("Skin", "skin"),
            ("Café", "cafe"),
            ("cafe\u{301}", "cafe"),
            ("NAÏVE", "naive"),
            ("Straße", "strasse"),
            ("Œuvre", "oeuvre"),
            ("Łódź", "lodz"),
            ("İstanbul", "istanbul"),
            ("ﬁlm", "film"),
            ("ΟΔΟΣ", "οδοσ"),
            ("Ёлка", "елка"),
            ("soft\u{ad}ware", "software"),
            ("Ｌａｍｐ", "lamp"),
            ("हिन्दी", "हिन्दी"),
        ] {
            let mut folded = String::new();
            push(&mut folded, word);
            assert_eq!(folded, expected, "{word}");
        }
        for (run, expected) in [("ｶﾞﾗｽ", "ガラス"), ("が", "が"), ("한국", "한국"), ("東京", "東京")]
        {
            assert_eq!(dense(run), expected, "{run}");
        }
    }
}
