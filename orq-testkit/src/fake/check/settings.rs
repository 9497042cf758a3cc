//! The schema of the free-form parts of a deployment or a variant in a seed: messages, tools and passages.

use super::{
    request::ANY_OBJECT,
    schema::{
        Schema::{self, Array, Number, Object, OneOf, Text, TextOrArray},
        optional, required,
    },
};

pub(super) const SETTINGS: Schema = Object(&[
    optional("messages", Array(&MESSAGE)).or_null(),
    optional("tools", Array(&TOOL)).or_null(),
    optional("retrievals", Array(&RETRIEVAL)).or_null(),
]);

const MESSAGE: Schema = Object(&[
    required("role", Text),
    required("content", TextOrArray(&ANY_OBJECT)).or_null(),
]);

const TOOL: Schema = Object(&[
    required("type", OneOf(&["function"])),
    required("function", FUNCTION),
]);

const FUNCTION: Schema = Object(&[
    required("name", Text),
    optional("description", Text),
    optional("parameters", ANY_OBJECT),
]);

const RETRIEVAL: Schema = Object(&[required("document", Text), required("metadata", METADATA)]);

const METADATA: Schema = Object(&[
    required("file_name file_type", Text),
    required("page_number", Number).or_null(),
    required("search_score", Number),
    optional("rerank_score", Number),
]);
