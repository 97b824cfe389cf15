//! [`Fingerprint`]: the short form of a key or certificate that people compare.

use std::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A SHA-256 digest. Its `Display` form is lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of `der`.
    pub fn of(der: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, der).as_ref());
        Self(bytes)
    }

    /// Every form in which some client prints a fingerprint: hexadecimal in lower and upper case, the same in pairs
    /// with colons, and Base64.
    pub fn forms(&self) -> [String; 5] {
        let lower = self.0.map(|byte| format!("{byte:02x}"));
        let upper = self.0.map(|byte| format!("{byte:02X}"));
        [lower.concat(), upper.concat(), lower.join(":"), upper.join(":"), STANDARD.encode(self.0)]
    }
}

/// The SHA-1 digest of `der` in upper-case pairs with colons. Good enough to tell certificates apart, and for nothing
/// more.
pub(super) fn sha1(der: &[u8]) -> String {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, der);
    digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_sha_256_in_the_forms_clients_print() {
        // The digest of the empty string, from FIPS 180-4's test vectors.
        let empty = Fingerprint::of(b"");
        assert!(empty.to_string().starts_with("e3b0c44298fc1c14"));
        let forms = empty.forms();
        let beginnings =
            ["e3b0c44298fc", "E3B0C44298FC", "e3:b0:c4:42:98:fc", "E3:B0:C4:42:98:FC", "47DEQpj8HBSa"];
        for (form, beginning) in forms.iter().zip(beginnings) {
            assert!(form.starts_with(beginning), "{form}");
        }
        assert_eq!(forms.map(|form| form.len()), [64, 64, 95, 95, 44]);
        assert_eq!(empty.forms()[4], "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(sha1(b""), "DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09");
    }
}
