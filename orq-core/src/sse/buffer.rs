//! The bytes that are kept from one chunk to the next.

use super::error::SseErrorKind;

/// The size of the largest allocation that is kept for small events, in bytes.
const KEPT: usize = 16 * 1024;

/// The data of the event so far, followed by the unfinished line, both as received, in one allocation.
///
/// A data line thus becomes part of the data in place, without a copy to another buffer.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer {
    pub(super) max_line: usize,
    pub(super) max_event: usize,
    bytes: Vec<u8>,
    /// The length of the data, after which the unfinished line starts. `None` if the event has no data line yet.
    data_len: Option<usize>,
}

impl Buffer {
    /// Returns the data; `None` if the event has no data line yet.
    pub(super) fn data(&self) -> Option<&[u8]> {
        self.bytes.get(..self.data_len?)
    }

    /// Returns the unfinished line.
    pub(super) fn line(&self) -> &[u8] {
        self.bytes.get(self.line_start()..).unwrap_or_default()
    }

    /// Appends to the unfinished line, unless it would exceed `max_line`.
    pub(super) fn push_line(&mut self, piece: &[u8]) -> Result<(), SseErrorKind> {
        if self.line().len().saturating_add(piece.len()) > self.max_line {
            return Err(SseErrorKind::LineTooLong);
        }
        self.push(piece);
        Ok(())
    }

    /// Appends the value of a data line to the data. There must be no unfinished line.
    pub(super) fn push_data(&mut self, value: &[u8]) {
        if self.data_len.is_some() {
            self.push(b"\n");
        }
        self.push(value);
        self.data_len = Some(self.bytes.len());
    }

    /// Ends the unfinished line. If it is a data line, its value, the last `value_len` bytes, is added to the data.
    pub(super) fn end_line(&mut self, value_len: Option<usize>) {
        let start = self.line_start();
        let Some(value_len) = value_len else {
            self.bytes.truncate(start);
            return;
        };
        // The name of the field is longer than the line feed that replaces it.
        let value = self.bytes.len().saturating_sub(value_len);
        let line_feed = self.data_len.map(|_| b'\n');
        self.bytes.splice(start..value, line_feed);
        self.data_len = Some(self.bytes.len());
    }

    /// Clears the data and the unfinished line. Keeps the allocation, unless it is larger than [`KEPT`] and most of it was
    /// not used: then an earlier event was far larger.
    pub(super) fn clear(&mut self) {
        let capacity = self.bytes.capacity();
        if capacity > KEPT && self.bytes.len() < capacity / 8 {
            self.bytes = Vec::new();
        }
        self.bytes.clear();
        self.data_len = None;
    }

    /// Appends bytes. The capacity doubles, so that the amortized cost per byte is constant, but it never exceeds the
    /// limits: `max_event`, or the data so far and `max_line`.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let length = self.bytes.len().saturating_add(bytes.len());
        if length > self.bytes.capacity() {
            let doubled = |length: usize| length.checked_next_power_of_two().unwrap_or(length);
            let line = doubled(length - self.line_start()).min(self.max_line);
            let event = doubled(length).min(self.max_event);
            let capacity = event
                .max(self.line_start().saturating_add(line))
                .max(length);
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn line_start(&self) -> usize {
        self.data_len.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Buffer, KEPT, SseErrorKind};

    fn buffer(max_line: usize, max_event: usize) -> Buffer {
        Buffer {
            max_line,
            max_event,
            ..Buffer::default()
        }
    }

    #[test]
    fn lines_become_data_where_they_stand() {
        let mut buffer = buffer(100, 100);
        assert_eq!(buffer.data(), None);
        for (line, value, data) in [
            (&b"data: ab"[..], 2, &b"ab"[..]),
            (b"data", 0, b"ab\n"),
            (b"data:c", 1, b"ab\n\nc"),
        ] {
            buffer.push_line(line).unwrap();
            assert_eq!(buffer.line(), line);
            buffer.end_line(Some(value));
            assert_eq!((buffer.data(), buffer.line()), (Some(data), &b""[..]));
        }
        buffer.push_line(b": comment").unwrap();
        buffer.end_line(None);
        buffer.push_data(b"d");
        assert_eq!(buffer.data(), Some(&b"ab\n\nc\nd"[..]));
        buffer.clear();
        assert_eq!((buffer.data(), buffer.line()), (None, &b""[..]));
    }

    #[test]
    fn a_large_allocation_is_kept_for_large_events_only() {
        for (capacity, length, kept) in [
            (KEPT, 1, KEPT),
            (8 * KEPT, KEPT, 8 * KEPT),
            (8 * KEPT, KEPT - 1, 0),
        ] {
            let mut buffer = buffer(8 * KEPT, 8 * KEPT);
            buffer.bytes.reserve_exact(capacity);
            buffer.push_line(&vec![b'x'; length]).unwrap();
            buffer.clear();
            assert_eq!((buffer.line(), buffer.bytes.capacity()), (&b""[..], kept));
        }
    }

    #[test]
    fn the_capacity_doubles_up_to_the_limits() {
        let mut buffer = buffer(50, 100);
        let mut capacities = Vec::new();
        for _ in 0..50 {
            buffer.push_line(b"x").unwrap();
            capacities.push(buffer.bytes.capacity());
        }
        assert_eq!(buffer.push_line(b"x"), Err(SseErrorKind::LineTooLong));
        capacities.dedup();
        assert_eq!(capacities, [1, 2, 4, 8, 16, 32, 64]);
        buffer.end_line(Some(45));
        buffer.push_data(&[b'x'; 54]);
        assert_eq!(buffer.data().map(<[u8]>::len), Some(100));
        assert_eq!(buffer.bytes.capacity(), 100);
        buffer.push_line(&[b'x'; 33]).unwrap();
        assert_eq!(buffer.bytes.capacity(), 150);
    }
}
