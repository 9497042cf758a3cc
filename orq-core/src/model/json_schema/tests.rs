use std::collections::{HashMap, HashSet};

use schemars::JsonSchema as Derive;
use serde::Deserialize;
use serde_json::json;

use super::*;

fn schema<T: Derive>() -> Value {
    serde_json::to_value(JsonSchema::of::<T>()).unwrap()
}

#[track_caller]
fn refused<T: Derive>() -> String {
    let request = DeploymentRequest::new("x").response_type::<T>();
    serde_json::to_string(&request).unwrap_err().to_string()
}

/// A place.
#[derive(Derive, Deserialize)]
#[expect(dead_code, reason = "only its schema is used")]
struct Place {
    /// Its name.
    name: String,
    inhabitants: Option<u32>,
    #[serde(default)]
    tags: Vec<String>,
    kind: Kind,
    parts: Vec<Part>,
}

#[derive(Derive, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    City,
    Village,
}

#[derive(Derive, Deserialize)]
#[serde(tag = "type")]
#[expect(dead_code, reason = "only its schema is used")]
enum Part {
    Street { length: f64 },
    Park {},
}

#[test]
fn a_type_has_a_strict_schema() {
    let street = json!({
        "type": "object",
        "properties": {"type": {"type": "string", "const": "Street"}, "length": {"type": "number"}},
        "required": ["length", "type"],
        "additionalProperties": false,
    });
    let park = json!({
        "type": "object",
        "properties": {"type": {"type": "string", "const": "Park"}},
        "required": ["type"],
        "additionalProperties": false,
    });
    let mut written = schema::<Place>();
    for variant in written["schema"]["properties"]["parts"]["items"]["anyOf"]
        .as_array_mut()
        .unwrap()
    {
        let mut required: Vec<_> = variant["required"].as_array().unwrap().clone();
        required.sort_by_key(Value::to_string);
        variant["required"] = required.into();
    }
    assert_eq!(
        written,
        json!({"name": "Place", "strict": true, "schema": {
            "title": "Place",
            "description": "A place.",
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "Its name."},
                "inhabitants": {"type": ["integer", "null"], "minimum": 0},
                "tags": {"type": "array", "items": {"type": "string"}},
                "kind": {"type": "string", "enum": ["city", "village"]},
                "parts": {"type": "array", "items": {"anyOf": [street, park]}},
            },
            "required": written["schema"]["required"],
            "additionalProperties": false,
        }})
    );
    let required = written["schema"]["required"].as_array().unwrap();
    assert_eq!(required.len(), 5, "{required:?}");
}

/// Keywords that only exclude some values, or describe, and aren't in the subset.
#[test]
fn keywords_that_the_subset_lacks_are_left_out() {
    #[derive(Derive, Deserialize)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Narrow {
        set: HashSet<bool>,
        letter: char,
        #[schemars(extend("x-own" = 1), example = 7, range(min = 1, max = 5))]
        number: u8,
        #[deprecated]
        #[schemars(length(min = 1, max = 3), regex(pattern = "^a"))]
        text: String,
    }
    assert_eq!(
        schema::<Narrow>()["schema"]["properties"],
        json!({
            "set": {"type": "array", "items": {"type": "boolean"}},
            "letter": {"type": "string"},
            "number": {"type": "integer", "minimum": 1, "maximum": 5},
            "text": {"type": "string", "pattern": "^a"},
        })
    );
}

#[test]
fn a_name_may_be_that_of_a_keyword() {
    #[derive(Derive, Deserialize)]
    #[schemars(rename = "\u{90fd}\u{5e02}")]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Named {
        #[serde(rename = "$ref")]
        reference: bool,
        #[serde(rename = "allOf")]
        all: bool,
    }
    let schema = schema::<Named>();
    assert_eq!(schema["name"], "answer");
    assert_eq!(
        schema["schema"]["properties"],
        json!({"$ref": {"type": "boolean"}, "allOf": {"type": "boolean"}})
    );
}

#[test]
fn a_type_may_contain_itself() {
    #[derive(Derive, Deserialize)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Tree {
        /// Those below.
        children: Vec<Tree>,
        other: Option<Box<Tree>>,
    }
    let schema = schema::<Tree>();
    let text = schema.to_string();
    assert!(text.contains(r##"{"$ref":"#"##), "{text}");
    assert!(text.contains("additionalProperties"), "{text}");
}

#[test]
fn names_are_those_that_providers_accept() {
    #[derive(Derive, Deserialize)]
    #[schemars(
        rename = "Städte <alle>: ein sehr langer Name, der viel mehr als vierundsechzig Zeichen hat"
    )]
    struct Named {}
    let name = JsonSchema::of::<Named>().name.unwrap();
    assert!(name.starts_with("Stdtealleein"), "{name}");
    assert_eq!(name.len(), LONGEST_NAME);
}

#[test]
fn a_type_that_cannot_be_strict_is_refused() {
    #[derive(Derive, Deserialize)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct With<T> {
        field: T,
    }
    #[derive(Derive, Deserialize)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Flat {
        #[serde(flatten)]
        rest: HashMap<String, u8>,
    }
    #[derive(Derive, Deserialize)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct FlatPart {
        own: u8,
        #[serde(flatten)]
        part: Part,
    }
    #[derive(Derive, Deserialize)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Documented {
        /// What the model likes.
        anything: Option<Value>,
    }
    for (error, why) in [
        (refused::<String>(), "isn't a struct"),
        (refused::<Part>(), "isn't a struct"),
        (refused::<HashMap<String, u8>>(), "the type is a map"),
        (
            refused::<With<HashMap<String, u8>>>(),
            "`field` of the type is a map",
        ),
        (
            refused::<With<Vec<Option<HashMap<String, u8>>>>>(),
            "is a map",
        ),
        (
            refused::<With<Value>>(),
            "`field` of the type may be any JSON",
        ),
        (
            refused::<With<Vec<Value>>>(),
            "an element of `field` of the type may be any JSON",
        ),
        (refused::<With<(u8, u8)>>(), "has `prefixItems`"),
        (refused::<Flat>(), "is a map"),
        (refused::<FlatPart>(), "flattened enum"),
        (
            refused::<Documented>(),
            "`anything` of the type may be any JSON",
        ),
    ] {
        assert!(error.contains(why), "{error}");
    }
}
