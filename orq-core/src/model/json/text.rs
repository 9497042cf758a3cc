//! Deserializes strings and keys, which in JSON may contain lone surrogates.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Deserializer as Json, value::RawValue};

use super::reader::Reader;

/// Deserializes a string.
///
/// In lenient mode, a number or a boolean becomes its JSON text, and each lone surrogate (half of an emoji that a server
/// split in UTF-16) becomes U+FFFD, both with a warning.
pub(crate) fn read_text<'de, D: Deserializer<'de>>(
    input: D,
    reader: &mut Reader,
) -> Result<Cow<'de, str>, D::Error> {
    if reader.is_typed() {
        return Text(reader, "the string").deserialize(input);
    }
    let raw = <&RawValue>::deserialize(input)?;
    if let [b'-' | b'0'..=b'9' | b't' | b'f', ..] = raw.get().as_bytes() {
        reader.repair(raw, "a string")?;
        return Ok(Cow::Borrowed(raw.get()));
    }
    let text = Text(reader, "the string").deserialize(&mut Json::from_str(raw.get()));
    text.map_err(D::Error::custom)
}

/// Deserializes the next key of an object, and counts it.
pub(crate) fn next_key<'de, A: MapAccess<'de>>(
    map: &mut A,
    reader: &mut Reader,
) -> Result<Option<Cow<'de, str>>, A::Error> {
    let key = map.next_key_seed(Text(reader, "a key"))?;
    counted(key, reader)
}

/// Deserializes the next key of an object in the typed pass, and counts it. A key with an escape is an error.
#[inline]
pub(crate) fn plain_key<'de, A: MapAccess<'de>>(
    map: &mut A,
    reader: &mut Reader,
) -> Result<Option<&'de str>, A::Error> {
    let key = map.next_key()?;
    counted(key, reader)
}

/// Counts the key, if there is one.
#[inline]
fn counted<K, E: Error>(key: Option<K>, reader: &mut Reader) -> Result<Option<K>, E> {
    key.map(|key| reader.count().map(|()| key)).transpose()
}

struct Text<'r>(&'r mut Reader, &'static str);

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        // As bytes, serde_json accepts lone surrogates. It also accepts control characters, but the text of the second
        // pass has none, since it was parsed before.
        match self.0.is_typed() {
            true => input.deserialize_str(self),
            false => input.deserialize_bytes(self),
        }
    }
}

impl<'de> Visitor<'de> for Text<'_> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.1)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(_) => self.visit_bytes(bytes),
        }
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            // The first of the three bytes of a surrogate in generalized UTF-8.
            if chunk.invalid() == [0xED] {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        if text.as_bytes() != bytes {
            let message = format!("{} holds a lone surrogate", self.1);
            let error = self.0.error(message);
            self.0.recover(error)?;
        }
        Ok(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::reader::Mode;

    fn read(json: &str, reader: &mut Reader) -> Result<String, serde_json::Error> {
        read_text(&mut serde_json::Deserializer::from_str(json), reader).map(Cow::into_owned)
    }

    #[track_caller]
    fn check(json: &str, text: &str, is_lossy: bool) {
        let mut reader = Reader::new(Mode::Lenient);
        assert_eq!(read(json, &mut reader).unwrap(), text);
        assert_eq!(!reader.warnings.list.is_empty(), is_lossy);
        for mut reader in [Reader::new(Mode::Strict), Reader::new(Mode::Typed)] {
            assert_eq!(read(json, &mut reader).is_err(), is_lossy);
        }
    }

    #[test]
    fn lone_surrogates_are_replaced_one_by_one() {
        check(r#""a\ud800b""#, "a\u{FFFD}b", true);
        check(r#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}", true);
    }

    #[test]
    fn pairs_and_plain_text_are_kept() {
        check(r#""\ud83d\ude00 ü 한""#, "😀 ü 한", false);
        check(r#""""#, "", false);
    }
}
