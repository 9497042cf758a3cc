//! What a request lacks of what its deployment's prompt needs.

use orq_core::{
    Client, DeploymentRequest,
    check::{InputReport, Mismatch},
};
use serde::Serialize;

use crate::{args::Format, failure::Failure, output::Output};

/// The report as JSON.
#[derive(Serialize)]
struct Document<'a> {
    ok: bool,
    versions: &'a [String],
    missing: Vec<Name<'a>>,
    unused: Vec<Name<'a>>,
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
    nearest: Option<&'a str>,
}

/// Writes the report. One that isn't good ends the program with its failure's status.
pub(crate) async fn run(
    client: &Client,
    request: &DeploymentRequest,
    format: Format,
    output: &mut Output,
) -> Result<(), Failure> {
    let report = client.deployments().check(request).await?;
    match format {
        Format::Json => output.line(document(&report)?)?,
        Format::Text => output.line(report.to_string())?,
    }
    if report.is_ok() {
        Ok(())
    } else {
        Err(Failure::Reported)
    }
}

fn document(report: &InputReport) -> Result<Vec<u8>, Failure> {
    let document = Document {
        ok: report.is_ok(),
        versions: &report.versions,
        missing: report.missing.iter().map(name).collect(),
        unused: report.unused.iter().map(name).collect(),
    };
    serde_json::to_vec(&document)
        .map_err(|error| Failure::io("can't write the report as JSON", error.into()))
}

fn name(mismatch: &Mismatch) -> Name<'_> {
    Name {
        name: &mismatch.name,
        nearest: mismatch.nearest.as_deref(),
    }
}
