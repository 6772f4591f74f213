"""Short messages from posts: who sent it, which form, what was understood. A message that comes twice is answered alike."""

import re
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from sala.collection import sms
from sala.collection.about import nouns
from sala.collection.models import About, Channel, Form, FormVersion, Reading, ReadingState, Submission
from sala.collection.models.sms import ShortMessage
from sala.collection.operations.intake import receive
from sala.collection.operations.reading import read_now
from sala.collection.queries.about import expected_about, subject_of_row
from sala.collection.queries.forms import texts_of, versions_with_keyword
from sala.collection.states import STANDING
from sala.core import clock
from sala.core.errors import SalaError
from sala.core.language import required_language
from sala.people.models import Person
from sala.people.queries import actor_for, appointments_on
from sala.places.models import Area, Facility

LAST_DIGITS = 8  # of a telephone number, which every way of writing it has in common
LONGEST = 1000  # characters of a message


def answer(message_id: str, sender: str, text: str) -> str:
    """Take one message in and say what was understood or what is wrong, in the sender's language."""
    text = text.replace("\x00", "")[:LONGEST]
    with transaction.atomic():
        row, is_new = ShortMessage.objects.select_for_update().get_or_create(
            message_id=message_id[:200], defaults={"received_at": clock.now()}
        )
        if not is_new and row.reply:
            return row.reply
        people = senders(sender)
        person = people[0] if len(people) == 1 else None
        with translation.override((person.language if person else "") or required_language()):
            row.reply, row.submission = _taken(person, len(people), message_id, text)
        row.save()
        return row.reply


def senders(number: str) -> list[Person]:
    """The people in a post today whose telephone this is."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < LAST_DIGITS:
        return []
    held = appointments_on(clock.today()).values("person")
    rows = Person.objects.filter(pk__in=held, is_active=True).exclude(phone="")
    tail = digits[-LAST_DIGITS:]
    return [person for person in rows.order_by("pk") if re.sub(r"\D", "", person.phone)[-LAST_DIGITS:] == tail]


def _taken(person: Person | None, known: int, message_id: str, text: str) -> tuple[str, Submission | None]:
    if person is None:
        if known:
            return _("This number belongs to several people. Ask your office to correct the telephone numbers."), None
        return _("This number is not known. Ask your office to enter it with your name."), None
    words = sms.words_of(text)
    found = _form(words[0]) if words else None
    if found is None:
        return _("No form has the word “%(word)s”. Begin with the word that your office gave you.") % {"word": words[0] if words else ""}, None  # fmt: skip
    form, version = found
    asked = sms.questions(version.fields, form.subject_question)
    if asked is None or (form.about != About.NOTHING and not form.subject_question):
        return _("The form “%(form)s” does not fit into a short message. Use the app, the browser or paper.") % {"form": form.title}, None  # fmt: skip

    def label_of(each: Any) -> str:
        return texts_of(version, each["labels"]).text().text or each["name"]

    if len(words) == 1:
        return _format(form, words[0], asked, label_of), None
    given = words[1:] if form.about != About.NOTHING else ["", *words[1:]]
    said = sms.read(given, asked, version.choices, label_of)
    row = _subject(form, said, version)
    if said.faults:
        return _("Not taken: %(faults)s") % {"faults": " ".join(said.faults[:3])}, None
    actor = actor_for(person)
    standing = _standing(form, row)
    ours = standing if standing and standing.submission.position_id in actor.position_ids else None
    if ours and ours.state == ReadingState.APPROVED:
        words_back = _("Not taken: your answer number %(number)d on %(subject)s was approved and stands. Wrong? Tell your office.")  # fmt: skip
        return words_back % {"number": ours.pk, "subject": row.name}, None
    corrects = ours.submission.instance_id if ours else ""
    try:
        xml = sms.instance(version.xform, said.values, message_id, corrects)
        received = receive(actor, xml, channel=Channel.SMS, form=form)
    except SalaError as error:
        return str(error), None
    read_now(received.submission)  # the next message about the same is told by it
    told = "; ".join(f"{label}: {value}" for label, value in said.told)
    words_back = _("Received: %(form)s, %(subject)s. %(told)s. Number %(number)d. Wrong? Tell your office.")
    if ours:
        words_back = _("Corrected: %(form)s, %(subject)s. %(told)s. Number %(number)d takes the place of %(before)s.")
    elif standing is not None:
        words_back = _("Received: %(form)s, %(subject)s. %(told)s. Number %(number)d. Another answer came before and stands until the office decides.")  # fmt: skip
    values = {
        "form": form.title, "subject": row.name if row else "", "told": told, "number": received.submission.pk,
        "before": ours.pk if ours else "",
    }  # fmt: skip
    return words_back % values, received.submission


def _form(keyword: str) -> tuple[Form, FormVersion] | None:
    for version in versions_with_keyword().order_by("form"):
        if sms.keyword_of(version.settings) == sms.as_keyword(keyword):
            return version.form, version
    return None


def _standing(form: Form, row: Any) -> Reading | None:
    """The answer that stands for the row of an open round which a message about this would be for; none where one waits."""
    if row is None:
        return None
    expected = expected_about(form, subject_of_row(row, clock.today()))
    if expected is None or not expected.is_open:
        return None
    rows = Reading.objects.filter(expected=expected, state__in=STANDING)
    return rows.select_related("submission").defer("values", "submission__xml").first()


def _subject(form: Form, said: sms.Said, version: FormVersion) -> Any:
    """What the answer is about, None for nothing; its code is put to the form's own question."""
    if form.about == About.NOTHING:
        return None
    code = said.subject
    row: Any
    if form.about == About.OTHER:
        known = nouns()[form.about_noun].find(code, clock.today())
        row = known[0] if len(known) == 1 else None
    elif form.about == About.FACILITY:
        rows: Any = Facility.objects.filter(kind=form.facility_kind, is_duplicate=False)
        row = rows.filter(code__iexact=code).first() or rows.filter(codes__value__iexact=code).first()
    else:
        rows = Area.objects.filter(level=form.level, ended_on__isnull=True)
        row = rows.filter(code__iexact=code).first() or rows.filter(codes__value__iexact=code).first()
    if row is None:
        said.faults.append(_("There is no code %(code)s. Look at your list.") % {"code": code})
        return None
    question = next(each for each in version.fields if each["name"] == form.subject_question)
    said.values[question["path"]] = row.code
    return row


def _format(form: Form, keyword: str, asked: Any, label_of: Any) -> str:
    parts = " ".join(f"<{label_of(each)}>" for each in asked)
    return _("%(form)s. Write: %(keyword)s %(subject)s %(parts)s; - for what you do not know.") % {
        "form": form.title, "keyword": keyword, "subject": _("<code>") if form.about != About.NOTHING else "", "parts": parts,
    }  # fmt: skip
