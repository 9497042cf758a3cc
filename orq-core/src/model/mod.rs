//! The nouns of the API, as they stand on the wire.
