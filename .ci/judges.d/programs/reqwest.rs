use std::{env, error::Error};

use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = reqwest::Client::builder().build()?;
    let answer = client
        .post("https://api.orq.ai/v2/deployments/invoke")
        .bearer_auth(env::var("ORQ_API_KEY")?)
        .json(&json!({ "key": "greeter", "inputs": { "firstname": "Jane" } }))
        .send()
        .await?;
    let answer: Value = answer.error_for_status()?.json().await?;
    let text = &answer["choices"][0]["message"]["content"];
    println!("{}", text.as_str().ok_or("an answer without text")?);
    Ok(())
}
