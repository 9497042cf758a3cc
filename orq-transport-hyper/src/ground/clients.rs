//! Several HTTP clients, so that no HTTP/2 connection has more streams than the server allows.

use std::sync::Arc;

use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind as Kind};
use tokio::{sync::Mutex, task::spawn_blocking};

use crate::build_error::{BuildError, Source};

type Make<K, C> = Arc<dyn Fn(&K) -> Result<C, BuildError> + Send + Sync>;

/// Clients of an HTTP library, each with its own pool. A pool has one HTTP/2 connection for each host, so a further client
/// means a further connection.
///
/// The clients differ by a key `K`, such as whether they use a proxy.
pub struct Clients<K, C> {
    make: Option<Make<K, C>>,
    most: usize,
    open: Arc<Mutex<Vec<Lease<K, C>>>>,
}

/// A client, for the time of one exchange.
pub type Lease<K, C> = Arc<Client<K, C>>;

/// A client with its key.
pub struct Client<K, C> {
    key: K,
    /// The client of the HTTP library.
    pub client: C,
}

impl<K, C> Clients<K, C>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    C: Send + Sync + 'static,
{
    /// Uses `first`, which is for `key`, and creates the others by `make` as soon as each has `most` exchanges.
    pub fn new(
        key: K,
        first: C,
        most: usize,
        make: impl Fn(&K) -> Result<C, BuildError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            make: Some(Arc::new(make)),
            most: most.max(1),
            ..Self::fixed(key, first)
        }
    }

    /// Uses this one client for everything.
    pub fn fixed(key: K, client: C) -> Self {
        Self {
            make: None,
            most: usize::MAX,
            open: Arc::new(Mutex::new(vec![Arc::new(Client { key, client })])),
        }
    }

    /// Returns a client for `key` that has fewer than the maximum of exchanges.
    ///
    /// # Errors
    ///
    /// An error with the delivery `not_sent`, if a further client can't be created.
    pub async fn lease(&self, key: K) -> Result<Lease<K, C>, TransportError> {
        let mut open = self.open.lock().await;
        let free = open.iter().find(|client| {
            let is_right = self.make.is_none() || client.key == key;
            is_right && Arc::strong_count(client) <= self.most
        });
        if let Some(client) = free {
            return Ok(client.clone());
        }
        let failed = |error: Source| {
            TransportError::new(Kind::Other, Phase::Connect, Delivery::NotSent).with_source(error)
        };
        let Some(make) = self.make.clone() else {
            return Err(failed("there is no client".into()));
        };
        let of = key.clone();
        // It may read the platform's certificates.
        let client = spawn_blocking(move || make(&of)).await;
        let client = client.map_err(|error| failed(error.into()))?;
        let client = client.map_err(|error| failed(error.into()))?;
        let client = Arc::new(Client { key, client });
        open.push(client.clone());
        Ok(client)
    }
}

impl<K, C> Clone for Clients<K, C> {
    fn clone(&self) -> Self {
        Self {
            make: self.make.clone(),
            most: self.most,
            open: self.open.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each client is a number, counted from 0.
    fn counted(most: usize) -> Clients<bool, usize> {
        let next = std::sync::atomic::AtomicUsize::new(1);
        let make = move |_: &bool| Ok(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        Clients::new(false, 0, most, make)
    }

    #[tokio::test]
    async fn a_client_has_at_most_so_many_exchanges() {
        let clients = counted(2);
        let mut leases = Vec::new();
        for expected in [0, 0, 1, 1, 2] {
            let lease = clients.lease(false).await.unwrap();
            assert_eq!(lease.client, expected);
            leases.push(lease);
        }
        leases.remove(1);
        assert_eq!(clients.lease(false).await.unwrap().client, 0);
    }

    #[tokio::test]
    async fn clients_of_different_keys_are_different() {
        let clients = counted(100);
        assert_eq!(clients.lease(true).await.unwrap().client, 1);
        assert_eq!(clients.lease(false).await.unwrap().client, 0);
        assert_eq!(clients.lease(true).await.unwrap().client, 1);
    }

    #[tokio::test]
    async fn a_client_that_is_given_serves_everything() {
        let clients = Clients::fixed(false, 7);
        let leases = [clients.lease(true).await, clients.lease(false).await];
        assert!(leases.iter().all(|it| it.as_ref().unwrap().client == 7));
    }
}
