"""Analyses that were kept: what was asked, of what, and what came of it."""

from sala.maps.models.analysis import Analysis, AnalysisInput, AnalysisKind

__all__ = ["Analysis", "AnalysisInput", "AnalysisKind"]
