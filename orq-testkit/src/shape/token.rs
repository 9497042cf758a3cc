//! Text cut into the pieces in which it is streamed and counted.

/// Takes the first token off `text`: blanks and the word after them, at most `longest` characters.
///
/// The tokens of a text concatenate to it. `None` once it is empty.
pub(crate) fn take<'t>(text: &mut &'t str, longest: usize) -> Option<&'t str> {
    let mut in_word = false;
    let end = text
        .char_indices()
        .enumerate()
        .find_map(|(count, (at, c))| {
            let ends = count == longest.max(1) || (in_word && c.is_whitespace());
            in_word |= !c.is_whitespace();
            ends.then_some(at)
        })
        .unwrap_or(text.len());
    let (token, rest) = text.split_at_checked(end)?;
    *text = rest;
    (!token.is_empty()).then_some(token)
}

/// The longest token of a message's text, in characters.
pub(crate) const TEXT: usize = 12;
/// The longest token of a tool call's arguments, in characters: short, so that they always come in parts.
pub(crate) const ARGUMENTS: usize = 6;

/// The tokens of a text, each made when it is asked for. An empty text has one, which is empty.
#[derive(Debug)]
pub(crate) struct Tokens {
    text: String,
    /// Where the next token begins; `None` before the first.
    at: Option<usize>,
    longest: usize,
}

impl Tokens {
    pub(crate) fn new(text: String, longest: usize) -> Self {
        Self {
            text,
            at: None,
            longest,
        }
    }

    /// Whether there are no more.
    pub(crate) fn is_empty(&self) -> bool {
        self.at == Some(self.text.len())
    }
}

impl Iterator for Tokens {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let first = self.at.is_none();
        let at = self.at.unwrap_or_default();
        let token = take(&mut self.text.get(at..)?, self.longest);
        self.at = Some(at + token.map_or(0, str::len));
        token.or(first.then_some("")).map(str::to_owned)
    }
}

/// How many tokens `text` has.
pub(crate) fn count(mut text: &str) -> u64 {
    let mut tokens = 0;
    while take(&mut text, TEXT).is_some() {
        tokens += 1;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(mut text: &str) -> Vec<&str> {
        std::iter::from_fn(|| take(&mut text, TEXT)).collect()
    }

    #[test]
    fn a_token_is_a_word_with_the_blanks_before_it() {
        assert_eq!(tokens("You said: hi"), ["You", " said:", " hi"]);
        assert_eq!(tokens("  a\n\nb "), ["  a", "\n\nb", " "]);
        assert!(tokens("").is_empty());
        assert_eq!(count("You said: hi"), 3);
    }

    #[test]
    fn tokens_come_one_by_one_and_at_least_one() {
        let all = |text: &str| Tokens::new(text.to_owned(), TEXT).collect::<Vec<_>>();
        assert_eq!(all("You said: hi"), tokens("You said: hi"));
        assert_eq!(all(""), [""]);
        let mut one = Tokens::new("a".to_owned(), TEXT);
        assert!(!one.is_empty());
        assert_eq!(one.next().as_deref(), Some("a"));
        assert!(one.is_empty());
        assert_eq!(one.next(), None);
    }

    #[test]
    fn a_long_word_is_cut_between_characters() {
        let parts = tokens("日本語日本語日本語日本語日本語");
        assert_eq!(parts, ["日本語日本語日本語日本語", "日本語"]);
    }
}
