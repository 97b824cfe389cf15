//! Parts of the server on their own: worker pools, listening sockets, log files.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use lamplit::server::access_log::LogFile;
use lamplit::server::{WorkerPool, bind, is_first, is_of_connection};
use tokio::time::Instant;

#[tokio::test]
async fn all_jobs_run_and_few_at_once() {
    let pool = WorkerPool::start("pool", 2).expect("threads");
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let answers: Vec<_> = (0..32)
        .map(|number| {
            let (running, most) = (running.clone(), most.clone());
            pool.compute(move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                // Long enough for a third job to start, if it could.
                std::thread::sleep(Duration::from_millis(1));
                running.fetch_sub(1, Ordering::SeqCst);
                number
            })
        })
        .collect();
    for (number, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.await.expect("an answer"), number);
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn job_is_skipped_once_its_receiver_is_dropped() {
    let pool = WorkerPool::start("pool", 1).expect("threads");
    let (go, wait) = channel::<()>();
    let busy = pool.compute(move || wait.recv().expect("a word"));
    let count = Arc::new(AtomicUsize::new(0));
    let counting = |count: &Arc<AtomicUsize>| {
        let count = count.clone();
        move || count.fetch_add(1, Ordering::SeqCst)
    };
    let (dropped, kept) = (pool.compute(counting(&count)), pool.compute(counting(&count)));
    drop(dropped);
    go.send(()).expect("received");
    busy.await.expect("done");
    assert_eq!(kept.await.expect("an answer"), 0, "the other job ran");
}

#[tokio::test]
async fn panic_fails_one_job() {
    let pool = WorkerPool::start("pool", 1).expect("threads");
    assert!(pool.compute::<()>(|| panic!("a bug")).await.is_err());
    assert_eq!(pool.compute(|| 7).await, Ok(7));
}

#[test]
fn both_address_families_share_a_port() {
    let v4 = bind(([0, 0, 0, 0], 0).into(), &[]).expect("a listener");
    let address = v4.local_addr().expect("bound");
    let port = address.port();
    // P12. A machine without IPv6 cannot show it.
    match bind(SocketAddr::new("::".parse().expect("an address"), port), &[address]) {
        Ok(v6) => assert_eq!(v6.local_addr().expect("bound").port(), port),
        Err(error) => println!("skipped: no IPv6 here ({error})"),
    }
}

/// P12: a listener for all IPv6 addresses serves IPv4 too, unless that has a listener of its own.
#[test]
fn listener_for_all_addresses_of_ipv6_serves_ipv4_too() {
    let v4 = |port| SocketAddr::from(([0, 0, 0, 0], port));
    for (others, reached) in [(vec![], true), (vec![v4(1)], true), (vec![v4(0)], false)] {
        let all = SocketAddr::new("::".parse().expect("an address"), 0);
        let Ok(listener) = bind(all, &others) else {
            println!("skipped: no IPv6 here");
            return;
        };
        let port = listener.local_addr().expect("bound").port();
        assert_eq!(TcpStream::connect(("127.0.0.1", port)).is_ok(), reached, "{others:?}");
        assert!(TcpStream::connect(("::1", port)).is_ok());
    }
}

#[test]
fn bind_to_a_port_in_use_fails() {
    let first = bind(([127, 0, 0, 1], 0).into(), &[]).expect("a listener");
    let error = bind(first.local_addr().expect("bound"), &[]).expect_err("taken");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
}

#[test]
fn moved_file_is_replaced_on_reopen() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let (path, moved) = (folder.path().join("log"), folder.path().join("log.1"));
    let log = LogFile::new(path.clone());
    let handle = log.clone();
    log.append(b"one\n").expect("writable");
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o640);
    fs::rename(&path, &moved).expect("writable");
    log.append(b"two\n").expect("writable");
    handle.reopen().expect("writable");
    log.append(b"three\n").expect("writable");
    let read = |path| fs::read_to_string(path).expect("it is there");
    assert_eq!((read(&moved), read(&path)), ("one\ntwo\n".to_owned(), "three\n".to_owned()));
}

#[test]
fn old_file_is_used_until_the_new_one_can_be_opened() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let (path, moved) = (folder.path().join("log"), folder.path().join("log.1"));
    let log = LogFile::new(path.clone());
    assert!(!log.is_open());
    log.append(b"one\n").expect("writable");
    fs::rename(&path, &moved).expect("writable");
    fs::create_dir(&path).expect("writable");
    assert!(log.reopen().is_err() && log.is_open());
    log.append(b"two\n").expect("writable");
    fs::remove_dir(&path).expect("writable");
    log.append(b"three\n").expect("writable");
    let read = |path| fs::read_to_string(path).expect("it is there");
    assert_eq!((read(&moved), read(&path)), ("one\ntwo\n".to_owned(), "three\n".to_owned()));
}

#[test]
fn failed_write_is_tried_again() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = folder.path().join("logs/log");
    let log = LogFile::new(path.clone());
    assert!(log.append(b"lost\n").is_err() && log.reopen().is_err());
    fs::create_dir(folder.path().join("logs")).expect("writable");
    log.append(b"kept\n").expect("writable");
    let read = || fs::read_to_string(&path).expect("it is there");
    assert_eq!(read(), "kept\n");
    // A device that is always full, then a file again: the line that was cut off is ended first.
    fs::remove_file(&path).expect("writable");
    std::os::unix::fs::symlink("/dev/full", &path).expect("writable");
    assert!(log.reopen().is_ok() && log.append(b"lost\n").is_err());
    fs::remove_file(&path).expect("writable");
    log.reopen().expect("writable");
    log.append(b"last\n").expect("writable");
    assert_eq!(read(), "\nlast\n");
}

/// C2: a failure caused by one client must not pause the accept loop.
#[test]
fn accept_errors_of_one_client_are_recognised() {
    use libc::{EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM};
    let of_one_client = [libc::ECONNABORTED, libc::EINTR, libc::EPROTO, libc::EHOSTUNREACH];
    assert!(of_one_client.into_iter().all(is_of_connection));
    assert!(![EPERM, EMFILE, ENFILE, ENOMEM, ENOBUFS].into_iter().any(is_of_connection));
}

#[test]
fn burst_of_events_is_allowed_once() {
    let start = Instant::now();
    let mut last = None;
    let rows = [(0, true), (1, false), (30, false), (89, false), (150, true), (151, false)];
    for (seconds, expected) in rows {
        assert_eq!(is_first(&mut last, start + Duration::from_secs(seconds)), expected, "{seconds} s");
    }
}
