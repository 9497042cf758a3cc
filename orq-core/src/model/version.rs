//! The versions of a deployment.

use crate::model::config::PromptConfig;
use crate::model::json::object::object;
use crate::model::json::open_enum::open_enum;
use crate::model::json::{Nullable, Number, RawJson, StringOrNumber};
use crate::model::tool::ToolDefinition;

open_enum! {
    /// The status of a deployment's version.
    pub enum VersionStatus {
        /// : the version that calls use.
        Live = "live",
        /// : saved, but not yet deployed.
        Draft = "draft",
        Pending = "pending",
        Published = "published",
    }
}

open_enum! {
    /// The template engine that fills in the variables of a prompt.
    pub enum TemplateEngine {
        /// : replaces `{{name}}`. The default.
        Text = "text",
        Jinja = "jinja",
        Mustache = "mustache",
    }
}

object! { Lenient
    /// A version of a deployment's variant, in the
    /// [list of versions](https://docs.orq.ai/reference/deployments/list-deployment-versions).
    #[derive(Default)]
    pub struct DeploymentVersion {
        /// orq's id of the version, which is the cursor of the list. Also deserialized from `id`.
        pub id: Option<String> = "_id" | "id",
        /// orq's id of the deployment.
        pub deployment_id: Option<String> = "deployment_id",
        /// orq's id of the variant.
        pub variant_id: Option<String> = "variant_id",
        /// The model and the prompt, in which variables stand as `{{name}}`.
        pub prompt_config: Option<PromptConfig> = "prompt_config" | "promptConfig",
        /// The models to use if the first one fails, without messages.
        pub fallbacks: Vec<PromptConfig> = "fallbacks",
        /// The tools that the model may call.
        pub tools: Vec<ToolDefinition> = "tools",
        /// The variables that the version declares.
        pub variables: Vec<PromptVariable> = "variables",
        /// The time at which it was saved, in RFC 3339 format.
        pub timestamp: Option<String> = "timestamp",
        /// The name of the version, such as `2`. A number is converted to a string.
        pub version: Option<String> = "version" by StringOrNumber,
        /// The description.
        pub description: Option<String> = "description",
        /// The status.
        pub status: Option<VersionStatus> = "status",
        /// orq's id of the user who saved it.
        pub user_id: Nullable<String> = "user_id",
        /// Notes on the version.
        pub notes: Option<String> = "notes",
        /// The number of times that orq repeats a failed call of the model.
        pub retry_count: Option<Number> = "retry_count",
        /// The knowledge bases that the prompt may use.
        pub knowledge_bases: Option<Vec<KnowledgeBase>> = "knowledge_bases",
        /// The settings.
        pub settings: Option<VersionSettings> = "settings",
    } keeping raw
}

impl DeploymentVersion {
    /// Returns whether calls of the deployment may use this version: its status is `live`.
    pub fn is_live(&self) -> bool {
        self.status == Some(VersionStatus::Live)
    }

    /// Returns the JSON of the version as received; `None` for one that wasn't deserialized from JSON. It is ignored
    /// when versions are compared.
    pub fn raw(&self) -> Option<&str> {
        self.raw.get()
    }
}

object! { Lenient
    /// A variable that a version declares.
    #[derive(Default)]
    pub struct PromptVariable {
        /// The name, under which a request gives an input.
        pub key: Option<String> = "key",
        /// The value that is used if the request gives none.
        pub value: Option<RawJson> = "value",
        /// Whether the values are personal data.
        pub is_pii: Option<bool> = "is_pii",
        /// The description.
        pub description: Option<String> = "description",
    }
}

object! { Lenient
    /// A knowledge base of a version.
    #[derive(Default)]
    pub struct KnowledgeBase {
        /// orq's id of the knowledge base.
        pub knowledge_id: Option<String> = "knowledge_id",
        /// The query that is sent to it.
        pub configuration: Option<KnowledgeQuery> = "configuration",
        /// orq's id of its use in this version.
        pub id: Option<String> = "id",
    }
}

object! { Lenient
    /// The query that is sent to a knowledge base.
    #[derive(Default)]
    pub struct KnowledgeQuery {
        /// The kind: `last_user_message`, or `query` for a fixed one. The JSON field `type`.
        pub kind: Option<String> = "type",
        /// The text of a fixed query, in which variables stand as `{{name}}`.
        pub query: Option<String> = "query",
    }
}

object! { Lenient
    /// The settings of a version. Those for guardrails, evaluators, the cache and masking are in `extra`.
    #[derive(Default)]
    pub struct VersionSettings {
        /// The template engine. Absent means [`TemplateEngine::Text`].
        pub engine: Option<TemplateEngine> = "engine",
    }
}

object! { Lenient
    /// A page of the list of a deployment's versions, newest first.
    #[derive(Default)]
    pub struct VersionPage {
        /// The kind of the object: `list`.
        pub object: Option<String> = "object",
        /// The versions of the page.
        pub data: Vec<DeploymentVersion> = "data",
        /// Whether another page follows; false if the field is absent. Also deserialized from `hasMore`.
        pub has_more: bool = "has_more" | "hasMore",
    }
}
