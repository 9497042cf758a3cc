//! Knowledge filters: everything that is said is sent.

use orq_core::model::{JsonMap, KnowledgeFilter};

#[track_caller]
fn round_trip(filter: impl Into<KnowledgeFilter>, text: &str) {
    let filter = filter.into();
    assert_eq!(serde_json::to_string(&filter).unwrap(), text);
    let read: KnowledgeFilter = serde_json::from_str(text).unwrap();
    assert_eq!(read, filter);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}

#[track_caller]
fn kept(text: &str) -> KnowledgeFilter {
    let read: KnowledgeFilter = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    read
}

#[test]
fn several_operators_on_one_field_are_all_sent_in_order() {
    round_trip(
        KnowledgeFilter::field("year").gte(2020).lt(2026),
        r#"{"year":{"gte":2020,"lt":2026}}"#,
    );
    round_trip(
        KnowledgeFilter::field("year").lt(2026).gte(2020),
        r#"{"year":{"lt":2026,"gte":2020}}"#,
    );
}

#[test]
fn every_operator() {
    round_trip(
        KnowledgeFilter::field("a")
            .eq("x")
            .ne(true)
            .gt(1)
            .gte(2.5)
            .lt(u64::MAX)
            .lte(i64::MIN)
            .one_of(["x", "y"])
            .not_in([1, 2]),
        concat!(
            r#"{"a":{"eq":"x","ne":true,"gt":1,"gte":2.5,"lt":18446744073709551615,"lte":-9223372036854775808,"#,
            r#""in":["x","y"],"nin":[1,2]}}"#
        ),
    );
    round_trip(
        KnowledgeFilter::field("a").one_of(Vec::<String>::new()),
        r#"{"a":{"in":[]}}"#,
    );
    round_trip(
        KnowledgeFilter::field("a").operator("starts_with", "x"),
        r#"{"a":{"starts_with":"x"}}"#,
    );
}

#[test]
fn several_fields_in_one_map() {
    round_trip(
        KnowledgeFilter::field("a")
            .eq(1)
            .field("b")
            .eq(2)
            .field("a")
            .ne(3),
        r#"{"a":{"eq":1,"ne":3},"b":{"eq":2}}"#,
    );
}

#[test]
fn the_same_operator_twice_goes_into_a_second_filter() {
    round_trip(
        KnowledgeFilter::field("a")
            .ne("x")
            .ne("y")
            .lt(3)
            .field("b")
            .eq(1)
            .field("a")
            .ne("z"),
        r#"{"and":[{"a":{"ne":"x","lt":3},"b":{"eq":1}},{"a":{"ne":"y"}},{"a":{"ne":"z"}}]}"#,
    );
}

#[test]
fn filters_are_joined() {
    let a = || KnowledgeFilter::field("a").eq(1);
    let b = || KnowledgeFilter::field("b").eq(2);
    round_trip(
        KnowledgeFilter::all([a(), b()]),
        r#"{"and":[{"a":{"eq":1}},{"b":{"eq":2}}]}"#,
    );
    round_trip(
        KnowledgeFilter::any([a(), b()]),
        r#"{"or":[{"a":{"eq":1}},{"b":{"eq":2}}]}"#,
    );
    round_trip(
        KnowledgeFilter::all([KnowledgeFilter::all([a()]), KnowledgeFilter::any([b()])]),
        r#"{"and":[{"a":{"eq":1}},{"or":[{"b":{"eq":2}}]}]}"#,
    );
    round_trip(
        KnowledgeFilter::any([KnowledgeFilter::any([a(), b()])]),
        r#"{"or":[{"a":{"eq":1}},{"b":{"eq":2}}]}"#,
    );
    round_trip(
        KnowledgeFilter::all(Vec::<KnowledgeFilter>::new()),
        r#"{"and":[]}"#,
    );
}

#[test]
fn a_field_may_be_called_and_or_or() {
    round_trip(KnowledgeFilter::field("or").eq(1), r#"{"or":{"eq":1}}"#);
    for (field, joined) in [
        (r#"{"and":{"eq":1}}"#, r#"{"and":[{"and":{"eq":1}}]}"#),
        (
            r#"{"and":[{"b":{}}],"c":{}}"#,
            r#"{"and":[{"and":[{"b":{}}],"c":{}}]}"#,
        ),
    ] {
        round_trip(KnowledgeFilter::all([kept(field)]), joined);
    }
}

#[test]
fn a_value_that_json_does_not_have_is_not_sent_as_null() {
    let filter = || {
        KnowledgeFilter::field("score")
            .gt(f64::NAN)
            .field("a")
            .eq(1)
    };
    for filter in [filter().into(), KnowledgeFilter::all([filter()])] {
        let error = serde_json::to_string(&filter).unwrap_err().to_string();
        assert!(error.contains("JSON has no number NaN"), "{error}");
    }
}

#[test]
fn a_field_without_conditions_is_sent_for_orq_to_refuse() {
    // An empty filter would let everything through.
    round_trip(KnowledgeFilter::field("a"), r#"{"a":{}}"#);
}

#[test]
fn a_filter_is_taken_and_given_as_a_map() {
    let map: JsonMap = serde_json::from_str(r#"{"n":{"eq":9007199254740993.0}}"#).unwrap();
    let filter = KnowledgeFilter::from(map.clone());
    assert_eq!(filter.as_map(), &map);
    round_trip(filter, r#"{"n":{"eq":9007199254740993.0}}"#);
}

#[test]
fn shapes_that_are_not_known_survive() {
    for text in [
        r#"{}"#,
        r#"{"a":5}"#,
        r#"{"not":[{"a":{"eq":1}}]}"#,
        r#"{"and":[5]}"#,
        r#"{"and":[{"a":{"eq":1}}],"b":{"eq":1}}"#,
        r#"{"a":{"eq":null,"in":[[1],null,{"z":1,"a":2}],"x":123456789012345678901234567890,"y":"\ud800"}}"#,
        r#"{"and":[{"or":[{"and":[{"a":{"eq":1}}]}]}]}"#,
    ] {
        kept(text);
    }
    assert!(serde_json::from_str::<KnowledgeFilter>("7").is_err());
    let twice: KnowledgeFilter = serde_json::from_str(r#"{"a":{"eq":1},"a":{"eq":3}}"#).unwrap();
    assert_eq!(twice, kept(r#"{"a":{"eq":3}}"#));
}

#[test]
fn filters_nested_without_end_are_kept_as_they_are() {
    let deep = format!(
        "{}{}{}",
        r#"{"and":["#.repeat(100_000),
        r#"{"a":{"eq":1}}"#,
        "]}".repeat(100_000)
    );
    let filter = kept(&deep);
    assert_eq!(filter, filter.clone());
}

#[test]
fn equality_is_that_of_json() {
    let parse = |text| serde_json::from_str::<KnowledgeFilter>(text).unwrap();
    assert_eq!(
        parse(r#"{"a":{"gt":1,"lt":2},"b":{}}"#),
        parse(r#"{"b":{},"a":{"lt":2,"gt":1}}"#)
    );
    assert_ne!(parse(r#"{"a":{"gt":1}}"#), parse(r#"{"a":{"gt":2}}"#));
}
