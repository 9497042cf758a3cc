//! What a double is told to be: its deployments, and what they answer.

pub(super) mod answer;
pub(super) mod conversation;
pub(super) mod deployment;
pub(super) mod fault;
mod paging;
mod render;
pub(super) mod request;
pub(super) mod settings;
pub(super) mod template;
pub(super) mod variant;
pub(super) mod version;
mod versions;
pub(super) mod workspace;
