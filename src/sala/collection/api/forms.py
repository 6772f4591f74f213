"""Forms for programs. What a reader may see is what the pages show."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.collection.models import Form, FormVersion, VersionState
from sala.collection.queries.authoring import remarks_of
from sala.collection.queries.bank import Asked, asked_by
from sala.collection.queries.forms import forms_for, texts_of

router = Router(tags=["forms"])


class FormQuery(Schema):
    """state: in-use, draft or withdrawn."""

    q: str = ""
    owner: str = ""
    about: str = ""
    topic: str = ""
    state: str = ""
    page: int = 1
    size: int = 50


class FormOut(Schema):
    """about: nothing, place, facility or other; kind: code of the level, of the kind of facility or of the register.

    place_question: of a form that asks about each place of a row, the question that names the place
    """

    slug: str
    url: str
    form_id: str
    title: dict[str, str]
    owner: str
    about: str
    kind: str
    place_question: str
    minutes: int | None
    tier: str
    is_in_use: bool
    is_standing: bool
    is_invented: bool


class FormPage(Schema):
    count: int
    items: list[FormOut]


class QuestionOut(Schema):
    """path: in the XForm; repeat: path of the repeat it stands in, empty outside of one."""

    path: str
    name: str
    type: str
    label: dict[str, str]
    required: bool
    repeat: str
    choices: str


class FormDetail(FormOut):
    purpose: dict[str, str]
    topics: list[str]
    version: str
    published_at: datetime | None
    workbook: str
    questions: list[QuestionOut]


def _form(row: Form) -> dict[str, Any]:
    return {
        "slug": row.slug, "url": row.get_absolute_url(), "form_id": row.form_id, "title": dict(row.title),
        "owner": row.owner.code, "about": row.about, "kind": row.kind_code, "place_question": row.place_question, "minutes": row.minutes,
        "tier": row.tier, "is_in_use": row.is_published, "is_standing": row.is_standing,
        "is_invented": row.is_invented,
    }  # fmt: skip


@router.get("/forms", response=FormPage, summary="Forms that the caller sees")
def list_forms(request: Request, query: Query[FormQuery]) -> dict[str, Any]:
    asked = query.model_dump()
    page, size = max(1, asked.pop("page")), min(max(1, asked.pop("size")), 500)
    rows = forms_for(request.actor, **asked)
    return {"count": rows.count(), "items": [_form(row) for row in rows[(page - 1) * size : page * size]]}


@router.get("/forms/{slug}", response=FormDetail, summary="A form and the questions of its version in use")
def one_form(request: Request, slug: str) -> dict[str, Any]:
    form = get_object_or_404(forms_for(request.actor), slug=slug)
    versions = visible(request.actor, FormVersion).filter(form=form)
    version = versions.filter(state=VersionState.CURRENT).first() or versions.first()
    return {
        **_form(form), "purpose": dict(form.purpose), "topics": [term.code for term in form.topics.all()],
        "version": version.version if version else "", "published_at": version.published_at if version else None,
        "workbook": f"{version.get_absolute_url()}workbook" if version else "",
        "questions": [] if version is None else [
            {
                "path": field["path"], "name": field["name"], "type": field["type"],
                "label": dict(texts_of(version, field["labels"])), "required": field["required"],
                "repeat": field["repeat"], "choices": field["list"],
            }
            for field in version.questions()
        ],
    }  # fmt: skip


class VersionOut(Schema):
    """state: draft, current or earlier; files: name → MD5 of those that are here; lacking: names of those that are not."""

    number: int
    version: str
    state: str
    uploaded_at: datetime
    published_at: datetime | None
    workbook: str
    sha256: str
    xform: str
    md5: str
    languages: list[str]
    files: dict[str, str]
    lacking: list[str]
    remarks: list[dict[str, Any]]


@router.get("/forms/{slug}/versions", response=list[VersionOut], summary="Versions of a form, the newest first")
def list_versions(request: Request, slug: str) -> list[dict[str, Any]]:
    form = get_object_or_404(forms_for(request.actor), slug=slug)
    rows = visible(request.actor, FormVersion).filter(form=form).select_related("form").prefetch_related("files")
    return [_version(row) for row in rows]


def _version(row: FormVersion) -> dict[str, Any]:
    files = {file.name: file.md5 for file in row.files.all()}
    return {
        "number": row.number, "version": row.version, "state": row.state, "uploaded_at": row.uploaded_at,
        "published_at": row.published_at, "workbook": f"{row.get_absolute_url()}workbook", "sha256": row.sha256,
        "xform": f"{row.get_absolute_url()}form.xml", "md5": row.md5, "languages": row.languages, "files": files,
        "lacking": [name for name in row.media if name not in files],
        "remarks": [
            {"code": one.code, "sheet": one.sheet, "row": one.row, "words": one.words, "keeps_from_use": one.is_grave}
            for one in remarks_of(row)
        ],
    }  # fmt: skip


class BankQuery(Schema):
    """about: nothing, place, facility or other; kind: code of the level, of the kind of facility or of the register."""

    q: str = ""
    owner: str = ""
    about: str = ""
    kind: str = ""
    page: int = 1
    size: int = 50


class BankQuestion(Schema):
    """chosen: names the question in /questions/chosen.xlsx; rounds: of the form within a year."""

    chosen: str
    form: str
    owner: str
    about: str
    kind: str
    name: str
    type: str
    label: dict[str, str]
    choices: list[dict[str, Any]]
    minutes: int | None
    is_standing: bool
    rounds: int


class BankPage(Schema):
    count: int
    items: list[BankQuestion]


@router.get("/questions", response=BankPage, summary="Questions of all forms in use that the caller sees")
def list_questions(request: Request, query: Query[BankQuery]) -> dict[str, Any]:
    asked = query.model_dump()
    page, size = max(1, asked.pop("page")), min(max(1, asked.pop("size")), 500)
    rows = asked_by(request.actor, **asked)
    return {"count": len(rows), "items": [_question(row) for row in rows[(page - 1) * size : page * size]]}


def _question(row: Asked) -> dict[str, Any]:
    told = _form(row.form)
    return {
        "chosen": row.address, "form": row.form.slug, **{name: told[name] for name in ("owner", "about", "kind", "minutes", "is_standing")},
        "name": row.question.field["name"], "type": row.question.field["type"], "label": dict(row.question.label),
        "choices": [{"value": value, "label": dict(label)} for value, label in row.question.choices], "rounds": row.rounds,
    }  # fmt: skip
