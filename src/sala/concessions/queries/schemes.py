"""A version of the criteria as plain facts, so that grades are reckoned without the database."""

from collections.abc import Iterable

from sala.concessions.calculations import assessment as reckoning
from sala.concessions.models import CriteriaVersion, Criterion


def scheme_of(version: CriteriaVersion, criteria: Iterable[Criterion]) -> reckoning.Scheme:
    return reckoning.Scheme(
        criteria=tuple(reckoning.Weighed(each.code, each.weight, each.effort) for each in criteria),
        grades=dict(version.grades),
        missing_limit=version.missing_limit,
        contradiction=version.contradiction,
        caps=tuple(reckoning.Cap(cap["code"], cap["criterion"], cap["below"], cap["grade"]) for cap in version.caps),
    )
