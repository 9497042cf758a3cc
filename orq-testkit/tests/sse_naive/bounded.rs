//! What a decoder with limits makes of a whole body: the standard's algorithm once more, on the raw lines.

use orq_core::sse::SseErrorKind;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Each event's data or the kind of error that stands in for it.
pub(crate) fn outcome(
    body: &[u8],
    line_limit: usize,
    event_limit: usize,
) -> Vec<Result<String, SseErrorKind>> {
    if BOM.starts_with(body) {
        // What may become a byte order mark is no line yet.
        return Vec::new();
    }
    let (mut outcome, mut skipping) = (Vec::new(), false);
    let (mut data, mut event, mut id) = (None::<String>, String::new(), String::new());
    for (line, ended) in lines(body.strip_prefix(BOM).unwrap_or(body)) {
        if line.is_empty() && ended {
            if let Some(data) = data.filter(|_| !skipping) {
                outcome.push(Ok(data));
            }
            (data, skipping) = (None, false);
            event.clear();
            id.clear();
            continue;
        }
        if skipping {
            continue;
        }
        let read = &line[..line.len().min(line_limit)];
        let complete = ended && read.len() == line.len();
        let text = decode(read, complete);
        let (name, value) = match text.split_once(':') {
            Some((name, value)) => (name, value.strip_prefix(' ').unwrap_or(value)),
            None if complete => (&text[..], ""),
            None => ("", ""),
        };
        let (mut new_data, mut new_event, mut new_id) = (data.clone(), event.clone(), id.clone());
        let mut both_ids = 0;
        match name {
            "data" => {
                new_data = Some(
                    data.as_ref()
                        .map(|data| format!("{data}\n"))
                        .unwrap_or_default()
                        + value,
                )
            }
            "event" => new_event = value.to_owned(),
            "id" => {
                // The former id is held until the line's end shows that the new one counts.
                both_ids = id.len() + value.len();
                if !value.contains('\0') {
                    new_id = value.to_owned();
                }
            }
            _ => {}
        }
        let held =
            new_data.as_ref().map_or(0, String::len) + new_event.len() + new_id.len().max(both_ids);
        if held > event_limit {
            outcome.push(Err(SseErrorKind::EventTooLong));
            skipping = true;
        } else if read.len() < line.len() {
            outcome.push(Err(SseErrorKind::LineTooLong));
            skipping = true;
        } else {
            (data, event, id) = (new_data, new_event, new_id);
        }
    }
    outcome
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

/// The text so far: a character whose end is still to come doesn't count yet.
fn decode(bytes: &[u8], complete: bool) -> String {
    let last = bytes
        .utf8_chunks()
        .last()
        .map_or(&[][..], |chunk| chunk.invalid());
    let half =
        !complete && std::str::from_utf8(last).is_err_and(|error| error.error_len().is_none());
    let end = if half {
        bytes.len() - last.len()
    } else {
        bytes.len()
    };
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
