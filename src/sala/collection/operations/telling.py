"""Messages about answers: to the post that sent one, and to the office that checks it, each reader in their language."""

from collections.abc import Callable, Iterable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sala.collection.models import AnswerStep, Reading
from sala.collection.states import Step
from sala.core.language import required_language
from sala.duties.standing_in import reached_many
from sala.people.models import Position
from sala.people.operations import Letter, queue_messages
from sala.people.telephone import short_text


def tell_sender(reading: Reading, step: AnswerStep, *, leaving_out: int | None = None) -> None:
    """Whoever sent it, and the post that answers for the place where that is another."""
    posts = {reading.submission.position_id: reading.submission.position}
    if reading.expected is not None and reading.expected.respondent is not None:
        posts.setdefault(reading.expected.respondent.pk, reading.expected.respondent)
    _tell(reading, step, posts.values(), leaving_out)


def tell_checker(reading: Reading, step: AnswerStep, *, leaving_out: int | None = None) -> None:
    """The post that took the last step on it; before that, the post that the round asks."""
    taken = AnswerStep.objects.filter(submission=reading.pk).exclude(pk=step.pk).exclude(position=step.position)
    last = taken.order_by("-pk").values_list("position", flat=True).first()
    asked = reading.expected.assignment.position_id if reading.expected else None
    posts = Position.objects.select_related("organisation").filter(pk__in=[pk for pk in (last or asked,) if pk])
    _tell(reading, step, posts, leaving_out)


def tell_of_correction(reading: Reading, approved: Reading, *, leaving_out: int | None = None) -> None:
    """A correction came to an answer that was approved and handed in: the post that approved it, else the one asked."""
    steps = AnswerStep.objects.filter(submission=approved.pk, step=Step.APPROVE, position__isnull=False)
    last = steps.order_by("-pk").values_list("position", flat=True).first()
    asked = approved.expected.assignment.position_id if approved.expected else None
    posts = Position.objects.select_related("organisation").filter(pk__in=[pk for pk in (last or asked,) if pk])
    _write(
        reading, f"corrects-{reading.pk}", lambda: _("A correction of an approved answer came"),
        lambda: [_("The approved answer stands. Have the part returned to your office, then take the correction instead.")],
        posts, leaving_out,
    )  # fmt: skip


def _title(step: str) -> str:
    if step == Step.RETURN:
        return _("Your answer was returned: please correct it")
    if step == Step.SET_ASIDE:
        return _("Your answer was set aside")
    return _("A comment on an answer")


def _short(step: str, number: int) -> str:
    """What fits into a short message. The number is the one that the reply to a short message named."""
    if step == Step.RETURN:
        return _("Returned, please correct: answer %(number)d") % {"number": number}
    if step == Step.SET_ASIDE:
        return _("Set aside: answer %(number)d") % {"number": number}
    return _("Comment: answer %(number)d") % {"number": number}


def _tell(reading: Reading, step: AnswerStep, posts: Iterable[Position], leaving_out: int | None) -> None:
    said = [step.note, *(f"{remark['label']}: {remark['reason']}" for remark in step.remarks)]
    _write(reading, f"{step.step}-{step.pk}", lambda: _title(step.step), lambda: said, posts, leaving_out,
           lambda: _short(step.step, reading.pk))  # fmt: skip


def _write(reading: Reading, wave: str, title: Callable[[], str], said: Callable[[], list[str]],
           posts: Iterable[Position], leaving_out: int | None, short: Callable[[], str] | None = None) -> None:  # fmt: skip
    """title, said, short: asked for in the language of each reader"""
    told = reached_many(posts)
    link = settings.BASE_URL.rstrip("/") + reading.submission.get_absolute_url()
    people = {person.pk: person for each in told.values() for person in each.people if person.pk != leaving_out}
    letters = []
    for person in people.values():
        with translation.override(person.language or required_language()):
            about = " ".join(filter(None, [str(reading.facility or reading.area or ""), reading.period]))
            text = "\n".join(filter(None, [str(reading.form), about, *said(), link]))
            words = short_text(short(), link) if short else ""
            letters.append(Letter(person, reading.submission, wave, title(), text, words))
    queue_messages(letters)
