//! A deployment answers: streamed, invoked, its configuration fetched, its siblings listed.
//!
//! - `cargo run --bin quickstart` talks to a double of orq.ai inside this process, over a loopback socket: no key,
//!   no network.
//! - `ORQ_API_KEY=… cargo run --bin quickstart -- DEPLOYMENT_KEY` talks to orq.ai.
#![allow(clippy::print_stderr, reason = "a program that shows things")]

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use orq_testkit::{FakeOrq, FakeServer};
use orq_transport_reqwest::{
    ReqwestTransport, client_from_env,
    orq_core::{Client, DeploymentRequest, Message},
};

#[tokio::main]
async fn main() -> ExitCode {
    match run(std::env::args().nth(1)).await {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output has seen enough of it.
        Err(error) if is_closed_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

async fn run(deployment: Option<String>) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout();
    match deployment {
        Some(key) => {
            let client = client_from_env()?;
            writeln!(
                out,
                "Talking to orq at {}, deployment `{key}`.\n",
                client.base_url()
            )?;
            show(&client, &key).await
        }
        None => {
            let server = FakeServer::bind(FakeOrq::new(), "127.0.0.1:0")
                .await?
                .spawn();
            writeln!(
                out,
                "Talking to a double of orq.ai in this process at {}: no key, no network.\n",
                server.url()
            )?;
            let client = Client::builder(ReqwestTransport::new()?)
                .api_key("sk-orq-test")
                .base_url(server.url())
                .build()?;
            show(&client, "chat").await
        }
    }
}

async fn show(client: &Client, key: &str) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout();
    let deployments = client.deployments();
    let request = DeploymentRequest::new(key)
        .input("firstname", "Jane")
        .message(Message::user(
            "Where is my order? I am waiting for it since Tuesday.",
        ))
        .include_usage();

    write!(out, "stream      ")?;
    let mut stream = deployments.stream(&request).await?;
    while let Some(text) = stream.next_text().await? {
        write!(out, "{text}")?;
        out.flush()?;
    }
    let answer = stream.finish().await?;
    writeln!(
        out,
        "\nfinish      {}",
        answer
            .finish_reason()
            .map_or("unknown", |reason| reason.as_str())
    )?;
    if let Some(usage) = answer.usage() {
        let count =
            |tokens: Option<u64>| tokens.map_or("?".to_owned(), |tokens| tokens.to_string());
        let [prompt, completion] = [usage.prompt_tokens, usage.completion_tokens].map(count);
        writeln!(out, "usage       {prompt} tokens in, {completion} out")?;
    }

    let answer = deployments.invoke(&request).await?;
    writeln!(out, "\ninvoke      {}", answer.require_text()?)?;
    writeln!(
        out,
        "trace       {}",
        answer.meta().trace_id().unwrap_or("(none)")
    )?;

    let config = deployments.get_config(&request).await?;
    let [model, provider] = [
        config.model.as_deref(),
        config.provider.as_ref().map(|provider| provider.as_str()),
    ]
    .map(|text| text.unwrap_or("?"));
    writeln!(
        out,
        "\nget_config  {model} by {provider}, {} prompt messages",
        config.messages.len()
    )?;

    let mut items = deployments.list().limit(10).items();
    write!(out, "\nlist       ")?;
    while let Some(item) = items.next_item().await? {
        write!(out, " {}", item.key.as_deref().unwrap_or("?"))?;
    }
    writeln!(out)?;
    Ok(())
}
