//! A tool that a model may call.

use serde::Serialize;

use super::ToolType;
use crate::model::json::object::{object, setters};
use crate::model::{JsonMap, Number};

object! { Strict
    /// A function that a model may call.
    #[derive(Default)]
    pub struct FunctionDefinition {
        /// Its name.
        pub name: Option<String> = "name",
        /// What it does, for the model to read.
        pub description: Option<String> = "description",
        /// Whether the model's arguments must fit the schema exactly.
        pub strict: Option<bool> = "strict",
        /// A JSON Schema of its arguments.
        pub parameters: Option<JsonMap> = "parameters",
    }
}

impl FunctionDefinition {
    /// A function of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }

    /// A JSON Schema of the arguments, from anything that is written as a JSON object. What isn't fails when the
    /// request is sent.
    #[must_use]
    pub fn parameters(mut self, schema: impl Serialize) -> Self {
        self.parameters = self
            .extra
            .settle("parameters", JsonMap::from_serialize(schema));
        self
    }
}

setters!(FunctionDefinition {
    /// What it does, for the model to read.
    description: String,
    /// Whether the model's arguments must fit the schema exactly.
    strict: bool,
});

object! { Strict
    /// A tool that a model may call: in configurations, and in a request's `extra_params.tools`.
    ///
    /// ```
    /// use orq_core::model::{FunctionDefinition, ToolDefinition};
    /// use serde_json::json;
    ///
    /// let tool = ToolDefinition::from(
    ///     FunctionDefinition::new("weather")
    ///         .description("The weather in a city")
    ///         .parameters(json!({"type": "object", "properties": {"city": {"type": "string"}}})),
    /// );
    /// assert_eq!(tool.function.and_then(|function| function.name).as_deref(), Some("weather"));
    /// ```
    #[derive(Default)]
    pub struct ToolDefinition {
        /// The tool's kind.
        pub kind: Option<ToolType> = "type",
        /// The function, if the tool is one.
        pub function: Option<FunctionDefinition> = "function",
        /// Its name in orq's studio, in the list of deployments.
        pub display_name: Option<String> = "display_name",
        /// orq's number of it, in the list of deployments.
        pub id: Option<Number> = "id",
    }
}

impl From<FunctionDefinition> for ToolDefinition {
    fn from(function: FunctionDefinition) -> Self {
        Self {
            kind: Some(ToolType::Function),
            function: Some(function),
            ..Self::default()
        }
    }
}

setters!(ToolDefinition {
    /// Its name in orq's studio.
    display_name: String,
});
