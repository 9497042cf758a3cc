//! What the pages of all lists have in common.

use crate::{
    call::Answer,
    error::says_error,
    model::{Deployment, DeploymentPage, DeploymentVersion, VersionPage},
};

/// A page of a list.
pub(crate) trait Page: Answer + 'static {
    type Item: Send + 'static;

    fn has_more(&self) -> bool;

    fn items(&self) -> &[Self::Item];

    fn into_items(self) -> Vec<Self::Item>;

    /// Returns the cursor of an item.
    fn id(item: &Self::Item) -> Option<&String>;
}

macro_rules! pages {
    ($($page:ident of $item:ident;)*) => {$(
        impl Answer for $page {
            fn is_error(&self) -> bool {
                let is_page = !self.data.is_empty() || self.object.as_deref() == Some("list");
                !is_page && says_error(&[], &self.extra, false)
            }

            fn lacks(&self) -> Option<&'static str> {
                self.data.is_empty().then_some("data")
            }
        }

        impl Page for $page {
            type Item = $item;

            fn has_more(&self) -> bool {
                self.has_more
            }

            fn items(&self) -> &[$item] {
                &self.data
            }

            fn into_items(self) -> Vec<$item> {
                self.data
            }

            fn id(item: &$item) -> Option<&String> {
                item.id.as_ref()
            }
        }
    )*};
}

pages! {
    DeploymentPage of Deployment;
    VersionPage of DeploymentVersion;
}
