"""What a checker should look at in an answer. Plain reckoning, free of tables; a flag never refuses anything.

A flag is {"code": one of WORDS, "path": of the question or "", "values": what the sentence names}. How many flags there
are decides how many answers somebody must look at, so each limit below is set by that, not by a textbook: on counts
that only vary by chance fewer than one in a thousand is flagged (a test draws them).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.utils.translation import gettext_lazy as _

from sala.core.files.reasons import words_of

Flag = dict[str, Any]

RATIO = 1.5  # a figure within this factor of the one before is never an outlier
PLAIN_RATIO = 3.0  # without enough like places to compare with, this factor is
PEERS = 10  # like places, with a figure before and now, from which their changes say what is usual
ROBUST = 3.5  # distance from the median change, in deviations that a half of the places keep within
HISTORY = 12  # periods from which the least and the most say what is usual
CHANCE = 5.0  # deviations of a count by chance alone (the square root of it) that are never an outlier

LEAST_COPIED = 5  # figures that must be there for "the same as last time" to mean anything
COPIED = 0.95  # share of them that is the same
SECONDS_A_QUESTION = 2.0
SHARE_OF_MINUTES = 0.2  # of the time the form's author expects

FUTURE = timedelta(minutes=15)
OLDEST = timedelta(days=400)
PHOTO_EARLIER = timedelta(days=2)
PHOTO_FAR_M = 1000.0

WORDS: dict[str, Any] = {
    "outlier-last": _("%(now)s here; %(last)s in %(period)s. Like places did not change so much."),
    "outlier-range": _("%(now)s here; in the %(count)s periods before it was between %(least)s and %(most)s."),
    "same-as-last": _("%(same)s of %(count)s figures are exactly those of %(period)s. They may have been copied."),
    "too-fast": _("Filled in within %(seconds)s seconds; at least %(least)s were to be expected."),
    "far-away": _("Filled in %(km)s km from the place it is about."),
    "clock-off": _("The device says it was finished on %(device)s; it came in on %(received)s. Its clock is wrong, or it was filled in long ago."),
    "ends-before-it-begins": _("The device says it was finished before it was begun. Its clock was changed in between."),
    "version-unknown": _("It was filled in with version “%(version)s” of the form, which is not here. It was read with the version in use."),
    "version-not-in-use": _("It was filled in with version “%(version)s” after another version was put in use."),
    "form-withdrawn": _("It was filled in with a form that is out of use."),
    "photo-earlier": _("The photo was taken on %(taken)s, the answer was filled in on %(ended)s."),
    "photo-far": _("The photo was taken %(km)s km from where the answer was filled in."),
    "photo-unreadable": _("The photo cannot be opened."),
    "files-missing": _("Files that belong to it have not come yet: %(names)s."),
    "value-unfit": _("“%(value)s” was sent here, which does not fit this question. It was left out."),
    "unknown-question": _("It answers a question that the form does not have: %(path)s."),
    "not-read": _("It cannot be read, and no values were taken from it. %(why)s"),
    "subject-unknown": _("No place or facility has the code “%(code)s”. Ask whoever sent it."),
    "subject-ambiguous": _("More than one place or facility can be meant by the code “%(code)s”."),
    "subject-other": _("The code “%(code)s” is of a place or facility that this form is not about."),
    "subject-not-said": _("It does not say which place or facility it is about, and who sent it does not tell."),
    "place-unknown": _("No place has the code “%(code)s”, which is to say who answers. Ask whoever sent it."),
    "place-not-said": _("It does not say which place answers. Ask whoever sent it."),
    "not-expected": _("No round expects this answer."),
    "other-sender": _("It was sent by another office than the one that answers for this place or facility."),
    "corrects-unknown": _("It corrects an answer that is not here."),
    "corrects-foreign": _("It says that it corrects an answer that another office sent. That answer was left as it is."),
    "corrects-approved": _("It corrects an approved answer whose office has handed in its part of the round. The approved one stands until this one is taken instead."),
    "corrects-corrected": _("It corrects an answer that another correction replaced before."),
}  # fmt: skip


def flag(code: str, path: str = "", /, **values: Any) -> Flag:
    if code not in WORDS:
        raise KeyError(code)
    return {"code": code, "path": path, "values": values}


def sentence(given: Mapping[str, Any]) -> str:
    """What a flag says, in the reader's language."""
    values = {name: shown(value) for name, value in given["values"].items()}
    if given["code"] == "not-read":
        values["why"] = str(words_of(given["values"]["why"], given["values"].get("told", {})))
    return str(WORDS[given["code"]]) % values


