//! Knowledge filters.

use orq_core::model::{FieldFilter, FilterCondition, FilterOperator, FilterValue, KnowledgeFilter};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::select,
};

use super::{
    json::number,
    text::{name, text},
};

/// Conditions on fields, or several such joined by `and` or `or`: one level, as orq's schema has it.
pub(super) fn knowledge_filter() -> impl Strategy<Value = KnowledgeFilter> {
    prop_oneof![
        2 => fields(),
        1 => vec(fields(), 1..3).prop_map(KnowledgeFilter::All),
        1 => vec(fields(), 1..3).prop_map(KnowledgeFilter::Any),
    ]
}

fn fields() -> impl Strategy<Value = KnowledgeFilter> {
    btree_map(name(), conditions(), 1..3).prop_map(|fields| {
        let field = |(name, conditions)| {
            let mut field = FieldFilter::new(name);
            field.conditions = conditions;
            field
        };
        KnowledgeFilter::Fields(fields.into_iter().map(field).collect())
    })
}

/// One condition; or both ends of a range.
fn conditions() -> impl Strategy<Value = Vec<FilterCondition>> {
    use FilterOperator::{Eq, Gt, Gte, In, Lt, Lte, Ne, Nin};
    let list = vec(scalar(), 0..3).prop_map(FilterValue::List);
    prop_oneof![
        condition(&[Eq, Ne], scalar()),
        condition(&[Gt, Gte, Lt, Lte], number().prop_map(FilterValue::Number)),
        condition(&[In, Nin], list),
        (number(), number()).prop_map(|(from, to)| vec![
            FilterCondition::new(Gte, from),
            FilterCondition::new(Lt, to)
        ]),
    ]
}

fn condition(
    operators: &[FilterOperator],
    value: impl Strategy<Value = FilterValue>,
) -> impl Strategy<Value = Vec<FilterCondition>> {
    (select(operators.to_vec()), value)
        .prop_map(|(operator, value)| vec![FilterCondition::new(operator, value)])
}

fn scalar() -> impl Strategy<Value = FilterValue> {
    prop_oneof![
        text().prop_map(FilterValue::String),
        number().prop_map(FilterValue::Number),
        any::<bool>().prop_map(FilterValue::Bool),
    ]
}
