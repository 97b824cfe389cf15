//! One reply: a page in one write, an attachment piece by piece, or words for what cannot be sent.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::access_log::Record;
use super::connection::ServerContext;
use super::files::Stream;
use super::wire::Wire;
use crate::capsule::FileRef;
use crate::protocol::{Answer, Body, Fault, Protocol};

/// Bytes of an attachment after which others get their turn: half a millisecond's worth. Each turn costs some 20 µs.
const IN_A_ROW: u64 = 1024 * 1024;

/// Writes an answer; says whether all of it went out.
pub(super) async fn reply<S>(
    wire: &mut Wire<S>,
    answer: Answer,
    protocol: &dyn Protocol,
    shell: &ServerContext,
    record: &mut Record,
) -> bool
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Answer { head, body, outcome } = answer;
    record.outcome = Some(outcome);
    let stall = shell.limits.write_stall;
    let file = match body {
        Body::Empty => return wire.send(head, Bytes::new(), true, stall).await.is_ok(),
        Body::Bytes(bytes) => return wire.send(head, bytes, true, stall).await.is_ok(),
        Body::File(file) => file,
    };
    match attachment(wire, head, file, shell).await {
        Ok(whole) => whole,
        Err(error) => {
            let fault = match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => Fault::Missing,
                _ => Fault::Internal,
            };
            let Answer { head, body, outcome } = protocol.fault(fault);
            if let Some(asked) = &mut record.outcome {
                (asked.class, asked.status) = (outcome.class, outcome.status);
            }
            let body = if let Body::Bytes(bytes) = body { bytes } else { Bytes::new() };
            wire.send(head, body, true, stall).await.is_ok()
        }
    }
}

/// Sends `file` behind `head`; says whether all of it went out. An error if it could not be read before anything did.
async fn attachment<S>(
    wire: &mut Wire<S>,
    mut head: Bytes,
    file: FileRef,
    shell: &ServerContext,
) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // Where too many files are open already, that takes until one of them is sent.
    let mut file = timeout(shell.limits.write_stall, Stream::open(&shell.files, file)).await??;
    let mut turn = 0;
    loop {
        let is_first = file.at() == 0;
        let piece = match wire.take(&mut head, &mut file).await {
            Some(rest) => rest,
            None => file.next().await,
        };
        let piece = match piece {
            Ok(piece) => piece,
            Err(error) if is_first => return Err(error),
            Err(_) => return Ok(false),
        };
        let last = file.is_done();
        let sent = wire.send(std::mem::take(&mut head), piece, last, shell.limits.write_stall).await;
        if last || sent.is_err() {
            return Ok(sent.is_ok());
        }
        if file.at() - turn >= IN_A_ROW {
            turn = file.at();
            tokio::task::yield_now().await;
        }
    }
}
