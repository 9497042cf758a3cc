//! `{{variables}}` and what they are replaced with.

use std::cell::Cell;

use serde_json::{Map, Value};

/// How many bytes the values of all variables of one request may have together.
const ROOM: usize = 32 * 1024 * 1024;

/// The longest name of a variable in bytes, blanks included. A longer one has no value.
const LONGEST_NAME: usize = 1024;

/// How many bytes the values of variables may still add; `None` once a value didn't fit.
pub(crate) struct Room(Cell<Option<usize>>);

/// The values that a template may ask for.
#[derive(Clone, Copy)]
pub(crate) struct Variables<'a> {
    /// The request's `inputs`. They win over the two below.
    pub(crate) inputs: Option<&'a Map<String, Value>>,
    pub(crate) last_user_message: Option<&'a str>,
    pub(crate) tool_result: Option<&'a str>,
    pub(crate) room: &'a Room,
}

impl Room {
    /// Returns whether every value fitted.
    pub(crate) fn sufficed(&self) -> bool {
        self.0.get().is_some()
    }

    fn take(&self, bytes: usize) -> bool {
        let left = self.0.get().and_then(|left| left.checked_sub(bytes));
        self.0.set(left);
        left.is_some()
    }
}

impl Default for Room {
    fn default() -> Self {
        Self(Cell::new(Some(ROOM)))
    }
}

/// The names of the variables in a template, in order.
pub(crate) fn names(template: &str) -> Vec<String> {
    let ends = template.split_inclusive("}}");
    let names =
        ends.filter_map(|piece| Some(piece.strip_suffix("}}")?.rsplit_once("{{")?.1.trim()));
    let names = names.filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

impl Variables<'_> {
    /// Replaces every `{{name}}` that has a value, in one pass. Blanks inside of the braces don't count.
    ///
    /// Once a value doesn't fit into the [room](Room), nothing more is replaced. The time is linear in the template.
    pub(crate) fn render(&self, template: &str) -> String {
        let mut rendered = String::with_capacity(template.len());
        let mut rest = template;
        // What stands behind the next `}}`, which many `{{` may have in common; `None` if there is no other.
        let mut behind = Some(template);
        while let Some((before, after)) = rest.split_once("{{") {
            rendered.push_str(before);
            rest = after;
            if behind.is_some_and(|behind| behind.len() + 2 > after.len()) {
                behind = after.split_once("}}").map(|(_, behind)| behind);
            }
            let name = behind.and_then(|behind| after.get(..after.len() - behind.len() - 2));
            let name = name.filter(|name| name.len() <= LONGEST_NAME);
            let value = name.and_then(|name| self.get(name.trim()));
            match value.filter(|value| self.room.take(value.len())) {
                Some(value) => {
                    rendered.push_str(&value);
                    rest = behind.unwrap_or_default();
                }
                None => rendered.push_str("{{"),
            }
        }
        rendered.push_str(rest);
        rendered
    }

    /// Renders every string inside of `value`, names of fields excepted.
    pub(crate) fn render_json(&self, value: &Value) -> Value {
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
        if !self.room.sufficed() {
            return None;
        }
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
            room: &Room::default(),
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
    fn names_are_found_once_each_time() {
        assert_eq!(
            names("{{a}} {{ b c }}{{a}} {{{{d}} {{}} }} {{e"),
            ["a", "b c", "a", "d"]
        );
    }

    #[test]
    fn what_has_no_value_stays() {
        assert_eq!(render("{{nobody}} {{name"), "{{nobody}} {{name");
        assert_eq!(render("{{tool_result}}"), "{{tool_result}}");
        assert_eq!(render("{{a {{name}} }}"), "{{a Jane }}");
        assert_eq!(render("{ {name} }"), "{ {name} }");
        assert_eq!(render("{{{name}}} }} {{name}}"), "{{{name}}} }} Jane");
        let long = format!("{{{{{}name}}}} {{{{name}}}}", " ".repeat(LONGEST_NAME));
        assert_eq!(render(&long), long.replace(" {{name}}", " Jane"));
    }

    #[test]
    fn braces_without_end_are_read_once() {
        // Each of these would be searched for its end up to the end of the text, or have a name of half the text.
        let open = "{{".repeat(500_000);
        for text in [
            open.clone(),
            format!("{open}}}}}"),
            format!("{open}{}}}}}", " ".repeat(500_000)),
        ] {
            assert_eq!(render(&text), text);
        }
    }

    #[test]
    fn values_have_so_much_room_together() {
        let inputs = json!({"a": "x".repeat(ROOM / 2), "b": "y"});
        let room = Room::default();
        let variables = Variables {
            inputs: inputs.as_object(),
            last_user_message: None,
            tool_result: None,
            room: &room,
        };
        assert_eq!(variables.render("{{a}}{{a}}").len(), ROOM);
        assert!(room.sufficed());
        assert_eq!(variables.render("{{b}}{{b}}"), "{{b}}{{b}}");
        assert!(!room.sufficed());
    }

    #[test]
    fn a_value_is_not_rendered_again() {
        assert_eq!(render("{{sly}}"), "{{name}}");
    }
}
