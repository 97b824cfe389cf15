//! Lamplit takes a folder of Markdown essays, unchanged and unwritten-to, and gives every reader the right
//! form: gemtext over Gemini, wrapped plain text over Gopher.
//!
//! The modules lie on floors, listed here from the ground up, and import only downwards (a test holds them
//! to it). Everything up to [`protocol`] is pure and synchronous: no I/O, no clock, no environment. See
//! ARCHITECTURE.md for the map and the invariants.

// Floor 0: words.
pub mod markup;
pub mod problem;

// Floor 1: what is published.
pub mod capsule;

// Floor 2: formats.
pub mod render;

// Floor 3: what is shown at each address.
pub mod search;
pub mod site;

// Floor 4: conversations.
pub mod protocol;

// Floor 5: the outside world.
pub mod disk;
pub mod identity;
pub mod privileges;
pub mod server;

// Floor 6: the desk.
pub mod config;
pub mod publish;

pub mod app;
pub mod cli;
