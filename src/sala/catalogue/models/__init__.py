"""Datasets in DCAT's words: Dataset, Distribution, and the immutable Editions delivered of it."""

from sala.catalogue.models.access_request import AccessRequest, Decision
from sala.catalogue.models.asked import (
    AskedFigure,
    FigureAnswer,
    FigureColumn,
    FigureDraft,
    FigureRow,
    FigureTable,
)
from sala.catalogue.models.chart import Chart, ChartDrawing
from sala.catalogue.models.dataset import Dataset, Distribution, Lineage, State
from sala.catalogue.models.edition import JOINING, Column, ColumnRole, Edition, EditionArea, Feature
from sala.catalogue.models.figures import DailyUse, Figure, KeyFigure, QualityResult, QualityRule, RuleKind
from sala.catalogue.models.person_request import PersonRequest
from sala.catalogue.models.promised import PromisedEdition

__all__ = [
    "JOINING",
    "AccessRequest",
    "AskedFigure",
    "Chart",
    "ChartDrawing",
    "Column",
    "ColumnRole",
    "DailyUse",
    "Dataset",
    "Decision",
    "Distribution",
    "Edition",
    "EditionArea",
    "Feature",
    "Figure",
    "FigureAnswer",
    "FigureColumn",
    "FigureDraft",
    "FigureRow",
    "FigureTable",
    "KeyFigure",
    "Lineage",
    "PersonRequest",
    "PromisedEdition",
    "QualityResult",
    "QualityRule",
    "RuleKind",
    "State",
]
