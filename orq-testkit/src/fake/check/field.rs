//! A value somewhere in a request, with the path to it.

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::issue::Issue;

/// How many issues of one request are told.
pub(super) const MOST_ISSUES: usize = 100;

/// A field that may be absent. Its checks pass when it is; [`required`](Field::required) says that it must not be.
#[derive(Clone)]
pub(super) struct Field<'a> {
    value: Option<&'a Value>,
    path: String,
    issues: &'a RefCell<Vec<Issue>>,
}

impl<'a> Field<'a> {
    pub(super) fn root(value: &'a Value, issues: &'a RefCell<Vec<Issue>>) -> Self {
        Self {
            value: Some(value),
            path: String::new(),
            issues,
        }
    }

    /// The field `name` of this object; absent if this is none.
    pub(super) fn get(&self, name: &str) -> Self {
        let path = match self.path.as_str() {
            "" => name.to_owned(),
            // A name may be as long as the body.
            path => format!("{path}.{name:.100}"),
        };
        Self {
            value: self.value.and_then(|value| value.get(name)),
            path,
            issues: self.issues,
        }
    }

    pub(super) fn is_present(&self) -> bool {
        self.value.is_some()
    }

    pub(super) fn as_str(&self) -> Option<&'a str> {
        self.value?.as_str()
    }

    pub(super) fn is_array(&self) -> bool {
        self.value.is_some_and(Value::is_array)
    }

    pub(super) fn required(self) -> Self {
        if self.value.is_none() {
            self.complain("is required");
        }
        self
    }

    /// The same field, absent if it is `null`.
    pub(super) fn or_null(mut self) -> Self {
        self.value = self.value.filter(|value| !value.is_null());
        self
    }

    pub(super) fn string(self) {
        self.expect("a string", Value::is_string);
    }

    pub(super) fn number(self) {
        self.expect("a number", Value::is_number);
    }

    pub(super) fn boolean(self) {
        self.expect("a boolean", Value::is_boolean);
    }

    /// A string, a number or a boolean.
    pub(super) fn scalar(self) {
        self.expect("a string, a number or a boolean", |value| {
            value.is_string() || value.is_number() || value.is_boolean()
        });
    }

    pub(super) fn one_of(self, allowed: &[&str]) {
        let expected = match allowed {
            [only] => format!("{only:?}"),
            _ => format!("one of {}", allowed.join(", ")),
        };
        let fits = |value: &Value| value.as_str().is_some_and(|text| allowed.contains(&text));
        self.expect(&expected, fits);
    }

    /// An object, and then what `check` says of it.
    pub(super) fn object(self, check: impl FnOnce(&Self)) {
        if self.expect("an object", Value::is_object) {
            check(&self);
        }
    }

    /// An array, and then what `check` says of each item.
    pub(super) fn array(self, check: impl Fn(Self)) {
        if self.expect("an array", Value::is_array) {
            self.items().for_each(check);
        }
    }

    /// A string, or an array of at least `least` items, and then what `check` says of each.
    pub(super) fn string_or_array(self, least: usize, check: impl Fn(Self)) {
        let fits = |value: &Value| value.is_string() || value.is_array();
        if !self.expect("a string or an array", fits) {
            return;
        }
        let length = self.value.and_then(Value::as_array).map(Vec::len);
        if length.is_some_and(|length| length < least) {
            self.complain("must not be empty");
        }
        self.items().for_each(check);
    }

    /// This object's fields. None if it is no object.
    pub(super) fn fields(&self) -> Vec<(&'a str, Self)> {
        let names = self.value.and_then(Value::as_object).map(Map::keys);
        names
            .into_iter()
            .flatten()
            .map(|name| (name.as_str(), self.get(name)))
            .collect()
    }

    pub(super) fn complain(&self, message: &str) {
        let mut issues = self.issues.borrow_mut();
        if issues.len() < MOST_ISSUES {
            issues.push(Issue::new(&*self.path, message));
        }
    }

    fn items(&self) -> impl Iterator<Item = Self> {
        let items = self.value.and_then(Value::as_array).into_iter().flatten();
        items.enumerate().map(|(index, value)| Self {
            value: Some(value),
            path: format!("{}[{index}]", self.path),
            issues: self.issues,
        })
    }

    /// Whether the field is there and `fits`. If it is there and doesn't, that is an issue.
    fn expect(&self, expected: &str, fits: impl FnOnce(&Value) -> bool) -> bool {
        let Some(value) = self.value else {
            return false;
        };
        let fits = fits(value);
        if !fits {
            self.complain(&format!("expected {expected}, got {}", kind(value)));
        }
        fits
    }
}

/// What a value is, in a word. A short string is shown.
fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) if text.len() <= 32 => format!("{text:?}"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
