//! The deployments that a double has if it is given none.

use serde_json::json;

use super::model::{answer::FakeAnswer, deployment::FakeDeployment, variant::FakeVariant};

/// All of them, the newest first.
pub(super) fn deployments() -> Vec<FakeDeployment> {
    vec![chat(), tools(), image(), reasoning(), rag()]
}

fn chat() -> FakeDeployment {
    FakeDeployment::new("chat")
        .description("Says what was said to it")
        .model("openai", "gpt-4o")
        .message("system", "You are the assistant of {{company}}.")
        .message("user", "Hello, I am {{firstname}}.")
        .parameter("temperature", json!(0.7))
        .parameter("maxTokens", json!(1024))
        .reply("You said: {{last_user_message}}")
        .variant(
            FakeVariant::when("environments", "staging")
                .model("openai", "gpt-4o-mini")
                .reply("Staging heard: {{last_user_message}}"),
        )
        .variant(
            FakeVariant::when("locale", json!(["nl", "nl-NL"]))
                .message("system", "Je bent de assistent van {{company}}.")
                .message("user", "Hallo, ik ben {{firstname}}.")
                .reply("Je zei: {{last_user_message}}"),
        )
}

fn tools() -> FakeDeployment {
    FakeDeployment::new("tools")
        .description("Asks for the weather")
        .model("openai", "gpt-4o")
        .message("system", "You answer questions about the weather.")
        .parameter("temperature", json!(0))
        .tool(
            "get_weather",
            "The weather in a city",
            json!({
                "type": "object",
                "properties": {
                    "city": {"type": "string"},
                    "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
                },
                "required": ["city"],
            }),
        )
        .reply(FakeAnswer::first_tool_call())
        .tool_reply("The tool said: {{tool_result}}")
}

fn image() -> FakeDeployment {
    FakeDeployment::new("image")
        .description("Answers with an image")
        .model("openai", "dall-e-3")
        .model_type("image")
        .message("user", "Draw {{subject}}.")
        .parameter("numImages", json!(1))
        .parameter("quality", json!("standard"))
        .parameter("responseFormat", json!("url"))
        .reply(FakeAnswer::image("https://example.com/image.png"))
}

fn reasoning() -> FakeDeployment {
    FakeDeployment::new("reasoning")
        .description("Thinks before it answers")
        .model("anthropic", "claude-sonnet-4-5")
        .message("system", "You think before you answer.")
        .parameter("maxTokens", json!(4096))
        .parameter("budgetTokens", json!(2048))
        .reply(
            FakeAnswer::text("I thought about: {{last_user_message}}").with_reasoning(
                "The user wrote: {{last_user_message}}. I should think about it.",
                "c2lnbmF0dXJlIG9mIGEgdGhvdWdodA==",
            ),
        )
}

fn rag() -> FakeDeployment {
    FakeDeployment::new("rag")
        .description("Looks things up in a knowledge base")
        .model("google", "gemini-2.5-flash")
        .message("system", "You answer from the handbook.")
        .parameter("temperature", json!(0.1))
        .retrieval(
            "Returns are free within 30 days.",
            "handbook.pdf",
            Some(12),
            0.92,
        )
        .retrieval("Parcels arrive within two days.", "shipping.md", None, 0.71)
        .reply("The handbook says on {{last_user_message}}: Returns are free within 30 days.")
}
