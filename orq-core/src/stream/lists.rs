//! Lists in unknown fields of a choice or a message, whose elements are appended.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::model::{JsonMap, RawJson, Room};

/// The elements of the lists so far, by the name of the field, and by that of the member if the field has an object,
/// such as `logprobs`. They are put into the completion at the end, since its JSON can't be appended to in linear time.
#[derive(Debug, Default)]
pub(super) struct Lists(BTreeMap<String, BTreeMap<Option<String>, String>>);

impl Lists {
    /// Appends the lists of a chunk, while `room` allows more members.
    pub(super) fn append(&mut self, fields: &JsonMap, room: &mut Room) {
        for (field, value) in fields.iter() {
            self.append_list(field, None, value, room);
            if value.json().starts_with('{') {
                let members: JsonMap = value.parse().unwrap_or_default();
                for (member, value) in members.iter() {
                    self.append_list(field, Some(member), value, room);
                }
            }
        }
    }

    fn append_list(&mut self, field: &str, member: Option<&str>, list: &RawJson, room: &mut Room) {
        let list = Some(list).filter(|list| !list.is_empty());
        let inner = list.and_then(|list| list.json().strip_prefix('[')?.strip_suffix(']'));
        let Some(inner) = inner else { return };
        let lists = self.0.entry(field.to_owned()).or_default();
        match lists.entry(member.map(str::to_owned)) {
            Entry::Occupied(mut elements) => elements.get_mut().extend([",", inner]),
            Entry::Vacant(entry) if room.take(1) => drop(entry.insert(inner.to_owned())),
            Entry::Vacant(_) => {}
        }
    }

    /// Replaces the last list of each field by all elements.
    pub(super) fn join_into(self, fields: &mut JsonMap) {
        for (field, lists) in self.0 {
            let Some(last) = fields.get(&field) else {
                continue;
            };
            let is_list = |value: &RawJson| value.json().starts_with('[');
            let (is_one, mut object) = (is_list(last), last.parse::<JsonMap>().ok());
            for (member, elements) in lists {
                let Ok(list) = RawJson::from_text(format!("[{elements}]")) else {
                    continue;
                };
                match (member, &mut object) {
                    (None, None) if is_one => drop(fields.insert_raw(&field, list)),
                    (Some(member), Some(object)) if object.get(&member).is_none_or(is_list) => {
                        object.insert_raw(member, list);
                    }
                    _ => {}
                }
            }
            if let Some(object) = object {
                fields.insert(field, object);
            }
        }
    }
}
