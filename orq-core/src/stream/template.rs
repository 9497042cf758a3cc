//! Reading events that repeat an earlier one but for one text, without parsing them.
//!
//! The events of a stream usually differ only in the next piece of text, and perhaps in `created`. If an event has the
//! text of an earlier one, but for these strings, then it has its meaning, but for these strings: a JSON reader is in the
//! same state after the same text before a string, it is behind the string after its end, and so it reads the same text
//! after it in the same way.
//!
//! Everything here only saves time: without it, each event is parsed.

use memchr::memchr2;

use crate::{
    call::Answer,
    model::{CompletionChunk, Content, JsonMap, Merge, Wire, decode_typed},
};

/// The number of templates that are kept: one for each choice or tool call that is streamed at a time.
const MOST: usize = 4;

/// The number of equal strings in an event among which the one that varies is searched.
const MOST_EQUAL: usize = 4;

/// The size in bytes of the largest event that is kept, or read by a template.
const LARGEST: usize = 16 * 1024;

/// The number of templates without a repetition after which no more are made.
const MOST_UNUSED: u32 = 16;

/// The events that others may repeat.
#[derive(Default)]
pub(super) struct Templates {
    list: Vec<Template>,
    /// The position of the template that the last event has made or repeated.
    last: Option<usize>,
    /// The number of templates that were made, and how many of them no event has repeated.
    made: usize,
    unused: u32,
    /// Whether `created` has changed between events.
    created_moves: bool,
}

/// An event that others may repeat, and the strings in which they may differ.
struct Template {
    /// The event that was read last with this template.
    chunk: CompletionChunk,
    strings: Vec<Varying>,
    /// The texts before, between and after the strings.
    fixed: Vec<String>,
    /// The JSON of that event from its first varying string to the end of its last.
    varied: String,
    is_used: bool,
}

/// A string of a chunk in which events may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Varying {
    Created,
    Content,
    Reasoning,
    /// The arguments of the only tool call.
    Arguments,
}

impl Templates {
    /// Reads an event that repeats another one. Returns `None` if it must be parsed; otherwise whether the chunk before
    /// it differs only in the same strings.
    pub(super) fn read(&mut self, data: &str) -> Option<bool> {
        let last = self.last.take();
        if data.len() > LARGEST {
            return None;
        }
        let mut kept = self.list.iter_mut();
        let at = kept.position(|template| template.read(data).is_some())?;
        let template = self.list.get_mut(at)?;
        self.unused -= u32::from(!template.is_used);
        template.is_used = true;
        self.last = Some(at);
        Some(last == Some(at))
    }

    /// Returns the chunk of the last event, if it has repeated another one. Its JSON may be that of another event.
    pub(super) fn chunk(&self) -> Option<&CompletionChunk> {
        Some(&self.list.get(self.last?)?.chunk)
    }

    /// Returns the same chunk with its own JSON.
    pub(super) fn cloned(&mut self) -> Option<CompletionChunk> {
        let template = self.list.get_mut(self.last?)?;
        let (before, after) = template.fixed.first().zip(template.fixed.last())?;
        CompletionChunk::keep_json(&mut template.chunk, &[before, &template.varied, after]);
        Some(template.chunk.clone())
    }

    /// Makes a template of an event that was parsed, if others can repeat it.
    pub(super) fn learn(&mut self, data: &str, chunk: &CompletionChunk) {
        if data.len() > LARGEST || self.unused == MOST_UNUSED {
            return;
        }
        let Some(text) = varying(chunk) else { return };
        let mut kept = self.list.iter().map(|it| &it.chunk.created);
        self.created_moves |= kept.any(|created| *created != chunk.created);
        let created = chunk.created.as_ref().filter(|_| self.created_moves);
        let created = created.map(|_| Varying::Created);
        let Some(template) = Template::new(data, chunk, created.into_iter().chain([text])) else {
            return;
        };
        let at = self.made % MOST;
        match self.list.get_mut(at) {
            Some(old) => *old = template,
            None => {
                // A vector begins with room for four, and most streams have one or two.
                self.list.reserve_exact(1);
                self.list.push(template);
            }
        }
        self.last = Some(at);
        self.made += 1;
        self.unused += 1;
        if self.unused == MOST_UNUSED {
            self.list.retain(|template| template.is_used);
            self.last = None;
        }
    }
}

impl Template {
    fn new(
        data: &str,
        chunk: &CompletionChunk,
        strings: impl Iterator<Item = Varying>,
    ) -> Option<Self> {
        let places = strings.map(|string| Some((place(data, chunk, string)?, string)));
        let mut places = places.collect::<Option<Vec<_>>>()?;
        places.sort_by_key(|(at, _)| *at);
        let (mut strings, mut fixed, mut end) = (Vec::new(), Vec::new(), 0);
        for ((at, length), string) in places {
            fixed.push(data.get(end..at)?.to_owned());
            strings.push(string);
            end = at + length;
        }
        fixed.push(data.get(end..)?.to_owned());
        Some(Self {
            chunk: chunk.clone(),
            strings,
            fixed,
            varied: String::new(),
            is_used: false,
        })
    }

