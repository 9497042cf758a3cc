//! Who runs a model.

use crate::model::json::open_enum::open_enum;

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
