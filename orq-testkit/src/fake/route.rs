//! The operations that a double has, by method and path.

use http::{Method, StatusCode};
use serde_json::json;

use crate::shape::Problem;

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Invoke,
    Stream,
    GetConfig,
    List,
}

/// Operations with their methods and paths.
pub(super) type Routes<T> = [(&'static str, &'static str, T)];

pub(super) const API: &Routes<Route> = &[
    ("POST", "/v2/deployments/invoke", Route::Invoke),
    ("POST", "/v2/deployments/stream", Route::Stream),
    ("POST", "/v2/deployments/get_config", Route::GetConfig),
    ("GET", "/v2/deployments", Route::List),
];

/// A request that is for none of the operations.
pub(super) struct NoRoute {
    pub(super) problem: Problem,
    /// The methods that the path has, as the header `allow` wants them; empty if there is no such path.
    pub(super) allow: String,
}

/// Finds the operation of a method and a path.
pub(super) fn find<T: Copy>(routes: &Routes<T>, method: &Method, path: &str) -> Result<T, NoRoute> {
    let of_path = || routes.iter().filter(|(_, known, _)| *known == path);
    if let Some((.., route)) = of_path().find(|(known, ..)| method == known) {
        return Ok(*route);
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
