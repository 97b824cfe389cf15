//! [`ReaderId`]: how a reader of a private area is known.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// SHA-256 of a reader's certificate, or of the public key in it. Shown as in `SHA256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReaderId([u8; 32]);

/// Why a text is not a [`ReaderId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 fingerprint")]
pub struct NoReaderId;

impl ReaderId {
    /// The id with this digest.
    pub fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl fmt::Display for ReaderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SHA256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ReaderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ReaderId {
    type Err = NoReaderId;

    /// Reads what clients, servers and openssl print: hexadecimal digits in either case, with or without colons or
    /// spaces between pairs, or base64; with or without a word such as `SHA256:` or `sha256 Fingerprint=` before it.
    fn from_str(text: &str) -> Result<Self, NoReaderId> {
        let digest = without_word(text.trim());
        hexadecimal(digest).or_else(|| base64(digest)).map(Self).ok_or(NoReaderId)
    }
}

fn without_word(text: &str) -> &str {
    let word = ["sha256", "sha-256", "sha 256"].into_iter().find_map(|word| {
        let (head, rest) = text.split_at_checked(word.len())?;
        head.eq_ignore_ascii_case(word).then_some(rest)
    });
    let Some(rest) = word else { return text };
    let rest = rest.trim_start();
    let named = rest.split_at_checked(11).filter(|(head, _)| head.eq_ignore_ascii_case("fingerprint"));
    let rest = named.map_or(rest, |(_, rest)| rest.trim_start());
    rest.trim_start_matches([':', '=', '/']).trim_start()
}

fn hexadecimal(text: &str) -> Option<[u8; 32]> {
    let mut digits = text.chars().filter(|c| !matches!(c, ':' | ' ' | '-')).map(|c| c.to_digit(16));
    let mut digest = [0; 32];
    for byte in &mut digest {
        let (high, low) = (digits.next()??, digits.next()??);
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    digits.next().is_none().then_some(digest)
}

/// Base64 in either alphabet, with or without the sign at its end (RFC 4648, sections 4 and 5).
fn base64(text: &str) -> Option<[u8; 32]> {
    let standard = text.strip_suffix('=').unwrap_or(text).replace('-', "+").replace('_', "/");
    STANDARD_NO_PAD.decode(standard).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of nothing at all, from FIPS 180-4's test vectors.
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn every_form_that_is_printed_somewhere_is_read() {
        let pairs: Vec<&str> = (0..32).map(|at| &EMPTY[at * 2..at * 2 + 2]).collect();
        let (colons, spaces) = (pairs.join(":"), pairs.join(" "));
        let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        for text in [
            EMPTY,
            &EMPTY.to_uppercase(),
            &format!("SHA256:{EMPTY}"),
            &format!("sha256:{}", EMPTY.to_uppercase()),
            &format!(" SHA-256 {colons}"),
            &format!("sha256 Fingerprint={}", colons.to_uppercase()),
            &format!("SHA256 Fingerprint: {colons}"),
            &spaces,
            base64,
            &base64[..43],
            &format!("SHA256:{base64}"),
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        ] {
            let id = ReaderId::from_str(text).unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(id.to_string(), format!("SHA256:{EMPTY}"), "{text}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "SHA256:",
            &EMPTY[1..],
            &format!("{EMPTY}0"),
            &format!("{EMPTY}00"),
            &EMPTY.replace('e', "g"),
            "MD5:d41d8cd98f00b204e9800998ecf8427e",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF",
            "ü",
            "sha25ü",
        ] {
            assert_eq!(ReaderId::from_str(text), Err(NoReaderId), "{text}");
        }
    }
}
