"""Verbs on layers, theme maps and analyses, and who sees them.

EDIT     make layers, their styles, and theme maps
PUBLISH  put a theme map before its readers, and take it back
KEEP     keep an analysis

A layer is seen exactly as its source is; a theme map and an analysis by their own tier. An analysis is never more open
than what it was made of: queries.analyses.readable asks for every input as well.
"""

from sala.access.scope import Scope

EDIT = "maps.edit"
PUBLISH = "maps.publish"
KEEP = "analyses.keep"

LAYER_SCOPE = Scope(
    owner="distribution__dataset__owner__path",
    area="distribution__dataset__place__path",
    tier="distribution__dataset__tier",
    published="distribution__dataset__is_published",
    shared=("dataset", "distribution__dataset_id"),
    open="is_live",
)
THEME_MAP_SCOPE = Scope(owner="owner__path", area="owner__area__path", tier="tier", published="is_published")
ANALYSIS_SCOPE = Scope(owner="owner__path", area="owner__area__path", tier="tier")

RESERVED = ("new", "layers", "maps", "in-view")  # addresses beside those of layers and maps that mean something else
