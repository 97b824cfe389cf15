//! The server from outside: deadlines on pipes with a paused clock, the rest over loopback sockets.

mod attachments;
mod deadlines;
mod parts;
mod records;
mod sockets;
pub(crate) mod support;
mod tls;
