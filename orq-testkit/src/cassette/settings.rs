//! A cassette's file, and how it is recorded and played.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use http::HeaderName;
use jsonptr::PointerBuf;
use orq_core::Timer;

use super::redact::{Redaction, Secret};
use crate::guard::fail;

/// A cassette's file, with its redaction and the settings of its replay.
///
/// [`Recorder::new`](super::Recorder::new) and [`Replay::open`](super::Replay::open) also take just a path.
///
/// ```no_run
/// use orq_core::Client;
/// use orq_testkit::cassette::{Cassette, Mode};
/// # use orq_testkit::FakeOrq;
/// # fn real_transport() -> Result<FakeOrq, std::io::Error> { Ok(FakeOrq::new()) }
///
/// let session = Cassette::at("tests/cassettes/hello.json")
///     .redact("/identity/email")
///     .open(Mode::from_env()?, real_transport)?;
/// let client = Client::new(session.handle(), "test-key")?;
/// // … the test …
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "a cassette does nothing until it is recorded or played"]
pub struct Cassette {
    pub(super) path: PathBuf,
    pub(super) redaction: Redaction,
    /// Whether `secret` was given one that is too short.
    pub(super) has_short_secret: bool,
    pub(super) kept_headers: Vec<HeaderName>,
    pub(super) in_own_time: bool,
    pub(super) timer: Option<Arc<dyn Timer>>,
}

impl Cassette {
    /// Creates a cassette with this file, which need not exist yet.
    ///
    /// A relative path starts at the current directory, which under cargo is the package's.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            redaction: Redaction::default(),
            has_short_secret: false,
            kept_headers: Vec::new(),
            in_own_time: false,
            timer: None,
        }
    }

    /// Redacts the values at `pointer`, a JSON pointer such as `/identity/email`
    /// ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
    ///
    /// It applies to the body of each request and each response, and to the data of each event of an event stream, also
    /// if they were cut off, and however they are split into chunks. The value becomes `"[redacted]"`, in a replayed
    /// request too, so that a test may send another value than the recorded one. The same value elsewhere stays; for
    /// that use [`secret`](Cassette::secret).
    ///
    /// A step `*` matches any name and any index, as in `/messages/*/content`.
    ///
    /// A replay needs no pointers, because the cassette has them. If it has one that the cassette wasn't recorded with,
    /// opening it fails.
    ///
    /// # Panics
    ///
    /// If `pointer` isn't a JSON pointer.
    #[track_caller]
    pub fn redact(mut self, pointer: &str) -> Self {
        match PointerBuf::parse(pointer) {
            Ok(pointer) => self.redaction.pointers.push(pointer),
            Err(_) => fail(&format!(
                "{pointer:?} is not a JSON pointer: it starts with a slash, as /identity/email does"
            )),
        }
        self
    }

    /// Redacts this text everywhere.
    ///
    /// In plain text it becomes `[redacted]`. If it occurs in another encoding (see the [module](super#credentials)),
    /// the cassette isn't written. The API key is redacted without this.
    ///
    /// With a text of fewer than 8 bytes nothing can be recorded, since such a short text occurs by chance.
    pub fn secret(mut self, secret: impl AsRef<[u8]>) -> Self {
        match Secret::new(secret.as_ref()) {
            Some(secret) => self.redaction.secrets.push(secret),
            None => self.has_short_secret = true,
        }
        self
    }

    /// Redacts what a function of the test finds.
    ///
    /// The function gets bytes and returns the ranges of them that become `[redacted]`. It is called with the body of
    /// each request and the whole body of each response; with each name and each string of a JSON request, unescaped;
    /// and with paths and the values of headers. It is called again with the redacted bytes, and must find nothing new
    /// in them.
    ///
    /// A cassette can't contain a function: give the same one to the replay, whose requests are redacted before they
    /// are compared.
    ///
    /// ```
    /// use orq_testkit::cassette::Cassette;
    ///
    /// /// Finds order numbers such as `ORD-12345678`.
    /// fn orders(text: &[u8]) -> Vec<std::ops::Range<usize>> {
    ///     let starts = text.windows(4).enumerate();
    ///     let starts = starts.filter(|(_, word)| word == b"ORD-");
    ///     starts.map(|(at, _)| at..at + 12).collect()
    /// }
    ///
    /// let cassette = Cassette::at("tests/cassettes/order.json").redact_with(orders);
    /// ```
    pub fn redact_with(
        mut self,
        rule: impl Fn(&[u8]) -> Vec<Range<usize>> + Send + Sync + 'static,
    ) -> Self {
        self.redaction.rules.push(Arc::new(rule));
        self
    }

    /// Records this header too, of each request and each response. The [module](super#what-is-kept-out) lists those
    /// that are always recorded.
    ///
    /// It isn't compared in a replay. The value of a secret header is redacted still. A `content-length` stays as it
    /// was, although redaction may change the length of a body.
    ///
    /// # Panics
    ///
    /// If HTTP doesn't allow the name.
    #[track_caller]
    pub fn keep_header(mut self, name: &str) -> Self {
        self.kept_headers.push(crate::reply::header::name(name));
        self
    }

    /// Replays heads, chunks and ends with their recorded delays, on the [`timer`](Cassette::timer). Default: without
    /// delays.
    pub fn in_own_time(mut self) -> Self {
        self.in_own_time = true;
        self
    }

    /// Sets the timer of a client of the replay. By default it is a [`ManualTimer`](crate::ManualTimer) that
    /// [moves by itself](crate::ManualTimer#by-itself).
    pub fn timer(mut self, timer: impl Timer + 'static) -> Self {
        self.timer = Some(Arc::new(timer));
        self
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl<P: Into<PathBuf>> From<P> for Cassette {
    fn from(path: P) -> Self {
        Self::at(path)
    }
}

/// Without the secrets.
impl fmt::Debug for Cassette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cassette")
            .field("path", &self.path)
            .field("redact", &self.redaction.pointers)
            .field("secrets", &self.redaction.secrets.len())
            .field("in_own_time", &self.in_own_time)
            .finish_non_exhaustive()
    }
}
