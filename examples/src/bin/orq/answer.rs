//! An answer as text: what the model says as it is, everything else marked as what it is.

use orq_core::{
    Delta, Response,
    model::{
        Choice, Completion, CompletionMessage, Content, ContentPart, FunctionCall, Retrieval, Usage,
    },
};

use crate::{
    failure::Failure,
    output::{Output, tell},
    verbs::warn,
};

/// Writes an answer piece by piece.
///
/// The text of choice 0 stands alone. Other pieces begin on a line of their own, after a mark: `[reasoning]`, `[tool
/// call ID] NAME` (or `[tool call ID, anew] NAME`), `[image]`, `[refusal]`, `[usage]`, `[retrieval]`; those of another
/// choice after `[choice N]` too.
pub(crate) struct AnswerText<'a> {
    output: &'a mut Output,
    /// What the last piece belongs to: more of the same goes on where it ended.
    section: Option<(u64, Section)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Text,
    Reasoning,
    Refusal,
    ToolCall(usize),
}

impl Section {
    fn mark(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::Reasoning => "[reasoning] ",
            Self::Refusal => "[refusal] ",
            // Its beginning has a mark of its own.
            Self::ToolCall(_) => "[tool call, more] ",
        }
    }
}

impl<'a> AnswerText<'a> {
    pub(crate) fn new(output: &'a mut Output) -> Self {
        Self {
            output,
            section: None,
        }
    }

    /// Writes what a chunk adds.
    pub(crate) fn delta(&mut self, delta: &Delta) -> Result<(), Failure> {
        match delta {
            Delta::Text { choice, text, .. } => self.more(*choice, Section::Text, text),
            Delta::Reasoning { choice, text, .. } => self.more(*choice, Section::Reasoning, text),
            Delta::Refusal { choice, text, .. } => self.more(*choice, Section::Refusal, text),
            Delta::ToolCallStart {
                choice,
                index,
                id,
                name,
                ..
            } => self.tool_call(*choice, *index, id.as_deref(), name.as_deref()),
            Delta::ToolCallArguments {
                choice,
                index,
                arguments,
                ..
            } => self.more(*choice, Section::ToolCall(*index), arguments),
            Delta::ImageUrl { choice, url, .. } => self.marked(*choice, "[image] ", url),
            // Finish and usage are said at the end.
            _ => Ok(()),
        }
    }

    /// Writes an answer that came in one piece.
    pub(crate) fn whole(&mut self, answer: &Completion) -> Result<(), Failure> {
        for (position, choice) in (0..).zip(&answer.choices) {
            if let Some(message) = &choice.message {
                self.message(choice.index.unwrap_or(position), message)?;
            }
        }
        Ok(())
    }

    /// Writes what is known when the answer is complete, and on stderr what is odd about it.
    pub(crate) fn end(mut self, answer: &Response<Completion>) -> Result<(), Failure> {
        self.output.fresh_line()?;
        for retrieval in answer.retrievals.iter().flatten() {
            self.marked(0, "[retrieval] ", &passage(retrieval))?;
        }
        if let Some(usage) = answer
            .usage
            .as_option()
            .filter(|it| **it != Usage::default())
        {
            self.marked(0, "[usage] ", &tokens(usage))?;
        }
        warn(answer.meta().warnings());
        answer.choices.iter().for_each(tell_why_it_ended);
        Ok(())
    }

