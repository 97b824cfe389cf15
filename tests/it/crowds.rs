//! More clients than there is room for, met by the real program under a small limit of open files.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;

use socket2::{Domain, Socket, Type};

use crate::support::{Server, ask_gopher, scratch_folder};

/// Descriptors that the program may have, and five times as many who hold on to a connection.
const FILES: usize = 128;
const HOLDING: usize = 5 * FILES;

/// A connection from one of the addresses 127.1.0.1 to 127.1.0.100.
fn from_elsewhere(number: usize, to: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let home = Ipv4Addr::new(127, 1, 0, u8::try_from(number % 100 + 1).expect("at most 100"));
    socket.bind(&SocketAddr::from((home, 0)).into()).expect("all of 127/8 is this machine");
    socket.connect(&to.into()).expect("it listens");
    socket.into()
}

/// C1, C2: whoever holds on makes room, nobody who reads is refused, and the log stays quiet.
#[test]
fn readers_are_served_while_descriptors_run_out() {
    rlimit::increase_nofile_limit(u64::MAX).expect("a limit");
    let (folder, certs) = (scratch_folder(), scratch_folder());
    std::fs::write(folder.path().join("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    let plain = crate::support::serve(folder.path(), certs.path());
    let mut limited = Command::new("sh");
    limited.arg("-c").arg(format!("ulimit -n {FILES} && exec \"$0\" \"$@\""));
    limited.arg(plain.get_program()).args(plain.get_args());
    let server = Server::from_command(limited);
    let gopher = server.gopher_address();
    let page = || ask_gopher(gopher, "/owls.txt").contains("They call");
    let mut holding = Vec::new();
    for number in 0..HOLDING {
        let mut stream =
            from_elsewhere(number, if number % 2 == 0 { gopher } else { server.gemini_address() });
        stream
            .write_all(&[0x16, 3, 1][..number % 4])
            .or_else(|_| stream.write_all(b""))
            .expect("hung up on at most");
        holding.push(stream);
        if number % 32 == 0 {
            assert!(page(), "after {number} who hold on");
        }
    }
    assert!(page() && server.ask_gemini("/owls.gmi").body.contains("They call"));
    let said = server.said();
    assert!(said.contains("may open 128 files, which is enough for 45 connections"), "{said}");
    let warnings = said.lines().filter(|line| line.contains("WARN")).count();
    assert!((1..10).contains(&warnings), "{warnings} warnings:\n{said}");
    drop(holding);
    assert!(server.stop().success());
}
