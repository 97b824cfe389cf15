//! Privileges that the process gives up as soon as it does not need them, so that a bug in it can do less harm.
//!
//! [`user`] changes the user of a process that was started as root. [`sandbox`] leaves access to only the files that
//! are served and kept, and prevents new sockets, connections, other programs, and signals to other processes.

pub mod sandbox;
pub mod user;

pub use sandbox::{Sandbox, SandboxMode};
