//! What can cross threads, and be kept.
#![cfg(not(target_arch = "wasm32"))]

use orq_core::{
    Call, Client, ClientBuilder, CompletionStream, Deployments, Error, Request, Response,
    ResponseMeta,
    list::{Items, ListDeployments, ListVersions, Pages},
    model::{
        Completion, CompletionChunk, Deployment, DeploymentConfig, DeploymentPage,
        DeploymentRequest,
    },
    stream::{Deltas, TextStream},
    transport::{Body, HttpTransport, TransportError},
};
use static_assertions::{assert_impl_all, assert_obj_safe};

assert_obj_safe!(HttpTransport, orq_core::Timer);
assert_impl_all!(Client: Clone, Send, Sync);
assert_impl_all!(ClientBuilder: Send);
assert_impl_all!(Deployments: Clone, Send, Sync);
assert_impl_all!(Call<Response<Completion>>: Future, Send, Sync, Unpin);
assert_impl_all!(Call<CompletionStream>: Future, Send, Sync, Unpin);
assert_impl_all!(ListDeployments: Future, Send, Sync, Unpin);
assert_impl_all!(Request: Future, Send, Sync, Unpin);
assert_impl_all!(ResponseMeta: Clone, Send, Sync, Unpin);
assert_impl_all!(Response<Completion>: Clone, Send, Sync, Unpin);
assert_impl_all!(CompletionStream: Send, Sync, Unpin);
assert_impl_all!(Deltas: Send, Sync, Unpin);
assert_impl_all!(TextStream: Send, Sync, Unpin);
assert_impl_all!(ListVersions: Future, Send, Sync, Unpin);
assert_impl_all!(Pages<DeploymentPage>: Send, Unpin);
assert_impl_all!(Items<Deployment>: Send, Unpin);
assert_impl_all!(Body: futures::Stream, http_body::Body, Send, Sync, Unpin);
assert_impl_all!(Error: std::error::Error, Send, Sync, Unpin);
assert_impl_all!(TransportError: std::error::Error, Send, Sync, Unpin);
assert_impl_all!(Completion: Clone, Send, Sync);
assert_impl_all!(CompletionChunk: Clone, Send, Sync);
assert_impl_all!(Deployment: Clone, Send, Sync);
assert_impl_all!(DeploymentConfig: Clone, Send, Sync);
assert_impl_all!(DeploymentRequest: Clone, Send, Sync);

#[test]
fn an_error_is_as_large_as_a_pointer() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<TransportError>(), size_of::<usize>());
}
