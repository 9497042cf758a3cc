//! A JSON object whose fields are taken out one by one, so that none can be overlooked.

use serde_json::{Map, Value};

use crate::Result;

pub(crate) struct Given {
    what: String,
    fields: Map<String, Value>,
}

impl Given {
    pub(crate) fn new(what: &str, value: Value) -> Result<Self> {
        match value {
            Value::Object(fields) => Ok(Self {
                what: what.to_owned(),
                fields,
            }),
            other => Err(format!("{what} is no object: {other}").into()),
        }
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name)
    }

    pub(crate) fn required(&mut self, name: &str) -> Result<Value> {
        let value = self.take(name);
        value.ok_or_else(|| format!("{} has no {name}", self.what).into())
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("{name} is no text: {other}").into()),
        }
    }

    pub(crate) fn required_text(&mut self, name: &str) -> Result<String> {
        let text = self.text(name)?;
        text.ok_or_else(|| format!("{} has no {name}", self.what).into())
    }

    pub(crate) fn boolean(&mut self, name: &str) -> Result<Option<bool>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(other) => Err(format!("{name} is no boolean: {other}").into()),
        }
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Given>> {
        self.take(name)
            .map(|value| Given::new(name, value))
            .transpose()
    }

    pub(crate) fn list(&mut self, name: &str) -> Result<Option<Vec<Value>>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(other) => Err(format!("{name} is no list: {other}").into()),
        }
    }

    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>> {
        let Some(items) = self.list(name)? else {
            return Ok(None);
        };
        let text = |item: Value| match item {
            Value::String(text) => Ok(text),
            other => Err(format!("{name} has what is no text: {other}").into()),
        };
        items.into_iter().map(text).collect::<Result<_>>().map(Some)
    }

    /// Checks that nothing is left.
    pub(crate) fn finish(self) -> Result<()> {
        match self.fields.keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("{} has the unknown field {name}", self.what).into()),
        }
    }

    /// What is left, for maps that are the caller's own.
    pub(crate) fn into_pairs(self) -> Map<String, Value> {
        self.fields
    }
}
