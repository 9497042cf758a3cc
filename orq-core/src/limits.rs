//! Limits on the memory of one call.

/// Limits on the size of what the client holds in memory for one call. All values are in bytes.
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
    /// Maximum size of the body of a response that isn't streamed, and of the text that is kept of a stream's lines
    /// outside of its events. Default: 64 MiB.
    pub response_body: usize,
    /// How much of an error response's body is kept in the error. Default: 64 KiB. Up to 1 MiB of the body is read, or
    /// this limit if it is larger, to find the code and the message.
    pub error_body: usize,
    /// Maximum size of a completion assembled from a stream, measured as the JSON of its chunks. Default: 128 MiB.
    /// It can also have at most 4,096 choices, tool calls, retrievals, content parts and unknown fields in total, of
    /// which one with more than 32 fields counts as several.
    ///
    /// A larger one can still be read chunk by chunk: only [`finish`](crate::CompletionStream::finish) and deltas fail,
    /// and [`so_far`](crate::CompletionStream::so_far) stops growing.
    pub completion: usize,
    /// Maximum length of one line of an event stream as received, comments included, without its line end.
    /// Default: 32 MiB.
    pub event_line: usize,
    /// Maximum size of one event of a stream: data, type and id together, as decoded UTF-8. Default: 32 MiB.
    pub event: usize,
    /// Maximum size of what arrives of an event stream between two events, comments included. Default: 128 MiB.
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
