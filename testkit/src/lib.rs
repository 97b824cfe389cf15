//! What the tests, fuzz targets and benchmarks of Lamplit share: capsules made of strings, the checks of the fuzz
//! targets, a TLS client, an archive of generated essays, timing, and servers in processes of their own.

#![allow(clippy::missing_panics_doc, reason = "functions for tests panic where a test has to fail")]

pub mod archive;
pub mod bench;
pub mod capsule;
pub mod checks;
pub mod classifier;
mod corpus;
pub mod folders;
pub mod hostile;
pub mod process;
mod resolve;
pub mod tls_client;

pub use corpus::{body, corpus, files_below, split};
pub use resolve::AsWritten;
