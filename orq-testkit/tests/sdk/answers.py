"""orq.ai's Python SDK against the double: usage `answers.py URL`. A line for each check."""

import json
import sys

from orq_ai_sdk import Orq, models

from checks import Checks

URL = sys.argv[1]
EVERY_PARAMETER = {
    "key": "rag",
    "inputs": {"firstname": "Jane", "count": 2, "deep": {"list": [1, None, True]}},
    "context": {"environments": "staging", "locale": ["nl", "en"]},
    "prefix_messages": [{"role": "developer", "content": "Be brief."}],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "What of returns?"}], "name": "jane"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
            ],
        },
        {"role": "tool", "content": "30 days", "tool_call_id": "call_1"},
    ],
    "identity": {"id": "contact_01", "display_name": "Jane", "tags": ["vip"], "metadata": [{"plan": "pro"}]},
    "file_ids": ["file_1"],
    "metadata": {"order": 7},
    "extra_params": {"temperature": 0.2},
    "documents": [{"text": "Returns are free.", "metadata": {"file_name": "a.pdf", "page_number": 2}}],
    "invoke_options": {"include_retrievals": True, "include_usage": True},
    "thread": {"id": "thread_1", "tags": ["support"]},
    "knowledge_filter": {"and": [{"year": {"gte": 2020}}, {"kind": {"in": ["manual", "faq"]}}]},
}


def user(text):
    return [{"role": "user", "content": text}]


def refusal(call):
    """The error that `call` raises."""
    try:
        call()
    except models.OrqError as error:
        return error
    raise AssertionError("the call was answered")


checks = Checks("python")
check = checks.check
orq = Orq(api_key="sk-orq-test", server_url=URL)
deployments = orq.deployments


def stream(**arguments):
    with deployments.stream(**arguments) as events:
        chunks = [event.data for event in events]
    assert chunks and all(chunk is not None for chunk in chunks), "a chunk was not understood"
    assert [chunk.is_final for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].choices[0].finish_reason
    return chunks


def joined(chunks, field="content"):
    messages = [chunk.choices[0].message for chunk in chunks]
    return "".join(getattr(message, field, None) or "" for message in messages)


@check("invoke with every parameter")
def _():
    answer = deployments.invoke(**EVERY_PARAMETER)
    assert answer.choices[0].message.content == "30 days", answer
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert [found.metadata.page_number for found in answer.retrievals] == [12, None]
    assert answer.is_final and answer.telemetry.trace_id


@check("invoke text")
def _():
    answer = deployments.invoke(key="chat", messages=user("hi"))
    assert answer.choices[0].message.content == "You said: hi"
    assert answer.object == "chat" and not answer.usage and answer.retrievals is None


@check("invoke variables")
def _():
    answer = deployments.invoke(key="chat", inputs={"firstname": "Jane"})
    assert answer.choices[0].message.content == "You said: Hello, I am Jane."


@check("invoke a variant by context")
def _():
    answer = deployments.invoke(key="chat", context={"environments": "staging"}, messages=user("hi"))
    assert (answer.model, answer.choices[0].message.content) == ("gpt-4o-mini", "Staging heard: hi")


@check("invoke a tool call, and its result")
def _():
    answer = deployments.invoke(key="tools", inputs={"city": "Utrecht"}, messages=user("Weather?"))
    message, call = answer.choices[0].message, answer.choices[0].message.tool_calls[0]
    assert (message.type, answer.choices[0].finish_reason) == ("tool_calls", "tool_calls")
    assert (call.function.name, json.loads(call.function.arguments)) == ("get_weather", {"city": "Utrecht"})
    call = {"id": call.id, "type": "function", "function": call.function.model_dump()}
    messages = user("Weather?") + [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "18 °C", "tool_call_id": call["id"]},
    ]
    answer = deployments.invoke(key="tools", messages=messages)
    assert answer.choices[0].message.content == "The tool said: 18 °C"


