"""Verbs on front doors."""

from sala.access.scope import Scope

EDIT = "portals.edit"

PORTAL_SCOPE = Scope(everyone=True, owner="owner__path", area="place__path")
