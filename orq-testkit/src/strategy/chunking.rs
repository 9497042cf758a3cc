//! Cutting bytes into the chunks that a network might deliver.

use proptest::{collection::vec, prelude::*, sample::Index};

/// A way to split a body of any length into chunks.
#[derive(Clone, Debug)]
pub struct Chunking(Cuts);

#[derive(Clone, Debug)]
enum Cuts {
    Every(usize),
    At(Vec<Index>),
}

impl Chunking {
    /// Splits these bytes into chunks, of which some may be empty.
    pub fn split<'a>(&self, bytes: &'a [u8]) -> Vec<&'a [u8]> {
        match &self.0 {
            Cuts::Every(size) => bytes.chunks(*size).collect(),
            Cuts::At(places) => {
                let mut places: Vec<_> = places
                    .iter()
                    .map(|place| place.index(bytes.len() + 1))
                    .collect();
                places.sort_unstable();
                let (mut chunks, mut rest, mut start) = (Vec::new(), bytes, 0);
                for place in places {
                    let (chunk, behind) =
                        rest.split_at_checked(place - start).unwrap_or((rest, &[]));
                    chunks.push(chunk);
                    (rest, start) = (behind, place);
                }
                chunks.push(rest);
                chunks
            }
        }
    }
}

/// Generates up to a dozen splits anywhere, or chunks of one small size, often a single byte. Shrinks towards one
/// chunk.
pub fn chunking() -> impl Strategy<Value = Chunking> {
    prop_oneof![
        6 => vec(any::<Index>(), 0..12).prop_map(Cuts::At),
        2 => Just(Cuts::Every(1)),
        2 => (2_usize..40).prop_map(Cuts::Every),
    ]
    .prop_map(Chunking)
}
