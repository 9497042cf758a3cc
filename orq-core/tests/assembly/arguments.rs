//! What becomes of the arguments of a tool call.

use orq_core::model::{Completion, Message};
use serde_json::{Value, json};

use super::reader::{agreed, read};
use super::tool_calls::chunk;

#[test]
fn a_call_without_arguments_goes_back_with_an_empty_object() {
    let pieces = |arguments: Value| {
        let function = json!({"name": "f", "arguments": arguments});
        super::message(
            json!({"tool_calls": [{"index": 0, "id": "c", "type": "", "function": function}]}),
        )
    };
    for arguments in [json!(null), json!(""), json!(" \n"), json!("{}")] {
        let chunk = pieces(arguments.clone());
        let answer: Completion = serde_json::from_value(chunk.clone()).unwrap();
        let text = arguments.as_str().unwrap_or_default();
        for answer in [answer, agreed(&[chunk])] {
            assert_eq!(answer.tool_calls()[0].arguments_text(), text, "as received");
            let message = serde_json::to_value(Message::from(&answer)).unwrap();
            let function = json!({"name": "f", "arguments": "{}"});
            let expected = json!([{"id": "c", "type": "function", "function": function}]);
            assert_eq!(message["tool_calls"], expected, "{arguments}");
        }
    }
}

#[test]
fn a_long_call_that_repeats_its_name_is_read_once() {
    // Each piece ends as a complete object would. Read again for each piece they would be 1 GB.
    let mut chunks = vec![chunk(Some(0), &[["", "f", r#"{"a":[{}"#]])];
    chunks.resize(20_000, chunk(Some(0), &[["", "f", ",{}"]]));
    chunks.push(chunk(Some(0), &[["", "f", "]}"]]));
    let (whole, _) = read(&chunks);
    let [call] = whole.tool_calls() else {
        panic!("{} calls", whole.tool_calls().len())
    };
    assert!(call.arguments::<Value>().is_ok());
}
