//! A text that must stand nowhere in a cassette.

use std::{fmt, ops::Range};

use memchr::memmem;

/// The fewest bytes of a secret. A shorter one would be found where it isn't.
pub(crate) const SHORTEST_SECRET: usize = 8;

/// `Debug` doesn't show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Vec<u8>);

impl Secret {
    /// `None` if it is too short to be searched for.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
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

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-orq/0+9?~>\"x";

    fn secret() -> Secret {
        Secret::new(KEY.as_bytes()).unwrap()
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
}