@check("invoke an image")
def _():
    answer = deployments.invoke(key="image", inputs={"subject": "a cat"})
    assert (answer.object, answer.choices[0].message.type) == ("image", "image")
    assert answer.choices[0].message.url.startswith("https://")


@check("invoke reasoning")
def _():
    message = deployments.invoke(key="reasoning", messages=user("hi")).choices[0].message
    assert message.content == "I thought about: hi"
    assert "The user wrote: hi" in message.reasoning and message.reasoning_signature


@check("invoke a mock response")
def _():
    answer = deployments.invoke(key="chat", invoke_options={"mock_response": "mocked"}, messages=user("hi"))
    assert answer.choices[0].message.content == "mocked"


@check("stream with every parameter")
def _():
    chunks = stream(**EVERY_PARAMETER)
    assert joined(chunks) == "30 days"
    assert len(chunks[-1].retrievals) == 2 and chunks[-1].usage.total_tokens > 0
    assert all(not chunk.usage and chunk.retrievals is None for chunk in chunks[:-1])


@check("stream text")
def _():
    chunks = stream(key="chat", messages=user("one two three"))
    assert len(chunks) > 3 and joined(chunks) == "You said: one two three"


@check("stream a tool call")
def _():
    calls = [
        call
        for chunk in stream(key="tools", inputs={"city": "Utrecht"}, messages=user("Weather?"))
        for call in getattr(chunk.choices[0].message, "tool_calls", None) or []
    ]
    assert calls[0].id and "".join(call.function.name for call in calls) == "get_weather"
    assert json.loads("".join(call.function.arguments for call in calls)) == {"city": "Utrecht"}


@check("stream an image")
def _():
    assert stream(key="image")[-1].choices[0].message.url.startswith("https://")


@check("stream reasoning")
def _():
    chunks = stream(key="reasoning", messages=user("hi"))
    assert joined(chunks) == "I thought about: hi"
    assert "The user wrote: hi" in joined(chunks, "reasoning")
    assert joined(chunks, "reasoning_signature")


@check("stream a mock response")
def _():
    chunks = stream(key="chat", invoke_options={"mock_response": "a mocked one"}, messages=user("hi"))
    assert joined(chunks) == "a mocked one"


@check("get_config with every parameter")
def _():
    config = deployments.get_config(**EVERY_PARAMETER)
    assert (config.provider, config.model, config.version) == ("google", "gemini-2.5-flash", "1")


@check("get_config of every deployment")
def _():
    configs = {
        key: deployments.get_config(key=key, inputs={"company": "Acme"})
        for key in ["chat", "tools", "image", "reasoning", "rag"]
    }
    assert configs["chat"].messages[0].content == "You are the assistant of Acme."
    assert configs["chat"].parameters.max_tokens == 1024
    assert configs["tools"].tools[0].function.name == "get_weather"
    assert configs["image"].type == "image" and configs["image"].parameters.response_format == "url"
    assert configs["reasoning"].parameters.budget_tokens == 2048


@check("get_config of a variant")
def _():
    config = deployments.get_config(key="chat", context={"locale": "nl"}, inputs={"firstname": "Jan"})
    assert config.messages[1].content == "Hallo, ik ben Jan."


@check("list all")
def _():
    page = deployments.list()
    assert [item.key for item in page.data] == ["chat", "tools", "image", "reasoning", "rag"]
    assert page.object == "list" and page.has_more is False
    assert page.data[1].prompt_config.tools[0].function.name == "get_weather"
    assert all(item.prompt_config.model and item.version and item.created for item in page.data)


@check("list forward, page by page")
def _():
    keys, after = [], None
    while True:
        page = deployments.list(limit=2, starting_after=after)
        keys += [item.key for item in page.data]
        if not page.has_more:
            break
        after = page.data[-1].id
    assert keys == ["chat", "tools", "image", "reasoning", "rag"], keys


@check("list backward, page by page")
def _():
    last = deployments.list().data[-1]
    keys, before = [last.key], last.id
    while True:
        page = deployments.list(limit=2, ending_before=before)
        keys = [item.key for item in page.data] + keys
        if not page.has_more:
            break
        before = page.data[0].id
    assert keys == ["chat", "tools", "image", "reasoning", "rag"], keys


