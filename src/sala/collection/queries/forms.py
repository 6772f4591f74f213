"""Forms as a reader sees them, and their questions in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.models import Form, FormVersion, VersionState
from sala.collection.sms import KEYWORD
from sala.core import language, lao
from sala.core.language import Translated, says


def forms_for(actor: Actor, *, q: str = "", owner: str = "", about: str = "", topic: str = "", state: str = "") -> QuerySet[Form]:  # fmt: skip
    """Forms that the reader sees, narrowed; those in use before drafts and withdrawn ones."""
    rows = visible(actor, Form).select_related("owner", "level", "facility_kind")
    if q:
        rows = rows.filter(says("title", lao.stored(q)) | Q(form_id__icontains=q.strip()))
    if owner:
        rows = rows.filter(owner__code=owner)
    if about:
        rows = rows.filter(about=about)
    if topic:
        rows = rows.filter(topics__code=topic)
    if state == "in-use":
        rows = rows.filter(is_published=True)
    elif state == "withdrawn":
        rows = rows.filter(withdrawn_at__isnull=False)
    elif state == "draft":
        rows = rows.filter(is_published=False, withdrawn_at__isnull=True)
    return rows.order_by("-is_published", "slug")


def versions_with_keyword() -> QuerySet[FormVersion]:
    """Versions in use of forms that are answered by short message; what is long of them is read where it is asked for."""
    rows = FormVersion.objects.filter(state=VersionState.CURRENT, settings__has_key=KEYWORD)
    return rows.select_related("form__owner").defer("xform", "fields", "choices")


def texts_of(version: FormVersion, labels: Mapping[str, str]) -> Translated:
    """A text of the workbook by the country's languages, as far as the workbook has them."""
    by_code = {code: labels.get(name) or "" for code, name in version.language_map.items()}
    found = {code: text for code, text in by_code.items() if text}
    if not found and (anything := next((text for text in labels.values() if text), "")):
        found = {language.required_language(): anything}
    return Translated(found)


@dataclass(frozen=True)
class Question:
    """A question or group as a page shows it. depth: how deep in groups; choices: their texts, empty where there are none."""

    field: dict[str, Any]
    label: Translated
    hint: Translated
    depth: int
    choices: list[tuple[str, Translated]]


def questions_of(version: FormVersion, *, most_choices: int = 30) -> list[Question]:
    """Every field in its order, for reading; of long lists the first choices only."""
    found = []
    root = version.fields[0]["path"].count("/") if version.fields else 0
    for field in version.fields:
        listed = version.choices.get(field["list"], []) if field["list"] else []
        choices = [(row["value"], texts_of(version, row["labels"])) for row in listed[:most_choices]]
        found.append(
            Question(
                field, texts_of(version, field["labels"]), texts_of(version, field["hint"]),
                field["path"].count("/") - root, choices,
            )
        )  # fmt: skip
    return found
