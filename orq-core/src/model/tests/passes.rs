//! What the typed pass accepts, the lenient pass deserializes to the same value, without a warning.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::Serialize;

use super::attacks::hostile_json;
use crate::model::json::decode::{decode_lenient, decode_typed};
use crate::model::{
    Completion, CompletionChunk, Deployment, DeploymentConfig, DeploymentPage, DeploymentRequest,
    DeploymentVersion, VersionPage, Warnings, Wire,
};

/// Deserializes a text in both passes, and returns whether the typed pass accepts it.
#[track_caller]
fn same<T: Wire + Serialize + PartialEq + Debug>(
    text: &str,
    kept: impl Fn(&T) -> Vec<Option<&str>>,
) -> bool {
    let Some(typed) = decode_typed::<T>(text) else {
        return false;
    };
    let (lenient, warnings) = decode_lenient::<T>(text).unwrap();
    assert_eq!(warnings, Warnings::default(), "{text}");
    assert_eq!(typed, lenient, "{text}");
    // Compares the exact text, too, since equality ignores some differences.
    let written = |value: &T| serde_json::to_string(value).unwrap();
    assert_eq!(written(&typed), written(&lenient), "{text}");
    let kept = |value| -> Vec<_> {
        kept(value)
            .iter()
            .map(|raw| raw.map(str::to_owned))
            .collect()
    };
    assert_eq!(kept(&typed), kept(&lenient), "{text}");
    true
}

fn same_of_all(text: &str) {
    same::<Completion>(text, |_| Vec::new());
    same::<CompletionChunk>(text, |chunk| vec![chunk.raw()]);
    same::<DeploymentConfig>(text, |_| Vec::new());
    same::<DeploymentPage>(text, |page| page.data.iter().map(Deployment::raw).collect());
    same::<DeploymentRequest>(text, |_| Vec::new());
    same::<VersionPage>(text, |page| {
        page.data.iter().map(DeploymentVersion::raw).collect()
    });
}

fn answer() -> impl Strategy<Value = String> {
    orq_testkit::strategy::completion().prop_map(|answer| serde_json::to_string(&answer).unwrap())
}

fn request() -> impl Strategy<Value = String> {
    orq_testkit::strategy::deployment_request()
        .prop_map(|request| serde_json::to_string(&request).unwrap())
}

