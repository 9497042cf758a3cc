//! A message of a role that isn't known.

use crate::model::Role;
use crate::model::json::object::{object, setters};

object! { Strict
    /// A message of a role that this version of the crate doesn't know. All its other fields are in `extra`.
    pub struct OtherMessage {
        /// The role.
        pub role: Role = "role",
    }
}

impl OtherMessage {
    /// A message of this role.
    pub fn new(role: impl Into<Role>) -> Self {
        Self {
            role: role.into(),
            extra: Default::default(),
        }
    }
}

setters!(OtherMessage {});
