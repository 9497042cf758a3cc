//! Strings and keys as JSON may hold them: lone surrogates included.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::reader::Reader;

/// Reads a string.
///
/// In an answer, each lone surrogate (half an emoji, cut off by a server that counts in UTF-16) becomes U+FFFD, with
/// a warning.
pub(in crate::model) fn read_text<'de, D: Deserializer<'de>>(
    input: D,
    reader: &mut Reader,
) -> Result<Cow<'de, str>, D::Error> {
    let what = "the string";
    Text { reader, what }.deserialize(input)
}

/// Reads the next key of an object and counts it.
pub(in crate::model) fn read_key<'de, A: MapAccess<'de>>(
    map: &mut A,
    reader: &mut Reader,
) -> Result<Option<Cow<'de, str>>, A::Error> {
    let what = "a key";
    let key = map.next_key_seed(Text { reader, what })?;
    if key.is_some() {
        reader.count_member()?;
    }
    Ok(key)
}

struct Text<'r> {
    reader: &'r mut Reader,
    what: &'static str,
}

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        // serde_json refuses lone surrogates in a `str` and control characters only there; the second pass reads
        // text that was checked for those.
        if self.reader.is_typed() {
            input.deserialize_str(self)
        } else {
            input.deserialize_bytes(self)
        }
    }
}

impl<'de> Visitor<'de> for Text<'_> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
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
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Ok(Cow::Owned(text.to_owned()));
        }
        let error = self
            .reader
            .error(format!("{} holds a lone surrogate", self.what));
        self.reader.recover(error)?;
        Ok(Cow::Owned(replace_surrogates(bytes.to_vec())))
    }
}

/// Puts one U+FFFD in the place of each surrogate, which generalised UTF-8 writes in three bytes, too.
fn replace_surrogates(mut bytes: Vec<u8>) -> String {
    for start in 0..bytes.len() {
        if let Some(surrogate @ [0xED, 0xA0..=0xBF, _]) = bytes.get_mut(start..start + 3) {
            surrogate.copy_from_slice("\u{FFFD}".as_bytes());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::reader::Mode;

    #[track_caller]
    fn check(json: &str, text: &str, is_lossy: bool) {
        let mut reader = Reader::new(Mode::Lenient);
        assert_eq!(
            read_text(&mut serde_json::Deserializer::from_str(json), &mut reader).unwrap(),
            text
        );
        assert_eq!(!reader.into_warnings().list.is_empty(), is_lossy);
        for mut reader in [Reader::new(Mode::Strict), Reader::typed(Mode::Lenient)] {
            assert_eq!(
                read_text(&mut serde_json::Deserializer::from_str(json), &mut reader).is_err(),
                is_lossy
            );
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