/// A page of deployments with prompt configurations.
fn page() -> impl Strategy<Value = String> {
    let parameters = select(vec![
        r#"{"temperature":0.5,"maxTokens":24,"topP":1.0,"responseFormat":{"type":"text"}}"#,
        r#"{"responseFormat":{"type":"json_schema","json_schema":{"schema":{"z":1,"a":2}}}}"#,
        r#"{"responseFormat":"mp3","cacheControl":{"type":"ephemeral"},"seed":18446744073709551615}"#,
        r#"{"responseFormat":null,"numImages":1e2,"x":{"b":1,"a":2}}"#,
    ]);
    let version = select(vec![r#""1.2""#, "3", "1.20", "null"]);
    let item = (answer(), parameters, version).prop_map(|(message, parameters, version)| {
        format!(
            r#"{{"_id":"1","version":{version},"promptConfig":{{"modelParameters":{parameters},"messages":[{{"role":"user","content":"c"}}],"tools":[{{"type":"function","function":{{}}}}]}},"x":{message}}}"#
        )
    });
    (vec(item, 0..3), any::<bool>()).prop_map(|(items, has_more)| {
        let items = items.join(" , ");
        format!(r#"{{"object":"list","data":[{items}],"has_more":{has_more},"messages":[]}}"#)
    })
}

/// A change to a text: a part of it is removed, repeated, or replaced by a text that may be invalid there.
#[derive(Clone, Debug)]
enum Change {
    Remove(Index, usize),
    Double(Index, usize),
    Replace(Index, usize, &'static str),
    /// Replaces a whole token.
    Token(Index, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let odd = || {
        select(vec![
            "null",
            "true",
            "7",
            "-0",
            "24.0",
            "1e1",
            "1e400",
            "9007199254740993.0",
            "18446744073709551616",
            "\"\"",
            "\"7\"",
            "\"x\"",
            "[]",
            "{}",
            "[null]",
            "[1,[2]]",
            "{\"a\":1,\"a\":2}",
            "\"\\ud800\"",
            "\"\\u0061\"",
            "\u{1}",
            "\\",
            "\"",
            ",",
            ":",
            "[",
            "]",
            "{",
            "}",
            " ",
            "\n",
            "é",
            "\"id\":1,",
            "\"x\":{ },",
            "\"delta\":{\"content\":\"d\"},",
            "\"choices\":[],",
            "\"index\":0,",
            "\"type\":\"text\",",
            "\"i\\u0064\":\"i\",",
            "\"_id\":null,",
            "\"content\":null,",
            "\"function\":{},",
            "\"input_tokens\":1,",
            "\"input_tokens\":0,",
            "\"hasMore\":null,",
            "\"has_more\":null,",
            "\"tool_calls\":{\"id\":7},",
            "\"reasoning_content\":\"\",",
        ])
    };
    prop_oneof![
        1 => (any::<Index>(), 1..20_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        1 => (any::<Index>(), 1..40_usize).prop_map(|(at, length)| Change::Double(at, length)),
        1 => (any::<Index>(), 0..6_usize, odd()).prop_map(|(at, length, odd)| Change::Replace(at, length, odd)),
        4 => (any::<Index>(), odd()).prop_map(|(at, odd)| Change::Token(at, odd)),
    ]
}

impl Change {
    fn apply(&self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let end = |at: usize, length: usize| (at + length).min(chars.len());
        let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
        let at = |index: &Index| index.index(chars.len() + 1);
        let replaced = |from: usize, to: usize, by: &str| {
            format!("{}{by}{}", part(0..from), part(to..chars.len()))
        };
        match self {
            Self::Remove(index, length) => replaced(at(index), end(at(index), *length), ""),
            Self::Double(index, length) => {
                let from = at(index);
                let to = end(from, *length);
                replaced(from, from, &part(from..to))
            }
            Self::Replace(index, length, odd) => replaced(at(index), end(at(index), *length), odd),
            Self::Token(index, odd) => {
                let starts = tokens(text);
                let Some(range) = starts.get(index.index(starts.len().max(1))) else {
                    return text.to_owned();
                };
                format!("{}{odd}{}", &text[..range.start], &text[range.end..])
            }
        }
    }
}

/// Returns the ranges of the strings, words and numbers of a JSON text, and an empty range at the start of each object.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut tokens = Vec::new();
    let (mut start, mut in_string, mut escaped) = (None, false, false);
    for (at, byte) in text.bytes().enumerate() {
        let ends_word = !in_string && b",:[]{} \n\"".contains(&byte);
        if let Some(from) = start
            && ends_word
        {
            tokens.push(from..at);
            start = None;
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' if in_string => {
                in_string = false;
                tokens.extend(start.take().map(|from| from..at + 1));
            }
            b'"' => (in_string, start) = (true, Some(at)),
            b'{' if !in_string => tokens.push(at + 1..at + 1),
            _ if !in_string && !ends_word && start.is_none() => start = Some(at),
            _ => {}
        }
    }
    tokens
}

proptest! {
    #[test]
    fn a_whole_answer_needs_the_typed_pass_only(text in answer()) {
        prop_assert!(same::<Completion>(&text, |_| Vec::new()));
        prop_assert!(same::<CompletionChunk>(&text, |chunk| vec![chunk.raw()]));
        same_of_all(&text);
    }

    #[test]
    fn a_request_and_a_list_need_the_typed_pass_only(request in request(), page in page()) {
        prop_assert!(same::<DeploymentRequest>(&request, |_| Vec::new()));
        prop_assert!(same::<DeploymentPage>(&page, |page| page.data.iter().map(Deployment::raw).collect()));
    }

    #[test]
    fn a_changed_text_reads_the_same_in_both_passes(
        text in prop_oneof![answer(), page(), request()],
        changes in vec(change(), 1..4),
    ) {
        same_of_all(&changes.iter().fold(text, |text, change| change.apply(&text)));
    }

    #[test]
    fn a_hostile_text_reads_the_same_in_both_passes(text in hostile_json()) {
        same_of_all(&text);
        same_of_all(&format!(r#"{{"choices":[{{"message":{{"content":{text}}}}}]}}"#));
    }
}
