"""Limits of classes of a number: of the same width, of the same count, or where the numbers have gaps."""

from collections.abc import Sequence
from math import floor


def equal(values: Sequence[float], classes: int) -> list[float]:
    """Limits of classes of the same width: classes + 1 numbers, from the least to the greatest value."""
    low, high = min(values), max(values)
    return [low + (high - low) * step / classes for step in range(classes)] + [high]


def quantile(values: Sequence[float], classes: int) -> list[float]:
    """Limits between which lie equally many values (linear interpolation); equal limits are given once."""
    ordered = sorted(values)
    limits = []
    for step in range(classes + 1):
        place = step / classes * (len(ordered) - 1)
        below = floor(place)
        above = min(below + 1, len(ordered) - 1)
        limits.append(ordered[below] + (ordered[above] - ordered[below]) * (place - below))
    return list(dict.fromkeys(limits))


MOST_JENKS = 600  # distinct values; more are thinned evenly, since the work grows with their square


def jenks(values: Sequence[float], classes: int) -> list[float]:
    """Limits that make the sum of squared deviations from the class means least (Fisher's exact optimum)."""
    ordered = sorted(values)
    if len(ordered) > MOST_JENKS:
        step = (len(ordered) - 1) / (MOST_JENKS - 1)
        ordered = [ordered[round(number * step)] for number in range(MOST_JENKS)]
    classes = min(classes, len(set(ordered)))
    sums, squares = [0.0], [0.0]
    for value in ordered:
        sums.append(sums[-1] + value)
        squares.append(squares[-1] + value * value)

    def spread(start: int, end: int) -> float:
        total = sums[end] - sums[start]
        return squares[end] - squares[start] - total * total / (end - start)

    size = len(ordered)
    cost = [spread(0, end) if end else 0.0 for end in range(size + 1)]
    splits: list[list[int]] = []
    for number in range(2, classes + 1):
        best, where = [float("inf")] * (size + 1), [0] * (size + 1)
        for end in range(number, size + 1):
            for start in range(number - 1, end):
                found = cost[start] + spread(start, end)
                if found < best[end]:
                    best[end], where[end] = found, start
        cost, splits = best, [*splits, where]
    cuts, end = [], size
    for where in reversed(splits):
        end = where[end]
        cuts.append(ordered[end])
    return [ordered[0], *reversed(cuts), ordered[-1]]


METHODS = {"equal": equal, "quantile": quantile, "jenks": jenks}
