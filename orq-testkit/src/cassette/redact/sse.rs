//! JSON pointers within the events of an event stream.

use std::ops::Range;

use crate::cassette::pointer::{self, Pointer};

pub(super) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Where in an event stream the values are that `pointers` name in an event's data.
///
/// Lines and fields are those of the
/// [standard](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation). An event
/// that isn't over at the end is looked at too, although no reader will ever get it.
pub(super) fn find(body: &[u8], pointers: &[Pointer]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut data = Data::default();
    let lines = Lines { body, at: 0 };
    for line in lines {
        let text = body.get(line.clone()).unwrap_or_default();
        let text_at = line.start
            + if line.start == 0 && text.starts_with(BYTE_ORDER_MARK) {
                BYTE_ORDER_MARK.len()
            } else {
                0
            };
        let text = body.get(text_at..line.end).unwrap_or_default();
        if text.is_empty() {
            data.flush(pointers, &mut found);
        } else if let Some(value) = text.strip_prefix(b"data:") {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            data.push(value, line.end - value.len());
        }
    }
    data.flush(pointers, &mut found);
    found
}

/// The data of one event, whose lines are joined, and where each of them stands in the body.
#[derive(Default)]
struct Data {
    text: Vec<u8>,
    /// Where a line begins: in the text, in the body.
    lines: Vec<(usize, usize)>,
}

impl Data {
    fn push(&mut self, line: &[u8], at: usize) {
        if !self.lines.is_empty() {
            self.text.push(b'\n');
        }
        self.lines.push((self.text.len(), at));
        self.text.extend_from_slice(line);
    }

    fn flush(&mut self, pointers: &[Pointer], found: &mut Vec<Range<usize>>) {
        for span in pointer::find(&self.text, pointers) {
            let (start, last) = (self.in_body(span.start), self.in_body(span.end - 1));
            found.push(start..last + 1);
        }
        self.text.clear();
        self.lines.clear();
    }

    fn in_body(&self, at: usize) -> usize {
        let after = self.lines.partition_point(|(start, _)| *start <= at);
        let line = after.checked_sub(1).and_then(|index| self.lines.get(index));
        line.map_or(at, |(start, body)| body + (at - start))
    }
}

/// The lines of a body, without what ends them: CR LF, LF or CR.
struct Lines<'a> {
    body: &'a [u8],
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.body.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let end = match rest.get(length..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        self.at += length + end;
        Some(start..start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(body: &'a str, pointer: &str) -> Vec<&'a str> {
        let pointers = [Pointer::parse(pointer).unwrap()];
        let spans = find(body.as_bytes(), &pointers);
        spans.into_iter().map(|span| &body[span]).collect()
    }

    #[test]
    fn the_data_of_each_event_is_searched() {
        let body = "\u{feff}data: {\"a\":1}\r\n\r\n: {\"a\":2}\nevent: x\ndata:{\"a\":3}\n\ndata: [DONE]\n\ndata: {\"a\":4";
        assert_eq!(found(body, "/a"), ["1", "3", "4"]);
    }

    #[test]
    fn data_may_come_in_several_lines() {
        let body = "data: {\"a\":\rdata: {\"b\":\rdata: 1}}\r\r";
        assert_eq!(found(body, "/a/b"), ["1"]);
        assert_eq!(found(body, "/a"), ["{\"b\":\rdata: 1}"]);
        let body = "data: [1\ndata: 2]\n\n";
        assert_eq!(
            found(body, "/0"),
            ["1", "2"],
            "a line's end parts what it stands between"
        );
    }

    #[test]
    fn what_is_no_event_stream_is_no_trouble() {
        for body in [
            "",
            "\n",
            "data",
            "data:",
            "data:\n\ndata: \r\rdata",
            "\r\n\r\n",
            "\u{feff}",
        ] {
            assert_eq!(found(body, "/a"), [""; 0], "{body:?}");
        }
    }
}
