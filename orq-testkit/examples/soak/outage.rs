//! An outage: how many requests are made to a server that refuses all, with a retry budget and without.

use std::{
    error::Error,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use orq_core::{Client, DeploymentRequest, retry::RetryBudget};
use orq_testkit::{FakeOrq, conformance::RawServer};
use orq_transport_hyper::HyperTransport;
use tokio::{task::JoinSet, time::interval};

/// How many calls each client begins in a second.
pub(crate) const EACH_SECOND: u32 = 200;

const REFUSAL: &str =
    "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n";
const ANSWER: &str = r#"{"choices":[{"index":0,"message":{"content":"Hello"}}]}"#;

/// A client, and a server for it alone.
struct Side {
    client: Client,
    server: RawServer,
    is_over: Arc<AtomicBool>,
}

/// What the calls of one client came to: in the outage, and then as many after it.
#[derive(Debug, PartialEq)]
pub(crate) struct Figures {
    pub(crate) calls: u32,
    pub(crate) requests: usize,
    /// How many retries the budget had at the end of the outage, and after it.
    pub(crate) available: Option<[u32; 2]>,
}

/// Makes this many calls in an outage and after it, one each `pause`. Returns the figures with the default budget, and
/// without one.
pub(crate) async fn run(calls: u32, pause: Duration) -> Result<[Figures; 2], Box<dyn Error>> {
    let budget = RetryBudget::default();
    let with = Side::new(Some(budget.clone()))?;
    let without = Side::new(None)?;
    let both = tokio::join!(
        with.run(calls, pause, Some(&budget)),
        without.run(calls, pause, None)
    );
    Ok([both.0?, both.1?])
}

impl Side {
    fn new(budget: Option<RetryBudget>) -> Result<Self, Box<dyn Error>> {
        let is_over = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&is_over);
        let server = RawServer::serving(move |mut connection| {
            let is_over = Arc::clone(&shared);
            async move {
                while connection.request().await?.is_some() {
                    let answer = match is_over.load(Relaxed) {
                        true => answer(),
                        false => REFUSAL.to_owned(),
                    };
                    connection.write(answer).await?;
                }
                Ok(())
            }
        })?;
        let client = Client::builder(HyperTransport::new()?)
            .api_key(FakeOrq::DEFAULT_API_KEY)
            .base_url(format!("http://{}", server.address()))
            .retry_budget(budget)
            .build()?;
        Ok(Self {
            client,
            server,
            is_over,
        })
    }

    async fn run(
        &self,
        calls: u32,
        pause: Duration,
        budget: Option<&RetryBudget>,
    ) -> Result<Figures, Box<dyn Error>> {
        let available = || budget.map(|budget| budget.level().available);
        let failed = self.calls(calls, pause).await?;
        let (requests, left) = (self.server.requests(), available());
        self.is_over.store(true, Relaxed);
        let failed_after = self.calls(calls, pause).await?;
        if (failed, failed_after) != (calls, 0) {
            return Err(
                format!("{failed} calls failed in the outage, {failed_after} after it").into(),
            );
        }
        Ok(Figures {
            calls,
            requests,
            available: left.zip(available()).map(<[u32; 2]>::from),
        })
    }

    /// Makes calls, and returns how many failed.
    async fn calls(&self, calls: u32, pause: Duration) -> Result<u32, Box<dyn Error>> {
        let mut pauses = interval(pause);
        let mut running = JoinSet::new();
        for _ in 0..calls {
            pauses.tick().await;
            let request = DeploymentRequest::new("chat");
            running.spawn(self.client.deployments().invoke(&request));
        }
        let mut failed = 0;
        while let Some(ended) = running.join_next().await {
            failed += u32::from(ended?.is_err());
        }
        Ok(failed)
    }
}

fn answer() -> String {
    let length = ANSWER.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{ANSWER}"
    )
}

impl Figures {
    /// Returns whether the budget was the only limit to the requests, of which a call makes three without it.
    pub(crate) fn is_as_promised(&self) -> bool {
        let calls = self.calls as usize;
        let most = match self.available {
            None => usize::MAX,
            Some(_) => calls + RetryBudget::default().level().capacity as usize,
        };
        self.requests == most.min(3 * calls)
    }
}

/// `calls=2 requests=6 requests_per_call=3.000`
impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (calls, requests) = (self.calls, self.requests);
        let ratio = requests as f64 / f64::from(calls);
        write!(
            f,
            "calls={calls} requests={requests} requests_per_call={ratio:.3}"
        )?;
        match self.available {
            Some([left, after]) => write!(f, " retries_left={left} as_many_calls_later={after}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_outage_is_not_multiplied_with_a_budget() {
        let [with, without] = run(120, Duration::from_micros(1)).await.unwrap();
        assert!(with.is_as_promised() && without.is_as_promised());
        assert_eq!((with.requests, without.requests), (220, 360));
        // 120 successes are 24 retries.
        assert_eq!(with.available, Some([0, 24]));
        let shown = "calls=120 requests=360 requests_per_call=3.000";
        assert_eq!(without.to_string(), shown);
    }
}
