//! What a double answers to a request.

use super::{
    answer::Answer,
    calls::OpenCall,
    completion::Completion,
    conversation::Conversation,
    endpoint::Endpoint,
    exchange::Exchange,
    findings::Findings,
    plan::{Outcome, Plan},
    problem::Problem,
    request::DeploymentRequest,
    service::Service,
    settings::Settings,
    template::Variables,
    workspace::Entry,
};

impl Service {
    /// Decides on the answer to a request. Nothing of it has happened yet.
    ///
    /// # Errors
    ///
    /// If the request is refused.
    pub(super) fn decide(
        &self,
        call: &OpenCall,
        exchange: Exchange,
        findings: &mut Findings,
    ) -> Result<Plan, Problem> {
        let received = call.request();
        let (method, path) = (received.method(), received.path());
        let endpoint = Endpoint::of(method, path).ok_or_else(|| Problem::no_route(method, path))?;
        let key = self.keys.authenticate(received.headers())?;
        call.authenticated(key);
        findings.limited(self.limiter.take(key, received.at()))?;
        if endpoint == Endpoint::List {
            let query = received.uri().query().unwrap_or_default();
            return Ok(Plan::ok(self.workspace.page(query)?));
        }

        let request = DeploymentRequest::read(received.body())?;
        findings.served.deployment = Some(request.key().to_owned());
        let entry = self.workspace.find(request.key())?;
        let settings = entry.deployment.resolve(request.context());
        if endpoint == Endpoint::GetConfig {
            return Ok(Plan::ok(entry.config(&request, &settings)));
        }

        if let Some(limiter) = &entry.limiter {
            findings.limited(limiter.take(key, received.at()))?;
        }
        let streamed = endpoint == Endpoint::Stream || request.stream();
        if let Some(text) = request.mock_response() {
            findings.mocked = true;
            let conversation = Conversation::new(&request, &settings);
            let answer = Answer::verbatim(text);
            let completion = Completion::new(exchange, &settings, &request, &conversation, answer);
            return Ok(Plan::completion(completion, streamed));
        }
        Ok(entry.call(&request, &settings, exchange, streamed))
    }
}

impl Entry {
    /// The answer to a call that reaches the model.
    fn call(
        &self,
        request: &DeploymentRequest,
        settings: &Settings,
        exchange: Exchange,
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
            None => Plan::completion(self.complete(request, settings, exchange), streamed),
        };
        Plan { cutoff, ..plan }.timed(settings)
    }

    fn complete(
        &self,
        request: &DeploymentRequest,
        settings: &Settings,
        exchange: Exchange,
    ) -> Completion {
        let conversation = Conversation::new(request, settings);
        let (user, tool) = (conversation.last_user_message(), conversation.tool_result());
        let reply = match tool {
            Some(_) => settings.tool_reply(),
            None => self.next_reply(settings),
        };
        let variables = Variables {
            inputs: request.inputs(),
            last_user_message: Some(&user),
            tool_result: tool.as_deref(),
        };
        let tools: Vec<_> = request.tools().iter().chain(settings.tools()).collect();
        let answer = Answer::new(&reply, variables, &tools, exchange);
        Completion::new(exchange, settings, request, &conversation, answer)
    }
}
