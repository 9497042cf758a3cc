//! Listing deployments: one page, page after page, or item after item.

mod listing;
mod pages;

pub use listing::ListDeployments;
pub use pages::{Items, Pages};
