//! Bounds that are `Send` and `Sync` on most targets, and empty on `wasm32-unknown-unknown`.

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub(crate) use futures::{future::BoxFuture, stream::BoxStream};
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub(crate) use futures::{
    future::LocalBoxFuture as BoxFuture, stream::LocalBoxStream as BoxStream,
};

/// `Send`, except on `wasm32-unknown-unknown`, where futures of browser APIs aren't `Send`: there every type has it.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub trait MaybeSend: Send {}
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Sync`, except on `wasm32-unknown-unknown`, where every type has it.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub trait MaybeSync: Sync {}
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
impl<T: Sync + ?Sized> MaybeSync for T {}

/// `Send`, except on `wasm32-unknown-unknown`, where futures of browser APIs aren't `Send`: there every type has it.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub trait MaybeSend {}
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
impl<T: ?Sized> MaybeSend for T {}

/// `Sync`, except on `wasm32-unknown-unknown`, where every type has it.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub trait MaybeSync {}
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
impl<T: ?Sized> MaybeSync for T {}
