//! What the server answers: streams of events, and whole answers.

use std::fmt::Write as _;

/// A kind of answer. Its name is the first segment of the path that is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    /// Events that differ in their text alone.
    Text,
    /// As `Text`, 20 events.
    Short,
    /// Events that differ in a piece of a tool call's arguments alone.
    Tools,
    /// As `Text`, with the choices 0 and 1 in turn.
    Choices,
    /// As `Text`, with a different `created` in each event.
    Changing,
    /// Events of which none has the fields of the last one in their order.
    Unlike,
    /// As `Text`, an event now and then, once all streams are told to go on.
    Paced,
    /// A whole answer of 700 bytes.
    Unary,
    /// A whole answer of 10 MiB, whose text has nothing that JSON escapes.
    Large,
    /// As `Large`, with a line break now and then.
    LargeEscaped,
}

/// An event's data, and how many bytes a reader takes from it.
pub(crate) struct Event {
    pub(crate) data: String,
    pub(crate) taken: usize,
}

/// How many events a paced stream has after its first.
pub(crate) const PACED_EVENTS: usize = 8;

/// What the content of `Unary` is.
const CONTENT: &str = "Your order 4711 left our warehouse in Utrecht on Tuesday.\nThe carrier expects to deliver it on \
    Friday between 9:00 and 12:00. You can follow it with the number 3SABCD1234567, or change the day on the carrier's \
    page until the evening before.";

const LARGE: usize = 10 * 1024 * 1024;

impl Load {
    pub(crate) const ALL: [Self; 10] = [
        Self::Text,
        Self::Short,
        Self::Tools,
        Self::Choices,
        Self::Changing,
        Self::Unlike,
        Self::Paced,
        Self::Unary,
        Self::Large,
        Self::LargeEscaped,
    ];

    /// Returns the name in a path.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Short => "short",
            Self::Tools => "tools",
            Self::Choices => "choices",
            Self::Changing => "changing",
            Self::Unlike => "unlike",
            Self::Paced => "paced",
            Self::Unary => "unary",
            Self::Large => "large",
            Self::LargeEscaped => "large-escaped",
        }
    }

    /// Returns whether the answer is a stream.
    pub(crate) fn is_stream(self) -> bool {
        !matches!(self, Self::Unary | Self::Large | Self::LargeEscaped)
    }

    /// Returns the events of a stream without its end mark; of the long ones, `long` events.
    pub(crate) fn events(self, long: usize) -> Vec<Event> {
        let count = match self {
            Self::Short => 20,
            Self::Paced => PACED_EVENTS + 1,
            _ => long,
        };
        (0..count).map(|number| self.event(number, count)).collect()
    }

    /// Returns the JSON of a whole answer, and the length of its text.
    pub(crate) fn answer(self) -> Event {
        let content = match self {
            Self::Unary => CONTENT.to_owned(),
            Self::LargeEscaped => CONTENT.repeat(LARGE / CONTENT.len()),
            _ => CONTENT.replace('\n', " ").repeat(LARGE / CONTENT.len()),
        };
        let usage = r#""usage":{"prompt_tokens":57,"completion_tokens":61,"total_tokens":118,"prompt_tokens_details":{"cached_tokens":0}}"#;
        let message = format!(
            r#"{{"type":"content","role":"assistant","content":{}}}"#,
            quoted(&content)
        );
        let data = format!(
            r#"{{{ID},{CREATED},{NAMES},"is_final":true,{TELEMETRY},"choices":[{{"index":0,"message":{message},"finish_reason":"stop"}}],{usage}}}"#
        );
        Event {
            data,
            taken: content.len(),
        }
    }

    fn event(self, number: usize, count: usize) -> Event {
        let piece = PIECES[number % PIECES.len()];
        let mut taken = piece.len();
        let is_last = number + 1 == count;
        let index = match self {
            Self::Choices => number % 2,
            _ => 0,
        };
        let message = match self {
            Self::Tools => {
                let whole = [r#"{"text":""#, "\"}"];
                let (call, arguments) = match number {
                    0 => (
                        r#""id":"call_1","type":"function","#,
                        Some((r#""name":"write","#, whole[0])),
                    ),
                    _ => ("", is_last.then_some(("", whole[1]))),
                };
                let escaped = quoted(piece);
                // The arguments are a document of their own, so a piece is quoted twice.
                let (name, arguments) = arguments.unwrap_or(("", escaped.trim_matches('"')));
                taken = arguments.len();
                let arguments = quoted(arguments);
                format!(
                    r#"{{"type":"tool_calls","role":"assistant","tool_calls":[{{"index":0,{call}"function":{{{name}"arguments":{arguments}}}}}]}}"#
                )
            }
            _ => format!(
                r#"{{"type":"content","role":"assistant","content":{}}}"#,
                quoted(piece)
            ),
        };
        let reason = if is_last { r#""stop""# } else { "null" };
        let choice = format!(
            r#""choices":[{{"index":{index},"message":{message},"finish_reason":{reason}}}]"#
        );
        let is_final = format!(r#""is_final":{is_last}"#);
        let data = match self {
            Self::Changing => {
                let seconds = format!("{:06.3}", number as f64 / 1000.0 % 60.0);
                let created = CREATED.replace("00.000", &seconds);
                format!("{{{ID},{created},{NAMES},{is_final},{TELEMETRY},{choice}}}")
            }
            Self::Unlike => unlike(number, [CREATED, NAMES, &is_final, TELEMETRY, &choice]),
            _ => format!("{{{ID},{CREATED},{NAMES},{is_final},{TELEMETRY},{choice}}}"),
        };
        Event { data, taken }
    }
}

/// Returns an event with an id of its own, and its fields in an order that comes back after 120 events at the earliest.
fn unlike(number: usize, mut fields: [&str; 5]) -> String {
    let mut rest = number;
    for left in (1..=fields.len()).rev() {
        fields[..left].rotate_left(rest % left);
        rest /= left;
    }
    let mut data = format!(r#"{{"id":"01K1{number:022}""#);
    for field in fields {
        data.push(',');
        data.push_str(field);
    }
    if number % 2 == 1 {
        // Writing to a string can't fail.
        let _ = write!(data, r#","system_fingerprint":"fp_{number:x}""#);
    }
    data.push('}');
    data
}

const ID: &str = r#""id":"01K1Y4ZV8M3QH6T5R2N7C9XWBD""#;
const CREATED: &str = r#""created":"2025-08-05T13:20:00.000Z""#;
const NAMES: &str =
    r#""object":"chat","model":"gpt-4o","provider":"openai","integration_id":"01HQ7G""#;
const TELEMETRY: &str =
    r#""telemetry":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"}"#;

/// Pieces of an answer as models send them, some with what JSON escapes.
const PIECES: [&str; 16] = [
    "Your",
    " order",
    " left",
    " our",
    " warehouse",
    " in",
    " Utrecht",
    " on",
    " Tuesday",
    ".\n\n",
    "The",
    " carrier",
    " said",
    " \"Friday",
    "\"",
    ".",
];

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
