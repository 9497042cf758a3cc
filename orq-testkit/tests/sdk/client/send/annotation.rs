//! Annotations and feedback, said with the client's setters.

use orq_core::model::{
    Annotation, AnnotationDeletion, AnnotationRequest, AnnotationValue, Feedback,
};
use serde_json::Value;

use crate::{Result, filter::number, given::Given};

pub(crate) fn annotations(mut given: Given) -> Result<AnnotationRequest> {
    let mut request = AnnotationRequest::new();
    for value in given.list("annotations")?.unwrap_or_default() {
        request = request.annotation(annotation(Given::new("annotation", value)?)?);
    }
    if let Some(id) = identity(&mut given)? {
        request = request.identity_id(id);
    }
    given.finish()?;
    Ok(request)
}

fn annotation(mut given: Given) -> Result<Annotation> {
    let value = value(&mut given)?;
    let mut annotation = match given.text("parent_annotation_id")? {
        Some(id) => Annotation::correction(id, value),
        None => Annotation::new(given.required_text("key")?, value),
    };
    if let Some(explanation) = given.text("explanation")? {
        annotation = annotation.explanation(explanation);
    }
    given.finish()?;
    Ok(annotation)
}

pub(crate) fn deletion(mut given: Given) -> Result<AnnotationDeletion> {
    let mut request = AnnotationDeletion::new();
    if let Some(keys) = given.texts("keys")? {
        request = request.keys(keys);
    }
    if let Some(ids) = given.texts("parent_annotation_ids")? {
        request = request.parent_annotation_ids(ids);
    }
    if let Some(id) = identity(&mut given)? {
        request = request.identity_id(id);
    }
    given.finish()?;
    Ok(request)
}

pub(crate) fn feedback(mut given: Given) -> Result<Feedback> {
    let property = given.required_text("property")?;
    let value = value(&mut given)?;
    let mut feedback = Feedback::new(property, value, given.required_text("trace_id")?);
    if let Some(id) = given.text("id")? {
        feedback = feedback.id(id);
    }
    if let Some(product) = given.text("product")? {
        feedback = feedback.product(product);
    }
    given.finish()?;
    Ok(feedback)
}

fn identity(given: &mut Given) -> Result<Option<String>> {
    let Some(mut metadata) = given.object("metadata")? else {
        return Ok(None);
    };
    let id = metadata.text("identity_id")?;
    metadata.finish()?;
    Ok(id)
}

fn value(given: &mut Given) -> Result<AnnotationValue> {
    let value = given.required("value")?;
    Ok(match value {
        Value::String(text) => text.into(),
        Value::Bool(value) => value.into(),
        Value::Array(_) => serde_json::from_value::<Vec<String>>(value)?.into(),
        other => number(&other)?.into(),
    })
}
