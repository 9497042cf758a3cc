//! The schemas of annotations and feedback.

use serde_json::Value;

use super::{
    issue::Issue,
    schema::{
        Schema::{self, Array, Object, Rating, Text},
        optional, required,
    },
};

const MOST_ANNOTATIONS: usize = 10;
const LONGEST_TEXT: usize = 200;

const METADATA: Schema = Object(&[optional("identity_id", Text)]);

const ANNOTATIONS: Schema = Object(&[
    required("annotations", Array(&ANNOTATION)),
    optional("metadata", METADATA),
]);

const ANNOTATION: Schema = Object(&[
    optional("key parent_annotation_id explanation", Text),
    required("value", Rating),
]);

const DELETION: Schema = Object(&[
    optional("keys parent_annotation_ids", Array(&Text)),
    optional("metadata", METADATA),
]);

const FEEDBACK: Schema = Object(&[
    required("property trace_id", Text),
    required("value", Rating),
    optional("id product", Text),
]);

/// Checks annotations to create.
pub(in crate::fake) fn annotations(body: &Value) -> Vec<Issue> {
    let mut issues = ANNOTATIONS.check(body);
    if !issues.is_empty() {
        return issues;
    }
    let annotations = body.get("annotations").and_then(Value::as_array);
    let annotations = annotations.map(Vec::as_slice).unwrap_or_default();
    if !(1..=MOST_ANNOTATIONS).contains(&annotations.len()) {
        let why = format!(
            "expected 1 to {MOST_ANNOTATIONS}, got {}",
            annotations.len()
        );
        return vec![Issue::new("annotations", why)];
    }
    for (index, annotation) in annotations.iter().enumerate() {
        let path = format!("annotations[{index}]");
        let named = ["key", "parent_annotation_id"].map(|name| annotation.get(name).is_some());
        if named == [false, false] {
            issues.push(Issue::new(
                path.as_str(),
                "expected one of key, parent_annotation_id",
            ));
        }
        let value = annotation.get("value").unwrap_or(&Value::Null);
        let texts = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        let mut texts = texts.iter().filter_map(Value::as_str);
        if texts.any(|text| text.chars().count() > LONGEST_TEXT) {
            let why = format!("has more than {LONGEST_TEXT} characters");
            issues.push(Issue::new(format!("{path}.value"), why));
        }
    }
    issues
}

/// Checks annotations to delete.
pub(in crate::fake) fn deletion(body: &Value) -> Vec<Issue> {
    DELETION.check(body)
}

/// Checks feedback.
pub(in crate::fake) fn feedback(body: &Value) -> Vec<Issue> {
    let mut issues = FEEDBACK.check(body);
    if body.get("value").is_some_and(Value::is_boolean) {
        issues.push(Issue::new("value", "must not be a boolean"));
    }
    issues
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(issues: &[Issue]) -> Vec<String> {
        issues.iter().map(Issue::to_string).collect()
    }

    #[test]
    fn what_the_api_takes_passes() {
        for value in [
            json!("x".repeat(200)),
            json!(["a"]),
            json!(1.5),
            json!(true),
        ] {
            let body = json!({"annotations": [
                {"key": "k", "value": value}, {"parent_annotation_id": "e", "value": value, "explanation": "x"},
            ], "metadata": {"identity_id": "i"}});
            assert_eq!(found(&annotations(&body)), [""; 0], "{value}");
        }
        assert_eq!(
            found(&deletion(
                &json!({"keys": ["k"], "parent_annotation_ids": []})
            )),
            [""; 0]
        );
        let body =
            json!({"property": "p", "value": ["x"], "trace_id": "t", "product": "deployments"});
        assert_eq!(found(&feedback(&body)), [""; 0]);
    }

    #[test]
    fn each_broken_field_is_an_issue() {
        let one = |annotation: Value| json!({"annotations": [annotation]});
        for (body, expected) in [
            (json!({}), "annotations: is required"),
            (
                json!({"annotations": []}),
                "annotations: expected 1 to 10, got 0",
            ),
            (
                json!({"annotations": vec![json!({"key": "k", "value": 1}); 11]}),
                "annotations: expected 1 to 10, got 11",
            ),
            (
                one(json!({"key": "k"})),
                "annotations[0].value: is required",
            ),
            (
                one(json!({"value": 1})),
                "annotations[0]: expected one of key, parent_annotation_id",
            ),
            (
                one(json!({"key": "k", "value": ["x", "é".repeat(201)]})),
                "annotations[0].value: has more than 200 characters",
            ),
            (
                one(json!({"key": "k", "value": {}})),
                "annotations[0].value: expected a string, a number, a boolean or an array, got an object",
            ),
            (
                one(json!({"key": "k", "value": [1]})),
                "annotations[0].value[0]: expected a string, got a number",
            ),
        ] {
            assert_eq!(found(&annotations(&body)), [expected], "{body}");
        }
        let body = json!({"keys": "k"});
        assert_eq!(
            found(&deletion(&body)),
            ["keys: expected an array, got \"k\""]
        );
        let body = json!({"property": "p", "value": true, "trace_id": "t"});
        assert_eq!(found(&feedback(&body)), ["value: must not be a boolean"]);
    }
}
