//! Keys and certificates of capsules: created once, kept, and replaced only by command.
//!
//! Gemini clients trust the first public key they see (trust on first use) and warn when it changes. So a managed
//! [`Identity`] is one PEM file with key and certificate, written whole and never overwritten: a damaged file stops the
//! start with a message. Renewal keeps the key, which clients do not notice. External key files are only read.

mod certificate;
mod messages;
mod pair;
mod store;
mod write;

pub use certificate::{CertificateResolver, Identity, KeyOrigin, utc_date};
pub use pair::read_regular_file;
pub use store::{KeyStore, folder_warning};
pub use write::remove_temporary_files;
