//! The variables of prompts.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde::Serialize;

use crate::model::{DeploymentVersion, RawJson, TemplateEngine, first_value, text_of};

/// The variables of several versions.
#[derive(Default)]
pub(super) struct Variables {
    /// Whether a variable needs an input, by its name.
    pub(super) needs_input: IndexMap<String, bool>,
    /// The words in the tags of templates.
    mentioned: HashSet<String>,
}

impl Variables {
    /// Adds the variables of a version.
    pub(super) fn add(&mut self, version: &DeploymentVersion) {
        for variable in &version.variables {
            let has_value = variable
                .value
                .as_ref()
                .is_some_and(|it| !RawJson::is_empty(it));
            if let Some(name) = variable.key.as_deref().filter(|name| !name.is_empty()) {
                self.expect(name, !has_value);
            }
        }
        let declared = version.variables.iter().filter_map(|it| it.key.as_deref());
        let declared: HashSet<_> = declared.collect();
        let engine = version.settings.as_ref().and_then(|it| it.engine.as_ref());
        let is_text = engine.is_none_or(|engine| *engine == TemplateEngine::Text);
        let has_knowledge = version.knowledge_bases.iter().flatten().next().is_some();
        if is_text && !has_knowledge {
            let messages = version.prompt_config.as_ref().map(|it| &it.messages);
            for text in strings(&messages) {
                let names = between(&text, "{{", "}}").map(str::trim);
                for name in names.filter(|name| is_name(name)) {
                    if !declared.contains(name) {
                        self.expect(name, true);
                    }
                }
            }
        }
        self.mention(mentions(version));
    }

    fn expect(&mut self, name: &str, needs_input: bool) {
        *self.needs_input.entry(name.to_owned()).or_default() |= needs_input;
    }

    pub(super) fn mention(&mut self, words: impl IntoIterator<Item = String>) {
        self.mentioned.extend(words);
    }

    /// Returns whether an input with this name is used.
    pub(super) fn uses(&self, input: &str) -> bool {
        self.mentioned.contains(input)
            || self.needs_input.keys().any(|name| is_given_by(name, input))
    }
}

/// Returns whether an input is the value of this variable, or of an object that it is a field of.
pub(super) fn is_given_by(variable: &str, input: &str) -> bool {
    let rest = variable.strip_prefix(input);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Returns the words, and the names with dots, in the tags of all texts of a value.
pub(super) fn mentions(value: &impl Serialize) -> HashSet<String> {
    let mut words = HashSet::new();
    for text in strings(value) {
        for tag in between(&text, "{{", "}}").chain(between(&text, "{%", "%}")) {
            for name in tag.split(|c| !is_part_of_name(c)) {
                words.extend([name, name.split('.').next().unwrap_or_default()].map(str::to_owned));
            }
        }
    }
    words.remove("");
    words
}

/// Returns the texts between two marks. An opening mark within one begins it anew.
fn between<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.split_inclusive(close).filter_map(move |piece| {
        let (_, inner) = piece.strip_suffix(close)?.rsplit_once(open)?;
        Some(inner)
    })
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_part_of_name)
}

fn is_part_of_name(c: char) -> bool {
    // Marks of other scripts, such as accents and signs of vowels, aren't alphanumeric.
    c.is_ascii_alphanumeric()
        || matches!(c, '_' | '-' | '.')
        || !(c.is_ascii() || c.is_whitespace())
}

