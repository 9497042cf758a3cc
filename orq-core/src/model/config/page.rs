//! A page of the list of deployments.

use super::Deployment;
use crate::model::json::object::object;

object! { Lenient
    /// A page of the list of deployments, newest first.
    #[derive(Default)]
    pub struct DeploymentPage {
        /// What this is: `list`.
        pub object: Option<String> = "object",
        /// The deployments of the page.
        pub data: Vec<Deployment> = "data",
        /// Whether there is another page after this one. False if the server doesn't say.
        pub has_more: bool = "has_more",
    }
}
