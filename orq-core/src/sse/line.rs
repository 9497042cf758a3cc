//! One line, read in pieces.

use super::{
    block::Block,
    field::{Digits, Field, LONGEST_NAME},
    text::{Full, Utf8},
};

/// Where in the line the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// In what may still be a field's name.
    Name,
    /// Behind the colon, where one space is dropped.
    Space(Field),
    /// In the value.
    Value(Field),
    /// In a comment or a field that is ignored.
    Ignored,
}

/// A line of which some has been read, or none. It keeps no more of it than it must: the value of a field that
/// counts goes straight to the [`Block`].
#[derive(Clone, Debug)]
pub(super) struct Line {
    part: Part,
    /// How many of its bytes have been read.
    read: usize,
    name: [u8; LONGEST_NAME],
    name_len: usize,
    utf8: Utf8,
    /// The id, kept apart until the line's end shows that it holds no U+0000.
    id: String,
    id_spoiled: bool,
    digits: Digits,
}

impl Line {
    pub(super) fn new() -> Self {
        Self {
            part: Part::Name,
            read: 0,
            name: [0; LONGEST_NAME],
            name_len: 0,
            utf8: Utf8::default(),
            id: String::new(),
            id_spoiled: false,
            digits: Digits::default(),
        }
    }

    /// Reads one byte of data that is ASCII and no line end, if that takes no more than appending it.
    #[inline]
    pub(super) fn feed_byte(&mut self, byte: u8, block: &mut Block) -> bool {
        if self.part != Part::Value(Field::Data) || !self.utf8.is_whole() || !block.push_byte(byte)
        {
            return false;
        }
        self.read += 1;
        true
    }

    /// How many of its bytes have been read.
    pub(super) fn read(&self) -> usize {
        self.read
    }

    /// Forgets the line.
    pub(super) fn clear(&mut self) {
        self.part = Part::Name;
        self.read = 0;
        self.name_len = 0;
        self.utf8.reset();
        self.id.clear();
        self.id_spoiled = false;
        self.digits = Digits::default();
    }

    /// Reads the next bytes, none of which ends the line.
    pub(super) fn feed(&mut self, mut bytes: &[u8], block: &mut Block) -> Result<(), Full> {
        self.read = self.read.saturating_add(bytes.len());
        while let (Part::Name, Some((&byte, rest))) = (self.part, bytes.split_first()) {
            bytes = rest;
            if byte == b':' {
                self.named(block)?;
            } else if let Some(slot) = self.name.get_mut(self.name_len) {
                *slot = byte;
                self.name_len += 1;
            } else {
                self.part = Part::Ignored;
            }
        }
        if let (Part::Space(field), Some((&byte, rest))) = (self.part, bytes.split_first()) {
            self.part = Part::Value(field);
            if byte == b' ' {
                bytes = rest;
            }
        }
        match self.part {
            Part::Value(field) => self.value(field, bytes, block),
            Part::Name | Part::Space(_) | Part::Ignored => Ok(()),
        }
    }

    /// Ends the line and gives the reconnection time that it set, if any, in milliseconds.
    pub(super) fn end(&mut self, block: &mut Block) -> Result<Option<u64>, Full> {
        if self.part == Part::Name {
            self.named(block)?;
        }
        let mut retry = None;
        match self.part {
            Part::Space(Field::Data) | Part::Value(Field::Data) => {
                let (text, bound) = block.data();
                self.utf8.finish(text, bound)?;
            }
            Part::Space(Field::Event) | Part::Value(Field::Event) => {
                let (text, bound) = block.event();
                self.utf8.finish(text, bound)?;
            }
            Part::Space(Field::Id) | Part::Value(Field::Id) => {
                self.utf8.finish(&mut self.id, block.room())?;
                if !self.id_spoiled {
                    block.swap_id(&mut self.id);
                }
            }
            Part::Space(Field::Retry) | Part::Value(Field::Retry) => retry = self.digits.number(),
            Part::Name | Part::Ignored => {}
        }
        self.clear();
        Ok(retry)
    }

    /// The name is complete.
    fn named(&mut self, block: &mut Block) -> Result<(), Full> {
        let name = self.name.get(..self.name_len).unwrap_or_default();
        let Some(field) = Field::named(name) else {
            self.part = Part::Ignored;
            return Ok(());
        };
        self.part = Part::Space(field);
        match field {
            Field::Data => block.start_data(),
            Field::Event => {
                block.start_event();
                Ok(())
            }
            Field::Id | Field::Retry => Ok(()),
        }
    }

    /// Some of the value.
    fn value(&mut self, field: Field, bytes: &[u8], block: &mut Block) -> Result<(), Full> {
        match field {
            Field::Data => {
                let (text, bound) = block.data();
                self.utf8.decode(bytes, text, bound)
            }
            Field::Event => {
                let (text, bound) = block.event();
                self.utf8.decode(bytes, text, bound)
            }
            Field::Id => {
                self.id_spoiled |= memchr::memchr(0, bytes).is_some();
                self.utf8.decode(bytes, &mut self.id, block.room())
            }
            Field::Retry => {
                self.digits = self.digits.read(bytes);
                Ok(())
            }
        }
    }
}
