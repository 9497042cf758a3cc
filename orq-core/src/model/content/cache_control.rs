//! Prompt caching.

use crate::model::json::object::{object, setters};
use crate::model::json::open_enum::open_enum;

open_enum! {
    /// How a provider caches a prompt.
    pub enum CacheKind {
        Ephemeral = "ephemeral",
    }
}

open_enum! {
    /// How long a provider keeps a cached prompt.
    pub enum CacheTtl {
        FiveMinutes = "5m",
        OneHour = "1h",
    }
}

object! { Strict
    /// Asks the provider to cache the prompt up to this point.
    #[derive(Default)]
    pub struct CacheControl {
        /// How to cache; orq knows `ephemeral`.
        pub kind: Option<CacheKind> = "type",
        /// For how long. orq's default is five minutes.
        pub ttl: Option<CacheTtl> = "ttl",
    }
}

impl CacheControl {
    /// An ephemeral cache, of orq's default duration.
    pub fn ephemeral() -> Self {
        Self {
            kind: Some(CacheKind::Ephemeral),
            ..Self::default()
        }
    }
}

setters!(CacheControl {
    /// For how long to cache.
    ttl: CacheTtl,
});
