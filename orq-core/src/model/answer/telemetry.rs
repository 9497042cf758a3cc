//! Where orq keeps the trace of a call.

use crate::model::json::object::object;

object! { Lenient
    /// Where orq keeps the trace of a call.
    #[derive(Default)]
    pub struct Telemetry {
        /// The trace.
        pub trace_id: Option<String> = "trace_id",
        /// The call's span in the trace.
        pub span_id: Option<String> = "span_id",
    }
}
