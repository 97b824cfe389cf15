//! Sockets, TLS and deadlines for any [`Protocol`](crate::protocol::Protocol); no protocol is known by name here.
//!
//! The [`supervisor`] accepts connections, admits them ([`admission`]) and starts a task for each. A [`connection`] has
//! stages with deadlines: header of a trusted proxy ([`proxy_header`]), [`handshake`], request, answer, reply (an
//! [`attachment`] in chunks), close. It answers from one snapshot of the sites; a [`worker_pool`] computes long
//! answers. Its [`record`] goes to [`access_log`] and [`metrics`]. Connections share the [`context`].

pub mod access_log;
pub mod admission;
pub mod connection;
pub mod proxy_header;
pub mod tls;

mod attachment;
mod context;
mod handshake;
mod metrics;
mod record;
mod supervisor;
mod wire;
mod worker_pool;

pub use attachment::FileOpener;
pub use context::{Endpoint, Hosted, HostedFuture, Hosting, Limits, Listeners, LiveSites, ServerContext, Transport};
pub use metrics::Metrics;
pub use record::ConnectionOutcome;
pub use supervisor::{bind, is_first, is_of_connection, serve};
pub use wire::ClientStream;
pub use worker_pool::WorkerPool;
