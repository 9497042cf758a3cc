//! Sends every request of a table through [`MemoryTransport`] and prints what would have left the machine.
//!
//! Usage: `sdk-send TABLE`. Each line of the output is JSON: `name`, `method`, `target`, `headers` and `body`.
#![forbid(unsafe_code)]

mod annotation;
mod filter;
mod given;
mod message;
mod request;

use std::{
    error::Error,
    fs,
    io::{self, Write},
};

use orq_core::{Client, ErrorKind};
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
        row.take("sdks");
        let arguments = row.required("arguments")?;
        row.finish()?;
        let sent = sent(&verb, arguments).map_err(|error| format!("{name}: {error}"))?;
        writeln!(io::stdout(), "{}", shown(&name, &sent))?;
    }
    Ok(())
}

/// The one request that a call sends. It is answered with a 204, which every verb with a result says is no content.
fn sent(verb: &str, arguments: Value) -> Result<RecordedRequest> {
    let memory = MemoryTransport::new();
    memory.reply_status(204, "");
    let client: Client = memory.client();
    let outcome = futures::executor::block_on(call(&client, verb, arguments))?;
    let has_result = !matches!(verb, "annotate" | "delete_annotations" | "feedback");
    let expected = has_result.then_some(ErrorKind::NoContent);
    if outcome.as_ref().err().map(|error| error.kind()) != expected {
        return Err(format!("the call ended otherwise: {outcome:?}").into());
    }
    Ok(memory.requests().remove(0))
}

/// One page of a list.
macro_rules! page {
    ($list:expr, $given:expr) => {{
        let mut list = $list;
        if let Some(limit) = $given.take("limit") {
            list = list.limit(u32::try_from(limit.as_u64().ok_or("no limit")?)?);
        }
        if let Some(id) = $given.text("starting_after")? {
            list = list.starting_after(id);
        }
        if let Some(id) = $given.text("ending_before")? {
            list = list.ending_before(id);
        }
        $given.finish()?;
        Ok(list.await.map(drop))
    }};
}

async fn call(
    client: &Client,
    verb: &str,
    arguments: Value,
) -> Result<std::result::Result<(), orq_core::Error>> {
    let mut given = Given::new(verb, arguments)?;
    let (deployments, annotations) = (client.deployments(), client.annotations());
    match verb {
        "list" => return page!(deployments.list(), given),
        "versions" => {
            let mut versions = deployments.versions(given.required_text("key")?);
            if let Some(id) = given.text("variant_id")? {
                versions = versions.variant_id(id);
            }
            return page!(versions, given);
        }
        "annotate" | "delete_annotations" => {
            let trace = given.required_text("trace_id")?;
            let span = given.required_text("span_id")?;
            let call = match verb {
                "annotate" => annotations.create(&trace, &span, &annotation::annotations(given)?),
                _ => annotations.delete(&trace, &span, &annotation::deletion(given)?),
            };
            return Ok(call.await.map(drop));
        }
        "feedback" => {
            let feedback = annotation::feedback(given)?;
            return Ok(client.feedback(&feedback).await.map(drop));
        }
        _ => {}
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
