//! An image as a part of a message.

use super::CacheControl;
use crate::model::json::object::{object, setters};
use crate::model::json::open_enum::open_enum;

open_enum! {
    /// How closely the model looks at an image.
    pub enum ImageDetail {
        Low = "low",
        High = "high",
        Auto = "auto",
    }
}

object! { Strict
    /// Where an image is.
    pub struct ImageUrl {
        /// A URL, or the image itself as a `data:` URL.
        pub url: String = "url",
        /// How closely the model looks at it.
        pub detail: Option<ImageDetail> = "detail",
        /// orq's id of the image, in configurations.
        pub id: Option<String> = "id",
    }
}

impl ImageUrl {
    /// An image at a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            detail: None,
            id: None,
            extra: Default::default(),
        }
    }
}

setters!(ImageUrl {
    /// How closely the model looks at it.
    detail: ImageDetail,
    /// orq's id of the image.
    id: String,
});

impl From<&str> for ImageUrl {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<String> for ImageUrl {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

object! { Strict
    /// An image as a part of a message.
    pub struct ImagePart tagged "type" = "image_url" {
        /// Where the image is.
        pub image_url: ImageUrl = "image_url",
        /// Whether the provider may cache the prompt up to this part.
        pub cache_control: Option<CacheControl> = "cache_control",
    }
}

impl ImagePart {
    /// A part with this image.
    pub fn new(image: impl Into<ImageUrl>) -> Self {
        Self {
            image_url: image.into(),
            cache_control: None,
            extra: Default::default(),
        }
    }
}

setters!(ImagePart {
    /// Lets the provider cache the prompt up to this part.
    cache_control: CacheControl,
});
