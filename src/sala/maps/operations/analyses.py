"""Keeping an analysis, opening it to others, issuing it as an official paper."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.catalogue.models import Edition
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.language import languages
from sala.core.operation import lock, operation
from sala.documents.models import IssuedDocument, IssuedKind
from sala.documents.operations import issue_document
from sala.journal.operations import canonical, record
from sala.maps import policy
from sala.maps.models import Analysis, AnalysisInput
from sala.maps.papers import told_of
from sala.maps.queries.analyses import compared_in
from sala.people.models import Organisation

PAPER = "maps/pdf/issued.html"
OPENNESS = (Tier.OWN, Tier.GOVERNMENT, Tier.PUBLIC)


def digest_of(recipe: dict[str, Any], editions: Iterable[Edition], result: dict[str, Any]) -> str:
    """SHA-256 (hex) over what was asked, the files it was asked of, and what came of it."""
    inputs = sorted([edition.pk, edition.sha256] for edition in editions)
    return hashlib.sha256(canonical({"recipe": recipe, "inputs": inputs, "result": result}).encode()).hexdigest()


@operation
def keep_analysis(
    actor: Actor, owner: Organisation, *, kind: str, title: str, recipe: dict[str, Any], editions: list[Edition],
    result: dict[str, Any], raster: str = "", picture: str = "", repeats: Analysis | None = None,
) -> Analysis:  # fmt: skip
    """Keep a recipe with its inputs by hash and its result. Only the owner's house sees it until it is opened."""
    analysis = Analysis(
        owner=owner, kind=kind, title=title.strip()[:200], recipe=recipe, result=result, raster=raster, picture=picture,
        repeats=repeats, made_at=clock.now(),
    )  # fmt: skip
    require(actor, policy.KEEP, analysis)
    if not analysis.title:
        words = _("Give the analysis a title, so that it can be found again.")
        raise Invalid(words, {"title": [words]})
    analysis.digest = digest_of(recipe, editions, result)
    analysis.reference = _free_reference(analysis.digest)
    analysis.author_id = actor.position_id
    analysis.save()
    AnalysisInput.objects.bulk_create(
        AnalysisInput(analysis=analysis, edition=edition, sha256=edition.sha256) for edition in editions
    )
    record(actor, policy.KEEP, analysis, change="analysis kept", kind=kind, digest=analysis.digest,
           inputs=[edition.pk for edition in editions])  # fmt: skip
    return analysis


def _free_reference(digest: str) -> str:
    """Year and the first digits of the digest; a number after it where the very same was kept before."""
    base = f"{clock.today().year}-{digest[:10]}"
    taken = Analysis.objects.filter(reference__startswith=base).count()
    return f"{base}-{taken + 1}" if taken else base


@operation
def open_analysis(actor: Actor, analysis: Analysis, *, tier: str) -> None:
    """Say who may read it: never more than may read what it was made of."""
    analysis = lock(analysis)
    require(actor, policy.KEEP, analysis)
    for row in analysis.inputs.select_related("edition__distribution__dataset"):
        dataset = row.edition.dataset
        if _rank(tier) > _rank(dataset.tier):
            raise Conflict(
                _("It was made of “%(title)s”, which fewer people may read. Leave it closed, or ask the owner of that data to open it.")
                % {"title": dataset.title}
            )  # fmt: skip
    for compared in compared_in(analysis):
        if _rank(tier) > _rank(compared.tier):
            raise Conflict(
                _("It compares “%(title)s”, which fewer people may read. Open that first, or leave this closed.")
                % {"title": compared.title}
            )  # fmt: skip
    before, analysis.tier = analysis.tier, tier
    analysis.save(update_fields=["tier"])
    record(actor, policy.KEEP, analysis, change="analysis opened", tier=[before, tier])


@operation
def issue_analysis(actor: Actor, analysis: Analysis) -> IssuedDocument:
    """Issue it as an official paper of its office: number of the series, fingerprint, file and check page."""
    analysis = lock(analysis)
    for before in IssuedDocument.objects.filter(
        subject_type="analysis", subject_id=analysis.pk, withdrawn_at__isnull=True
    ):
        raise Conflict(
            _("It was issued already under number %(number)s. Withdraw that paper first if something in it is wrong.")
            % {"number": before.number}
        )
    paper = issue_document(
        actor, analysis.owner, kind=IssuedKind.REPORT, title={code: analysis.title for code in languages()}, template=PAPER,
        context=told_of(analysis), subject=analysis, tier=analysis.tier, is_invented=analysis.is_invented,
    )  # fmt: skip
    record(actor, policy.KEEP, analysis, change="analysis issued", number=paper.number, paper=paper.pk)
    return paper


def _rank(tier: str) -> int:
    return OPENNESS.index(Tier(tier)) if tier in OPENNESS else 0
