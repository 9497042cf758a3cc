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
        let text = match value.to_str().map(|value| value.trim_matches(is_around)) {
            None => Err("is not Unicode".to_owned()),
            Some("") => return None,
            Some(value) if is_quoted(value) => {
                Err("has quotation marks around its value: remove them".to_owned())
            }
            Some(value) => printable(value).map(str::to_owned),
        };
        let text = text.map_err(|why| format!("{variable} {why}"));
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

/// Returns the text, or that it has a character that can't be seen.
fn printable(text: &str) -> Result<&str, String> {
    const INVISIBLE: &str = "\u{200b}\u{2028}\u{2029}\u{2060}\u{feff}";
    let Some(found) = text
        .chars()
        .find(|c| c.is_control() || INVISIBLE.contains(*c))
    else {
        return Ok(text);
    };
    let kind = if found.is_control() {
        "a control"
    } else {
        "an invisible"
    };
    let code = u32::from(found);
    Err(format!("contains {kind} character, U+{code:04X}"))
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
    let why = match printable(&text) {
        Ok("") => "is empty".to_owned(),
        Ok(it) if it.trim() != it => "begins or ends with white space".to_owned(),
        Ok(_) => return Ok(text),
        Err(why) => why,
    };
    Err(format!("{what} {why}"))
}
