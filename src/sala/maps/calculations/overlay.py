"""Weighing criteria into one suitability: S = (Σ wᵢ xᵢ) · Π cⱼ, with Σ w = 1, x between 0 and 1, c either 0 or 1."""

from collections.abc import Sequence

import numpy as np

NONE, RENORMALISE = "none", "renormalise"  # what a cell gets where a criterion has no value
CLASSES = ("N", "S3", "S2", "S1")  # not suitable, marginally, moderately, highly suitable
LIMITS = (0.25, 0.5, 0.75)
# Sums of single precision lie nearer to the truth than this. What is so little below a limit, or below the middle between
# two scores, is taken as lying on it: else whole per cents would fall to either side by chance.
NOISE = 2.0**-20


class WeighsNothing(ValueError):
    """The weights sum to nothing, or one is below nought."""


def normalised(weights: Sequence[float]) -> np.ndarray:
    """The weights as shares that add up to 1. Raises WeighsNothing."""
    found = np.asarray(weights, dtype=float)
    if not found.size or not np.isfinite(found).all() or (found < 0).any() or found.sum() <= 0:
        raise WeighsNothing("the weights sum to nothing")
    return found / found.sum()


def weighed(
    layers: Sequence[np.ndarray], weights: Sequence[float], constraints: Sequence[np.ndarray] = (), missing: str = NONE
) -> np.ndarray:
    """Suitability 0 … 1 of each cell, nan where there is no result.

    layers       standardised criteria of one shape, nan where there is no value
    constraints  0 or 1 (or False, True); 0 forbids the cell. They do not need a value of every criterion: what is
                 forbidden is 0 whatever else is known
    missing      "none": a cell that lacks a criterion has no result; "renormalise": the others share its weight
    """
    shares = normalised(weights).tolist()  # plain numbers leave the layers in the precision they have
    if len(shares) != len(layers):
        raise ValueError("each criterion has one weight")
    total = np.zeros(layers[0].shape, layers[0].dtype)
    if missing == RENORMALISE:
        known = np.zeros_like(total)
        for layer, share in zip(layers, shares, strict=True):
            there = ~np.isnan(layer)
            total += np.where(there, layer, 0) * share
            known += there * share
        with np.errstate(invalid="ignore", divide="ignore"):
            total = np.where(known > 0, total / known, np.nan)
    elif missing == NONE:
        for layer, share in zip(layers, shares, strict=True):
            total += layer * share
    else:
        raise ValueError(missing)
    for constraint in constraints:
        total = np.where(constraint, total, 0)
    return total


def classified(suitability: np.ndarray, limits: Sequence[float] = LIMITS) -> np.ndarray:
    """Place in CLASSES (0 = N … 3 = S1) of each cell, 255 where there is no result. A limit belongs to the class above."""
    found = np.searchsorted(np.asarray(limits), suitability, side="right").astype(np.uint8)
    found[np.isnan(suitability)] = 255
    return found


def limiting(layers: Sequence[np.ndarray]) -> np.ndarray:
    """By the worst criterion: the limiting factor."""
    return np.minimum.reduce(list(layers))


def by_rank(layers: Sequence[np.ndarray], ranks: Sequence[float]) -> np.ndarray:
    """Mean by ranks in which 1 is the most important, the inverse of a weight: λₖ = (η − rₖ) / Σ(η − r), η = Σ r."""
    shares = rank_weights(ranks)
    return np.asarray(sum(layer * share for layer, share in zip(layers, shares, strict=True)))


def rank_weights(ranks: Sequence[float]) -> np.ndarray:
    found = np.asarray(ranks, dtype=float)
    return normalised(found.sum() - found)


def swayed(total: np.ndarray, layer: np.ndarray, share: float, change: float) -> np.ndarray:
    """Suitability if one criterion's weight were changed by a part of itself (0.2: a fifth more), all shares again
    adding up to 1. `total` is the result without constraints and without missing values."""
    return (total + change * share * layer) / (1 + change * share)
