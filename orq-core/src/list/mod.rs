//! Listing deployments: one page, or a stream of pages or of items.

mod listing;
mod pages;

pub use listing::ListDeployments;
pub use pages::{Items, Pages};
