//! What overwrites what while a completion is assembled from chunks.
//!
//! One rule applies to every field:
//!
//! - Absent, null, empty and a value are in ascending order. An empty string, object or list is empty, and so is an
//!   object of this crate without a field that has a value. A count of zero is empty, other zeros and `false` are values.
//! - What comes later overwrites what came before, unless it is lower in that order.
//! - An object of this crate is merged field by field, and an unknown field is overwritten as a whole, except for lists
//!   in those of a choice or its message. The first finish reason and the first id of a tool call stay.
//! - Text is appended (content, reasoning, refusals, the name and arguments of a tool call), and so are the elements of
//!   lists, instead of overwriting what came before. Appending nothing changes nothing.
//!
//! A delta is produced only for what has a value.

use crate::model::json::{JsonMap, Nullable, Number, RawJson};
use crate::model::kinds::{FinishReason, MessageKind, ObjectKind, Provider, Role};
use crate::model::tool::ToolType;
use crate::model::usage::{CompletionTokensDetails, PromptTokensDetails, Telemetry, Usage};

/// Merging a later value into an earlier one, by the rule of this module.
pub(crate) trait Merge: Clone {
    /// Returns whether it is more than absent, null or empty.
    fn has_value(&self) -> bool;

    /// Overwrites the value with a later one, unless that is lower in the order. Unknown fields are added while `room`
    /// allows more members.
    fn merge(&mut self, later: &Self, _room: &mut Room) {
        if later.has_value() {
            self.clone_from(later);
        }
    }
}

/// The room for further members of a completion, in fields. They take more memory than their JSON, and some are found
/// by a linear search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    fields: usize,
    is_exceeded: bool,
}

/// The number of fields above which a member counts as more than one.
const FIELDS_OF_MEMBER: usize = 32;

impl Default for Room {
    fn default() -> Self {
        Self {
            fields: Self::MEMBERS * FIELDS_OF_MEMBER,
            is_exceeded: false,
        }
    }
}

impl Room {
    /// The maximum number of choices, tool calls, retrievals, content parts and unknown fields of a completion in total.
    pub(crate) const MEMBERS: usize = 4096;

    /// Takes the room of a member with this number of fields. Returns `false` if there isn't enough left, now or before.
    pub(crate) fn take(&mut self, fields: usize) -> bool {
        let left = self.fields.checked_sub(fields.max(FIELDS_OF_MEMBER));
        self.is_exceeded |= left.is_none();
        self.fields = left.unwrap_or_default();
        left.is_some()
    }

    pub(crate) fn is_exceeded(&self) -> bool {
        self.is_exceeded
    }
}

impl<T: Merge> Merge for Option<T> {
    fn has_value(&self) -> bool {
        self.as_ref().is_some_and(T::has_value)
    }

    fn merge(&mut self, later: &Self, room: &mut Room) {
        match (self.as_mut(), later) {
            (Some(value), Some(later)) => value.merge(later, room),
            (None, Some(_)) => self.clone_from(later),
            (_, None) => {}
        }
    }
}

impl<T: Merge> Merge for Nullable<T> {
    fn has_value(&self) -> bool {
        self.as_option().is_some_and(T::has_value)
    }

    fn merge(&mut self, later: &Self, room: &mut Room) {
        match (self.as_mut(), later) {
            (Some(value), Self::Value(later)) => value.merge(later, room),
            (None, Self::Value(_)) => self.clone_from(later),
            (None, Self::Null) => *self = Self::Null,
            (Some(_), Self::Null) | (_, Self::Absent) => {}
        }
    }
}

impl Merge for RawJson {
    fn has_value(&self) -> bool {
        !self.is_empty()
    }

    fn merge(&mut self, later: &Self, _: &mut Room) {
        if later.has_value() || self.is_null() {
            self.clone_from(later);
        }
    }
}

impl Merge for JsonMap {
    fn has_value(&self) -> bool {
        self.iter().any(|(_, value)| value.has_value())
    }

    fn merge(&mut self, later: &Self, room: &mut Room) {
        for (key, later) in later.iter() {
            match self.get_mut(key) {
                Some(value) => value.merge(later, room),
                None if room.take(1) => drop(self.insert_raw(key, later.clone())),
                None => return,
            }
        }
    }
}

/// Implements [`Merge`] for types that are overwritten as a whole, given when they have a value.
macro_rules! leaves {
    ($($value:ident: $($type:ty),* => $has_value:expr;)*) => {$($(
        impl Merge for $type {
            fn has_value(&self) -> bool {
                let $value = self;
                $has_value
            }
        }
    )*)*};
}

leaves! {
    _value: bool, Number => true;
    count: u64 => *count != 0;
    text: String => !text.is_empty();
    name: FinishReason, MessageKind, ObjectKind, Provider, Role, ToolType => !name.as_str().is_empty();
}

/// Merges these fields of a later object into those of an earlier one.
macro_rules! merge_fields {
    ($whole:expr, $later:expr, $room:expr => $($field:ident),*) => {
        $( $crate::model::Merge::merge(&mut $whole.$field, &$later.$field, $room); )*
    };
}

pub(crate) use merge_fields;

/// Implements [`Merge`] for objects, field by field.
macro_rules! objects {
    ($($type:ident { $($field:ident),* })*) => {$(
        impl Merge for $type {
            fn has_value(&self) -> bool {
                let Self { $($field),* } = self;
                false $(|| $field.has_value())*
            }

            fn merge(&mut self, later: &Self, room: &mut Room) {
                merge_fields!(self, later, room => $($field),*);
            }
        }
    )*};
}

objects! {
    Telemetry { trace_id, span_id, extra }
    Usage { total_tokens, prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details, extra }
    PromptTokensDetails { cached_tokens, extra }
    CompletionTokensDetails { reasoning_tokens, extra }
}
