//! The swap: a configuration file for each environment says what carries the requests, and to whom. The code under
//! it, [`answer`], is the same in all of them.
//!
//! - `cargo run --bin swap` shows `test` (a double of the API in memory) and `development` (the same double behind
//!   a loopback socket, reached by reqwest): no key, no network.
//! - `ORQ_API_KEY=… cargo run --bin swap -- production DEPLOYMENT_KEY` talks to orq.ai over raw hyper.
//!
//! The files lie in `examples/config/`. Write `"transport": "hyper"` where there is `"reqwest"`, and nothing else
//! has to change.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that shows things"
)]

use std::{env, error::Error, fs, path::Path, process::ExitCode, sync::Arc};

use orq_core::{Client, DeploymentRequest, HttpTransport, Message};
use orq_testkit::{FakeOrq, FakeServer, RunningServer};
use orq_transport_hyper::HyperTransport;
use orq_transport_reqwest::ReqwestTransport;
use serde::Deserialize;

/// The code under it. It knows a client, and nothing of what is beneath.
async fn answer(
    client: &Client,
    deployment: &str,
    question: &str,
) -> Result<String, orq_core::Error> {
    let request = DeploymentRequest::new(deployment).message(Message::user(question));
    let mut stream = client.deployments().stream(&request).await?;
    let mut answer = String::new();
    while let Some(text) = stream.next_text().await? {
        answer.push_str(text);
    }
    stream.finish().await?;
    Ok(answer)
}

/// A file of `examples/config/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// The base URL, or `fake` for a double in this process.
    server: String,
    transport: Transport,
    /// Which variant of a deployment its rules choose.
    environment: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Transport {
    /// No socket: the double itself is the transport.
    Memory,
    Reqwest,
    Hyper,
}

impl Config {
    fn read(environment: &str) -> Result<Self, Box<dyn Error>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
        let path = folder.join(format!("{environment}.json"));
        let text =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let config = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(config)
    }

    /// The client that this file describes, and the double that it talks to if that is behind a socket.
    async fn client(&self) -> Result<(Client, Option<RunningServer>), Box<dyn Error>> {
        let transport: Arc<dyn HttpTransport> = match self.transport {
            Transport::Memory if self.server == "fake" => Arc::new(FakeOrq::new()),
            Transport::Memory => return Err("only the double can be reached in memory".into()),
            Transport::Reqwest => Arc::new(ReqwestTransport::new()?),
            Transport::Hyper => Arc::new(HyperTransport::new()?),
        };
        let builder = Client::builder(transport).environment(&self.environment);
        let (builder, server) = match (self.server.as_str(), self.transport) {
            ("fake", Transport::Memory) => (builder.api_key(FakeOrq::DEFAULT_API_KEY), None),
            ("fake", _) => {
                let server = FakeServer::bind(FakeOrq::new(), "127.0.0.1:0")
                    .await?
                    .spawn();
                let builder = builder
                    .api_key(FakeOrq::DEFAULT_API_KEY)
                    .base_url(server.url());
                (builder, Some(server))
            }
            (url, _) => {
                // A secret is no part of a file that is checked in.
                let key = env::var("ORQ_API_KEY").map_err(|_| "set ORQ_API_KEY")?;
                (builder.api_key(key.trim()).base_url(url), None)
            }
        };
        Ok((builder.build()?, server))
    }
}

async fn show(environment: &str, deployment: &str) -> Result<(), Box<dyn Error>> {
    let config = Config::read(environment)?;
    // The server runs as long as its guard lives.
    let (client, _server) = config.client().await?;
    let answer = answer(&client, deployment, "Where is my order?").await?;
    println!("{environment} over {}: {answer}", client.transport().name());
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let environments = match arguments.next() {
        Some(environment) => vec![environment],
        None => vec!["test".to_owned(), "development".to_owned()],
    };
    let deployment = arguments.next().unwrap_or("chat".to_owned());
    for environment in environments {
        if let Err(error) = show(&environment, &deployment).await {
            eprintln!("{environment}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(server: &str, transport: &str) -> Config {
        let json =
            serde_json::json!({"server": server, "transport": transport, "environment": "x"});
        serde_json::from_value(json).unwrap()
    }

    #[tokio::test]
    async fn the_answer_is_the_same_whatever_carries_it() {
        for transport in ["memory", "reqwest", "hyper"] {
            let (client, _server) = config("fake", transport).client().await.unwrap();
            let answer = answer(&client, "chat", "hi").await.unwrap();
            assert_eq!(answer, "You said: hi", "{transport}");
        }
    }

    #[tokio::test]
    async fn no_server_can_be_reached_in_memory() {
        let config = config("https://my.orq.ai", "memory");
        assert!(config.client().await.is_err());
    }
}
