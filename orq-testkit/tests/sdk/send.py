"""Sends every request of the table by orq.ai's Python SDK: usage `send.py TABLE URL`.

It prints a line of JSON for each: the name, and an error if the SDK refused the arguments.
"""

import json
import sys

from orq_ai_sdk import Orq

with open(sys.argv[1], encoding="utf-8") as file:
    table = json.load(file)
orq = Orq(api_key="test-key", server_url=sys.argv[2])


def versions(key, **given):
    return orq.deployments.list_versions(key_or_id=key, **given)


def feedback(http_headers, **given):
    return orq.feedback.create(request=given, http_headers=http_headers)


VERBS = {
    "invoke": orq.deployments.invoke,
    "stream": orq.deployments.stream,
    "get_config": orq.deployments.get_config,
    "list": orq.deployments.list,
    "versions": versions,
    "annotate": orq.annotations.create,
    "delete_annotations": orq.annotations.delete,
    "feedback": feedback,
}
for row in table:
    if "python" not in row.get("sdks", ["python"]):
        continue
    headers = {"x-test-name": row["name"].encode("ascii").decode()}
    try:
        answer = VERBS[row["verb"]](http_headers=headers, **row["arguments"])
        if row["verb"] == "stream":
            with answer as events:
                list(events)
        error = None
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    print(json.dumps({"name": row["name"], "error": error}), flush=True)
