//! Strings as JSON may hold them: lone surrogates included.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A JSON string without its escapes. A lone surrogate (`"\ud800"`), which no `str` can hold, stands as the three
/// bytes that generalised UTF-8 gives it.
pub(super) struct Bytes<'a>(pub(super) Cow<'a, [u8]>);

impl<'de: 'a, 'a> Deserialize<'de> for Bytes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;

        impl<'de> Visitor<'de> for BytesVisitor {
            type Value = Bytes<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Bytes(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Bytes(Cow::Owned(bytes.to_vec())))
            }
        }

        deserializer.deserialize_bytes(BytesVisitor)
    }
}

/// A string, and whether lone surrogates in it were replaced by U+FFFD.
pub(super) struct Text<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) lossy: bool,
}

impl<'a> From<Bytes<'a>> for Text<'a> {
    fn from(Bytes(bytes): Bytes<'a>) -> Self {
        let bytes = match bytes {
            Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => {
                    return Self {
                        text: Cow::Borrowed(text),
                        lossy: false,
                    };
                }
                Err(_) => bytes.to_vec(),
            },
            Cow::Owned(bytes) => match String::from_utf8(bytes) {
                Ok(text) => {
                    return Self {
                        text: Cow::Owned(text),
                        lossy: false,
                    };
                }
                Err(error) => error.into_bytes(),
            },
        };
        Self {
            text: Cow::Owned(replace_surrogates(bytes)),
            lossy: true,
        }
    }
}

/// The text of a JSON string, with U+FFFD for a lone surrogate; `None` if it isn't one.
pub(crate) fn text(json: &str) -> Option<String> {
    let bytes: Bytes<'_> = serde_json::from_str(json)
        .ok()
        .filter(|_| json.starts_with('"'))?;
    Some(Text::from(bytes).text.into_owned())
}

/// One U+FFFD for each surrogate; both take three bytes.
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

    fn read(json: &str) -> (String, bool) {
        let text = Text::from(serde_json::from_str::<Bytes<'_>>(json).unwrap());
        (text.text.into_owned(), text.lossy)
    }

    #[test]
    fn lone_surrogates_are_replaced_one_by_one() {
        assert_eq!(read(r#""a\ud800b""#), ("a\u{FFFD}b".to_owned(), true));
        assert_eq!(
            read(r#""\ude00\ud83d""#),
            ("\u{FFFD}\u{FFFD}".to_owned(), true)
        );
    }

    #[test]
    fn pairs_and_plain_text_are_kept() {
        assert_eq!(
            read(r#""\ud83d\ude00 ü 한""#),
            ("😀 ü 한".to_owned(), false)
        );
        assert_eq!(read(r#""""#), (String::new(), false));
    }
}
