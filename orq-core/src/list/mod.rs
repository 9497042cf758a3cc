//! Listing deployments and their versions: one page, or a stream of pages or of items.

mod listing;
mod page;
mod pages;
mod query;

pub use listing::{ListDeployments, ListVersions};
pub use pages::{Items, Pages};
