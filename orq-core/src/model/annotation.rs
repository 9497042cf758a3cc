//! Annotations of spans, and feedback.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::model::json::decode::deserialize_as;
use crate::model::json::object::{object, setters};
use crate::model::json::{Number, Reader, Wire};
use crate::model::macros::{conversions, list_setters, serialize_as_variant};

/// The value of an annotation, of the type that its review in orq has.
///
/// ```
/// use orq_core::model::Annotation;
///
/// let annotations = [
///     Annotation::new("rating", "good"),
///     Annotation::new("defects", ["grammar", "off_topic"]),
///     Annotation::new("score", 4.5),
///     Annotation::new("solved", true),
/// ];
/// # assert!(serde_json::to_string(&annotations).unwrap().contains(r#""value":["grammar","off_topic"]"#));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AnnotationValue {
    /// A text, or one of several choices. orq limits it to 200 characters.
    Text(String),
    /// Several choices.
    Texts(Vec<String>),
    /// A number in a range.
    Number(Number),
    /// Yes or no.
    Bool(bool),
}

serialize_as_variant!(AnnotationValue => Text, Texts, Number, Bool);

conversions!(AnnotationValue {
    |text: &str| Self::Text(text.to_owned()),
    |text: &String| Self::Text(text.clone()),
    |text: String| Self::Text(text),
    |texts: Vec<String>| Self::Texts(texts),
    |number: Number| Self::Number(number),
    |number: i32| Self::Number(number.into()),
    |number: u32| Self::Number(number.into()),
    |number: i64| Self::Number(number.into()),
    |number: f64| Self::Number(number.into()),
    |value: bool| Self::Bool(value),
});

impl<const N: usize> From<[&str; N]> for AnnotationValue {
    fn from(texts: [&str; N]) -> Self {
        Self::Texts(texts.map(str::to_owned).into())
    }
}

impl Wire for AnnotationValue {
    const EXPECTED: &'static str = "a string, an array of strings, a number or a boolean";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        match raw.get().as_bytes().first() {
            Some(b'"') => String::read_raw(raw, reader).map(Self::Text),
            Some(b'[') => Vec::read_raw(raw, reader).map(Self::Texts),
            Some(b't' | b'f') => bool::read_raw(raw, reader).map(Self::Bool),
            Some(b'-' | b'0'..=b'9') => Number::read_raw(raw, reader).map(Self::Number),
            _ => Err(D::Error::custom(Self::EXPECTED)),
        }
    }
}

deserialize_as!(Strict AnnotationValue);

object! { Strict
    /// An annotation of a span: the value of a review, or the correction of an evaluator's result.
    pub struct Annotation {
        /// The key of the review, which must be defined in orq.
        pub key: Option<String> = "key",
        /// The id of the evaluator's annotation that is corrected.
        pub parent_annotation_id: Option<String> = "parent_annotation_id",
        /// The value.
        pub value: AnnotationValue = "value",
        /// The explanation of a correction.
        pub explanation: Option<String> = "explanation",
    }
}

setters!(Annotation {
    /// Creates the value of the review with this key.
    new(key: String, value: AnnotationValue) + parent_annotation_id;
    /// Sets the explanation of a correction.
    explanation: String,
});

impl Annotation {
    /// Creates a correction of the evaluator's annotation with this id.
    pub fn correction(id: impl Into<String>, value: impl Into<AnnotationValue>) -> Self {
        Self {
            key: None,
            parent_annotation_id: Some(id.into()),
            value: value.into(),
            explanation: None,
            extra: Default::default(),
        }
    }
}

object! { Strict
    /// Who annotates.
    #[derive(Default)]
    pub struct AnnotationMetadata {
        /// The id of the person or system that annotates.
        pub identity_id: Option<String> = "identity_id",
    }
}

object! { Strict
    /// Annotations to create, the body of
    /// [`Annotations::create`](crate::annotations::Annotations::create).
    #[derive(Default)]
    pub struct AnnotationRequest {
        /// The annotations, 1 to 10.
        pub annotations: Option<Vec<Annotation>> = "annotations",
        /// Who annotates.
        pub metadata: Option<AnnotationMetadata> = "metadata",
    }
}

setters!(AnnotationRequest {
    /// Creates a request without annotations.
    new() + annotations + metadata;
});

list_setters!(AnnotationRequest {
    /// Adds an annotation.
    annotation,
    /// Adds several annotations.
    annotations: Annotation,
});

object! { Strict
    /// Annotations to delete, the body of
    /// [`Annotations::delete`](crate::annotations::Annotations::delete).
    #[derive(Default)]
    pub struct AnnotationDeletion {
        /// The keys of the reviews whose values are deleted.
        pub keys: Option<Vec<String>> = "keys",
        /// The ids of the evaluators' annotations whose corrections are deleted.
        pub parent_annotation_ids: Option<Vec<String>> = "parent_annotation_ids",
        /// Who deletes them.
        pub metadata: Option<AnnotationMetadata> = "metadata",
    }
}

setters!(AnnotationDeletion {
    /// Creates a request that deletes nothing.
    new() + keys + parent_annotation_ids + metadata;
});

list_setters!(AnnotationDeletion {
    /// Adds the key of a review whose value is deleted.
    key,
    /// Adds several keys of reviews whose values are deleted.
    keys: String,
    /// Adds the id of an evaluator's annotation whose correction is deleted.
    parent_annotation_id,
    /// Adds several ids of evaluators' annotations whose corrections are deleted.
    parent_annotation_ids: String,
});

/// Defines the setter of the identity in `metadata`.
macro_rules! identity_setter {
    ($($name:ident)*) => {$(
        impl $name {
            /// Sets the id of the person or system that the request is made for.
            #[must_use]
            pub fn identity_id(mut self, id: impl Into<String>) -> Self {
                self.metadata.get_or_insert_default().identity_id = Some(id.into());
                self
            }
        }
    )*};
}

identity_setter!(AnnotationRequest AnnotationDeletion);

object! { Strict
    /// Feedback on a completion, the body of [`Client::feedback`](crate::Client::feedback). orq has deprecated it:
    /// prefer [`Annotation`].
    pub struct Feedback {
        /// The name of the property that is rated, such as `rating`.
        pub property: String = "property",
        /// The value; orq accepts no booleans here.
        pub value: AnnotationValue = "value",
        /// The `id` of the completion, which isn't the id of its trace.
        pub trace_id: String = "trace_id",
        /// The caller's own id of the feedback.
        pub id: Option<String> = "id",
        /// The product of orq that was rated. Default: `deployments`.
        pub product: Option<String> = "product",
    }
}

setters!(Feedback {
    /// Creates feedback on the completion with this id.
    new(property: String, value: AnnotationValue, trace_id: String);
    /// Sets the caller's own id of the feedback.
    id: String,
    /// Sets the product of orq that was rated.
    product: String,
});
