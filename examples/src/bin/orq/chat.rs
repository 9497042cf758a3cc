//! A conversation: questions from a prompt, and answers as they arrive.

use std::future::pending;

use futures::FutureExt;
use orq_core::{Client, Completion, DeploymentRequest, Message};
use tokio::{select, signal::ctrl_c};

use crate::{
    args::{Chat, Global},
    failure::Failure,
    output::{Output, tell},
    prompt::Prompt,
    request, verbs,
};

/// The questions and answers so far, as a request. It has whole answers only.
pub(crate) struct Conversation(DeploymentRequest);

impl Conversation {
    pub(crate) fn begin(arguments: Chat) -> Result<Self, Failure> {
        let Chat { request, system } = arguments;
        if request.json.as_deref().is_some_and(request::is_stdin) {
            return Err(Failure::argument(
                "stdin has the questions, so --json must name a file",
            ));
        }
        let mut request = request::build(request)?;
        if let Some(text) = system {
            let messages = request.messages.get_or_insert_default();
            messages.insert(0, Message::system(text));
        }
        Ok(Self(request))
    }

    /// Asks and answers until the prompt has no more lines.
    pub(crate) async fn run(
        mut self,
        client: &Client,
        global: &Global,
        output: &mut Output,
    ) -> Result<(), Failure> {
        // The handler of the signal must be there before the line editor's own, which restores what it found.
        let _ = interrupt().now_or_never();
        let mut prompt = Prompt::open()?;
        let alone = !prompt.is_terminal();
        if !alone {
            tell("^C ends an answer, and at the prompt the conversation, as ^D does.");
        }
        let mut all_answered = true;
        loop {
            let (next, line) = select! {
                () = interrupt() => break,
                read = prompt.line() => read?,
            };
            prompt = next;
            match line {
                None => break,
                Some(line) if line.trim().is_empty() => {}
                Some(line) => all_answered &= self.ask(line, client, global, output).await?,
            }
        }
        // Whoever sits at a terminal has seen it and has gone on.
        if alone && !all_answered {
            return Err(Failure::Reported);
        }
        Ok(())
    }

    /// Asks a question, and keeps it with its answer if that comes to its end. Returns whether the call worked.
    async fn ask(
        &mut self,
        question: String,
        client: &Client,
        global: &Global,
        output: &mut Output,
    ) -> Result<bool, Failure> {
        let asked = self.0.clone().message(Message::user(question));
        // At ^C the future is dropped, and the stream with it.
        let answer = select! {
            () = interrupt() => None,
            answer = verbs::stream(client, &asked, global.output, output) => Some(answer),
        };
        output.fresh_line()?;
        match answer {
            None => leave_out("it was interrupted"),
            Some(Ok(answer)) => match why_unfit(&answer) {
                Some(why) => leave_out(&why),
                None => self.0 = asked.message(&answer),
            },
            Some(Err(failure @ Failure::Call(_))) => {
                failure.report(global);
                return Ok(false);
            }
            Some(Err(failure)) => return Err(failure),
        }
        Ok(true)
    }
}

/// Waits for ^C, or SIGINT.
async fn interrupt() {
    if ctrl_c().await.is_err() {
        // Then it ends the program, as ever.
        pending().await
    }
}

/// Why an answer can't be followed by another question.
fn why_unfit(answer: &Completion) -> Option<String> {
    if !answer.tool_calls().is_empty() {
        return Some("the answer asks for a tool, and none is run here".to_owned());
    }
    let text = answer.require_text();
    text.err().map(|why| why.to_string())
}

fn leave_out(why: &str) {
    tell(&format!("note: left out of the conversation: {why}"));
}
