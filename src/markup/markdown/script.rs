//! Raised and lowered text without raised and lowered letters.

/// What the number before it makes an ordinal, in English and French.
const ORDINALS: [&str; 9] = ["st", "nd", "rd", "th", "er", "ère", "re", "ème", "nde"];

/// `text` in superscript characters if it is made of digits and signs, else after a circumflex. Signs that are
/// raised by themselves, and the ending of an ordinal behind its number, need neither.
pub(super) fn raised(text: &str, after_digit: bool) -> String {
    match text.trim() {
        "TM" | "™" => return "™".to_owned(),
        "SM" | "℠" => return "℠".to_owned(),
        sign @ ("®" | "©" | "*" | "†" | "‡") => return sign.to_owned(),
        ending if after_digit && ORDINALS.contains(&ending) => return ending.to_owned(),
        _ => {}
    }
    shifted(text, '^', |c| {
        Some(match c {
            '0' => '⁰',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '4' => '⁴',
            '5' => '⁵',
            '6' => '⁶',
            '7' => '⁷',
            '8' => '⁸',
            '9' => '⁹',
            '+' => '⁺',
            '-' | '−' => '⁻',
            '=' => '⁼',
            '(' => '⁽',
            ')' => '⁾',
            _ => return None,
        })
    })
}

/// `text` in subscript characters if it is made of digits and signs, else after a low line.
pub(super) fn lowered(text: &str) -> String {
    shifted(text, '_', |c| {
        Some(match c {
            '0'..='9' => char::from_u32('₀' as u32 + (c as u32 - '0' as u32))?,
            '+' => '₊',
            '-' | '−' => '₋',
            '=' => '₌',
            '(' => '₍',
            ')' => '₎',
            _ => return None,
        })
    })
}

fn shifted(text: &str, otherwise: char, shift: impl Fn(char) -> Option<char>) -> String {
    let text = text.trim();
    text.chars().map(shift).collect::<Option<String>>().unwrap_or_else(|| format!("{otherwise}{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_signs_are_shifted_and_words_marked() {
        for (text, up, down) in [
            ("2", "²", "₂"),
            ("-10", "⁻¹⁰", "₋₁₀"),
            ("(4+5)=9", "⁽⁴⁺⁵⁾⁼⁹", "₍₄₊₅₎₌₉"),
            ("th", "^th", "_th"),
            ("2nd", "^2nd", "_2nd"),
        ] {
            assert_eq!((raised(text, false).as_str(), lowered(text).as_str()), (up, down), "{text}");
        }
    }

    #[test]
    fn ordinals_and_signs_need_no_mark() {
        for (text, after_digit, expected) in [
            ("th", true, "th"),
            ("er", true, "er"),
            ("n", true, "^n"),
            ("th", false, "^th"),
            ("TM", false, "™"),
            ("®", true, "®"),
        ] {
            assert_eq!(raised(text, after_digit), expected, "{text}");
        }
    }
}
