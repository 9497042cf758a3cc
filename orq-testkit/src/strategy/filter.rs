//! Knowledge filters.

use orq_core::model::{JsonMap, KnowledgeFilter};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::select,
};
use serde_json::{Value, json};

use super::{
    json::number,
    text::{name, text},
};

/// Conditions on fields, or several such joined by `and` or `or`: one level, as orq's schema has it.
pub(super) fn knowledge_filter() -> impl Strategy<Value = KnowledgeFilter> {
    prop_oneof![
        2 => fields(),
        1 => vec(fields(), 1..3).prop_map(KnowledgeFilter::all),
        1 => vec(fields(), 1..3).prop_map(KnowledgeFilter::any),
    ]
}

fn fields() -> impl Strategy<Value = KnowledgeFilter> {
    btree_map(name(), conditions(), 1..3)
        .prop_map(|fields| KnowledgeFilter::from(JsonMap::from_iter(fields)))
}

/// One condition; or both ends of a range.
fn conditions() -> impl Strategy<Value = JsonMap> {
    let list = vec(scalar(), 0..3).prop_map(Value::from);
    prop_oneof![
        condition(&["eq", "ne"], scalar()),
        condition(&["gt", "gte", "lt", "lte"], number().prop_map(|n| json!(n))),
        condition(&["in", "nin"], list),
        (number(), number())
            .prop_map(|(from, to)| [("gte", from), ("lt", to)].into_iter().collect()),
    ]
}

fn condition(
    operators: &'static [&'static str],
    value: impl Strategy<Value = Value>,
) -> impl Strategy<Value = JsonMap> {
    (select(operators), value).prop_map(|condition| JsonMap::from_iter([condition]))
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(Value::from),
        number().prop_map(|n| json!(n)),
        any::<bool>().prop_map(Value::from),
    ]
}
