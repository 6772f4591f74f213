"""The limited child process in which every uploaded or imported file is opened.

It has no database connection, little memory, a time limit, a limit on what it may write, and an empty environment. It
answers one JSON object: a result, or the reason why the file was refused, as a code and values that the parent turns
into the reader's words. A child that dies is an answer too.

Parent:  result = run("sala.core.files.table:profile", path, folder, decimal_mark=",")
Child:   `sala.core.files.inside`, in a fork of the keeper, calls profile(path, folder, decimal_mark=",") → a JSON-able dict
"""

import json
import math
import re
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sala.core import deadline
from sala.core.errors import Unreadable
from sala.core.files import keeping
from sala.core.files.reasons import words_of


@dataclass(frozen=True)
class Limits:
    """memory and output in bytes, seconds of wall time."""

    memory: int = 2 * 1024**3
    seconds: int = 120
    output: int = 4 * 1024**3


def run(task: str, *arguments: Any, limits: Limits | None = None, **options: Any) -> dict[str, Any]:
    """Call `module:function` in the child. Raises Unreadable, in the reader's language, when the file is refused.

    Within a deadline it gets no more than what is left, and deadline.Passed is raised when that is too little.
    """
    limits = limits or Limits()
    seconds = deadline.left(limits.seconds)
    request = json.dumps({"task": task, "arguments": [str(value.absolute()) if isinstance(value, Path) else value for value in arguments],
                          "options": options, "memory": limits.memory, "output": limits.output, "seconds": math.ceil(seconds)})  # fmt: skip
    with (
        tempfile.TemporaryFile() as request_file,
        tempfile.TemporaryFile() as answer_file,
        tempfile.TemporaryFile() as error_file,
    ):
        request_file.write(request.encode())
        request_file.seek(0)
        files = [request_file.fileno(), answer_file.fileno(), error_file.fileno()]
        try:
            returncode = keeping.run(task, files, seconds)
        except TimeoutError:
            if seconds < limits.seconds:
                raise deadline.Passed from None
            raise Unreadable(words_of("took-too-long", {"seconds": limits.seconds})) from None
        answer_file.seek(0)
        text = answer_file.read().decode(errors="replace")
        error_file.seek(0)
        errors = error_file.read(1024**2)
        problem = (errors[:2000] + errors[-2000:]).decode(errors="replace")
    return _understood(text, problem, returncode, limits)


# what the libraries print when they ask for memory and get none, before the process dies
_OUT_OF_MEMORY = re.compile(
    r"MemoryError|bad_alloc|memory allocation of \d+ bytes failed|[Oo]ut of memory|std::length_error|Cannot allocate memory"
)


def _understood(text: str, problem: str, returncode: int, limits: Limits) -> dict[str, Any]:
    try:
        answer = json.loads(text.rsplit("\n", 2)[-2] if text.endswith("\n") else text)
    except (ValueError, IndexError):
        if returncode == -signal.SIGXCPU:
            reason = "took-too-long"
        elif returncode == -signal.SIGKILL or _OUT_OF_MEMORY.search(problem):
            reason = "too-large-for-memory"
        else:
            reason = "broke-the-reader"
        raise Unreadable(words_of(reason, {"code": returncode, "seconds": limits.seconds})) from None
    if "refused" in answer:
        raise Unreadable(words_of(answer["refused"], answer.get("values", {})))
    return answer["result"]
