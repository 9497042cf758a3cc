//! Calls a server as often as it is told to, so that the CPU time of this process can be compared.
//!
//! Usage: `sdk-cpu reqwest|hyper URL`. Each line of the input is `invoke COUNT TEXT` or `stream COUNT TEXT`: that many
//! calls, one after another, with the text as the user's message. For each it prints how many answers or chunks it
//! took in.
#![forbid(unsafe_code)]

use std::{
    env,
    error::Error,
    io::{self, Write},
};

use orq_core::{Client, DeploymentRequest, Deployments, Message};
use orq_transport_hyper::HyperTransport;
use orq_transport_reqwest::ReqwestTransport;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let (Some(transport), Some(url)) = (arguments.next(), arguments.next()) else {
        return Err("usage: sdk-cpu reqwest|hyper URL".into());
    };
    let builder = match transport.as_str() {
        "reqwest" => Client::builder(ReqwestTransport::builder().build()?),
        "hyper" => Client::builder(HyperTransport::builder().build()?),
        other => return Err(format!("{other} is no transport").into()),
    };
    let client = builder.api_key("sk-orq-test").base_url(url).build()?;
    let deployments = client.deployments();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for line in io::stdin().lines() {
        let taken_in = runtime.block_on(run(&deployments, &line?))?;
        writeln!(io::stdout(), "{taken_in}")?;
    }
    Ok(())
}

async fn run(deployments: &Deployments, command: &str) -> Result<usize> {
    let mut words = command.splitn(3, ' ');
    let (Some(verb), Some(count), Some(text)) = (words.next(), words.next(), words.next()) else {
        return Err(format!("{command:?} is no command").into());
    };
    let mut taken_in = 0;
    for _ in 0..count.parse()? {
        let request = DeploymentRequest::new("chat").message(Message::user(text));
        taken_in += match verb {
            "invoke" => invoke(deployments, &request).await?,
            "stream" => stream(deployments, &request).await?,
            other => return Err(format!("{other} is no verb").into()),
        };
    }
    Ok(taken_in)
}

async fn invoke(deployments: &Deployments, request: &DeploymentRequest) -> Result<usize> {
    let answer = deployments.invoke(request).await?;
    Ok(usize::from(answer.text().is_some()))
}

async fn stream(deployments: &Deployments, request: &DeploymentRequest) -> Result<usize> {
    let mut stream = deployments.stream(request).await?;
    let mut chunks = 0;
    while let Some(chunk) = stream.next_chunk().await? {
        chunks += usize::from(!chunk.choices.is_empty());
    }
    Ok(chunks)
}
