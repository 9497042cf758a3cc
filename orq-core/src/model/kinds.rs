//! Open enums of answers and configurations: kinds, roles and providers.

use crate::model::json::open_enum::open_enum;

open_enum! {
    /// What an answer is.
    pub enum ObjectKind {
        Chat = "chat",
        Completion = "completion",
        Image = "image",
    }
}

open_enum! {
    /// What a message of an answer holds.
    pub enum MessageKind {
        Content = "content",
        ToolCalls = "tool_calls",
        Image = "image",
    }
}

open_enum! {
    /// Why a model stopped.
    pub enum FinishReason {
        /// : the model came to an end.
        Stop = "stop",
        /// : the answer reached the model's limit.
        Length = "length",
        /// : the answer reached the limit of the configuration.
        MaxTokens = "max_tokens",
        /// : the model waits for the results of its tool calls.
        ToolCalls = "tool_calls",
        /// : the provider withheld the rest.
        ContentFilter = "content_filter",
    }
}

open_enum! {
    /// What a model does.
    pub enum ModelType {
        Chat = "chat",
        Completion = "completion",
        Embedding = "embedding",
        Image = "image",
        Tts = "tts",
        Stt = "stt",
        Rerank = "rerank",
        Ocr = "ocr",
        Moderation = "moderation",
        Vision = "vision",
    }
}

open_enum! {
    /// Who speaks in a message. Requests know the first five; answers and configurations all.
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
    /// Who runs a model. orq adds to this list all the time.
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
