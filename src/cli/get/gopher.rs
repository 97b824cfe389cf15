//! One item over Gopher.

use anyhow::ensure;
use memchr::memchr_iter;
use tokio::io::AsyncWriteExt;

use super::{Arguments, connect, read};
use crate::host::GOPHER_PORT;

pub(super) async fn fetch(arguments: &Arguments) -> anyhow::Result<()> {
    let url = &arguments.url;
    // RFC 4266, section 2.1: the first character of the path is the item type and is not sent.
    let path = url.path().get(1..).unwrap_or_default();
    let selector = path.char_indices().nth(1).map_or("", |(at, _)| &path[at..]);
    let mut request = percent_encoding::percent_decode_str(selector).collect::<Vec<u8>>();
    if let Some(query) = url.query() {
        request.push(b'\t');
        request.extend(percent_encoding::percent_decode_str(query));
    }
    ensure!(!request.contains(&b'\n') && !request.contains(&b'\r'), "a selector holds no line end");
    request.extend(b"\r\n");
    let mut stream = connect(url, arguments.at, GOPHER_PORT).await?;
    stream.write_all(&request).await?;
    let reply = read(stream, !arguments.check).await?;
    ensure!(!arguments.check || !is_nothing(&reply), "the server did not give this item");
    Ok(())
}

/// Whether a reply is empty or an error: a menu whose first item is of type 3 (RFC 1436, section 3.8).
fn is_nothing(reply: &[u8]) -> bool {
    let line = reply.split(|byte| *byte == b'\n').next().unwrap_or_default();
    reply.is_empty() || line.starts_with(b"3") && memchr_iter(b'\t', line).count() >= 2
}
