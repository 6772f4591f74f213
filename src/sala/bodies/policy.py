"""Verbs on bodies, meetings, projects and courses, and who sees them.

A body is seen by its tier, by its secretariat's house and by every organisation that had a seat in it. A meeting is
seen by those whom its tier names and by the organisations invited, once it is called. Its minutes open in two steps:
circulated, the invited organisations read them; approved, those read them whom `opens_to` names.
"""

from sala.access.scope import Scope, Tier

EDIT = "bodies.edit"
CONVENE = "bodies.convene"
MINUTE = "bodies.minute"
ENDORSE = "bodies.endorse"
EDIT_PROJECT = "projects.edit"
EDIT_TRAINING = "training.edit"

BODY_SCOPE = Scope(
    owner="secretariat__path",
    area="secretariat__area__path",
    tier="tier",
    parties=("seats__position__organisation__path",),
)
MEETING_SCOPE = Scope(
    owner="body__secretariat__path",
    area="body__secretariat__area__path",
    tier="tier",
    published="is_called",
    parties=("participants__organisation__path",),
)
MINUTES_SCOPE = Scope(
    owner="meeting__body__secretariat__path",
    area="meeting__body__secretariat__area__path",
    tier="tier",
    published="is_circulated",
    parties=("meeting__participants__organisation__path",),
)
PROJECT_SCOPE = Scope(
    owner="owner__path", area="owner__area__path", tier="tier", parties=("partners__organisation__path",)
)
COURSE_SCOPE = Scope(owner="owner__path", area="owner__area__path", tier="tier")

OPENNESS = (Tier.OWN, Tier.GOVERNMENT, Tier.PUBLIC)


def is_more_open(tier: str, than: str) -> bool:
    """Whether a tier lets more readers in than another one does."""
    return OPENNESS.index(Tier(tier)) > OPENNESS.index(Tier(than))
