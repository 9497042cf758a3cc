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

/// A cassette's file, what is kept out of it, and in which time it is played.
///
/// Where only the path matters, [`Recorder::new`](super::Recorder::new) and [`Replay::open`](super::Replay::open) take
/// that instead.
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
    /// A relative path counts from the folder in which the test runs. Under cargo that is the package's.
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

    /// Keeps the values out that `pointer` names, a JSON pointer such as `/identity/email`
    /// ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
    ///
    /// It applies to the body of each request and each response, and to the data of each event of an event stream,
    /// also when they were cut, and wherever their chunks begin and end. The value there becomes `"[redacted]"`, in
    /// the request that is replayed too, so that a test may send another value than was recorded. The same value
    /// elsewhere stays; for that there is [`secret`](Cassette::secret).
    ///
    /// A step that is `*` stands for any name and any index, as in `/messages/*/content`.
    ///
    /// A replay needs no pointers, because the cassette holds them. If it asks for one that the cassette wasn't
    /// recorded with, it can't be opened.
    ///
    /// # Panics
    ///
    /// If `pointer` is no JSON pointer.
    #[track_caller]
    pub fn redact(mut self, pointer: &str) -> Self {
        match PointerBuf::parse(pointer) {
            Ok(pointer) => self.redaction.pointers.push(pointer),
            Err(_) => fail(&format!(
                "{pointer:?} is no JSON pointer: it starts with a slash, as /identity/email does"
            )),
        }
        self
    }

    /// Keeps this text out, wherever it stands.
    ///
    /// In its plain form it becomes `[redacted]`. Where it stands in another spelling (see the
    /// [module](super#credentials)), the cassette isn't written. The API key needs no mention.
    ///
    /// A text of fewer than 8 bytes can't be searched for sensibly. With one, nothing can be recorded.
    pub fn secret(mut self, secret: impl AsRef<[u8]>) -> Self {
        match Secret::new(secret.as_ref()) {
            Some(secret) => self.redaction.secrets.push(secret),
            None => self.has_short_secret = true,
        }
        self
    }

    /// Redacts what a function of the test finds.
    ///
    /// The rule is given bytes and returns which ranges of them become `[redacted]`. It is asked for the body of each
    /// request and the whole body of each response, whatever their chunks; for each name and each string in a request
    /// that is JSON, without their escapes; and for paths and the values of headers. It is asked again about what is
    /// redacted already, and must find nothing new in that.
    ///
    /// A cassette can't hold a rule: give the same one to the replay, whose requests are redacted before they are
    /// compared.
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
    /// that are recorded without it.
    ///
    /// Nothing is compared with it. The value of a header that is a secret stays hidden. A `content-length` stays as
    /// it was, although redaction may change the length of a body.
    ///
    /// # Panics
    ///
    /// If HTTP doesn't allow the name.
    #[track_caller]
    pub fn keep_header(mut self, name: &str) -> Self {
        self.kept_headers.push(crate::reply::header::name(name));
        self
    }

    /// Plays heads, chunks and ends when they came, on the [`timer`](Cassette::timer). Otherwise everything is
    /// there at once.
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
