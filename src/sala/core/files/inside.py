"""What runs in the child process: one task, within its limits, and its answer as JSON on the standard output.

It begins as a fork of the keeper, which has loaded the libraries of the task. A child lives for one file.
"""

import importlib
import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any

from sala.core.files.refusals import Refused


def _limit(memory: int, output: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory + 1024**3, memory + 1024**3))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(
        resource.RLIMIT_CPU, (2 * seconds + 5, 2 * seconds + 5)
    )  # two threads; the parent keeps the clock
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    os.nice(5)


def _find(task: str) -> Callable[..., Any]:
    module, _colon, name = task.partition(":")
    if not module.startswith("sala."):
        raise ValueError(task)
    return getattr(importlib.import_module(module), name)


def main() -> None:
    request = json.loads(sys.stdin.buffer.read())
    _limit(request["memory"], request["output"], request["seconds"])
    try:
        answer = {"result": _find(request["task"])(*request["arguments"], **request["options"])}
    except Refused as refusal:
        answer = {"refused": refusal.code, "values": refusal.values}
    except MemoryError:
        answer = {"refused": "too-large-for-memory", "values": {}}
    except OSError as error:
        code = "disk-full" if error.errno == 28 else "too-much-output" if error.errno == 27 else "broke-the-reader"
        answer = {"refused": code, "values": {"code": str(error)[:200]}}
    sys.stdout.write(json.dumps(answer, default=str) + "\n")
