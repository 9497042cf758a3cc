use std::error::Error;

use orq_transport_reqwest::{
    ReqwestTransport,
    orq_core::{Client, DeploymentRequest},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env(ReqwestTransport::builder().build()?)?;
    let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
    let answer = client.deployments().invoke(&request).await?;
    println!("{}", answer.require_text()?);
    Ok(())
}
