use orq_core::Timer;
use orq_testkit::{FakeAnswer, FakeDeployment, FakeOrq, ManualTimer};
use serde_json::{Value, json};

use super::{invoke, post, text};

#[test]
fn chat_echoes_the_last_user_message() {
    let fake = FakeOrq::new();
    let completion = invoke(
        &fake,
        &json!({"key": "chat", "messages": [
            {"role": "user", "content": "first"},
            {"role": "assistant", "content": "ok"},
            {"role": "user", "content": [{"type": "text", "text": "Where is"}, {"type": "text", "text": "my order?"}]},
        ]}),
    );
    assert_eq!(text(&completion), "You said: Where is\nmy order?");
    let message = &completion["choices"][0]["message"];
    assert_eq!(message["type"], "content");
    assert_eq!(message["role"], "assistant");
    assert_eq!(completion["choices"][0]["finish_reason"], "stop");
    assert_eq!(completion["object"], "chat");
    assert_eq!(completion["provider"], "openai");
    assert_eq!(completion["is_final"], true);
}

#[test]
fn variables_are_replaced_in_the_prompt_and_in_the_messages() {
    let fake = FakeOrq::new();
    let jane = json!({"key": "chat", "inputs": {"firstname": "Jane"}});
    assert_eq!(text(&invoke(&fake, &jane)), "You said: Hello, I am Jane.");

    let in_message = json!({"key": "chat", "inputs": {"order": 7},
        "messages": [{"role": "user", "content": "Where is {{ order }}, {{unknown}}?"}]});
    assert_eq!(
        text(&invoke(&fake, &in_message)),
        "You said: Where is 7, {{unknown}}?"
    );
}

#[test]
fn a_deployment_without_replies_echoes_and_others_take_turns() {
    let fake = FakeOrq::builder()
        .deployment(FakeDeployment::new("echo"))
        .deployment(FakeDeployment::new("turns").reply("one").reply("two {{x}}"))
        .build();
    let hi = json!({"key": "echo", "messages": [{"role": "user", "content": "hi"}]});
    assert_eq!(text(&invoke(&fake, &hi)), "hi");
    assert_eq!(text(&invoke(&fake, &json!({"key": "echo"}))), "");
    let turns = json!({"key": "turns", "inputs": {"x": "!"}});
    for expected in ["one", "two !", "one"] {
        assert_eq!(text(&invoke(&fake, &turns)), expected);
    }
}

#[test]
fn the_conversation_is_in_the_apis_order() {
    // The last user message tells the order: prompt, then prefix, then prompt, then messages.
    let fake = FakeOrq::builder()
        .deployment(
            FakeDeployment::new("a")
                .message("system", "s")
                .message("user", "prompt"),
        )
        .deployment(FakeDeployment::new("b").message("system", "s"))
        .build();
    let prefix = json!([{"role": "user", "content": "prefix"}]);
    let said = |key: &str, body: Value| {
        let mut body = body;
        body["key"] = json!(key);
        text(&invoke(&fake, &body)).to_owned()
    };
    assert_eq!(said("a", json!({"prefix_messages": prefix})), "prompt");
    assert_eq!(said("b", json!({"prefix_messages": prefix})), "prefix");
    let both =
        json!({"prefix_messages": prefix, "messages": [{"role": "user", "content": "message"}]});
    assert_eq!(said("a", both), "message");
    // A conversation that ends with a tool's result is answered with that: here the prefix is the end.
    let result = json!([{"role": "tool", "content": "prefix result", "tool_call_id": null}]);
    let prefix = json!({"prefix_messages": result});
    assert_eq!(said("b", prefix.clone()), "prefix result");
    assert_eq!(said("a", prefix), "prompt");
}

#[test]
fn usage_is_there_when_asked_for() {
    let fake = FakeOrq::new();
    let mut body = json!({"key": "chat", "messages": [{"role": "user", "content": "hi you"}]});
    assert_eq!(invoke(&fake, &body).get("usage"), None);
    body["invoke_options"] = json!({"include_usage": false});
    assert_eq!(invoke(&fake, &body).get("usage"), None);
    body["invoke_options"] = json!({"include_usage": true});
    // The prompt has 7 and 5 tokens: its long variables are two tokens each. The message has 2, the answer 4.
    let usage = &invoke(&fake, &body)["usage"];
    assert_eq!(usage["prompt_tokens"], 14);
    assert_eq!(usage["completion_tokens"], 4);
    assert_eq!(usage["total_tokens"], 18);
    assert_eq!(usage["completion_tokens_details"]["reasoning_tokens"], 0);
}

