//! The search for secrets, in whatever way they are spelled.

use std::{borrow::Cow, collections::BTreeMap};

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine};
use memchr::memmem::Finder;
use percent_encoding::percent_decode;

use super::secret::Secret;

/// How many ways to read a text are tried: an escaped text may hold an escaped text, as a cassette's own strings do.
const VIEWS: usize = 16;

/// How often an encoded text may be encoded again.
const ENCODINGS: usize = 2;

/// How a secret is written, in words.
type Spelling = &'static str;

const PLAIN: Spelling = "as it is";
const BASE64: Spelling = "in base64";
const HEX: Spelling = "in hexadecimal";
const PERCENT: Spelling = "percent-encoded";
const JSON: Spelling = "with the escapes of JSON";

/// What is searched for.
pub(super) struct Search {
    plain: Vec<Finder<'static>>,
    encoded: Vec<(Finder<'static>, Spelling)>,
}

impl Search {
    pub(super) fn new(secrets: &[Secret]) -> Self {
        let texts = secrets.iter().map(|secret| secret.bytes().to_vec());
        let mut texts: Vec<_> = texts.collect();
        let plain = texts
            .iter()
            .map(|text| Finder::new(text).into_owned())
            .collect();
        let mut encoded = Vec::new();
        for _ in 0..ENCODINGS {
            // Both alphabets often give the same.
            let again: BTreeMap<_, _> = texts.iter().flat_map(|text| encodings(text)).collect();
            let finders = again.iter();
            encoded.extend(finders.map(|(text, how)| (Finder::new(text).into_owned(), *how)));
            texts = again.into_keys().collect();
        }
        Self { plain, encoded }
    }

    /// The spelling in which one of the secrets stands in `text`, if one does.
    pub(super) fn spelling(&self, text: &[u8]) -> Option<Spelling> {
        let mut views = vec![(Cow::Borrowed(text), PLAIN)];
        let mut next = 0;
        while let Some((view, spelling)) = views.get(next) {
            if self.plain.iter().any(|finder| finder.find(view).is_some()) {
                return Some(spelling);
            }
            let compact = compact(view);
            let mut encoded = self.encoded.iter();
            if let Some((_, how)) = encoded.find(|(finder, _)| finder.find(&compact).is_some()) {
                return Some(how);
            }
            let percent = match percent_decode(view).into() {
                Cow::Owned(decoded) => Some((decoded, PERCENT)),
                Cow::Borrowed(_) => None,
            };
            let json = unescape(view).map(|decoded| (decoded, JSON));
            for (decoded, how) in percent.into_iter().chain(json) {
                if views.len() < VIEWS && views.iter().all(|(view, _)| **view != *decoded) {
                    views.push((Cow::Owned(decoded), how));
                }
            }
            next += 1;
        }
        None
    }
}

/// A text in base64 and in hexadecimal.
fn encodings(text: &[u8]) -> Vec<(Vec<u8>, Spelling)> {
    let hex = |digits: fn(&u8) -> String| text.iter().map(digits).collect::<String>().into_bytes();
    let mut encodings = vec![
        (hex(|byte| format!("{byte:02x}")), HEX),
        (hex(|byte| format!("{byte:02X}")), HEX),
    ];
    // The characters that are the same wherever the text stands in an encoded one. An encoder takes three bytes at a
    // time, so there are three places at which it may begin, and there are two alphabets.
    for shift in 0..3 {
        let bytes = [&[0; 2][..shift], text].concat();
        // A character has six bits. Those with bits of a neighbour are left out.
        let (first, after) = ((8 * shift).div_ceil(6), 8 * bytes.len() / 6);
        for engine in [&BASE64_STANDARD_NO_PAD, &BASE64_URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&bytes).into_bytes();
            let encoded = encoded.get(first..after).unwrap_or_default();
            encodings.push((encoded.to_vec(), BASE64));
        }
    }
    encodings
}

/// The text without what may part an encoded one: blanks, line breaks (also those between the data of one event), and
/// the colons between hexadecimal digits.
fn compact(text: &[u8]) -> Vec<u8> {
    let lines = text.split(|byte| b"\r\n".contains(byte));
    let lines = lines.flat_map(|line| line.strip_prefix(b"data:").unwrap_or(line));
    let kept = lines.filter(|byte| !byte.is_ascii_whitespace() && **byte != b':');
    kept.copied().collect()
}

/// The text with the escapes of JSON strings resolved; `None` if it has none. What is no escape stays.
fn unescape(text: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'\\', text)?;
    let mut unescaped = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            unescaped.push(byte);
            continue;
        }
        let Some((&escaped, after)) = rest.split_first() else {
            break;
        };
        rest = after;
        match escaped {
            b'n' => unescaped.push(b'\n'),
            b'r' => unescaped.push(b'\r'),
            b't' => unescaped.push(b'\t'),
            b'u' => {
                // Half of a surrogate pair is no part of any secret: those are in the Basic Multilingual Plane.
                if let Some((unit, after)) = code_unit(rest) {
                    rest = after;
                    let character = char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
                    let mut buffer = [0; 4];
                    unescaped.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
                }
            }
            other => unescaped.push(other),
        }
    }
    Some(unescaped)
}

