//! A builder of knowledge filters.

use crate::model::filter::{
    FieldFilter, FilterCondition, FilterOperator, FilterValue, KnowledgeFilter,
};
use crate::model::json::Number;

/// A builder of conditions on the fields of a document's metadata. [`KnowledgeFilter::field`] creates it, and
/// [`KnowledgeFilter::from`] or a setter that takes a filter ends it.
///
/// On the wire each field has each operator at most once. A repeated operator (`.ne("a").ne("b")`) goes into a
/// second filter, joined to the first by `and`, so that no condition is lost.
#[derive(Clone, Debug)]
#[must_use]
pub struct KnowledgeFilterBuilder {
    /// Never empty. All but the first hold the conditions that repeat an operator of those before.
    filters: Vec<Vec<FieldFilter>>,
    field: String,
}

impl KnowledgeFilter {
    /// Starts a filter on a field. Conditions have to follow: orq refuses a field without any.
    pub fn field(name: impl Into<String>) -> KnowledgeFilterBuilder {
        KnowledgeFilterBuilder::new(name)
    }
}

impl KnowledgeFilterBuilder {
    fn new(field: impl Into<String>) -> Self {
        let field = field.into();
        Self {
            filters: vec![vec![FieldFilter::new(field.clone())]],
            field,
        }
    }

    /// Continues with another field of the same document.
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = name.into();
        if let Some(first) = self.filters.first_mut()
            && !first.iter().any(|filter| filter.field == self.field)
        {
            first.push(FieldFilter::new(self.field.clone()));
        }
        self
    }

    /// Requires the field to equal this value.
    pub fn eq(self, value: impl Into<FilterValue>) -> Self {
        self.operator(FilterOperator::Eq, value)
    }

    /// Requires the field to differ from this value.
    pub fn ne(self, value: impl Into<FilterValue>) -> Self {
        self.operator(FilterOperator::Ne, value)
    }

    /// Requires the field to be greater than this number.
    pub fn gt(self, value: impl Into<Number>) -> Self {
        self.operator(FilterOperator::Gt, value.into())
    }

    /// Requires the field to be greater than or equal to this number.
    pub fn gte(self, value: impl Into<Number>) -> Self {
        self.operator(FilterOperator::Gte, value.into())
    }

    /// Requires the field to be less than this number.
    pub fn lt(self, value: impl Into<Number>) -> Self {
        self.operator(FilterOperator::Lt, value.into())
    }

    /// Requires the field to be less than or equal to this number.
    pub fn lte(self, value: impl Into<Number>) -> Self {
        self.operator(FilterOperator::Lte, value.into())
    }

    /// Requires the field to be one of these values. Named `in` on the wire.
    pub fn one_of(self, values: impl IntoIterator<Item = impl Into<FilterValue>>) -> Self {
        self.list(FilterOperator::In, values)
    }

    /// Requires the field to be none of these values. Named `nin` on the wire.
    pub fn not_in(self, values: impl IntoIterator<Item = impl Into<FilterValue>>) -> Self {
        self.list(FilterOperator::Nin, values)
    }

    fn list(
        self,
        operator: FilterOperator,
        values: impl IntoIterator<Item = impl Into<FilterValue>>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.operator(operator, FilterValue::List(values))
    }

    /// Adds a condition with any operator, known to this crate or not.
    pub fn operator(
        mut self,
        operator: impl Into<FilterOperator>,
        value: impl Into<FilterValue>,
    ) -> Self {
        let condition = FilterCondition::new(operator, value);
        let repeats = |other: &FilterCondition| other.operator == condition.operator;
        for filter in &mut self.filters {
            match filter.iter_mut().find(|filter| filter.field == self.field) {
                Some(field) if field.conditions.iter().any(repeats) => continue,
                Some(field) => field.conditions.push(condition),
                None => filter.push(FieldFilter {
                    field: self.field.clone(),
                    conditions: vec![condition],
                }),
            }
            return self;
        }
        self.filters.push(vec![FieldFilter {
            field: self.field.clone(),
            conditions: vec![condition],
        }]);
        self
    }
}

impl From<KnowledgeFilterBuilder> for KnowledgeFilter {
    fn from(mut builder: KnowledgeFilterBuilder) -> Self {
        if builder.filters.len() > 1 {
            return Self::All(builder.filters.into_iter().map(Self::Fields).collect());
        }
        Self::Fields(builder.filters.pop().unwrap_or_default())
    }
}
