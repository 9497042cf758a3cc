//! What each verb does.

use futures::TryStreamExt;
use orq_core::{
    Client, Completion, DeploymentRequest, Response,
    list::ListDeployments,
    model::{Deployment, DeploymentPage},
};

use crate::{
    answer::AnswerText,
    args::{Format, Global, List, Verb},
    chat::Conversation,
    failure::Failure,
    json,
    output::{Output, tell},
    request, summary, table,
};

/// A verb with everything it needs.
pub(crate) enum Call {
    Invoke(DeploymentRequest),
    Stream(DeploymentRequest),
    Chat(Conversation),
    Config(DeploymentRequest),
    List(List),
}

impl Call {
    /// Reads the request, from a file or stdin too.
    pub(crate) fn prepare(verb: Verb) -> Result<Self, Failure> {
        Ok(match verb {
            Verb::Invoke(arguments) => Self::Invoke(request::build(arguments)?),
            Verb::Stream(arguments) => Self::Stream(request::build(arguments)?),
            Verb::Chat(arguments) => Self::Chat(Conversation::begin(arguments)?),
            Verb::Config(arguments) => Self::Config(request::build(arguments)?),
            Verb::List(arguments) => Self::List(arguments),
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
            Self::List(arguments) if arguments.all => {
                list_all(listing(client, arguments), format, output).await
            }
            Self::List(arguments) => list_page(listing(client, arguments), format, output).await,
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

fn listing(client: &Client, arguments: List) -> ListDeployments {
    let mut listing = client.deployments().list();
    if let Some(limit) = arguments.limit {
        listing = listing.limit(limit);
    }
    if let Some(id) = arguments.starting_after {
        listing = listing.starting_after(id);
    }
    if let Some(id) = arguments.ending_before {
        listing = listing.ending_before(id);
    }
    listing
}

async fn list_page(
    listing: ListDeployments,
    format: Format,
    output: &mut Output,
) -> Result<(), Failure> {
    let page = listing.await?;
    match format {
        Format::Json => {
            let body = page.body().map(|body| &body[..]);
            output.line(json::received(body, &*page)?)
        }
        Format::Text => {
            warn(page.meta().warnings());
            output.write(table::of(&page.data))?;
            tell_of_more(&page);
            Ok(())
        }
    }
}

async fn list_all(
    listing: ListDeployments,
    format: Format,
    output: &mut Output,
) -> Result<(), Failure> {
    let mut items = listing.items();
    match format {
        Format::Json => {
            while let Some(item) = items.try_next().await? {
                output.line(json::received(json::bytes(item.raw()), &item)?)?;
            }
            Ok(())
        }
        // The widths of a table's columns are known when all of it is. What came before a failure is shown too.
        Format::Text => {
            let mut all: Vec<Deployment> = Vec::new();
            let end = loop {
                match items.try_next().await {
                    Ok(Some(item)) => all.push(item),
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            output.write(table::of(&all))?;
            Ok(end?)
        }
    }
}

/// A page that isn't the last looks like one that is.
fn tell_of_more(page: &DeploymentPage) {
    if page.has_more {
        tell("note: there are more; --all lists them");
    }
}

/// Says what of an answer couldn't be read. The rest of it is shown.
pub(crate) fn warn(warnings: &[orq_core::model::DecodeWarning]) {
    for warning in warnings {
        tell(&format!("warning: left out of the answer: {warning}"));
    }
}
