"""Verbs on analyses, and who sees them: the owner's house, and whom the owner opens them to.

An analysis is never more open than what it was made of: queries.analyses.readable asks for every input as well.
"""

from sala.access.scope import Scope

KEEP = "analyses.keep"

ANALYSIS_SCOPE = Scope(owner="owner__path", area="owner__area__path", tier="tier")
