//! A list of deployments as a table.

use orq_core::model::Deployment;

const HEADER: [&str; 6] = ["KEY", "VERSION", "MODEL", "UPDATED", "ID", "DESCRIPTION"];

/// The table, a line for the header and one for each deployment.
pub(crate) fn of(deployments: &[Deployment]) -> String {
    let mut rows = vec![HEADER.map(str::to_owned)];
    rows.extend(deployments.iter().map(row));
    let widths: [usize; 6] = std::array::from_fn(|column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    let mut table = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{cell:<width$}  "));
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

fn row(deployment: &Deployment) -> [String; 6] {
    let config = deployment.prompt_config.as_ref();
    let model = config.and_then(|config| config.model.as_deref());
    let provider = config.and_then(|config| config.provider.as_ref());
    let model = match (provider, model) {
        (Some(provider), Some(model)) => Some(format!("{provider}/{model}")),
        (_, model) => model.map(str::to_owned),
    };
    [
        deployment.key.as_deref(),
        deployment.version.as_deref(),
        model.as_deref(),
        deployment.updated.as_deref(),
        deployment.id.as_deref(),
        Some(deployment.description.as_deref().unwrap_or_default()),
    ]
    .map(cell)
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
