//! The knowledge filter: what may be asked of the metadata of a knowledge base.

use super::field::Field;

/// A map from field to condition, or `{"and": […]}` or `{"or": […]}` of such maps.
pub(super) fn knowledge_filter(filter: Field<'_>) {
    filter.object(|filter| {
        for group in ["and", "or"] {
            let group = filter.get(group);
            if group.is_array() {
                return group.array(|conditions| conditions.object(fields));
            }
        }
        fields(filter);
    });
}

fn fields(map: &Field<'_>) {
    for (_, field) in map.fields() {
        field.object(condition);
    }
}

/// One operator or several.
fn condition(condition: &Field<'_>) {
    const OPERATORS: [&str; 8] = ["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"];
    if !OPERATORS
        .iter()
        .any(|name| condition.get(name).is_present())
    {
        condition.complain(&format!("expected one of {}", OPERATORS.join(", ")));
    }
    for name in ["eq", "ne"] {
        condition.get(name).scalar();
    }
    for name in ["gt", "gte", "lt", "lte"] {
        condition.get(name).number();
    }
    for name in ["in", "nin"] {
        condition.get(name).array(Field::scalar);
    }
}
