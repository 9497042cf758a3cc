//! Errors and retries: what is retried by itself, what an error tells, and what is left of an answer that broke off.
//!
//! `cargo run --bin errors_and_retries` asks a double of the API, whose time is virtual: its waits take none.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::time::Duration;

use orq_testkit::{FakeDeployment, FakeFault, FakeOrq, FakeRateLimit, Fault};
use orq_transport_reqwest::orq_core::{Client, DeploymentRequest, Error, RetryAdvice};

/// Asks, and tells of the attempts that failed before the one that worked.
async fn ask(client: &Client, deployment: &str) -> Result<String, Error> {
    let request = DeploymentRequest::new(deployment);
    let answer = client.deployments().invoke(&request).await?;
    for attempt in answer.meta().failed_attempts() {
        println!("retried: {}", attempt.summary);
    }
    Ok(answer.text().unwrap_or_default().into_owned())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let limit = FakeRateLimit::new(1, Duration::from_secs(20));
    let reset = FakeFault::break_before_head(Fault::Reset).first(1);
    let fake = FakeOrq::builder()
        .deployment(
            FakeDeployment::new("limited")
                .reply("Hello.")
                .rate_limit(limit),
        )
        .deployment(
            FakeDeployment::new("flaky")
                .reply("Hello again.")
                .fault(reset),
        )
        .deployment(
            FakeDeployment::new("cut")
                .reply("A b c d e f")
                .fault(FakeFault::cut_at(900)),
        );
    let client = fake.build().client();

    // The second call is over the limit. The client waits as long as the server says, and asks again.
    for _ in 0..2 {
        println!("limited: {}", ask(&client, "limited").await?);
    }

    // A broken connection isn't retried by itself: the server may have run the deployment.
    match ask(&client, "flaky").await {
        Err(error) if error.retry_advice() == RetryAdvice::MayDuplicate => {
            println!("flaky: {error}");
            println!("flaky: {}", ask(&client, "flaky").await?);
        }
        other => println!("flaky: {other:?}"),
    }

    match ask(&client, "nope").await {
        Err(error) if error.is_not_found() => println!("nope: {error}"),
        other => println!("nope: {other:?}"),
    }

    let stream = client.deployments().stream(&DeploymentRequest::new("cut"));
    if let Err(error) = stream.await?.finish().await {
        let partial = error.partial().and_then(|partial| partial.text());
        println!(
            "cut: {error}\ncut: what arrived: {:?}",
            partial.unwrap_or_default()
        );
    }
    Ok(())
}
