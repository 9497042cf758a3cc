//! JSON pointers within the events of an event stream.

use std::ops::Range;

use jsonptr::PointerBuf;

use crate::cassette::{pointer, tape::BYTE_ORDER_MARK};

/// Where in an event stream the values are that `pointers` name in an event's data.
///
/// Lines and fields are those of the
/// [standard](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation). An event
/// that isn't over at the end is looked at too, although no reader will ever get it.
pub(super) fn find(body: &[u8], pointers: &[PointerBuf]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // The event so far, with blanks instead of all that isn't data: so each byte stays where it is.
    let mut data = Vec::new();
    let mut start = 0;
    let mut flush = |data: &mut Vec<u8>, start: &mut usize| {
        let spans = pointer::find(data, pointers).into_iter();
        found.extend(spans.map(|span| *start + span.start..*start + span.end));
        *start += data.len();
        data.clear();
    };
    let mut rest = body;
    while !rest.is_empty() {
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let (line, after) = rest.split_at_checked(length).unwrap_or_default();
        let mark = match rest.len() == body.len() && line.starts_with(BYTE_ORDER_MARK) {
            true => BYTE_ORDER_MARK.len(),
            false => 0,
        };
        let line = line.get(mark..).unwrap_or_default();
        let value = line.strip_prefix(b"data:").unwrap_or_default();
        if line.is_empty() {
            flush(&mut data, &mut start);
        }
        data.resize(data.len() + mark + line.len() - value.len(), b' ');
        data.extend_from_slice(value);
        data.extend(after.first().map(|_| b' '));
        rest = after.get(1..).unwrap_or_default();
    }
    flush(&mut data, &mut start);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(body: &'a str, pointer: &str) -> Vec<&'a str> {
        let pointers = [PointerBuf::parse(pointer).unwrap()];
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
