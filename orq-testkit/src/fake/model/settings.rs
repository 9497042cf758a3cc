//! What a deployment and its variants have in common.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::answer::FakeAnswer;
use crate::{
    fake::seed::{script::Script, value::Millis},
    shape::Configuration,
};

/// What can be set on a deployment, and be replaced by a variant. What isn't set is `None`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    pub(crate) provider: Option<String>,
    pub(crate) model: Option<String>,
    #[serde(rename = "type")]
    pub(crate) model_type: Option<String>,
    pub(crate) messages: Option<Vec<Value>>,
    pub(crate) parameters: Option<Map<String, Value>>,
    pub(crate) tools: Option<Vec<Value>>,
    pub(crate) retrievals: Option<Vec<Value>>,
    pub(crate) replies: Option<Vec<FakeAnswer>>,
    pub(crate) tool_reply: Option<FakeAnswer>,
    pub(crate) scripts: Option<Vec<Script>>,
    pub(crate) latency_ms: Option<Millis>,
    pub(crate) pace_ms: Option<Millis>,
}

impl Settings {
    /// What the API tells of a deployment with these settings.
    pub(crate) fn configuration(&self) -> Configuration<'_> {
        let default = Configuration::default();
        Configuration {
            provider: self.provider.as_deref().unwrap_or(default.provider),
            model: self.model.as_deref().unwrap_or(default.model),
            model_type: self.model_type.as_deref().unwrap_or(default.model_type),
            version: default.version,
            messages: self.messages(),
            parameters: self.parameters.clone().unwrap_or_default(),
            tools: self.tools(),
        }
    }

    pub(crate) fn messages(&self) -> &[Value] {
        self.messages.as_deref().unwrap_or_default()
    }

    pub(crate) fn tools(&self) -> &[Value] {
        self.tools.as_deref().unwrap_or_default()
    }

    pub(crate) fn retrievals(&self) -> &[Value] {
        self.retrievals.as_deref().unwrap_or_default()
    }

    /// The answer to a tool's result.
    pub(crate) fn tool_reply(&self) -> FakeAnswer {
        let echo = || FakeAnswer::text("{{tool_result}}");
        self.tool_reply.clone().unwrap_or_else(echo)
    }

    /// These settings, and for what they leave open those of `base`.
    pub(crate) fn over(&self, base: &Self) -> Self {
        let (own, base) = (self.clone(), base.clone());
        Self {
            provider: own.provider.or(base.provider),
            model: own.model.or(base.model),
            model_type: own.model_type.or(base.model_type),
            messages: own.messages.or(base.messages),
            parameters: own.parameters.or(base.parameters),
            tools: own.tools.or(base.tools),
            retrievals: own.retrievals.or(base.retrievals),
            replies: own.replies.or(base.replies),
            tool_reply: own.tool_reply.or(base.tool_reply),
            scripts: own.scripts.or(base.scripts),
            latency_ms: own.latency_ms.or(base.latency_ms),
            pace_ms: own.pace_ms.or(base.pace_ms),
        }
    }
}

/// The setters of a type that has `settings: Settings`.
macro_rules! setters {
    ($name:ident) => {
        impl $name {
            /// Sets the provider and the model. Default: `openai` and `gpt-4o`.
            pub fn model(mut self, provider: impl Into<String>, model: impl Into<String>) -> Self {
                self.settings.provider = Some(provider.into());
                self.settings.model = Some(model.into());
                self
            }

            /// Sets the model's type, such as `chat` (the default), `completion` or `image`.
            pub fn model_type(mut self, model_type: impl Into<String>) -> Self {
                self.settings.model_type = Some(model_type.into());
                self
            }

            /// Adds a message to the prompt. Its content is a template: `{{name}}` stands for the input `name`.
            pub fn message(self, role: impl Into<String>, content: impl Into<String>) -> Self {
                let (role, content) = (role.into(), content.into());
                self.message_json(json!({"role": role, "content": content}))
            }

            /// Adds a message to the prompt in the API's JSON: with parts, tool calls or a tool call's id.
            pub fn message_json(mut self, message: Value) -> Self {
                let messages = &mut self.settings.messages;
                messages.get_or_insert_default().push(message);
                self
            }

            /// Sets a model parameter under its name in the API, such as `temperature` or `maxTokens`.
            pub fn parameter(mut self, name: impl Into<String>, value: Value) -> Self {
                let parameters = &mut self.settings.parameters;
                parameters.get_or_insert_default().insert(name.into(), value);
                self
            }

            /// Adds a function that the model may call. `parameters` is its JSON schema.
            pub fn tool(
                mut self,
                name: impl Into<String>,
                description: impl Into<String>,
                parameters: Value,
            ) -> Self {
                let (name, description) = (name.into(), description.into());
                let function = $crate::shape::function(&name, &description, parameters);
                let tools = &mut self.settings.tools;
                tools.get_or_insert_default().push(function);
                self
            }

            /// Adds a passage of a knowledge base. Answers have it if the request asks for retrievals.
            pub fn retrieval(
                mut self,
                document: impl Into<String>,
                file_name: impl Into<String>,
                page_number: Option<u64>,
                search_score: f64,
            ) -> Self {
                let (document, file_name) = (document.into(), file_name.into());
                let passage = $crate::shape::passage(&document, &file_name, page_number, search_score);
                let retrievals = &mut self.settings.retrievals;
                retrievals.get_or_insert_default().push(passage);
                self
            }

            /// Adds an answer. Several are used one per call, starting over after the last.
            ///
            /// Without any, the answer is the last user message.
            pub fn reply(mut self, reply: impl Into<FakeAnswer>) -> Self {
                let replies = &mut self.settings.replies;
                replies.get_or_insert_default().push(reply.into());
                self
            }

            /// Sets the answer to a conversation that ends with a tool's result. Default: `{{tool_result}}`.
            pub fn tool_reply(mut self, reply: impl Into<FakeAnswer>) -> Self {
                self.settings.tool_reply = Some(reply.into());
                self
            }

            /// Adds a script, which is sent verbatim instead of the replies of invoke and stream: no header is added,
            /// and only its own delays apply. Several are used one per call, starting over after the last.
            ///
            /// Its delays pass on the double's timer. Requests are still checked; mocked answers, get_config and the
            /// list don't change.
            pub fn script(mut self, script: Reply) -> Self {
                let scripts = &mut self.settings.scripts;
                scripts.get_or_insert_default().push($crate::fake::seed::script::Script(script));
                self
            }

            /// Sets the delay of the head of an answer to invoke or stream. Default: none.
            ///
            /// Refusals aren't delayed. The time passes on the double's timer.
            pub fn latency(mut self, latency: Duration) -> Self {
                self.settings.latency_ms = Some($crate::fake::seed::value::Millis(latency));
                self
            }

            /// Sets the delay of each event of a stream, from the head to the first and from each event to the next.
            /// Default: none.
            ///
            /// The time passes on the double's timer.
            pub fn pace(mut self, pace: Duration) -> Self {
                self.settings.pace_ms = Some($crate::fake::seed::value::Millis(pace));
                self
            }
        }
    };
}
pub(super) use setters;
