//! Sends every request of a table through [`MemoryTransport`] and prints what would have left the machine.
//!
//! Usage: `sdk-send TABLE`. Each line of the output is JSON: `name`, `method`, `target`, `headers` and `body`.
#![forbid(unsafe_code)]

mod filter;
mod given;
mod message;
mod request;

use std::{
    error::Error,
    fs,
    io::{self, Write},
};

use orq_core::{Client, Deployments, ErrorKind};
use orq_testkit::{MemoryTransport, RecordedRequest};
use serde_json::{Value, json};

use given::Given;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let path = std::env::args().nth(1).ok_or("usage: sdk-send TABLE")?;
    let table: Vec<Value> = serde_json::from_str(&fs::read_to_string(path)?)?;
    for row in table {
        let mut row = Given::new("row", row)?;
        let (name, verb) = (row.required_text("name")?, row.required_text("verb")?);
        let arguments = row.required("arguments")?;
        row.finish()?;
        let sent = sent(&verb, arguments).map_err(|error| format!("{name}: {error}"))?;
        writeln!(io::stdout(), "{}", shown(&name, &sent))?;
    }
    Ok(())
}

/// The one request that a call sends. It is answered with a 204, which every verb says is no content.
fn sent(verb: &str, arguments: Value) -> Result<RecordedRequest> {
    let memory = MemoryTransport::new();
    memory.reply_status(204, "");
    let client: Client = memory.client();
    let outcome = futures::executor::block_on(call(&client.deployments(), verb, arguments))?;
    if outcome.as_ref().map_err(orq_core::Error::kind) != Err(ErrorKind::NoContent) {
        return Err(format!("the call ended otherwise: {outcome:?}").into());
    }
    Ok(memory.requests().remove(0))
}

async fn call(
    deployments: &Deployments,
    verb: &str,
    arguments: Value,
) -> Result<std::result::Result<(), orq_core::Error>> {
    let mut given = Given::new(verb, arguments)?;
    if verb == "list" {
        let mut list = deployments.list();
        if let Some(limit) = given.take("limit") {
            list = list.limit(u32::try_from(limit.as_u64().ok_or("no limit")?)?);
        }
        if let Some(id) = given.text("starting_after")? {
            list = list.starting_after(id);
        }
        if let Some(id) = given.text("ending_before")? {
            list = list.ending_before(id);
        }
        given.finish()?;
        return Ok(list.await.map(drop));
    }
    let streamed = given.take("stream") == Some(Value::Bool(true));
    let request = request::request(given)?;
    Ok(match (verb, streamed) {
        ("invoke", false) => deployments.invoke(&request).await.map(drop),
        ("invoke", true) => deployments.stream(&request).via_invoke().await.map(drop),
        ("stream", false) => deployments.stream(&request).await.map(drop),
        ("get_config", false) => deployments.get_config(&request).await.map(drop),
        _ => return Err(format!("{verb} is no verb").into()),
    })
}

fn shown(name: &str, request: &RecordedRequest) -> Value {
    let target = request.uri().path_and_query().map(ToString::to_string);
    let body = (!request.body().is_empty()).then(|| request.json());
    json!({
        "name": name,
        "method": request.method().as_str(),
        "target": target,
        "headers": {
            "accept": request.header("accept"),
            "authorization": request.header("authorization"),
            "content-type": request.header("content-type"),
        },
        "body": body,
    })
}
