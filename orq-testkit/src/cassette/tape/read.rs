//! From a file's text to a cassette. Whatever is wrong with it is an error that has the place.

use base64::prelude::{BASE64_STANDARD, Engine};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use orq_core::transport::{Delivery, Phase, TransportErrorKind};
use serde_json::Value;

use super::{
    Chunk, End, Failure, Interaction, Outcome, Payload, Tape, TapedRequest, TapedResponse, VERSION,
    place::{Fields, Place, Result, wrong},
};
use crate::cassette::{
    error::{CassetteError, CassetteErrorKind},
    pointer::Pointer,
};

impl Tape {
    pub(in crate::cassette) fn parse(text: &[u8]) -> Result<Self> {
        let json: Value = serde_json::from_slice(text).map_err(|error| {
            CassetteError::new(CassetteErrorKind::Json, "this is not JSON").with_source(error)
        })?;
        // Before all else: another version may have other fields.
        match json.get("version") {
            Some(version) if version.as_u64() == Some(VERSION) => {}
            Some(version) => {
                let message = format!(
                    "version: {version} is not known; this crate reads version {VERSION}: record the cassette again"
                );
                return Err(CassetteError::new(CassetteErrorKind::Version, message));
            }
            None => return Err(wrong("version", "is required")),
        }
        let mut file = Place::new(String::new(), json).object()?;
        file.required("version")?;
        let pointers = file.required("redact")?.items(|place| {
            let (path, text) = place.text()?;
            Pointer::parse(&text).ok_or_else(|| wrong(&path, "is no JSON pointer (RFC 6901)"))
        })?;
        let interactions = file.required("interactions")?.items(interaction)?;
        file.end()?;
        Ok(Self {
            pointers,
            interactions,
        })
    }
}

fn interaction(place: Place) -> Result<Interaction> {
    let mut fields = place.object()?;
    let request = request(fields.required("request")?)?;
    let response = fields.optional("response");
    let error = fields.optional("error");
    let outcome = match (response, error) {
        (Some(place), None) => Outcome::Response(taped_response(place)?),
        (None, Some(place)) => {
            let mut error = place.object()?;
            let after_ms = error.required("after_ms")?.number()?;
            let failure = failure(&mut error)?;
            error.end()?;
            Outcome::Failed { after_ms, failure }
        }
        (None, None) => Outcome::Unanswered,
        (Some(_), Some(place)) => return Err(wrong(&place.path, "can't stand beside `response`")),
    };
    fields.end()?;
    Ok(Interaction { request, outcome })
}

fn request(place: Place) -> Result<TapedRequest> {
    let mut fields = place.object()?;
    let text = |place: Place| place.text().map(|(_, text)| text);
    let request = TapedRequest {
        operation: fields.optional("operation").map(text).transpose()?,
        deployment: fields.optional("deployment").map(text).transpose()?,
        attempt: fields.optional("attempt").map(Place::number).transpose()?,
        method: text(fields.required("method")?)?,
        path: text(fields.required("path")?)?,
        headers: headers(fields.required("headers")?)?,
        body: match fields.optional("body") {
            None => None,
            Some(body) => {
                let mut body = body.object()?;
                let payload = match body.optional("json") {
                    Some(json) => Some(Payload::Json(json.value)),
                    // Written by hand, it may be JSON all the same.
                    None => Payload::body(&bytes(&mut body)?),
                };
                body.end()?;
                payload
            }
        },
    };
    fields.end()?;
    Ok(request)
}

fn taped_response(place: Place) -> Result<TapedResponse> {
    let mut fields = place.object()?;
    let after_ms = fields.required("after_ms")?.number()?;
    let status = fields.required("status")?;
    let status_path = status.path.clone();
    let status = StatusCode::from_u16(status.number()?)
        .map_err(|_| wrong(&status_path, "is no HTTP status"))?;
    let headers = headers(fields.required("headers")?)?;
    let mut latest = 0;
    let chunks = fields.required("chunks")?.items(|place| {
        let mut fields = place.object()?;
        let at_ms = in_order(fields.required("at_ms")?, &mut latest)?;
        let bytes = bytes(&mut fields)?.into();
        fields.end()?;
        Ok(Chunk { at_ms, bytes })
    })?;
    let mut end = fields.required("end")?.object()?;
    let end_ms = in_order(end.required("at_ms")?, &mut latest)?;
    let (how_path, how) = end.required("how")?.text()?;
    let how = match how.as_str() {
        "complete" => End::Complete,
        "error" => End::Failed(failure(&mut end)?),
        "stalled" => End::Stalled,
        "dropped" => End::Dropped,
        _ => {
            return Err(wrong(
                &how_path,
                "is none of complete, error, stalled, dropped",
            ));
        }
    };
    end.end()?;
    fields.end()?;
    Ok(TapedResponse {
        after_ms,
        status,
        headers,
        chunks,
        end_ms,
        end: how,
    })
}

/// A time that isn't before `latest`, which it becomes.
fn in_order(place: Place, latest: &mut u64) -> Result<u64> {
    let path = place.path.clone();
    let at = place.number()?;
    if at < *latest {
        return Err(wrong(&path, "is before the one above it"));
    }
    *latest = at;
    Ok(at)
}

/// The field `text` or `base64`.
fn bytes(fields: &mut Fields) -> Result<Vec<u8>> {
    match (fields.optional("text"), fields.optional("base64")) {
        (Some(text), None) => Ok(text.text()?.1.into_bytes()),
        (None, Some(base64)) => {
            let (path, text) = base64.text()?;
            BASE64_STANDARD
                .decode(text)
                .map_err(|error| wrong(&path, &error.to_string()))
        }
        (Some(_), Some(_)) => Err(wrong(&fields.path, "has both `text` and `base64`")),
        (None, None) => Err(wrong(&fields.path, "has neither `text` nor `base64`")),
    }
}

fn headers(place: Place) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    let fields = place.object()?;
    for (name, value) in fields.values {
        let path = format!("{}.{name}", fields.path);
        let name = HeaderName::try_from(name).map_err(|_| wrong(&path, "is no header's name"))?;
        let values = match value {
            Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            let bytes = match Place::new(path.clone(), value) {
                Place {
                    value: Value::String(text),
                    ..
                } => text.into_bytes(),
                place => {
                    let mut fields = place.object()?;
                    let bytes = bytes(&mut fields)?;
                    fields.end()?;
                    bytes
                }
            };
            let value =
                HeaderValue::try_from(bytes).map_err(|_| wrong(&path, "is no header's value"))?;
            headers
                .try_append(name.clone(), value)
                .map_err(|_| wrong(&fields.path, "are too many"))?;
        }
    }
    Ok(headers)
}

fn failure(fields: &mut Fields) -> Result<Failure> {
    use TransportErrorKind::{Closed, Connect, Other, Protocol, Timeout, Tls};
    let kinds = [Connect, Tls, Timeout, Closed, Protocol, Other];
    let phases = [Phase::Connect, Phase::Send, Phase::Headers, Phase::Body];
    let deliveries = [Delivery::NotSent, Delivery::MaybeSent, Delivery::Answered];
    Ok(Failure {
        kind: fields
            .required("kind")?
            .one_of(kinds, TransportErrorKind::as_str)?,
        phase: fields.required("phase")?.one_of(phases, Phase::as_str)?,
        delivery: fields
            .required("delivery")?
            .one_of(deliveries, Delivery::as_str)?,
    })
}
