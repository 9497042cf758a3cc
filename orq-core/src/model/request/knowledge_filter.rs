//! Which documents may be retrieved.

use serde::de::Error;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{FilterValue, KnowledgeFilterBuilder};
use crate::model::RawJson;
use crate::model::json::object::deserialize;
use crate::model::json::open_enum::open_enum;
use crate::model::json::{Members, Reader, Wire};

open_enum! {
    /// How a knowledge filter compares.
    pub enum FilterOperator {
        Eq = "eq",
        Ne = "ne",
        Gt = "gt",
        Gte = "gte",
        Lt = "lt",
        Lte = "lte",
        In = "in",
        Nin = "nin",
    }
}

/// How deep filters inside filters are followed.
const MAX_DEPTH: usize = 32;

/// Which documents of a knowledge base may be retrieved, by their metadata.
///
/// Conditions on fields, or several filters joined by `and` or `or`. Several conditions on one field are all sent.
///
/// ```
/// use orq_core::model::KnowledgeFilter;
///
/// let recent = KnowledgeFilter::field("year").gte(2020).lt(2026).field("kind").one_of(["manual", "faq"]);
/// let filter = KnowledgeFilter::any([recent, KnowledgeFilter::field("pinned").eq(true)]);
/// assert_eq!(
///     serde_json::to_string(&filter)?,
///     r#"{"or":[{"year":{"gte":2020,"lt":2026},"kind":{"in":["manual","faq"]}},{"pinned":{"eq":true}}]}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum KnowledgeFilter {
    /// Every condition on every field must hold.
    Fields(Vec<FieldFilter>),
    /// `and`: every filter must match.
    All(Vec<KnowledgeFilter>),
    /// `or`: one filter must match.
    Any(Vec<KnowledgeFilter>),
    /// A filter of another shape, as it is on the wire.
    Other(RawJson),
}

/// The conditions on one field of a document's metadata.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FieldFilter {
    /// The field's name.
    pub field: String,
    /// What must hold for it.
    pub conditions: Vec<FilterCondition>,
}

/// One condition on a field.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FilterCondition {
    /// How to compare.
    pub operator: FilterOperator,
    /// What to compare with.
    pub value: FilterValue,
}

impl FieldFilter {
    /// A field without conditions.
    pub fn new(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            conditions: Vec::new(),
        }
    }
}

impl FilterCondition {
    /// A condition.
    pub fn new(operator: impl Into<FilterOperator>, value: impl Into<FilterValue>) -> Self {
        Self {
            operator: operator.into(),
            value: value.into(),
        }
    }
}

impl KnowledgeFilter {
    /// Conditions on a field, to be said next. A field without any is sent without any, and orq refuses it.
    pub fn field(name: impl Into<String>) -> KnowledgeFilterBuilder {
        KnowledgeFilterBuilder::new(name)
    }

    /// Every one of the filters must match. Filters that are themselves joined by `and` are taken in as equals,
    /// because orq's schema has one level only.
    pub fn all(filters: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        let mut all = Vec::new();
        for filter in filters {
            match filter.into() {
                Self::All(inner) => all.extend(inner),
                filter => all.push(filter),
            }
        }
        Self::All(all)
    }

    /// One of the filters must match.
    pub fn any(filters: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        let mut any = Vec::new();
        for filter in filters {
            match filter.into() {
                Self::Any(inner) => any.extend(inner),
                filter => any.push(filter),
            }
        }
        Self::Any(any)
    }

    /// The filter if all of it has the shape we know; `None` if any of it hasn't.
    fn read_known<E: Error>(raw: &RawValue, reader: &mut Reader) -> Result<Option<Self>, E> {
        let Members(pairs) = Members::read(raw, reader)?;
        if let [(key, list)] = pairs.as_slice()
            && list.get().starts_with('[')
        {
            let join = match key.as_ref() {
                "and" => Self::All,
                "or" => Self::Any,
                _ => return Ok(None),
            };
            return match Vec::read_raw(list, reader) {
                Ok(filters) => Ok(Some(join(filters))),
                Err(error) if reader.is_typed() => Err(error),
                Err(_) => Ok(None),
            };
        }
        let mut fields = Vec::new();
        for (name, operators) in pairs {
            if !operators.get().starts_with('{') {
                return Ok(None);
            }
            let mut field = FieldFilter::new(name);
            for (operator, value) in Members::read(operators, reader)?.0 {
                field.conditions.push(FilterCondition::new(
                    operator.as_ref(),
                    FilterValue::read_raw::<E>(value, reader)?,
                ));
            }
            fields.push(field);
        }
        Ok(Some(Self::Fields(fields)))
    }
}

/// As JSON: the order of fields and conditions makes no difference.
impl PartialEq for KnowledgeFilter {
    fn eq(&self, other: &Self) -> bool {
        let json = |filter| RawJson::new(filter).map_err(|error| error.to_string());
        json(self) == json(other)
    }
}

impl Serialize for KnowledgeFilter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (key, filters) = match self {
            Self::Fields(fields) => {
                return serializer.collect_map(
                    fields
                        .iter()
                        .map(|field| (&field.field, Conditions(&field.conditions))),
                );
            }
            Self::Other(raw) => return raw.serialize(serializer),
            Self::All(filters) => ("and", filters),
            Self::Any(filters) => ("or", filters),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(key, filters)?;
        map.end()
    }
}

struct Conditions<'a>(&'a [FilterCondition]);

impl Serialize for Conditions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .iter()
                .map(|condition| (condition.operator.as_str(), &condition.value)),
        )
    }
}

impl Wire for KnowledgeFilter {
    const EXPECTED: &'static str = "an object";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        if reader.depth == MAX_DEPTH {
            return Ok(Self::Other(raw.into()));
        }
        reader.depth += 1;
        let known = Self::read_known(raw, reader);
        reader.depth -= 1;
        Ok(known?.unwrap_or_else(|| Self::Other(raw.into())))
    }
}

deserialize!(Strict KnowledgeFilter);