def shown(value: Any) -> str:
    """A value inside a sentence: figures without a tail of digits, names one after another."""
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)


# ---- figures -----------------------------------------------------------------------------------------------------


def change(now: float, before: float) -> float:
    """By how much a figure changed, as a logarithm, so that doubled and halved are alike far. A zero counts as a half."""
    return math.copysign(math.log1p(2 * abs(now)), now) - math.copysign(math.log1p(2 * abs(before)), before)


def by_chance(now: float, before: float) -> bool:
    """Whether two counts may differ so much by chance alone."""
    return abs(now - before) <= CHANCE * math.sqrt(max(abs(now), abs(before), 1.0))


def deviates(now: float, before: float, *, is_count: bool = True) -> bool:
    """Whether a figure differs enough from an earlier one to be compared with the changes of like places."""
    return abs(change(now, before)) > math.log(RATIO) and not (is_count and by_chance(now, before))


def unusual_change(now: float, before: float, peers: Sequence[tuple[float, float]]) -> bool:
    """Whether like places changed otherwise. peers: (now, before) of each; needs PEERS of them, else a plain factor.

    The distance from the median of their changes, in deviations of the middle half of them (and, where more than half
    changed alike, of all of them): one wild neighbour does not hide another, as it does where the mean is taken.
    """
    own = change(now, before)
    if len(peers) < PEERS:
        return abs(own) > math.log(PLAIN_RATIO)
    changes = [change(one, other) for one, other in peers]
    middle = median(changes)
    away = [abs(each - middle) for each in changes]
    spread = 1.4826 * median(away) or 1.2533 * sum(away) / len(away)
    distance = abs(own - middle)
    return distance > math.log(RATIO) and distance > ROBUST * spread


def outside(now: float, history: Sequence[float]) -> bool:
    """Whether a figure lies outside of what HISTORY periods or more showed, widened by their span on each side.

    The bare least and most would be passed once in seven times by chance alone.
    """
    if len(history) < HISTORY:
        return False
    least, most = min(history), max(history)
    if least == most:
        return abs(change(now, least)) > math.log(RATIO)
    room = most - least
    return not least - room <= now <= most + room


# ---- the whole answer --------------------------------------------------------------------------------------------


def same_as_last(now: Mapping[str, Any], last: Mapping[str, Any], paths: Iterable[str], period: str) -> list[Flag]:
    """paths: of the figures, and of repeats that hold some. What is empty or nothing both times says nothing."""
    asked = [path for path in paths if now.get(path) or last.get(path)]
    same = sum(now.get(path) == last.get(path) for path in asked)
    if len(asked) < LEAST_COPIED or same < COPIED * len(asked):
        return []
    return [flag("same-as-last", same=same, count=len(asked), period=period)]


def too_fast(started: datetime | None, ended: datetime | None, minutes: int | None, answered: int) -> list[Flag]:
    """minutes: as the form's author expects; answered: questions that a person answered, those of repeats each time."""
    if started is None or ended is None or ended < started:
        return []
    seconds = (ended - started).total_seconds()
    least = max(SECONDS_A_QUESTION * answered, SHARE_OF_MINUTES * 60 * (minutes or 0) if answered else 0)
    return [flag("too-fast", seconds=round(seconds), least=round(least))] if seconds < least else []


def clock_off(started: datetime | None, ended: datetime | None, received: datetime) -> list[Flag]:
    if started and ended and ended < started:
        return [flag("ends-before-it-begins")]
    last = ended or started
    if last is None or received - OLDEST <= last <= received + FUTURE:
        return []
    return [flag("clock-off", device=f"{last:%Y-%m-%d %H:%M}", received=f"{received:%Y-%m-%d %H:%M}")]


def far_away(path: str, metres: float | None, allowed: float, accuracy: float | None) -> list[Flag]:
    """metres: from the place to the point that was measured; accuracy: of that point, in metres."""
    if metres is None or metres <= allowed + (accuracy or 0):
        return []
    return [flag("far-away", path, km=kilometres(metres))]


def photo(path: str, *, taken: datetime | None, metres: float | None, ended: datetime | None) -> list[Flag]:
    """taken: as the camera wrote it, in the country's time; metres: from where the answer was filled in."""
    found = []
    if taken and ended and taken < ended - PHOTO_EARLIER:
        found.append(flag("photo-earlier", path, taken=f"{taken:%Y-%m-%d}", ended=f"{ended:%Y-%m-%d}"))
    if metres is not None and metres > PHOTO_FAR_M:
        found.append(flag("photo-far", path, km=kilometres(metres)))
    return found


def kilometres(metres: float) -> float:
    return round(metres / 1000, 1 if metres < 100_000 else 0)
