//! What is counted. It isn't in the benchmarks themselves: callgrind counts from the entry of a benchmark's function, and
//! would stop where it enters one of its closures.

use std::hint::black_box;

use futures::executor::block_on;
use orq_core::{
    Completion, CompletionStream, Delta, DeploymentRequest, Deployments, Error, Message,
};

/// Returns a request.
pub(crate) fn request() -> DeploymentRequest {
    let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
    request.message(Message::user("Where is my order?"))
}

/// Decodes an answer, and returns the length of its text.
pub(crate) fn decode(answer: &str) -> Option<usize> {
    let answer = serde_json::from_str::<Completion>(answer).ok()?;
    answer.text().map(|text| text.len())
}

/// Makes a call, and returns the length of its answer's text.
pub(crate) fn invoke(deployments: &Deployments, request: &DeploymentRequest) -> Option<usize> {
    let answer = block_on(deployments.invoke(request).into_future()).ok()?;
    answer.text().map(|text| text.len())
}

/// Reads a stream by `next_text`, and returns how many bytes of text were in it.
pub(crate) fn texts(mut stream: CompletionStream) -> Result<usize, Error> {
    let mut taken = 0;
    block_on(async {
        while let Some(text) = stream.next_text().await? {
            taken += black_box(text).len();
        }
        Ok(taken)
    })
}

/// Reads a stream by `next_delta`, and returns how many bytes of text were in it.
pub(crate) fn deltas(mut stream: CompletionStream) -> Result<usize, Error> {
    let mut taken = 0;
    block_on(async {
        while let Some(delta) = stream.next_delta().await? {
            if let Delta::Text { text, .. } = black_box(delta) {
                taken += text.len();
            }
        }
        Ok(taken)
    })
}

/// Reads a stream by `next_chunk`, and returns how many bytes of text were in it.
pub(crate) fn chunks(mut stream: CompletionStream) -> Result<usize, Error> {
    let mut taken = 0;
    block_on(async {
        while let Some(chunk) = stream.next_chunk().await? {
            taken += black_box(&chunk).text().map_or(0, |text| text.len());
        }
        Ok(taken)
    })
}
