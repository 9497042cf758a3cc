//! The messages of a request, each role with what it may say.

use super::field::Field;

pub(super) fn message(message: Field<'_>) {
    message.object(|message| {
        message.get("name").string();
        let content = message.get("content");
        match message.get("role").as_str() {
            Some("system" | "developer") => content.required().string_or_array(1, text_part),
            Some("user") => content.required().string_or_array(0, user_part),
            Some("assistant") => assistant(message),
            Some("tool") => tool(message),
            _ => {
                let roles = ["system", "developer", "user", "assistant", "tool"];
                message.get("role").required().one_of(&roles);
            }
        }
    });
}

fn assistant(message: &Field<'_>) {
    message
        .get("content")
        .or_null()
        .string_or_array(0, assistant_part);
    message.get("refusal").or_null().string();
    message
        .get("audio")
        .or_null()
        .object(|audio| audio.get("id").required().string());
    message.get("tool_calls").array(|call| {
        call.object(|call| {
            call.get("id").required().string();
            call.get("type").required().one_of(&["function"]);
            call.get("function").required().object(|function| {
                function.get("name").string();
                function.get("arguments").string();
            });
            call.get("thought_signature").string();
        });
    });
}

fn tool(message: &Field<'_>) {
    message
        .get("content")
        .required()
        .string_or_array(0, text_part);
    message.get("tool_call_id").required().or_null().string();
    cache_control(message);
}

fn text_part(part: Field<'_>) {
    part.object(|part| {
        part.get("type").required().one_of(&["text"]);
        text(part);
    });
}

fn text(part: &Field<'_>) {
    part.get("text").required().string();
    cache_control(part);
}

fn user_part(part: Field<'_>) {
    part.object(|part| match part.get("type").as_str() {
        Some("text") => text(part),
        Some("image_url") => {
            part.get("image_url").required().object(|image| {
                image.get("url").required().string();
                image.get("detail").one_of(&["low", "high", "auto"]);
            });
            cache_control(part);
        }
        Some("input_audio") => part.get("input_audio").required().object(|audio| {
            audio.get("data").required().string();
            audio.get("format").required().one_of(&["mp3", "wav"]);
        }),
        Some("file") => {
            part.get("file").required().object(|file| {
                for name in ["file_data", "uri", "mimeType", "filename"] {
                    file.get(name).string();
                }
            });
            cache_control(part);
        }
        _ => {
            let types = ["text", "image_url", "input_audio", "file"];
            part.get("type").required().one_of(&types);
        }
    });
}

fn assistant_part(part: Field<'_>) {
    part.object(|part| match part.get("type").as_str() {
        Some("text") => text(part),
        Some("refusal") => part.get("refusal").string(),
        Some("reasoning") => {
            part.get("reasoning").required().string();
            part.get("signature").required().string();
        }
        Some("redacted_reasoning") => part.get("data").required().string(),
        _ => {
            let types = ["text", "refusal", "reasoning", "redacted_reasoning"];
            part.get("type").required().one_of(&types);
        }
    });
}

fn cache_control(of: &Field<'_>) {
    of.get("cache_control").object(|cache| {
        cache.get("type").required().one_of(&["ephemeral"]);
        cache.get("ttl").one_of(&["5m", "1h"]);
    });
}
