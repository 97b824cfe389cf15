//! Sends one reply: a page in one write, an attachment in chunks, or the fault for an attachment that cannot be read.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};

use super::attachment::{self, SendError};
use super::context::ServerContext;
use super::record::{ConnectionOutcome, ConnectionRecord};
use super::wire::Wire;
use crate::protocol::{Answer, Body, Fault, Protocol};

/// Sends `answer` to its end and notes its outcome in `record`.
///
/// # Errors
///
/// If the reply is cut off.
pub(super) async fn reply<S>(
    wire: &mut Wire<S>,
    answer: Answer,
    protocol: &dyn Protocol,
    context: &ServerContext,
    record: &mut ConnectionRecord,
) -> Result<(), ConnectionOutcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let stall = context.limits.write_stall;
    let Answer { mut head, body, outcome } = answer;
    let request = record.request.insert(outcome);
    let body = match body {
        Body::Empty => Bytes::new(),
        Body::Bytes(bytes) => bytes,
        Body::File(file) => match attachment::send(wire, head, file, &context.files, stall).await {
            Ok(()) => return Ok(()),
            Err(SendError::CutOff) => return Err(ConnectionOutcome::Truncated),
            Err(SendError::Unsent(error)) => {
                let fault = protocol.fault(fault_of(&error));
                (request.class, request.status) = (fault.outcome.class, fault.outcome.status);
                head = fault.head;
                if let Body::Bytes(bytes) = fault.body { bytes } else { Bytes::new() }
            }
        },
    };
    wire.send(head, body, true, stall).await.map_err(|_| ConnectionOutcome::Truncated)
}

fn fault_of(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => Fault::Missing,
        _ => Fault::Internal,
    }
}
