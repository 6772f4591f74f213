"""Reads about datasets that several pages share."""

from sala.catalogue.queries.figures import figures_of, latest_figures
from sala.catalogue.queries.finding import find_dataset, find_edition
from sala.catalogue.queries.places import datasets_of, rows_about
from sala.catalogue.queries.promises import overdue, promise_of, promises
from sala.catalogue.queries.quality import completeness_of, criteria_of, missing_editions
from sala.catalogue.queries.standing import compared, duties_of, uses_of

__all__ = [
    "compared",
    "completeness_of",
    "criteria_of",
    "datasets_of",
    "duties_of",
    "figures_of",
    "find_dataset",
    "find_edition",
    "latest_figures",
    "missing_editions",
    "overdue",
    "promise_of",
    "promises",
    "rows_about",
    "uses_of",
]
