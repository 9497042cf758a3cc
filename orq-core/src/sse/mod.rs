//! An incremental decoder for server-sent events.
