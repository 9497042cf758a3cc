//! The headers of the response, as both transports keep them.

use std::mem;

use bytes::{BufMut, BytesMut};
use http::{HeaderMap, HeaderValue};

/// Moves the headers into a map of their number. The map that they arrive in was the request's, and has grown.
pub(super) fn fit(headers: &mut HeaderMap) {
    let mut fitting = HeaderMap::with_capacity(headers.keys_len());
    fitting.extend(mem::take(headers));
    *headers = fitting;
}

/// Copies the values into one buffer of their size. hyper's are slices of the buffer that it reads into, which they would
/// keep for as long as the response.
pub(super) fn compact(headers: &mut HeaderMap) {
    let length = headers.values().map(HeaderValue::len).sum();
    let mut buffer = BytesMut::with_capacity(length);
    for value in headers.values_mut() {
        buffer.put_slice(value.as_bytes());
        if let Ok(mut copy) = HeaderValue::from_maybe_shared(buffer.split().freeze()) {
            copy.set_sensitive(value.is_sensitive());
            *value = copy;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;

    struct Read(
        &'static [u8],
        #[expect(dead_code, reason = "it is counted")] Arc<()>,
    );

    impl AsRef<[u8]> for Read {
        fn as_ref(&self) -> &[u8] {
            self.0
        }
    }

    #[test]
    fn values_are_equal_and_keep_nothing_of_the_buffer_that_was_read() {
        let buffer = Arc::new(());
        let read = Bytes::from_owner(Read(b"text/plain;a;b\xFF;", buffer.clone()));
        let mut headers = HeaderMap::new();
        for (name, range) in [
            ("content-type", 0..10),
            ("x-many", 11..12),
            ("x-many", 13..15),
            ("x-empty", 3..3),
        ] {
            let mut value = HeaderValue::from_maybe_shared(read.slice(range)).unwrap();
            value.set_sensitive(name == "x-many");
            headers.append(name, value);
        }
        drop(read);
        let original = headers.clone();
        fit(&mut headers);
        compact(&mut headers);
        assert_eq!(headers, original);
        assert!(headers["x-many"].is_sensitive() && !headers["x-empty"].is_sensitive());
        drop(original);
        assert_eq!(Arc::strong_count(&buffer), 1);
    }
}
