//! The parts of a message's content.

use orq_core::model::{
    AudioFormat, CacheControl, CacheTtl, ContentPart, FileData, FilePart, ImageDetail, ImagePart,
    ImageUrl, TextPart,
};
use proptest::{option::of, prelude::*, sample::select};

use super::text::{name, text};

/// A part that every role may have.
pub(super) fn text_part() -> impl Strategy<Value = ContentPart> {
    (text(), of(cache_control())).prop_map(|(text, cache_control)| {
        let mut part = TextPart::new(text);
        part.cache_control = cache_control;
        ContentPart::Text(part)
    })
}

/// A part of a user message.
pub(super) fn user_part() -> impl Strategy<Value = ContentPart> {
    let format = select(vec![AudioFormat::Mp3, AudioFormat::Wav]);
    let audio =
        (base64(), format).prop_map(|(data, format)| ContentPart::input_audio(data, format));
    prop_oneof![text_part(), image_part(), audio, file_part()]
}

/// A part of a message of the model.
pub(super) fn assistant_part() -> impl Strategy<Value = ContentPart> {
    prop_oneof![
        3 => text_part(),
        1 => text().prop_map(ContentPart::refusal),
        1 => (text(), base64()).prop_map(|(text, signature)| ContentPart::reasoning(text, signature)),
        1 => base64().prop_map(ContentPart::redacted_reasoning),
    ]
}

/// An image that is somewhere, or that is here.
pub(super) fn image_url() -> impl Strategy<Value = String> {
    prop_oneof![
        name().prop_map(|name| format!("https://example.com/{name}.png")),
        base64().prop_map(|data| format!("data:image/png;base64,{data}")),
    ]
}

/// An ephemeral cache, of any duration there is.
pub(super) fn cache_control() -> impl Strategy<Value = CacheControl> {
    of(select(vec![CacheTtl::FiveMinutes, CacheTtl::OneHour])).prop_map(|ttl| {
        let mut cache = CacheControl::ephemeral();
        cache.ttl = ttl;
        cache
    })
}

/// What stands for bytes. Up to nine of them, without padding at the end.
pub(super) fn base64() -> impl Strategy<Value = String> {
    "([A-Za-z0-9+/]{4}){0,3}"
}

fn image_part() -> impl Strategy<Value = ContentPart> {
    let details = vec![ImageDetail::Low, ImageDetail::High, ImageDetail::Auto];
    (image_url(), of(select(details)), of(cache_control())).prop_map(|(url, detail, cache)| {
        let mut image = ImageUrl::new(url);
        image.detail = detail;
        let mut part = ImagePart::new(image);
        part.cache_control = cache;
        ContentPart::ImageUrl(part)
    })
}

fn file_part() -> impl Strategy<Value = ContentPart> {
    let file = prop_oneof![
        base64().prop_map(|data| {
            FileData::new().file_data(format!("data:application/pdf;base64,{data}"))
        }),
        name().prop_map(|name| FileData::new().uri(format!("https://example.com/{name}"))),
        name().prop_map(|id| FileData::new().file_id(id)),
    ];
    let mime_type = of(Just("application/pdf".to_owned()));
    (file, mime_type, of(name()), of(cache_control())).prop_map(
        |(mut file, mime_type, filename, cache)| {
            file.mime_type = mime_type;
            file.filename = filename;
            let mut part = FilePart::new(file);
            part.cache_control = cache;
            ContentPart::File(part)
        },
    )
}
