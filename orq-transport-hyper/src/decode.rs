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
/// [`Protocol`](orq_core::transport::TransportErrorKind::Protocol).
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
    use std::{error::Error as StdError, io};

    use async_compression::futures::bufread::GzipDecoder;
    use bytes::Bytes;
    use futures::{AsyncReadExt, TryStreamExt, stream};
    use http::{
        Response,
        header::{CONTENT_ENCODING, CONTENT_LENGTH},
    };
    use orq_core::transport::{Body, Delivery, Phase, TransportError, TransportErrorKind as Kind};

    /// The size of a decoded chunk, in bytes.
    const CHUNK: usize = 8 * 1024;

    pub(super) fn is_encoding_of(response: &Response<Body>) -> bool {
        let encoding = response.headers().get(CONTENT_ENCODING);
        encoding.is_some_and(|encoding| {
            let name = encoding.as_bytes().trim_ascii();
            name.eq_ignore_ascii_case(b"gzip") || name.eq_ignore_ascii_case(b"x-gzip")
        })
    }

    pub(super) fn decode(mut response: Response<Body>) -> Response<Body> {
        response.headers_mut().remove(CONTENT_ENCODING);
        response.headers_mut().remove(CONTENT_LENGTH);
        response.map(|body| {
            if http_body::Body::is_end_stream(&body) {
                return body;
            }
            let mut decoder = GzipDecoder::new(body.map_err(io::Error::other).into_async_read());
            decoder.multiple_members(true);
            let chunks = stream::try_unfold(decoder, async |mut decoder| {
                let mut chunk = vec![0; CHUNK];
                let size = decoder.read(&mut chunk).await?;
                chunk.truncate(size);
                io::Result::Ok((size > 0).then(|| (Bytes::from(chunk), decoder)))
            });
            Body::from_stream(chunks.map_err(classify))
        })
    }

    /// An error of the body itself is passed through; any other is one of the decoder.
    fn classify(error: io::Error) -> TransportError {
        error.downcast().unwrap_or_else(|error| {
            let source: Box<dyn StdError + Send + Sync> = error.into();
            TransportError::new(Kind::Protocol, Phase::Body, Delivery::Answered).with_source(source)
        })
    }
}
