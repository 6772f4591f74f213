"""Checking an edition against the rules of its table; the result names the rule and the failing rows."""

from sala.catalogue import tables
from sala.catalogue.models import Edition, QualityResult, QualityRule, RuleKind


def check_rules(edition: Edition) -> None:
    """Write one result for each rule of the distribution."""
    QualityResult.objects.filter(edition=edition).delete()
    if not edition.is_table:
        return
    for rule in edition.distribution.rules.all():
        test, values = failure_test(edition, rule)
        total, sample = tables.failing(edition, test, values)
        QualityResult.objects.create(edition=edition, rule=rule, failing=total, sample=sample)


def failure_test(edition: Edition, rule: QualityRule) -> tuple[str, list]:
    """SQL that is true for a row that breaks the rule, with its values. A missing column breaks every row.

    So does a limit that is no number: such rules were once let in, and nothing can keep them.
    """
    limit = rule.limit
    if rule.column not in tables.names(edition) or (rule.has_limit and limit is None):
        return "true", []
    column = tables.checked(edition, rule.column)
    if rule.kind == RuleKind.FILLED:
        return f"({column} is null or trim(cast({column} as varchar)) = '')", []
    if rule.kind == RuleKind.UNIQUE:
        inner = (
            f"select {column} from {tables.source(edition)} where {column} is not null group by 1 having count(*) > 1"
        )
        return f"{column} in ({inner})", []
    if rule.has_limit:
        sign = "<" if rule.kind == RuleKind.AT_LEAST else ">"
        return f"try_cast({column} as double) {sign} ?", [limit]
    if rule.kind == RuleKind.ONE_OF:
        allowed = [part.strip() for part in rule.value.split(",") if part.strip()]
        marks = ", ".join("?" * len(allowed)) or "null"
        return f"({column} is not null and cast({column} as varchar) not in ({marks}))", list(allowed)
    known = list(edition.area_map)
    marks = ", ".join("?" * len(known)) or "null"
    key = tables.place_key(edition) if edition.area_column else f"cast({column} as varchar)"
    return f"({column} is not null and coalesce({key} not in ({marks}), true))", known
