//! What the double answers when it refuses.

use http::{Method, StatusCode};
use serde_json::{Value, json};

/// An error response: a status and a JSON body in one of orq's shapes.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Problem {
    /// The shape that orq documents: `{"error": {"code", "message", "doc_url", "details"?}}`.
    pub(crate) fn coded(
        status: StatusCode,
        code: &str,
        message: &str,
        details: Option<Value>,
    ) -> Self {
        let mut error =
            json!({"code": code, "message": message, "doc_url": "https://docs.orq.ai/"});
        if let (Some(details), Some(error)) = (details, error.as_object_mut()) {
            error.insert("details".to_owned(), details);
        }
        Self {
            status,
            body: json!({"error": error}),
        }
    }

    /// A 401. The message is there twice: the documentation has it in `error`, while the official Python SDK demands
    /// it at the top level and takes a 401 without it for no answer of orq's.
    fn unauthorized(code: &str, message: &str) -> Self {
        let mut problem = Self::coded(StatusCode::UNAUTHORIZED, code, message, None);
        if let Some(body) = problem.body.as_object_mut() {
            body.insert("message".to_owned(), json!(message));
        }
        problem
    }

    pub(crate) fn authentication_required() -> Self {
        let message = "The header `authorization: Bearer KEY` is missing.";
        Self::unauthorized("authentication_required", message)
    }

    pub(crate) fn invalid_api_key() -> Self {
        Self::unauthorized("invalid_api_key", "The API key is not valid.")
    }

    pub(crate) fn deployment_not_found(key: &str) -> Self {
        let message = format!("Deployment with key '{key}' was not found.");
        Self::coded(
            StatusCode::NOT_FOUND,
            "deployment_not_found",
            &message,
            None,
        )
    }

    /// Nothing of that name, in the short shape of many v2 endpoints.
    pub(crate) fn not_found(message: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            body: json!({"message": message}),
        }
    }

    /// What a fault of this code says.
    pub(crate) fn scripted(status: StatusCode, code: &str) -> Self {
        let message = format!("This deployment answers {code}, as it was told to.");
        Self::coded(status, code, &message, None)
    }

    /// No such endpoint, in the short shape of many v2 endpoints.
    pub(crate) fn no_route(method: &Method, path: &str) -> Self {
        Self::not_found(&format!("There is no {method} {path} here."))
    }
}
