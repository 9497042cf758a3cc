//! A variant of a deployment, chosen by the request's context.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    answer::FakeAnswer,
    settings::{Settings, setters},
};
use crate::reply::Reply;

/// Settings of a [`FakeDeployment`](crate::FakeDeployment) for certain contexts.
///
/// A variant applies if each of its conditions holds: the request's `context` has the key with the condition's value. A
/// list on either side stands for any of its items, so `["staging", "test"]` holds for `"staging"`, and `"staging"` for
/// `["production", "staging"]`. Of several variants that apply, the first one is used; if none applies, the
/// deployment's own settings are.
///
/// What a variant sets replaces what the deployment has (messages, replies and so on as a whole); the rest stays.
#[derive(Clone, Debug)]
#[must_use]
pub struct FakeVariant {
    pub(crate) when: Map<String, Value>,
    pub(crate) settings: Settings,
}

setters!(FakeVariant);

impl FakeVariant {
    /// Creates a variant for requests whose context has `value` (or one of its items) under `key`.
    ///
    /// The client's environment is the context's `environments`.
    pub fn when(key: impl Into<String>, value: impl Into<Value>) -> Self {
        let variant = Self {
            when: Map::new(),
            settings: Settings::default(),
        };
        variant.and(key, value)
    }

    /// Adds a condition, which must hold too.
    pub fn and(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.when.insert(key.into(), value.into());
        self
    }

    pub(crate) fn applies(&self, context: Option<&Map<String, Value>>) -> bool {
        let holds = |(key, wanted): (&String, &Value)| {
            let given = context.and_then(|context| context.get(key));
            given.is_some_and(|given| items(given).iter().any(|item| items(wanted).contains(item)))
        };
        self.when.iter().all(holds)
    }
}

/// A list's items, or the one value.
fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applies(variant: &FakeVariant, context: Value) -> bool {
        variant.applies(context.as_object())
    }

    #[test]
    fn a_value_or_any_item_of_a_list_will_do() {
        let one = FakeVariant::when("environments", "staging");
        assert!(applies(&one, json!({"environments": "staging", "more": 1})));
        assert!(applies(
            &one,
            json!({"environments": ["production", "staging"]})
        ));
        assert!(!applies(&one, json!({"environments": "production"})));
        assert!(!applies(&one, json!({"environments": []})));
        assert!(!applies(&one, json!({})));
        assert!(!one.applies(None));

        let list = FakeVariant::when("environments", json!(["staging", "test"]));
        assert!(applies(&list, json!({"environments": "test"})));
        assert!(applies(&list, json!({"environments": ["test", "x"]})));
        assert!(!applies(&list, json!({"environments": ["x"]})));
    }

    #[test]
    fn all_conditions_must_hold() {
        let both = FakeVariant::when("locale", "nl").and("beta", true);
        assert!(applies(&both, json!({"locale": "nl", "beta": true})));
        assert!(!applies(&both, json!({"locale": "nl"})));
        assert!(!applies(&both, json!({"locale": "nl", "beta": "true"})));
    }
}
