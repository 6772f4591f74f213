"""Verbs on duties, calls and assignments, and who sees them.

Who owes what is public, as posts are; what a duty is about is shown only to who may see that. A draft is seen by the
issuing organisation. An issued call is seen by every organisation it asks or lets review, and by everybody when it is
public. The assignment with its answer is seen by the organisation asked, those that check it, the one that issued the
call, and whoever attached a call of their own to it.

A right on an assignment is judged at one post (duties.states.Side): a grant that reaches the post asked lets somebody
acknowledge and submit, a grant that reaches the post that checks lets somebody approve, return, waive and accept.
Who heads an office gives its open work to another of its posts (assignments.move).

The position of an organisation on a recommendation is stated by a post of its own with that right, such as its head; the
answer of a higher office is given under a right over that office.
"""

from sala.access.scope import Scope

EDIT = "duties.edit"
ISSUE = "calls.issue"
MANAGE = "calls.manage"
ACKNOWLEDGE = "assignments.acknowledge"
SUBMIT = "assignments.submit"
REVIEW = "assignments.review"
RETURN = "assignments.return"
ACCEPT = "assignments.accept"
MOVE = "assignments.move"
ASK = "threads.ask"  # open to whoever sees the subject and is signed in
STATE = "recommendations.state"
ANSWER = "recommendations.answer"
BRIEF = "duties.brief"
HONOUR = "honours.give"

DUTY_SCOPE = Scope(everyone=True, owner="position__organisation__path", area="position__organisation__area__path")
CALL_SCOPE = Scope(
    owner="issuer__organisation__path",
    area="issuer__organisation__area__path",
    parties=(
        "assignments__position__organisation__path",
        "assignments__validating_position__organisation__path",
        "assignments__reviews__position__organisation__path",
        "attachments__assignment__position__organisation__path",
        "recommendation__stances__organisation__path",
        "recommendation__answered_by__path",
    ),
    tier="tier",
    published="is_issued",
)
ASSIGNMENT_SCOPE = Scope(
    owner="call__issuer__organisation__path",
    area="position__organisation__area__path",
    parties=(
        "position__organisation__path",
        "validating_position__organisation__path",
        "reviews__position__organisation__path",
        "attachments__call__issuer__organisation__path",
    ),
    published="call__is_issued",
)
RECOMMENDATION_SCOPE = Scope(
    owner="call__issuer__organisation__path",
    area="call__issuer__organisation__area__path",
    parties=tuple(f"call__{lookup}" for lookup in CALL_SCOPE.parties),
    tier="call__tier",
    published="call__is_issued",
)
TEMPLATE_SCOPE = Scope(owner="owner__organisation__path", area="owner__organisation__area__path", tier="tier")
HONOUR_SCOPE = Scope(everyone=True, owner="organisation__path", area="organisation__area__path")
