//! A deployment's configuration in a few lines.

use orq_core::model::{DeploymentConfig, JsonMap, PromptMessage};

/// The summary, without a line break at its end.
pub(crate) fn of(key: &str, config: &DeploymentConfig) -> String {
    let mut rows = vec![("deployment", key.to_owned())];
    let mut row = |name, value: Option<String>| rows.extend(value.map(|value| (name, value)));
    row("id", config.id.clone());
    row("version", config.version.clone());
    row("provider", text(config.provider.as_ref()));
    row("model", config.model.clone());
    row("type", text(config.model_type.as_ref()));
    row("parameters", parameters(config));
    for tool in config.tools.iter().flatten() {
        let function = tool.function.clone().unwrap_or_default();
        row("tool", function.name.or_else(|| Some("?".to_owned())));
    }
    for message in &config.messages {
        row("message", Some(spoken(message)));
    }
    let lines = rows.iter().map(|(name, value)| {
        // What has several lines goes on below its beginning.
        let value = value.replace('\n', "\n            ");
        format!("{name:<11} {value}").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn text(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn parameters(config: &DeploymentConfig) -> Option<String> {
    let parameters = JsonMap::from_serialize(config.parameters.as_ref()?).ok()?;
    let pairs: Vec<_> = parameters
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    (!pairs.is_empty()).then(|| pairs.join(", "))
}

fn spoken(message: &PromptMessage) -> String {
    let role = message.role.as_ref().map_or("?", |role| role.as_str());
    let content = message.content.as_option();
    let content = content.map(|content| content.text()).unwrap_or_default();
    format!("{role}: {content}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_has_no_line() {
        let config = r#"{
            "model": "gpt-4o", "provider": "newcomer", "parameters": {"temperature": 0.70, "seed": 1},
            "tools": [{"type": "function", "function": {"name": "f"}}],
            "messages": [{"role": "system", "content": "a\nb"}, {"role": "user", "content": null}]
        }"#;
        let config: DeploymentConfig = serde_json::from_str(config).unwrap();
        let expected = "\
deployment  chat
provider    newcomer
model       gpt-4o
parameters  temperature 0.7, seed 1
tool        f
message     system: a
            b
message     user:";
        assert_eq!(of("chat", &config), expected);
    }
}
