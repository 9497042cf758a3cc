//! Enums of completions and configurations: kinds, roles and providers.

use crate::model::json::open_enum::open_enum;

open_enum! {
    /// The kind of a completion.
    pub enum ObjectKind {
        Chat = "chat",
        Completion = "completion",
        Image = "image",
    }
}

open_enum! {
    /// The kind of a message in a completion.
    pub enum MessageKind {
        Content = "content",
        ToolCalls = "tool_calls",
        Image = "image",
    }
}

open_enum! {
    /// The reason why the model stopped generating.
    pub enum FinishReason {
        /// : the model completed its answer.
        Stop = "stop",
        /// : the completion reached the model's token limit.
        Length = "length",
        /// : the completion reached the token limit of the configuration.
        MaxTokens = "max_tokens",
        /// : the model called tools, and needs their results to continue.
        ToolCalls = "tool_calls",
        /// : the provider's content filter withheld the rest.
        ContentFilter = "content_filter",
    }
}

open_enum! {
    /// The type of a model.
    pub enum ModelType {
        Chat = "chat",
        Completion = "completion",
        Embedding = "embedding",
        Image = "image",
        /// : text to speech.
        Tts = "tts",
        /// : speech to text.
        Stt = "stt",
        Rerank = "rerank",
        /// : optical character recognition.
        Ocr = "ocr",
        Moderation = "moderation",
        Vision = "vision",
    }
}

open_enum! {
    /// The role of a message's author. Requests may use the first five; completions and configurations use all.
    pub enum Role {
        System = "system",
        Developer = "developer",
        Assistant = "assistant",
        User = "user",
        Tool = "tool",
        Exception = "exception",
        Prompt = "prompt",
        Correction = "correction",
        ExpectedOutput = "expected_output",
    }
}

open_enum! {
    /// The provider of a model. orq adds providers frequently.
    pub enum Provider {
        OpenAi = "openai",
        Groq = "groq",
        Cohere = "cohere",
        Azure = "azure",
        Aws = "aws",
        Google = "google",
        GoogleAi = "google-ai",
        HuggingFace = "huggingface",
        TogetherAi = "togetherai",
        Perplexity = "perplexity",
        Anthropic = "anthropic",
        LeonardoAi = "leonardoai",
        Fal = "fal",
        Nvidia = "nvidia",
        Jina = "jina",
        ElevenLabs = "elevenlabs",
        LiteLlm = "litellm",
        Cerebras = "cerebras",
        OpenAiLike = "openailike",
        ByteDance = "bytedance",
        Mistral = "mistral",
        DeepSeek = "deepseek",
        MoonshotAi = "moonshotai",
        ZAi = "zai",
        MiniMax = "minimax",
        XAi = "xai",
        Alibaba = "alibaba",
        Tensorix = "tensorix",
        Scaleway = "scaleway",
        HCompany = "hcompany",
        Inceptron = "inceptron",
        Wafer = "wafer",
        Poolside = "poolside",
        Tencent = "tencent",
        Nebius = "nebius",
        Fireworks = "fireworks",
        Baseten = "baseten",
        Reson8 = "reson8",
        Slack = "slack",
        Orq = "orq",
    }
}
