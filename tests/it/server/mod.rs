//! The server from outside: deadlines on pipes with a paused clock, the rest over loopback sockets.

mod deadlines;
mod parts;
mod sockets;
mod support;
mod tls;
