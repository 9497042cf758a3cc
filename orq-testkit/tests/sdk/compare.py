"""Whether this client and the official SDKs send the same for the same arguments.

Usage: `compare.py TABLE ours=COMMAND python=COMMAND node=COMMAND`. A command is given the table and, if it is that of
an SDK, the URL of a recorder to send its requests to; ours prints them. Each prints a line of JSON for each row.
"""

import json
import re
import shlex
import subprocess
import sys
from urllib.parse import parse_qs, quote, urlsplit

from checks import Checks
from differences import DIFFERENCES, differences
from recorder import Recorder


SPAN = "/v2/traces/{trace_id}/spans/{span_id}/annotation"

#: The methods and paths of the verbs that aren't `POST /v2/deployments/VERB`. `{name}` is an argument.
PATHS = {
    "list": ("GET", "/v2/deployments"),
    "versions": ("GET", "/v2/deployments/{key}/versions"),
    "annotate": ("POST", SPAN),
    "delete_annotations": ("DELETE", SPAN),
    "feedback": ("POST", "/v2/feedback"),
}


def lines(command):
    """What a command prints, a JSON value a line, by name."""
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return {value["name"]: value for value in map(json.loads, output.removesuffix("\n").split("\n"))}


def comparable(request):
    """A request with its query taken apart, since the order of parameters means nothing."""
    url = urlsplit(request["target"])
    query = {name: values if len(values) > 1 else values[0] for name, values in parse_qs(url.query).items()}
    return {
        "method": request["method"],
        "path": url.path,
        "query": query,
        "headers": request["headers"],
        "body": request["body"],
    }


def unequal(ours, theirs):
    return [found for part in ours for found in differences(ours[part], theirs[part], part)]


def shown(path, ours, theirs):
    return f"{path}: {ours!r} here, {theirs!r} there"


def given(row):
    """What a row should make this client send: what it says, and nothing else."""
    verb, rest = row["verb"], dict(row["arguments"])
    method, path = PATHS.get(verb, ("POST", f"/v2/deployments/{verb}"))
    path = re.sub(r"\{(\w+)\}", lambda name: quote(rest.pop(name[1]), safe=""), path)
    is_list = method == "GET"
    streams = verb == "stream" or rest.get("stream")
    return {
        "method": method,
        "path": path,
        "query": {name: str(value) for name, value in rest.items()} if is_list else {},
        "headers": {
            "accept": "text/event-stream" if streams else "application/json",
            "authorization": "Bearer test-key",
            "content-type": None if is_list else "application/json",
        },
        "body": None if is_list else rest,
    }


def check_ours(table, ours):
    checks = Checks("orq-rust")
    for row in table:

        @checks.check(f"sends what it is given: {row['name']}")
        def _():
            found = unequal(comparable(ours[row["name"]]), given(row))
            assert not found, "; ".join(shown(*one) for one in found)

    return checks.failed


def check_sdk(sdk, command, table, ours):
    checks = Checks(sdk)
    known = [difference for difference in DIFFERENCES if sdk in difference.sdks]
    used = set()
    with Recorder() as recorder:
        outcomes = lines([*command, recorder.url])
        recorder.shutdown()
    for row in table:
        if sdk not in row.get("sdks", [sdk]):
            continue
        name, names = row["name"], set()
        problems = []
        if outcomes[name]["error"]:
            problems.append(outcomes[name]["error"])
        elif name not in recorder.requests:
            problems.append("nothing was sent")
        else:
            for found in unequal(comparable(ours[name]), comparable(recorder.requests[name])):
                explained = [difference.name for difference in known if difference.explains(row, *found)]
                names.update(explained)
                if not explained:
                    problems.append(shown(*found))
        used |= names
        but = f" (but {', '.join(sorted(names))})" if names else ""
        checks.report(f"sends what orq-rust sends: {name}{but}", "; ".join(problems) or None)
    for difference in known:
        why = None if difference.name in used else "nothing needs it any more"
        checks.report(f"difference {difference.name}: {difference.reason}", why)
    return checks.failed


def main(table_path, *commands):
    with open(table_path, encoding="utf-8") as file:
        table = json.load(file)
    commands = dict(command.split("=", 1) for command in commands)
    commands = {name: [*shlex.split(command), table_path] for name, command in commands.items()}
    ours = lines(commands.pop("ours"))
    failed = check_ours(table, ours)
    for sdk, command in commands.items():
        failed += check_sdk(sdk, command, table, ours)
    sys.exit(1 if failed else 0)


main(*sys.argv[1:])
