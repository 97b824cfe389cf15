//! The outside world: sockets, TLS, deadlines. Protocol-blind: whatever speaks
//! [`Protocol`](crate::protocol::Protocol) is served, and nothing here knows what Gemini is.
//!
//! [`listen`] binds. A [`proxy`] that is known says whose connection it passes on. The [`supervisor`] accepts, counts who
//! is inside ([`admission`]), makes room where there is none ([`waiting`]) and starts a task for each connection. A
//! [`connection`] runs through its stages under deadlines: first byte, handshake, request, reply, polite close. It takes
//! one snapshot of the sites from [`LiveSites`] and keeps it to the end; an answer that takes more than a moment is made by a
//! [`worker_pool`]. Whatever happened to it becomes one line of the [`access_log`], where the [`metrics`] are counted too.

pub mod access_log;
pub mod connection;
pub mod current;
pub mod hosting;
pub mod limits;
pub mod listen;
pub mod metrics;
pub mod proxy;
pub mod supervisor;
pub mod tls;
pub mod waiting;
pub mod worker_pool;

mod admission;
mod credential;
mod files;
mod handshake;
mod reply;
mod wire;

pub use access_log::AccessLog;
pub use current::LiveSites;
pub use files::FileOpener;
pub use hosting::{Hosted, Hosting};
pub use limits::Limits;
pub use metrics::Metrics;
pub use proxy::Proxies;
pub use supervisor::{Listener, ServerContext, Transport, serve};
pub use worker_pool::WorkerPool;