    fn message(&mut self, choice: u64, message: &CompletionMessage) -> Result<(), Failure> {
        if let Some(reasoning) = &message.reasoning {
            self.more(choice, Section::Reasoning, reasoning)?;
        }
        match message.content.as_option() {
            Some(Content::Text(text)) => self.more(choice, Section::Text, text)?,
            content => {
                for part in content.map(Content::parts).unwrap_or_default() {
                    self.part(choice, part)?;
                }
            }
        }
        if let Some(refusal) = message.refusal.as_option() {
            self.more(choice, Section::Refusal, refusal)?;
        }
        if let Some(url) = &message.url {
            self.marked(choice, "[image] ", url)?;
        }
        for (index, call) in message.tool_calls.iter().flatten().enumerate() {
            let nothing = FunctionCall::default();
            let function = call.function.as_ref().unwrap_or(&nothing);
            self.tool_call(choice, index, call.id.as_deref(), function.name.as_deref())?;
            let arguments = function.arguments.as_deref().unwrap_or_default();
            self.more(choice, Section::ToolCall(index), arguments)?;
        }
        Ok(())
    }

    fn part(&mut self, choice: u64, part: &ContentPart) -> Result<(), Failure> {
        match part {
            ContentPart::Text(part) => self.more(choice, Section::Text, &part.text),
            ContentPart::Reasoning(part) => self.more(choice, Section::Reasoning, &part.reasoning),
            ContentPart::Refusal(part) => {
                let refusal = part.refusal.as_deref().unwrap_or_default();
                self.more(choice, Section::Refusal, refusal)
            }
            ContentPart::ImageUrl(part) => self.marked(choice, "[image] ", &part.image_url.url),
            other => {
                let json = serde_json::to_string(other).unwrap_or_default();
                self.marked(choice, "[part] ", &json)
            }
        }
    }

    fn tool_call(
        &mut self,
        choice: u64,
        index: usize,
        id: Option<&str>,
        name: Option<&str>,
    ) -> Result<(), Failure> {
        let (id, name) = (id.unwrap_or("?"), name.unwrap_or("?"));
        let section = Some((choice, Section::ToolCall(index)));
        // What it has so far is void.
        let anew = if self.section == section {
            ", anew"
        } else {
            ""
        };
        self.begin(choice, &format!("[tool call {id}{anew}] {name} "))?;
        self.section = section;
        Ok(())
    }

    /// More of a section. Where it isn't the last one, it begins anew.
    fn more(&mut self, choice: u64, section: Section, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            return Ok(());
        }
        if self.section != Some((choice, section)) {
            self.begin(choice, section.mark())?;
            self.section = Some((choice, section));
        }
        self.output.write(text)
    }

    /// One whole piece.
    fn marked(&mut self, choice: u64, mark: &str, text: &str) -> Result<(), Failure> {
        self.begin(choice, mark)?;
        self.section = None;
        self.output.line(text)
    }

    fn begin(&mut self, choice: u64, mark: &str) -> Result<(), Failure> {
        self.output.fresh_line()?;
        if choice > 0 {
            self.output.write(format!("[choice {choice}] "))?;
        }
        self.output.write(mark)
    }
}

fn passage(retrieval: &Retrieval) -> String {
    let mut source = String::new();
    if let Some(metadata) = &retrieval.metadata {
        source.push_str(metadata.file_name.as_deref().unwrap_or("?"));
        if let Some(page) = metadata.page_number.as_option() {
            source.push_str(&format!(", page {page}"));
        }
        source.push_str(": ");
    }
    source + retrieval.document.as_deref().unwrap_or_default()
}

fn tokens(usage: &Usage) -> String {
    let count = |tokens: Option<u64>| tokens.map_or("?".to_owned(), |tokens| tokens.to_string());
    let [prompt, completion, total] = [
        usage.prompt_tokens,
        usage.completion_tokens,
        usage.total_tokens,
    ]
    .map(count);
    format!("{prompt} tokens in, {completion} out, {total} in all")
}

/// An answer that was cut short by a limit or a filter looks like one that wasn't.
fn tell_why_it_ended(choice: &Choice) {
    if let Some(reason) = choice.finish_reason.as_option()
        && !matches!(reason.as_str(), "stop" | "tool_calls")
    {
        let reason = reason.as_str().escape_debug();
        tell(&format!("note: the answer ended by `{reason}`"));
    }
}
