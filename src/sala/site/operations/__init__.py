"""What is changed of front doors."""

from sala.site.operations.logos import change_logo, set_logo
from sala.site.operations.portals import change_portal, make_portal, may_edit, require_house

__all__ = ["change_logo", "change_portal", "make_portal", "may_edit", "require_house", "set_logo"]
