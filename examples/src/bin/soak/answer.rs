//! An answer on its way to a socket.

use bytes::Bytes;
use futures::TryStreamExt;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
};
use orq_core::transport::{Body, TransportError};

use crate::{chance::Chance, fault::Fault, refusal::Refusal};

/// A response with its whole body, in the pieces that it was made of: the events of a stream.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    pieces: Vec<Bytes>,
}

/// The bytes of a response over HTTP/1.1.
pub(crate) struct Wire {
    pub(crate) bytes: Vec<u8>,
    /// How long the head is.
    pub(crate) head: usize,
}

/// How many pieces of a split body are small; those of a long one would be too many.
const SMALL_PIECES: usize = 1000;

const REPORTED: &str = r#"{"error":{"code":"provider_error","message":"it broke"}}"#;

impl Answer {
    /// What the double answers.
    pub(crate) async fn of(response: Response<Body>) -> Result<Self, TransportError> {
        let (parts, body) = response.into_parts();
        Ok(Self {
            status: parts.status,
            headers: parts.headers,
            pieces: body.try_collect().await?,
        })
    }

    /// What is said instead of an answer.
    pub(crate) fn refusing(refusal: &Refusal) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some((name, value)) = refusal.header {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Self {
            status: refusal.status,
            headers,
            pieces: vec![refusal.body().into()],
        }
    }

    /// The body.
    pub(crate) fn body(&self) -> Vec<u8> {
        self.pieces.concat()
    }

    fn is_stream(&self) -> bool {
        let kind = self.headers.get(CONTENT_TYPE);
        kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
    }

    /// Does to the body what the fault asks for.
    pub(crate) fn suffer(&mut self, fault: Fault, chance: &mut Chance) {
        match fault {
            Fault::BodyShort { at } => {
                let body = self.body();
                self.pieces = vec![Bytes::from(body).slice(..at * self.length() / 1000)];
            }
            Fault::ErrorEvent { at } if self.is_stream() => {
                // The last two are the final chunk and the end mark.
                let events = self.pieces.len().saturating_sub(2);
                self.pieces.truncate(at * events / 1000);
                let event = chance.one_of(["", "event: error\n"]);
                self.pieces
                    .push(format!("{event}data: {REPORTED}\n\n").into());
            }
            Fault::ErrorEvent { .. } => self.pieces = vec![Bytes::from_static(REPORTED.as_bytes())],
            Fault::Split => self.split(chance),
            _ => {}
        }
    }

    fn length(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }

    /// Cuts the body into pieces of a few bytes, after giving an event stream comments and other line ends.
    fn split(&mut self, chance: &mut Chance) {
        let mut body = Vec::new();
        let line_end = chance.one_of(["\n", "\r\n", "\r"]);
        for piece in &self.pieces {
            if !self.is_stream() {
                body.extend_from_slice(piece);
                continue;
            }
            if chance.percent(30) {
                body.extend_from_slice(b": still there\n\n");
            }
            // In JSON a line break is escaped, so all of these are the event's.
            for &byte in piece {
                match byte {
                    b'\n' => body.extend_from_slice(line_end.as_bytes()),
                    _ => body.push(byte),
                }
            }
        }
        let mut body = Bytes::from(body);
        self.pieces.clear();
        while !body.is_empty() {
            let longest = if self.pieces.len() < SMALL_PIECES {
                13
            } else {
                499
            };
            let size = chance.within(1..=longest).min(body.len());
            self.pieces.push(body.split_to(size));
        }
    }

    /// The bytes: with chunks for a body in pieces, else with a `content-length` or one chunk.
    pub(crate) fn wire(&self, chance: &mut Chance) -> Wire {
        let reason = self.status.canonical_reason().unwrap_or_default();
        let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", self.status.as_u16()).into_bytes();
        let mut line = |name: &str, value: &[u8]| {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        };
        let framing = [CONTENT_LENGTH, TRANSFER_ENCODING];
        for (name, value) in self
            .headers
            .iter()
            .filter(|(name, _)| !framing.contains(name))
        {
            line(name.as_str(), value.as_bytes());
        }
        let chunked = self.is_stream() || self.pieces.len() > 1 || chance.percent(30);
        if chunked {
            line("transfer-encoding", b"chunked");
        } else {
            line("content-length", self.length().to_string().as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        let head = bytes.len();
        for piece in self.pieces.iter().filter(|piece| !piece.is_empty()) {
            if chunked {
                bytes.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
            }
            bytes.extend_from_slice(piece);
            if chunked {
                bytes.extend_from_slice(b"\r\n");
            }
        }
        if chunked {
            bytes.extend_from_slice(b"0\r\n\r\n");
        }
        Wire { bytes, head }
    }
}

impl Wire {
    /// The beginning of it that ends after so many thousandths of the body: a byte at least, and never all.
    pub(crate) fn until(&self, at: usize) -> &[u8] {
        let body = self.bytes.len() - self.head;
        let cut = (at * body / 1000).clamp(1, body - 1);
        &self.bytes[..self.head + cut]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said::Said;

    fn stream() -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        let event = |text: &str| {
            let json = format!(r#"{{"choices":[{{"message":{{"content":"{text}"}}}}]}}"#);
            Bytes::from(format!("data: {json}\n\n"))
        };
        Answer {
            status: StatusCode::OK,
            headers,
            pieces: vec![event("a"), event("b"), "data: [DONE]\n\n".into()],
        }
    }

    fn text(wire: &[u8]) -> &str {
        std::str::from_utf8(wire).unwrap()
    }

    #[test]
    fn a_stream_goes_out_event_by_event() {
        let wire = stream().wire(&mut Chance::of([0; 3]));
        let (head, body) = text(&wire.bytes).split_at(wire.head);
        assert!(head.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"));
        assert!(head.ends_with("transfer-encoding: chunked\r\n\r\n"));
        assert!(
            body.ends_with("\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"),
            "{body}"
        );
        assert_eq!(wire.until(0).len(), wire.head + 1);
        assert_eq!(wire.until(1000).len(), wire.bytes.len() - 1);
    }

    #[test]
    fn splitting_changes_nothing_that_is_said() {
        let meant = Said::by_body(&stream().body()).unwrap();
        for seed in 0..50 {
            let mut answer = stream();
            answer.suffer(Fault::Split, &mut Chance::of([seed, 0, 0]));
            assert!(answer.pieces.iter().all(|piece| piece.len() <= 13));
            let body = answer.body();
            let plain = text(&body).replace(": still there\n\n", "");
            let plain = plain.replace("\r\n", "\n").replace('\r', "\n");
            assert_eq!(Said::by_body(plain.as_bytes()).as_ref(), Some(&meant));
        }
    }

    #[test]
    fn a_reported_error_comes_before_the_end() {
        let mut answer = stream();
        let fault = Fault::ErrorEvent { at: 999 };
        answer.suffer(fault, &mut Chance::of([0; 3]));
        let body = answer.body();
        assert!(text(&body).ends_with(&format!("data: {REPORTED}\n\n")));
        assert!(!text(&body).contains("DONE"));
    }
}
