//! A list as a table.

use orq_core::model::{Deployment, DeploymentVersion, PromptConfig};
use serde::Serialize;

/// What a line of a table shows.
pub(crate) trait Row: Serialize {
    /// The names of the columns.
    const HEADER: &[&str];

    /// The cells, one for each column.
    fn cells(&self) -> Vec<String>;

    /// The JSON that was received.
    fn raw(&self) -> Option<&str>;
}

impl Row for Deployment {
    const HEADER: &[&str] = &["KEY", "VERSION", "MODEL", "UPDATED", "ID", "DESCRIPTION"];

    fn cells(&self) -> Vec<String> {
        vec![
            cell(self.key.as_deref()),
            cell(self.version.as_deref()),
            cell(model(self.prompt_config.as_ref()).as_deref()),
            cell(self.updated.as_deref()),
            cell(self.id.as_deref()),
            cell(Some(self.description.as_deref().unwrap_or_default())),
        ]
    }

    fn raw(&self) -> Option<&str> {
        Deployment::raw(self)
    }
}

impl Row for DeploymentVersion {
    const HEADER: &[&str] = &[
        "VERSION",
        "STATUS",
        "MODEL",
        "SAVED",
        "ID",
        "VARIANT",
        "DESCRIPTION",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            cell(self.version.as_deref()),
            cell(self.status.as_ref().map(|status| status.as_str())),
            cell(model(self.prompt_config.as_ref()).as_deref()),
            cell(self.timestamp.as_deref()),
            cell(self.id.as_deref()),
            cell(self.variant_id.as_deref()),
            cell(Some(self.description.as_deref().unwrap_or_default())),
        ]
    }

    fn raw(&self) -> Option<&str> {
        DeploymentVersion::raw(self)
    }
}

/// The table, a line for the header and one for each item.
pub(crate) fn of<T: Row>(items: &[T]) -> String {
    let mut rows = vec![T::HEADER.iter().map(|name| (*name).to_owned()).collect()];
    rows.extend(items.iter().map(Row::cells));
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row: &Vec<String>| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..T::HEADER.len()).map(width).collect();
    let mut table = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{cell:<width$}  "));
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

/// The model with its provider.
fn model(config: Option<&PromptConfig>) -> Option<String> {
    let model = config?.model.as_deref()?;
    Some(match &config?.provider {
        Some(provider) => format!("{provider}/{model}"),
        None => model.to_owned(),
    })
}

/// On one line, whatever the text holds.
fn cell(text: Option<&str>) -> String {
    let text = text.unwrap_or("-");
    let words: Vec<_> = text
        .split(|character: char| character.is_control() || character == ' ')
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_cells_stay_on_their_line() {
        let list = r#"[
            {"key": "a", "version": 2, "id": "1", "description": "two\nlines\u001b",
             "prompt_config": {"model": "gpt-4o", "provider": "openai"}},
            {"key": "größer", "id": "2", "updated": "2026-01-01"}
        ]"#;
        let list: Vec<Deployment> = serde_json::from_str(list).unwrap();
        let expected = "\
KEY     VERSION  MODEL          UPDATED     ID  DESCRIPTION
a       2        openai/gpt-4o  -           1   two lines
größer  -        -              2026-01-01  2
";
        assert_eq!(of(&list), expected);
    }
}
