"""Sends every request of the table by orq.ai's Python SDK: usage `send.py TABLE URL`.

It prints a line of JSON for each: the name, and an error if the SDK refused the arguments.
"""

import json
import sys

from orq_ai_sdk import Orq

with open(sys.argv[1], encoding="utf-8") as file:
    table = json.load(file)
orq = Orq(api_key="test-key", server_url=sys.argv[2])
for row in table:
    headers = {"x-test-name": row["name"].encode("ascii").decode()}
    try:
        answer = getattr(orq.deployments, row["verb"])(http_headers=headers, **row["arguments"])
        if row["verb"] == "stream":
            with answer as events:
                list(events)
        error = None
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    print(json.dumps({"name": row["name"], "error": error}), flush=True)
