"""A form from its workbook to its use. The workbook is opened in the child process only, before the transaction."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, sees
from sala.collection import policy, sms
from sala.collection.about import nouns
from sala.collection.calculations import language_map, with_version
from sala.collection.models import About, Form, FormVersion, VersionState
from sala.collection.operations.held import check_answered
from sala.collection.operations.media import carry_files, keep_media, renew_lists
from sala.collection.queries.authoring import NEVER_IN_USE
from sala.collection.queries.forms import versions_with_keyword
from sala.core import clock, language
from sala.core.checking import check, free_address
from sala.core.errors import Conflict, Invalid
from sala.core.files import child, store
from sala.core.files.reasons import words_of
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record
from sala.people.models import Organisation

NAMED = 5  # examples named in a refusal
EXTERNAL = "itemsets.csv"  # as phones call the list that the converter makes of a sheet external_choices


def read_workbook(path: Path, name: str) -> dict[str, Any]:
    """What the child makes of a workbook (core.files.xlsform), with the XForm as text and the workbook kept in the store.

    Raises Unreadable, which names sheet and row, when it is no form that can be used.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = child.run("sala.core.files.xlsform:convert", path, folder, name=name)
        found["xform"] = Path(found["xform"]).read_text(encoding="utf-8")
        found["itemsets"] = Path(found["itemsets"]).read_bytes() if found["itemsets"] else b""
    found["sha256"], found["bytes"] = store.keep(path)
    found["file_name"] = name[:200]
    return found


def make_form(actor: Actor, owner: Organisation, path: Path, name: str) -> Form:
    """A new form from its workbook, with a first version that is not in use yet."""
    return making_form(actor, owner, path, name)()


def making_form(actor: Actor, owner: Organisation, path: Path, name: str) -> Callable[[], Form]:
    """The part of make_form that reads the file. What it returns makes the form, in its caller's transaction."""
    require(actor, policy.EDIT, Form(owner=owner))
    return partial(_make, actor, owner, read_workbook(path, name))


@operation
def _make(actor: Actor, owner: Organisation, found: dict[str, Any]) -> Form:
    form_id = found["form_id"]
    if known := Form.objects.filter(form_id=form_id).select_related("owner").first():
        words = _("A form with the id “%(id)s” stands already: %(title)s (%(owner)s). Send the workbook there as a new version, or change form_id on its sheet “settings”.")  # fmt: skip
        raise Conflict(words % {"id": form_id, "title": known, "owner": known.owner})
    title = {language.required_language(): found["title"] or form_id}
    form = Form(form_id=form_id, title=title, owner=owner)
    require(actor, policy.EDIT, form)
    form.slug = free_address(Form, {"id": form_id.replace("_", "-")}, "form")
    check(form)
    form.save()
    version = _keep_version(actor, form, found)
    record(actor, policy.EDIT, form, change="form made", version=version.version, sha256=version.sha256)
    return form


def receive_version(actor: Actor, form: Form, path: Path, name: str) -> FormVersion:
    """A new version of a form, not in use yet."""
    return receiving_version(actor, form, path, name)()


def receiving_version(actor: Actor, form: Form, path: Path, name: str) -> Callable[[], FormVersion]:
    """The part of receive_version that reads the file."""
    require(actor, policy.EDIT, form)
    return partial(_receive, actor, form, read_workbook(path, name))


@operation
def _receive(actor: Actor, form: Form, found: dict[str, Any]) -> FormVersion:
    form = lock(form)
    require(actor, policy.EDIT, form)
    if found["form_id"] != form.form_id:
        words = _("This workbook is of the form “%(found)s”, not of “%(wanted)s”. Correct form_id on its sheet “settings”, or make a new form of it.")  # fmt: skip
        raise Invalid(words % {"found": found["form_id"], "wanted": form.form_id})
    if known := form.versions.filter(sha256=found["sha256"]).first():
        raise Conflict(_("This very workbook is version %(version)s already. Nothing was added.") % {"version": known.version})  # fmt: skip
    version = _keep_version(actor, form, found)
    record(
        actor, policy.EDIT, form, change="form version received", version=version.version, sha256=version.sha256,
        number=version.number,
    )  # fmt: skip
    return version


