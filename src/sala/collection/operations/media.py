"""Files that a version needs beside its XForm: sent by its author, or lists made of our own nouns and kept up to date."""

import hashlib
import io
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.collection import policy
from sala.collection.models import FormMedia, FormVersion, VersionState
from sala.collection.queries.lists import Source, made
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.files import child, store
from sala.core.operation import lock, operation
from sala.journal.operations import record

CHECK = "sala.core.files.form_media:check"

log = logging.getLogger(__name__)


def add_file(actor: Actor, version: FormVersion, path: Path, name: str) -> FormVersion:
    """Keep a file that the version wants, under the name by which the workbook calls it. Raises Unreadable."""
    require(actor, policy.EDIT, version.form)
    _check_wanted(version, name)
    found = child.run(CHECK, path, name=name)
    _check_columns(version, name, found["columns"])
    content = path.read_bytes()
    return _keep_file(actor, version, name, content, "")


def use_list(actor: Actor, version: FormVersion, name: str, source: Source) -> FormVersion:
    """Make a file that the version wants of our own nouns, and anew whenever they change."""
    require(actor, policy.EDIT, version.form)
    _check_wanted(version, name)
    if not name.lower().endswith(".csv"):
        raise Invalid(
            fields={"name": [_("Our lists are CSV. Give the file a name that ends in .csv in the workbook.")]}
        )
    content = made(source)
    if content.count(b"\n") < 2 and not source.is_by_reader:
        raise Invalid(_("The list would be empty. Choose another level, kind or place."))
    _check_columns(version, name, content.decode().split("\n", 1)[0].split(","))
    return _keep_file(actor, version, name, content, str(source))


def _check_wanted(version: FormVersion, name: str) -> None:
    if name not in version.media:
        words = _("The form wants no file “%(name)s”. It wants: %(names)s.")
        raise Invalid(fields={"name": [words % {"name": name, "names": ", ".join(version.media) or "–"}]})


def _check_columns(version: FormVersion, name: str, columns: Sequence[str]) -> None:
    """A question that chooses from the file shows one of its columns and keeps another."""
    for field in version.fields:
        if field["list"] != name or not columns:
            continue
        usual = ("id", "title") if name.lower().endswith(".geojson") else ("name", "label")
        wanted = [field["parameters"].get(key, column) for key, column in zip(("value", "label"), usual, strict=True)]
        if lacking := [column for column in wanted if column not in columns]:
            words = _("The question “%(question)s” reads the column “%(column)s” of %(name)s, which has only: %(columns)s.")  # fmt: skip
            told = {"question": field["name"], "column": lacking[0], "name": name, "columns": ", ".join(columns[:20])}
            raise Invalid(words % told)


@operation
def _keep_file(actor: Actor, version: FormVersion, name: str, content: bytes, source: str) -> FormVersion:
    form = lock(version.form)
    require(actor, policy.EDIT, form)
    version = lock(version)
    if version.state != VersionState.DRAFT:
        raise Conflict(_("This version is or was in use; its files stay. Send the workbook as a new version first."))
    kept = keep_media(version, name, content, source)
    record(
        actor, policy.EDIT, form, change="form file kept", version=version.version, name=name, source=source,
        sha256=kept.sha256,
    )  # fmt: skip
    return version


def keep_media(version: FormVersion, name: str, content: bytes, source: str = "") -> FormMedia:
    """Write the file under its name, in place of what stood there."""
    sha256, size = store.keep_stream(io.BytesIO(content))
    row, _new = FormMedia.objects.update_or_create(
        version=version, name=name,
        defaults={
            "source": source, "sha256": sha256, "bytes": size, "made_at": clock.now(),
            "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        },
    )  # fmt: skip
    return row


def carry_files(version: FormVersion) -> None:
    """Take over what an earlier version had under the same names, so that nobody sends a file twice."""
    earlier = FormMedia.objects.filter(version__form=version.form_id, version__number__lt=version.number)
    newest = {row.name: row for row in earlier.filter(name__in=version.media).order_by("version__number")}
    standing = set(version.files.values_list("name", flat=True))
    for name, row in newest.items():
        if name not in standing:
            row.pk, row.version = None, version
            row.save(force_insert=True)


@operation
def renew_lists(actor: Actor, version: FormVersion | None = None) -> int:
    """Make the lists of versions in use, and of drafts, anew where the registers have changed. Returns how many did.

    version  only those of this one. A list whose area is not known any more stays as it is.
    """
    rows = FormMedia.objects.exclude(source="").filter(
        Q(version__state=VersionState.DRAFT) | Q(version__form__is_published=True, version__state=VersionState.CURRENT)
    )
    if version is not None:
        rows = FormMedia.objects.exclude(source="").filter(version=version)
    anew: dict[str, tuple[bytes, str] | None] = {}
    changed = 0
    for row in rows.select_related("version__form").order_by("pk").select_for_update(of=("self",)):
        if row.source not in anew:
            anew[row.source] = _made_anew(row.source)
        content = anew[row.source]
        if content and content[1] != row.sha256:
            keep_media(row.version, row.name, content[0], row.source)
            record(
                actor, policy.EDIT, row.version.form, change="form list made anew", version=row.version.version,
                name=row.name, sha256=content[1],
            )  # fmt: skip
            changed += 1
    return changed


def _made_anew(source: str) -> tuple[bytes, str] | None:
    try:
        content = made(Source.read(source))
    except (Invalid, ValueError) as error:
        log.warning("the list %s of a form cannot be made any more: %s", source, error)
        return None
    return content, hashlib.sha256(content).hexdigest()


def first_rows(row: FormMedia) -> dict[str, Any]:
    """columns, first and count of a list (core.files.form_media); all empty for anything else."""
    return child.run(CHECK, store.path_of(row.sha256), name=row.name)
