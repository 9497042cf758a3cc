//! Bounds on the memory of one call.

/// How much the client keeps in memory for one call. Every value is a number of bytes.
///
/// ```
/// use orq_core::Limits;
///
/// let limits = Limits::default().response_body(1024 * 1024);
/// assert_eq!(limits.response_body, 1_048_576);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum size of the body of a response that isn't streamed. Default: 64 MiB.
    pub response_body: usize,
    /// How much of an error response's body is kept. Default: 64 KiB. Up to 1 MiB is read, for the code and the
    /// message in it.
    pub error_body: usize,
    /// Maximum size of the assembled answer of a stream, counted as the JSON text of its chunks. Default: 128 MiB.
    /// Besides, it has at most 4,096 choices, tool calls, retrievals, parts of content and unknown fields in all, of
    /// which one with more than 32 fields counts as several.
    ///
    /// A larger answer can still be read chunk by chunk: only [`finish`](crate::CompletionStream::finish) and
    /// deltas fail, and [`so_far`](crate::CompletionStream::so_far) stops growing.
    pub completion: usize,
    /// Maximum length of one line of an event stream as sent, comments included, without its line end.
    /// Default: 32 MiB.
    pub event_line: usize,
    /// Maximum size of the data, type and id of one event of a stream together, as decoded text. Default: 32 MiB.
    pub event: usize,
    /// How much of an event stream may arrive without completing an event, comments included. Default: 128 MiB.
    pub without_event: usize,
}

macro_rules! setters {
    ($($field:ident)*) => {
        impl Limits {$(
            #[doc = concat!("Sets [`", stringify!($field), "`](field@Limits::", stringify!($field), "), in bytes.")]
            #[must_use]
            pub fn $field(mut self, bytes: usize) -> Self {
                self.$field = bytes;
                self
            }
        )*}
    };
}

setters!(response_body error_body completion event_line event without_event);

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            response_body: 64 * MIB,
            error_body: 64 * 1024,
            completion: 128 * MIB,
            event_line: 32 * MIB,
            event: 32 * MIB,
            without_event: 128 * MIB,
        }
    }
}
