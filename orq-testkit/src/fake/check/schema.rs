//! What JSON must look like, as data, and the check of a value against it.

use serde_json::{Map, Value};

use super::issue::Issue;

/// How many issues of one value are told.
pub(super) const MOST_ISSUES: usize = 100;

/// What a value must be.
#[derive(Clone, Copy)]
pub(super) enum Schema {
    /// A string.
    Text,
    Number,
    Boolean,
    /// A string, a number or a boolean.
    Scalar,
    /// A string, a number, a boolean or an array of strings.
    Rating,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// An array of these.
    Array(&'static Schema),
    /// A string, or an array of these.
    TextOrArray(&'static Schema),
    /// A string, or an array of at least one of these.
    TextOrSome(&'static Schema),
    /// An object with these fields. All objects let through what they don't know.
    Object(&'static [Field]),
    /// An object with at least one of these fields.
    AnyOf(&'static [Field]),
    /// An object whose values are all such.
    Map(&'static Schema),
    /// What this says, or an object with an array of these as `and` or `or`.
    Filter(&'static Schema),
    /// An object with these fields, whose text in `tag` tells which more there are.
    Tagged {
        fields: &'static [Field],
        tag: &'static str,
        kinds: &'static [(&'static str, &'static [Field])],
    },
}

/// One or several fields of an object that have the same schema.
pub(super) struct Field {
    /// Their names, with blanks between them.
    names: &'static str,
    schema: Schema,
    is_required: bool,
    is_nullable: bool,
}

pub(super) const fn optional(names: &'static str, schema: Schema) -> Field {
    Field {
        names,
        schema,
        is_required: false,
        is_nullable: false,
    }
}

pub(super) const fn required(names: &'static str, schema: Schema) -> Field {
    Field {
        is_required: true,
        ..optional(names, schema)
    }
}

impl Field {
    /// Lets the fields be `null` as well.
    pub(super) const fn or_null(self) -> Self {
        Self {
            is_nullable: true,
            ..self
        }
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.split(' ')
    }
}

impl Schema {
    /// Returns up to 100 issues of a value, not only the first.
    pub(super) fn check(self, value: &Value) -> Vec<Issue> {
        let mut issues = Issues(Vec::new());
        issues.of_value(value, self, "");
        issues.0
    }

    fn expected(self) -> String {
        let expected = match self {
            Self::Text => "a string",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Scalar => "a string, a number or a boolean",
            Self::Rating => "a string, a number, a boolean or an array",
            Self::OneOf(&[only]) => return format!("{only:?}"),
            Self::OneOf(all) => return format!("one of {}", all.join(", ")),
            Self::Array(_) => "an array",
            Self::TextOrArray(_) | Self::TextOrSome(_) => "a string or an array",
            _ => "an object",
        };
        expected.to_owned()
    }
}

/// The issues that were found.
struct Issues(Vec<Issue>);

impl Issues {
    fn add(&mut self, path: &str, message: impl Into<String>) {
        if self.0.len() < MOST_ISSUES {
            self.0.push(Issue::new(path, message));
        }
    }

    fn of_value(&mut self, value: &Value, schema: Schema, path: &str) {
        use Schema::*;
        match (schema, value) {
            (Text | Scalar | Rating | TextOrArray(_) | TextOrSome(_), Value::String(_))
            | (Number | Scalar | Rating, Value::Number(_))
            | (Boolean | Scalar | Rating, Value::Bool(_)) => {}
            (OneOf(allowed), Value::String(text)) if allowed.contains(&text.as_str()) => {}
            (Array(item) | TextOrArray(item) | TextOrSome(item), Value::Array(items)) => {
                if items.is_empty() && matches!(schema, TextOrSome(_)) {
                    self.add(path, "must not be empty");
                }
                for (index, value) in items.iter().enumerate() {
                    self.of_value(value, *item, &format!("{path}[{index}]"));
                }
            }
            (Rating, Value::Array(_)) => self.of_value(value, Array(&Text), path),
            (Object(fields), Value::Object(object)) => self.of_fields(object, fields, path),
            (AnyOf(fields), Value::Object(object)) => {
                let names: Vec<_> = fields.iter().flat_map(Field::names).collect();
                if !names.iter().any(|name| object.contains_key(*name)) {
                    self.add(path, format!("expected one of {}", names.join(", ")));
                }
                self.of_fields(object, fields, path);
            }
            (Map(schema), Value::Object(object)) => {
                for (name, value) in object {
                    self.of_value(value, *schema, &join(path, name));
                }
            }
            (Filter(map), Value::Object(object)) => {
                let is_array = |name: &&&str| object.get(**name).is_some_and(Value::is_array);
                match ["and", "or"].iter().find(is_array) {
                    Some(name) => self.of_fields(object, &[optional(name, Array(map))], path),
                    None => self.of_value(value, *map, path),
                }
            }
            (Tagged { fields, tag, kinds }, Value::Object(object)) => {
                self.of_fields(object, fields, path);
                let tag = object.get(tag).and_then(Value::as_str);
                let kind = kinds.iter().find(|(name, _)| tag == Some(*name));
                kind.into_iter()
                    .for_each(|(_, fields)| self.of_fields(object, fields, path));
            }
            _ => {
                let expected = schema.expected();
                self.add(path, format!("expected {expected}, got {}", kind(value)));
            }
        }
    }

    fn of_fields(&mut self, object: &Map<String, Value>, fields: &[Field], path: &str) {
        let fields = fields.iter();
        for (name, field) in fields.flat_map(|it| it.names().map(move |name| (name, it))) {
            let path = join(path, name);
            match object.get(name) {
                None if field.is_required => self.add(&path, "is required"),
                None => {}
                Some(Value::Null) if field.is_nullable => {}
                Some(value) => self.of_value(value, field.schema, &path),
            }
        }
    }
}

/// Returns the path of a field. A name may be as long as the body.
fn join(path: &str, name: &str) -> String {
    match path {
        "" => format!("{name:.100}"),
        path => format!("{path}.{name:.100}"),
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
