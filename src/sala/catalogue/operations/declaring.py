"""Key figures of a table and rules for its rows: declared, changed, ended. What is delivered already is reckoned by the worker."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import policy
from sala.catalogue.models import Distribution, Edition, KeyFigure, QualityRule
from sala.catalogue.operations.figures import reckon_figures
from sala.catalogue.operations.quality import check_rules
from sala.catalogue.operations.validity import check_fields
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record

JUDGED = (Edition.State.DRAFT, Edition.State.REVIEW, Edition.State.PUBLISHED)


@operation
def declare_figure(actor: Actor, distribution: Distribution, *, code: str, name: Translated, value_column: str,
                   **fields: Any) -> KeyFigure:  # fmt: skip
    """Declare which column holds a key figure."""
    dataset = lock(distribution.dataset)
    require(actor, policy.EDIT, dataset)
    if distribution.key_figures.filter(code=code).exists():
        words = _("The table has a key figure with this code already. Choose another code, or change that one.")
        raise Conflict(words, {"code": [words]})
    figure = KeyFigure(distribution=distribution, code=code, name=name, value_column=value_column, **fields)
    check_fields(figure)
    figure.save()
    record(actor, policy.DECLARE, dataset, change="key figure declared", code=code, part=distribution.code)
    return figure


@operation
def change_figure(actor: Actor, figure: KeyFigure, **fields: Any) -> KeyFigure:
    """Change its name, unit, column or filter. Values of another column or filter go at once, before the new ones come."""
    dataset = lock(figure.distribution.dataset)
    require(actor, policy.EDIT, dataset)
    figure = lock(figure)
    before = KeyFigure.objects.get(pk=figure.pk)
    for name, value in fields.items():
        setattr(figure, name, value)
    check_fields(figure)
    figure.save()
    if (figure.value_column, figure.filter) != (before.value_column, before.filter):
        figure.figures.all().delete()
    record(actor, policy.DECLARE, dataset, change="key figure changed", code=figure.code,
           part=figure.distribution.code, fields=changed_fields(before, figure))  # fmt: skip
    return figure


@operation
def end_figure(actor: Actor, figure: KeyFigure) -> None:
    """Its values leave the pages of places; the tables they stood in stay."""
    dataset = lock(figure.distribution.dataset)
    require(actor, policy.EDIT, dataset)
    record(actor, policy.DECLARE, dataset, change="key figure ended", code=figure.code, part=figure.distribution.code,
           name=dict(figure.name), value_column=figure.value_column, filter=figure.filter)  # fmt: skip
    figure.delete()


@operation
def declare_rule(actor: Actor, distribution: Distribution, *, column: str, kind: str, value: str = "") -> QualityRule:
    """Declare something that every row of the table must keep."""
    dataset = lock(distribution.dataset)
    require(actor, policy.EDIT, dataset)
    rule = QualityRule(distribution=distribution, column=column, kind=kind, value=value)
    _save(rule)
    record(actor, policy.DECLARE, dataset, change="rule declared", rule=_said(rule), part=distribution.code)
    return rule


@operation
def change_rule(actor: Actor, rule: QualityRule, **fields: Any) -> QualityRule:
    """Change column, kind or value. What was found by the rule as it was goes at once."""
    dataset = lock(rule.distribution.dataset)
    require(actor, policy.EDIT, dataset)
    rule = lock(rule)
    was = _said(rule)
    for name, value in fields.items():
        setattr(rule, name, value)
    _save(rule)
    rule.results.all().delete()
    record(actor, policy.DECLARE, dataset, change="rule changed", was=was, rule=_said(rule),
           part=rule.distribution.code)  # fmt: skip
    return rule


@operation
def end_rule(actor: Actor, rule: QualityRule) -> None:
    """Rows need not keep it any more; the journal keeps that they had to."""
    dataset = lock(rule.distribution.dataset)
    require(actor, policy.EDIT, dataset)
    record(actor, policy.DECLARE, dataset, change="declared rule ended", rule=_said(rule), part=rule.distribution.code)
    rule.delete()


def _said(rule: QualityRule) -> list[str]:
    return [rule.column, rule.kind, rule.value]


def _save(rule: QualityRule) -> None:
    try:
        rule.clean()
    except ValidationError as error:
        raise Invalid(error.messages[0], error.message_dict) from error
    check_fields(rule)
    same = QualityRule.objects.filter(
        distribution=rule.distribution_id, column=rule.column, kind=rule.kind, value=rule.value
    ).exclude(pk=rule.pk)
    if same.exists():
        words = _("This rule is declared already.")
        raise Conflict(words, {"column": [words]})
    rule.save()


def check_columns(distribution: Distribution, columns: dict[str, str]) -> None:
    """columns: field → name of a column. Raises Invalid for one that no file of the part ever had."""
    known = set(distribution.dictionary.values_list("name", flat=True))
    for field, name in columns.items():
        if name not in known:
            words = _("The table has no column “%(name)s”. See its list of columns.") % {"name": name}
            raise Invalid(words, {field: [words]})


@operation
def follow_declared(actor: Actor, part: Distribution) -> int:
    """Bring figures and results of the editions of a part to what is declared now. May run twice. Returns how many it read.

    It is no change anybody makes: who declared something stands in the journal already.
    """
    lock(part.dataset)
    editions = list(part.editions.filter(state__in=JUDGED).exclude(table_sha256=""))
    for edition in editions:
        if edition.is_published:
            reckon_figures(edition)
        check_rules(edition)
    return len(editions)