/// Returns all strings in a value, but for the keys of objects. They are searched for in its JSON: a `serde_json::Value`
/// doesn't hold every number, nor any depth.
fn strings(value: &impl Serialize) -> Vec<String> {
    let json = serde_json::to_string(value).unwrap_or_default();
    let (mut found, mut rest) = (Vec::new(), json.as_str());
    while let Some((string, after)) = rest.find('"').and_then(|at| first_value(rest.get(at..)?)) {
        if !after.starts_with(':') {
            found.extend(text_of(string));
        }
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn version(value: Value) -> DeploymentVersion {
        serde_json::from_value::<DeploymentVersion>(value).unwrap()
    }

    /// The variables of a version with these fields and this message, with a `?` if they need no input.
    fn variables(mut fields: Value, message: Value) -> Vec<String> {
        fields["prompt_config"] = json!({ "messages": [{ "role": "user", "content": message }] });
        let mut variables = Variables::default();
        variables.add(&version(fields));
        let shown = |(name, needs_input): (String, bool)| match needs_input {
            true => name,
            false => name + "?",
        };
        variables.needs_input.into_iter().map(shown).collect()
    }

    #[test]
    fn names_in_texts() {
        let found = |text: &str| variables(json!({}), json!(text));
        assert_eq!(
            found("{{a}} {{ b_1 }}\n{{\n\tc\n}} {{a}}"),
            ["a", "b_1", "c"]
        );
        assert_eq!(
            found("{{user.name}} {{naïve-日}}"),
            ["user.name", "naïve-日"]
        );
        assert_eq!(found("{{{raw}}} {{a {{b}} }}"), ["raw", "b"]);
        assert_eq!(
            found("{{}} {{ }} {{a b}} {{snippet:x}} { {c} } {{\"d\": 1}}"),
            [""; 0]
        );
        assert_eq!(found("{{a"), [""; 0]);
        assert_eq!(found("a}} }} {{b}}"), ["b"]);
        let many = "{{".repeat(500_000) + &"}}".repeat(500_000);
        assert_eq!(found(&many), [""; 0]);
    }

    #[test]
    fn names_in_parts() {
        let parts = json!([
            { "type": "text", "text": "{{a}}" },
            { "type": "image_url", "image_url": { "url": "{{b}}" } },
            { "type": "later", "deep": [{ "c": "{{c}}" }] },
        ]);
        assert_eq!(variables(json!({}), parts), ["a", "b", "c"]);
    }

    #[test]
    fn declared_variables_and_their_values() {
        let declared = json!({ "variables": [
            { "key": "a" }, { "key": "b", "value": "" }, { "key": "c", "value": null },
            { "key": "d", "value": "x" }, { "key": "e", "value": 0 }, { "key": "" }, {},
        ] });
        assert_eq!(
            variables(declared, json!("{{d}} {{f}}")),
            ["a", "b", "c", "d?", "e?", "f"]
        );
    }

    #[test]
    fn a_variable_with_a_value_in_one_version_only_needs_an_input() {
        for values in [[json!("x"), json!(null)], [json!(null), json!("x")]] {
            let mut variables = Variables::default();
            for value in values {
                variables.add(&version(
                    json!({ "variables": [{ "key": "a", "value": value }] }),
                ));
            }
            assert_eq!(variables.needs_input.get("a"), Some(&true));
        }
    }

    #[test]
    fn only_declared_ones_where_a_name_may_be_something_else() {
        for fields in [
            json!({ "settings": { "engine": "jinja" } }),
            json!({ "settings": { "engine": "mustache" } }),
            json!({ "settings": { "engine": "later" } }),
            json!({ "knowledge_bases": [{ "knowledge_id": "k" }] }),
        ] {
            assert_eq!(
                variables(fields.clone(), json!("{{a}}")),
                [""; 0],
                "{fields}"
            );
        }
        for fields in [
            json!({ "settings": { "engine": "text" } }),
            json!({ "settings": {} }),
            json!({ "knowledge_bases": [] }),
        ] {
            assert_eq!(variables(fields.clone(), json!("{{a}}")), ["a"], "{fields}");
        }
    }

    #[test]
    fn names_may_be_of_any_script() {
        for name in ["städte", "pre\u{301}nom", "नाम", "名前", "имя-2"] {
            let message = json!(format!("{{{{ {name} }}}}"));
            assert_eq!(variables(json!({}), message.clone()), [name]);
            assert!(mentions(&message).contains(name), "{name}");
        }
    }

    /// A number that no type holds, a lone surrogate, and many levels.
    #[test]
    fn other_json_hides_no_names() {
        let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
        for other in [
            "1e999",
            "\"\\ud800 {{a}}\"",
            &deep,
            "\"\\\\\"",
            "{\"{{key}}\" : 1}",
        ] {
            let text = format!(
                r#"{{"other": {other}, "prompt_config": {{"messages": [
                    {{"role": "user", "content": "\u007b{{{{a}}}}", "other": {other}}}]}}}}"#
            );
            let version: DeploymentVersion = serde_json::from_str(&text).unwrap();
            let mut variables = Variables::default();
            variables.add(&version);
            let names: Vec<_> = variables.needs_input.keys().collect();
            assert_eq!(names, ["a"], "{other}");
            assert!(variables.uses("a"), "{other}");
        }
    }

    #[test]
    fn an_input_is_used_by_any_tag() {
        let mut variables = Variables::default();
        variables.add(&version(json!({
            "variables": [{ "key": "user.name" }],
            "prompt_config": { "messages": [
                { "content": "{% if premium %}{{ tier | upper }}{% endif %} {{#items}}{{price.net}}{{/items}} plain" },
            ] },
            "knowledge_bases": [{ "configuration": { "query": "{{topic}}" } }],
            "settings": { "engine": "jinja" },
        })));
        for used in [
            "user",
            "user.name",
            "premium",
            "tier",
            "items",
            "price",
            "topic",
        ] {
            assert!(variables.uses(used), "{used}");
        }
        for unused in ["plain", "name", "use", "net", "tie"] {
            assert!(!variables.uses(unused), "{unused}");
        }
    }
}
