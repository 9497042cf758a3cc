//! The pages of lists.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    fake::check::{self, Issue},
    request::RecordedRequest,
    shape::{Problem, list},
};

/// The query of a list request.
pub(super) struct Paging<'a> {
    limit: usize,
    after: Option<Cow<'a, str>>,
    before: Option<Cow<'a, str>>,
}

impl<'a> Paging<'a> {
    /// Parameters that the API doesn't know are let through.
    pub(super) fn read(request: &'a RecordedRequest) -> Result<Self, Problem> {
        let limit = request.query("limit");
        let number = limit
            .as_deref()
            .map_or(Some(10), |limit| limit.parse().ok());
        let mut issues = Vec::new();
        let limit = number.filter(|limit| (1..=50).contains(limit));
        if limit.is_none() {
            issues.push(Issue::new("limit", "expected a whole number from 1 to 50"));
        }
        let cursor = |name| request.query(name).filter(|id| !id.is_empty());
        let (after, before) = (cursor("starting_after"), cursor("ending_before"));
        if after.is_some() && before.is_some() {
            let message = "can't be combined with starting_after";
            issues.push(Issue::new("ending_before", message));
        }
        match limit {
            Some(limit) if issues.is_empty() => Ok(Self {
                limit,
                after,
                before,
            }),
            _ => Err(check::invalid(&issues)),
        }
    }

    /// The page of all `items`, the newest first.
    ///
    /// `has_more` tells whether there are more in the direction in which the page was asked for.
    pub(super) fn page<T>(
        &self,
        items: &[T],
        id_of: impl Fn(&T) -> String,
        shown: impl Fn(&T) -> Value,
    ) -> Result<Value, Problem> {
        let position = |name: &str, id: &str| {
            let found = items.iter().position(|item| id_of(item) == id);
            let issue = || Issue::new(name, format!("there is nothing with the id {id:?}"));
            found.ok_or_else(|| check::invalid(&[issue()]))
        };
        let (from, to, has_more) = if let Some(id) = &self.before {
            let to = position("ending_before", id)?;
            (to.saturating_sub(self.limit), to, to > self.limit)
        } else {
            let from = match &self.after {
                Some(id) => position("starting_after", id)? + 1,
                None => 0,
            };
            let to = items.len().min(from + self.limit);
            (from, to, to < items.len())
        };
        let page = items.get(from..to).unwrap_or_default();
        Ok(list(page.iter().map(shown).collect(), has_more))
    }
}
