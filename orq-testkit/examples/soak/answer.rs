//! An answer on its way to a socket.

use bytes::Bytes;
use fastrand::Rng;
use futures::TryStreamExt;
use http::{
    HeaderValue, Response,
    header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
};
use orq_core::transport::{Body, TransportError};

use crate::{
    chance::{one_of, percent},
    fault::{Fault, Kind},
    refusal::Refusal,
};

/// A response with its whole body, in the pieces that it was made of: the events of a stream.
pub(crate) struct Answer {
    /// Without what HTTP/1.1 says of the body's length.
    pub(crate) head: Response<()>,
    pieces: Vec<Bytes>,
}

/// How many pieces of a split body are small; those of a long one would be too many.
const SMALL_PIECES: usize = 1000;

const REPORTED: &str = r#"{"error":{"code":"provider_error","message":"it broke"}}"#;

/// The bytes of a response that are written.
pub(crate) struct Wire {
    pub(crate) bytes: Vec<u8>,
    /// How long the head is: over HTTP/2 it is written apart, and nothing of it is here.
    pub(crate) head: usize,
}

impl Wire {
    /// Returns the beginning that ends after so many thousandths of the body: a byte at least, and never all.
    pub(crate) fn until(&self, at: usize) -> &[u8] {
        let body = self.bytes.len() - self.head;
        let cut = (at * body / 1000).clamp(1, body - 1);
        &self.bytes[..self.head + cut]
    }
}

impl Answer {
    /// Returns what the double answers.
    pub(crate) async fn of(response: Response<Body>) -> Result<Self, TransportError> {
        let (parts, body) = response.into_parts();
        let mut head = Response::from_parts(parts, ());
        head.headers_mut().remove(CONTENT_LENGTH);
        head.headers_mut().remove(TRANSFER_ENCODING);
        let pieces = body.try_collect().await?;
        Ok(Self { head, pieces })
    }

    /// Returns what is said instead of an answer.
    pub(crate) fn refusing(refusal: &Refusal) -> Self {
        let mut head = Response::new(());
        *head.status_mut() = refusal.status;
        let json = HeaderValue::from_static("application/json");
        head.headers_mut().insert(CONTENT_TYPE, json);
        if let Some((name, value)) = refusal.header {
            let value = HeaderValue::from_static(value);
            head.headers_mut().insert(name, value);
        }
        let pieces = vec![refusal.body().into()];
        Self { head, pieces }
    }

    /// Returns the body.
    pub(crate) fn body(&self) -> Vec<u8> {
        self.pieces.concat()
    }

    fn is_stream(&self) -> bool {
        let kind = self.head.headers().get(CONTENT_TYPE);
        kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
    }

    /// Does to the body what the fault asks for.
    pub(crate) fn suffer(&mut self, fault: &Fault, rng: &mut Rng) {
        match fault.kind {
            Kind::BodyShort => {
                let body = Bytes::from(self.body());
                self.pieces = vec![body.slice(..fault.at * body.len() / 1000)];
            }
            Kind::ErrorEvent if self.is_stream() => {
                // The last two are the final chunk and the end mark.
                let events = self.pieces.len().saturating_sub(2);
                self.pieces.truncate(fault.at * events / 1000);
                let event = one_of(rng, ["", "event: error\n"]);
                let event = format!("{event}data: {REPORTED}\n\n");
                self.pieces.push(event.into());
            }
            Kind::ErrorEvent => self.pieces = vec![Bytes::from_static(REPORTED.as_bytes())],
            Kind::Split => self.split(rng),
            _ => {}
        }
    }

    /// Cuts the body into pieces of a few bytes, after giving an event stream comments and other line ends.
    fn split(&mut self, rng: &mut Rng) {
        let mut body = Vec::new();
        let line_end = one_of(rng, ["\n", "\r\n", "\r"]);
        for piece in &self.pieces {
            if !self.is_stream() {
                body.extend_from_slice(piece);
                continue;
            }
            if percent(rng, 30) {
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
            let is_long = self.pieces.len() > SMALL_PIECES;
            let size = rng.usize(1..=if is_long { 499 } else { 13 });
            self.pieces.push(body.split_to(size.min(body.len())));
        }
    }

    /// Returns the bytes over HTTP/1.1: with chunks for a body in pieces, else with a `content-length` or one chunk.
    pub(crate) fn wire(&self, rng: &mut Rng) -> Wire {
        let status = self.head.status();
        let mut bytes = format!("HTTP/1.1 {status}\r\n").into_bytes();
        let mut line = |name: &str, value: &[u8]| {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        };
        for (name, value) in self.head.headers() {
            line(name.as_str(), value.as_bytes());
        }
        let chunked = self.is_stream() || self.pieces.len() > 1 || percent(rng, 30);
        if chunked {
            line("transfer-encoding", b"chunked");
        } else {
            line("content-length", self.body().len().to_string().as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        let head = bytes.len();
        for piece in self.pieces.iter().filter(|piece| !piece.is_empty()) {
            let size = format!("{:x}\r\n", piece.len());
            match chunked {
                true => bytes.extend([size.as_bytes(), piece, b"\r\n"].concat()),
                false => bytes.extend_from_slice(piece),
            }
        }
        if chunked {
            bytes.extend_from_slice(b"0\r\n\r\n");
        }
        Wire { bytes, head }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chance::seeded, said::Said};

    fn stream() -> Answer {
        let head = Response::builder().header(CONTENT_TYPE, "text/event-stream");
        let event = |text: &str| {
            let json = format!(r#"{{"choices":[{{"message":{{"content":"{text}"}}}}]}}"#);
            Bytes::from(format!("data: {json}\n\n"))
        };
        Answer {
            head: head.body(()).unwrap(),
            pieces: vec![event("a"), event("b"), "data: [DONE]\n\n".into()],
        }
    }

    fn fault(kind: Kind) -> Fault {
        let any = Fault::of_request(0, 0, 0);
        Fault {
            kind,
            at: 999,
            ..any
        }
    }

    fn text(wire: &[u8]) -> &str {
        std::str::from_utf8(wire).unwrap()
    }

    #[test]
    fn a_stream_goes_out_event_by_event() {
        let wire = stream().wire(&mut seeded([0; 3]));
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
            answer.suffer(&fault(Kind::Split), &mut seeded([seed, 0, 0]));
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
        answer.suffer(&fault(Kind::ErrorEvent), &mut seeded([0; 3]));
        let body = answer.body();
        assert!(text(&body).ends_with(&format!("data: {REPORTED}\n\n")));
        assert!(!text(&body).contains("DONE"));
    }
}