/// Four hexadecimal digits, and what follows them.
fn code_unit(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(4)?;
    let unit = digits.iter().try_fold(0, |unit, digit| {
        Some(16 * unit + char::from(*digit).to_digit(16)?)
    });
    Some((unit?, rest))
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    const KEY: &str = "sk-orq/0+9?~>\"x";

    fn spelling(text: &str) -> Option<Spelling> {
        let secret = Secret::new(KEY.as_bytes()).unwrap();
        Search::new(&[secret]).spelling(text.as_bytes())
    }

    fn escaped(text: &str, every: usize, escape: impl Fn(u8) -> String) -> String {
        let bytes = text.bytes().enumerate();
        let spelled = bytes.map(|(index, byte)| {
            if index % every == 0 {
                escape(byte)
            } else {
                char::from(byte).into()
            }
        });
        spelled.collect()
    }

    #[test]
    fn the_key_is_found_as_it_is() {
        assert_eq!(spelling(&format!("a{KEY}b")), Some(PLAIN));
        assert_eq!(spelling("sk-orq/0+9?~>\"y"), None);
    }

    #[test]
    fn the_key_is_found_in_base64_wherever_it_begins_and_in_both_alphabets() {
        for before in ["", "a", "ab", "abc", "Bearer "] {
            for after in ["", "x", "xy", "xyz"] {
                let text = format!("{before}{KEY}{after}");
                for encoded in [
                    BASE64_STANDARD_NO_PAD.encode(&text),
                    BASE64_URL_SAFE_NO_PAD.encode(&text),
                ] {
                    assert_eq!(spelling(&format!("({encoded})")), Some(BASE64), "{text}");
                }
            }
        }
        assert_eq!(
            spelling(&BASE64_STANDARD_NO_PAD.encode("sk-orq/0+9?~ and another")),
            None
        );
    }

    #[test]
    fn the_key_is_found_percent_encoded_wholly_or_in_part_in_any_case() {
        for every in [1, 2, 3, 5] {
            let upper = escaped(KEY, every, |byte| format!("%{byte:02X}"));
            let lower = escaped(KEY, every, |byte| format!("%{byte:02x}"));
            assert_eq!(spelling(&upper), Some(PERCENT), "{upper}");
            assert_eq!(spelling(&lower), Some(PERCENT), "{lower}");
            let twice = upper.replace('%', "%25");
            assert_eq!(spelling(&twice), Some(PERCENT), "{twice}");
        }
    }

    #[test]
    fn the_key_is_found_with_the_escapes_of_json() {
        for every in [1, 2, 3, 5] {
            let lower = escaped(KEY, every, |byte| format!("\\u{byte:04x}"));
            let upper = lower.replace("\\u003e", "\\u003E");
            assert_eq!(spelling(&lower), Some(JSON), "{lower}");
            assert_eq!(spelling(&upper), Some(JSON), "{upper}");
            let twice = serde_json::to_string(&lower).unwrap();
            assert_eq!(spelling(&twice), Some(JSON), "{twice}");
        }
        assert_eq!(spelling(r#"sk-orq\/0+9?~>\"x"#), Some(JSON));
        let mixed = r#"%73k-orq\/0+9?~>\"x"#;
        assert!(spelling(mixed).is_some(), "{mixed}");
    }

    #[test]
    fn the_key_is_found_in_hexadecimal_in_both_cases() {
        let lower: String = KEY.bytes().map(|byte| format!("{byte:02x}")).collect();
        let parted: Vec<_> = KEY.bytes().map(|byte| format!("{byte:02X}")).collect();
        for text in [
            format!("0{lower}f"),
            lower.to_uppercase(),
            parted.join(":"),
            parted.join(" "),
        ] {
            assert_eq!(spelling(&text), Some(HEX), "{text}");
        }
        assert_eq!(spelling(&lower.replace("2f", "2e")), None);
    }

    #[test]
    fn the_key_is_found_where_an_encoded_text_is_wrapped() {
        let text = BASE64_STANDARD.encode(format!("a long text before {KEY} and behind it"));
        for width in [4, 5, 19, 64] {
            for end in [
                "\n", "\r\n", "\n  ", "\\n", "\\r\\n", "%0D%0A", "\ndata: ", "\rdata:",
            ] {
                let lines: Vec<_> = text
                    .as_bytes()
                    .chunks(width)
                    .map(|line| str::from_utf8(line).unwrap())
                    .collect();
                let wrapped = lines.join(end);
                assert_eq!(spelling(&wrapped), Some(BASE64), "{wrapped}");
            }
        }
    }

    #[test]
    fn the_key_is_found_where_one_spelling_holds_another() {
        let hex = |text: &str| {
            text.bytes()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        let json = |text: &str| serde_json::to_string(text).unwrap();
        let base64 = |text: &str| BASE64_STANDARD.encode(text);
        for text in [
            base64(&base64(KEY)),
            base64(&format!("user:{}", BASE64_URL_SAFE_NO_PAD.encode(KEY))),
            base64(&hex(KEY)),
            hex(&base64(KEY)),
            json(&json(&json(&json(KEY)))),
            json(&escaped(&json(KEY), 1, |byte| format!("%{byte:02X}"))),
            escaped(&base64(KEY), 1, |byte| format!("\\u{byte:04x}")),
        ] {
            assert!(spelling(&text).is_some(), "{text}");
        }
    }

    #[test]
    fn broken_escapes_are_no_trouble() {
        for text in [
            "\\",
            "\\u",
            "\\u12",
            "\\ud800",
            "\\udc00\\",
            "%",
            "%4",
            "\\u00é",
        ] {
            assert_eq!(spelling(text), None, "{text}");
        }
    }
}
