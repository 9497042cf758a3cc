//! What a double answers to a request.

use serde_json::json;

use super::{
    annotate,
    log::calls::OpenCall,
    model::{
        conversation::Conversation, request::DeploymentRequest, settings::Settings,
        template::Variables, workspace::Entry,
    },
    plan::{Outcome, Plan},
    response_headers::ResponseHeaders,
    route::{self, Route},
    world::World,
};
use crate::shape::{Completion, ModelAnswer, Problem, Stamp, usage};

impl World {
    /// Decides on the answer to a request. Nothing of it has happened yet.
    ///
    /// # Errors
    ///
    /// If the request is refused.
    pub(super) fn decide(
        &self,
        call: &OpenCall,
        stamp: Stamp,
        headers: &mut ResponseHeaders,
    ) -> Result<Plan, Problem> {
        let received = call.request();
        let (method, path) = (received.method(), received.path());
        let (route, segments) = route::find(route::API, method, path).map_err(|none| {
            headers.allow = none.allow;
            none.problem
        })?;
        let key = self.keys.authenticate(received.headers())?;
        call.authenticated(key);
        headers.limited(self.limiter.take(key, received.at()))?;
        match (route, segments.as_slice()) {
            (Route::List, _) => return Ok(Plan::ok(self.workspace.page(received)?)),
            (Route::Versions, [key]) => {
                let entry = self.workspace.find_by_key_or_id(key)?;
                headers.served.deployment = Some(entry.deployment.key.clone());
                return Ok(Plan::ok(entry.version_page(received)?));
            }
            (Route::Annotate, [trace, span]) => {
                return Ok(Plan::ok(self.annotate([trace, span], received, stamp)?));
            }
            (Route::DeleteAnnotations, [trace, span]) => {
                return Ok(Plan::ok(annotate::delete([trace, span], received, stamp)?));
            }
            (Route::Feedback, _) => return Ok(Plan::ok(annotate::feedback(received)?)),
            _ => {}
        }

        let request = DeploymentRequest::read(received.body())?;
        headers.served.deployment = Some(request.key().to_owned());
        let entry = self.workspace.find(request.key())?;
        let settings = entry.deployment.resolve(request.context());
        if route == Route::GetConfig {
            return request.within_room(Plan::ok(entry.config(&request, &settings)));
        }

        if let Some(limiter) = &entry.limiter {
            headers.limited(limiter.take(key, received.at()))?;
        }
        let streamed = route == Route::Stream || request.stream();
        if let Some(text) = request.mock_response() {
            headers.mocked = true;
            let conversation = Conversation::new(&request, &settings);
            let answer = ModelAnswer::verbatim(text);
            let completion = completion(stamp, &settings, &request, &conversation, answer);
            return request.within_room(Plan::completion(completion, streamed));
        }
        request.within_room(entry.call(&request, &settings, stamp, streamed))
    }
}

impl Entry {
    /// The answer to a call that reaches the model.
    fn call(
        &self,
        request: &DeploymentRequest,
        settings: &Settings,
        stamp: Stamp,
        streamed: bool,
    ) -> Plan {
        let mut cutoff = None;
        if let Some(fault) = self.begin_call() {
            match Plan::fault(fault) {
                Ok(plan) => return plan.timed(settings),
                Err(in_body) => cutoff = Some(in_body),
            }
        }
        let plan = match self.next_script(settings) {
            Some(script) => Plan::from(Outcome::Script(Box::new(script))),
            None => Plan::completion(self.complete(request, settings, stamp), streamed),
        };
        Plan { cutoff, ..plan }.timed(settings)
    }

    fn complete(
        &self,
        request: &DeploymentRequest,
        settings: &Settings,
        stamp: Stamp,
    ) -> Completion {
        let conversation = Conversation::new(request, settings);
        let (user, tool) = (conversation.last_user_message(), conversation.tool_result());
        let reply = match tool {
            Some(_) => settings.tool_reply(),
            None => self.next_reply(settings),
        };
        let variables = Variables {
            last_user_message: Some(&user),
            tool_result: tool.as_deref(),
            ..request.variables()
        };
        let tools: Vec<_> = request.tools().iter().chain(settings.tools()).collect();
        let answer = reply.render(variables, &tools, stamp);
        completion(stamp, settings, request, &conversation, answer)
    }
}

/// An answer and what goes around it.
fn completion(
    stamp: Stamp,
    settings: &Settings,
    request: &DeploymentRequest,
    conversation: &Conversation,
    answer: ModelAnswer,
) -> Completion {
    let configuration = settings.configuration();
    let mocked = request.mock_response().is_some();
    let mut extras = Vec::new();
    if request.include_usage() && !mocked {
        let (prompt, completion) = (conversation.tokens(), answer.tokens());
        let usage = usage(prompt, completion, answer.reasoning_tokens());
        extras.push(("usage", usage));
    }
    if request.include_retrievals() && !mocked {
        extras.push(("retrievals", json!(settings.retrievals())));
    }
    let object = match (mocked, configuration.model_type) {
        (false, "image") => "image",
        (_, "completion") => "completion",
        _ => "chat",
    };
    Completion {
        stamp,
        object,
        model: configuration.model.to_owned(),
        provider: configuration.provider.to_owned(),
        answer,
        extras,
        mocked,
    }
}
