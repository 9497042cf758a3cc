//! What a decoder with limits makes of a whole body: the standard's algorithm once more, on the raw lines.

use orq_core::sse::SseErrorKind;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What a decoder reports.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Each event's data, or the kind of the error that stands in for it.
    pub(crate) events: Vec<Result<String, SseErrorKind>>,
    /// The lines whose field is unknown.
    pub(crate) ignored: Vec<Vec<u8>>,
    /// The line that hasn't ended.
    pub(crate) unfinished: Vec<u8>,
}

impl Outcome {
    pub(crate) fn of(body: &[u8], max_line: usize, max_event: usize) -> Self {
        let mut outcome = Self::default();
        if body != BOM && BOM.starts_with(body) {
            // What may become a byte order mark is not yet a line, whose length would be limited.
            outcome.unfinished = body.to_vec();
            return outcome;
        }
        let mut skipping = false;
        let (mut data, mut event, mut id) = (None::<Vec<u8>>, String::new(), String::new());
        for (line, ended) in lines(body.strip_prefix(BOM).unwrap_or(body)) {
            if line.is_empty() && ended {
                if let Some(data) = data.take().filter(|_| !skipping) {
                    // At last the data count as decoded.
                    let data = String::from_utf8_lossy(&data).into_owned();
                    let fits = data.len() + event.len() + id.len() <= max_event;
                    outcome
                        .events
                        .push(fits.then_some(data).ok_or(SseErrorKind::EventTooLong));
                }
                (event, id, skipping) = (String::new(), String::new(), false);
                continue;
            }
            if skipping {
                continue;
            }
            if line.len() > max_line {
                outcome.events.push(Err(SseErrorKind::LineTooLong));
                skipping = true;
                continue;
            }
            if !ended {
                outcome.unfinished = line.to_vec();
                continue;
            }
            let colon = line.iter().position(|byte| *byte == b':');
            let (name, value) = match colon {
                Some(colon) => (&line[..colon], &line[colon + 1..]),
                None => (line, &[][..]),
            };
            let value = value.strip_prefix(b" ").unwrap_or(value);
            let text = String::from_utf8_lossy(value).into_owned();
            match name {
                b"data" => {
                    data = Some(match data {
                        Some(data) => [&data, value].join(&b'\n'),
                        None => value.to_vec(),
                    });
                }
                b"event" => event = text,
                b"id" if !value.contains(&0) => id = text,
                b"" | b"id" | b"retry" => {}
                _ => outcome.ignored.push(line.to_vec()),
            }
            if data.as_ref().map_or(0, Vec::len) + event.len() + id.len() > max_event {
                outcome.events.push(Err(SseErrorKind::EventTooLong));
                skipping = true;
            }
        }
        outcome
    }
}

/// The lines without their ends, and whether each has one.
fn lines(mut bytes: &[u8]) -> Vec<(&[u8], bool)> {
    let mut lines = Vec::new();
    while let Some(end) = bytes.iter().position(|byte| b"\r\n".contains(byte)) {
        lines.push((&bytes[..end], true));
        let width = if bytes[end..].starts_with(b"\r\n") {
            2
        } else {
            1
        };
        bytes = &bytes[end + width..];
    }
    lines.push((bytes, false));
    lines
}
