"""Collects what the benchmarks measured: a value, what it is compared with in the same run, and the limit it must keep."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Row:
    """One measured value.

    ratio   value divided by the peer's value; None without a peer
    target  the limit of `value`, in its own unit; None when it is only reported
    ok      whether the limit is kept; None without a limit
    """

    name: str
    metric: str
    value: float
    unit: str
    peer: str | None
    peer_value: float | None
    ratio: float | None
    target: float | None
    ok: bool | None


class Report:
    """Rows in the order of measuring, each told at once through `write(line)`."""

    def __init__(self, write: Callable[[str], Any], as_json: bool = False):
        self.write, self.as_json = write, as_json
        self.rows: list[Row] = []

    def row(self, name: str, metric: str, value: float, unit: str, peer: str | None = None, peer_value: float | None = None,
            target: float | None = None, better: str = "less") -> Row:  # fmt: skip
        """Add a value. `better` is "less" when small values are good, "more" when large ones are."""
        if better not in ("less", "more"):
            raise ValueError(f"better is 'less' or 'more', not {better!r}")
        ratio = value / peer_value if peer_value else None
        ok = None if target is None else (value <= target if better == "less" else value >= target)
        row = Row(name, metric, _short(value), unit, peer, _short(peer_value), _short(ratio), _short(target), ok)
        self.rows.append(row)
        self.write(json.dumps(asdict(row), ensure_ascii=False) if self.as_json else _line(row, better))
        return row

    @property
    def all_kept(self) -> bool:
        return all(row.ok is not False for row in self.rows)


def _short(number: float | None) -> Any:
    """Four significant digits: more would pretend to an exactness that no machine has."""
    return None if number is None else float(f"{number:.4g}")


def _line(row: Row, better: str) -> str:
    words = f"{row.name:<10} {row.metric:<52} {row.value:>10,.4g} {row.unit:<9}"
    if row.ratio is not None:
        words += f" {row.ratio:.2f} × {row.peer} ({row.peer_value:,.4g})"
    if row.target is not None:
        words += f"   {'at most' if better == 'less' else 'at least'} {row.target:,.4g}: {'ok' if row.ok else 'MISSED'}"
    return words.rstrip()