def _keep_version(actor: Actor, form: Form, found: dict[str, Any]) -> FormVersion:
    number = (form.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    name = found["version"] or f"{clock.today():%Y%m%d}{number:02d}"
    if form.versions.filter(version=name).exists():
        words = _("Version %(version)s of this form stands already, with other content. Write a new version on the sheet “settings” and send it again.")  # fmt: skip
        raise Conflict(words % {"version": name})
    xform = found["xform"] if found["version"] else with_version(found["xform"], name)
    version = FormVersion.objects.create(
        form=form, number=number, version=name, file_name=found["file_name"], sha256=found["sha256"],
        bytes=found["bytes"], title=found["title"][:300], xform=xform,
        md5=hashlib.md5(xform.encode(), usedforsecurity=False).hexdigest(), fields=found["fields"],
        choices=found["choices"], languages=found["languages"], language_map=language_map(found["languages"]),
        media=found["media"], settings=found["settings"], warnings=found["warnings"],
        uploaded_by_id=actor.position_id, uploaded_at=clock.now(),
    )  # fmt: skip
    if found["itemsets"]:
        keep_media(version, EXTERNAL, found["itemsets"])
    carry_files(version)
    return version


@operation
def change_form(actor: Actor, form: Form, *, topics: Iterable[Term] | None = None, **described: Any) -> Form:
    """Change what is said of a form: title, purpose, what one answer is about, who sees it."""
    form = lock(form)
    require(actor, policy.EDIT, form)
    before = Form.objects.get(pk=form.pk)
    for name, value in described.items():
        setattr(form, name, value)
    if form.about != About.PLACE:
        form.level = None
    if form.about != About.FACILITY:
        form.facility_kind = None
    if form.about != About.OTHER:
        form.about_noun = form.place_question = ""
    if form.about == About.PLACE and form.level is None:
        raise Invalid(fields={"level": [_("Say which level of place one answer is about.")]})
    if form.about == About.FACILITY and form.facility_kind is None:
        raise Invalid(fields={"facility_kind": [_("Say which kind of facility one answer is about.")]})
    if form.about == About.OTHER and form.about_noun not in nouns():
        raise Invalid(fields={"about_noun": [_("Say which register one answer is about.")]})
    if form.place_question and not nouns()[form.about_noun].each_place:
        words = _("Rows of this register have no places that answer one by one. Leave it empty.")
        raise Invalid(fields={"place_question": [words]})
    _check_questions(form)
    check(form)
    form.save()
    if topics is not None:
        form.topics.set(topics)
    record(actor, policy.EDIT, form, change="form described", fields=changed_fields(before, form))
    return form


def _check_questions(form: Form) -> None:
    """The questions that name the subject, and its place, must stand in the newest version, outside of a repeat."""
    if form.place_question and form.place_question == form.subject_question:
        words = _("This question says already what the answer is about. Choose another one for the place that answers.")
        raise Invalid(fields={"place_question": [words]})
    version = form.versions.first()
    for field in ("subject_question", "place_question"):
        name = getattr(form, field)
        if not name or version is None:
            continue
        found = [each for each in version.questions() if each["name"] == name]
        if not found or found[0]["repeat"]:
            words = _("The form has no question “%(name)s” outside of its repeats. Choose another.")
            raise Invalid(fields={field: [words % {"name": name}]})


@operation
def publish_version(actor: Actor, version: FormVersion) -> FormVersion:
    """Put a version in use. The one before stays for answers that were begun with it."""
    form = lock(version.form)
    require(actor, policy.PUBLISH, form)
    version = lock(version)
    if version.state != VersionState.DRAFT:
        raise Conflict(_("This version is or was in use already. Send a changed workbook as a new version."))
    _check_ready(form, version)
    check_answered(actor, version)
    _check_keyword(actor, version)
    renew_lists(actor, version)
    form.versions.filter(state=VersionState.CURRENT).update(state=VersionState.EARLIER)
    version.state, version.is_published, version.published_at = VersionState.CURRENT, True, clock.now()
    version.save()
    form.is_published, form.withdrawn_at = True, None
    form.save()
    record(actor, policy.PUBLISH, form, change="form in use", version=version.version, number=version.number)
    return version


def _check_ready(form: Form, version: FormVersion) -> None:
    if not Translated(form.title).get(language.required_language()):
        raise Invalid(fields={"title": [_("Give the form a title in the country's language first.")]})
    if never := next((row for row in version.warnings if row["code"] in NEVER_IN_USE), None):
        raise Invalid(words_of(never["code"], never["values"]))
    kept = set(version.files.values_list("name", flat=True))
    if lacking := [name for name in version.media if name not in kept]:
        words = _("The form wants files that are not here: %(names)s. Add them, or say which of our lists they are.")
        raise Invalid(words % {"names": ", ".join(lacking[:NAMED])})


def _check_keyword(actor: Actor, version: FormVersion) -> None:
    """A short message is for one form: no two in use begin theirs with the same word. Two put in use at once wait in turn."""
    word = sms.keyword_of(version.settings)
    if not word:
        return
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"keyword {word}"])
    others = [row.form for row in versions_with_keyword().exclude(form=version.form_id) if sms.keyword_of(row.settings) == word]  # fmt: skip
    if not others:
        return
    told = {"word": version.settings[sms.KEYWORD], "form": others[0].title}
    if sees(actor, others[0]):
        words = _("Short messages to “%(form)s” begin with the word “%(word)s” already. Choose another sms_keyword on the sheet “settings”, and send the workbook again.")  # fmt: skip
    else:
        words = _("Short messages to another form begin with the word “%(word)s” already. Choose another sms_keyword on the sheet “settings”, and send the workbook again.")  # fmt: skip
    raise Invalid(words % told)


@operation
def remove_draft(actor: Actor, version: FormVersion) -> None:
    """Throw away a version that never was in use; the form with it when it has no other."""
    form = lock(version.form)
    require(actor, policy.EDIT, form)
    version = lock(version)
    if version.state != VersionState.DRAFT:
        raise Conflict(_("This version was in use; it is kept with the answers given to it."))
    record(actor, policy.EDIT, form, change="form draft removed", version=version.version, sha256=version.sha256)
    version.delete()


@operation
def withdraw_form(actor: Actor, form: Form, *, reason: str) -> Form:
    """Take a form out of use. Answers that were begun are still taken in and marked; nothing that came is lost."""
    form = lock(form)
    require(actor, policy.PUBLISH, form)
    if not form.is_published:
        raise Conflict(_("This form is not in use."))
    form.is_published, form.withdrawn_at = False, clock.now()
    form.save()
    form.versions.filter(state=VersionState.CURRENT).update(state=VersionState.EARLIER)
    record(actor, policy.PUBLISH, form, change="form withdrawn", reason=reason)
    return form
