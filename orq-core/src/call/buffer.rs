//! Buffers that are hardly larger than what is in them.

use std::io;

/// Appends bytes to a buffer, which grows with them.
///
/// It gets room for the rest of the size that is announced, but for no more than there is already, or a MiB: only bytes
/// show that it is true. Where it is exceeded, or 0, as much stays free as there is, up to 64 KiB, or an eighth.
#[inline(always)]
pub(super) fn append(buffer: &mut Vec<u8>, bytes: &[u8], announced: usize) {
    let length = buffer.len() + bytes.len();
    if length > buffer.capacity() {
        let free = match announced.checked_sub(length) {
            Some(rest) => rest.min(length.max(1024 * 1024)),
            None => length.min(64 * 1024).max(length / 8),
        };
        buffer.reserve_exact(bytes.len() + free);
    }
    buffer.extend_from_slice(bytes);
}

/// A buffer for JSON that is serialized.
pub(crate) struct Json(pub(crate) Vec<u8>);

impl io::Write for Json {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    // So that the many short pieces of a JSON text are copied without a call.
    #[inline(always)]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        append(&mut self.0, bytes, 0);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1024 * 1024;

    /// Appends bytes in pieces of a KiB, and returns the capacities that the buffer had.
    fn capacities(size: usize, announced: usize) -> Vec<usize> {
        let mut buffer = Vec::new();
        let mut capacities = Vec::new();
        for _ in 0..size / 1024 {
            append(&mut buffer, &[0; 1024], announced);
            if capacities.last() != Some(&buffer.capacity()) {
                capacities.push(buffer.capacity());
            }
        }
        capacities
    }

    #[test]
    fn a_buffer_of_an_announced_size_ends_with_it() {
        assert_eq!(capacities(2048, 2048), [2048]);
        let capacities = capacities(10 * MIB, 10 * MIB);
        assert_eq!(capacities.last(), Some(&(10 * MIB)));
        assert!(capacities.len() < 6, "{capacities:?}");
    }

    #[test]
    fn an_announced_size_is_not_believed() {
        assert!(capacities(1024, usize::MAX)[0] <= MIB + 1024);
        let most = capacities(3 * MIB, usize::MAX).pop().unwrap();
        assert!(most <= 6 * MIB, "{most}");
        assert_eq!(capacities(3072, 1024), [1024, 4096]);
    }

    #[test]
    fn without_an_announced_size_an_eighth_is_free() {
        for size in [MIB, 10 * MIB] {
            let most = capacities(size, 0).pop().unwrap();
            assert!(most <= size / 8 * 9 + 1024, "{most}");
        }
    }
}
