//! The loop of the example `tools`: whatever an answer is cut by, no cut call is ever run.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../src/bin/tools.rs"]
#[allow(dead_code, reason = "its `main`")]
mod tools;

use orq_testkit::{Encoder, Fault, MemoryTransport, Reply, fixture};
use orq_transport_reqwest::orq_core::DeploymentRequest;
use serde_json::json;

const CITIES: [&str; 2] = ["Oslo by the fjord", "Paris"];

const END_MARK: &str = "data: [DONE]\n\n";

/// An answer that calls the function for each city.
fn calls() -> fixture::Answer {
    let calls = CITIES.map(|city| ("get_weather", json!({ "city": city })));
    // Less to cut.
    let answer = fixture::tool_calls(calls).remove("/telemetry");
    answer
        .remove("/integration_id")
        .remove("/provider_response")
        .streamed()
}

/// Plays an answer, and then one without calls. Returns the cities that the function was called for, and whether the
/// loop came to its end.
async fn run(answer: impl Into<Reply>) -> (Vec<String>, bool) {
    let memory = MemoryTransport::new();
    memory.allow_unused();
    memory.reply(answer).reply(fixture::transcript("It rains."));
    let mut cities = Vec::new();
    let weather = |query: tools::WeatherQuery| {
        cities.push(query.city);
        "rain".to_owned()
    };
    let request = DeploymentRequest::new("tools");
    let ended = tools::ask(&memory.client(), request, weather).await;
    (cities, ended.is_ok())
}

/// Runs with an answer that is cut, and returns whether the loop came to its end.
async fn ends(cut: Reply) -> bool {
    let (cities, ended) = run(cut).await;
    if ended {
        assert_eq!(cities, CITIES);
    } else {
        assert!(cities.is_empty(), "{cities:?}");
    }
    ended
}

#[tokio::test]
async fn cut_at_any_byte_no_call_is_run() {
    let mut encoder = Encoder::new();
    let events = calls().events();
    let lengths = events.iter().map(|event| encoder.data(event).take().len());
    let lengths: Vec<_> = lengths.collect();
    let bytes = lengths.iter().sum();
    let mut ended = 0;
    for byte in 0..=bytes {
        ended += usize::from(ends(calls().into_reply().cut_at(byte)).await);
    }
    // Nothing is missing once the last chunk is there, if without its blank line: it says that it is the last.
    assert_eq!(ended, END_MARK.len() + "\n\n".len() + 1);

    // Other endings than a clean one, around the end of each event.
    let mut byte = 0;
    for length in lengths {
        byte += length;
        for byte in [byte - 1, byte] {
            let breaks = ends(calls().into_reply().break_at(byte, Fault::Reset)).await;
            let stalls = ends(calls().into_reply().stall_at(byte)).await;
            assert_eq!(breaks, stalls, "{byte}");
            assert!(!breaks || bytes - byte <= END_MARK.len(), "{byte}");
        }
    }
}

#[tokio::test]
async fn without_its_last_events_no_call_is_run_though_there_is_an_end_mark() {
    let events = calls().events();
    let (end_mark, chunks) = events.split_last().unwrap();
    for kept in 0..=chunks.len() {
        let events = chunks[..kept].iter().chain([end_mark]);
        let (cities, ended) = run(Reply::sse(events.map(String::as_str))).await;
        if kept == chunks.len() {
            assert_eq!(cities, CITIES);
        } else {
            assert_eq!((cities.len(), ended), (0, false), "{kept}");
        }
    }
}

#[tokio::test]
async fn cut_by_the_model_no_cut_call_is_run() {
    const ARGUMENTS: &str = "/choices/0/message/tool_calls/1/function/arguments";
    let whole = json!({ "city": CITIES[1] }).to_string();
    for length in 0..whole.len() {
        let cut = || calls().set(ARGUMENTS, &whole[..length]);
        for limit in ["length", "content_filter"] {
            let ran = run(cut().finish_reason(limit)).await;
            assert_eq!(ran, (Vec::new(), false), "{length}");
        }
        // Some servers don't say it. Then the arguments do.
        for reason in ["stop", "tool_calls"] {
            let (cities, _) = run(cut().finish_reason(reason)).await;
            assert_eq!(cities, [CITIES[0]], "{length}");
        }
    }
}
