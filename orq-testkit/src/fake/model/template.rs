//! `{{variables}}` and what they are replaced with.

use serde_json::{Map, Value};

/// The values that a template may ask for.
#[derive(Clone, Copy, Default)]
pub(in crate::fake) struct Variables<'a> {
    /// The request's `inputs`. They win over the two below.
    pub(in crate::fake) inputs: Option<&'a Map<String, Value>>,
    pub(in crate::fake) last_user_message: Option<&'a str>,
    pub(in crate::fake) tool_result: Option<&'a str>,
}

impl Variables<'_> {
    /// Replaces every `{{name}}` that has a value, in one pass. Blanks inside of the braces don't count.
    pub(in crate::fake) fn render(&self, template: &str) -> String {
        let mut rendered = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            rendered.push_str(before);
            let found = after
                .split_once("}}")
                .and_then(|(name, behind)| Some((self.get(name.trim())?, behind)));
            match found {
                Some((value, behind)) => {
                    rendered.push_str(&value);
                    rest = behind;
                }
                None => {
                    rendered.push_str("{{");
                    rest = after;
                }
            }
        }
        rendered.push_str(rest);
        rendered
    }

    /// Renders every string inside of `value`, names of fields excepted.
    pub(in crate::fake) fn render_json(&self, value: &Value) -> Value {
        match value {
            Value::String(template) => Value::String(self.render(template)),
            Value::Array(items) => items.iter().map(|item| self.render_json(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), self.render_json(value)))
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn get(&self, name: &str) -> Option<String> {
        if let Some(value) = self.inputs.and_then(|inputs| inputs.get(name)) {
            return Some(match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
        }
        match name {
            "last_user_message" => self.last_user_message.map(str::to_owned),
            "tool_result" => self.tool_result.map(str::to_owned),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn render(template: &str) -> String {
        let inputs = json!({"name": "Jane", "age": 42, "tags": ["a"], "sly": "{{name}}"});
        let variables = Variables {
            inputs: inputs.as_object(),
            last_user_message: Some("hi"),
            tool_result: None,
        };
        variables.render(template)
    }

    #[test]
    fn variables_are_replaced_by_inputs() {
        assert_eq!(render("Dear {{name}}, {{ age }}!"), "Dear Jane, 42!");
        assert_eq!(render("{{tags}}"), r#"["a"]"#);
        assert_eq!(render("{{last_user_message}}"), "hi");
    }

    #[test]
    fn what_has_no_value_stays() {
        assert_eq!(render("{{nobody}} {{name"), "{{nobody}} {{name");
        assert_eq!(render("{{tool_result}}"), "{{tool_result}}");
        assert_eq!(render("{{a {{name}} }}"), "{{a Jane }}");
        assert_eq!(render("{ {name} }"), "{ {name} }");
    }

    #[test]
    fn a_value_is_not_rendered_again() {
        assert_eq!(render("{{sly}}"), "{{name}}");
    }
}
