"""Finding rules and documents: what holds on a day, what is in force, what uses a document."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Length
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from sala.access.actor import Actor, path_ids
from sala.access.scope import can, once_visible, visible
from sala.core import clock, lao, subjects
from sala.core.desk import DeskRow, Group
from sala.core.errors import Gone, Missing
from sala.core.language import in_language, languages
from sala.documents import policy
from sala.documents.models import Document, DocumentFile, DocumentPage, DocumentState, FileDownloads, LinkCheck, Rule
from sala.people.models import Organisation
from sala.places.models import Area

SHOWN_USES = 20
YEAR = re.compile(r"[1-9][0-9]{3}")


def rule_on(kind: str, key: str, day: date, area: Area | None = None) -> Rule | None:
    """The rule that holds on a day: of the smallest area around `area` that has one, else the country's."""
    around = Q(area__isnull=True)
    if area is not None:
        around |= Q(area__in=path_ids(area.path))
    return (
        Rule.objects.filter(around, kind=kind, key=key, valid__contains=day)
        .select_related("area", "source", "owner")
        .order_by(Coalesce(Length("area__path"), 0).desc())
        .first()
    )


def rules_of(kind: str, day: date | None = None) -> QuerySet[Rule]:
    """Rules of one kind, those that hold on the day first when a day is given (then only those)."""
    rules = Rule.objects.filter(kind=kind).select_related("area", "source", "owner")
    return rules.filter(valid__contains=day) if day else rules


def in_force_on(documents: QuerySet[Document], day: date) -> QuerySet[Document]:
    ends = Q(in_force_until__isnull=True) | Q(in_force_until__gte=day)
    return documents.filter(ends, in_force_from__lte=day)


def documents_for(actor: Actor, *, kind: str = "", topic: str = "", issuer: str = "", place: str = "", year: str = "",
                  q: str = "", in_force: bool = False) -> QuerySet[Document]:  # fmt: skip
    """Documents the actor may see, narrowed by codes and by words in title or number; newest first.

    place  code of an area: documents about it or about a part of it
    """
    documents = visible(actor, Document).select_related("kind", "issuer", "owner")
    codes = {"kind__code": kind, "topics__code": topic, "issuer__code": issuer}
    documents = documents.filter(**{lookup: typed(code) for lookup, code in codes.items() if code})
    if place:
        area = Area.objects.filter(code=typed(place)).first()
        documents = documents.filter(areas__path__startswith=area.path).distinct() if area else documents.none()
    if year:
        documents = documents.filter(issued_on__year=int(year)) if YEAR.fullmatch(year) else documents.none()
    if in_force:
        documents = in_force_on(documents, clock.today())
    if word := typed(q):
        found = Q(number__icontains=word)
        for code in languages():
            documents = documents.alias(**{f"title_{code}": in_language("title", code)})
            found |= Q(**{f"title_{code}__icontains": word})
        documents = documents.filter(found)
    return documents.order_by(F("issued_on").desc(nulls_last=True), "-id")


def find(actor: Actor, slug: str, *related: str) -> Document:
    """The document at an address. Raises Gone for a withdrawn one that the actor could have read, Missing otherwise."""
    seen = visible(actor, Document)
    document = seen.select_related(*related).filter(slug=slug).first()
    if document is not None:
        return document
    withdrawn = once_visible(actor, Document).filter(slug=slug, state=DocumentState.WITHDRAWN).first()
    if withdrawn is None:
        raise Missing(_("Check the address, or search for what you need."))
    later = seen.filter(supersedes=withdrawn)
    words = _("“%(title)s” was withdrawn on %(day)s: %(reason)s") % {
        "title": withdrawn.title, "day": formats.date_format(timezone.localdate(withdrawn.withdrawn_at), "DATE_FORMAT"),
        "reason": withdrawn.withdrawn_reason,
    }  # fmt: skip
    raise Gone(words, {document.get_absolute_url(): str(document.title) for document in later})


def typed(text: str) -> str:
    """What somebody typed into an address, fit for a question to the database."""
    return lao.stored(text.replace("\x00", "")).strip()


def current_files(document: Document) -> QuerySet[DocumentFile]:
    """The newest file of each language, with how often it was downloaded (`times`)."""
    times = Coalesce(Sum("downloads__count"), 0)
    return document.files.filter(replaced_by__isnull=True).annotate(times=times).order_by("language")


def pages_in(document: Document, code: str) -> QuerySet[DocumentPage]:
    return document.pages.filter(language=code).order_by("number")


def text_languages(document: Document) -> list[str]:
    """Languages in which the document's words are here, in the country's order."""
    found = set(document.pages.values_list("language", flat=True).distinct())
    return [code for code in languages() if code in found] + sorted(found - set(languages()))


def count_download(file: DocumentFile) -> None:
    """Add one to today's downloads of a file."""
    row, _made = FileDownloads.objects.get_or_create(file=file, day=clock.today())
    FileDownloads.objects.filter(pk=row.pk).update(count=F("count") + 1)


def organisations_with(actor: Actor, verb: str) -> QuerySet[Organisation]:
    """Organisations for which the actor may do this somewhere; for the choices of a form, the operation asks again."""
    organisations = Organisation.objects.filter(closed_on__isnull=True)
    if actor.is_everything:
        return organisations
    reach = Q(pk__in=[])
    for holding in actor.holdings:
        for grant in holding.grants:
            if verb in grant.verbs:
                reach |= Q(path__startswith=grant.organisation_path, area__path__startswith=grant.area_path)
    return organisations.filter(reach)


@dataclass(frozen=True)
class Use:
    """Rows of one noun that point to a document. shown holds the first of them."""

    subject: subjects.Subject
    role: Any
    count: int
    shown: list[models.Model]


def uses_of(actor: Actor, document: Document) -> list[Use]:
    """Everything that points to a document and may be seen by the actor, whichever part it belongs to.

    Asked of the list of nouns, so that a new part that cites documents shows up without a line here.
    """
    uses = []
    for subject in subjects.all_subjects():
        model = subject.model_class
        if not hasattr(model, "get_absolute_url"):
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, (models.ForeignKey, models.ManyToManyField)):
                continue
            if field.related_model is not Document or (model is Document and field.name == "supersedes"):
                continue
            rows = visible(actor, model).filter(**{field.name: document})
            count = rows.count()
            if count:
                uses.append(Use(subject, field.verbose_name, count, list(rows[:SHOWN_USES])))
    return uses


def desk_rows(actor: Actor) -> Iterable[DeskRow]:
    """Documents of the actor's houses whose address does not answer any more."""
    organisations = [holding.organisation_id for holding in actor.holdings]
    if not actor.has_anywhere(policy.EDIT) or not organisations:
        return
    broken = LinkCheck.objects.filter(
        document__owner__in=organisations, failures__gte=LinkCheck.TOLD_AFTER, url=F("document__source_url")
    ).exclude(document__state="withdrawn")
    for check in broken.select_related("document__owner__area"):
        document = check.document
        if can(actor, policy.EDIT, document):
            address = document.get_absolute_url()
            yield DeskRow(Group.HINT, document.title, address, who=_("Address that does not answer"), note=check.words)
