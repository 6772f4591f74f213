"""What the page of a round's answers shows: counts and rates, offices or places, the map, and the answers one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from sala.access.actor import path_ids
from sala.access.request import Request
from sala.access.scope import can
from sala.collection import policy
from sala.collection.about import tell_names
from sala.collection.exports import rounds as exports
from sala.collection.forms.rounds import ALL, NarrowForm
from sala.collection.models import About, Expected, ExpectedState, Form
from sala.collection.progress import Progress, grouped, summed, total
from sala.collection.queries.counting import CLOSED, Counts, count
from sala.collection.queries.rounds import (
    OPEN,
    Office,
    answers_of,
    counted_for,
    expected_seen,
    narrowed,
    offices_seen,
    places_closed,
    sees_whole,
)
from sala.duties.models import Call, CallState
from sala.duties.states import WITH_ASKED
from sala.places.maps import shaded_map
from sala.places.models import Area, Level
from sala.places.queries import country

PER_PAGE = 50
OFFICES_AT_MOST = 60  # a table with more rows goes by place
DRAWN_AT_MOST = 400  # places on the map


@dataclass(frozen=True)
class Line:
    """A row of a table: an office, place, form or period, with its counts and the address narrowed to it."""

    name: Any
    counts: Progress
    address: str


def steps() -> list[tuple[int, str]]:
    """Classes of the map and their words."""
    shares = [f"{number * 20}–{number * 20 + 19} %" for number in range(1, 5)]
    return [(0, _("under 20 %")), *enumerate(shares, start=1), (5, _("all came"))]


class Board:
    """How the answers of a round stand for one reader, as narrowed by the address."""

    def __init__(self, request: Request, call: Call):
        self.request, self.actor, self.call = request, request.actor, call
        self.offices = offices_seen(self.actor, call)
        self.is_whole = sees_whole(self.offices, call)
        if not (self.offices or self._own().exists() or call.is_public):
            raise Http404
        self.asked = list(Form.objects.filter(rounds__call=call).order_by("rounds__id"))
        self.periods = sorted({row.period for row in self.counted if row.period})
        self.narrow = NarrowForm(request.GET, actor=self.actor, asked=self.asked, periods=self.periods)
        self.narrow.is_valid()
        data = getattr(self.narrow, "cleaned_data", {})
        self.form = next((one for one in self.asked if one.slug == data.get("form")), None)
        self.place: Area | None = data.get("place")
        self.period: str = data.get("period", "")
        self.state: str = data.get("state") or OPEN
        self.q: str = data.get("q", "")
        office = request.GET.get("office", "")
        self.office = next((row for row in self.offices if str(row.pk) == office), None)

    # ---- what is counted -----------------------------------------------------------------------------------------

    def _own(self) -> QuerySet[Expected]:
        return expected_seen(self.actor, self.call, [])

    @cached_property
    def counted(self) -> list[Office]:
        return self.offices if self.is_whole else counted_for(self.actor, self.call)

    @cached_property
    def closed(self) -> set[int]:
        """Answers whose places the reader may not know. Places and facilities are known to everybody."""
        if all(form.about != About.OTHER for form in self.asked):
            return set()
        rows = Expected.objects.filter(assignment__in=[row.pk for row in self.counted])
        return places_closed(self.actor, self.call, rows | self._own())

    @cached_property
    def counts(self) -> Counts:
        wanted = [self.office] if self.office else self.counted
        if self.period:
            wanted = [row for row in wanted if row.period == self.period]
        return count(
            wanted, form=self.form.pk if self.form else None, place=self.place, by_place=True, level=self._drawn_level,
            closed=self.closed,
        )  # fmt: skip

    @cached_property
    def total(self) -> Progress:
        return total(self.counts.parts)

    # ---- the answers themselves ----------------------------------------------------------------------------------

    def seen(self) -> Any:
        return answers_of(expected_seen(self.actor, self.call, self.offices))

    def found(self) -> Any:
        """The answers that the narrowing leaves, in the order of offices."""
        rows = narrowed(
            self.seen(), form=self.form.pk if self.form else None, office=self.office.pk if self.office else None,
            place=self.place, state="" if self.state == ALL else self.state, period=self.period, q=self.q,
            actor=self.actor, closed=self.closed if self.place or self.q else (),
        )  # fmt: skip
        if self.place is not None and self.is_whole:  # only offices that have something there: the list is short then
            rows = rows.filter(assignment__in={one.office for one in self.counts.parts})
        return rows.order_by("assignment_id", "id")

    def _count(self) -> int | None:
        """How many `found` finds, from the counts, where those say it; None where only the rows themselves do."""
        if self.q or not self.offices or len(self.offices) != len(self.counted):
            return None
        found = self.total
        by_state = {
            OPEN: found.missing + found.returned, ALL: found.expected, ExpectedState.WAITING: found.missing,
            ExpectedState.RECEIVED: found.unchecked, ExpectedState.RETURNED: found.returned,
            ExpectedState.APPROVED: found.approved, ExpectedState.WAIVED: found.waived,
        }  # fmt: skip
        return by_state[self.state]

    def page(self) -> Page | None:
        """The answers of the page that is asked for, whole; the others are only counted."""
        if not self.is_asked:
            return None
        paginator = Paginator(self.found().values_list("pk", flat=True), PER_PAGE)
        if (counted := self._count()) is not None:
            paginator.count = counted
        page = paginator.get_page(self.request.GET.get("page"))
        rows = {row.pk: row for row in answers_of(Expected.objects.filter(pk__in=list(page.object_list)))}
        page.object_list = [rows[pk] for pk in page.object_list if pk in rows]
        tell_names(self.actor, page.object_list, self.actor.position_ids)
        return page

    # ---- offices, places, map ------------------------------------------------------------------------------------

    @cached_property
    def ground(self) -> Area:
        """The place that the map shows: the one chosen, else the office's, else the call's, else the country."""
        if self.place is not None:
            return self.place
        if self.office is not None:
            return self.office.ground
        if len(self.counted) == 1:
            return self.counted[0].ground
        return self.call.area or country()

    @cached_property
    def _levels(self) -> list[Level]:
        """Levels below the ground that the answers reach, the widest first."""
        return list(Level.objects.filter(rank__gt=self.ground.level.rank).order_by("rank"))

    @cached_property
    def _drawn_level(self) -> Level | None:
        """The level of the places on the map: two below the ground where they are not too many, else the next one."""
        if not self._levels:
            return None
        for level in self._levels[1::-1]:
            if Area.objects.filter(level=level, path__startswith=self.ground.path, ended_on__isnull=True).count() <= DRAWN_AT_MOST:  # fmt: skip
                return level
        return self._levels[0]

    def places(self) -> list[Line]:
        """The places directly below the ground; last, what lies where the reader may not know."""
        known = {pk: counts for pk, counts in self.counts.places.items() if pk != CLOSED}
        paths = dict(Area.objects.filter(pk__in=list(known)).values_list("pk", "path"))
        depth = len(path_ids(self.ground.path))
        below: dict[int, list[Progress]] = {}
        for pk, counts in known.items():
            chain = path_ids(paths[pk])
            below.setdefault(chain[min(depth, len(chain) - 1)], []).append(counts)
        shown = Area.objects.filter(pk__in=below).only("code", "name").order_by("code")
        lines = [Line(area.name, summed(below[area.pk]), self._narrowed(place=area.code, office=None)) for area in shown]  # fmt: skip
        if hidden := self.counts.places.get(CLOSED):
            lines.append(Line(_("Places not open to you"), hidden, self._narrowed()))
        return lines

    @cached_property
    def _by_assignment(self) -> dict[int, Progress]:
        return grouped(self.counts.parts, lambda one: one.office)

    @cached_property
    def houses(self) -> list[list[Office]]:
        """The assignments that have something to count, those of one organisation together."""
        found: dict[int, list[Office]] = {}
        for row in self.counted:
            if row.pk in self._by_assignment:
                found.setdefault(row.position.organisation_id, []).append(row)
        return list(found.values())

    def by_office(self) -> list[Line]:
        return [
            Line(
                rows[0].position.organisation.name, summed(self._by_assignment[row.pk] for row in rows),
                self._narrowed(office=rows[0].pk if len(rows) == 1 else None, place=self._place_of(rows)),
            )
            for rows in self.houses
        ]  # fmt: skip

    def _place_of(self, rows: Sequence[Office]) -> str | None:
        """A post that is asked for several periods is reached by its place."""
        return None if len(rows) == 1 else rows[0].position.organisation.area.code

    def _narrowed(self, **changes: Any) -> str:
        query = self.request.GET.copy()
        for name, value in {"page": None, **changes}.items():
            query.pop(name, None)
            if value is not None:
                query[name] = str(value)
        return f"{self.request.path}?{query.urlencode()}"

    def by_period(self) -> list[Line]:
        periods = {row.pk: row.period for row in self.counted}
        found = grouped(self.counts.parts, lambda one: periods.get(one.office, ""))
        return [Line(period, found[period], self._narrowed(period=period)) for period in sorted(found)]

    def by_form(self) -> list[Line]:
        found = grouped(self.counts.parts, lambda one: one.form)
        return [Line(form.title, found[form.pk], self._narrowed(form=form.slug)) for form in self.asked if form.pk in found]  # fmt: skip

    # ---- the page and the file -----------------------------------------------------------------------------------

    def context(self) -> dict[str, Any]:
        offices = len(self.houses)
        by = self.request.GET.get("by") or ("office" if 1 < offices <= OFFICES_AT_MOST else "place")
        statistics = self.call.statistics or {}
        return {
            "call": self.call, "form": self.narrow, "office": self.office, "place": self.place, "state": self.state,
            "total": self.total, "by": by, "lines": self.by_office() if by == "office" else self.places(),
            "may_switch": offices > 1, "by_form": self.by_form() if len(self.asked) > 1 else [],
            "by_period": self.by_period() if len(self.periods) > 1 and not self.period else [],
            "map": shaded_map(
                self.ground, {pk: counts.step for pk, counts in self.counts.places.items() if pk != CLOSED}
            ),
            "page": self.page(),
            "frozen": statistics.get("answers") if self.call.state == CallState.CLOSED and self.counted else None,
            "query": self.request.GET.urlencode(), "may_decide": self.may_decide(), "steps": steps(),
            "several_forms": len(self.asked) > 1, "several_periods": len(self.periods) > 1,
        }  # fmt: skip

    @property
    def is_asked(self) -> bool:
        """The reader sees single answers, not only counts."""
        return bool(self.offices) or self._own().exists()

    def may_decide(self) -> bool:
        """Whether some office shown still lies with a post for which the reader decides."""
        shown = [self.office] if self.office else self.offices
        posts = {row.position_id: row.position for row in shown if row.state in WITH_ASKED}
        return any(can(self.actor, policy.REVIEW, post) for post in posts.values())

    def file(self, kind: str) -> FileResponse:
        if not self.is_asked or kind not in exports.TYPES:
            raise Http404
        response = FileResponse(
            exports.write_expected(self.actor, self.found(), kind), content_type=exports.TYPES[kind]
        )
        name = f"{self.call.reference}-answers.{kind}"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return response
