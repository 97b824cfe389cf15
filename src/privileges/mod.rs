//! What this process may do, given up as soon as it is not needed: whatever goes wrong later, it then goes wrong in a
//! small room.
//!
//! [`user`] is who a process becomes that root has started. [`sandbox`] takes away every file but those that are served
//! and kept, and everything that a server does not do: to open ports, to call others, to signal them.

pub mod sandbox;
pub mod user;

pub use sandbox::{Sandbox, SandboxMode, SandboxRules};
pub use user::Account;
