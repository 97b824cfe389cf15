//! The outside world: sockets, TLS, deadlines. Protocol-blind: whatever speaks
//! [`Protocol`](crate::protocol::Protocol) is served, and nothing here knows what Gemini is.
//!
//! [`listen`] binds. A [`proxy`] that is known says whose connection it passes on. The [`supervisor`] accepts, counts who
//! is inside ([`permits`]), makes room where there is none ([`waiting`]) and starts a task for each connection. A
//! [`connection`] runs through its stages under deadlines: first byte, handshake, request, reply, polite close. It takes
//! one snapshot of the sites from [`Current`] and keeps it to the end; an answer that takes more than a moment is made by a
//! [`crew`]. Whatever happened to it becomes one line of the [`access_log`], where the [`metrics`] are counted too.

pub mod access_log;
pub mod connection;
pub mod crew;
pub mod current;
pub mod hosting;
pub mod limits;
pub mod listen;
pub mod metrics;
pub mod proxy;
pub mod supervisor;
pub mod tls;
pub mod waiting;

mod credential;
mod files;
mod handshake;
mod permits;
mod reply;
mod wire;

pub use access_log::AccessLog;
pub use crew::Crew;
pub use current::Current;
pub use files::Open;
pub use hosting::{Hosted, Hosting};
pub use limits::Limits;
pub use metrics::Metrics;
pub use proxy::Proxies;
pub use supervisor::{Listener, Shell, Transport, serve};