    /// Reads an event, if it repeats that of the template.
    fn read(&mut self, data: &str) -> Option<()> {
        let (after, fixed) = self.fixed.split_last()?;
        let mut rest = data.strip_suffix(after.as_str())?;
        let varied = rest.get(fixed.first()?.len()..)?;
        let mut strings = self.strings.iter().zip(fixed).peekable();
        while let Some((string, before)) = strings.next() {
            rest = rest.strip_prefix(before.as_str())?;
            let length = match strings.peek() {
                // Its first quotation mark ends it: with an escaped one, it isn't a whole string.
                Some(_) => rest.get(1..)?.find('"')? + 2,
                None => rest.len(),
            };
            let (literal, more) = rest.split_at_checked(length)?;
            unescape(literal, string.of(&mut self.chunk)?)?;
            rest = more;
        }
        self.varied.clear();
        self.varied.push_str(varied);
        Some(())
    }
}

impl Varying {
    fn of(self, chunk: &mut CompletionChunk) -> Option<&mut String> {
        if self == Self::Created {
            return chunk.created.as_mut();
        }
        let message = chunk.choices.first_mut()?.message.as_mut()?;
        match self {
            Self::Created => None,
            Self::Reasoning => message.reasoning.as_mut(),
            Self::Content => match message.content.as_mut()? {
                Content::Text(text) => Some(text),
                Content::Parts(_) => None,
            },
            Self::Arguments => {
                let call = message.tool_calls.as_mut()?.first_mut()?;
                call.function.as_mut()?.arguments.as_mut()
            }
        }
    }
}

/// Returns the only string of a chunk that is appended to another one, if nothing else in the chunk adds to the
/// completion when it is merged once more, and no string there makes the chunk an error.
fn varying(chunk: &CompletionChunk) -> Option<Varying> {
    let [choice] = &chunk.choices[..] else {
        return None;
    };
    let message = choice.message.as_ref()?;
    let is_flat = |extra: &JsonMap| {
        extra
            .iter()
            .all(|(_, it)| !it.json().starts_with(['{', '[']))
    };
    let adds = chunk.usage.has_value()
        || chunk.retrievals.is_some()
        || choice.finish_reason.as_option().is_some()
        || !is_flat(&choice.extra)
        || !is_flat(&message.extra)
        || message.refusal.has_value()
        || message.reasoning_signature.has_value()
        || message.redacted_reasoning.has_value()
        || chunk.is_error();
    let calls = message.tool_calls.as_ref().map_or(0, Vec::len);
    let content = match message.content.as_option() {
        Some(Content::Parts(_)) => return None,
        Some(Content::Text(text)) => !text.is_empty(),
        None => false,
    };
    let text = match (content, message.reasoning.has_value(), calls) {
        (true, false, 0) => Varying::Content,
        (false, true, 0) => Varying::Reasoning,
        (false, false, 1) => Varying::Arguments,
        _ => return None,
    };
    (!adds).then_some(text)
}

/// Returns the position and the length of the JSON of a string in the text of the chunk: that of which a change changes
/// this string, and nothing else.
fn place(data: &str, chunk: &CompletionChunk, string: Varying) -> Option<(usize, usize)> {
    let mut changed = chunk.clone();
    let text = string.of(&mut changed)?;
    let literal = serde_json::to_string(text).ok()?;
    text.push('.');
    let probe = serde_json::to_string(text).ok()?;
    let mut places = data.match_indices(&literal).take(MOST_EQUAL);
    let (at, _) = places.find(|(at, found)| {
        let (before, rest) = data.split_at(*at);
        let probed = [before, &probe, rest.strip_prefix(found).unwrap_or_default()].concat();
        decode_typed(&probed).as_ref() == Some(&changed)
    })?;
    Some((at, literal.len()))
}

/// Puts the value of a JSON string into `text`; returns `None` if it isn't exactly one.
fn unescape(literal: &str, text: &mut String) -> Option<()> {
    text.clear();
    let mut rest = literal.strip_prefix('"')?.strip_suffix('"')?;
    loop {
        let end = memchr2(b'"', b'\\', rest.as_bytes()).unwrap_or(rest.len());
        let (plain, escape) = rest.split_at_checked(end)?;
        if plain.bytes().any(|byte| byte < b' ') {
            return None;
        }
        text.push_str(plain);
        let mut escape = escape.chars();
        text.push(match (escape.next(), escape.next()) {
            (None, _) => return Some(()),
            (Some('\\'), Some('"')) => '"',
            (Some('\\'), Some('\\')) => '\\',
            (Some('\\'), Some('n')) => '\n',
            (Some('\\'), Some('t')) => '\t',
            (Some('\\'), Some(_)) => {
                *text = decode_typed(literal)?;
                return Some(());
            }
            _ => return None,
        });
        rest = escape.as_str();
    }
}

#[cfg(test)]
mod tests;
