//! What is decoded.

/// What a decoder should find in an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) events: usize,
    /// Bytes of data of all events together.
    pub(crate) data: usize,
}

/// A body in the chunks that it arrives in.
pub(crate) struct Input {
    pub(crate) family: &'static str,
    pub(crate) name: &'static str,
    /// Static, so that no contender pays for reference counts on chunks.
    pub(crate) chunks: Vec<&'static [u8]>,
    pub(crate) tally: Tally,
    pub(crate) bytes: usize,
}

const READ: usize = 16 * 1024;

impl Input {
    pub(crate) const FAMILIES: &[&str] =
        &["chat", "chat16k", "chat1", "large", "multiline", "comments"];

    /// The names of all inputs with their families.
    pub(crate) const NAMES: &[(&str, &str)] = &[
        ("chat", "chat"),
        ("chat16k", "chat16k"),
        ("chat1", "chat1"),
        ("large", "large-1MiB"),
        ("large", "large-2MiB"),
        ("large", "large-4MiB"),
        ("large", "large-8MiB"),
        ("multiline", "multiline"),
        ("comments", "comments"),
    ];

    /// The input of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let (family, name) = *Self::NAMES
            .iter()
            .find(|(_, candidate)| *candidate == name)?;
        let (events, chunk): (Vec<String>, _) = match name {
            "chat" => ((0..256).map(chat_event).collect(), None),
            "chat16k" => ((0..1024).map(chat_event).collect(), Some(READ)),
            "chat1" => ((0..64).map(chat_event).collect(), Some(1)),
            "large-1MiB" => (vec![large_event(1)], Some(READ)),
            "large-2MiB" => (vec![large_event(2)], Some(READ)),
            "large-4MiB" => (vec![large_event(4)], Some(READ)),
            "large-8MiB" => (vec![large_event(8)], Some(READ)),
            "multiline" => ((0..256).map(multiline_event).collect(), Some(READ)),
            _ => (
                (0..2048).map(comment).chain([chat_event(0)]).collect(),
                Some(READ),
            ),
        };
        Some(Self::new(family, name, &events, chunk))
    }

    /// Cuts the joined events into chunks of this size, or leaves one event a chunk.
    fn new(
        family: &'static str,
        name: &'static str,
        events: &[String],
        size: Option<usize>,
    ) -> Self {
        let body: &'static [u8] = events.concat().into_bytes().leak();
        let chunks = match size {
            Some(size) => body.chunks(size).collect(),
            None => {
                let mut rest = body;
                let mut take = |event: &String| rest.split_off(..event.len()).unwrap_or_default();
                events.iter().map(&mut take).collect()
            }
        };
        let mut tally = Tally::default();
        for event in events {
            let data: Vec<_> = event
                .lines()
                .filter_map(|line| line.strip_prefix("data: "))
                .collect();
            if !data.is_empty() {
                tally.events += 1;
                tally.data += data.join("\n").len();
            }
        }
        Self {
            family,
            name,
            chunks,
            tally,
            bytes: body.len(),
        }
    }
}

const TOKENS: [&str; 16] = [
    " the", " order", " is", " on", " its", " way", ",", " Jane", ".", "\\n\\n", " It", " left",
    " Zürich", " on", " Monday", " 😀",
];

/// One token of a streamed completion, some 390 bytes.
fn chat_event(n: usize) -> String {
    let token = TOKENS[n % TOKENS.len()];
    format!(
        "data: {{\"id\":\"01JT5M4XQ9Z2V7\",\"created\":\"2025-05-02T09:30:{:02}.{:03}Z\",\"object\":\"chat\",\
         \"model\":\"gpt-4o-2024-08-06\",\"provider\":\"openai\",\"is_final\":false,\"integration_id\":\
         \"9f1b4c1e-1f0a-4b1c-8a58-6b4f6f5d1a20\",\"telemetry\":{{\"trace_id\":\"01JT5M4XQ8K3\",\"span_id\":\
         \"01JT5M4XQ8K4\"}},\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"{token}\"}},\
         \"finish_reason\":null}}]}}\n\n",
        n / 1000 % 60,
        n % 1000,
    )
}

/// Eight lines of data with an id and comments between them, all ended by CRLF.
fn multiline_event(n: usize) -> String {
    let mut event = format!(": event {n}\r\nid: {n}\r\n");
    for line in 0..8 {
        event += &format!(
            "data: {{\"line\": {line}, \"text\": \"the order of event {n} left Zürich\"}}\r\n"
        );
        if line == 3 {
            event += ": half way\r\n";
        }
    }
    event + "\r\n"
}

/// One image, base64, of so many MiB.
fn large_event(mib: usize) -> String {
    let length = mib * 1024 * 1024;
    let mut event = "data: ".to_owned();
    while event.len() < "data: ".len() + length {
        event += "iVBORw0KGgoAAAANSUhEUgAAAgAAAAIACAIAAAB7GkOt";
    }
    event.truncate("data: ".len() + length);
    event + "\n\n"
}

fn comment(n: usize) -> String {
    format!(": keep-alive {n}\n\n")
}
