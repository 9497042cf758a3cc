//! Where in a text the values are that JSON pointers name.

use std::ops::Range;

use jsonptr::{PointerBuf, Token as Step, index::Index};

/// The step of a pointer that stands for any name and any index.
const ANY: &str = "*";

fn names(pointer: &PointerBuf, path: &[Container]) -> bool {
    let mut steps = pointer.tokens();
    path.iter()
        .all(|at| steps.next().is_some_and(|step| at.is(&step)))
        && steps.next().is_none()
}

/// An array or object that has begun, and where in it we are.
enum Container {
    Array(usize),
    Object(Option<String>),
}

impl Container {
    fn is(&self, step: &Step<'_>) -> bool {
        let name = step.decoded();
        name == ANY
            || match self {
                Self::Array(index) => step.to_index().is_ok_and(|it| it == Index::Num(*index)),
                Self::Object(at) => at.as_deref() == Some(&*name),
            }
    }
}

/// Where in `text` the values are that `pointers` name.
///
/// The text need not be whole: in JSON that was cut, a value reaches to the end. It may be several values, one
/// behind the other. It isn't checked either, because what a parser refuses may hold a secret all the same.
pub(super) fn find(text: &[u8], pointers: &[PointerBuf]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut path: Vec<Container> = Vec::new();
    let mut rest = Scanner { text, at: 0 };
    while let Some((start, token)) = rest.next() {
        match token {
            Token::Comma => match path.last_mut() {
                Some(Container::Array(index)) => *index += 1,
                Some(Container::Object(name)) => *name = None,
                None => {}
            },
            Token::Close => drop(path.pop()),
            Token::String if matches!(path.last(), Some(Container::Object(None))) => {
                let name = text.get(start..rest.at).unwrap_or_default();
                let name = serde_json::from_slice(name).unwrap_or_default();
                path.pop();
                path.push(Container::Object(Some(name)));
            }
            Token::Colon => {}
            value => {
                if pointers.iter().any(|pointer| names(pointer, &path)) {
                    rest.finish(&value);
                    found.push(start..rest.at);
                } else if value == Token::Array {
                    path.push(Container::Array(0));
                } else if value == Token::Object {
                    path.push(Container::Object(None));
                }
            }
        }
    }
    found
}

#[derive(PartialEq)]
enum Token {
    Array,
    Object,
    Close,
    Comma,
    Colon,
    String,
    /// A number, `true`, `false`, `null`, or what is no JSON.
    Literal,
}

/// The tokens of a text.
struct Scanner<'a> {
    text: &'a [u8],
    /// Behind the last token.
    at: usize,
}

impl Scanner<'_> {
    /// The next token, and where it begins.
    fn next(&mut self) -> Option<(usize, Token)> {
        while self.peek()?.is_ascii_whitespace() {
            self.at += 1;
        }
        let start = self.at;
        let first = self.peek()?;
        self.at += 1;
        let token = match first {
            b'[' => Token::Array,
            b'{' => Token::Object,
            b']' | b'}' => Token::Close,
            b',' => Token::Comma,
            b':' => Token::Colon,
            b'"' => {
                self.skip_string();
                Token::String
            }
            _ => {
                let ends = |byte: u8| byte.is_ascii_whitespace() || b"[]{},:\"".contains(&byte);
                while self.peek().is_some_and(|byte| !ends(byte)) {
                    self.at += 1;
                }
                Token::Literal
            }
        };
        Some((start, token))
    }

    /// Goes on to the end of the value that `token` begins.
    fn finish(&mut self, token: &Token) {
        let mut depth = usize::from(matches!(token, Token::Array | Token::Object));
        while depth > 0
            && let Some((_, token)) = self.next()
        {
            match token {
                Token::Array | Token::Object => depth += 1,
                Token::Close => depth -= 1,
                _ => {}
            }
        }
    }

    fn skip_string(&mut self) {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return,
                b'\\' => self.at = self.text.len().min(self.at + 1),
                _ => {}
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(text: &'a str, pointer: &str) -> Vec<&'a str> {
        let pointers = [PointerBuf::parse(pointer).unwrap()];
        let spans = find(text.as_bytes(), &pointers);
        spans.into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn values_are_found_by_their_path() {
        let text =
            r#"{"a": {"b": [10, {"c": "x\"y"}, [2], 3.5e1]}, "b": null, "a/b": 1, "m~n": 2}"#;
        assert_eq!(found(text, "/a/b/0"), ["10"]);
        assert_eq!(found(text, "/a/b/1/c"), [r#""x\"y""#]);
        assert_eq!(found(text, "/a/b/1"), [r#"{"c": "x\"y"}"#]);
        assert_eq!(found(text, "/a/b/2"), ["[2]"]);
        assert_eq!(found(text, "/a/b/3"), ["3.5e1"]);
        assert_eq!(found(text, "/b"), ["null"]);
        assert_eq!(found(text, "/a~1b"), ["1"]);
        assert_eq!(found(text, "/m~0n"), ["2"]);
        assert_eq!(found(text, ""), [text]);
        for nowhere in [
            "/c", "/a/c", "/a/b/4", "/a/b/01", "/a/b/+1", "/a/b/-", "/b/0",
        ] {
            assert_eq!(found(text, nowhere), [""; 0], "{nowhere}");
        }
    }

    #[test]
    fn every_value_of_a_name_that_is_there_twice_is_found() {
        assert_eq!(found(r#"{"a":1,"a":2}"#, "/a"), ["1", "2"]);
        assert_eq!(found(r#"{"\u0061":1}"#, "/a"), ["1"]);
        assert_eq!(found("{\"a\":1}\n{\"a\":2}", "/a"), ["1", "2"]);
    }

    #[test]
    fn a_value_that_was_cut_reaches_to_the_end() {
        assert_eq!(found(r#"{"a":"jane@ex"#, "/a"), [r#""jane@ex"#]);
        assert_eq!(found(r#"{"a":"jane\"#, "/a"), [r#""jane\"#]);
        assert_eq!(found(r#"{"a":{"b":[1"#, "/a"), [r#"{"b":[1"#]);
        assert_eq!(found(r#"{"a":12"#, "/a"), ["12"]);
        assert_eq!(found(r#"{"a":"#, "/a"), [""; 0]);
    }

    #[test]
    fn what_is_no_json_is_no_trouble() {
        for text in [
            "",
            "]]}}",
            "{{{{",
            ",,:,",
            "{\"",
            "nonsense \\",
            "{,:}",
            "\u{feff}{",
        ] {
            found(text, "/a/0");
        }
        found(&"[".repeat(1_000_000), "/0/0");
    }

    #[test]
    fn a_star_stands_for_any_name_and_any_index() {
        let text = r#"{"a": [{"b": 1, "c": 2}, {"b": 3}], "d": {"e": {"b": 4}, "*": 5}}"#;
        assert_eq!(found(text, "/a/*/b"), ["1", "3"]);
        assert_eq!(found(text, "/a/0/*"), ["1", "2"]);
        assert_eq!(found(text, "/*/*/b"), ["1", "3", "4"]);
        assert_eq!(found(text, "/d/*"), [r#"{"b": 4}"#, "5"]);
        assert_eq!(found(text, "/a*/0/b"), [""; 0]);
    }
}
