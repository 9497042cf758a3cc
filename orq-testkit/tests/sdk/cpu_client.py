"""Calls a server by orq.ai's Python SDK as often as it is told to: usage `cpu_client.py URL`.

Each line of the input is `invoke COUNT TEXT` or `stream COUNT TEXT`. For each it prints how many answers or chunks it
took in.
"""

import sys

from orq_ai_sdk import Orq

deployments = Orq(api_key="sk-orq-test", server_url=sys.argv[1]).deployments


def invoke(**request):
    return int(deployments.invoke(**request).choices[0].message.content is not None)


def stream(**request):
    with deployments.stream(**request) as events:
        return sum(len(event.data.choices) > 0 for event in events)


for line in sys.stdin:
    verb, count, text = line.rstrip("\n").split(" ", 2)
    call = {"invoke": invoke, "stream": stream}[verb]
    messages = [{"role": "user", "content": text}]
    print(sum(call(key="chat", messages=messages) for _ in range(int(count))), flush=True)
