//! The shell from outside: deadlines on pipes with a paused clock, everything else over loopback sockets.

mod deadlines;
mod sockets;
mod support;
mod tls;
