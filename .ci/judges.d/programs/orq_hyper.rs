use std::error::Error;

use orq_transport_hyper::{
    HyperTransport,
    orq_core::{Client, DeploymentRequest},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env(HyperTransport::builder().build()?)?;
    let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
    let answer = client.deployments().invoke(&request).await?;
    println!("{}", answer.require_text()?);
    Ok(())
}
