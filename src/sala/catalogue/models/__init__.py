"""Datasets in DCAT's words: Dataset, Distribution, and the immutable Editions delivered of it."""

from sala.catalogue.models.access_request import AccessRequest, Decision
from sala.catalogue.models.agreement import AgreedDataset, Agreement, Signature, Transfer
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
from sala.catalogue.models.follow import Follow, Followed
from sala.catalogue.models.harvest import HarvestRun, HarvestSource, RemoteDataset, RunState, SourceKind
from sala.catalogue.models.person_request import PersonDecision, PersonRequest
from sala.catalogue.models.promised import PromisedEdition
from sala.catalogue.models.release import PlannedRelease
from sala.catalogue.models.service import DataService
from sala.catalogue.models.showcase import Showcase

__all__ = [
    "JOINING",
    "AccessRequest",
    "AgreedDataset",
    "Agreement",
    "AskedFigure",
    "Chart",
    "ChartDrawing",
    "Column",
    "ColumnRole",
    "DailyUse",
    "DataService",
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
    "Follow",
    "Followed",
    "HarvestRun",
    "HarvestSource",
    "KeyFigure",
    "Lineage",
    "PersonDecision",
    "PersonRequest",
    "PlannedRelease",
    "PromisedEdition",
    "QualityResult",
    "QualityRule",
    "RemoteDataset",
    "RuleKind",
    "RunState",
    "Showcase",
    "Signature",
    "SourceKind",
    "State",
    "Transfer",
]
