"""Verbs on front doors."""

from sala.access.scope import Scope

EDIT = "portals.edit"

PORTAL_SCOPE = Scope(tier="tier", owner="owner__path", area="place__path")
