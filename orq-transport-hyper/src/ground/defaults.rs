//! The defaults of both transports.

use std::time::Duration;

/// How long connecting may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest timeout that can be added to a time on every platform.
pub const LONGEST: Duration = Duration::from_secs(60 * 60 * 24 * 365);
/// How long an unused connection is kept.
pub const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum number of header lines of an HTTP/1.1 response.
pub const MAX_HEADERS: usize = 256;
/// The maximum size of an HTTP/2 header list, in bytes. hyper limits the head of an HTTP/1.1 response to about the same.
pub const MAX_HEADER_LIST: u32 = 400 * 1024;
/// How often an HTTP/2 connection with open streams is pinged.
pub const PING_INTERVAL: Duration = Duration::from_secs(15);
/// How long the answer to a ping may take.
pub const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// How many exchanges share one HTTP/2 connection at most. Many servers allow as many.
pub const MAX_STREAMS: usize = 100;
/// How much of one HTTP/2 response may be unread, in bytes. An event stream never fills it.
pub const STREAM_WINDOW: u32 = 256 * 1024;

/// Returns the window of an HTTP/2 connection: one more than all its streams have together, so that streams that aren't
/// read don't block another.
pub fn connection_window(stream: u32, streams: usize) -> u32 {
    const LARGEST: u32 = u32::MAX >> 1;
    let streams = u32::try_from(streams).unwrap_or(u32::MAX);
    stream
        .saturating_mul(streams.saturating_add(1))
        .min(LARGEST)
}
