"""Telling the operator what a long command does: one line a step, with its time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

WIDTH = 34


class Step:
    """One running step; `result` is what is said of it at its end."""

    def __init__(self) -> None:
        self.result = ""


class Progress:
    """Writes "what ……… result (seconds)" lines through `write(text, ending)`."""

    def __init__(self, write: Callable[..., Any], flush: Callable[[], Any] = lambda: None):
        self.write, self.flush = write, flush

    @contextmanager
    def step(self, what: str) -> Iterator[Step]:
        self.write(f"  {what} ".ljust(WIDTH, "."), ending="")
        self.flush()
        start, step = time.monotonic(), Step()
        try:
            yield step
        except BaseException:
            self.write(" not finished")
            raise
        self.write(f" {step.result or 'done'} ({time.monotonic() - start:.1f} s)")
        self.flush()
