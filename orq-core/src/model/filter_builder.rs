//! Saying a knowledge filter in one line.

use crate::model::filter::{
    FieldFilter, FilterCondition, FilterOperator, FilterValue, KnowledgeFilter,
};
use crate::model::json::Number;

/// Conditions on the fields of a document's metadata. Begun by [`KnowledgeFilter::field`].
///
/// JSON has room for each operator once per field. The same operator said again (`.ne("a").ne("b")`) goes into a
/// second filter, and the two are joined by `and`: nothing that was said is dropped.
#[derive(Clone, Debug)]
#[must_use]
pub struct KnowledgeFilterBuilder {
    /// Never empty. All but the first hold what found no room in the ones before.
    filters: Vec<Vec<FieldFilter>>,
    field: String,
}

impl KnowledgeFilter {
    /// Conditions on a field, to be said next. A field without any is sent without any, and orq refuses it.
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

    /// Goes on to another field of the same document.
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = name.into();
        if let Some(first) = self.filters.first_mut()
            && !first.iter().any(|filter| filter.field == self.field)
        {
            first.push(FieldFilter::new(self.field.clone()));
        }
        self
    }

    /// The field must be this.
    pub fn eq(self, value: impl Into<FilterValue>) -> Self {
        self.operator(FilterOperator::Eq, value)
    }

    /// The field must not be this.
    pub fn ne(self, value: impl Into<FilterValue>) -> Self {
        self.operator(FilterOperator::Ne, value)
    }

    /// The field must be greater.
    pub fn gt(self, value: impl Into<Number>) -> Self {
        self.operator(FilterOperator::Gt, value.into())
    }

    /// The field must be this or greater.
    pub fn gte(self, value: impl Into<Number>) -> Self {
        self.operator(FilterOperator::Gte, value.into())
    }

    /// The field must be less.
    pub fn lt(self, value: impl Into<Number>) -> Self {
        self.operator(FilterOperator::Lt, value.into())
    }

    /// The field must be this or less.
    pub fn lte(self, value: impl Into<Number>) -> Self {
        self.operator(FilterOperator::Lte, value.into())
    }

    /// The field must be one of these (`in` on the wire).
    pub fn one_of(self, values: impl IntoIterator<Item = impl Into<FilterValue>>) -> Self {
        self.operator(
            FilterOperator::In,
            FilterValue::List(values.into_iter().map(Into::into).collect()),
        )
    }

    /// The field must be none of these (`nin` on the wire).
    pub fn not_in(self, values: impl IntoIterator<Item = impl Into<FilterValue>>) -> Self {
        self.operator(
            FilterOperator::Nin,
            FilterValue::List(values.into_iter().map(Into::into).collect()),
        )
    }

    /// A condition with any operator, known to this crate or not.
    pub fn operator(
        mut self,
        operator: impl Into<FilterOperator>,
        value: impl Into<FilterValue>,
    ) -> Self {
        let condition = FilterCondition::new(operator, value);
        for filter in &mut self.filters {
            match filter.iter_mut().find(|filter| filter.field == self.field) {
                Some(field)
                    if field
                        .conditions
                        .iter()
                        .any(|other| other.operator == condition.operator) => {}
                Some(field) => {
                    field.conditions.push(condition);
                    return self;
                }
                None => {
                    filter.push(FieldFilter {
                        field: self.field.clone(),
                        conditions: vec![condition],
                    });
                    return self;
                }
            }
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
