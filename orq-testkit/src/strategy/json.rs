//! JSON, and objects field by field.

use proptest::{
    collection::vec,
    option::{of, weighted},
    prelude::*,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::text::{name, text};
use crate::guard::fail;

pub(super) type Json = BoxedStrategy<Value>;

/// A field of an object, which may be absent.
pub(super) type Field = (Name, BoxedStrategy<Option<Value>>);

type Name = &'static str;

pub(super) fn always(name: Name, value: impl Strategy<Value = impl Serialize> + 'static) -> Field {
    (name, value.prop_map(|value| Some(json!(value))).boxed())
}

/// There in half of all cases.
pub(super) fn at_times(
    name: Name,
    value: impl Strategy<Value = impl Serialize> + 'static,
) -> Field {
    (name, of(value.prop_map(|value| json!(value))).boxed())
}

/// There in nine of ten cases.
pub(super) fn mostly(name: Name, value: &'static str) -> Field {
    (name, weighted(0.9, Just(json!(value))).boxed())
}

/// A value as a rule; or null, or absent.
pub(super) fn nullable(
    name: Name,
    value: impl Strategy<Value = impl Serialize> + 'static,
) -> Field {
    let value = prop_oneof![1 => Just(json!(null)), 3 => value.prop_map(|value| json!(value))];
    (name, weighted(0.8, value).boxed())
}

pub(super) fn object(fields: impl IntoIterator<Item = Field>) -> Json {
    let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    let object = values.prop_map(move |values| {
        let fields = names.iter().zip(values);
        let fields = fields.filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
        Value::Object(fields.collect())
    });
    object.boxed()
}

/// An object with fields that nobody has heard of yet. As a rule there are none.
pub(super) fn open_object(fields: impl IntoIterator<Item = Field>) -> Json {
    let unknown = weighted(0.2, vec(("new_[a-z]{1,4}", json()), 1..3));
    let object = (object(fields), unknown).prop_map(|(object, unknown)| extended(object, unknown));
    object.boxed()
}

fn extended(mut object: Value, fields: Option<Vec<(String, Value)>>) -> Value {
    if let Value::Object(object) = &mut object {
        object.extend(fields.unwrap_or_default());
    }
    object
}

/// Any object of up to three pairs, and these fields.
pub(super) fn any_object(fields: impl IntoIterator<Item = Field>) -> Json {
    let pairs = vec((name(), json()), 0..4).prop_map(Some);
    let object = (object(fields), pairs).prop_map(|(object, pairs)| extended(object, pairs));
    object.boxed()
}

/// Any JSON value, three levels deep at most.
pub(super) fn json() -> Json {
    let leaf = prop_oneof![scalar(), Just(Value::Null)];
    let tree = leaf.prop_recursive(3, 8, 3, |inner| {
        let pairs = vec((name(), inner.clone()), 0..3);
        prop_oneof![
            vec(inner, 0..3).prop_map(Value::from),
            pairs.prop_map(|pairs| Value::Object(Map::from_iter(pairs))),
        ]
    });
    tree.boxed()
}

/// A text, a number or a truth value.
pub(super) fn scalar() -> Json {
    prop_oneof![
        text().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        number(),
    ]
    .boxed()
}

/// A whole number or a fraction.
pub(super) fn number() -> Json {
    prop_oneof![
        4 => (0_u64..1000).prop_map(Value::from),
        2 => (-1e3..1e3_f64).prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
    ]
    .boxed()
}

/// Reads a value from JSON that it is made of.
#[track_caller]
pub(super) fn read<T: DeserializeOwned>(json: Value) -> T {
    let read = serde_json::from_str(&json.to_string());
    read.unwrap_or_else(|error| fail(&format!("{error} in {json}")))
}
