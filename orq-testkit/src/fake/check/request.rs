//! The schema of the body that invoke, stream and get_config share.

use super::schema::{
    Field,
    Schema::{
        self, AnyOf, Array, Boolean, Filter, Map, Number, Object, OneOf, Scalar, Tagged, Text,
        TextOrArray, TextOrSome,
    },
    optional, required,
};

pub(super) const ANY_OBJECT: Schema = Object(&[]);

pub(super) const REQUEST: Schema = Object(&[
    required("key", Text),
    optional("stream", Boolean),
    optional("inputs context metadata extra_params", ANY_OBJECT),
    optional("prefix_messages messages", Array(&MESSAGE)),
    optional("identity", IDENTITY),
    optional("file_ids", Array(&Text)),
    optional("documents", Array(&DOCUMENT)),
    optional("invoke_options", INVOKE_OPTIONS),
    optional("thread", THREAD),
    optional("knowledge_filter", Filter(&Map(&CONDITION))),
]);

const IDENTITY: Schema = Object(&[
    required("id", Text),
    optional("display_name email logo_url", Text),
    optional("metadata", Array(&ANY_OBJECT)),
    TAGS,
]);

const TAGS: Field = optional("tags", Array(&Text));

const DOCUMENT_METADATA: Schema = Object(&[
    optional("file_name file_type", Text),
    optional("page_number", Number),
]);

const DOCUMENT: Schema = Object(&[
    required("text", Text),
    optional("metadata", DOCUMENT_METADATA),
]);

const INVOKE_OPTIONS: Schema = Object(&[
    optional("include_retrievals include_usage", Boolean),
    optional("mock_response", Text),
]);

const THREAD: Schema = Object(&[required("id", Text), TAGS]);

/// What is asked of a field of a knowledge base's metadata: one operator or several.
const CONDITION: Schema = AnyOf(&[
    optional("eq ne", Scalar),
    optional("gt gte lt lte", Number),
    optional("in nin", Array(&Scalar)),
]);

const MESSAGE: Schema = Tagged {
    fields: &[
        optional("name", Text),
        required(
            "role",
            OneOf(&["system", "developer", "user", "assistant", "tool"]),
        ),
    ],
    tag: "role",
    kinds: &[
        ("system", &[required("content", TextOrSome(&TEXT_PART))]),
        ("developer", &[required("content", TextOrSome(&TEXT_PART))]),
        ("user", &[required("content", TextOrArray(&USER_PART))]),
        ("assistant", ASSISTANT),
        ("tool", TOOL),
    ],
};

const ASSISTANT: &[Field] = &[
    optional("content", TextOrArray(&ASSISTANT_PART)).or_null(),
    optional("refusal", Text).or_null(),
    optional("audio", Object(&[required("id", Text)])).or_null(),
    optional("tool_calls", Array(&TOOL_CALL)),
];

const TOOL_CALL: Schema = Object(&[
    required("id", Text),
    required("type", OneOf(&["function"])),
    required("function", Object(&[optional("name arguments", Text)])),
    optional("thought_signature", Text),
]);

const TOOL: &[Field] = &[
    required("content", TextOrArray(&TEXT_PART)),
    required("tool_call_id", Text).or_null(),
    CACHE_CONTROL,
];

const TEXT_PART: Schema = Object(&[
    required("type", OneOf(&["text"])),
    required("text", Text),
    CACHE_CONTROL,
]);

const TEXT: &[Field] = &[required("text", Text), CACHE_CONTROL];

const USER_PART: Schema = Tagged {
    fields: &[required(
        "type",
        OneOf(&["text", "image_url", "input_audio", "file"]),
    )],
    tag: "type",
    kinds: &[
        ("text", TEXT),
        ("image_url", &[required("image_url", IMAGE), CACHE_CONTROL]),
        ("input_audio", &[required("input_audio", AUDIO)]),
        ("file", &[required("file", FILE), CACHE_CONTROL]),
    ],
};

const IMAGE: Schema = Object(&[
    required("url", Text),
    optional("detail", OneOf(&["low", "high", "auto"])),
]);

const AUDIO: Schema = Object(&[
    required("data", Text),
    required("format", OneOf(&["mp3", "wav"])),
]);

const FILE: Schema = Object(&[optional("file_data uri mimeType filename", Text)]);

const ASSISTANT_PART: Schema = Tagged {
    fields: &[required(
        "type",
        OneOf(&["text", "refusal", "reasoning", "redacted_reasoning"]),
    )],
    tag: "type",
    kinds: &[
        ("text", TEXT),
        ("refusal", &[optional("refusal", Text)]),
        ("reasoning", &[required("reasoning signature", Text)]),
        ("redacted_reasoning", &[required("data", Text)]),
    ],
};

const CACHE_CONTROL: Field = optional(
    "cache_control",
    Object(&[
        required("type", OneOf(&["ephemeral"])),
        optional("ttl", OneOf(&["5m", "1h"])),
    ]),
);
