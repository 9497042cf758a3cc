//! The four fields that the standard knows, and how a line names one.

/// A field with a meaning. All others are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Data,
    Event,
    Id,
    Retry,
}

/// The longest name of a field, in bytes.
pub(super) const LONGEST_NAME: usize = 5;

impl Field {
    /// The field of this name, which is matched byte by byte: `Data` and `data ` are other fields.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"data" => Some(Self::Data),
            b"event" => Some(Self::Event),
            b"id" => Some(Self::Id),
            b"retry" => Some(Self::Retry),
            _ => None,
        }
    }

    /// Splits a whole line, without its end, into field and value; none for comments and unknown fields.
    #[inline]
    pub(super) fn split(line: &[u8]) -> Option<(Self, &[u8])> {
        let (field, rest) = match line {
            [b'd', b'a', b't', b'a', rest @ ..] => (Self::Data, rest),
            [b'e', b'v', b'e', b'n', b't', rest @ ..] => (Self::Event, rest),
            [b'i', b'd', rest @ ..] => (Self::Id, rest),
            [b'r', b'e', b't', b'r', b'y', rest @ ..] => (Self::Retry, rest),
            _ => return None,
        };
        match rest {
            [b':', b' ', value @ ..] | [b':', value @ ..] | value @ [] => Some((field, value)),
            _ => None,
        }
    }
}

/// The value of a `retry` field while its digits arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Digits {
    /// No digit yet: an empty value names no number and is ignored.
    #[default]
    None,
    /// Digits alone so far. What a `u64` can't hold counts as the largest that it can.
    Number(u64),
    /// Something else was among them: the field is ignored.
    Spoiled,
}

impl Digits {
    /// Reads on.
    pub(super) fn read(self, bytes: &[u8]) -> Self {
        bytes
            .iter()
            .fold(self, |so_far, byte| match (so_far, byte) {
                (Self::None, b'0'..=b'9') => Self::Number(u64::from(byte - b'0')),
                (Self::Number(n), b'0'..=b'9') => {
                    Self::Number(n.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
                }
                _ => Self::Spoiled,
            })
    }

    /// The number, in a value that is complete.
    pub(super) fn number(self) -> Option<u64> {
        match self {
            Self::Number(n) => Some(n),
            Self::None | Self::Spoiled => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Digits, Field};

    #[test]
    fn names_are_matched_exactly() {
        for (line, expected) in [
            (&b"data: x"[..], Some((Field::Data, &b"x"[..]))),
            (b"data:  x", Some((Field::Data, b" x"))),
            (b"data:x", Some((Field::Data, b"x"))),
            (b"data:", Some((Field::Data, b""))),
            (b"data", Some((Field::Data, b""))),
            (b"event:a:b", Some((Field::Event, b"a:b"))),
            (b"id", Some((Field::Id, b""))),
            (b"retry: 1", Some((Field::Retry, b"1"))),
            (b"Data: x", None),
            (b"data : x", None),
            (b" data: x", None),
            (b"datax", None),
            (b"dat", None),
            (b": comment", None),
            (b"ids:1", None),
        ] {
            assert_eq!(Field::split(line), expected, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn a_retry_is_digits_alone() {
        for (value, expected) in [
            (&b"0"[..], Some(0)),
            (b"0010", Some(10)),
            (b"18446744073709551616", Some(u64::MAX)),
            (b"", None),
            (b"+1", None),
            (b"1 ", None),
            (b"1e3", None),
            ("٣".as_bytes(), None),
        ] {
            assert_eq!(
                Digits::default().read(value).number(),
                expected,
                "{}",
                value.escape_ascii()
            );
        }
    }
}
