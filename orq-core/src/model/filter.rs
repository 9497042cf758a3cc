//! Which documents may be retrieved.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::json::object::deserialize;
use crate::model::json::open_enum::open_enum;
use crate::model::json::{Number, RawJson, ReadError, Reader, Wire};

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
    fn read_known(raw: &RawValue, reader: &mut Reader) -> Result<Option<Self>, ReadError> {
        let pairs = reader.object(raw)?;
        if let [(key, list)] = pairs.as_slice()
            && list.get().starts_with('[')
        {
            let join = match key.as_ref() {
                "and" => Self::All,
                "or" => Self::Any,
                _ => return Ok(None),
            };
            let mut filters = Vec::new();
            for element in reader.array(list)? {
                match Self::read(element, reader) {
                    Ok(filter) => filters.push(filter),
                    Err(_) => return Ok(None),
                }
            }
            return Ok(Some(join(filters)));
        }
        let mut fields = Vec::new();
        for (name, operators) in pairs {
            if !operators.get().starts_with('{') {
                return Ok(None);
            }
            let mut field = FieldFilter::new(name);
            for (operator, value) in reader.object(operators)? {
                field.conditions.push(FilterCondition::new(
                    operator.as_ref(),
                    FilterValue::read(value, reader)?,
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
        RawJson::new(self) == RawJson::new(other)
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
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        let known = reader
            .nested(|reader| Self::read_known(raw, reader))
            .transpose()?
            .flatten();
        Ok(known.unwrap_or_else(|| Self::Other(raw.into())))
    }
}

deserialize!(Strict KnowledgeFilter);

/// What a knowledge filter compares a field with.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FilterValue {
    /// Text.
    String(String),
    /// A number.
    Number(Number),
    /// True or false.
    Bool(bool),
    /// Several values, for `in` and `nin`.
    List(Vec<FilterValue>),
    /// Anything else, as it is on the wire.
    Other(RawJson),
}

impl From<&str> for FilterValue {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for FilterValue {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<bool> for FilterValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

macro_rules! from_numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for FilterValue {
            fn from(value: $number) -> Self {
                Self::Number(value.into())
            }
        }
    )*};
}

from_numbers!(
    Number, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64
);

impl Serialize for FilterValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::String(value) => value.serialize(serializer),
            Self::Number(value) => value.serialize(serializer),
            Self::Bool(value) => value.serialize(serializer),
            Self::List(values) => values.serialize(serializer),
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

impl FilterValue {
    /// What has no variant of its own is kept as it is: lists of lists, numbers that don't fit.
    fn read_scalar(raw: &RawValue, reader: &mut Reader) -> Self {
        let known = match raw.get().bytes().next() {
            Some(b'"') => String::read(raw, reader).map(Self::String),
            Some(b't' | b'f') => bool::read(raw, reader).map(Self::Bool),
            Some(b'0'..=b'9' | b'-') => Number::read(raw, reader).map(Self::Number),
            _ => return Self::Other(raw.into()),
        };
        known.unwrap_or_else(|_| Self::Other(raw.into()))
    }
}

impl Wire for FilterValue {
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        if !raw.get().starts_with('[') {
            return Ok(Self::read_scalar(raw, reader));
        }
        let elements = reader.array(raw)?;
        Ok(Self::List(
            elements
                .into_iter()
                .map(|element| Self::read_scalar(element, reader))
                .collect(),
        ))
    }
}

deserialize!(Strict FilterValue);
