//! Annotations of an answer that was given earlier, by the ids of its trace and span.

use orq_core::{
    Client,
    model::{Annotation, AnnotationDeletion, AnnotationRequest, AnnotationValue},
};

use crate::{
    args::{Annotate, Format, Pair},
    failure::Failure,
    json,
    output::Output,
};

/// Creates annotations, or deletes them. It writes only what the server answers, if that is asked for.
pub(crate) async fn run(
    client: &Client,
    arguments: Annotate,
    format: Format,
    output: &mut Output,
) -> Result<(), Failure> {
    let annotations = client.annotations();
    let (trace, span) = (&*arguments.trace_id, &*arguments.span_id);
    let call = if arguments.delete.is_empty() {
        let values = arguments.values.iter().map(annotation);
        let mut request = AnnotationRequest::new().annotations(values);
        if let Some(id) = arguments.identity {
            request = request.identity_id(id);
        }
        annotations.create(trace, span, &request)
    } else {
        let mut request = AnnotationDeletion::new().keys(arguments.delete);
        if let Some(id) = arguments.identity {
            request = request.identity_id(id);
        }
        annotations.delete(trace, span, &request)
    };
    let answer = call.await?;
    match (format, answer.body()) {
        (Format::Json, Some(body)) if !body.is_empty() => output.line(json::one_line(body)),
        _ => Ok(()),
    }
}

/// JSON that is no value of an annotation is a text, too.
fn annotation(pair: &Pair) -> Annotation {
    let value = pair.value.parse::<AnnotationValue>();
    Annotation::new(
        &*pair.name,
        value.unwrap_or_else(|_| pair.value.json().into()),
    )
}
