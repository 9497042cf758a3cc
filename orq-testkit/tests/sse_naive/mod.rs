//! The HTML standard's event streams and the Encoding standard's UTF-8, transcribed step by step, over a whole body at
//! once. Slow, and meant to be compared with the text line by line.

pub(crate) mod bounded;

/// What a body means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) events: Vec<(String, String, String)>,
    pub(crate) last_event_id: String,
    pub(crate) retry: Option<u64>,
    pub(crate) pending: bool,
    /// The lines whose field is unknown.
    pub(crate) ignored: Vec<String>,
    /// The line that hasn't ended.
    pub(crate) unfinished: String,
}

impl Meaning {
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>
    pub(crate) fn of(body: &[u8]) -> Self {
        let stream = utf_8_decode(body);
        let (lines, unended) = lines(&stream);
        let mut meaning = Self {
            events: Vec::new(),
            last_event_id: String::new(),
            retry: None,
            pending: false,
            ignored: Vec::new(),
            unfinished: String::new(),
        };
        let (mut data, mut event_type, mut last_event_id) =
            (String::new(), String::new(), String::new());
        for line in lines {
            if line.is_empty() {
                meaning.dispatch(&mut data, &mut event_type, &last_event_id);
                meaning.pending = false;
                continue;
            }
            if line.starts_with(':') {
                continue;
            }
            let (field, value) = match line.split_once(':') {
                Some((field, value)) => (field, value.strip_prefix(' ').unwrap_or(value)),
                None => (line.as_str(), ""),
            };
            match field {
                "event" => {
                    event_type = value.to_owned();
                    meaning.pending = true;
                }
                "data" => {
                    data += value;
                    data += "\n";
                    meaning.pending = true;
                }
                "id" if !value.contains('\0') => {
                    last_event_id = value.to_owned();
                    meaning.pending = true;
                }
                "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                    // Digits alone fail to parse only if they are too many.
                    meaning.retry = Some(value.parse().unwrap_or(u64::MAX));
                }
                "id" | "retry" => {}
                _ => meaning.ignored.push(line),
            }
        }
        meaning.pending |= !unended.is_empty();
        meaning.unfinished = unended;
        meaning
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage>
    fn dispatch(&mut self, data: &mut String, event_type: &mut String, last_event_id: &str) {
        self.last_event_id = last_event_id.to_owned();
        if data.is_empty() {
            event_type.clear();
            return;
        }
        if data.ends_with('\n') {
            data.pop();
        }
        let kind = if event_type.is_empty() {
            "message".to_owned()
        } else {
            event_type.clone()
        };
        self.events
            .push((kind, data.clone(), last_event_id.to_owned()));
        data.clear();
        event_type.clear();
    }
}

/// Splits at CRLF, LF and CR; what lies behind the last of them apart.
fn lines(stream: &str) -> (Vec<String>, String) {
    let (mut lines, mut line) = (Vec::new(), String::new());
    let mut characters = stream.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\r' && characters.peek() == Some(&'\n') {
            characters.next();
        }
        if character == '\r' || character == '\n' {
            lines.push(std::mem::take(&mut line));
        } else {
            line.push(character);
        }
    }
    (lines, line)
}

/// <https://encoding.spec.whatwg.org/#utf-8-decode>
fn utf_8_decode(bytes: &[u8]) -> String {
    utf_8_decode_without_bom(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
}

/// <https://encoding.spec.whatwg.org/#utf-8-decoder>
fn utf_8_decode_without_bom(bytes: &[u8]) -> String {
    let mut output = String::new();
    let (mut code_point, mut seen, mut needed) = (0_u32, 0, 0);
    let (mut lower, mut upper) = (0x80, 0xBF);
    let mut queue = bytes.iter().copied().peekable();
    while let Some(&byte) = queue.peek() {
        if needed == 0 {
            queue.next();
            match byte {
                0x00..=0x7F => output.push(char::from(byte)),
                0xC2..=0xDF => (needed, code_point) = (1, u32::from(byte & 0x1F)),
                0xE0..=0xEF => {
                    if byte == 0xE0 {
                        lower = 0xA0;
                    }
                    if byte == 0xED {
                        upper = 0x9F;
                    }
                    (needed, code_point) = (2, u32::from(byte & 0x0F));
                }
                0xF0..=0xF4 => {
                    if byte == 0xF0 {
                        lower = 0x90;
                    }
                    if byte == 0xF4 {
                        upper = 0x8F;
                    }
                    (needed, code_point) = (3, u32::from(byte & 0x07));
                }
                _ => output.push('\u{FFFD}'),
            }
            continue;
        }
        if byte < lower || byte > upper {
            // The byte is restored to the queue: it wasn't taken.
            (code_point, needed, seen, lower, upper) = (0, 0, 0, 0x80, 0xBF);
            output.push('\u{FFFD}');
            continue;
        }
        queue.next();
        (lower, upper) = (0x80, 0xBF);
        code_point = (code_point << 6) | u32::from(byte & 0x3F);
        seen += 1;
        if seen == needed {
            output.extend(char::from_u32(code_point));
            (code_point, needed, seen) = (0, 0, 0);
        }
    }
    if needed != 0 {
        output.push('\u{FFFD}');
    }
    output
}