@check("list versions, page by page")
def _():
    versions, after = [], None
    while True:
        page = deployments.list_versions(key_or_id="chat", limit=2, starting_after=after)
        versions += page.data
        if not page.has_more:
            break
        after = page.data[-1].id
    assert len(versions) == 3 and len({version.variant_id for version in versions}) == 3
    assert all((version.status, version.version) == ("live", "1") for version in versions)
    names = {variable.key for variable in versions[-1].variables}
    assert names == {"company", "firstname"}, names
    assert versions[-1].prompt_config.messages[1].content == "Hello, I am {{firstname}}."
    assert deployments.list_versions(key_or_id=versions[0].deployment_id).data == versions
    one = deployments.list_versions(key_or_id="chat", variant_id=versions[0].variant_id)
    assert one.data == versions[:1] and not one.has_more


@check("list versions with tools")
def _():
    version = deployments.list_versions(key_or_id="tools").data[0]
    assert version.tools[0].function.name == "get_weather" and version.settings.engine == "text"


@check("annotate an answer, and delete that")
def _():
    answer = deployments.invoke(key="chat", messages=user("hi"))
    span = {"trace_id": answer.telemetry.trace_id, "span_id": answer.telemetry.span_id}
    annotations = [
        {"key": "rating", "value": "good"},
        {"key": "defects", "value": ["grammar"]},
        {"key": "stars", "value": 4},
        {"key": "solved", "value": True},
        {"parent_annotation_id": "eval_1", "value": "better", "explanation": "It is."},
    ]
    orq.annotations.create(**span, annotations=annotations, metadata={"identity_id": "jane"})
    orq.annotations.delete(**span, keys=["rating"], parent_annotation_ids=["eval_1"])


@check("annotate a stream")
def _():
    telemetry = stream(key="chat", messages=user("hi"))[-1].telemetry
    annotations = [{"key": "rating", "value": "good"}]
    orq.annotations.create(trace_id=telemetry.trace_id, span_id=telemetry.span_id, annotations=annotations)


@check("give feedback")
def _():
    answer = deployments.invoke(key="chat", messages=user("hi"))
    feedback = orq.feedback.create(request={"field": "rating", "value": "good", "trace_id": answer.id})
    assert (feedback.property, feedback.value, feedback.trace_id) == ("rating", "good", answer.id)
    assert feedback.product == "deployments"


@check("404 for an unknown span")
def _():
    call = lambda: orq.annotations.create(trace_id="t", span_id="s", annotations=[{"key": "k", "value": 1}])
    error = refusal(call)
    assert error.status_code == 404 and "There is no span" in json.loads(error.body)["message"]


@check("401 for another key")
def _():
    stranger = Orq(api_key="sk-orq-other", server_url=URL).deployments
    calls = {
        "invoke": lambda: stranger.invoke(key="chat"),
        "stream": lambda: stranger.stream(key="chat"),
        "get_config": lambda: stranger.get_config(key="chat"),
        "list": lambda: stranger.list(),
    }
    for name, call in calls.items():
        error = refusal(call)
        assert error.status_code == 401, name
        assert not isinstance(error, models.ResponseValidationError), f"{name}: {error}"
        assert json.loads(error.body)["error"]["code"] == "invalid_api_key", name


@check("401 without a key")
def _():
    error = refusal(lambda: Orq(server_url=URL).deployments.invoke(key="chat"))
    assert error.status_code == 401
    assert json.loads(error.body)["error"]["code"] == "authentication_required"


@check("404 for an unknown deployment")
def _():
    for call in [deployments.invoke, deployments.stream, deployments.get_config]:
        error = refusal(lambda: call(key="nobody"))
        assert error.status_code == 404
        assert not isinstance(error, models.ResponseValidationError), error
        assert json.loads(error.body)["error"]["code"] == "deployment_not_found"


checks.finish()
