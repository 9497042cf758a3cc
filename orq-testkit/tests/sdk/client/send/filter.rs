//! A knowledge filter, said with the client's builder.

use orq_core::model::{KnowledgeFilter, KnowledgeFilterBuilder, Number};
use serde_json::Value;

use crate::{Result, given::Given};

pub(crate) fn knowledge_filter(mut given: Given) -> Result<KnowledgeFilter> {
    if let Some(filters) = given.list("and")? {
        given.finish()?;
        return Ok(KnowledgeFilter::all(each(filters)?));
    }
    if let Some(filters) = given.list("or")? {
        given.finish()?;
        return Ok(KnowledgeFilter::any(each(filters)?));
    }
    fields(given)
}

fn each(filters: Vec<Value>) -> Result<Vec<KnowledgeFilter>> {
    let filters = filters.into_iter();
    filters
        .map(|filter| fields(Given::new("filter", filter)?))
        .collect()
}

fn fields(given: Given) -> Result<KnowledgeFilter> {
    let mut filter: Option<KnowledgeFilterBuilder> = None;
    for (name, conditions) in given.into_pairs() {
        let field = match filter {
            None => KnowledgeFilter::field(&name),
            Some(filter) => filter.field(&name),
        };
        let conditions = Given::new(&name, conditions)?.into_pairs();
        filter = Some(conditions.iter().try_fold(field, condition)?);
    }
    Ok(filter.ok_or("a filter without fields")?.into())
}

fn condition(
    field: KnowledgeFilterBuilder,
    (operator, value): (&String, &Value),
) -> Result<KnowledgeFilterBuilder> {
    Ok(match operator.as_str() {
        "eq" => field.eq(value),
        "ne" => field.ne(value),
        "gt" => field.gt(number(value)?),
        "gte" => field.gte(number(value)?),
        "lt" => field.lt(number(value)?),
        "lte" => field.lte(number(value)?),
        "in" => field.one_of(list(value)?),
        "nin" => field.not_in(list(value)?),
        other => return Err(format!("{other} is no operator").into()),
    })
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    let list = value.as_array();
    list.ok_or_else(|| format!("{value} is no list").into())
}

pub(crate) fn number(value: &Value) -> Result<Number> {
    let whole = value.as_u64().map(Number::from);
    let whole = whole.or_else(|| value.as_i64().map(Number::from));
    let number = whole.or_else(|| value.as_f64().map(Number::from));
    number.ok_or_else(|| format!("{value} is no number").into())
}
