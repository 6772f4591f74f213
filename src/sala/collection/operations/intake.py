"""Taking in answers. Phones, browsers, typed paper and SMS all come through `receive`; nothing that came is ever lost.

An answer is known by its instanceID. The same one may come again, whole or in parts, at once or a month later: it is
kept once, and each of its files once. No row is shared by all senders, so that none waits for another.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.collection import policy
from sala.collection.models import Expected, Form, FormVersion, Submission
from sala.collection.operations.sending import may_send, sending_position
from sala.collection.queries.readers import reader_of
from sala.core import clock
from sala.core.errors import Conflict, Invalid, Missing, SalaError, TooLarge, Unreadable
from sala.core.files import store, xform
from sala.core.files.reasons import words_of
from sala.core.files.refusals import Refused
from sala.core.operation import operation
from sala.journal.operations import record
from sala.people.models import Position

LONGEST = 200  # letters of an instanceID and of a file's name
MOST_FILES = 1000  # of one answer
AT_HAND = 60  # seconds


@dataclass(frozen=True)
class Incoming:
    """A file that came with an answer. It is not opened here.

    content  where it lies, an open file, or what arrived in the store's own folder and only needs to be kept
    """

    name: str
    media_type: str
    content: Path | BinaryIO | store.Arrival


@dataclass(frozen=True)
class HandedIn:
    """Of what is typed in: the day on which it reached the office, who gave it, and how (HandedHow). All may be unknown."""

    on: date | None = None
    by: str = ""
    how: str = ""


@dataclass(frozen=True)
class Received:
    """is_new: this call made it; missing: files that the answer names and that have not come yet."""

    submission: Submission
    is_new: bool
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Kept:
    name: str
    media_type: str
    sha256: str
    bytes: int


def receive(
    actor: Actor, xml: bytes, files: Sequence[Incoming] = (), *, channel: str, form: Form | None = None,
    device_id: str = "", waiting: Mapping[int, Position] | None = None,
    said_for: Expected | None = None, handed_in: HandedIn | None = None,
) -> Received:  # fmt: skip
    """Keep an answer, or some more of its files.

    xml   exactly as it was sent    form  the form that the address names; otherwise the answer itself says which
    waiting  ids of forms that are known to wait for a post, with that post
    said_for  the row of a round for which it is sent, where its sender chose one
    handed_in how it reached the office, where it is typed in for somebody else
    Raises Unreadable or TooLarge when it is no answer; Missing for an unknown form; NotPermitted when the form does
    not wait for the sender; Conflict when another answer, or another file, has the same name.
    """
    said = _said(xform.envelope, xml)
    handed_in = handed_in or HandedIn()
    _check_handed_in(handed_in, said_for)
    known = _version_of(said)
    names = _said(reader_of(known.pk, known.md5).read, xml).attachments if known.pk and known.asks_files else []
    _check_names(said, [*names, *(file.name for file in files)])
    position = (waiting or {}).get(known.form_pk)
    if position is not None and form is None:
        may_send(actor, known.form_pk, position)
    else:
        found = _form_of(said, form)
        position = sending_position(actor, found, [name for name in (said.instance_id, said.deprecated_id) if name])
        known = known._replace(form_pk=found.pk)
    answer = Submission(
        form_id=known.form_pk, version_id=known.pk, instance_id=said.instance_id, deprecated_id=said.deprecated_id,
        xml=xml.decode(), sha256=hashlib.sha256(xml).hexdigest(), files_named=names, channel=channel, position=position,
        person_id=actor.person_id, said_for=said_for, token_id=actor.token, device_id=(device_id or said.device_id)[:LONGEST],
        handed_in_on=handed_in.on, given_by=handed_in.by, handed_how=handed_in.how,
    )  # fmt: skip
    return _keep(actor, answer, [_kept(file) for file in files])


class _Known(NamedTuple):
    """What never changes about a version that is or was in use; without pk there is none of that name."""

    form_pk: int
    pk: int | None
    md5: str
    asks_files: bool = False


def _version_of(said: xform.Submission) -> _Known:
    """Kept at hand, since a round brings thousands of answers to one version."""
    key = f"version-{hashlib.md5(f'{said.form_id} {said.version}'.encode(), usedforsecurity=False).hexdigest()}"
    known: _Known | None = cache.get(key)
    if known is None:
        rows = FormVersion.objects.filter(form__form_id=said.form_id, version=said.version, is_published=True)
        row = rows.only("form_id", "md5", "fields").first()
        if row is None:
            return _Known(0, None, "")
        known = _Known(row.form_id, row.pk, row.md5, any(each["type"] in xform.FILES for each in row.fields))
        cache.set(key, known, AT_HAND)
    return known


def _said(read: Any, xml: bytes) -> xform.Submission:
    try:
        return read(xml)
    except Refused as refused:
        error: type[SalaError] = TooLarge if refused.code == "submission-too-large" else Unreadable
        raise error(words_of(refused.code, refused.values)) from None


def _form_of(said: xform.Submission, form: Form | None) -> Form:
    found = Form.objects.select_related("owner").filter(form_id=said.form_id).first()
    if form is not None and (found is None or found.pk != form.pk):
        words = _("This answer belongs to the form “%(found)s”, not to “%(wanted)s”. Send it there.")
        raise Invalid(words % {"found": said.form_id, "wanted": form.form_id})
    if found is None or not (found.is_published or found.withdrawn_at):
        words = _(
            "There is no form “%(form)s” in use here. Keep the answer, and ask the office that gave you the form."
        )
        raise Missing(words % {"form": said.form_id})
    return found


def _check_names(said: xform.Submission, names: Sequence[str]) -> None:
    if len(said.instance_id) > LONGEST or any(not 0 < len(name) <= LONGEST for name in names):
        words = _("The number of the answer, or the name of one of its files, has more than %(limit)s letters. Tell the office that wrote the form.")  # fmt: skip
        raise Invalid(words % {"limit": LONGEST})
    if said.deprecated_id == said.instance_id:
        raise Invalid(
            _("The answer says that it corrects itself. Get the form anew on your device and fill it in again.")
        )
    if len(set(names)) > MOST_FILES:
        words = _("The answer has more than %(limit)s files. Tell the office that wrote the form; it should ask in several answers.")  # fmt: skip
        raise TooLarge(words % {"limit": MOST_FILES})


def _check_handed_in(handed_in: HandedIn, row: Expected | None) -> None:
    """Not after today, and not before the round was opened for which it is."""
    if handed_in.on is None:
        return
    if handed_in.on > clock.today():
        raise Invalid(fields={"handed_in_on": [_("It cannot have been handed in on a day that is still to come.")]})
    opened = row.assignment.call.opens_on if row else None
    if opened and handed_in.on < opened:
        words = _("It cannot have been handed in before the round was opened on %(day)s.")
        raise Invalid(fields={"handed_in_on": [words % {"day": f"{opened:%d.%m.%Y}"}]})


def _kept(file: Incoming) -> _Kept:
    content = file.content
    if isinstance(content, store.Arrival):
        digest, size = content.keep()
    else:
        digest, size = store.keep(content) if isinstance(content, Path) else store.keep_stream(content)
    return _Kept(file.name, file.media_type[:100], digest, size)


@operation
def _keep(actor: Actor, answer: Submission, files: Sequence[_Kept]) -> Received:
    moment = answer.received_at = clock.now()
    if answer.deprecated_id:
        _find_line(answer)
    is_new = _insert(answer)
    if not is_new:
        answer = _same(answer)
    added = _add_files(answer, files, moment) if files else []
    have = {file.name for file in files} | (set() if is_new else set(answer.files.values_list("name", flat=True)))
    if added and not is_new:
        _mark_unread(answer)
    if is_new or added:
        details: dict[str, Any] = {"form": answer.form_id} if is_new else {"change": "file added"}
        record(actor, policy.SEND, answer, **details, files=len(added))
    return Received(answer, is_new, [name for name in answer.files_named if name not in have])


def _find_line(answer: Submission) -> None:
    """The place of a correction in its line; one that came before what it corrects is the second of its own."""
    earlier = Submission.objects.filter(instance_id=answer.deprecated_id).only("form_id", "root_id", "number").first()
    answer.number = 2
    if earlier is None:
        return
    if earlier.form_id != answer.form_id:
        raise Conflict(
            _("This corrects an answer to another form. Open the answer again on your device and send it anew.")
        )
    answer.root_id, answer.number = earlier.root_id or earlier.pk, earlier.number + 1


def _insert(answer: Submission) -> bool:
    """One statement, with its place in the queue, that two equal answers at once cannot both win. False: it was there."""
    with connection.cursor() as cursor:
        cursor.execute(
            """with made as (
                 insert into collection_submission (form_id, version_id, instance_id, deprecated_id, root_id, number, xml,
                   sha256, files_named, channel, position_id, person_id, token_id, device_id, received_at, said_for_id, handed_in_on,
                   given_by, handed_how)
                 values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
                 on conflict (instance_id) do nothing returning id),
               queued as (insert into collection_unread (submission_id) select id from made)
               select id from made""",
            [answer.form_id, answer.version_id, answer.instance_id, answer.deprecated_id, answer.root_id, answer.number,
             answer.xml, answer.sha256, answer.files_named, answer.channel, answer.position_id, answer.person_id,
             answer.token_id, answer.device_id, answer.received_at, answer.said_for_id, answer.handed_in_on, answer.given_by,
             answer.handed_how],
        )  # fmt: skip
        row = cursor.fetchone()
    answer.pk = row[0] if row else None
    return row is not None


def _same(answer: Submission) -> Submission:
    found = Submission.objects.get(instance_id=answer.instance_id)
    if (found.form_id, found.sha256) != (answer.form_id, answer.sha256):
        raise Conflict(
            _("Another answer with this number (%(id)s) was received on %(day)s, and it is kept. Open yours again as a correction and send that.")
            % {"id": answer.instance_id, "day": f"{found.received_at:%d.%m.%Y}"}
        )  # fmt: skip
    return found


def _add_files(answer: Submission, files: Sequence[_Kept], moment: datetime) -> list[_Kept]:
    """Those that were not there. Raises Conflict when another file has the name of one."""
    once = {
        file.name: file for file in sorted(files, key=lambda file: file.name)
    }  # one order, so that none wait in a ring
    if any(once[file.name].sha256 != file.sha256 for file in files):
        raise Invalid(_("Two different files of the answer have the same name. Send each under a name of its own."))
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into collection_submissionfile (submission_id, name, media_type, sha256, bytes, received_at)
               select %s, file.*, %s from unnest(%s::text[], %s::text[], %s::text[], %s::bigint[]) file
               on conflict (submission_id, name) do nothing returning name""",
            [answer.pk, moment, list(once), [file.media_type for file in once.values()],
             [file.sha256 for file in once.values()], [file.bytes for file in once.values()]],
        )  # fmt: skip
        added = {name for (name,) in cursor.fetchall()}
    there = [name for name in once if name not in added]
    for name, digest in answer.files.filter(name__in=there).values_list("name", "sha256") if there else ():
        if digest != once[name].sha256:
            words = _("Another file “%(name)s” of this answer was received before, and it is kept. Send yours with a correction of the answer.")  # fmt: skip
            raise Conflict(words % {"name": name})
    return [file for name, file in once.items() if name in added]


def _mark_unread(answer: Submission) -> None:
    """Late files are read too: where the row is held by who reads it now, this waits, so that none is passed over."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into collection_unread (submission_id) values (%s)
               on conflict (submission_id) do update set submission_id = excluded.submission_id""",
            [answer.pk],
        )
