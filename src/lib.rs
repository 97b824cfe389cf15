//! Lamplit serves a folder of Markdown essays over Gemini (as gemtext) and Gopher (as wrapped plain text), live and
//! without writing to the folder.
//!
//! The modules form layers, listed here from the lowest up, and import only from lower layers; a test checks that.
//! All modules up to [`protocol`] are pure and synchronous: no I/O, no clock, no environment. ARCHITECTURE.md describes
//! the modules and their invariants.

pub mod host;
pub mod problem;

pub mod markup;

pub mod capsule;

pub mod render;
pub mod search;

pub mod site;

pub mod protocol;

pub mod disk;
pub mod generator;
pub mod identity;
pub mod privileges;
pub mod server;

pub mod config;
pub mod hosting;
pub mod publish;

pub mod app;
pub mod cli;
