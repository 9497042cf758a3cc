//! Whether the free-form parts of a deployment's settings have the API's shapes.

use serde_json::Value;

use super::{Issue, collect, field::Field};

/// Checks the messages, tools and passages of a deployment or a variant in a seed.
pub(crate) fn settings(settings: &Value) -> Vec<Issue> {
    collect(settings, |settings| {
        settings.get("messages").or_null().array(message);
        settings.get("tools").or_null().array(tool);
        settings.get("retrievals").or_null().array(retrieval);
    })
}

fn message(message: Field<'_>) {
    message.object(|message| {
        message.get("role").required().string();
        message
            .get("content")
            .required()
            .or_null()
            .string_or_array(0, |part| part.object(|_| ()));
    });
}

fn tool(tool: Field<'_>) {
    tool.object(|tool| {
        tool.get("type").required().one_of(&["function"]);
        tool.get("function").required().object(|function| {
            function.get("name").required().string();
            function.get("description").string();
            function.get("parameters").object(|_| ());
        });
    });
}

fn retrieval(retrieval: Field<'_>) {
    retrieval.object(|retrieval| {
        retrieval.get("document").required().string();
        retrieval.get("metadata").required().object(|metadata| {
            metadata.get("file_name").required().string();
            metadata.get("file_type").required().string();
            metadata.get("page_number").required().or_null().number();
            metadata.get("search_score").required().number();
            metadata.get("rerank_score").number();
        });
    });
}