#[test]
fn retrievals_are_there_when_asked_for() {
    let fake = FakeOrq::new();
    let mut body = json!({"key": "rag", "messages": [{"role": "user", "content": "returns"}]});
    let plain = invoke(&fake, &body);
    assert_eq!(plain.get("retrievals"), None);
    assert!(text(&plain).contains("returns"));
    body["invoke_options"] = json!({"include_retrievals": true});
    let retrievals = &invoke(&fake, &body)["retrievals"];
    assert_eq!(retrievals.as_array().unwrap().len(), 2);
    assert_eq!(
        retrievals[0]["document"],
        "Returns are free within 30 days."
    );
    assert_eq!(retrievals[0]["metadata"]["page_number"], 12);
    assert_eq!(retrievals[1]["metadata"]["page_number"], Value::Null);
}

#[test]
fn reasoning_comes_with_its_signature() {
    let body = json!({"key": "reasoning", "messages": [{"role": "user", "content": "6*7"}],
        "invoke_options": {"include_usage": true}});
    let completion = invoke(&FakeOrq::new(), &body);
    let message = &completion["choices"][0]["message"];
    assert_eq!(message["content"], "I thought about: 6*7");
    assert_eq!(
        message["reasoning"],
        "The user wrote: 6*7. I should think about it."
    );
    assert!(!message["reasoning_signature"].as_str().unwrap().is_empty());
    assert_eq!(completion["provider"], "anthropic");
    let details = &completion["usage"]["completion_tokens_details"];
    assert_eq!(details["reasoning_tokens"], 9);
}

#[test]
fn an_image_is_a_url() {
    let completion = invoke(&FakeOrq::new(), &json!({"key": "image"}));
    let message = &completion["choices"][0]["message"];
    assert_eq!(completion["object"], "image");
    assert_eq!(message["type"], "image");
    assert!(message["url"].as_str().unwrap().starts_with("https://"));
    assert_eq!(message.get("content"), None);
}

