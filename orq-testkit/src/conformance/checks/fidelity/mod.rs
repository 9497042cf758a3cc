//! Every byte arrives, in both directions.

mod encodings;
mod requests;
mod responses;

use std::io;

use tokio::sync::mpsc;

pub(super) use self::{encodings::*, requests::*, responses::*};
use crate::conformance::raw::{RawRequest, RawServer, invalid};

const SIZES: [usize; 4] = [0, 1, 1 << 20, 8 << 20];

/// Bytes that show a lost, doubled or moved piece of any power of two: their period is 251.
fn pattern(length: usize) -> Vec<u8> {
    let period: Vec<u8> = (0..251).collect();
    let mut bytes = period.repeat(length.div_ceil(period.len()));
    bytes.truncate(length);
    bytes
}

/// A server that answers with the head given and reports what it was asked.
pub(super) fn recorder(
    answer: &'static str,
) -> io::Result<(RawServer, mpsc::UnboundedReceiver<RawRequest>)> {
    let (requests, seen) = mpsc::unbounded_channel();
    let server = RawServer::sharing(requests, move |mut connection, requests| async move {
        while let Some(request) = connection.request().await? {
            requests
                .send(request)
                .map_err(|_| invalid("the check is over"))?;
            connection.write(answer).await?;
        }
        Ok(())
    })?;
    Ok((server, seen))
}

pub(super) const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";
