//! A setting that is a text, set by the program or by an environment variable.

use std::env;

use http::HeaderValue;

use crate::error::Error;

/// The text of a setting.
pub(super) struct Setting {
    /// The text, or the reason why the variable's value was rejected.
    text: Result<String, String>,
    /// The environment variable that it was read from.
    variable: Option<&'static str>,
}

impl Setting {
    /// Creates a setting that the program makes.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: Ok(text.into()),
            variable: None,
        }
    }

    /// Reads an environment variable, without the white space and the byte order marks around its value. Returns
    /// `None` if it is unset or nothing is left of it.
    pub(super) fn from_env(variable: &'static str) -> Option<Self> {
        let value = env::var_os(variable)?;
        let is_around = |c: char| c.is_whitespace() || c == '\u{feff}';
        let value = value.to_str().map(|value| value.trim_matches(is_around));
        let why = match value {
            None => Some("is not Unicode".to_owned()),
            Some("") => return None,
            Some(value) if is_quoted(value) => {
                Some("has quotation marks around its value: remove them".to_owned())
            }
            Some(value) => unprintable(value),
        };
        let text = match why {
            None => Ok(value.unwrap_or_default().to_owned()),
            Some(why) => Err(format!("{variable} {why}")),
        };
        Some(Self {
            text,
            variable: Some(variable),
        })
    }

    /// Returns the text; an empty one if the variable's value was rejected.
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Parses the text. An error names the variable that it was read from.
    pub(super) fn parse<T>(
        self,
        parse: impl FnOnce(String) -> Result<T, String>,
    ) -> Result<T, Error> {
        let named = |why| match self.variable {
            Some(variable) => format!("{variable}: {why}"),
            None => why,
        };
        let parsed = self.text.and_then(|text| parse(text).map_err(named));
        parsed.map_err(Error::configuration)
    }
}

/// Returns whether a text begins or ends with a quotation mark, which an env file's reader has left there.
fn is_quoted(text: &str) -> bool {
    const MARKS: [char; 7] = ['"', '\'', '`', '“', '”', '‘', '’'];
    text.starts_with(MARKS) || text.ends_with(MARKS)
}

/// Returns why a text can't be the name of something; `None` if it can.
fn unprintable(text: &str) -> Option<String> {
    let is_invisible = |c| {
        matches!(
            c,
            '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}'
        )
    };
    let found = text.chars().find(|c| c.is_control() || is_invisible(*c))?;
    let kind = match found.is_control() {
        true => "a control",
        false => "an invisible",
    };
    Some(format!(
        "contains {kind} character, U+{:04X}",
        u32::from(found)
    ))
}

/// Returns the header of a contact id, or the reason why no header can carry it.
///
/// A header may carry bytes that aren't ASCII, but servers read them as Latin-1, as UTF-8 or not at all
/// ([RFC 9110, 5.5](https://www.rfc-editor.org/rfc/rfc9110#section-5.5)), so that the call would be attributed to
/// somebody else. The encoding of RFC 8187 is for parameters of headers whose definition permits it.
pub(super) fn contact(text: String) -> Result<HeaderValue, String> {
    let what = "the contact id";
    if !text.is_ascii() {
        return Err(format!(
            "{what} contains a character that is not ASCII, and servers read those of a header in different ways; \
             name the contact with DeploymentRequest::identity"
        ));
    }
    let text = name(text, what)?;
    HeaderValue::try_from(text).map_err(|_| format!("{what} does not fit into a header"))
}

/// Returns a text that names something, or the reason why it can't. The error begins with `what`.
pub(super) fn name(text: String, what: &str) -> Result<String, String> {
    let padded = || (text.trim() != text).then(|| "begins or ends with white space".to_owned());
    let why = match text.is_empty() {
        true => Some("is empty".to_owned()),
        false => unprintable(&text).or_else(padded),
    };
    why.map_or_else(|| Ok(text), |why| Err(format!("{what} {why}")))
}
