//! Decoding a response's body by its `content-encoding`.

use http::Response;
use orq_core::transport::Body;

/// Decodes a body whose `content-encoding` is gzip, and removes that header and `content-length`. Other responses are
/// returned unchanged.
///
/// `gzip` has the alias `x-gzip`, in any case
/// ([RFC 9110, 8.4.1](https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1)). A body may have several members
/// ([RFC 1952, 2.2](https://www.rfc-editor.org/rfc/rfc1952#page-5)). The data are yielded as they are flushed. A body
/// that isn't valid gzip, or ends within a member, ends with an error of kind
/// [`Protocol`](orq_core::transport::TransportErrorKind::Protocol); an empty one stays empty.
///
/// Without the feature `gzip` no response is changed.
///
/// ```
/// use orq_core::transport::Body;
/// use orq_transport_hyper::decode::decode;
///
/// let plain = http::Response::new(Body::from("Hello"));
/// assert!(!decode(plain).headers().contains_key("content-encoding"));
/// ```
pub fn decode(response: Response<Body>) -> Response<Body> {
    #[cfg(feature = "gzip")]
    if gzip::is_encoding_of(&response) {
        return gzip::decode(response);
    }
    response
}

#[cfg(feature = "gzip")]
mod gzip {
    use std::io;

    use async_compression::futures::bufread::GzipDecoder;
    use bytes::Bytes;
    use futures::{AsyncBufReadExt, AsyncReadExt, TryFutureExt, TryStreamExt, stream};
    use http::{
        Response,
        header::{CONTENT_ENCODING, CONTENT_LENGTH},
    };
    use orq_core::transport::{Body, Delivery, Phase, TransportError, TransportErrorKind as Kind};

    /// The size of a decoded chunk, in bytes.
    const CHUNK: usize = 8 * 1024;

    pub(super) fn is_encoding_of(response: &Response<Body>) -> bool {
        let mut encodings = response.headers().get_all(CONTENT_ENCODING).iter();
        let is_gzip = encodings.next().is_some_and(|encoding| {
            let name = encoding.as_bytes().trim_ascii();
            name.eq_ignore_ascii_case(b"gzip") || name.eq_ignore_ascii_case(b"x-gzip")
        });
        is_gzip && encodings.next().is_none()
    }

    pub(super) fn decode(mut response: Response<Body>) -> Response<Body> {
        response.headers_mut().remove(CONTENT_ENCODING);
        response.headers_mut().remove(CONTENT_LENGTH);
        response.map(|body| {
            let mut body = body.map_err(io::Error::other).into_async_read();
            let chunks = async move {
                let is_empty = body.fill_buf().await?.is_empty();
                let mut decoder = GzipDecoder::new(body);
                decoder.multiple_members(true);
                let decoder = (!is_empty).then_some(decoder);
                Ok(stream::try_unfold(decoder, async |decoder| {
                    let Some(mut decoder) = decoder else {
                        return io::Result::Ok(None);
                    };
                    let mut chunk = vec![0; CHUNK];
                    let size = decoder.read(&mut chunk).await?;
                    chunk.truncate(size);
                    chunk.shrink_to_fit();
                    Ok((size > 0).then(|| (Bytes::from(chunk), Some(decoder))))
                }))
            };
            Body::from_stream(chunks.try_flatten_stream().map_err(classify))
        })
    }

    /// An error of the body itself is passed through; any other is one of the decoder.
    fn classify(error: io::Error) -> TransportError {
        error.downcast().unwrap_or_else(|error| {
            TransportError::new(Kind::Protocol, Phase::Body, Delivery::Answered).with_source(error)
        })
    }
}

#[cfg(all(test, feature = "gzip"))]
mod tests {
    use futures::{StreamExt, TryStreamExt, executor::block_on, stream};
    use orq_core::transport::TransportErrorKind as Kind;

    use super::*;

    fn encoded(encoding: &'static str, body: Body) -> Response<Body> {
        let mut response = Response::new(body);
        let encoding = http::HeaderValue::from_static(encoding);
        response.headers_mut().insert("content-encoding", encoding);
        decode(response)
    }

    /// As the answer to a `HEAD`, and with the status 204 or 304.
    #[test]
    fn an_empty_body_stays_empty() {
        let pieces = stream::iter([Ok(bytes::Bytes::new())]);
        for body in [Body::empty(), Body::from_stream(pieces)] {
            let mut body = encoded("gzip", body).into_body();
            assert!(block_on(body.next()).is_none());
        }
    }

    #[test]
    fn an_error_of_the_body_is_passed_through() {
        let broken = crate::verdict::in_body("broken".into());
        let body = Body::from_stream(stream::iter([Ok("\u{1f}".into()), Err(broken)]));
        let read = encoded("x-gzip", body).into_body().try_collect::<Vec<_>>();
        assert_eq!(block_on(read).unwrap_err().kind(), Kind::Other);
    }

    /// An answer keeps its body, and most are small.
    #[test]
    fn a_small_chunk_takes_no_more_room_than_its_data() {
        let member = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xc8\x04\0\xac\x2a\x93\xd8\x02\0\0\0";
        let mut body = encoded("gzip", Body::from(&member[..])).into_body();
        let chunk = block_on(body.next()).unwrap().unwrap();
        assert_eq!(chunk, "hi");
        assert!(bytes::BytesMut::from(chunk).capacity() < 100);
    }

    #[test]
    fn other_encodings_are_left() {
        for encoding in ["br", "gzip, br", "identity", ""] {
            let response = encoded(encoding, Body::from("text"));
            assert_eq!(response.headers()["content-encoding"], encoding);
        }
    }
}
