//! Every bound on memory, in one place.

/// How much the client keeps in memory for one call.
///
/// All sizes are in bytes. The defaults are generous: an answer with a 10 MiB image in one event passes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest body of a unary response. Default 64 MiB.
    pub response_body: usize,
    /// How much of an error response's body is kept. Default 64 KiB. Up to 1 MiB is read all the same, for the code
    /// and the message in it.
    pub error_body: usize,
    /// How much of a streamed answer is put together: its text, reasoning, tool calls, retrievals, images and unknown
    /// fields. Default 64 MiB.
    ///
    /// A larger one can still be read chunk by chunk; only [`finish`](crate::CompletionStream::finish) fails, and
    /// [`so_far`](crate::CompletionStream::so_far) stops growing.
    pub completion: usize,
    /// The longest line of an event stream, of whatever field or a comment, in bytes as sent without the
    /// line end. Default 32 MiB.
    pub event_line: usize,
    /// The most data, type and id of one event of a stream may hold together, in bytes of decoded text: the
    /// line feeds that join lines of data count, and a U+FFFD that stands for ill-formed UTF-8 counts as
    /// three. The decoder keeps at most this and one line. Default 32 MiB.
    pub event: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            response_body: 64 * MIB,
            error_body: 64 * 1024,
            completion: 64 * MIB,
            event_line: 32 * MIB,
            event: 32 * MIB,
        }
    }
}
