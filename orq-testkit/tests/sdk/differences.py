"""How what the official SDKs send differs from what this client sends: each difference by name, with its reason.

Anything else that differs fails the comparison, and so does a name that nothing needs any more.
"""

import re
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import unquote


class Absent:
    def __repr__(self):
        return "absent"


#: What a request doesn't have where the other one has something.
ABSENT = Absent()


@dataclass
class Difference:
    name: str
    sdks: list[str]
    reason: str
    #: Whether it explains that in a row of the table, at a path, one has `ours` and the other `theirs`.
    explains: Callable[[dict, str, Any, Any], bool]


def is_beyond_double(ours, theirs):
    return isinstance(ours, int) and isinstance(theirs, int) and abs(ours) > 2**53 and float(ours) == float(theirs)


DIFFERENCES = [
    Difference(
        "stream-added",
        ["python", "node"],
        "The SDKs fill in `stream` though nobody gave it: Python on every verb (false, and true on /stream), Node on "
        "invoke. The server's default is the same, and the path says already whether to stream.",
        lambda row, path, ours, theirs: path == "body.stream"
        and ours is ABSENT
        and theirs is (row["verb"] == "stream"),
    ),
    Difference(
        "stream-lost",
        ["python"],
        "invoke(stream=True) of the Python SDK sends `\"stream\": false`.",
        lambda row, path, ours, theirs: path == "body.stream" and ours is True and theirs is False,
    ),
    Difference(
        "accept-of-a-streamed-invoke",
        ["python", "node"],
        "The SDKs ask for JSON even where they ask invoke to stream. This client asks for the event stream it wants.",
        lambda row, path, ours, theirs: path == "headers.accept"
        and row["arguments"].get("stream") is True
        and (ours, theirs) == ("text/event-stream", "application/json"),
    ),
    Difference(
        "slash-not-encoded",
        ["python"],
        "The Python SDK leaves the slash and other marks of a key in the path, which then is another one.",
        lambda row, path, ours, theirs: path == "path" and "%2F" in ours and unquote(ours) == unquote(theirs),
    ),
    Difference(
        "accept-of-annotations",
        ["node"],
        "The Node SDK takes any answer to an annotation, since it reads none.",
        lambda row, path, ours, theirs: path == "headers.accept"
        and row["verb"] in ["annotate", "delete_annotations"]
        and (ours, theirs) == ("application/json", "*/*"),
    ),
    Difference(
        "product-added",
        ["python", "node"],
        "The SDKs fill in the product of feedback with the server's default, deployments.",
        lambda row, path, ours, theirs: path == "body.product" and ours is ABSENT and theirs == "deployments",
    ),
    Difference(
        "options-added",
        ["python", "node"],
        "Where invoke_options are given, the SDKs fill in those that weren't with the server's default, false.",
        lambda row, path, ours, theirs: path
        in ["body.invoke_options.include_retrievals", "body.invoke_options.include_usage"]
        and ours is ABSENT
        and theirs is False,
    ),
    Difference(
        "ttl-added",
        ["python", "node"],
        "Where a cache control is given without a ttl, the SDKs fill in the server's default, 5m.",
        lambda row, path, ours, theirs: path.endswith(".cache_control.ttl") and ours is ABSENT and theirs == "5m",
    ),
    Difference(
        "limit-added",
        ["python", "node"],
        "The SDKs fill in the list's limit with the server's default, 10.",
        lambda row, path, ours, theirs: path == "query.limit" and ours is ABSENT and theirs == "10",
    ),
    Difference(
        "whole-numbers-as-floats",
        ["python"],
        "The Python SDK makes a float of each number that the schema names, and sends 2 as 2.0.",
        lambda row, path, ours, theirs: re.match(r"body\.(knowledge_filter|documents\[\d+\]\.metadata\.page_number|annotations\[\d+\]\.value)", path)
        and type(ours) is int
        and type(theirs) is float
        and ours == theirs,
    ),
    Difference(
        "filter-operators-lost",
        ["python", "node"],
        "Of several operators on one field the SDKs send one and drop the others without a word, because the schema "
        "lists the operators as alternatives.",
        lambda row, path, ours, theirs: re.fullmatch(
            r"body\.knowledge_filter(\.(and|or)\[\d+\])?\.\w+\.(eq|ne|gt|gte|lt|lte|in|nin)", path
        )
        and theirs is ABSENT,
    ),
    Difference(
        "file-id-lost",
        ["node"],
        "The Node SDK is older than the Python SDK and drops the `file_id` of a file.",
        lambda row, path, ours, theirs: path.endswith(".file.file_id") and theirs is ABSENT,
    ),
    Difference(
        "extra-content-lost",
        ["node"],
        "The Node SDK is older than the Python SDK and drops the `extra_content` of a tool call.",
        lambda row, path, ours, theirs: re.search(r"\.tool_calls\[\d+\]\.extra_content$", path) and theirs is ABSENT,
    ),
    Difference(
        "integers-rounded",
        ["node"],
        "JavaScript's numbers are doubles: integers beyond 2^53 are rounded.",
        lambda row, path, ours, theirs: is_beyond_double(ours, theirs),
    ),
]


def differences(ours, theirs, path):
    """Every (path, ours, theirs) at which two JSON values differ. `2` and `2.0` do."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours.keys() | theirs.keys():
            yield from differences(ours.get(key, ABSENT), theirs.get(key, ABSENT), f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (our, their) in enumerate(zip(ours, theirs)):
            yield from differences(our, their, f"{path}[{index}]")
    elif type(ours) is not type(theirs) or ours != theirs:
        yield path, ours, theirs
