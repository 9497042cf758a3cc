//! How far the arguments of a tool call have come.

/// What is known of the JSON text of a call's arguments so far. Each byte is read once, however many pieces there are.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    place: Place,
    /// The number of objects and lists that are open.
    depth: usize,
    has_members: bool,
    /// The last byte outside of strings that isn't blank.
    last: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Nothing but blanks has come.
    #[default]
    Before,
    Within,
    InString,
    InEscape,
    /// The object is complete.
    After,
    /// The text isn't one object.
    Elsewhere,
}

impl Arguments {
    pub(super) fn of(text: &str) -> Self {
        let mut arguments = Self::default();
        arguments.read(text);
        arguments
    }

    /// Reads the next piece of the text.
    pub(super) fn read(&mut self, text: &str) {
        for byte in text.bytes() {
            self.place = self.after(byte);
            if self.place == Place::Within && !byte.is_ascii_whitespace() {
                self.last = byte;
            }
        }
    }

    fn after(&mut self, byte: u8) -> Place {
        match (self.place, byte) {
            (Place::InString, b'\\') => return Place::InEscape,
            (Place::InString, b'"') => return Place::Within,
            (Place::InString | Place::InEscape, _) => return Place::InString,
            (place, b' ' | b'\t' | b'\n' | b'\r') => return place,
            (Place::Before, b'{') => self.depth = 1,
            (Place::Within, b'}' | b']') => self.depth = self.depth.saturating_sub(1),
            (Place::Within, _) => {
                self.has_members = true;
                match byte {
                    b'"' => return Place::InString,
                    b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                    _ => {}
                }
            }
            _ => return Place::Elsewhere,
        }
        match self.depth {
            0 => Place::After,
            _ => Place::Within,
        }
    }

    /// Returns whether the text is one complete object. Only its brackets and strings are checked.
    pub(super) fn is_whole(&self) -> bool {
        self.place == Place::After
    }

    /// Returns whether the text has begun, and no object can follow as the next value in it.
    pub(super) fn is_before_no_object(&self) -> bool {
        self.place == Place::Within && !matches!(self.last, b':' | b',' | b'[')
    }

    /// Returns whether the text is `{}`, with or without blanks. Some servers send it before the arguments.
    pub(super) fn is_empty_object(&self) -> bool {
        self.is_whole() && !self.has_members
    }
}
