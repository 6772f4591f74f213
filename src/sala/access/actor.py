"""Who acts: a person with the positions held today, a token bound to one position, the post itself where the calendar
acts in its name, the public, or the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from sala.core.errors import NotPermitted

PUBLIC_LABEL = _("Public")
Kind = Literal["public", "person", "token", "post", "operator", "command"]


@dataclass(frozen=True)
class Grant:
    """Verbs that a position holds within an area and an organisation (paths; the empty path means everywhere)."""

    verbs: frozenset[str]
    area_path: str
    organisation_path: str

    def covers(self, verb: str, area_path: str | None, owner_path: str | None) -> bool:
        return (
            verb in self.verbs
            and (area_path is None or area_path.startswith(self.area_path))
            and (owner_path is None or owner_path.startswith(self.organisation_path))
        )


@dataclass(frozen=True)
class Holding:
    """One position held today.

    is_government  its organisation is an office of the state: not a company, civil society or a development partner
    """

    position_id: int
    label: str
    organisation_id: int
    organisation_path: str
    is_government: bool
    grants: tuple[Grant, ...] = ()


@dataclass
class Actor:
    """Everything the access rule needs to know of whoever asks.

    position_id  the position that allowed the running operation; `require` sets it
    chosen       the position the person said to act in, when several are held
    token        the API token by which a machine asks
    shared       noun → ids of rows that are shared with the actor's organisations today
    some         of what is shared in part only: number of a part → names of its columns that are open
    """

    kind: Kind = "public"
    person_id: int | None = None
    holdings: tuple[Holding, ...] = ()
    chosen: int | None = None
    position_id: int | None = None
    label: Any = PUBLIC_LABEL
    session: int | None = None
    token: int | None = None
    shared: Mapping[str, frozenset[int]] = field(default_factory=dict)
    some: Mapping[int, frozenset[str]] = field(default_factory=dict)
    _audiences: frozenset[str] | None = field(default=None, repr=False)

    @property
    def is_signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def is_government(self) -> bool:
        """Whether the actor reads what is open to government: one of the posts is of the state."""
        return any(holding.is_government for holding in self.holdings)

    @property
    def has_post(self) -> bool:
        """Whether the actor holds any post, also one of a company: it has a desk, and what its own house takes part in."""
        return bool(self.holdings)

    @property
    def is_everything(self) -> bool:
        """The command line and an operator's open session; both are journalled as what they are."""
        return self.kind in ("command", "operator")

    @property
    def position_ids(self) -> list[int]:
        return [holding.position_id for holding in self.holdings]

    def organisation_paths(self) -> list[str]:
        return [holding.organisation_path for holding in self.holdings]

    def areas_readable(self) -> list[str]:
        """Paths of areas in which the actor reads what every organisation keeps to itself."""
        return [
            grant.area_path
            for holding in self.holdings
            for grant in holding.grants
            if AREA_READ in grant.verbs and grant.organisation_path == ""
        ]

    def shared_ids(self, noun: str) -> frozenset[int]:
        return self.shared.get(noun, frozenset())

    def has_anywhere(self, verb: str) -> bool:
        """Whether the verb is held at all; for showing a link, never for allowing a change."""
        return self.is_everything or any(verb in grant.verbs for holding in self.holdings for grant in holding.grants)

    def post_with(self, verb: str) -> Holding | None:
        """The first post that holds the verb somewhere; for showing what waits for it, never for allowing a change."""
        return next((one for one in self.holdings if any(verb in grant.verbs for grant in one.grants)), None)

    def acting_post(self, verb: str) -> Holding:
        """The post in which the actor does what no single row decides about: the one chosen, else the first that holds the
        verb somewhere. Raises NotPermitted where none does."""
        able = [one for one in self.holdings if any(verb in grant.verbs for grant in one.grants)]
        if not able:
            raise NotPermitted(_("None of your posts may do this. Ask your administrator for the right."))
        return next((one for one in able if one.position_id == self.chosen), able[0])

    @property
    def audiences(self) -> frozenset[str]:
        """Words that mark what this actor may read; matched against those written on each search row."""
        if self._audiences is None:
            found = {"public"}
            if self.is_government or self.is_everything:
                found.add("gov")
            found |= {owner_word(holding.organisation_id) for holding in self.holdings}
            found |= {f"a{_last_id(path)}" for path in self.areas_readable()}
            found |= {shared_word(noun, pk) for noun, ids in self.shared.items() for pk in ids}
            self._audiences = frozenset(found)
        return self._audiences

    def as_asker(self) -> dict[str, Any]:
        """What is needed to act for the same actor later, with the rights held then."""
        return {"kind": self.kind, "person": self.person_id, "chosen": self.chosen, "token": self.token}

    def as_recorded(self) -> dict[str, Any]:
        recorded: dict[str, Any] = {"kind": self.kind, "person": self.person_id, "position": self.position_id}
        if self.session:
            recorded["session"] = self.session
        return recorded


AREA_READ = "area.read"


def _last_id(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def owner_word(organisation_id: int) -> str:
    """Audience of an organisation: those who hold a post in it."""
    return f"o{organisation_id}"


def shared_word(noun: str, pk: int) -> str:
    """Audience of one row: those with whom it is shared carry it as long as the sharing lasts."""
    return f"{noun}-{pk}"


def in_part(noun: str) -> str:
    """The word under which rows of a noun stand that are shared in part only."""
    return f"{noun}-some"


def part_of(noun: str) -> str:
    """The word under which the parts themselves stand."""
    return f"{noun}-part"


def path_ids(path: str | None) -> list[int]:
    """Ids of a path such as "/1/14/", outermost first."""
    return [int(part) for part in (path or "").split("/") if part]


def public() -> Actor:
    return Actor()


def command(label: str = "") -> Actor:
    """The operator at the machine's own terminal."""
    return Actor(kind="command", label=label or _("Command line"))
