//! Joining parts of a type that this crate doesn't know, such as `thinking`.

use crate::model::{ContentPart, JsonMap, RawJson};

/// The last part of a content, if further ones can be joined to it. It is put into the completion at the end, since its
/// JSON can't be appended to in linear time.
#[derive(Debug)]
pub(super) struct Tail {
    /// The members that all pieces have equal.
    members: JsonMap,
    /// The name of the member that is joined: the type of the part, or `text`.
    name: String,
    /// The joined list or string, without its last bracket or quotation mark.
    joined: String,
    is_joined: bool,
}

impl Tail {
    pub(super) fn new(part: &ContentPart) -> Option<Self> {
        let ContentPart::Other(part) = part else {
            return None;
        };
        let mut members: JsonMap = part.parse().ok()?;
        let kind = members.get("type")?.text()?;
        let mut names = [kind, "text".to_owned()].into_iter();
        let name = names.find(|name| name != "type" && members.contains_key(name))?;
        let value = members.remove(&name)?;
        let joined = value.json().strip_suffix(['"', ']'])?.to_owned();
        Some(Self {
            members,
            name,
            joined,
            is_joined: false,
        })
    }

    /// Appends a part, and returns whether it can be joined.
    pub(super) fn append(&mut self, part: &Self) -> bool {
        let (Some(open), Some(more)) = (self.joined.chars().next(), part.joined.get(1..)) else {
            return false;
        };
        let is_same = self.name == part.name && self.members.has_same_text(&part.members);
        if !is_same || !part.joined.starts_with(open) {
            return false;
        }
        let is_list = open == '[' && !self.joined.trim_end().ends_with('[');
        if is_list && !more.trim_ascii().is_empty() {
            self.joined.push(',');
        }
        self.joined.push_str(more);
        self.is_joined = true;
        true
    }

    /// Returns the joined part; `None` if none was joined to it.
    pub(super) fn into_part(mut self) -> Option<ContentPart> {
        if !self.is_joined {
            return None;
        }
        let is_list = self.joined.starts_with('[');
        self.joined.push(if is_list { ']' } else { '"' });
        let joined = RawJson::from_text(self.joined).ok()?;
        self.members.insert_raw(self.name, joined);
        RawJson::new(&self.members).map(ContentPart::Other).ok()
    }
}
