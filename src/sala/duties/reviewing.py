"""Levels of review between the post asked and the post that accepts, laid down once for a whole call.

A plan is a list; each entry is one level: {"code": "STAT-review"} is that very post, {"up": 1, "post": "data_review"} the
post of that kind in the organisation so many steps above the one asked (0: the same organisation).
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import path_ids
from sala.people.models import Organisation, Position


class NoReviewer(ValueError):
    """A level of the plan leads to no post, for the organisation that its text names."""


class Plan:
    """The levels of a call's review."""

    def __init__(self, entries: Sequence[dict[str, Any]]):
        self.entries = entries

    def levels_of(self, positions: Sequence[Position]) -> dict[int, list[int]]:
        """Post asked → the posts that review it, level by level; a level that is the post asked itself is left out.

        positions  with their organisation loaded. A fixed number of queries, however many they are.
        """
        if not self.entries:
            return {position.pk: [] for position in positions}
        codes = {position.pk: [self._code(entry, position) for entry in self.entries] for position in positions}
        organisations = dict(
            Organisation.objects.filter(
                pk__in={pk for found in codes.values() for pk, _post in found if pk}
            ).values_list("pk", "code")
        )
        wanted = {
            position: [f"{organisations[pk]}-{post}" if pk else post for pk, post in found]
            for position, found in codes.items()
        }
        every = {code for found in wanted.values() for code in found}
        posts = dict(Position.objects.filter(code__in=every, closed_on__isnull=True).values_list("code", "pk"))
        for position in positions:
            for code in wanted[position.pk]:
                if code not in posts:
                    raise NoReviewer(
                        _("There is no post %(code)s to review the answer of %(post)s. Choose another level of review.")
                        % {"code": code, "post": position.code}
                    )
        return {
            position: [posts[code] for code in dict.fromkeys(found) if posts[code] != position]
            for position, found in wanted.items()
        }

    @staticmethod
    def _code(entry: dict[str, Any], position: Position) -> tuple[int, str]:
        """(organisation, kind of post), or (0, whole code)."""
        if "code" in entry:
            return 0, entry["code"]
        chain = path_ids(position.organisation.path)
        up = min(int(entry.get("up", 0)), len(chain) - 1)
        return chain[-1 - up], str(entry["post"])
