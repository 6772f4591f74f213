"""The menu: a few groups, and the pages of the group that the reader is in. No script, no hovering: each is a link."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.concessions import policy as concessions
from sala.people import policy as people

SHARED = {"site", "people"}  # parts whose pages belong to no one group
OF_AUTHORITIES = (concessions.ENTER, concessions.CONFIRM, concessions.SCREEN, concessions.INSPECT, concessions.JUDGE,
                  concessions.READ_ALL)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """address: name of the page. for_posts: for who holds a post, also of a company; verbs: for who holds one of them."""

    address: str
    label: Any
    for_posts: bool = False
    verbs: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        return self.address.partition(":")[0]

    @property
    def url(self) -> str:
        return reverse(self.address)

    def is_for(self, actor: Actor) -> bool:
        if self.for_posts and not actor.has_post:
            return False
        return not self.verbs or any(actor.has_anywhere(verb) for verb in self.verbs)


@dataclass(frozen=True)
class Group:
    """What stands together in the menu; its label leads to its first page."""

    label: Any
    entries: tuple[Entry, ...]


@dataclass
class Shown:
    """is_here: the page that is read belongs to it."""

    label: Any
    is_here: bool
    entries: list[Entry] = field(default_factory=list)


GROUPS = (
    Group(_("Search"), (Entry("site:search", _("Search")),)),
    Group(
        _("Places"),
        (
            Entry("places:index", _("Places")),
            Entry("facilities:index", _("Facilities")),
            Entry("people:directory", _("Directory")),
            Entry("people:people", _("People"), True, (people.READ,)),
        ),
    ),
    Group(
        _("Data and documents"),
        (Entry("catalogue:index", _("Datasets")), Entry("documents:documents", _("Documents"))),
    ),
    Group(
        _("Map"),
        (
            Entry("maps:explorer", _("Map")),
            Entry("analyses:here", _("What is here")),
            Entry("analyses:zonal", _("Figures by area")),
            Entry("analyses:choose", _("Suitability")),
        ),
    ),
    Group(
        _("Working together"),
        (
            Entry("duties:calls", _("Calls")),
            Entry("bodies:bodies", _("Bodies")),
            Entry("bodies:projects", _("Projects")),
        ),
    ),
    Group(
        _("From the field"),
        (
            Entry("collection:forms", _("Forms")),
            Entry("collection:visits", _("Visits")),
            Entry("collection:answers", _("Answers"), for_posts=True),
        ),
    ),
    Group(
        _("Concessions"),
        (
            Entry("concessions:concessions", _("All concessions"), for_posts=True),
            Entry("concessions:overview", _("Overview"), for_posts=True),
            Entry("concessions:screenings", _("Screenings"), True, OF_AUTHORITIES),
            Entry("concessions:findings", _("Findings"), True, OF_AUTHORITIES),
            Entry("concessions:situations", _("Situations"), True, OF_AUTHORITIES),
            Entry("concessions:inspections", _("Inspections"), True, OF_AUTHORITIES),
            Entry("concessions:orders", _("Orders"), for_posts=True),
            Entry("concessions:rounds", _("Assessment"), True, OF_AUTHORITIES),
            Entry("concessions:arrears", _("Late payments"), True, (*OF_AUTHORITIES, concessions.DUES)),
            Entry("concessions:completeness", _("Completeness"), True, OF_AUTHORITIES),
            Entry("concessions:parties", _("Parties"), True, OF_AUTHORITIES),
        ),
    ),
    Group(_("Ledger"), (Entry("ledger:accounts", _("Ledger"), for_posts=True),)),
)


def menu(request: HttpRequest, actor: Actor) -> Iterator[Shown]:
    """Groups that hold a page for this reader."""
    match = request.resolver_match
    view, part = (match.view_name, match.app_name) if match else ("", "")
    for group in GROUPS:
        entries = [entry for entry in group.entries if entry.is_for(actor)]
        named = any(entry.address == view for entry in entries)
        akin = part not in SHARED and any(entry.part == part for entry in entries)
        if entries:
            yield Shown(group.label, named or akin, entries)
