//! What each verb does.

use orq_core::{Client, Completion, DeploymentRequest, Response};

use crate::{
    annotate,
    answer::AnswerText,
    args::{Annotate, Format, Global, List, Verb, Versions},
    chat::Conversation,
    check,
    failure::Failure,
    json, lists,
    output::{Output, tell},
    request, summary,
};

/// A verb with everything it needs.
pub(crate) enum Call {
    Invoke(DeploymentRequest),
    Stream(DeploymentRequest),
    Chat(Conversation),
    Config(DeploymentRequest),
    Check(DeploymentRequest),
    List(List),
    Versions(Versions),
    Annotate(Annotate),
}

impl Call {
    /// Reads the request, from a file or stdin too.
    pub(crate) fn prepare(verb: Verb) -> Result<Self, Failure> {
        Ok(match verb {
            Verb::Invoke(arguments) => Self::Invoke(request::build(arguments)?),
            Verb::Stream(arguments) => Self::Stream(request::build(arguments)?),
            Verb::Chat(arguments) => Self::Chat(Conversation::begin(arguments)?),
            Verb::Config(arguments) => Self::Config(request::build(arguments)?),
            Verb::Check(arguments) => Self::Check(request::build(arguments)?),
            Verb::List(arguments) => Self::List(arguments),
            Verb::Versions(arguments) => Self::Versions(arguments),
            Verb::Annotate(arguments) => Self::Annotate(arguments),
        })
    }

    pub(crate) async fn run(
        self,
        client: &Client,
        global: &Global,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let format = global.output;
        match self {
            Self::Invoke(request) => invoke(client, &request, format, output).await,
            Self::Stream(request) => {
                stream(client, &request, format, output).await?;
                Ok(())
            }
            Self::Chat(conversation) => conversation.run(client, global, output).await,
            Self::Config(request) => config(client, &request, format, output).await,
            Self::Check(request) => check::run(client, &request, format, output).await,
            Self::List(arguments) => lists::deployments(client, arguments, format, output).await,
            Self::Versions(arguments) => lists::versions(client, arguments, format, output).await,
            Self::Annotate(arguments) => annotate::run(client, arguments, format, output).await,
        }
    }
}

async fn invoke(
    client: &Client,
    request: &DeploymentRequest,
    format: Format,
    output: &mut Output,
) -> Result<(), Failure> {
    let answer = client.deployments().invoke(request).await?;
    match format {
        Format::Json => {
            let body = answer.body().map(|body| &body[..]);
            output.line(json::received(body, &*answer)?)
        }
        Format::Text => {
            let mut text = AnswerText::new(output);
            text.whole(&answer)?;
            text.end(&answer)
        }
    }
}

/// Writes an answer as it arrives, and returns it when it is complete.
pub(crate) async fn stream(
    client: &Client,
    request: &DeploymentRequest,
    format: Format,
    output: &mut Output,
) -> Result<Response<Completion>, Failure> {
    let mut stream = client.deployments().stream(request).await?;
    match format {
        Format::Text => {
            let mut text = AnswerText::new(output);
            while let Some(delta) = stream.next_delta().await? {
                text.delta(&delta)?;
            }
            let answer = stream.finish().await?;
            text.end(&answer)?;
            Ok(answer)
        }
        Format::Json => {
            while let Some(chunk) = stream.next_chunk().await? {
                output.line(json::received(json::bytes(chunk.raw()), &chunk)?)?;
            }
            Ok(stream.finish().await?)
        }
    }
}

async fn config(
    client: &Client,
    request: &DeploymentRequest,
    format: Format,
    output: &mut Output,
) -> Result<(), Failure> {
    let config = client.deployments().get_config(request).await?;
    match format {
        Format::Json => {
            let body = config.body().map(|body| &body[..]);
            output.line(json::received(body, &*config)?)
        }
        Format::Text => {
            warn(config.meta().warnings());
            output.line(summary::of(&request.key, &config))
        }
    }
}

/// Says what of an answer couldn't be read. The rest of it is shown.
pub(crate) fn warn(warnings: &[orq_core::model::DecodeWarning]) {
    for warning in warnings {
        tell(&format!("warning: left out of the answer: {warning}"));
    }
}
