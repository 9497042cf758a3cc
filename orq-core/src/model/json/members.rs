//! The members of one list or object, as raw text, up to a number.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::text::{Bytes, Text};

/// The pairs of an object.
pub(super) struct Entries<'a> {
    pub(super) pairs: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// Whether a key held a lone surrogate.
    pub(super) lossy: bool,
    /// Whether there are more.
    pub(super) cut: bool,
}

/// The elements of a list.
pub(super) struct Elements<'a> {
    pub(super) elements: Vec<&'a RawValue>,
    /// Whether there are more.
    pub(super) cut: bool,
}

/// The first `most` pairs of an object.
pub(super) fn entries(json: &str, most: usize) -> Result<Entries<'_>, serde_json::Error> {
    serde_json::Deserializer::from_str(json).deserialize_map(EntriesVisitor { most })
}

/// The first `most` elements of a list.
pub(super) fn elements(json: &str, most: usize) -> Result<Elements<'_>, serde_json::Error> {
    serde_json::Deserializer::from_str(json).deserialize_seq(ElementsVisitor { most })
}

struct EntriesVisitor {
    most: usize,
}

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Entries {
            pairs: Vec::new(),
            lossy: false,
            cut: false,
        };
        while entries.pairs.len() < self.most {
            let Some((key, value)) = map.next_entry::<Bytes<'de>, &'de RawValue>()? else {
                return Ok(entries);
            };
            let key = Text::from(key);
            entries.lossy |= key.lossy;
            entries.pairs.push((key.text, value));
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            entries.cut = true;
        }
        Ok(entries)
    }
}

struct ElementsVisitor {
    most: usize,
}

impl<'de> Visitor<'de> for ElementsVisitor {
    type Value = Elements<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = Elements {
            elements: Vec::new(),
            cut: false,
        };
        while elements.elements.len() < self.most {
            let Some(element) = list.next_element()? else {
                return Ok(elements);
            };
            elements.elements.push(element);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            elements.cut = true;
        }
        Ok(elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_cut_off_and_told() {
        for (most, taken, cut) in [(0, 0, true), (1, 1, true), (2, 2, false), (3, 2, false)] {
            let list = elements("[1,[2]]", most).unwrap();
            assert_eq!((list.elements.len(), list.cut), (taken, cut));
            let object = entries(r#"{"a":1,"b":{"c":2}}"#, most).unwrap();
            assert_eq!((object.pairs.len(), object.cut), (taken, cut));
        }
        assert!(elements("[1,", 0).is_err());
    }
}
