//! Tool calls in pieces that are labelled in each of the ways of servers.

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};

use super::reader::{agreed, called};

#[derive(Clone, Copy, Debug, PartialEq)]
enum On {
    No,
    First,
    Each,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    /// Each call has its index.
    Own,
    /// All have index 0.
    Zero,
    Nowhere,
}

/// How a server labels and orders the pieces of calls.
#[derive(Clone, Copy, Debug)]
struct Way {
    index: At,
    id: On,
    name: On,
    /// Whether each call is one piece.
    is_whole: bool,
    /// Whether the pieces of one call may stand between those of another.
    is_mixed: bool,
}

const fn way(index: At, id: On, name: On, is_whole: bool, is_mixed: bool) -> Way {
    Way {
        index,
        id,
        name,
        is_whole,
        is_mixed,
    }
}

const WAYS: &[Way] = &[
    way(At::Own, On::First, On::First, false, true),
    way(At::Own, On::Each, On::Each, false, true),
    way(At::Own, On::No, On::First, false, true),
    way(At::Own, On::No, On::Each, false, true),
    way(At::Own, On::First, On::Each, false, true),
    way(At::Own, On::No, On::First, true, false),
    way(At::Zero, On::Each, On::First, false, true),
    way(At::Zero, On::Each, On::Each, false, true),
    way(At::Zero, On::First, On::First, false, false),
    way(At::Zero, On::First, On::Each, false, false),
    way(At::Zero, On::No, On::First, false, false),
    way(At::Zero, On::No, On::First, true, false),
    way(At::Zero, On::First, On::First, true, false),
    way(At::Nowhere, On::Each, On::First, false, true),
    way(At::Nowhere, On::Each, On::Each, false, true),
    way(At::Nowhere, On::First, On::First, false, false),
    way(At::Nowhere, On::No, On::First, false, false),
    way(At::Nowhere, On::No, On::First, true, false),
];

/// Arguments with a member at least: an empty object may be a placeholder.
fn arguments() -> impl Strategy<Value = String> {
    let text = "[a-z{}\\[\\]\"\\\\ \u{20ac}]{0,5}";
    let leaf = prop_oneof![
        any::<i8>().prop_map(Value::from),
        text.prop_map(Value::from),
        Just(json!(null))
    ];
    let inner = leaf.prop_recursive(2, 6, 3, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((text, inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    let members = vec(("[a-z}]{1,3}", inner), 1..3);
    (members, any::<bool>()).prop_map(|(members, is_pretty)| {
        let object = Value::Object(members.into_iter().collect());
        match is_pretty {
            true => format!("{object:#}"),
            false => object.to_string(),
        }
    })
}

/// A call's name, arguments, and where these are cut.
type Call = (&'static str, String, Vec<Index>);

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let name = prop::sample::select(vec!["f", "get_weather"]);
    vec((name, arguments(), vec(any::<Index>(), 0..5)), 1..5)
}

/// The arguments in pieces, of which the first may be empty, and so may be others.
fn cut<'a>(text: &'a str, at: &[Index]) -> Vec<&'a str> {
    let mut ends: Vec<_> = at.iter().map(|at| at.index(text.len() + 1)).collect();
    ends.retain(|end| text.is_char_boundary(*end));
    ends.sort_unstable();
    let mut begin = 0;
    let mut pieces = Vec::new();
    for end in ends.into_iter().chain([text.len()]) {
        pieces.push(&text[begin..end]);
        begin = end;
    }
    pieces
}

fn piece(way: Way, at: usize, name: &str, text: &str, is_first: bool) -> Value {
    let has = |on| on == On::Each || on == On::First && is_first;
    let mut piece = json!({"function": {"arguments": text}});
    match way.index {
        At::Own => piece["index"] = at.into(),
        At::Zero => piece["index"] = 0.into(),
        At::Nowhere => {}
    }
    if has(way.id) {
        piece["id"] = format!("call_{at}").into();
    }
    if has(way.name) {
        piece["function"]["name"] = name.into();
    }
    if is_first {
        piece["type"] = "function".into();
    }
    piece
}

proptest! {
    // Each case tries every way.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.div_ceil(4), ..ProptestConfig::default() })]

    #[test]
    fn calls_are_put_together_however_they_are_cut_and_labelled(
        calls in calls(),
        order in vec(any::<Index>(), 1..20),
        placeholder in prop::sample::select(vec!["", "{}", "{ }"]),
    ) {
        for way in WAYS {
            let mut waiting: Vec<_> = calls.iter().enumerate().map(|(at, (name, text, cuts))| {
                let mut texts = if way.is_whole { vec![text.as_str()] } else { cut(text, cuts) };
                if !way.is_whole && way.name == On::First {
                    texts.insert(0, placeholder);
                }
                if way.id == On::No && way.name == On::Each {
                    // A name without arguments may begin another call, once those before it are complete.
                    texts.retain(|text| !text.is_empty());
                }
                let pieces = texts.into_iter().enumerate();
                pieces.map(|(n, text)| piece(*way, at, name, text, n == 0)).collect::<Vec<_>>().into_iter()
            }).collect();
            let mut chunks = Vec::new();
            let mut step = 0;
            while !waiting.is_empty() {
                let at = if way.is_mixed { order[step % order.len()].index(waiting.len()) } else { 0 };
                step += 1;
                match waiting[at].next() {
                    Some(piece) => chunks.push(super::message(json!({"tool_calls": [piece]}))),
                    None => drop(waiting.remove(at)),
                }
            }
            let whole = agreed(&chunks);
            let mut found = called(whole.tool_calls());
            let mut expected: Vec<_> = calls.iter().enumerate().map(|(at, (name, text, _))| {
                let id = if way.id == On::No { String::new() } else { format!("call_{at}") };
                [id, (*name).to_owned(), text.clone()]
            }).collect();
            if way.is_mixed {
                // The calls are in the order in which they began.
                found.sort_unstable();
                expected.sort_unstable();
            }
            prop_assert_eq!(found, expected, "{:?}", way);
        }
    }
}
