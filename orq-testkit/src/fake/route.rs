//! The operations that a double has, by method and path.

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::shape::Problem;

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Invoke,
    Stream,
    GetConfig,
    List,
    Versions,
    Annotate,
    DeleteAnnotations,
    Feedback,
}

/// Operations with their methods and paths. `{}` in a path is any one segment.
pub(super) type Routes<T> = [(&'static str, &'static str, T)];

const ANNOTATION: &str = "/v2/traces/{}/spans/{}/annotation";

pub(super) const API: &Routes<Route> = &[
    ("POST", "/v2/deployments/invoke", Route::Invoke),
    ("POST", "/v2/deployments/stream", Route::Stream),
    ("POST", "/v2/deployments/get_config", Route::GetConfig),
    ("GET", "/v2/deployments", Route::List),
    ("GET", "/v2/deployments/{}/versions", Route::Versions),
    ("POST", ANNOTATION, Route::Annotate),
    ("DELETE", ANNOTATION, Route::DeleteAnnotations),
    ("POST", "/v2/feedback", Route::Feedback),
];

/// A request that is for none of the operations.
pub(super) struct NoRoute {
    pub(super) problem: Problem,
    /// The methods that the path has, as the header `allow` wants them; empty if there is no such path.
    pub(super) allow: String,
}

/// Finds the operation of a method and a path, and the path's segments that are any.
pub(super) fn find<T: Copy>(
    routes: &Routes<T>,
    method: &Method,
    path: &str,
) -> Result<(T, Vec<String>), NoRoute> {
    let of_path = || {
        routes
            .iter()
            .filter(|(_, known, _)| captures(known, path).is_some())
    };
    if let Some((_, known, route)) = of_path().find(|(known, ..)| method == known) {
        return Ok((*route, captures(known, path).unwrap_or_default()));
    }
    let allow = of_path()
        .map(|(known, ..)| *known)
        .collect::<Vec<_>>()
        .join(", ");
    let mut problem = Problem::no_route(method, path);
    if !allow.is_empty() {
        problem = Problem {
            status: StatusCode::METHOD_NOT_ALLOWED,
            body: json!({"message": format!("{path} has no {method}, only {allow}.")}),
        };
    }
    Err(NoRoute { problem, allow })
}

/// The decoded segments of a path where the pattern has `{}`, if the rest is the same.
fn captures(pattern: &str, path: &str) -> Option<Vec<String>> {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    let mut captured = Vec::new();
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return Some(captured),
            (Some("{}"), Some(segment)) if !segment.is_empty() => {
                let segment = percent_decode_str(segment).decode_utf8().ok()?;
                captured.push(segment.into_owned());
            }
            (Some(expected), Some(segment)) if expected == segment => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_segment_is_captured_decoded() {
        let found = |path: &str| captures("/a/{}/b/{}", path);
        assert_eq!(
            found("/a/x%2Fy%20z/b/1"),
            Some(vec!["x/y z".to_owned(), "1".to_owned()])
        );
        for other in [
            "/a//b/1",
            "/a/x/b",
            "/a/x/b/1/",
            "/a/x/c/1",
            "/a/%ff/b/1",
            "/a/x/y/b/1",
        ] {
            assert_eq!(found(other), None, "{other}");
        }
        assert_eq!(captures("/a", "/a"), Some(Vec::new()));
    }
}
