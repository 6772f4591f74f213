"""Words that the program itself says, in every language of the country, for papers and calls."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.bodies.models import Action, Meeting
from sala.core.language import Translated, languages


def in_each_language(say: Callable[[], str]) -> Translated:
    """What `say` says, once in each language; a translated text put into it comes out in that language."""
    texts = {}
    for code in languages():
        with translation.override(code):
            texts[code] = str(say())
    return Translated(texts)


def address(meeting: Meeting) -> str:
    """Where a message about a meeting leads."""
    return settings.BASE_URL.rstrip("/") + meeting.get_absolute_url()


def closed_point() -> Translated:
    """What stands for a point that the readers of an agenda may not know."""
    return in_each_language(lambda: _("Open point of a closed meeting"))


def invitation_title(meeting: Meeting) -> Translated:
    return in_each_language(lambda: _("Invitation: %(title)s") % {"title": meeting.title})


def report_title(meeting: Meeting) -> Translated:
    return in_each_language(lambda: _("Outcome report: %(title)s") % {"title": meeting.title})


def call_title(wording: Mapping[str, str], longest: int = 120) -> Translated:
    """The first line of what is to be done, cut to the length of a title."""
    return Translated(
        {code: line if len(line := text.split("\n")[0]) <= longest else f"{line[: longest - 1]}…" for code, text in wording.items()}
    )  # fmt: skip


def call_purpose(action: Action) -> Translated:
    """Why a call is made: which decision of which body asks for it."""
    document, meeting = action.decision.document, action.meeting

    def say() -> str:
        return _("Decision No. %(number)s of %(day)s, %(body)s: %(title)s") % {
            "number": document.number,
            "day": date_format(document.issued_on or meeting.day, "DATE_FORMAT"),
            "body": meeting.body.name,
            "title": document.title,
        }

    return in_each_language(say)
