//! A message, said with the client's setters.

use orq_core::model::{
    AssistantMessage, AudioRef, CacheControl, Content, ContentPart, DeveloperMessage, FileData,
    FilePart, ImagePart, ImageUrl, Message, Nullable, SystemMessage, TextPart, ToolCall,
    ToolMessage, UserMessage,
};
use serde_json::Value;

use crate::{Result, given::Given};

pub(crate) fn message(value: Value) -> Result<Message> {
    let mut given = Given::new("message", value)?;
    match given.required_text("role")?.as_str() {
        "assistant" => assistant(given),
        "tool" => tool(given),
        role => {
            let content = content(given.required("content")?)?;
            let name = given.text("name")?;
            given.finish()?;
            Ok(match (role, name) {
                ("system", None) => Message::system(content),
                ("system", Some(name)) => SystemMessage::new(content).name(name).into(),
                ("developer", None) => Message::developer(content),
                ("developer", Some(name)) => DeveloperMessage::new(content).name(name).into(),
                ("user", None) => Message::user(content),
                ("user", Some(name)) => UserMessage::new(content).name(name).into(),
                (other, _) => return Err(format!("{other} is no role").into()),
            })
        }
    }
}

fn assistant(mut given: Given) -> Result<Message> {
    let mut message = AssistantMessage::default();
    match given.take("content") {
        None => {}
        Some(Value::Null) => message.content = Nullable::Null,
        Some(value) => message = message.content(content(value)?),
    }
    match given.take("refusal") {
        None => {}
        Some(Value::String(refusal)) => message = message.refusal(refusal),
        Some(Value::Null) => message.refusal = Nullable::Null,
        Some(other) => return Err(format!("{other} is no refusal").into()),
    }
    match given.take("audio") {
        None => {}
        Some(Value::Null) => message.audio = Nullable::Null,
        Some(value) => {
            let mut given = Given::new("audio", value)?;
            message = message.audio(AudioRef::new(given.required_text("id")?));
            given.finish()?;
        }
    }
    if let Some(name) = given.text("name")? {
        message = message.name(name);
    }
    if let Some(reasoning) = given.text("reasoning_content")? {
        message = message.reasoning_content(reasoning);
    }
    if let Some(calls) = given.list("tool_calls")? {
        let calls = calls.into_iter().map(tool_call);
        message = message.tool_calls(calls.collect::<Result<Vec<_>>>()?);
    }
    given.finish()?;
    Ok(message.into())
}

fn tool_call(value: Value) -> Result<ToolCall> {
    let mut given = Given::new("tool call", value)?;
    let kind = given.required_text("type")?;
    let mut function = Given::new("function", given.required("function")?)?;
    let mut call = ToolCall::new(
        given.required_text("id")?,
        function.required_text("name")?,
        function.required_text("arguments")?,
    );
    function.finish()?;
    if let Some(signature) = given.text("thought_signature")? {
        call = call.thought_signature(signature);
    }
    if let Some(content) = given.take("extra_content") {
        call = call.extra_content(content);
    }
    given.finish()?;
    match kind.as_str() {
        "function" => Ok(call),
        other => Err(format!("{other} is no kind of tool").into()),
    }
}

fn tool(mut given: Given) -> Result<Message> {
    let mut message = ToolMessage::new(content(given.required("content")?)?);
    match given.required("tool_call_id")? {
        Value::String(id) => message = message.tool_call_id(id),
        Value::Null => message.tool_call_id = Nullable::Null,
        other => return Err(format!("{other} is no id").into()),
    }
    if let Some(cache) = cache_control(&mut given)? {
        message = message.cache_control(cache);
    }
    given.finish()?;
    Ok(message.into())
}

fn content(value: Value) -> Result<Content> {
    match value {
        Value::String(text) => Ok(text.into()),
        Value::Array(parts) => {
            let parts: Result<Vec<_>> = parts.into_iter().map(part).collect();
            Ok(parts?.into())
        }
        other => Err(format!("{other} is no content").into()),
    }
}

fn part(value: Value) -> Result<ContentPart> {
    let mut given = Given::new("part", value)?;
    let kind = given.required_text("type")?;
    let part = match kind.as_str() {
        "text" => {
            let text = TextPart::new(given.required_text("text")?);
            let cache = cache_control(&mut given)?;
            ContentPart::Text(match cache {
                Some(cache) => text.cache_control(cache),
                None => text,
            })
        }
        "image_url" => {
            let image = ImagePart::new(image(given.required("image_url")?)?);
            let cache = cache_control(&mut given)?;
            ContentPart::ImageUrl(match cache {
                Some(cache) => image.cache_control(cache),
                None => image,
            })
        }
        "input_audio" => {
            let mut audio = Given::new("input_audio", given.required("input_audio")?)?;
            let (data, format) = (audio.required_text("data")?, audio.required_text("format")?);
            audio.finish()?;
            ContentPart::input_audio(data, format)
        }
        "file" => {
            let file = FilePart::new(file(given.required("file")?)?);
            let cache = cache_control(&mut given)?;
            ContentPart::File(match cache {
                Some(cache) => file.cache_control(cache),
                None => file,
            })
        }
        "refusal" => ContentPart::refusal(given.required_text("refusal")?),
        "reasoning" => {
            let reasoning = given.required_text("reasoning")?;
            ContentPart::reasoning(reasoning, given.required_text("signature")?)
        }
        "redacted_reasoning" => ContentPart::redacted_reasoning(given.required_text("data")?),
        other => return Err(format!("{other} is no kind of part").into()),
    };
    given.finish()?;
    Ok(part)
}

fn image(value: Value) -> Result<ImageUrl> {
    let mut given = Given::new("image_url", value)?;
    let mut image = ImageUrl::new(given.required_text("url")?);
    if let Some(detail) = given.text("detail")? {
        image = image.detail(detail);
    }
    given.finish()?;
    Ok(image)
}

fn file(value: Value) -> Result<FileData> {
    let mut given = Given::new("file", value)?;
    let mut file = FileData::new();
    if let Some(data) = given.text("file_data")? {
        file = file.file_data(data);
    }
    if let Some(uri) = given.text("uri")? {
        file = file.uri(uri);
    }
    if let Some(mime_type) = given.text("mimeType")? {
        file = file.mime_type(mime_type);
    }
    if let Some(name) = given.text("filename")? {
        file = file.filename(name);
    }
    if let Some(id) = given.text("file_id")? {
        file = file.file_id(id);
    }
    given.finish()?;
    Ok(file)
}

fn cache_control(of: &mut Given) -> Result<Option<CacheControl>> {
    let Some(mut given) = of.object("cache_control")? else {
        return Ok(None);
    };
    let kind = given.required_text("type")?;
    let mut cache = CacheControl::ephemeral();
    if let Some(ttl) = given.text("ttl")? {
        cache = cache.ttl(ttl);
    }
    given.finish()?;
    match kind.as_str() {
        "ephemeral" => Ok(Some(cache)),
        other => Err(format!("{other} is no kind of cache").into()),
    }
}
