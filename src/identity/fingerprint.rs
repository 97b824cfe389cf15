//! [`Fingerprint`]: the short form of a key or certificate that people compare.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};

/// A SHA-256 digest. Its `Display` form is lower-case hexadecimal, as Lagrange and Amfora print it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of `der`.
    pub fn of(der: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, der).as_ref());
        Self(bytes)
    }

    /// The form with upper-case pairs and colons, as openssl prints it.
    pub fn with_colons(&self) -> String {
        self.0.map(|byte| format!("{byte:02X}")).join(":")
    }
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
        assert!(empty.with_colons().starts_with("E3:B0:C4:42:98:FC:1C:14"));
        assert_eq!((empty.to_string().len(), empty.with_colons().len()), (64, 95));
    }
}