#[test]
fn tools_asks_for_the_weather_and_uses_the_result() {
    let fake = FakeOrq::new();
    let question = json!({"role": "user", "content": "Weather in Paris?"});
    let mut body = json!({"key": "tools", "inputs": {"city": "Paris"}, "messages": [question]});
    let completion = invoke(&fake, &body);
    let choice = &completion["choices"][0];
    assert_eq!(choice["finish_reason"], "tool_calls");
    assert_eq!(choice["message"]["type"], "tool_calls");
    let call = &choice["message"]["tool_calls"][0];
    assert_eq!(call["type"], "function");
    assert_eq!(call["function"]["name"], "get_weather");
    let arguments: Value =
        serde_json::from_str(call["function"]["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(arguments, json!({"city": "Paris"}));

    let answer = json!({"role": "assistant", "content": null, "tool_calls": [
        {"id": call["id"], "type": "function", "function": call["function"]}]});
    let result = json!({"role": "tool", "content": "21 °C", "tool_call_id": call["id"]});
    body["messages"] = json!([question, answer, result]);
    let completion = invoke(&fake, &body);
    assert_eq!(text(&completion), "The tool said: 21 °C");
    assert_eq!(completion["choices"][0]["finish_reason"], "stop");
}

#[test]
fn without_an_input_the_tool_gets_the_users_words() {
    let body = json!({"key": "tools", "messages": [{"role": "user", "content": "Oslo"}]});
    let completion = invoke(&FakeOrq::new(), &body);
    let function = &completion["choices"][0]["message"]["tool_calls"][0]["function"];
    assert_eq!(function["arguments"], r#"{"city":"Oslo"}"#);
}

#[test]
fn the_requests_own_tool_is_called_first() {
    let tool = json!({"type": "function", "function": {"name": "book", "parameters":
        {"type": "object", "properties": {"seats": {"type": "integer"}}, "required": ["seats"]}}});
    let body = json!({"key": "tools", "inputs": {"seats": 2}, "extra_params": {"tools": [tool]}});
    let completion = invoke(&FakeOrq::new(), &body);
    let function = &completion["choices"][0]["message"]["tool_calls"][0]["function"];
    assert_eq!(function["name"], "book");
    assert_eq!(function["arguments"], r#"{"seats":2}"#);
}

#[test]
fn several_tool_calls_and_several_results() {
    let reply = FakeAnswer::tool_call("a", json!({"x": "{{x}}"})).with_tool_call("b", json!({}));
    let fake = FakeOrq::builder()
        .deployment(FakeDeployment::new("two").reply(reply))
        .build();
    let completion = invoke(&fake, &json!({"key": "two", "inputs": {"x": 1}}));
    let calls = &completion["choices"][0]["message"]["tool_calls"];
    assert_eq!(calls[0]["function"]["arguments"], r#"{"x":"1"}"#);
    assert_eq!(calls[1]["function"]["name"], "b");
    assert_ne!(calls[0]["id"], calls[1]["id"]);

    let results = json!({"key": "two", "messages": [
        {"role": "tool", "content": "one", "tool_call_id": "1"},
        {"role": "tool", "content": [{"type": "text", "text": "two"}], "tool_call_id": "2"},
    ]});
    assert_eq!(text(&invoke(&fake, &results)), "one\ntwo");
}

#[test]
fn a_mocked_answer_is_verbatim_with_no_trace_and_no_usage() {
    let fake = FakeOrq::new();
    let body = json!({"key": "tools", "inputs": {"x": "y"}, "invoke_options":
        {"mock_response": "mock {{x}}", "include_usage": true, "include_retrievals": true}});
    let answer = post(&fake, "invoke", &body);
    assert_eq!(answer.status, 200);
    assert!(!answer.headers.contains_key("x-orq-trace-id"));
    let completion = answer.json();
    assert_eq!(text(&completion), "mock {{x}}");
    assert_eq!(completion["choices"][0]["finish_reason"], "stop");
    assert_eq!(completion.get("usage"), None);
    assert_eq!(completion.get("retrievals"), None);
    assert!(completion["telemetry"]["trace_id"].is_string());
}

#[test]
fn a_variant_is_chosen_by_the_context() {
    let fake = FakeOrq::new();
    let said = |context: Value| {
        let body = json!({"key": "chat", "context": context,
            "messages": [{"role": "user", "content": "hi"}]});
        let completion = invoke(&fake, &body);
        (completion["model"].clone(), text(&completion).to_owned())
    };
    let staging = (json!("gpt-4o-mini"), "Staging heard: hi".to_owned());
    assert_eq!(said(json!({"environments": "staging"})), staging);
    assert_eq!(said(json!({"environments": ["staging"]})), staging);
    let other = (json!("gpt-4o"), "You said: hi".to_owned());
    assert_eq!(said(json!({"environments": "production"})), other);
    let dutch = (json!("gpt-4o"), "Je zei: hi".to_owned());
    assert_eq!(said(json!({"locale": "nl"})), dutch);
}

#[test]
fn ids_count_and_dates_are_the_timers() {
    let timer = ManualTimer::new();
    let fake = FakeOrq::builder().timer(timer.clone()).build();
    let first = invoke(&fake, &json!({"key": "chat"}));
    assert_eq!(first["created"], "2026-01-01T00:00:00.000Z");
    assert_eq!(first["finalized"], first["created"]);
    timer.advance(std::time::Duration::from_millis(1500));
    let answer = post(&fake, "invoke", &json!({"key": "chat"}));
    let second = answer.json();
    assert_eq!(second["created"], "2026-01-01T00:00:01.500Z");
    assert!(
        first["id"].as_str() < second["id"].as_str(),
        "ULIDs sort by time"
    );
    assert_eq!(
        answer.headers["x-orq-trace-id"],
        second["telemetry"]["trace_id"].as_str().unwrap()
    );
    assert_eq!(timer.now().as_millis(), 1500);

    let again = invoke(&FakeOrq::new(), &json!({"key": "chat"}));
    assert_eq!(first, again, "a new double answers the same");
}

#[test]
fn headers_tell_the_rate_limit() {
    let fake = FakeOrq::new();
    let remaining = || {
        let answer = post(&fake, "invoke", &json!({"key": "chat"}));
        assert_eq!(answer.headers["x-ratelimit-limit"], "1000");
        assert_eq!(answer.headers["x-ratelimit-reset"], "60s");
        assert!(answer.headers.contains_key("x-ratelimit-remaining-cost"));
        answer.headers["x-ratelimit-remaining"].clone()
    };
    assert_eq!(remaining(), "999");
    assert_eq!(remaining(), "998");
}

#[test]
fn unknown_fields_and_the_contact_header_are_let_through() {
    let fake = FakeOrq::new();
    let body = json!({"key": "chat", "brand_new": {"a": [1]}, "thread": {"id": "t", "new": 1}});
    let mut request = super::request("POST", "/v2/deployments/invoke", body.to_string());
    request
        .headers_mut()
        .insert("x-orq-contact-id", "contact_01".parse().unwrap());
    assert_eq!(super::send(&fake, request).status, 200);
}
