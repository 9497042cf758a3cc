use orq_testkit::{FakeDeployment, FakeOrq};
use serde_json::Value;

use super::{Answer, request, send};

fn list(fake: &FakeOrq, query: &str) -> Answer {
    send(fake, request("GET", &format!("/v2/deployments{query}"), ""))
}

fn page(fake: &FakeOrq, query: &str) -> (Vec<String>, bool) {
    let page = list(fake, query).json();
    assert_eq!(page["object"], "list");
    let keys = page["data"].as_array().unwrap().iter();
    let keys = keys
        .map(|item| item["key"].as_str().unwrap().to_owned())
        .collect();
    (keys, page["has_more"].as_bool().unwrap())
}

fn id(fake: &FakeOrq, key: &str) -> String {
    let page = list(fake, "?limit=50").json();
    let mut items = page["data"].as_array().unwrap().iter();
    let item = items.find(|item| item["key"] == key).unwrap();
    item["id"].as_str().unwrap().to_owned()
}

fn numbered(count: usize) -> FakeOrq {
    let builder = FakeOrq::builder();
    let add = |builder: orq_testkit::FakeOrqBuilder, n| {
        builder.deployment(FakeDeployment::new(format!("d{n}")))
    };
    (0..count).fold(builder, add).build()
}

#[test]
fn the_built_in_deployments_are_listed_newest_first() {
    let fake = FakeOrq::new();
    let (keys, has_more) = page(&fake, "");
    assert_eq!(keys, ["chat", "tools", "image", "reasoning", "rag"]);
    assert!(!has_more);
    let items = list(&fake, "").json()["data"].clone();
    let created: Vec<_> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["created"].as_str().unwrap())
        .collect();
    assert!(
        created.is_sorted_by(|newer, older| newer > older),
        "{created:?}"
    );
}

#[test]
fn an_item_has_its_prompt_config() {
    let page = list(&FakeOrq::new(), "?limit=2").json();
    let tools = &page["data"][1];
    assert_eq!(tools["key"], "tools");
    assert_eq!(tools["version"], "1");
    let config = &tools["prompt_config"];
    assert_eq!(config["model"], "gpt-4o");
    assert_eq!(config["model_type"], "chat");
    assert_eq!(config["tools"][0]["id"], 1);
    assert_eq!(config["tools"][0]["function"]["name"], "get_weather");
    let chat = &page["data"][0]["prompt_config"];
    assert_eq!(chat["messages"][1]["content"], "Hello, I am {{firstname}}.");
    assert_eq!(chat["model_parameters"]["temperature"], 0.7);
}

#[test]
fn ten_come_by_default() {
    let fake = numbered(12);
    let (keys, has_more) = page(&fake, "");
    assert_eq!(keys.len(), 10);
    assert_eq!(keys[0], "d11");
    assert!(has_more);
    assert!(!page(&numbered(10), "").1);
}

#[test]
fn pages_follow_the_cursor_forward() {
    let fake = numbered(5);
    assert_eq!(
        page(&fake, "?limit=2"),
        (vec!["d4".into(), "d3".into()], true)
    );
    let after = format!("?limit=2&starting_after={}", id(&fake, "d3"));
    assert_eq!(page(&fake, &after), (vec!["d2".into(), "d1".into()], true));
    let after = format!("?limit=2&starting_after={}", id(&fake, "d1"));
    assert_eq!(page(&fake, &after), (vec!["d0".into()], false));
    let after = format!("?starting_after={}", id(&fake, "d0"));
    assert_eq!(page(&fake, &after), (vec![], false));
}

#[test]
fn pages_follow_the_cursor_backward() {
    let fake = numbered(5);
    let before = format!("?limit=2&ending_before={}", id(&fake, "d0"));
    assert_eq!(page(&fake, &before), (vec!["d2".into(), "d1".into()], true));
    let before = format!("?limit=2&ending_before={}", id(&fake, "d2"));
    assert_eq!(
        page(&fake, &before),
        (vec!["d4".into(), "d3".into()], false)
    );
    let before = format!("?ending_before={}", id(&fake, "d4"));
    assert_eq!(page(&fake, &before), (vec![], false));
}

#[test]
fn a_key_given_twice_is_one_deployment() {
    let fake = FakeOrq::builder()
        .deployment(FakeDeployment::new("a").description("old"))
        .deployment(FakeDeployment::new("b"))
        .deployment(FakeDeployment::new("a").description("new"))
        .build();
    assert_eq!(page(&fake, "").0, ["a", "b"]);
    assert_eq!(list(&fake, "").json()["data"][0]["description"], "new");
}

#[test]
fn the_limit_is_a_number_from_1_to_50() {
    let fake = FakeOrq::new();
    for query in [
        "?limit=0",
        "?limit=51",
        "?limit=-1",
        "?limit=ten",
        "?limit=",
        "?limit=1.5",
    ] {
        let answer = list(&fake, query);
        assert_eq!(answer.status, 400, "{query}");
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "invalid_request_body");
        assert_eq!(error["details"]["issues"][0]["path"], "limit");
    }
    assert_eq!(list(&fake, "?limit=1").status, 200);
    assert_eq!(list(&fake, "?limit=50").status, 200);
}

#[test]
fn cursors_are_one_at_a_time_and_known() {
    let fake = FakeOrq::new();
    let path = |query: &str| -> Value {
        let answer = list(&fake, query);
        assert_eq!(answer.status, 400, "{query}");
        answer.json()["error"]["details"]["issues"][0]["path"].clone()
    };
    let chat = id(&fake, "chat");
    let both = format!("?starting_after={chat}&ending_before={chat}");
    assert_eq!(path(&both), "ending_before");
    assert_eq!(path("?starting_after=nobody"), "starting_after");
    assert_eq!(path("?ending_before=nobody"), "ending_before");
    assert_eq!(list(&fake, "?unheard_of=1").status, 200);
}

#[test]
fn an_empty_cursor_is_none() {
    let fake = numbered(3);
    for query in [
        "?ending_before=",
        "?starting_after=",
        "?starting_after=&ending_before=",
    ] {
        assert_eq!(page(&fake, query).0, ["d2", "d1", "d0"], "{query}");
    }
    let after = format!("?ending_before=&starting_after={}", id(&fake, "d1"));
    assert_eq!(page(&fake, &after).0, ["d0"]);
}
