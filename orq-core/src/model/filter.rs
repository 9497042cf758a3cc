//! Filters by which documents are retrieved from knowledge bases.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::json::object::deserialize;
use crate::model::json::open_enum::open_enum;
use crate::model::json::{Number, RawJson, ReadError, Reader, Wire};
use crate::model::macros::{conversions, serialize_as_variant};

open_enum! {
    /// The comparison in a condition of a knowledge filter.
    pub enum FilterOperator {
        /// : equal.
        Eq = "eq",
        /// : not equal.
        Ne = "ne",
        /// : greater than.
        Gt = "gt",
        /// : greater than or equal.
        Gte = "gte",
        /// : less than.
        Lt = "lt",
        /// : less than or equal.
        Lte = "lte",
        /// : one of a list.
        In = "in",
        /// : none of a list.
        Nin = "nin",
    }
}

/// A filter on the metadata of documents, which decides what may be retrieved from the deployment's knowledge bases.
/// See [invoke](https://docs.orq.ai/reference/deployments/invoke).
///
/// It holds conditions on fields, or several filters joined by `and` or `or`. All conditions on one field are sent.
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
    /// Matches if all conditions on all fields hold.
    Fields(Vec<FieldFilter>),
    /// `and`: matches if all filters match.
    All(Vec<KnowledgeFilter>),
    /// `or`: matches if at least one filter matches.
    Any(Vec<KnowledgeFilter>),
    /// A filter of another shape, as it is on the wire.
    Other(RawJson),
}

/// The conditions on one field of a document's metadata.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FieldFilter {
    /// The name of the field.
    pub field: String,
    /// The conditions, which must all hold.
    pub conditions: Vec<FilterCondition>,
}

/// One condition on a field.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FilterCondition {
    /// The comparison.
    pub operator: FilterOperator,
    /// The value to compare with.
    pub value: FilterValue,
}

impl FieldFilter {
    /// Creates a field without conditions.
    pub fn new(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            conditions: Vec::new(),
        }
    }
}

impl FilterCondition {
    /// Creates a condition.
    pub fn new(operator: impl Into<FilterOperator>, value: impl Into<FilterValue>) -> Self {
        Self {
            operator: operator.into(),
            value: value.into(),
        }
    }
}

impl KnowledgeFilter {
    /// Creates a filter that matches if all of these match. A filter among them that is itself joined by `and` is
    /// replaced by its filters, because orq's schema has one level only.
    pub fn all(filters: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        let filters = filters.into_iter().flat_map(|filter| match filter.into() {
            Self::All(inner) => inner,
            filter => vec![filter],
        });
        Self::All(filters.collect())
    }

    /// Creates a filter that matches if at least one of these matches. A filter among them that is itself joined by
    /// `or` is replaced by its filters.
    pub fn any(filters: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        let filters = filters.into_iter().flat_map(|filter| match filter.into() {
            Self::Any(inner) => inner,
            filter => vec![filter],
        });
        Self::Any(filters.collect())
    }

    /// The filter if all of it has a known shape, else `None`.
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

/// Compares as JSON: the order of fields and conditions makes no difference.
impl PartialEq for KnowledgeFilter {
    fn eq(&self, other: &Self) -> bool {
        RawJson::new(self) == RawJson::new(other)
    }
}

impl Serialize for KnowledgeFilter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (key, filters) = match self {
            Self::Fields(fields) => {
                let fields = fields.iter();
                return serializer
                    .collect_map(fields.map(|field| (&field.field, Conditions(field))));
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

struct Conditions<'a>(&'a FieldFilter);

impl Serialize for Conditions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let conditions = self.0.conditions.iter();
        serializer.collect_map(conditions.map(|one| (one.operator.as_str(), &one.value)))
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

/// The value that a condition of a knowledge filter compares with.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FilterValue {
    /// Text.
    String(String),
    /// A number.
    Number(Number),
    /// A boolean.
    Bool(bool),
    /// A list of values, for `in` and `nin`.
    List(Vec<FilterValue>),
    /// Anything else, as it is on the wire.
    Other(RawJson),
}

conversions!(FilterValue {
    |value: &str| Self::String(value.to_owned()),
    |value: String| Self::String(value),
    |value: bool| Self::Bool(value),
    |value: Number| Self::Number(value),
});

macro_rules! from_numbers {
    ($($number:ty),*) => { conversions!(FilterValue { $( |value: $number| Self::Number(value.into()), )* }); };
}

from_numbers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64);

serialize_as_variant!(FilterValue => String, Number, Bool, List, Other);

impl FilterValue {
    /// A value without a variant of its own is kept as it is: lists of lists, numbers that don't fit.
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
