//! The JSON Schema of a Rust type.

use schemars::generate::SchemaSettings;
use serde::de::Error;
use serde_json::{Map, Value};

use crate::model::json::JsonMap;
use crate::model::parameters::JsonSchema;
use crate::model::request::DeploymentRequest;

/// The number of characters that providers accept in the name of a schema.
const LONGEST_NAME: usize = 64;

/// The formats of strings that the strict subset knows. schemars also names those of numbers.
const FORMATS: &[&str] = &[
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "time",
    "uuid",
];

/// The keywords of the strict subset.
const SUPPORTED: &[&str] = &[
    "$defs",
    "$ref",
    "additionalProperties",
    "anyOf",
    "const",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "multipleOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
];

/// Keywords that the strict subset lacks, and without which the schema would be that of another type. Others that it lacks,
/// such as `uniqueItems`, only exclude some values.
const UNSUPPORTED: &[&str] = &[
    "allOf",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "not",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedProperties",
];

impl JsonSchema {
    /// Creates the strict schema of a type, in the subset of JSON Schema that
    /// [OpenAI's structured outputs](https://platform.openai.com/docs/guides/structured-outputs#supported-schemas)
    /// accept: each object has all its fields and no others, and an `Option` is null instead of absent.
    ///
    /// The documentation of the type and its fields is in the schema, for the model to read. The type's own schema is
    /// changed in this way: `oneOf` becomes `anyOf`; keywords that the subset lacks and that only exclude some values are
    /// left out, such as default values, lengths of strings and formats of numbers. A type that has no such schema fails
    /// the request with [`ErrorKind::Argument`](crate::ErrorKind::Argument) when it is sent: one that isn't a struct, or
    /// has a map, a tuple, a flattened map or enum, or a `serde_json::Value` in it. For these use [`JsonSchema::new`] with
    /// `schemars::schema_for!(T)`, which isn't strict.
    ///
    /// The schema's name is that of the type, of at most 64 ASCII letters, digits, `_` and `-`, or `answer` if it has none
    /// of them.
    pub fn of<T: schemars::JsonSchema>() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let mut schema = settings
            .into_generator()
            .into_root_schema_for::<T>()
            .to_value();
        let strict = match schema.get("type") {
            Some(Value::String(kind)) if kind == "object" => make_strict(&mut schema, "the type"),
            _ => Err("the type isn't a struct with named fields".to_owned()),
        };
        let mut name = T::schema_name().into_owned();
        name.retain(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'));
        name.truncate(LONGEST_NAME);
        if name.is_empty() {
            name.push_str("answer");
        }
        let mut this = Self::new(name, &schema).strict(true);
        if let Err(why) = strict {
            let why = format!("it has no strict JSON Schema: {why}");
            this.extra
                .settle::<JsonMap>("schema", Err(Error::custom(why)));
        }
        this
    }
}

impl DeploymentRequest {
    /// Requests JSON of this type as the answer, by its [strict schema](JsonSchema::of). It is sent as
    /// [`response_format`](Self::response_format); [`Response::json`](crate::Response::json) reads the answer. It exists with
    /// the feature `schemars`.
    ///
    /// ```
    /// use orq_core::{Client, DeploymentRequest};
    /// use schemars::JsonSchema;
    /// use serde::Deserialize;
    /// # use orq_testkit::MemoryTransport;
    ///
    /// /// A city in the text.
    /// #[derive(Deserialize, JsonSchema)]
    /// struct City {
    ///     name: String,
    ///     /// Number of inhabitants, if the text has it.
    ///     inhabitants: Option<u64>,
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// # let memory = MemoryTransport::new();
    /// # let content = "```json\n{\"name\":\"Utrecht\",\"inhabitants\":null}\n```";
    /// # memory.reply_json(serde_json::json!({"choices": [{"message": {"content": content}}]}));
    /// # let client = Client::new(memory.handle(), "my-key")?;
    /// let request = DeploymentRequest::new("cities")
    ///     .input("text", "Utrecht is old.")
    ///     .response_type::<City>();
    /// let city: City = client.deployments().invoke(&request).await?.json()?;
    /// assert_eq!((city.name.as_str(), city.inhabitants), ("Utrecht", None));
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn response_type<T: schemars::JsonSchema>(self) -> Self {
        self.response_format(JsonSchema::of::<T>())
    }
}

/// Changes a schema, which `place` names in errors, to one of the strict subset.
fn make_strict(schema: &mut Value, place: &str) -> Result<(), String> {
    let Some(schema) = schema.as_object_mut() else {
        return Err(format!("{place} may be any JSON"));
    };
    if let Some(keyword) = UNSUPPORTED.iter().find(|it| schema.contains_key(**it)) {
        return Err(format!("{place} has `{keyword}`"));
    }
    if let Some(variants) = schema.remove("oneOf") {
        schema.insert("anyOf".to_owned(), variants);
    }
    schema.retain(|keyword, _| SUPPORTED.contains(&keyword.as_str()));
    let shapes = ["$ref", "anyOf", "properties"];
    match shapes.iter().filter(|it| schema.contains_key(**it)).count() {
        0 if !["const", "enum", "type"]
            .iter()
            .any(|it| schema.contains_key(*it)) =>
        {
            return Err(format!("{place} may be any JSON"));
        }
        0 | 1 => {}
        _ => {
            return Err(format!(
                "{place} has fields beside those of a flattened enum"
            ));
        }
    }
    if schema.contains_key("$ref") {
        // A type that contains itself. No other keyword may stand beside it.
        schema.retain(|keyword, _| keyword == "$ref");
    }
    if schema
        .get("format")
        .is_some_and(|format| !FORMATS.iter().any(|known| format == known))
    {
        schema.remove("format");
    }
    if schema.get("type").is_some_and(|kind| has(kind, "object")) {
        close(schema, place)?;
    }
    for keyword in ["properties", "$defs"] {
        let inner = schema.get_mut(keyword).and_then(Value::as_object_mut);
        for (name, schema) in inner.into_iter().flatten() {
            make_strict(schema, &format!("`{name}` of {place}"))?;
        }
    }
    if let Some(items) = schema.get_mut("items") {
        make_strict(items, &format!("an element of {place}"))?;
    } else if schema.get("type").is_some_and(|kind| has(kind, "array")) {
        return Err(format!("an element of {place} may be any JSON"));
    }
    let variants = schema.get_mut("anyOf").and_then(Value::as_array_mut);
    for schema in variants.into_iter().flatten() {
        make_strict(schema, &format!("a variant of {place}"))?;
    }
    Ok(())
}

/// Requires all fields of an object, and allows no others.
fn close(schema: &mut Map<String, Value>, place: &str) -> Result<(), String> {
    if schema
        .get("additionalProperties")
        .is_some_and(|others| others != false)
    {
        return Err(format!("{place} is a map, whose keys aren't known"));
    }
    let fields = schema
        .entry("properties")
        .or_insert_with(|| Map::new().into());
    let fields = fields.as_object().into_iter().flat_map(Map::keys).cloned();
    let required = fields.collect::<Value>();
    schema.insert("required".to_owned(), required);
    schema.insert("additionalProperties".to_owned(), false.into());
    Ok(())
}

/// Returns whether a `type`, which may be a list, includes this one.
fn has(kinds: &Value, kind: &str) -> bool {
    kinds == kind
        || kinds
            .as_array()
            .is_some_and(|kinds| kinds.iter().any(|it| it == kind))
}

#[cfg(test)]
mod tests;
