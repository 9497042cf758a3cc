//! Filters on the documents of a knowledge base.

use serde::{Deserializer, Serialize, Serializer};

use crate::model::json::decode::deserialize_as;
use crate::model::json::{JsonMap, Number, RawJson, Reader, Wire};
use crate::model::macros::conversions;

/// A filter on the metadata of the documents that may be retrieved from a knowledge base: conditions on fields, or
/// several filters joined by `and` or `or`. See <https://docs.orq.ai/reference/deployments/invoke>.
///
/// ```
/// use orq_core::model::KnowledgeFilter;
///
/// let recent = KnowledgeFilter::field("year").gte(2020).lt(2026);
/// let recent = recent.field("kind").one_of(["manual", "faq"]);
/// let filter = KnowledgeFilter::any([recent, KnowledgeFilter::field("pinned").eq(true)]);
/// assert_eq!(
///     serde_json::to_string(&filter)?,
///     r#"{"or":[{"year":{"gte":2020,"lt":2026},"kind":{"in":["manual","faq"]}},{"pinned":{"eq":true}}]}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct KnowledgeFilter(JsonMap);

impl KnowledgeFilter {
    /// Returns a builder for conditions on a field. A field without conditions is sent as an empty object, which orq
    /// rejects.
    pub fn field(name: impl Into<String>) -> KnowledgeFilterBuilder {
        let field = name.into();
        KnowledgeFilterBuilder {
            filters: vec![vec![(field.clone(), JsonMap::new())]],
            field,
        }
    }

    /// Joins filters of which all must match. Filters that are themselves joined by `and` are merged into one list,
    /// since orq's schema allows one level only.
    pub fn all(filters: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::join("and", filters)
    }

    /// Joins filters of which at least one must match. Filters that are themselves joined by `or` are merged into one
    /// list.
    pub fn any(filters: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::join("or", filters)
    }

    /// Returns the JSON object of the filter.
    pub fn as_map(&self) -> &JsonMap {
        &self.0
    }

    fn join(operator: &str, filters: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        let mut list = Ok(Vec::new());
        for filter in filters {
            let Self(filter) = filter.into();
            list = list.and_then(|mut list| {
                match filter.parse::<Vec<RawJson>>(operator) {
                    Ok(Some(joined)) if filter.len() == 1 => list.extend(joined),
                    _ => list.push(RawJson::new(&filter)?),
                }
                Ok(list)
            });
        }
        let mut map = JsonMap::new();
        if let Some(list) = map.settle(operator, list) {
            map.insert(operator, list);
        }
        Self(map)
    }
}

conversions!(KnowledgeFilter {
    |builder: KnowledgeFilterBuilder| builder.build(),
    /// Creates a filter from its JSON object.
    |map: JsonMap| Self(map),
});

impl Serialize for KnowledgeFilter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Wire for KnowledgeFilter {
    const EXPECTED: &'static str = JsonMap::EXPECTED;

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        JsonMap::read(input, reader).map(Self)
    }
}

deserialize_as!(Strict KnowledgeFilter);

/// A builder of conditions on the fields of a document's metadata, created by [`KnowledgeFilter::field`]. A value that
/// can't be serialized as JSON fails the request when it is sent.
///
/// In JSON a field can have each operator once. The same operator again (`.ne("a").ne("b")`) is put into a second
/// filter, and both are joined by `and`.
#[derive(Clone, Debug)]
#[must_use]
pub struct KnowledgeFilterBuilder {
    /// The conditions on each field. A later filter has those whose operator the earlier ones have already.
    filters: Vec<Vec<(String, JsonMap)>>,
    field: String,
}

/// Defines the methods that add a condition with an operator.
macro_rules! operators {
    ($( $(#[$meta:meta])* $method:ident = $operator:literal, ($value:ident : $type:ty) => $written:expr; )*) => {$(
        $(#[$meta])*
        pub fn $method(self, $value: $type) -> Self {
            self.operator($operator, $written)
        }
    )*};
}

impl KnowledgeFilterBuilder {
    /// Selects another field for the following conditions.
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = name.into();
        if let Some(first) = self.filters.first_mut()
            && !first.iter().any(|(field, _)| *field == self.field)
        {
            first.push((self.field.clone(), JsonMap::new()));
        }
        self
    }

    operators! {
        /// Requires the field to equal the value.
        eq = "eq", (value: impl Serialize) => value;
        /// Requires the field to differ from the value.
        ne = "ne", (value: impl Serialize) => value;
        /// Requires the field to be greater than the value.
        gt = "gt", (value: impl Into<Number>) => value.into();
        /// Requires the field to be greater than or equal to the value.
        gte = "gte", (value: impl Into<Number>) => value.into();
        /// Requires the field to be less than the value.
        lt = "lt", (value: impl Into<Number>) => value.into();
        /// Requires the field to be less than or equal to the value.
        lte = "lte", (value: impl Into<Number>) => value.into();
        /// Requires the field to equal one of the values (`in` in JSON).
        one_of = "in", (values: impl IntoIterator<Item = impl Serialize>) => Vec::from_iter(values);
        /// Requires the field to equal none of the values (`nin` in JSON).
        not_in = "nin", (values: impl IntoIterator<Item = impl Serialize>) => Vec::from_iter(values);
    }

    /// Adds a condition with any operator, also one that this version of the crate has no method for.
    pub fn operator(mut self, operator: impl Into<String>, value: impl Serialize) -> Self {
        let (field, operator) = (self.field.clone(), operator.into());
        let taken = |filter: &Vec<(String, JsonMap)>| {
            let mut fields = filter.iter();
            fields.any(|(name, conditions)| *name == field && conditions.contains_key(&operator))
        };
        let before = self.filters.iter().take_while(|filter| taken(filter));
        let at = before.count();
        if at == self.filters.len() {
            self.filters.push(Vec::new());
        }
        if let Some(filter) = self.filters.get_mut(at) {
            let place = filter.iter().position(|(name, _)| *name == field);
            let place = place.unwrap_or_else(|| {
                filter.push((field, JsonMap::new()));
                filter.len() - 1
            });
            if let Some((_, conditions)) = filter.get_mut(place) {
                conditions.insert(operator, value);
            }
        }
        self
    }

    fn build(self) -> KnowledgeFilter {
        let filters = self.filters.into_iter().map(JsonMap::from_iter);
        let mut filters: Vec<_> = filters.map(KnowledgeFilter).collect();
        match (filters.pop(), filters.is_empty()) {
            (Some(only), true) => only,
            (last, _) => KnowledgeFilter::all(filters.into_iter().chain(last)),
        }
    }
}
