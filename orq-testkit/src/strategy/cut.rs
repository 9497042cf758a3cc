//! A choice of an answer, cut into the pieces in which it is streamed.

use orq_core::model::{Choice, CompletionMessage, Content, Nullable, ToolCall};

/// Decides by drawn numbers, over and over again from the first. Zeros make the fewest and simplest pieces.
pub(super) struct Cut {
    draws: Vec<u8>,
    next: usize,
}

impl Cut {
    pub(super) fn new(draws: Vec<u8>) -> Self {
        Self { draws, next: 0 }
    }

    pub(super) fn draw(&mut self) -> usize {
        let draw = self.draws.get(self.next).copied();
        self.next = (self.next + 1) % self.draws.len().max(1);
        draw.map_or(0, usize::from)
    }

    /// Yes in one case of four, and never by zeros.
    pub(super) fn now_and_then(&mut self) -> bool {
        self.draw() % 4 == 3
    }

    /// All pieces of a choice, in order. There is at least one.
    pub(super) fn choice(&mut self, whole: &Choice) -> Vec<Choice> {
        let mut messages = match &whole.message {
            Some(message) => self.message(message).into_iter().map(Some).collect(),
            None => Vec::new(),
        };
        if messages.is_empty() || self.now_and_then() {
            // The end has nothing to say.
            messages.push(None);
        }
        let last = messages.len().saturating_sub(1);
        let delta = |(place, message)| {
            let mut delta = Choice::default();
            delta.index = whole.index;
            delta.message = message;
            if place == last {
                delta.finish_reason.clone_from(&whole.finish_reason);
                delta.extra.clone_from(&whole.extra);
            } else if !whole.finish_reason.is_absent() {
                delta.finish_reason = Nullable::Null;
            }
            delta
        };
        messages.into_iter().enumerate().map(delta).collect()
    }

    fn message(&mut self, whole: &CompletionMessage) -> Vec<CompletionMessage> {
        let mut pieces = Vec::new();
        let mut first = CompletionMessage::default();
        first.extra.clone_from(&whole.extra);
        if whole.content.is_null() {
            first.content = Nullable::Null;
        }
        if whole.refusal.is_null() {
            first.refusal = Nullable::Null;
        }
        if whole.tool_calls.is_some() {
            first.tool_calls = Some(Vec::new());
        }
        pieces.push(first);
        let mut add = |set: &dyn Fn(&mut CompletionMessage)| {
            let mut piece = CompletionMessage::default();
            set(&mut piece);
            pieces.push(piece);
        };
        for text in self.pieces(whole.reasoning.as_deref()) {
            add(&|piece| piece.reasoning = Some(text.clone()));
        }
        for text in self.pieces(whole.reasoning_signature.as_deref()) {
            add(&|piece| piece.reasoning_signature = Some(text.clone()));
        }
        for text in self.pieces(whole.redacted_reasoning.as_deref()) {
            add(&|piece| piece.redacted_reasoning = Some(text.clone()));
        }
        match &whole.content {
            Nullable::Value(Content::Text(text)) => {
                for text in self.pieces(Some(text)) {
                    add(&|piece| piece.content = Content::Text(text.clone()).into());
                }
            }
            // Parts that come one by one would be joined where they are text.
            Nullable::Value(parts) => add(&|piece| piece.content = parts.clone().into()),
            Nullable::Null | Nullable::Absent => {}
        }
        for text in self.pieces(whole.refusal.as_option().map(String::as_str)) {
            add(&|piece| piece.refusal = text.clone().into());
        }
        if whole.url.is_some() {
            add(&|piece| piece.url.clone_from(&whole.url));
        }
        for call in whole.tool_calls.iter().flatten() {
            for call in self.tool_call(call) {
                add(&|piece| piece.tool_calls = Some(vec![call.clone()]));
            }
        }
        let is_repeated = !self.now_and_then();
        for (place, piece) in pieces.iter_mut().enumerate() {
            if place == 0 || is_repeated {
                piece.kind.clone_from(&whole.kind);
                piece.role.clone_from(&whole.role);
            }
        }
        pieces
    }

    /// First everything but the arguments, then those, with no more than the index to tell whose they are.
    fn tool_call(&mut self, whole: &ToolCall) -> Vec<ToolCall> {
        let mut first = whole.clone();
        let function = first.function.as_mut();
        let arguments = function
            .and_then(|function| function.arguments.as_mut())
            .map(std::mem::take);
        let mut pieces = vec![first];
        for text in self.pieces(arguments.as_deref()) {
            let mut piece = ToolCall::default();
            piece.index = whole.index;
            piece.function.get_or_insert_default().arguments = Some(text);
            pieces.push(piece);
        }
        pieces
    }

    /// Text in pieces of up to 15 characters, or all of it at once. No text is no piece, and empty text is one.
    fn pieces(&mut self, text: Option<&str>) -> Vec<String> {
        let Some(text) = text else {
            return Vec::new();
        };
        let (mut pieces, mut rest) = (Vec::new(), text);
        loop {
            let length = match self.draw() {
                0 => rest.len(),
                characters => {
                    let mut ends = rest.char_indices().map(|(at, _)| at).skip(characters);
                    ends.next().unwrap_or(rest.len())
                }
            };
            let (piece, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
            pieces.push(piece.to_owned());
            rest = behind;
            if rest.is_empty() {
                return pieces;
            }
        }
    }
}
