"""Weights from pairs compared (analytic hierarchy process), and how far the comparisons agree with each other.

A comparison says how many times more one criterion matters than another, on Saaty's scale from 1/9 to 9. Weights are
the principal eigenvector of the reciprocal matrix; the consistency ratio compares its consistency index with that of
comparisons made at random.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# mean consistency index of random comparisons of n criteria (Saaty); from three on
RANDOM_INDEX = {3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49}
MOST_CRITERIA = max(RANDOM_INDEX)
ACCEPTED = 0.10  # ratio above which the comparisons should be looked at again; a warning, never a refusal
LEAST, GREATEST = 1 / 9, 9.0


@dataclass(frozen=True)
class Weights:
    """weights add up to 1; eigenvalue ≥ their number; index and ratio are 0 where the comparisons agree fully."""

    weights: tuple[float, ...]
    eigenvalue: float
    index: float
    ratio: float

    @property
    def is_consistent(self) -> bool:
        return self.ratio <= ACCEPTED


def matrix_of(upper: Sequence[Sequence[float]]) -> np.ndarray:
    """The whole matrix from its rows right of the diagonal. Raises ValueError for a value that is not above nought."""
    size = len(upper) + 1
    matrix = np.eye(size)
    for row, values in enumerate(upper):
        if len(values) != size - 1 - row:
            raise ValueError("each pair is compared once")
        for column, value in enumerate(values, row + 1):
            if not value > 0:
                raise ValueError("a comparison is above nought")
            matrix[row, column], matrix[column, row] = value, 1 / value
    return matrix


def weights(upper: Sequence[Sequence[float]]) -> Weights:
    """Weights by the principal eigenvector, of the comparisons right of the diagonal, row by row."""
    matrix = matrix_of(upper)
    size = len(matrix)
    if size > MOST_CRITERIA:
        raise ValueError(f"up to {MOST_CRITERIA} criteria can be compared in pairs")
    values, vectors = np.linalg.eig(matrix)
    principal = int(np.argmax(values.real))
    found = np.abs(vectors[:, principal].real)
    eigenvalue = float(values[principal].real)
    index = max(0.0, (eigenvalue - size) / (size - 1)) if size > 2 else 0.0
    ratio = index / RANDOM_INDEX[size] if size > 2 else 0.0
    return Weights(tuple((found / found.sum()).tolist()), eigenvalue, _rounded(index), _rounded(ratio))


def column_means(upper: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Weights as reckoned by hand: each column divided by its sum, then the mean of each row."""
    matrix = matrix_of(upper)
    return tuple((matrix / matrix.sum(axis=0)).mean(axis=1).tolist())


def _rounded(value: float) -> float:
    """Without the noise of the last digits, so that comparisons in full agreement have a ratio of nought."""
    return 0.0 if value < 1e-9 else value
