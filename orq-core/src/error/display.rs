//! `Display` and `Debug` of an error.

use std::{error::Error as StdError, fmt};

use super::{
    inner::Error,
    kind::{Clock, Timeout},
};
use crate::transport::Reach;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{} error", inner.kind)?;
        if let Some(status) = inner.status {
            write!(f, " {}", status.as_u16())?;
        }
        if let Some(code) = &inner.code {
            write!(f, " [{}]", OneLine(code))?;
        }
        if inner.kind.is_of_transport()
            && let (Some(phase), Some(delivery)) = (inner.phase, inner.delivery)
        {
            write!(f, " {}", Reach(phase, delivery))?;
        }
        if let Some(field) = &inner.field {
            write!(f, " in {}", OneLine(field))?;
        }
        if let Some(Timeout {
            clock,
            waited: Some(waited),
        }) = inner.timeout
        {
            write!(f, ": timed out after {waited:?} {}", waiting_for(clock))?;
        }
        match (&inner.message, &inner.source) {
            (Some(message), _) => write!(f, ": {}", OneLine(message))?,
            (None, Some(source)) => write!(f, ": {}", OneLine(&innermost(&**source).to_string()))?,
            (None, None) => {}
        }
        if let Some(trace_id) = &inner.trace_id {
            write!(f, " (trace {})", OneLine(trace_id))?;
        }
        Ok(())
    }
}

fn waiting_for(clock: Clock) -> &'static str {
    match clock {
        Clock::Connect => "connecting",
        Clock::Head => "waiting for the response headers",
        Clock::Idle => "waiting for more of the response body",
        Clock::Event => "waiting for an event",
        Clock::Call => "for the whole call",
    }
}

/// Returns the last error in the chain of sources, which is the most specific one.
fn innermost<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}

/// Displays a text from the server in one line: control characters become spaces, and the text is truncated after 300
/// characters.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 300;
        for character in self.0.chars().take(LONGEST) {
            let shown = match character.is_control() {
                true => ' ',
                false => character,
            };
            fmt::Write::write_char(f, shown)?;
        }
        let is_cut = self.0.chars().nth(LONGEST).is_some();
        f.write_str(if is_cut { "…" } else { "" })
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &inner.kind);
        macro_rules! known {
            ($($name:ident)*) => {$(
                if let Some($name) = &inner.$name {
                    debug.field(stringify!($name), $name);
                }
            )*};
        }
        known!(status code error_type field message trace_id phase delivery timeout retry_after source);
        if let Some(body) = &inner.body {
            debug.field("body", &format_args!("{} bytes", body.len()));
        }
        if inner.partial.is_some() {
            debug.field("partial", &format_args!("{{ .. }}"));
        }
        debug.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        error::ErrorKind,
        transport::{Delivery, Phase},
    };

    #[test]
    fn a_timeout_that_expired_is_named() {
        let error = Error::new(ErrorKind::Timeout)
            .with_timeout(Clock::Head, Duration::from_secs(20))
            .with_reach(Phase::Headers, Delivery::MaybeSent);
        let shown = "timeout error while waiting for the response, request may have been sent: \
                     timed out after 20s waiting for the response headers";
        assert_eq!(error.to_string(), shown);
    }

    #[test]
    fn the_innermost_cause_is_shown_where_there_is_no_message() {
        assert_eq!(
            Error::config("no certificates").to_string(),
            "config error: no certificates"
        );
    }
}
