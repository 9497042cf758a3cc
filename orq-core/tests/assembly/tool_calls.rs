//! Which call a piece of a tool call belongs to.

use orq_core::Delta;
use serde_json::{Value, json};

use super::reader::{agreed, called, read};

/// A chunk with these pieces, each an id, a name and arguments. Those that are empty are left out.
pub(crate) fn chunk(index: Option<u64>, pieces: &[[&str; 3]]) -> Value {
    let piece = |[id, name, arguments]: &[&str; 3]| {
        let mut piece = json!({"function": {}});
        if let Some(index) = index {
            piece["index"] = index.into();
        }
        if !id.is_empty() {
            piece["id"] = (*id).into();
        }
        for (field, text) in [("name", name), ("arguments", arguments)] {
            if !text.is_empty() {
                piece["function"][field] = (**text).into();
            }
        }
        piece
    };
    let calls: Vec<_> = pieces.iter().map(piece).collect();
    super::message(json!({"tool_calls": calls}))
}

/// Pieces that each come in a chunk of their own, and the calls that they make.
type Row = (
    &'static str,
    &'static [[&'static str; 3]],
    &'static [[&'static str; 3]],
);

const ROWS: &[Row] = &[
    (
        "whole calls of one function without ids",
        &[["", "f", r#"{"city":"A"}"#], ["", "f", r#"{"city":"B"}"#]],
        &[["", "f", r#"{"city":"A"}"#], ["", "f", r#"{"city":"B"}"#]],
    ),
    (
        "whole calls of one function, of which the first has no arguments",
        &[["", "f", "{}"], ["", "f", "{}"], ["", "f", r#"{"a":1}"#]],
        &[["", "f", "{}"], ["", "f", "{}"], ["", "f", r#"{"a":1}"#]],
    ),
    (
        "calls in pieces, of which the first has the name",
        &[
            ["", "f", ""],
            ["", "", r#"{"a""#],
            ["", "", ":1}"],
            ["", "f", ""],
            ["", "", r#"{"b":2}"#],
        ],
        &[["", "f", r#"{"a":1}"#], ["", "f", r#"{"b":2}"#]],
    ),
    (
        "a name that is repeated in each piece",
        &[
            ["", "f", r#"{"a":"#],
            ["", "f", "{"],
            ["", "f", "}"],
            ["", "f", "}"],
            ["", "f", ""],
        ],
        &[["", "f", r#"{"a":{}}"#]],
    ),
    (
        "an id and a name that are repeated in each piece",
        &[
            ["a", "f", ""],
            ["a", "f", r#"{"a":"}"#],
            ["a", "f", r#"{\""}"#],
            ["a", "f", "\n"],
            ["a", "f", ""],
        ],
        &[["a", "f", "{\"a\":\"}{\\\"\"}\n"]],
    ),
    (
        "a whole call that is repeated",
        &[
            ["a", "f", r#"{"a":1}"#],
            ["a", "f", r#"{"a":1}"#],
            ["a", "", r#"{"a":1}"#],
        ],
        &[["a", "f", r#"{"a":1}"#]],
    ),
    (
        "whole calls with one id",
        &[
            ["a", "f", r#"{"a":1}"#],
            ["a", "f", r#"{"b":2}"#],
            ["a", "g", r#"{"b":2}"#],
        ],
        &[
            ["a", "f", r#"{"a":1}"#],
            ["a", "f", r#"{"b":2}"#],
            ["a", "g", r#"{"b":2}"#],
        ],
    ),
    (
        "calls one among the other by their ids",
        &[
            ["a", "f", "{"],
            ["b", "f", "{"],
            ["a", "", r#""x""#],
            ["b", "f", r#""y""#],
            ["a", "f", ":1}"],
            ["b", "", ":2}"],
        ],
        &[["a", "f", r#"{"x":1}"#], ["b", "f", r#"{"y":2}"#]],
    ),
    (
        "ids in the first pieces only",
        &[
            ["a", "f", ""],
            ["", "", r#"{"x":1}"#],
            ["b", "g", ""],
            ["", "", r#"{"y"#],
            ["", "", r#"":2}"#],
        ],
        &[["a", "f", r#"{"x":1}"#], ["b", "g", r#"{"y":2}"#]],
    ),
    (
        "an id that comes late",
        &[["", "f", ""], ["a", "", "{}"], ["a", "", ""]],
        &[["a", "f", "{}"]],
    ),
    (
        "an id that comes after the arguments",
        &[["", "f", r#"{"a":"#], ["a", "", "1}"]],
        &[["a", "f", r#"{"a":1}"#]],
    ),
    (
        "a placeholder",
        &[["a", "f", "{}"], ["", "", r#"{"a""#], ["", "", ":1}"]],
        &[["a", "f", r#"{"a":1}"#]],
    ),
    (
        "a placeholder with blanks, without an id, and before all at once",
        &[
            ["", "f", " { } \n"],
            ["", "", " "],
            ["", "", r#"{"a":1}"#],
            ["", "", "{}"],
        ],
        &[["", "f", r#"{"a":1}"#]],
    ),
    (
        "a placeholder in pieces",
        &[
            ["", "f", ""],
            ["", "", "{"],
            ["", "", "}"],
            ["", "", r#"{"a":1}"#],
        ],
        &[["", "f", r#"{"a":1}"#]],
    ),
    (
        "a placeholder before pieces that repeat the id and the name",
        &[["a", "f", "{}"], ["a", "f", "{}"], ["a", "f", r#"{"a":1}"#]],
        &[["a", "f", r#"{"a":1}"#]],
    ),
    (
        "a placeholder before pieces that repeat the name",
        &[["", "f", "{}"], ["", "f", r#"{"a""#], ["", "f", ":1}"]],
        &[["", "f", r#"{"a":1}"#]],
    ),
    (
        "an empty object within the arguments",
        &[
            ["a", "f", r#"{"a":"#],
            ["", "", "{}"],
            ["", "", "}"],
            ["", "", "{}"],
        ],
        &[["a", "f", r#"{"a":{}}"#]],
    ),
    (
        "a name in pieces",
        &[
            ["a", "get_", ""],
            ["a", "weather", ""],
            ["a", "get_weather", "{}"],
        ],
        &[["a", "get_weather", "{}"]],
    ),
    (
        "a name and arguments of which each piece has all so far",
        &[
            ["a", "get_", ""],
            ["a", "get_weather", r#"{"x""#],
            ["a", "get_weather", r#"{"x":"{"#],
            ["a", "get_weather", r#"{"x":"{"}"#],
            ["a", "get_weather", r#"{"x":"{"}"#],
        ],
        &[["a", "get_weather", r#"{"x":"{"}"#]],
    ),
    (
        "an object that begins as those around it",
        &[
            ["a", "f", r#"{"x":"#],
            ["a", "f", r#"{"x":[1,"#],
            ["a", "f", r#"{"x":[1,1]}]}}"#],
        ],
        &[["a", "f", r#"{"x":{"x":[1,{"x":[1,1]}]}}"#]],
    ),
    (
        "pieces that each have another id",
        &[
            ["a", "f", ""],
            ["b", "", r#"{"x""#],
            ["c", "", ":1}"],
            ["d", "", ""],
            ["e", "g", r#"{"y":2}"#],
        ],
        &[["a", "f", r#"{"x":1}"#], ["e", "g", r#"{"y":2}"#]],
    ),
    (
        "another id without a name, after complete arguments",
        &[["a", "f", r#"{"x":1}"#], ["b", "", r#"{"y":2}"#]],
        &[["a", "f", r#"{"x":1}"#], ["b", "", r#"{"y":2}"#]],
    ),
    (
        "an id that changes once",
        &[
            ["a", "f", "{}"],
            ["b", "", r#"{"x""#],
            ["b", "", ":1}"],
            ["b", "", ""],
        ],
        &[["a", "f", r#"{"x":1}"#]],
    ),
    (
        "arguments that are no object",
        &[["", "f", "[1]"], ["", "f", "2"], ["", "", "}}]\"\\"]],
        &[["", "f", "[1]2}}]\"\\"]],
    ),
];

#[test]
fn each_piece_belongs_to_its_call() {
    for (what, pieces, calls) in ROWS {
        for index in [Some(0), Some(7), None] {
            let chunks: Vec<_> = pieces.iter().map(|piece| chunk(index, &[*piece])).collect();
            let whole = agreed(&chunks);
            assert_eq!(called(whole.tool_calls()), *calls, "{what} {index:?}");
        }
        // All in one chunk: those without an index are told apart by their place.
        let whole = agreed(&[chunk(Some(0), pieces)]);
        assert_eq!(called(whole.tool_calls()), *calls, "{what} at once");
    }
}

#[test]
fn one_id_at_two_indexes_is_two_calls() {
    let pieces = [
        (0, ["x", "f", "{"]),
        (1, ["x", "f", "{"]),
        (0, ["x", "", "}"]),
        (1, ["x", "", r#""a":1}"#]),
    ];
    let whole = agreed(&pieces.map(|(index, piece)| chunk(Some(index), &[piece])));
    assert_eq!(
        called(whole.tool_calls()),
        [["x", "f", "{}"], ["x", "f", r#"{"a":1}"#]]
    );
}

#[test]
fn pieces_of_several_calls_without_an_index_find_them_by_id() {
    let whole = agreed(&[
        chunk(None, &[["a", "f", ""], ["b", "g", ""]]),
        chunk(None, &[["b", "", r#"{"b":"#]]),
        chunk(None, &[["b", "", "2}"], ["a", "", r#"{"a":1}"#]]),
    ]);
    assert_eq!(
        called(whole.tool_calls()),
        [["a", "f", r#"{"a":1}"#], ["b", "g", r#"{"b":2}"#]]
    );
}

#[test]
fn a_call_starts_over_only_if_what_was_given_of_it_has_changed() {
    let starts = |pieces: &[[&str; 3]]| {
        let chunks: Vec<_> = pieces
            .iter()
            .map(|piece| chunk(Some(0), &[*piece]))
            .collect();
        let (_, deltas) = read(&chunks);
        let is_start = |delta: &&Delta| matches!(delta, Delta::ToolCallStart { .. });
        deltas.iter().filter(is_start).count()
    };
    let whole = r#"{"a":1}"#;
    assert_eq!(
        starts(&[["a", "f", ""], ["a", "f", whole], ["a", "f", "{}"]]),
        1
    );
    assert_eq!(
        starts(&[["a", "f", "{}"], ["a", "f", "{}"], ["a", "f", " "]]),
        1
    );
    assert_eq!(
        starts(&[["a", "f", "{}"], ["", "", whole], ["", "", " "]]),
        2
    );
    assert_eq!(
        starts(&[["", "f", whole], ["a", "", ""], ["a", "f", whole]]),
        2
    );
    assert_eq!(
        starts(&[["", "get_", ""], ["", "weather", ""], ["", "", whole]]),
        2
    );
}

#[test]
fn a_name_without_end_is_not_given_again_and_again() {
    let names = ["get_", "weather"].into_iter().cycle().take(1000);
    let chunks: Vec<_> = names
        .map(|name| chunk(Some(0), &[["a", name, ""]]))
        .collect();
    let whole = agreed(&chunks);
    assert!(whole.tool_calls().len() > 5, "{}", whole.tool_calls().len());
    assert!(
        whole
            .tool_calls()
            .iter()
            .all(|call| call.name().len() < 300)
    );
}
