//! Equality of JSON texts as values.
//!
//! Both texts are read into flat lists of nodes with a stack of our own, so a million nested brackets cost memory
//! and not the thread's stack.

use std::borrow::Cow;

use super::decimal::Decimal;
use super::text::Bytes;

/// Whether two JSON texts hold the same value.
///
/// White space, the order of an object's keys, escapes in strings and the spelling of numbers make no difference.
/// Of keys that occur twice in one object the last counts.
pub(super) fn equal(left: &str, right: &str) -> bool {
    if left == right {
        return true;
    }
    match (Tree::parse(left), Tree::parse(right)) {
        (Some(left), Some(right)) => left.equals(&right),
        _ => false,
    }
}

#[derive(PartialEq)]
enum Scalar<'a> {
    Literal(&'a str),
    Number(Decimal),
    /// The text without escapes; bytes, because a lone surrogate has no place in a `str`.
    String(Cow<'a, [u8]>),
}

enum Node<'a> {
    Scalar(Scalar<'a>),
    Array(Vec<usize>),
    /// Sorted by key, each key once.
    Object(Vec<(Cow<'a, [u8]>, usize)>),
}

enum Open<'a> {
    Array(Vec<usize>),
    Object {
        entries: Vec<(Cow<'a, [u8]>, usize)>,
        key: Option<Cow<'a, [u8]>>,
    },
}

struct Tree<'a> {
    /// Children come before their parent; the root is the last.
    nodes: Vec<Node<'a>>,
}

impl<'a> Tree<'a> {
    /// Reads a text that serde_json has accepted; commas and colons need no second check.
    fn parse(text: &'a str) -> Option<Self> {
        let mut nodes = Vec::new();
        let mut stack: Vec<Open<'a>> = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\n', '\r', ',', ':']);
            let node = match rest.bytes().next()? {
                b'[' => {
                    rest = rest.get(1..)?;
                    stack.push(Open::Array(Vec::new()));
                    continue;
                }
                b'{' => {
                    rest = rest.get(1..)?;
                    stack.push(Open::Object {
                        entries: Vec::new(),
                        key: None,
                    });
                    continue;
                }
                b']' | b'}' => {
                    rest = rest.get(1..)?;
                    match stack.pop()? {
                        Open::Array(items) => Node::Array(items),
                        Open::Object { entries, .. } => Node::Object(last_of_each_key(entries)),
                    }
                }
                b'"' => {
                    let (string, after) = split_string(rest)?;
                    rest = after;
                    let string = unescape(string)?;
                    if let Some(Open::Object {
                        key: key @ None, ..
                    }) = stack.last_mut()
                    {
                        *key = Some(string);
                        continue;
                    }
                    Node::Scalar(Scalar::String(string))
                }
                _ => {
                    let end = rest
                        .find([' ', '\t', '\n', '\r', ',', ']', '}'])
                        .unwrap_or(rest.len());
                    let (word, after) = rest.split_at_checked(end)?;
                    rest = after;
                    Node::Scalar(match word {
                        "null" | "true" | "false" => Scalar::Literal(word),
                        number => Scalar::Number(Decimal::parse(number)?),
                    })
                }
            };
            let index = nodes.len();
            nodes.push(node);
            match stack.last_mut() {
                None => return Some(Self { nodes }),
                Some(Open::Array(items)) => items.push(index),
                Some(Open::Object { entries, key }) => entries.push((key.take()?, index)),
            }
        }
    }

    fn equals(&self, other: &Self) -> bool {
        let mut pending = vec![(self.nodes.len() - 1, other.nodes.len() - 1)];
        while let Some((left, right)) = pending.pop() {
            match (self.nodes.get(left), other.nodes.get(right)) {
                (Some(Node::Scalar(left)), Some(Node::Scalar(right))) if left == right => {}
                (Some(Node::Array(left)), Some(Node::Array(right)))
                    if left.len() == right.len() =>
                {
                    pending.extend(left.iter().copied().zip(right.iter().copied()));
                }
                (Some(Node::Object(left)), Some(Node::Object(right)))
                    if left.len() == right.len() =>
                {
                    for ((left_key, left), (right_key, right)) in left.iter().zip(right) {
                        if left_key != right_key {
                            return false;
                        }
                        pending.push((*left, *right));
                    }
                }
                _ => return false,
            }
        }
        true
    }
}

fn last_of_each_key<'a>(mut entries: Vec<(Cow<'a, [u8]>, usize)>) -> Vec<(Cow<'a, [u8]>, usize)> {
    // Children are numbered in the order of the text, so the greatest number of a key is its last value.
    entries.sort_unstable_by(|left, right| left.0.cmp(&right.0).then(right.1.cmp(&left.1)));
    entries.dedup_by(|later, kept| later.0 == kept.0);
    entries
}

/// The string at the start of `text`, quotes included, and what follows it.
fn split_string(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return text.split_at_checked(index + 1),
            _ => {}
        }
    }
    None
}

fn unescape(quoted: &str) -> Option<Cow<'_, [u8]>> {
    if !quoted.contains('\\') {
        return quoted
            .get(1..quoted.len() - 1)
            .map(|text| Cow::Borrowed(text.as_bytes()));
    }
    serde_json::from_str::<Bytes<'_>>(quoted)
        .ok()
        .map(|bytes| bytes.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_makes_no_difference() {
        for (left, right) in [
            (
                r#"{"a":1,"b":[true,null]}"#,
                r#" { "b" : [ true , null ] , "a" : 1.0 } "#,
            ),
            (r#""A\n""#, r#""\u0041\u000a""#),
            (r#""\ud83d\ude00""#, "\"😀\""),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
            (r#"{"a":1,"b":3,"a":2}"#, r#"{"a":2,"b":3}"#),
            ("24", "24.0"),
            ("[]", "[ ]"),
        ] {
            assert!(equal(left, right), "{left} {right}");
        }
    }

    #[test]
    fn values_make_one() {
        for (left, right) in [
            ("[1,2]", "[2,1]"),
            ("[]", "{}"),
            ("[[]]", "[]"),
            ("null", "false"),
            ("1", "\"1\""),
            (r#"{"a":1}"#, r#"{"a":1,"b":1}"#),
            (r#"{"a":1,"a":2}"#, r#"{"a":1}"#),
            (r#""\ud800""#, r#""\ud801""#),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567891",
            ),
        ] {
            assert!(!equal(left, right), "{left} {right}");
        }
    }

    #[test]
    fn a_million_brackets_do_not_overflow_the_stack() {
        let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        let spaced = format!(" {deep}");
        let other = format!("{}1{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert!(equal(&deep, &spaced));
        assert!(!equal(&deep, &other));
    }

    #[test]
    fn text_that_is_not_json_equals_itself_alone() {
        for text in ["", "[", "]", "{\"a\"}", "\"", "{1}", "x"] {
            assert!(!equal(text, " 1"), "{text}");
        }
    }
}
