//! Tenants: a client for each, over one transport and its connections, and keys that change while it lives.
//!
//! `cargo run --bin tenants` asks a double of the API.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::sync::{Arc, Mutex, PoisonError};

use orq_testkit::FakeOrq;
use orq_transport_reqwest::orq_core::{
    Client, DeploymentRequest, Error, Message, async_trait,
    secret::{ApiKey, ApiKeyProvider, ProviderError},
};

/// A tenant's key, which may be replaced at any time. In a program it comes from a secret store.
#[derive(Clone, Debug)]
struct CurrentKey(Arc<Mutex<ApiKey>>);

impl CurrentKey {
    fn rotate(&self, key: ApiKey) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = key;
    }
}

#[async_trait]
impl ApiKeyProvider for CurrentKey {
    /// Is asked before each attempt, so that a retry has the new key too.
    async fn api_key(&self) -> Result<ApiKey, ProviderError> {
        Ok(self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }
}

async fn ask(client: &Client) -> Result<(), Error> {
    let request = DeploymentRequest::new("chat").message(Message::user("Hello"));
    let answer = client.deployments().invoke(&request).await?;
    println!("{}", answer.text().unwrap_or_default());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let keys = ["sk-acme-1", "sk-globex-1", "sk-acme-2"];
    let fake = FakeOrq::builder().builtins();
    let fake = keys
        .iter()
        .fold(fake, |fake, key| fake.api_key(*key))
        .build();

    let acme_key = CurrentKey(Arc::new(Mutex::new(ApiKey::new("sk-acme-1")?)));
    let builder = Client::builder(fake.clone()).api_key_provider(acme_key.clone());
    let acme = builder.contact_id("acme").build()?;
    // It shares the transport. What isn't set anew is as it was.
    let builder = acme.to_builder().api_key("sk-globex-1");
    let globex = builder
        .contact_id("globex")
        .environment("staging")
        .build()?;

    ask(&acme).await?;
    ask(&globex).await?;
    acme_key.rotate(ApiKey::new("sk-acme-2")?);
    ask(&acme).await?;

    for call in fake.calls() {
        let contact = call.request().header("x-orq-contact-id");
        let key = call.api_key().and_then(|index| keys.get(index));
        println!("{} {}", contact.unwrap_or("-"), key.unwrap_or(&"-"));
    }
    Ok(())
}
