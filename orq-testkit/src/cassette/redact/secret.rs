//! A text that must stand nowhere in a cassette, and the search for it.

use std::{borrow::Cow, fmt, ops::Range};

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine};
use memchr::memmem;
use percent_encoding::percent_decode;

/// The fewest bytes of a secret. A shorter one would be found where it isn't.
pub(in crate::cassette) const SHORTEST_SECRET: usize = 8;

/// `Debug` doesn't show it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::cassette) struct Secret(Vec<u8>);

impl Secret {
    /// `None` if it is too short to be searched for.
    pub(in crate::cassette) fn new(bytes: &[u8]) -> Option<Self> {
        (bytes.len() >= SHORTEST_SECRET).then(|| Self(bytes.to_vec()))
    }

    /// What it is where no upper case is allowed.
    pub(super) fn lowercase(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }

    /// Where it stands in `text` as it is. Places may overlap.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let finder = memmem::Finder::new(&self.0);
        let mut from = 0;
        let mut found = Vec::new();
        while let Some(at) = text.get(from..).and_then(|rest| finder.find(rest)) {
            let start = from + at;
            found.push(start..start + self.0.len());
            from = start + 1;
        }
        found
    }

    /// The beginning of it, if `text` was cut within it. A shorter piece than the shortest secret tells nothing.
    pub(super) fn find_cut(&self, text: &[u8]) -> Option<Range<usize>> {
        let starts = (SHORTEST_SECRET..self.0.len()).rev();
        let mut starts = starts.filter_map(|length| self.0.get(..length));
        let start = starts.find(|start| text.ends_with(start))?;
        Some(text.len() - start.len()..text.len())
    }

    /// The spelling in which it stands in `text`, if it does.
    pub(super) fn spelling(&self, text: &[u8]) -> Option<Spelling> {
        let base64 = self.in_base64();
        let base64: Vec<_> = base64
            .iter()
            .map(|text| memmem::Finder::new(text.as_bytes()))
            .collect();
        self.search(
            &memmem::Finder::new(&self.0),
            &base64,
            text,
            Spelling::Plain,
            DEPTH,
        )
    }

    fn search(
        &self,
        plain: &memmem::Finder<'_>,
        base64: &[memmem::Finder<'_>],
        text: &[u8],
        spelling: Spelling,
        depth: u8,
    ) -> Option<Spelling> {
        if plain.find(text).is_some() {
            return Some(spelling);
        }
        if base64.iter().any(|finder| finder.find(text).is_some()) {
            return Some(Spelling::Base64);
        }
        let depth = depth.checked_sub(1)?;
        let again = |text: &[u8], spelling| self.search(plain, base64, text, spelling, depth);
        let percent = match percent_decode(text).into() {
            Cow::Owned(decoded) => again(&decoded, Spelling::Percent),
            Cow::Borrowed(_) => None,
        };
        percent.or_else(|| again(&unescape(text)?, Spelling::Json))
    }

    /// The characters that are the same wherever the secret stands in an encoded text. An encoder takes three bytes
    /// at a time, so there are three places at which it may begin, and there are two alphabets.
    fn in_base64(&self) -> Vec<String> {
        let mut spellings = Vec::new();
        for shift in 0..3 {
            let mut bytes = vec![0; shift];
            bytes.extend_from_slice(&self.0);
            // A character has six bits. Those with bits of a neighbour are left out.
            let (first, after) = ((8 * shift).div_ceil(6), 8 * bytes.len() / 6);
            for engine in [&BASE64_STANDARD_NO_PAD, &BASE64_URL_SAFE_NO_PAD] {
                let encoded = engine.encode(&bytes);
                spellings.extend(encoded.get(first..after).map(str::to_owned));
            }
        }
        spellings
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// How often a text is decoded: an escaped text may hold an escaped text, as a cassette's own strings do.
const DEPTH: u8 = 2;

/// How a secret is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cassette) enum Spelling {
    Plain,
    Base64,
    Percent,
    Json,
}

impl fmt::Display for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "as it is",
            Self::Base64 => "in base64",
            Self::Percent => "percent-encoded",
            Self::Json => "with the escapes of JSON",
        })
    }
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
    use super::*;

    const KEY: &str = "sk-orq/0+9?~>\"x";

    fn secret() -> Secret {
        Secret::new(KEY.as_bytes()).unwrap()
    }

    fn spelling(text: &str) -> Option<Spelling> {
        secret().spelling(text.as_bytes())
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
        assert_eq!(spelling(&format!("a{KEY}b")), Some(Spelling::Plain));
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
                    assert_eq!(
                        spelling(&format!("({encoded})")),
                        Some(Spelling::Base64),
                        "{text}"
                    );
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
            assert_eq!(spelling(&upper), Some(Spelling::Percent), "{upper}");
            assert_eq!(spelling(&lower), Some(Spelling::Percent), "{lower}");
            let twice = upper.replace('%', "%25");
            assert_eq!(spelling(&twice), Some(Spelling::Percent), "{twice}");
        }
    }

    #[test]
    fn the_key_is_found_with_the_escapes_of_json() {
        for every in [1, 2, 3, 5] {
            let lower = escaped(KEY, every, |byte| format!("\\u{byte:04x}"));
            let upper = lower.replace("\\u003e", "\\u003E");
            assert_eq!(spelling(&lower), Some(Spelling::Json), "{lower}");
            assert_eq!(spelling(&upper), Some(Spelling::Json), "{upper}");
            let twice = serde_json::to_string(&lower).unwrap();
            assert_eq!(spelling(&twice), Some(Spelling::Json), "{twice}");
        }
        assert_eq!(spelling(r#"sk-orq\/0+9?~>\"x"#), Some(Spelling::Json));
        let mixed = r#"%73k-orq\/0+9?~>\"x"#;
        assert!(spelling(mixed).is_some(), "{mixed}");
    }

    #[test]
    fn a_text_that_is_cut_within_the_key_has_its_beginning() {
        let found = |text: &str| secret().find_cut(text.as_bytes());
        assert_eq!(found("a sk-orq/0+9"), Some(2..12));
        assert_eq!(
            found("a sk-orq/"),
            Some(2..9).filter(|span| span.len() >= 8)
        );
        assert_eq!(found(KEY), None, "which is no beginning but all of it");
        assert_eq!(found("sk-orq/0+9 "), None);
    }

    #[test]
    fn places_that_overlap_are_all_found() {
        let secret = Secret::new(b"abababab").unwrap();
        assert_eq!(secret.find(b"xababababab"), [1..9, 3..11]);
    }

    #[test]
    fn short_secrets_are_refused_and_none_is_printed() {
        assert_eq!(Secret::new(b"1234567"), None);
        assert_eq!(format!("{:?}", secret()), "Secret(redacted)");
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
