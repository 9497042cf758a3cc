//! Putting placeholders into bytes, and into bytes that come in chunks.

use std::ops::Range;

/// What stands where something was taken out.
pub(super) const PLACEHOLDER: &str = "[redacted]";

/// A placeholder within a text.
const IN_TEXT: &[u8] = PLACEHOLDER.as_bytes();
/// A placeholder in the place of a JSON value.
const AS_JSON: &[u8] = b"\"[redacted]\"";

/// A part of some bytes, and what takes its place.
pub(super) struct Splice {
    span: Range<usize>,
    with: &'static [u8],
}

impl Splice {
    pub(super) fn text(span: Range<usize>) -> Self {
        Self {
            span,
            with: IN_TEXT,
        }
    }

    pub(super) fn json(span: Range<usize>) -> Self {
        Self {
            span,
            with: AS_JSON,
        }
    }
}

/// In order, and those that overlap as one.
pub(super) fn merge(mut splices: Vec<Splice>) -> Vec<Splice> {
    splices.sort_by_key(|splice| (splice.span.start, splice.span.end));
    let mut merged: Vec<Splice> = Vec::new();
    for splice in splices {
        match merged.last_mut() {
            Some(last) if splice.span.start < last.span.end => {
                last.span.end = last.span.end.max(splice.span.end);
                if splice.with == AS_JSON {
                    last.with = AS_JSON;
                }
            }
            _ => merged.push(splice),
        }
    }
    merged
}

/// `splices` come from [`merge`].
pub(super) fn apply(bytes: &[u8], splices: &[Splice]) -> Vec<u8> {
    apply_to_chunks(&[bytes], bytes, splices).concat()
}

/// `chunks` in one are `whole`. A placeholder whose span reaches over several chunks is cut too, so that a value which
/// came in pieces still does.
pub(super) fn apply_to_chunks(chunks: &[&[u8]], whole: &[u8], splices: &[Splice]) -> Vec<Vec<u8>> {
    let mut redacted = Vec::new();
    let mut copied = 0;
    // Where each splice begins in what is redacted.
    let mut starts = Vec::new();
    for Splice { span, with } in splices {
        redacted.extend_from_slice(whole.get(copied..span.start).unwrap_or_default());
        starts.push(redacted.len());
        redacted.extend_from_slice(with);
        copied = span.end;
    }
    redacted.extend_from_slice(whole.get(copied..).unwrap_or_default());
    let moved = |at: usize| {
        let before = splices.partition_point(|splice| splice.span.start < at);
        let last = splices.iter().zip(&starts).take(before).next_back();
        last.map_or(at, |(Splice { span, with }, start)| match at < span.end {
            true => start + with.len() * (at - span.start) / span.len(),
            false => start + with.len() + (at - span.end),
        })
    };
    let mut end = 0;
    let cut = chunks.iter().map(|chunk| {
        let start = end;
        end += chunk.len();
        redacted.get(moved(start)..moved(end)).unwrap_or_default()
    });
    cut.map(<[u8]>::to_vec).collect()
}

#[cfg(test)]
#[expect(
    clippy::single_range_in_vec_init,
    reason = "these are lists of one range"
)]
mod tests {
    use super::*;

    fn redacted(chunks: &[&str], spans: &[Range<usize>]) -> Vec<String> {
        let chunks: Vec<_> = chunks.iter().map(|chunk| chunk.as_bytes()).collect();
        let splices = merge(spans.iter().cloned().map(Splice::text).collect());
        let redacted = apply_to_chunks(&chunks, &chunks.concat(), &splices);
        let texts = redacted.into_iter().map(String::from_utf8);
        texts.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_placeholder_is_cut_where_its_text_was_cut() {
        assert_eq!(redacted(&["a key b"], &[2..5]), ["a [redacted] b"]);
        assert_eq!(redacted(&["a ke", "y b"], &[2..5]), ["a [redac", "ted] b"]);
        assert_eq!(
            redacted(&["a k", "e", "", "y b"], &[2..5]),
            ["a [re", "dac", "", "ted] b"]
        );
        assert_eq!(redacted(&["k", "y", ""], &[0..2]), ["[reda", "cted]", ""]);
        assert_eq!(redacted(&[], &[]), [""; 0]);
    }

    #[test]
    fn spans_that_overlap_have_one_placeholder_and_neighbours_two() {
        assert_eq!(redacted(&["abcdef"], &[3..5, 1..4]), ["a[redacted]f"]);
        assert_eq!(
            redacted(&["abcdef"], &[1..2, 2..5]),
            ["a[redacted][redacted]f"]
        );
    }

    #[test]
    fn a_json_value_that_holds_a_secret_stays_json() {
        let splices = merge(vec![Splice::text(3..5), Splice::json(1..7)]);
        assert_eq!(apply(b":\"abcd\";", &splices), b":\"[redacted]\";");
        let splices = merge(vec![Splice::text(1..9), Splice::json(1..10)]);
        assert_eq!(apply(b":123456789;", &splices), b":\"[redacted]\";");
    }
}
