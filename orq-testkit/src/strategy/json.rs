//! Free-form JSON.

use orq_core::model::{JsonMap, Number, RawJson};
use proptest::{collection::vec, prelude::*};
use serde::Serialize;

use super::text::{name, text};

/// Any JSON value, three levels deep at most.
pub(super) fn json() -> impl Strategy<Value = RawJson> {
    let leaf = prop_oneof![
        text().prop_map(written),
        any::<bool>().prop_map(written),
        number().prop_map(written),
        Just(written(())),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(written),
            vec((name(), inner), 0..3).prop_map(|pairs| written(JsonMap::from_iter(pairs))),
        ]
    })
}

#[allow(
    clippy::expect_used,
    reason = "none of these values has a key or a number that JSON doesn't have"
)]
fn written(value: impl Serialize) -> RawJson {
    RawJson::new(value).expect("a value that can be written as JSON")
}

/// An object of up to three pairs.
pub(super) fn json_map() -> impl Strategy<Value = JsonMap> {
    vec((name(), json()), 0..4).prop_map(JsonMap::from_iter)
}

/// Fields that nobody has heard of yet. As a rule there are none.
pub(super) fn unknown_fields() -> impl Strategy<Value = JsonMap> {
    let field = ("new_[a-z]{1,4}", json());
    prop_oneof![
        5 => Just(JsonMap::new()),
        1 => vec(field, 1..3).prop_map(JsonMap::from_iter),
    ]
}

/// A whole number or a fraction.
pub(super) fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        4 => (0_u64..1000).prop_map(Number::from),
        2 => (-1e3..1e3_f64).prop_map(Number::from),
        1 => any::<u64>().prop_map(Number::from),
        1 => any::<i64>().prop_map(Number::from),
    ]
}

/// A count, as a rule a small one.
pub(super) fn count() -> impl Strategy<Value = u64> {
    prop_oneof![5 => 0_u64..10_000, 1 => any::<u64>()]
}
